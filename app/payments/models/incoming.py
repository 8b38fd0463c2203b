"""Nouns of what buyers pay: rates, instalments, payments, refunds. An instalment says what the ledger says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.actors import Actor
from app.kernel.db import (
    Currency,
    IdType,
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
from app.kernel.values import Money, now
from app.payments.arithmetic import Standing
from app.payments.models.gateway import CardPayment, CardRefund

METHODS: Final = ("transfer", "gateway")
MOMENTS: Final = ("confirmed", "shipped", "accepted", "warranty_end", "date")
"""What makes an instalment due, or lets it go to the supplier; `signed` in a plan means confirmed."""

CAUSES: Final = ("excess", "prepaid")
"""Why money goes back: more was paid than the order now costs, or it was paid before it was due."""


class CommissionRate(Record):
    """What the platform takes of released money, how it is taxed and how it is shared; frozen on each order."""

    __tablename__ = "commission_rate"
    __prefix__ = "cmr"
    __states__ = "proposed active declined retired"
    __parties__ = {}
    __constraints__ = (
        sa.CheckConstraint("rate_bp >= 0 AND rate_bp <= 5000", name="rate"),
        sa.CheckConstraint("vat_bp >= 0 AND vat_bp <= 3000", name="vat"),
        sa.CheckConstraint("owner_share_bp >= 0 AND owner_share_bp <= 10000", name="owner_share"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= valid_from", name="ends_later"),
        sa.Index(
            "uq_commission_rate_from", "valid_from", unique=True,
            sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"),
        ),
    )  # fmt: skip

    rate_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    vat_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    owner_share_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposer_id: Mapped[str] = ref("person.id")
    reason: Mapped[str] = words(500)


class Instalment(Record):
    """One part of an order's payment plan, with what was paid, released and refunded of it.

    held = paid - reversed + owed - released - refunded. `owed` is what the buyer owes because a payment failed after
    its money had been released; `due` is how much of the amount has fallen due so far.
    """

    __tablename__ = "instalment"
    __prefix__ = "ins"
    __states__ = "planned due paid released cancelled"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        sa.UniqueConstraint("order_id", "position"),
        currency_known(),
        one_of("due_on", MOMENTS, name="due_on_known"),
        one_of("release_on", MOMENTS, name="release_on_known"),
        sa.CheckConstraint("share_bp > 0 AND share_bp <= 10000", name="share"),
        sa.CheckConstraint("amount_minor >= 0 AND due_minor >= 0 AND due_minor <= amount_minor", name="amount"),
        sa.CheckConstraint(
            "paid_minor >= 0 AND reversed_minor >= 0 AND owed_minor >= 0 AND released_minor >= 0 "
            "AND refunded_minor >= 0 AND releases >= 0",
            name="not_negative",
        ),
        sa.CheckConstraint("released_minor + refunded_minor <= paid_minor", name="within_paid"),
        sa.CheckConstraint(
            "paid_minor - reversed_minor + owed_minor - released_minor - refunded_minor >= 0", name="held"
        ),
        sa.Index("ix_instalment_ripens", "ripens_at"),
        sa.Index("ix_instalment_buyer_due", "buyer_id", "state", "due_by"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    number: Mapped[str | None] = mapped_column(sa.String(24))  # the order's, with the place in its plan
    title: Mapped[str] = words(80)
    share_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    due_on: Mapped[str] = mapped_column(sa.String(12), nullable=False)
    release_on: Mapped[str] = mapped_column(sa.String(12), nullable=False)
    due_date: Mapped[date | None] = mapped_column(sa.Date)
    release_date: Mapped[date | None] = mapped_column(sa.Date)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)
    due_minor: Mapped[int] = minor(nullable=False, default=0)
    paid_minor: Mapped[int] = minor(nullable=False, default=0)
    reversed_minor: Mapped[int] = minor(nullable=False, default=0)
    owed_minor: Mapped[int] = minor(nullable=False, default=0)
    released_minor: Mapped[int] = minor(nullable=False, default=0)
    refunded_minor: Mapped[int] = minor(nullable=False, default=0)
    releases: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)  # numbers the releases in their keys
    due_by: Mapped[datetime | None] = mapped_column(UtcDateTime)  # until when the part that is due is to be paid
    ripens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the next moment at which time alone changes it

    @property
    def standing(self) -> Standing:
        """The figures as the arithmetic takes them."""
        return Standing(
            amount=self.amount_minor, due=self.due_minor, paid=self.paid_minor, reversed=self.reversed_minor,
            owed=self.owed_minor, released=self.released_minor, refunded=self.refunded_minor,
        )  # fmt: skip

    def money(self, figure: str) -> Money:
        """One of its figures as money: amount, due, received, held, open, open_now, released, refunded, owed."""
        value: int = getattr(self.standing, figure)
        return Money(value, self.currency)


class Payment(Record):
    """Money from a buyer for one order: told by the buyer, true when settlement has seen it arrive."""

    __tablename__ = "payment"
    __prefix__ = "pay"
    __states__ = "created submitted unknown succeeded failed reversed cancelled"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("bank_entry_id"),
        sa.UniqueConstraint("gateway_reference"),
        currency_known(),
        one_of("method", METHODS, name="method_known"),
        sa.CheckConstraint("told_minor > 0 AND amount_minor >= 0 AND attempts >= 0", name="amount"),
        sa.CheckConstraint(
            "confirmer_id IS NULL OR recorder_id IS NULL OR confirmer_id <> recorder_id", name="four_eyes"
        ),
        sa.Index("ix_payment_ask_at", "ask_at"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    method: Mapped[str] = mapped_column(sa.String(8), nullable=False, default="transfer")
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    told_minor: Mapped[int] = minor(nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False, default=0)  # what really arrived
    bank_reference: Mapped[str] = words(80)
    paid_on: Mapped[date | None] = mapped_column(sa.Date)
    statement_reference: Mapped[str] = words(80)
    bank_entry_id: Mapped[str | None] = ref("bank_entry.id", nullable=True, index=False)
    gateway_reference: Mapped[str | None] = mapped_column(sa.String(80))
    recorder_id: Mapped[str | None] = ref("person.id", nullable=True)
    confirmer_id: Mapped[str | None] = ref("person.id", nullable=True)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)  # numbers its successes in their keys
    lapses_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the gateway is asked next

    card: Mapped[CardPayment | None] = relationship(lazy="selectin", uselist=False)

    @property
    def told(self) -> Money:
        """What the buyer says was sent."""
        return Money(self.told_minor, self.currency)

    @property
    def amount(self) -> Money:
        """What arrived; nothing before that."""
        return Money(self.amount_minor, self.currency)

    @property
    def pay_at(self) -> str | None:
        """The hosted page on which it is paid, while that is open."""
        return self.card.url if self.card is not None and self._open else None

    @property
    def client_secret(self) -> str | None:
        """With it the payer's own program pays, while that is open."""
        return self.card.secret if self.card is not None and self._open else None

    @property
    def _open(self) -> bool:
        return self.state == "submitted" and self.card is not None and self.card.called_off_at is None

    @property
    def fee(self) -> Money | None:
        """What the gateway keeps of it, once it has said so."""
        if self.card is None or self.card.fee_minor is None or self.card.fee_currency is None:
            return None
        return Money(self.card.fee_minor, self.card.fee_currency)

    def attended(self) -> bool:
        """A payment at the gateway waits for the gateway's word, not for people."""
        return self.method != "gateway"

    def audience(self) -> set[str]:
        """The supplier learns of a payment when it has arrived, and of its failing after that."""
        arrived = self.state in ("succeeded", "reversed")
        return {self.buyer_id, self.supplier_id} if arrived else {self.buyer_id}


