"""The promise: orders and their lines, the appointments of services, and who approves from which amount."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.actors import Actor
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
    one_of,
    owned_by,
    owned_key,
    ref,
    words,
)
from app.kernel.reading import parties_read
from app.kernel.values import MAX_QUANTITY_MICRO, MICRO, Money
from app.ordering.offline_models import OfflineEntry


class Order(Record):
    """The promise between one buyer and one supplier. Price, tax, commission and plan are frozen on it."""

    __tablename__ = "purchase_order"
    __prefix__ = "ord"
    __states__ = (
        "awaiting_buyer awaiting_operator awaiting_owner returned awaiting_supplier confirmed delivered accepted "
        "closed refused lapsed cancelled"
    )
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_key("supplier_id"),
        owned_by("award", "buyer_id", "award_id"),
        owned_by("requisition", "buyer_id", "requisition_id"),
        sa.UniqueConstraint("number"),
        currency_known(),
        sa.CheckConstraint("buyer_id <> supplier_id", name="two_parties"),
        sa.CheckConstraint("total_minor > 0 AND tax_minor >= 0", name="total"),
        sa.CheckConstraint("(award_id IS NULL) <> (requisition_id IS NULL)", name="one_source"),
        sa.Index("ix_purchase_order_supplier", "supplier_id", "state"),
        one_of("channel", ("web", "api", "phone", "counter", "paper"), name="channel_known"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str] = words(200)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    total_minor: Mapped[int] = minor(nullable=False)
    tax_minor: Mapped[int] = minor(nullable=False)
    award_id: Mapped[str | None] = mapped_column(IdType, index=True)
    requisition_id: Mapped[str | None] = mapped_column(IdType, index=True)
    delivery_place: Mapped[str] = words(200)
    # For which unit of the buyer and charged to what, as they were called when it was placed.
    unit_name: Mapped[str] = words(300)
    charged_to: Mapped[str] = words(200)
    deliver_by: Mapped[date | None] = mapped_column(sa.Date)
    terms: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    channel: Mapped[str] = mapped_column(sa.String(10), nullable=False, default="web")
    # Whether the supplier may see it: from the moment the transaction is approved.
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirm_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warranty_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Frozen commission: {"rate_id", "rate_bp", "vat_bp", "owner_share_bp"}; the buyer never sees it.
    commission: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)
    # Frozen payment plan: [{"title", "share_bp", "due_on", "release_on"}]; shares sum to 10000.
    plan: Mapped[list[dict[str, Any]]] = mapped_column(Json, nullable=False, default=list)
    # Frozen rules that decide who approves the transaction, in minor units: {"rule_id", "operator_from",
    # "owner_from" (null: nothing goes to the owner), "owner_only" (the operator buys for itself),
    # "whole" (the total of the award or requisition)}.
    rule: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)

    lines: Mapped[list[OrderLine]] = relationship(
        order_by="OrderLine.position", lazy="selectin", cascade="all, delete-orphan", overlaps="entry"
    )
    entry: Mapped[OfflineEntry | None] = relationship(lazy="selectin", cascade="all", overlaps="lines")

    @property
    def total(self) -> Money:
        """Gross total as agreed."""
        return Money(self.total_minor, self.currency)

    def audience(self) -> set[str]:
        """The supplier learns of an order when it is sent, not while it awaits approval."""
        return {self.buyer_id, self.supplier_id} if self.sent_at else {self.buyer_id}


def _order_parties(actor: Actor) -> sa.ColumnElement[bool]:
    sent = sa.and_(Order.supplier_id == actor.org_id, Order.sent_at.is_not(None))
    return sa.or_(Order.buyer_id == actor.org_id, sent)


parties_read(Order, _order_parties)


class OrderLine(Model):
    """One line of an order with its quantities along delivery and acceptance; all in stock units of 10^-6.

    Ordered = what was agreed. Given up lowers what is still owed. Received = accepted + rejected + pending.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        owned_by("listing", "supplier_id", "listing_id"),
        owned_by("award_line", "buyer_id supplier_id", "award_line_id"),
        owned_by("requisition_line", "buyer_id", "requisition_line_id"),
        sa.UniqueConstraint("order_id", "position"),
        sa.CheckConstraint(f"quantity_micro > 0 AND quantity_micro <= {MAX_QUANTITY_MICRO}", name="quantity"),
        sa.CheckConstraint("price_minor > 0 AND price_basis_micro > 0 AND amount_minor >= 0", name="price"),
        sa.CheckConstraint("given_up_micro >= 0 AND given_up_micro <= quantity_micro", name="given_up"),
        sa.CheckConstraint(
            "packed_micro >= 0 AND packed_micro <= quantity_micro - given_up_micro + replacing_micro", name="packed"
        ),
        sa.CheckConstraint("received_micro >= 0 AND received_micro <= packed_micro", name="received"),
        sa.CheckConstraint(
            "accepted_micro >= 0 AND rejected_micro >= 0 AND accepted_micro + rejected_micro <= received_micro",
            name="decided",
        ),
        sa.CheckConstraint("replacing_micro >= 0 AND replacing_micro <= rejected_micro", name="replacing"),
        sa.CheckConstraint("accepted_micro + given_up_micro <= quantity_micro", name="accepted_within"),
        one_of("kind", ("goods", "service"), name="kind_known"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    kind: Mapped[str] = mapped_column(sa.String(7), nullable=False, default="goods")
    title: Mapped[str] = words(200)
    brand: Mapped[str] = words(80)
    model: Mapped[str] = words(120)
    unit: Mapped[str] = words(20)
    listing_id: Mapped[str | None] = mapped_column(IdType, index=True)
    award_line_id: Mapped[str | None] = mapped_column(IdType, index=True)
    requisition_line_id: Mapped[str | None] = mapped_column(IdType, index=True)
    quantity_micro: Mapped[int] = minor(nullable=False)
    price_minor: Mapped[int] = minor(nullable=False)
    price_basis_micro: Mapped[int] = minor(nullable=False, default=MICRO)
    # What decided the price, frozen with it: {"rule", "from_micro", "contract", "until", "list_minor", "tax_class",
    # "day"} (app/catalogue/offers/pricing.py); empty for what was described in words or quoted.
    price_rule: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)
    vat_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)
    tax_minor: Mapped[int] = minor(nullable=False)
    lead_time_days: Mapped[int | None] = mapped_column(sa.Integer)
    warranty_months: Mapped[int | None] = mapped_column(sa.Integer)
    # Goods: in prepared, shipped and arrived shipments. Services: in appointments that were not cancelled or refused.
    packed_micro: Mapped[int] = minor(nullable=False, default=0)
    received_micro: Mapped[int] = minor(nullable=False, default=0)
    accepted_micro: Mapped[int] = minor(nullable=False, default=0)
    rejected_micro: Mapped[int] = minor(nullable=False, default=0)
    # Rejected and settled by replacement or refund: no longer counts as delivered, so that as much may be packed again
    # (a refund gives the same quantity up, which takes that right away).
    replacing_micro: Mapped[int] = minor(nullable=False, default=0)
    given_up_micro: Mapped[int] = minor(nullable=False, default=0)

    @property
    def pending_micro(self) -> int:
        """Received, and neither accepted nor rejected yet."""
        return self.received_micro - self.accepted_micro - self.rejected_micro

    @property
    def packable_micro(self) -> int:
        """What may still be packed; of a service, for what an appointment may still be made."""
        return self.quantity_micro - self.given_up_micro + self.replacing_micro - self.packed_micro

    @property
    def undelivered_micro(self) -> int:
        """What has still to arrive; zero when the line is delivered."""
        return self.quantity_micro - self.given_up_micro + self.replacing_micro - self.received_micro

    @property
    def unaccepted_micro(self) -> int:
        """What has still to be accepted; zero when the line is done."""
        return self.quantity_micro - self.given_up_micro - self.accepted_micro


class LineWork(Model):
    """An order line points down to a work order: the quantity of a service that is done at that appointment."""

    __tablename__ = "order_line_work"
    __table_args__ = (
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        owned_by("order_line", "buyer_id supplier_id", "order_line_id"),
        owned_by("work_order", "buyer_id supplier_id", "work_order_id"),
        sa.UniqueConstraint("work_order_id"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    order_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    work_order_id: Mapped[str] = mapped_column(IdType, nullable=False)


class TransactionRule(Record):
    """Above which amount the operator approves a transaction, and above which the owner does too; per currency."""

    __tablename__ = "transaction_rule"
    __prefix__ = "rul"
    __states__ = "proposed active declined retired"
    __parties__ = {}
    __constraints__ = (
        currency_known(),
        sa.CheckConstraint("operator_from_minor >= 0 AND owner_from_minor >= operator_from_minor", name="ordered"),
        sa.Index(
            "uq_transaction_rule_active", "currency", unique=True,
            sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"),
        ),
    )  # fmt: skip

    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    operator_from_minor: Mapped[int] = minor(nullable=False)
    owner_from_minor: Mapped[int] = minor(nullable=False)
    proposer_id: Mapped[str] = ref("person.id")
    reason: Mapped[str] = words(500)
