"""Shapes of sourcing: what its actions take. How its records are read stands in `representations`."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from app.catalogue.schemas import CategoryCode
from app.catalogue.taxonomy.models import CODE_CHARS
from app.kernel.actors import who
from app.kernel.shapes import (
    LONG_TEXT,
    Choice,
    Count,
    CurrencyCode,
    Id,
    Input,
    Moment,
    MoneyField,
    Percent,
    Quantity,
    Text,
    lines,
)
from app.kernel.values import MICRO, N_

BUYER_SIDE: Final = who("member|purchaser|approver|receiver|finance|org_admin", "buyer")
SELLER_SIDE: Final = who("catalogue|sales|fulfilment|finance|org_admin|expert", "supplier")

MAX_DEMANDS: Final = 40
"""Demanded parameters per line."""
MAX_INVITED: Final = 50
"""Suppliers invited by one action."""
MAX_LEAD_DAYS: Final = 3_650
MAX_WARRANTY_MONTHS: Final = 600
USUAL_VAT_BP: Final = 1_300

KIND_TITLES: Final = {"goods": N_("Goods"), "service": N_("Service")}
OPERATOR_TITLES: Final = {
    "at_least": N_("at least"),
    "at_most": N_("at most"),
    "equal": N_("exactly"),
    "range": N_("between"),
    "one_of": N_("one of"),
}
DEVIATION_TITLES: Final = {"none": N_("as demanded"), "positive": N_("better"), "negative": N_("worse")}


class DemandInput(Input):
    """One demanded parameter, mandatory or scored: an attribute of the line's category, or words."""

    attribute = Text(load_default="", most=CODE_CHARS, metadata={"title": N_("Parameter of the category")})
    name = Text(load_default="", most=80, metadata={"title": N_("Parameter")})
    operator = Choice(OPERATOR_TITLES, load_default="at_least", metadata={"title": N_("Condition")})
    value = Text(required=True, most=120, metadata={"title": N_("Value")})
    unit = Text(load_default="", most=20, metadata={"title": N_("Unit")})
    mandatory = fields.Boolean(load_default=False, metadata={"title": N_("Mandatory")})

    @validates_schema
    def _named(self, data: dict[str, Any], **_: Any) -> None:
        if not data["name"] and not data["attribute"]:
            raise ValidationError(N_("Please fill this in."), "name")


def _not_too_many(demands: list[Any]) -> None:
    if len(demands) > MAX_DEMANDS:
        raise ValidationError(N_("At most 40 demands per line."))


def demands_field() -> fields.List[Any]:
    """Demanded parameters of a line."""
    return fields.List(
        fields.Nested(DemandInput), load_default=list, validate=_not_too_many, metadata={"title": N_("Demands")}
    )


class RfqLineInput(Input):
    """One thing that is asked for, from the catalogue or in words."""

    kind = Choice(KIND_TITLES, load_default="goods", metadata={"title": N_("Kind")})
    title = Text(required=True, metadata={"title": N_("What is asked for")})
    description = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Description")})
    quantity = Quantity(required=True, metadata={"title": N_("Quantity")})
    unit = Text(load_default="", most=20, metadata={"title": N_("Unit")})
    listing = Id("lst", load_default=None, allow_none=True, metadata={"title": N_("Listing")})
    cpv = Text(load_default="", most=12, metadata={"title": N_("CPV code")})
    category = CategoryCode(
        load_default=None, allow_none=True,
        metadata={"title": N_("Category"), "kind": "select", "hint": N_("Its parameters can be demanded in units.")},
    )  # fmt: skip
    demands = demands_field()


class RfqInput(Input):
    """A new request for quotation."""

    title = Text(required=True, metadata={"title": N_("Title")})
    description = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Description")})
    currency = CurrencyCode(load_default="CNY", metadata={"title": N_("Currency of the quotes")})
    deadline = Moment(required=True, metadata={"title": N_("Quotes are accepted until")})
    delivery_place = Text(load_default="", metadata={"title": N_("Place of delivery")})
    deliver_by = fields.Date(load_default=None, allow_none=True, metadata={"title": N_("Deliver by")})
    lines = lines(RfqLineInput, metadata={"title": N_("Lines")})


class RfqEditInput(RfqInput):
    """The draft as it is to be; lines left out stay as they are."""

    lines = lines(RfqLineInput, required=False, load_default=None, metadata={"title": N_("Lines")})


class InviteSuppliersInput(Input):
    """Whom to invite."""

    suppliers = fields.List(Id("org"), required=True, metadata={"title": N_("Suppliers and service organisations")})

    @validates_schema
    def _some(self, data: dict[str, Any], **_: Any) -> None:
        if not 1 <= len(data["suppliers"]) <= MAX_INVITED:
            raise ValidationError({"suppliers": [N_("Choose 1 to 50 organisations.")]})


