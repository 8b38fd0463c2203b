"""What a lab asks for before it becomes orders: requisitions and their lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.units import within
from app.approvals.models import Signed
from app.kernel.db import (
    Currency,
    IdType,
    Json,
    Model,
    Record,
    UtcDateTime,
    currency_known,
    id_column,
    minor,
    owned_by,
    owned_key,
    ref,
    words,
)
from app.kernel.reading import staff_read
from app.kernel.values import MAX_QUANTITY_MICRO, MICRO, Money
from app.sharing.purchases import Bought, both_or_neither


class Requisition(Bought, Signed, Record):
    """A demand inside a lab before it becomes orders; a basket's checkout makes one."""

    __tablename__ = "requisition"
    __prefix__ = "req"
    __states__ = "draft awaiting_approval approved sourcing ordered returned rejected lapsed cancelled"
    __parties__ = {"buyer": "buyer_id"}
    __constraints__ = (owned_key("buyer_id"), sa.UniqueConstraint("number"), currency_known(),
                       owned_by("rfq", "buyer_id", "rfq_id"),
                       sa.CheckConstraint("total_minor >= 0", name="total"), both_or_neither(),
                       within("unit", "buyer_id", "unit_id"),
                       within("delivery_address", "buyer_id", "address_id"),
                       within("cost_centre", "buyer_id", "cost_centre_id"))  # fmt: skip

    buyer_id: Mapped[str] = ref("organisation.id")
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str] = words(200)
    purpose: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    total_minor: Mapped[int] = minor(nullable=False, default=0)
    delivery_place: Mapped[str] = words(200)
    # For which part of the lab, where to, and what it is charged to; the orders keep them as text.
    unit_id: Mapped[str | None] = mapped_column(IdType, index=True)
    address_id: Mapped[str | None] = mapped_column(IdType, index=True)
    cost_centre_id: Mapped[str | None] = mapped_column(IdType, index=True)
    rfq_id: Mapped[str | None] = mapped_column(IdType, index=True)
    # The prices are held until then; an approved requisition that is not ordered lapses.
    price_hold_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list[RequisitionLine]] = relationship(
        order_by="RequisitionLine.position", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def total(self) -> Money:
        """Sum of the lines with a known price."""
        return Money(self.total_minor, self.currency)


class RequisitionLine(Model):
    """One wanted thing with the price seen, frozen; a line without a price goes to an RFQ."""

    __tablename__ = "requisition_line"
    __table_args__ = (
        owned_key("buyer_id"),
        owned_by("requisition", "buyer_id", "requisition_id"),
        owned_by("listing", "supplier_id", "listing_id"),
        sa.UniqueConstraint("requisition_id", "position"),
        sa.CheckConstraint(f"quantity_micro > 0 AND quantity_micro <= {MAX_QUANTITY_MICRO}", name="quantity"),
        sa.CheckConstraint("price_minor IS NULL OR price_minor > 0", name="price"),
        sa.CheckConstraint("price_basis_micro > 0", name="basis"),
        sa.CheckConstraint("listing_id IS NULL OR supplier_id IS NOT NULL", name="offered_by_somebody"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    requisition_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    listing_id: Mapped[str | None] = mapped_column(IdType, index=True)
    supplier_id: Mapped[str | None] = ref("organisation.id", nullable=True)
    kind: Mapped[str] = mapped_column(sa.String(7), nullable=False, default="goods")
    title: Mapped[str] = words(200)
    brand: Mapped[str] = words(80)
    model: Mapped[str] = words(120)
    unit: Mapped[str] = words(20)
    quantity_micro: Mapped[int] = minor(nullable=False)
    price_minor: Mapped[int | None] = minor()
    price_basis_micro: Mapped[int] = minor(nullable=False, default=MICRO)
    # What decided the price, frozen with it: {"rule", "from_micro", "contract", "until", "list_minor", "tax_class",
    # "day"} (app/catalogue/offers/pricing.py); empty for what was described in words or quoted.
    price_rule: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)
    vat_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1300)
    warranty_months: Mapped[int | None] = mapped_column(sa.Integer)
    lead_time_days: Mapped[int | None] = mapped_column(sa.Integer)
    amount_minor: Mapped[int] = minor(nullable=False, default=0)


staff_read(Requisition, lambda _actor: Requisition.state != "draft")
