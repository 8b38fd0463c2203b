"""Its keeping: shipments, receipts, acceptances, claims; quantities stand on the lines and are CHECKed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    IdType,
    Json,
    Model,
    Record,
    UtcDateTime,
    id_column,
    minor,
    one_of,
    owned_by,
    owned_key,
    ref,
    words,
)

REMEDIES = ("replace", "repair", "reduce", "refund")


class Shipment(Record):
    """One delivery of an order, whole or in part."""

    __tablename__ = "shipment"
    __prefix__ = "shp"
    __states__ = "prepared shipped arrived lost cancelled"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        sa.UniqueConstraint("number"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    carrier: Mapped[str] = words(80)
    tracking: Mapped[str] = words(80)
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list[ShipmentLine]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class ShipmentLine(Model):
    """A quantity of one order line in a shipment."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        owned_by("shipment", "buyer_id supplier_id", "shipment_id"),
        owned_by("order_line", "buyer_id supplier_id", "order_line_id"),
        sa.UniqueConstraint("shipment_id", "order_line_id"),
        sa.CheckConstraint("quantity_micro > 0", name="quantity"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    shipment_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    order_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    quantity_micro: Mapped[int] = minor(nullable=False)


class Receipt(Record):
    """What arrived, as the receiver counted it."""

    __tablename__ = "receipt"
    __prefix__ = "rcp"
    __states__ = "open recorded void"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        owned_by("shipment", "buyer_id supplier_id", "shipment_id"),
        sa.UniqueConstraint("number"),
        sa.Index(
            "uq_receipt_live", "shipment_id", unique=True,
            sqlite_where=sa.text("state <> 'void'"), postgresql_where=sa.text("state <> 'void'"),
        ),
    )  # fmt: skip

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    shipment_id: Mapped[str | None] = mapped_column(IdType, index=True)
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    remark: Mapped[str] = words(500)

    lines: Mapped[list[ReceiptLine]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class ReceiptLine(Model):
    """Per line received = accepted + rejected + pending; the database keeps the sum."""

    __tablename__ = "receipt_line"
    __table_args__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("receipt", "buyer_id supplier_id", "receipt_id"),
        owned_by("order_line", "buyer_id supplier_id", "order_line_id"),
        sa.UniqueConstraint("receipt_id", "order_line_id"),
        sa.CheckConstraint(
            "received_micro >= 0 AND accepted_micro >= 0 AND rejected_micro >= 0 AND pending_micro >= 0 "
            "AND received_micro = accepted_micro + rejected_micro + pending_micro",
            name="adds_up",
        ),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    receipt_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    order_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    received_micro: Mapped[int] = minor(nullable=False)
    accepted_micro: Mapped[int] = minor(nullable=False, default=0)
    rejected_micro: Mapped[int] = minor(nullable=False, default=0)
    pending_micro: Mapped[int] = minor(nullable=False, default=0)
    serials: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)


class Acceptance(Record):
    """A decision on a received quantity, or on a service by its work report: good, good on a condition, or rejected."""

    __tablename__ = "acceptance"
    __prefix__ = "acc"
    __states__ = "pending conditional accepted rejected void"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        owned_by("receipt_line", "buyer_id supplier_id", "receipt_line_id"),
        owned_by("order_line", "buyer_id supplier_id", "order_line_id"),
        owned_by("work_report", "buyer_id supplier_id", "work_report_id"),
        sa.CheckConstraint("quantity_micro > 0", name="quantity"),
        sa.CheckConstraint("(receipt_line_id IS NULL) <> (work_report_id IS NULL)", name="one_source"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    order_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    receipt_line_id: Mapped[str | None] = mapped_column(IdType, index=True)
    work_report_id: Mapped[str | None] = mapped_column(IdType, index=True)
    quantity_micro: Mapped[int] = minor(nullable=False)
    decided_by: Mapped[str | None] = ref("person.id", nullable=True)
    condition: Mapped[str] = words(500)
    condition_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    silent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # accepted by silence then, where allowed
    released: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)  # money moved: no undo any more


class Claim(Record):
    """A rejected quantity and what is done about it."""

    __tablename__ = "claim"
    __prefix__ = "clm"
    __states__ = "open agreed disputed done refused withdrawn"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        owned_by("order_line", "buyer_id supplier_id", "order_line_id"),
        owned_by("acceptance", "buyer_id supplier_id", "acceptance_id"),
        sa.CheckConstraint("quantity_micro > 0", name="quantity"),
        sa.CheckConstraint("reduction_minor >= 0", name="reduction"),
        sa.UniqueConstraint("number"),
        one_of("remedy", REMEDIES, name="remedy_known"),
        one_of("wanted", REMEDIES, name="wanted_known"),
        sa.Index(
            "uq_claim_live", "acceptance_id", unique=True,
            sqlite_where=sa.text("state IN ('open', 'agreed', 'disputed')"),
            postgresql_where=sa.text("state IN ('open', 'agreed', 'disputed')"),
        ),
    )  # fmt: skip

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    order_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    acceptance_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    quantity_micro: Mapped[int] = minor(nullable=False)
    wanted: Mapped[str] = mapped_column(sa.String(8), nullable=False, default="replace")
    remedy: Mapped[str | None] = mapped_column(sa.String(8))
    reduction_minor: Mapped[int] = minor(nullable=False, default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
