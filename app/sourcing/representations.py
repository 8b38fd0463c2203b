"""How RFQs, quotes and awards are read; a field for one side only names it in `for`."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.approvals.schemas import StepOut
from app.kernel.shapes import Moment, MoneyField, Percent, Quantity, RecordOut
from app.kernel.values import N_
from app.sourcing.schemas import BUYER_SIDE, SELLER_SIDE


class DemandOut(Schema):
    """A demanded parameter; with an attribute it is one of the line's category and measured in units."""

    attribute = fields.String()
    name = fields.String()
    operator = fields.String()
    value = fields.String()
    unit = fields.String()
    mandatory = fields.Boolean()


class RfqLineOut(Schema):
    """A line as everybody reads it who reads the request."""

    id = fields.String()
    position = fields.Integer()
    kind = fields.String()
    title = fields.String()
    description = fields.String()
    listing = fields.String(attribute="listing_id", allow_none=True)
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    unit = fields.String()
    cpv = fields.String()
    category = fields.String(allow_none=True)
    demands = fields.List(fields.Nested(DemandOut))


class RfqCoverageOut(Schema):
    """How far a line is settled; the buyer's to know."""

    line = fields.String(attribute="id")
    awarded = Quantity(attribute="awarded_micro", dump_only=True)
    confirmed = Quantity(attribute="confirmed_micro", dump_only=True)
    given_up = Quantity(attribute="given_up_micro", dump_only=True)
    open = Quantity(attribute="open_micro", dump_only=True)
    given_up_reason = fields.String()


class RfqQuestionOut(Schema):
    """A question and its answer, without who asked."""

    id = fields.String()
    question = fields.String()
    answer = fields.String(allow_none=True)
    asked_at = Moment()
    answered_at = Moment(allow_none=True)


class RfqOut(RecordOut):
    """A request; who else is invited and how far it is settled is left out for suppliers."""

    number = fields.String(allow_none=True)
    buyer = fields.String(attribute="buyer_id")
    title = fields.String()
    description = fields.String()
    currency = fields.String(metadata={"title": N_("Quotes in")})
    deadline = Moment(metadata={"title": N_("Quotes close at")})
    delivery_place = fields.String()
    deliver_by = fields.Date(allow_none=True)
    amendment = fields.Integer(metadata={"title": N_("Times amended")})
    published_at = Moment(allow_none=True, metadata={"title": N_("Published on")})
    source = fields.String(allow_none=True, metadata={"title": N_("Came from")})
    source_reference = fields.String(allow_none=True, metadata={"title": N_("Number at its source")})
    source_published_on = fields.Date(allow_none=True, metadata={"title": N_("Published at its source")})
    source_deadline = Moment(allow_none=True, metadata={"title": N_("Deadline at its source")})
    source_buyer = fields.String(metadata={"title": N_("Buyer at its source")})
    why = fields.String(metadata={"for": BUYER_SIDE})
    explanation = fields.String(metadata={"for": BUYER_SIDE})
    lines = fields.List(fields.Nested(RfqLineOut))
    questions = fields.List(fields.Nested(RfqQuestionOut))
    invited_count = fields.Integer(metadata={"for": BUYER_SIDE, "title": N_("Number invited")})
    invited = fields.List(fields.String(), attribute="invited_ids", metadata={"for": BUYER_SIDE})
    coverage = fields.List(
        fields.Nested(RfqCoverageOut), attribute="lines", dump_only=True, metadata={"for": BUYER_SIDE}
    )


class DeviationOut(Schema):
    """What is offered against one demand."""

    index = fields.Integer()
    offered = fields.String()
    deviation = fields.String()


class QuoteLineOut(Schema):
    """The answer to one line."""

    id = fields.String()
    line = fields.String(attribute="rfq_line_id")
    no_offer = fields.Boolean()
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    price = MoneyField(allow_none=True)
    basis = Quantity(attribute="price_basis_micro", dump_only=True)
    amount = MoneyField(allow_none=True)
    vat = Percent(attribute="vat_bp", dump_only=True)
    brand = fields.String()
    model = fields.String()
    alternative = fields.Boolean()
    lead_time_days = fields.Integer(allow_none=True)
    warranty_months = fields.Integer(allow_none=True)
    deviations = fields.List(fields.Nested(DeviationOut))
    remark = fields.String()
    outcome = fields.String()


class QuoteVersionOut(Schema):
    """One version; `digest` is the SHA-256 receipt of what was submitted."""

    revision = fields.Integer()
    valid_until = Moment(allow_none=True)
    terms = fields.String()
    min_order = MoneyField()
    total = MoneyField()
    submitted_at = Moment(allow_none=True)
    digest = fields.String(allow_none=True)
    lines = fields.List(fields.Nested(QuoteLineOut))


class QuoteOut(RecordOut):
    """A quote with the version that counts; a revision being written is shown to its supplier only."""

    number = fields.String()
    rfq = fields.String(attribute="rfq_id", metadata={"title": N_("Request for quotation")})
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    revision = fields.Integer(metadata={"title": N_("Version")})
    amendment = fields.Integer(metadata={"seldom": True})
    valid_until = Moment(allow_none=True)
    opened_at = Moment(allow_none=True, metadata={"title": N_("Opened on")})
    current = fields.Nested(QuoteVersionOut)
    draft = fields.Nested(QuoteVersionOut, attribute="drafted", allow_none=True, metadata={"for": SELLER_SIDE})


class AwardLineOut(Schema):
    """An awarded quantity of a quote line."""

    id = fields.String()
    rfq_line = fields.String(attribute="rfq_line_id")
    quote = fields.String(attribute="quote_id")
    quote_line = fields.String(attribute="quote_line_id")
    supplier = fields.String(attribute="supplier_id")
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    amount = MoneyField()
    outcome = fields.String()


class AwardOut(RecordOut):
    """A decision with its lines and the signatures it needs."""

    number = fields.String(allow_none=True)
    rfq = fields.String(attribute="rfq_id", metadata={"title": N_("Request for quotation")})
    buyer = fields.String(attribute="buyer_id")
    person = fields.String(attribute="person_id", allow_none=True)
    total = MoneyField()
    reason = fields.String()
    approved_at = Moment(allow_none=True, metadata={"title": N_("Approved on")})
    lines = fields.List(fields.Nested(AwardLineOut))
    approval = fields.List(fields.Nested(StepOut), attribute="steps")