def _payment_parties(actor: Actor) -> sa.ColumnElement[bool]:
    arrived = sa.and_(Payment.supplier_id == actor.org_id, Payment.state.in_(("succeeded", "reversed")))
    return sa.or_(Payment.buyer_id == actor.org_id, arrived)


parties_read(Payment, _payment_parties)


class Allocation(Model):
    """How much of a payment counts for which instalment. Never changed: what moves on is written with both signs."""

    __tablename__ = "allocation"
    __table_args__ = (
        owned_by("payment", "buyer_id supplier_id", "payment_id"),
        owned_by("instalment", "buyer_id supplier_id", "instalment_id"),
        sa.CheckConstraint("amount_minor <> 0", name="amount_something"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    payment_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    instalment_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    amount_minor: Mapped[int] = minor(nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)


class Refund(Record):
    """Money back to the buyer of an order; what was released already is clawed back from the supplier."""

    __tablename__ = "refund"
    __prefix__ = "rfd"
    __states__ = "created approved submitted unknown succeeded failed cancelled"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        sa.UniqueConstraint("number"),
        currency_known(),
        one_of("method", METHODS, name="method_known"),
        one_of("cause", CAUSES, name="cause_known"),
        sa.CheckConstraint("amount_minor > 0 AND clawed_minor >= 0 AND clawed_minor <= amount_minor", name="amount"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.CheckConstraint("approver_id IS NULL OR creator_id IS NULL OR approver_id <> creator_id", name="four_eyes"),
        sa.Index("ix_refund_ask_at", "ask_at"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    method: Mapped[str] = mapped_column(sa.String(8), nullable=False, default="transfer")
    cause: Mapped[str] = mapped_column(sa.String(8), nullable=False)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)
    clawed_minor: Mapped[int] = minor(nullable=False, default=0)  # the part that the supplier gives back
    # Whether the bank leg may go: clawed-back money first has to be there, or another buyer's would be paid out.
    covered: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    creator_id: Mapped[str | None] = ref("person.id", nullable=True)
    approver_id: Mapped[str | None] = ref("person.id", nullable=True)
    bank_reference: Mapped[str] = words(80)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)

    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the gateway is asked next

    lines: Mapped[list[RefundLine]] = relationship(lazy="selectin")
    card: Mapped[CardRefund | None] = relationship(
        lazy="selectin", uselist=False, foreign_keys=[CardRefund.buyer_id, CardRefund.supplier_id, CardRefund.refund_id]
    )

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_minor, self.currency)

    @property
    def taken_back(self) -> Money:
        """What of it the supplier gives back."""
        return Money(self.clawed_minor, self.currency)

    def attended(self) -> bool:
        """While the gateway has it, nobody can do anything about it."""
        return self.method != "gateway" or self.state not in ("submitted", "unknown")


class RefundLine(Model):
    """From which instalment a refund was taken: out of what was held, and out of what had been released."""

    __tablename__ = "refund_line"
    __table_args__ = (
        owned_by("refund", "buyer_id supplier_id", "refund_id"),
        owned_by("instalment", "buyer_id supplier_id", "instalment_id"),
        sa.CheckConstraint("held_minor >= 0 AND clawed_minor >= 0 AND held_minor + clawed_minor > 0", name="amount"),
    )

    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    refund_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    instalment_id: Mapped[str] = mapped_column(IdType, primary_key=True, index=True)
    held_minor: Mapped[int] = minor(nullable=False)
    clawed_minor: Mapped[int] = minor(nullable=False)
