"""What is read of the records of ordering, and which fields only some read."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.kernel.actors import platform, who
from app.kernel.shapes import Moment, MoneyField, Quantity, RecordOut
from app.kernel.values import N_, Money
from app.ordering.schemas import CHANNEL_TITLES

BUYER = who("member|purchaser|approver|receiver|finance|org_admin", "buyer")
SELLER = who("sales|fulfilment|finance|org_admin", "supplier")
STAFF = (
    platform("transaction_approver|settlement|support|system_admin|security_admin|audit_admin", "operator")
    | platform("owner", "owner")
    | platform("auditor", "auditor")
)


class FrozenPriceOut(Schema):
    """What decided a price of the catalogue, frozen with it."""

    rule = fields.String()
    from_quantity = Quantity(attribute="from_micro", dump_only=True)
    contract = fields.String()
    until = fields.String()
    list_minor = fields.Integer()
    tax_class = fields.String()
    day = fields.String()


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
    price_rule = fields.Nested(FrozenPriceOut, dump_only=True)
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
    rfq = fields.String(attribute="rfq_id", allow_none=True, metadata={"title": N_("Request for quotation")})
    price_hold_until = Moment(allow_none=True, metadata={"title": N_("Prices hold until")})
    unit = fields.String(attribute="unit_id", allow_none=True)
    address = fields.String(attribute="address_id", allow_none=True)
    cost_centre = fields.String(attribute="cost_centre_id", allow_none=True)
    why = fields.String()
    explanation = fields.String()
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
    price_rule = fields.Nested(FrozenPriceOut, dump_only=True)
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


class OfflineOut(Schema):
    """How an order that staff entered came in, and how the buyer gave its word for it."""

    came_in_on = fields.Date()
    backdated_days = fields.Integer()
    duplicates = fields.List(fields.String())
    entered_by = fields.String()
    form = fields.String(attribute="form_id", allow_none=True)
    form_by = fields.String(allow_none=True)
    signer = fields.String(attribute="signer_id", allow_none=True)
    checked_by = fields.String(allow_none=True)
    way = fields.String(allow_none=True)
    confirmed_at = Moment(allow_none=True)


class OrderOut(RecordOut):
    """An order; its commission is for the supplier and the platform, never for the buyer."""

    number = fields.String(allow_none=True)
    title = fields.String()
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    currency = fields.String()
    total = MoneyField(dump_only=True)
    tax_minor = fields.Integer(metadata={"seldom": True})
    award = fields.String(attribute="award_id", allow_none=True)
    requisition = fields.String(attribute="requisition_id", allow_none=True)
    delivery_place = fields.String()
    unit_name = fields.String(metadata={"title": N_("For which unit")})
    charged_to = fields.String(metadata={"for": BUYER | STAFF})
    deliver_by = fields.Date(allow_none=True)
    terms = fields.String()
    channel = fields.String(metadata={"title": N_("How it reached us"), "words": CHANNEL_TITLES})
    sent_at = Moment(allow_none=True, metadata={"title": N_("Sent to the supplier")})
    confirm_by = Moment(allow_none=True, metadata={"title": N_("To be confirmed by")})
    confirmed_at = Moment(allow_none=True, metadata={"title": N_("Confirmed on")})
    accepted_at = Moment(allow_none=True, metadata={"title": N_("Accepted on")})
    warranty_ends_at = Moment(allow_none=True, metadata={"title": N_("Warranty until")})
    plan = fields.List(fields.Nested(PlanPartOut))
    offline = fields.Nested(OfflineOut, attribute="entry", allow_none=True, metadata={"for": BUYER | STAFF})
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
    shipped_at = Moment(allow_none=True, metadata={"title": N_("Shipped")})
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
    order_line = fields.String(attribute="order_line_id", metadata={"seldom": True})
    receipt_line = fields.String(attribute="receipt_line_id", allow_none=True, metadata={"seldom": True})
    work_report = fields.String(attribute="work_report_id", allow_none=True)
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    decided_by = fields.String(allow_none=True)
    condition = fields.String()
    condition_until = Moment(allow_none=True, metadata={"title": N_("To be met by")})
    silent_at = Moment(allow_none=True, metadata={"title": N_("Accepted without a word on")})
    released = fields.Boolean()


class ClaimOut(RecordOut):
    """A claim."""

    number = fields.String(allow_none=True)
    order = fields.String(attribute="order_id")
    order_line = fields.String(attribute="order_line_id", metadata={"seldom": True})
    acceptance = fields.String(attribute="acceptance_id")
    buyer = fields.String(attribute="buyer_id")
    supplier = fields.String(attribute="supplier_id")
    quantity = Quantity(attribute="quantity_micro", dump_only=True)
    wanted = fields.String()
    remedy = fields.String(allow_none=True)
    reduction_minor = fields.Integer(metadata={"seldom": True})
    due_at = Moment(allow_none=True, metadata={"title": N_("To be settled by")})


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
    proposer = fields.String(attribute="proposer_id", metadata={"title": N_("Proposed by")})
    reason = fields.String()
