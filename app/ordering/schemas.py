"""What the actions of ordering take."""

from __future__ import annotations

from marshmallow import fields, validate

from app.kernel.shapes import (
    LONG_TEXT,
    Choice,
    CurrencyCode,
    File,
    Id,
    Input,
    Moment,
    MoneyField,
    Quantity,
    Text,
    lines,
)
from app.kernel.values import N_

MAX_SERIALS = 500
"""Serial numbers per line of a receipt."""

PLACE = {"title": N_("Place of delivery")}
PURPOSE = {"title": N_("Purpose")}
TITLE = {"title": N_("Title")}

KIND_WORDS = {"goods": N_("Goods"), "service": N_("Service")}
REMEDY_TITLES = {
    "replace": N_("replacement"),
    "repair": N_("repair"),
    "reduce": N_("price reduction"),
    "refund": N_("refund"),
}
CHANNEL_TITLES = {
    "web": N_("online"),
    "api": N_("by program"),
    "phone": N_("by phone"),
    "counter": N_("at the counter"),
    "paper": N_("on paper"),
}
OFFLINE_CHANNELS = {name: CHANNEL_TITLES[name] for name in ("phone", "counter", "paper")}


class WantedLine(Input):
    """One wanted thing: a listing, or a description that will be put out to quotation."""

    listing = Id("lst", load_default=None, allow_none=True, metadata={"title": N_("Listing")})
    title = Text(load_default="", metadata={"title": N_("Name, where it is not in the catalogue")})
    model = Text(load_default="", most=120, metadata={"title": N_("Model")})
    unit = Text(load_default="", most=20, metadata={"title": N_("Unit")})
    kind = Choice(KIND_WORDS, load_default="goods", metadata={"title": N_("Kind")})
    quantity = Quantity(required=True, metadata={"title": N_("Quantity")})


def _unit() -> Id:
    return Id("unt", load_default=None, allow_none=True, metadata={"title": N_("For which unit")})


def _address() -> Id:
    return Id("dla", load_default=None, allow_none=True, metadata={"title": N_("Delivery address")})


def _cost_centre() -> Id:
    return Id("ccr", load_default=None, allow_none=True, metadata={"title": N_("Charged to")})


class RequisitionInput(Input):
    """A demand of a lab."""

    title = Text(load_default="", metadata=TITLE)
    purpose = Text(load_default="", most=LONG_TEXT, multiline=True, metadata=PURPOSE)
    unit = _unit()
    address = _address()
    delivery_place = Text(load_default="", metadata=PLACE)
    cost_centre = _cost_centre()
    currency = CurrencyCode(load_default="CNY", metadata={"title": N_("Currency of what is not in the catalogue")})
    lines = lines(WantedLine, metadata={"title": N_("Lines")})


class CheckoutInput(Input):
    """What a basket lacks to become a requisition. The basket's lines of one currency go together."""

    title = Text(load_default="", metadata=TITLE)
    purpose = Text(load_default="", most=LONG_TEXT, multiline=True, metadata=PURPOSE)
    unit = _unit()
    address = _address()
    delivery_place = Text(load_default="", metadata=PLACE)
    cost_centre = _cost_centre()
    currency = CurrencyCode(load_default="CNY", metadata={"title": N_("Currency")})


class SourceInput(Input):
    """Until when suppliers may quote."""

    deadline = Moment(required=True, metadata={"title": N_("Quotes until"), "kind": "moment"})


