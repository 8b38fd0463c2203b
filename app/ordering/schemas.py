"""Shapes of the ordering domain: what its actions take, and what is read of its records."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.kernel.actors import platform, who
from app.kernel.shapes import (
    LONG_TEXT,
    Choice,
    CurrencyCode,
    Id,
    Input,
    Moment,
    MoneyField,
    Quantity,
    RecordOut,
    Text,
    lines,
)
from app.kernel.values import N_, Money

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

SELLER = who("sales|fulfilment|finance|org_admin", "supplier")
STAFF = (
    platform("transaction_approver|settlement|support|system_admin|security_admin|audit_admin", "operator")
    | platform("owner", "owner")
    | platform("auditor", "auditor")
)


class WantedLine(Input):
    """One wanted thing: a listing, or a description that will be put out to quotation."""

    listing = Id("lst", load_default=None, allow_none=True, metadata={"title": N_("Listing")})
    title = Text(load_default="", metadata={"title": N_("Name, where it is not in the catalogue")})
    model = Text(load_default="", most=120, metadata={"title": N_("Model")})
    unit = Text(load_default="", most=20, metadata={"title": N_("Unit")})
    kind = Choice(KIND_WORDS, load_default="goods", metadata={"title": N_("Kind")})
    quantity = Quantity(required=True, metadata={"title": N_("Quantity")})


class RequisitionInput(Input):
    """A demand of a lab."""

    title = Text(load_default="", metadata=TITLE)
    purpose = Text(load_default="", most=LONG_TEXT, multiline=True, metadata=PURPOSE)
    delivery_place = Text(load_default="", metadata=PLACE)
    currency = CurrencyCode(load_default="CNY", metadata={"title": N_("Currency of what is not in the catalogue")})
    lines = lines(WantedLine, metadata={"title": N_("Lines")})


class CheckoutInput(Input):
    """What a basket lacks to become a requisition. The basket's lines of one currency go together."""

    title = Text(load_default="", metadata=TITLE)
    purpose = Text(load_default="", most=LONG_TEXT, multiline=True, metadata=PURPOSE)
    delivery_place = Text(load_default="", metadata=PLACE)
    currency = CurrencyCode(load_default="CNY", metadata={"title": N_("Currency")})


class SourceInput(Input):
    """Until when suppliers may quote."""

    deadline = Moment(required=True, metadata={"title": N_("Quotes until"), "kind": "moment"})


