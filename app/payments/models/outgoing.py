"""Nouns of what leaves the platform and of its bank: payouts, statements, bank entries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Currency,
    IdType,
    Json,
    Model,
    Record,
    UtcDateTime,
    currency_known,
    minor,
    one_of,
    owned_by,
    owned_key,
    ref,
    words,
)
from app.kernel.values import Money

BANK_KINDS: Final = ("unmatched", "float_in", "float_out", "repayment", "shares_out", "gateway_payout")
"""What else a bank statement of the platform's account shows besides payments, refunds and payouts."""

_PAYOUT_LIVE: Final = sa.text("state NOT IN ('succeeded', 'cancelled')")


class Payout(Record):
    """Everything payable to a supplier in one currency, paid to its bank account by two people of settlement."""

    __tablename__ = "payout"
    __prefix__ = "pot"
    __states__ = "created approved submitted unknown succeeded failed cancelled"
    __parties__ = {"supplier": "supplier_id"}
    __constraints__ = (
        owned_key("supplier_id"),
        sa.UniqueConstraint("number"),
        currency_known(),
        sa.CheckConstraint("amount_minor > 0 AND attempts >= 0", name="amount"),
        sa.CheckConstraint("approver_id IS NULL OR approver_id <> creator_id", name="four_eyes"),
        sa.Index(
            "uq_payout_live", "supplier_id", "currency", unique=True,
            sqlite_where=_PAYOUT_LIVE, postgresql_where=_PAYOUT_LIVE,
        ),
    )  # fmt: skip

    supplier_id: Mapped[str] = ref("organisation.id")
    number: Mapped[str | None] = mapped_column(sa.String(20))
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)
    # The account as it stood when the payout was made: a later change never redirects it.
    bank_name: Mapped[str] = words(120)
    bank_account: Mapped[str] = words(40)
    bank_reference: Mapped[str] = words(80)
    creator_id: Mapped[str] = ref("person.id")
    approver_id: Mapped[str | None] = ref("person.id", nullable=True)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)

    lines: Mapped[list[PayoutLine]] = relationship(lazy="selectin", order_by="PayoutLine.entry_id")

    @property
    def amount(self) -> Money:
        """What is paid out."""
        return Money(self.amount_minor, self.currency)


class PayoutLine(Model):
    """One movement on the supplier's account that a payout pays: a release, or money that goes back."""

    __tablename__ = "payout_line"
    __table_args__ = (
        owned_by("payout", "supplier_id", "payout_id"),
        sa.CheckConstraint("amount_minor <> 0", name="amount_something"),
    )

    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    payout_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    entry_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("entry.id"), primary_key=True, index=True)
    amount_minor: Mapped[int] = minor(nullable=False)


class Statement(Record):
    """The account of a supplier over a period: what stood, what moved, what stands. Amounts: credit positive."""

    __tablename__ = "statement"
    __prefix__ = "stm"
    __states__ = "open issued agreed disputed"
    __parties__ = {"supplier": "supplier_id"}
    __constraints__ = (
        owned_key("supplier_id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("supplier_id", "currency", "period_from"),
        currency_known(),
        sa.CheckConstraint("period_to > period_from", name="period"),
    )

    supplier_id: Mapped[str] = ref("organisation.id")
    number: Mapped[str | None] = mapped_column(sa.String(20))
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    period_from: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    period_to: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    opening_minor: Mapped[int] = minor(nullable=False, default=0)
    closing_minor: Mapped[int] = minor(nullable=False, default=0)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agree_by: Mapped[datetime | None] = mapped_column(UtcDateTime)  # agreed by silence then

    lines: Mapped[list[StatementLine]] = relationship(lazy="selectin", order_by="StatementLine.position")

    @property
    def last_day(self) -> datetime:
        """A moment of the last day that belongs to the period."""
        return self.period_to - timedelta(seconds=1)

    @property
    def opening(self) -> Money:
        """What the platform owed the supplier at the beginning."""
        return Money(self.opening_minor, self.currency)

    @property
    def closing(self) -> Money:
        """What it owes at the end."""
        return Money(self.closing_minor, self.currency)


LINE_KINDS: Final = ("release", "clawback", "payout", "payout_back", "repayment", "other")


class StatementLine(Model):
    """One movement of the period: gross, less commission, less its VAT; frozen when the statement is issued."""

    __tablename__ = "statement_line"
    __table_args__ = (
        owned_by("statement", "supplier_id", "statement_id"),
        owned_by("purchase_order", "supplier_id", "order_id"),
        one_of("kind", LINE_KINDS),
        sa.UniqueConstraint("statement_id", "entry_id"),
        sa.CheckConstraint("amount_minor = gross_minor - commission_minor - vat_minor", name="adds_up"),
    )

    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    statement_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    position: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    entry_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("entry.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.String(11), nullable=False)
    order_id: Mapped[str | None] = mapped_column(IdType, index=True)
    reference: Mapped[str] = words(40)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    gross_minor: Mapped[int] = minor(nullable=False)
    commission_minor: Mapped[int] = minor(nullable=False)  # without its VAT
    vat_minor: Mapped[int] = minor(nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)


class BankEntry(Record):
    """What a bank statement shows and no payment, refund or payout explains: one person enters it, another books it."""

    __tablename__ = "bank_entry"
    __prefix__ = "bke"
    __states__ = "proposed booked matched declined"
    __parties__ = {"supplier": "supplier_id"}
    __constraints__ = (
        sa.UniqueConstraint("number"),
        currency_known(),
        one_of("kind", BANK_KINDS),
        sa.CheckConstraint("amount_minor > 0 AND fee_minor >= 0 AND fee_minor <= amount_minor", name="amount"),
        sa.CheckConstraint("(kind = 'repayment') = (supplier_id IS NOT NULL)", name="repaid_by_somebody"),
        sa.CheckConstraint("kind = 'gateway_payout' OR fee_minor = 0", name="fee_of_gateway"),
        sa.CheckConstraint("booker_id IS NULL OR booker_id <> proposer_id", name="four_eyes"),
    )

    number: Mapped[str | None] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(14), nullable=False)
    supplier_id: Mapped[str | None] = ref("organisation.id", nullable=True)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)  # gross; a gateway's fee is part of it
    fee_minor: Mapped[int] = minor(nullable=False, default=0)
    # What each account gives to revenue shares and VAT paid out, as it stood when they were proposed.
    parts: Mapped[dict[str, int]] = mapped_column(Json, nullable=False, default=dict)
    statement_reference: Mapped[str] = words(80)
    payer: Mapped[str] = words(120)
    proposer_id: Mapped[str] = ref("person.id")
    booker_id: Mapped[str | None] = ref("person.id", nullable=True)

    @property
    def amount(self) -> Money:
        """What the statement shows, with the fee that was kept back."""
        return Money(self.amount_minor, self.currency)