class QuestionInput(Input):
    """A question about a request."""

    question = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Question")})


class AnswerInput(Input):
    """The answer that all who are invited read."""

    question = Id("rqn", required=True, metadata={"title": N_("Question")})
    answer = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Answer")})


class AmendedLineInput(RfqLineInput):
    """A line as it is after the amendment: with `line` an existing one, without it a further one."""

    line = Id("rfl", load_default=None, allow_none=True, metadata={"title": N_("Line")})


class AmendInput(Input):
    """What a published request is changed to."""

    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("What changes, and why")})
    deadline = Moment(required=True, metadata={"title": N_("Quotes are accepted until")})
    description = Text(load_default=None, allow_none=True, most=LONG_TEXT, multiline=True,
                       metadata={"title": N_("Description")})  # fmt: skip
    delivery_place = Text(load_default=None, allow_none=True, metadata={"title": N_("Place of delivery")})
    deliver_by = fields.Date(load_default=None, allow_none=True, metadata={"title": N_("Deliver by")})
    lines = lines(AmendedLineInput, required=False, load_default=list,
                  metadata={"title": N_("Lines that change or are added")})  # fmt: skip


class ExtendInput(Input):
    """A later deadline."""

    deadline = Moment(required=True, metadata={"title": N_("Quotes are accepted until")})
    reason = Text(required=True, most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason")})


class GiveUpInput(Input):
    """A line whose open rest is not bought."""

    line = Id("rfl", required=True, metadata={"title": N_("Line")})
    reason = Text(required=True, most=500, multiline=True, metadata={"title": N_("Reason")})


class DeviationInput(Input):
    """What is offered against one demand, counted from 0; without a deviation it is not answered yet."""

    index = Count(required=True, most=MAX_DEMANDS, metadata={"title": N_("Demand")})
    offered = Text(load_default="", most=200, metadata={"title": N_("Offered")})
    deviation = Choice(DEVIATION_TITLES, load_default=None, allow_none=True, metadata={"title": N_("Deviation")})


class QuoteLineInput(Input):
    """The answer to one line: an offer, or "no offer". An entry that says nothing leaves the line unanswered."""

    line = Id("rfl", required=True, metadata={"title": N_("Line")})
    no_offer = fields.Boolean(load_default=False, metadata={"title": N_("We make no offer for this line")})
    price = MoneyField(load_default=None, allow_none=True, metadata={"title": N_("Price, tax included")})
    basis = Quantity(load_default=MICRO, metadata={"title": N_("Price per how many")})
    quantity = Quantity(load_default=None, allow_none=True, metadata={"title": N_("Quantity offered")})
    vat = Percent(load_default=USUAL_VAT_BP, metadata={"title": N_("VAT")})
    brand = Text(load_default="", most=80, metadata={"title": N_("Brand")})
    model = Text(load_default="", most=120, metadata={"title": N_("Model")})
    alternative = fields.Boolean(load_default=False, metadata={"title": N_("Alternative model")})
    lead_time_days = Count(load_default=None, allow_none=True, most=MAX_LEAD_DAYS,
                           metadata={"title": N_("Lead time in days")})  # fmt: skip
    warranty_months = Count(load_default=None, allow_none=True, most=MAX_WARRANTY_MONTHS,
                            metadata={"title": N_("Warranty in months")})  # fmt: skip
    deviations = fields.List(fields.Nested(DeviationInput), load_default=list, validate=_not_too_many,
                             metadata={"title": N_("Deviation table")})  # fmt: skip
    remark = Text(load_default="", most=500, multiline=True, metadata={"title": N_("Remark")})


class QuoteInput(Input):
    """The quote as it is to be; lines left out are not answered yet."""

    valid_until = Moment(load_default=None, allow_none=True, metadata={"title": N_("Valid until")})
    min_order = MoneyField(zero=True, load_default=None, allow_none=True,
                           metadata={"title": N_("Minimum order value")})  # fmt: skip
    terms = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Terms")})
    lines = lines(QuoteLineInput, metadata={"title": N_("Lines")})


class ValidityInput(Input):
    """Until when the quote binds its supplier."""

    valid_until = Moment(required=True, metadata={"title": N_("Valid until")})


class AwardLineInput(Input):
    """A quantity of one quote line."""

    quote_line = Id("qln", required=True, metadata={"title": N_("Quote line")})
    quantity = Quantity(required=True, metadata={"title": N_("Quantity")})


class AwardInput(Input):
    """A decision."""

    lines = lines(AwardLineInput, metadata={"title": N_("Lines")})
    reason = Text(load_default="", most=LONG_TEXT, multiline=True, metadata={"title": N_("Reason for the choice")})
