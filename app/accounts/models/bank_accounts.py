"""The account that an organisation is paid to: named by one person, checked by another, held back after a change."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Record, UtcDateTime, ref, words

_PROPOSED: Final = sa.text("state = 'proposed'")
_CONFIRMED: Final = sa.text("state = 'confirmed'")


class BankAccount(Record):
    """One account of one organisation; at most one is in force and at most one waits to be."""

    __tablename__ = "bank_account"
    __prefix__ = "bnk"
    __states__ = "proposed confirmed replaced declined withdrawn"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        sa.CheckConstraint("length(bank_name) > 0 AND length(account_no) > 0", name="named"),
        sa.CheckConstraint("checker_id IS NULL OR checker_id <> proposer_id", name="four_eyes"),
        sa.Index("uq_bank_account_proposed", "org_id", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
        sa.Index(
            "uq_bank_account_confirmed", "org_id", unique=True, sqlite_where=_CONFIRMED, postgresql_where=_CONFIRMED
        ),
    )

    org_id: Mapped[str] = ref("organisation.id")
    bank_name: Mapped[str] = words(120)
    account_no: Mapped[str] = words(40)
    # Nobody for what was named before accounts were checked.
    proposer_id: Mapped[str | None] = ref("person.id", nullable=True)
    checker_id: Mapped[str | None] = ref("person.id", nullable=True)
    # No payout goes to it before; empty for the first account, which redirects nothing.
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def ending(self) -> str:
        """The last four characters: enough to recognise an account, too little to pay to it."""
        return self.account_no[-4:]
