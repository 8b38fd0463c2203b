"""Nouns of payments at a gateway: what was asked there for a payment or refund, what it told us, and the local one's.

A card payment is a Payment with one CardPayment beside it; a refund to a card is a Refund with one CardRefund.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import (
    Currency,
    IdType,
    Json,
    Model,
    UtcDateTime,
    id_column,
    minor,
    one_of,
    owned_by,
    ref,
    words,
)
from app.kernel.values import now

GATEWAYS: Final = ("stripe", "local")
MODES: Final = ("page", "program")
"""How it is paid: on the gateway's hosted page, or in the payer's own program (a PaymentIntent)."""

CHARGE_STATES: Final = ("open", "paid", "failed", "reversed")
KEY_CHARS: Final = 80
REFERENCE_CHARS: Final = 80

_LIVE: Final = sa.text("live")


class CardPayment(Model):
    """What a payment is at its gateway. `asked` is sent as it stands, however often: it never changes."""

    __tablename__ = "card_payment"

    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    payment_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    gateway: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    mode: Mapped[str] = mapped_column(sa.String(8), nullable=False)
    asked: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    intent: Mapped[str | None] = mapped_column(sa.String(REFERENCE_CHARS))
    url: Mapped[str | None] = mapped_column(sa.Text)
    secret: Mapped[str | None] = mapped_column(sa.String(200))
    # Under way, or of unknown outcome: one at a time and order, so that nobody pays twice.
    live: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    called_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fee_minor: Mapped[int | None] = minor()
    fee_currency: Mapped[str | None] = mapped_column(Currency)

    __table_args__ = (
        owned_by("payment", "buyer_id supplier_id", "payment_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        one_of("gateway", GATEWAYS),
        one_of("mode", MODES),
        sa.CheckConstraint("fee_minor IS NULL OR (fee_minor >= 0 AND fee_currency IS NOT NULL)", name="fee"),
        sa.UniqueConstraint("gateway", "intent"),
        sa.Index("uq_card_payment_live", "order_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )


class CardRefund(Model):
    """What a refund is at the gateway that had the payment; the reference is that of its newest attempt."""

    __tablename__ = "card_refund"

    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    refund_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    payment_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    gateway: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    reference: Mapped[str | None] = mapped_column(sa.String(REFERENCE_CHARS))
    # When this attempt was first handed over: from then on it is looked for before it is asked for once more.
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        owned_by("refund", "buyer_id supplier_id", "refund_id"),
        owned_by("payment", "buyer_id supplier_id", "payment_id"),
        one_of("gateway", GATEWAYS),
        sa.UniqueConstraint("gateway", "reference"),
    )


class GatewayEvent(Model):
    """A verified message of a gateway, once each. It says what to look at; nothing in it is ever booked.

    Of its body only the digest is kept: it may name the payer, whom we have no reason to know.
    """

    __tablename__ = "gateway_event"

    gateway: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    event_id: Mapped[str] = mapped_column(sa.String(KEY_CHARS), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(80), nullable=False)
    about: Mapped[list[str]] = mapped_column(Json, nullable=False)
    digest: Mapped[str] = mapped_column(sa.String(64), nullable=False)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (one_of("gateway", GATEWAYS),)


class LocalCharge(Model):
    """A payment at the local gateway, which stands in where no keys are set. No money moves."""

    __tablename__ = "local_charge"

    id: Mapped[str] = id_column()
    key: Mapped[str] = mapped_column(sa.String(KEY_CHARS), nullable=False, unique=True)
    asked: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    payment_id: Mapped[str] = ref("payment.id")
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)
    status: Mapped[str] = mapped_column(sa.String(10), nullable=False, default="open")
    back: Mapped[str] = words(300)

    __table_args__ = (
        one_of("status", CHARGE_STATES),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
    )


class LocalRefund(Model):
    """A refund at the local gateway."""

    __tablename__ = "local_refund"

    id: Mapped[str] = id_column()
    key: Mapped[str] = mapped_column(sa.String(KEY_CHARS), nullable=False, unique=True)
    charge_id: Mapped[str] = ref("local_charge.id")
    refund_id: Mapped[str] = ref("refund.id")
    amount_minor: Mapped[int] = minor(nullable=False)

    __table_args__ = (sa.CheckConstraint("amount_minor > 0", name="amount"),)