class OfflineOrderInput(Input):
    """An order that reached the operator by phone, at the counter or on paper."""

    channel = Choice(OFFLINE_CHANNELS, required=True, metadata={"title": N_("How it reached us")})
    title = Text(load_default="", metadata=TITLE)
    delivery_place = Text(load_default="", metadata=PLACE)
    came_in_on = fields.Date(
        load_default=None, allow_none=True,
        metadata={"title": N_("Came in on"), "kind": "date", "hint": N_("Today, unless you say an earlier day.")},
    )  # fmt: skip
    lines = lines(WantedLine, metadata={"title": N_("Lines")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Why it is entered for them")})
    scan = File(
        load_default=None, allow_none=True,
        metadata={"title": N_("Scan or photograph"), "hint": N_("Needed for an order on paper."), "kind": "file"},
    )  # fmt: skip
    another_order = fields.Boolean(
        load_default=False, metadata={"title": N_("I have checked: it is not an order that exists already")}
    )


class PurchaserInput(Input):
    """Which purchaser of the buyer is meant; may be left out where there is only one."""

    purchaser = Id("mem", load_default=None, allow_none=True, metadata={"title": N_("Purchaser")})


class CodeInput(Input):
    """The code that the purchaser received by mail."""

    code = Text(
        required=True, most=6, metadata={"title": N_("Code"), "hint": N_("Six digits."), "pattern": "^[0-9]{6}$"},
        validate=validate.Regexp(r"^[0-9]{6}\Z", error=N_("Six digits.")),
    )  # fmt: skip


class SignedFormInput(PurchaserInput):
    """The order form with the purchaser's signature, as a scan."""

    file = File(required=True, metadata={"title": N_("Signed form"), "kind": "file"})


class OpinionInput(Input):
    """What whoever approves has to say; both sides read it."""

    reason = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Opinion")})


class TermsInput(Input):
    """What a buyer may correct on a returned order; prices and quantities are not among it."""

    delivery_place = Text(load_default="", metadata=PLACE)
    deliver_by = fields.Date(load_default=None, allow_none=True, metadata={"title": N_("Deliver by"), "kind": "date"})
    terms = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Terms")})


class PackedLine(Input):
    """A quantity of an order line that goes into a shipment; 0 leaves the line out."""

    order_line = Id("orl", required=True, metadata={"title": N_("Order line")})
    quantity = Quantity(load_default=0, zero=True, metadata={"title": N_("Quantity")})


class PackInput(Input):
    """A shipment."""

    lines = lines(PackedLine, metadata={"title": N_("Lines")})
    carrier = Text(load_default="", most=80, metadata={"title": N_("Carrier")})
    tracking = Text(load_default="", most=80, metadata={"title": N_("Tracking number")})


class ShipInput(Input):
    """Who carries it; empty fields leave what was said at packing."""

    carrier = Text(load_default="", most=80, metadata={"title": N_("Carrier")})
    tracking = Text(load_default="", most=80, metadata={"title": N_("Tracking number")})


class CountedLine(Input):
    """What was counted of one order line; what is visibly bad is rejected on the spot."""

    order_line = Id("orl", required=True, metadata={"title": N_("Order line")})
    received = Quantity(required=True, zero=True, metadata={"title": N_("Arrived")})
    rejected = Quantity(load_default=0, zero=True, metadata={"title": N_("Rejected")})
    serials = fields.List(
        Text(most=80), load_default=list, metadata={"title": N_("Serial numbers")},
        validate=validate.Length(max=MAX_SERIALS, error=N_("At most 500 serial numbers per line.")),
    )  # fmt: skip


class CountInput(Input):
    """What arrived, line by line."""

    lines = lines(CountedLine, metadata={"title": N_("Lines")})
    remark = Text(load_default="", most=500, multiline=True, metadata={"title": N_("Remark")})


class AcceptInput(Input):
    """How much is good; empty means all of it."""

    quantity = Quantity(load_default=None, allow_none=True, metadata={"title": N_("Quantity, if not all of it")})


class ConditionInput(AcceptInput):
    """Good once something is done."""

    condition = Text(required=True, most=500, multiline=True, metadata={"title": N_("What is still to be done")})
    until = Moment(required=True, metadata={"title": N_("Until"), "kind": "moment"})


class RejectInput(AcceptInput):
    """Not good: why, and what is asked for."""

    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})
    wanted = Choice(REMEDY_TITLES, load_default="replace", metadata={"title": N_("What you ask for")})
    reduction = MoneyField(load_default=None, allow_none=True, metadata={"title": N_("Reduction, if you ask for one")})


class AskInput(Input):
    """Another remedy."""

    wanted = Choice(REMEDY_TITLES, required=True, metadata={"title": N_("What you ask for")})
    reduction = MoneyField(load_default=None, allow_none=True, metadata={"title": N_("Reduction, if you ask for one")})


class AgreeInput(Input):
    """Until when the remedy is done."""

    until = Moment(load_default=None, allow_none=True, metadata={"title": N_("Done by"), "kind": "moment"})


class RulingInput(AskInput):
    """What the operator decides, with the reason that both sides read."""

    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class TransactionRuleInput(Input):
    """Above which amounts the operator, and above which the owner too, approve a transaction."""

    operator_from = MoneyField(required=True, zero=True, metadata={"title": N_("The operator approves from")})
    owner_from = MoneyField(required=True, zero=True, metadata={"title": N_("The owner approves from")})
    reason = Text(required=True, most=500, multiline=True, metadata={"title": N_("Reason")})