class OfflineOrderInput(Input):
    """An order that reached the operator by phone, at the counter or on paper."""

    channel = Choice(OFFLINE_CHANNELS, required=True, metadata={"title": N_("How it reached us")})
    title = Text(load_default="", metadata=TITLE)
    delivery_place = Text(load_default="", metadata=PLACE)
    lines = lines(WantedLine, metadata={"title": N_("Lines")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Why it is entered for them")})


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
    reduction = MoneyField(
        load_default=None, allow_none=True, metadata={"title": N_("Reduction, if you ask for one")}
    )


class AskInput(Input):
    """Another remedy."""

    wanted = Choice(REMEDY_TITLES, required=True, metadata={"title": N_("What you ask for")})
    reduction = MoneyField(
        load_default=None, allow_none=True, metadata={"title": N_("Reduction, if you ask for one")}
    )


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


class WantedLineOut(Schema):
    """A line of a requisition; a null price is one to be asked for."""

    id = fields.String()
    position = fields.Integer()
    kind = fields.String()
    listing = fields.String(attribute="listing_id", allow_none=True)
    supplier = fields.String(attribute="supplier_id", allow_none=True)
    title = fields.String()
    model = fields.String()
    unit = fields.String()
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    price_minor = fields.Integer(allow_none=True)
    price_basis = Quantity(attribute="price_basis_micro", dump_only=True)
    vat_bp = fields.Integer()
    warranty_months = fields.Integer(allow_none=True)
    lead_time_days = fields.Integer(allow_none=True)
    amount_minor = fields.Integer()


class RequisitionOut(RecordOut):
    """A requisition as the lab and the platform read it."""

    number = fields.String(allow_none=True)
    title = fields.String()
    purpose = fields.String()
    buyer = fields.String(attribute="buyer_id")
    person = fields.String(attribute="person_id", allow_none=True)
    currency = fields.String()
    total = MoneyField(dump_only=True)
    delivery_place = fields.String()
    rfq = fields.String(attribute="rfq_id", allow_none=True)
    price_hold_until = Moment(allow_none=True)
    lines = fields.List(fields.Nested(WantedLineOut))


class OrderLineOut(Schema):
    """A line of an order with its quantities; received = accepted + rejected + pending."""

    id = fields.String()
    position = fields.Integer()
    kind = fields.String()
    title = fields.String()
    brand = fields.String()
    model = fields.String()
    unit = fields.String()
    listing = fields.String(attribute="listing_id", allow_none=True)
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    price_minor = fields.Integer()
    price_basis = Quantity(attribute="price_basis_micro", dump_only=True)
    vat_bp = fields.Integer()
    amount_minor = fields.Integer()
    tax_minor = fields.Integer()
    lead_time_days = fields.Integer(allow_none=True)
    warranty_months = fields.Integer(allow_none=True)
    packed = Quantity(attribute="packed_micro", dump_only=True)
    received = Quantity(attribute="received_micro", dump_only=True)
    accepted = Quantity(attribute="accepted_micro", dump_only=True)
    rejected = Quantity(attribute="rejected_micro", dump_only=True)
    pending = Quantity(attribute="pending_micro", dump_only=True)
    given_up = Quantity(attribute="given_up_micro", dump_only=True)


class PlanPartOut(Schema):
    """One part of the payment plan as it was frozen."""

    title = fields.String()
    share_bp = fields.Integer()
    due_on = fields.String()
    release_on = fields.String()


class OrderOut(RecordOut):
    """An order; its commission is for the supplier and the platform, never for the buyer."""

    number = fields.String(allow_none=True)
    title = fields.String()
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    currency = fields.String()
    total = MoneyField(dump_only=True)
    tax_minor = fields.Integer()
    award = fields.String(attribute="award_id", allow_none=True)
    requisition = fields.String(attribute="requisition_id", allow_none=True)
    delivery_place = fields.String()
    deliver_by = fields.Date(allow_none=True)
    terms = fields.String()
    channel = fields.String()
    sent_at = Moment(allow_none=True)
    confirm_by = Moment(allow_none=True)
    confirmed_at = Moment(allow_none=True)
    accepted_at = Moment(allow_none=True)
    warranty_ends_at = Moment(allow_none=True)
    plan = fields.List(fields.Nested(PlanPartOut))
    commission = fields.Dict(metadata={"for": SELLER | STAFF})
    rule = fields.Dict(metadata={"for": STAFF})
    lines = fields.List(fields.Nested(OrderLineOut))


class ShipmentLineOut(Schema):
    """A quantity of one order line on its way."""

    order_line = fields.String(attribute="order_line_id")
    quantity = Quantity(attribute="quantity_micro", dump_only=True)


class ShipmentOut(RecordOut):
    """A shipment."""

    number = fields.String(allow_none=True)
    order = fields.String(attribute="order_id")
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    carrier = fields.String()
    tracking = fields.String()
    shipped_at = Moment(allow_none=True)
    lines = fields.List(fields.Nested(ShipmentLineOut))


class ReceiptLineOut(Schema):
    """What arrived of one order line."""

    id = fields.String()
    order_line = fields.String(attribute="order_line_id")
    received = Quantity(attribute="received_micro", dump_only=True)
    accepted = Quantity(attribute="accepted_micro", dump_only=True)
    rejected = Quantity(attribute="rejected_micro", dump_only=True)
    pending = Quantity(attribute="pending_micro", dump_only=True)
    serials = fields.List(fields.String())


class ReceiptOut(RecordOut):
    """A receipt."""

    number = fields.String(allow_none=True)
    order = fields.String(attribute="order_id")
    shipment = fields.String(attribute="shipment_id", allow_none=True)
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    person = fields.String(attribute="person_id", allow_none=True)
    remark = fields.String()
    lines = fields.List(fields.Nested(ReceiptLineOut))


class AcceptanceOut(RecordOut):
    """A decision on a received quantity."""

    order = fields.String(attribute="order_id")
    order_line = fields.String(attribute="order_line_id")
    receipt_line = fields.String(attribute="receipt_line_id")
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    decided_by = fields.String(allow_none=True)
    condition = fields.String()
    condition_until = Moment(allow_none=True)
    silent_at = Moment(allow_none=True)
    released = fields.Boolean()


class ClaimOut(RecordOut):
    """A claim."""

    number = fields.String(allow_none=True)
    order = fields.String(attribute="order_id")
    order_line = fields.String(attribute="order_line_id")
    acceptance = fields.String(attribute="acceptance_id")
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    wanted = fields.String()
    remedy = fields.String(allow_none=True)
    reduction_minor = fields.Integer()
    due_at = Moment(allow_none=True)


class TransactionRuleOut(RecordOut):
    """A rule of transaction approval."""

    currency = fields.String()
    operator_from = fields.Function(
        lambda rule: MoneyField()._serialize(Money(rule.operator_from_minor, rule.currency), None, None),
        metadata={"type": "object"},
    )
    owner_from = fields.Function(
        lambda rule: MoneyField()._serialize(Money(rule.owner_from_minor, rule.currency), None, None),
        metadata={"type": "object"},
    )
    proposer = fields.String(attribute="proposer_id")
    reason = fields.String()
