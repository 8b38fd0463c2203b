"""Nouns of the ledger: accounts with a stored balance, entries and their lines.

Amounts are debit positive, credit negative. An entry's `body` is the canonical JSON that its digest covers; the lines
are the same facts as rows. They are inserted before their entry, which then seals them (see triggers.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Currency, IdType, Model, UtcDateTime, currency_known, id_column, minor, one_of
from app.kernel.values import Money

KINDS: Final = (
    "bank", "gateway", "gateway_fees", "held", "payable", "in_transit", "refund_due", "due_from", "unallocated",
    "commission", "vat", "float", "rounding",
)  # fmt: skip
"""What an account is; its code is the kind, or `kind:owner` such as `held:ord_...` or `commission:operator`."""

NEVER_DEBIT: Final = ("held", "in_transit", "refund_due", "unallocated")
"""Money that belongs to somebody else: never less than nothing (states.md, Postings)."""

CODE_CHARS: Final = 60
KEY_CHARS: Final = 120
MEMO_CHARS: Final = 40


class LedgerAccount(Model):
    """One account in one currency with its balance, which changes in the transaction of each entry."""

    __tablename__ = "ledger_account"

    id: Mapped[str] = id_column()
    code: Mapped[str] = mapped_column(sa.String(CODE_CHARS), nullable=False)
    kind: Mapped[str] = mapped_column(sa.String(20), nullable=False)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    balance_minor: Mapped[int] = minor(nullable=False, default=0)

    __table_args__ = (
        sa.UniqueConstraint("code", "currency"),
        sa.UniqueConstraint("id", "currency"),  # what a line refers to: the account in its own currency
        one_of("kind", KINDS),
        currency_known(),
        sa.CheckConstraint("code = kind OR substr(code, 1, length(kind) + 1) = kind || ':'", name="code_of_kind"),
        sa.CheckConstraint(
            f"balance_minor <= 0 OR kind NOT IN ({', '.join(repr(kind) for kind in NEVER_DEBIT)})", name="never_debit"
        ),
        sa.CheckConstraint("balance_minor >= 0 OR kind <> 'due_from'", name="never_credit"),
        sa.Index("ix_ledger_account_kind", "kind", "currency"),
    )

    @property
    def balance(self) -> Money:
        """What stands on it now; debit positive."""
        return Money(self.balance_minor, self.currency)


class Entry(Model):
    """One movement of money, inserted once with its lines; triggers refuse UPDATE and DELETE."""

    __tablename__ = "entry"

    id: Mapped[str] = id_column()
    key: Mapped[str] = mapped_column(sa.String(KEY_CHARS), nullable=False, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    memo: Mapped[str] = mapped_column(sa.String(MEMO_CHARS), nullable=False)
    # The event is inserted at the very end of the same transaction, so this reference is looked at when it commits.
    event_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("event.id", deferrable=True, initially="DEFERRED"), nullable=False, index=True
    )
    body: Mapped[str] = mapped_column(sa.Text, nullable=False)
    salt: Mapped[str] = mapped_column(sa.String(32), nullable=False)
    digest: Mapped[str] = mapped_column(sa.String(64), nullable=False)

    __table_args__ = (sa.Index("ix_entry_at", "at"),)


class EntryLine(Model):
    """What one entry does to one account. Inserted before its entry, and never once that is there."""

    __tablename__ = "entry_line"

    entry_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("entry.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)

    __table_args__ = (
        sa.ForeignKeyConstraint(["account_id", "currency"], ["ledger_account.id", "ledger_account.currency"]),
        sa.CheckConstraint("amount_minor <> 0", name="amount_something"),
        sa.Index("ix_entry_line_account", "account_id", "entry_id"),
    )
