"""How an organisation stands: what was taken from it for a time, and what it may not do for want of a qualification."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import IdType, Model, Record, UtcDateTime, one_of, owned_key, ref, words

SCOPES: Final = ("listing", "quoting", "call_off", "payout")
"""What can be stopped alone: offering in the catalogue, new quotes, new orders from the catalogue, being paid."""

REASONS: Final = ("documents", "quality", "delivery", "fraud", "complaint", "debt", "request", "other")

LIVE_STATES: Final = ("in_force", "appealed")
_LIVE: Final = sa.text("state IN ('appealed', 'in_force')")


class Restriction(Record):
    """One scope taken from an organisation, with a reason code and perhaps an end; others stay as they are."""

    __tablename__ = "restriction"
    __prefix__ = "rst"
    __states__ = "in_force appealed lifted ended"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        one_of("scope", SCOPES),
        one_of("reason_code", REASONS),
        sa.CheckConstraint("state <> 'ended' OR ends_at IS NOT NULL", name="ended_by_date"),
        sa.CheckConstraint("state <> 'appealed' OR appealed_at IS NOT NULL", name="appealed_when"),
        sa.Index(
            "uq_restriction_live", "org_id", "scope", "reason_code", unique=True,
            sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
        sa.Index("ix_restriction_ends_at", "ends_at"),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    scope: Mapped[str] = mapped_column(sa.String(8), nullable=False)
    reason_code: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    imposer_id: Mapped[str] = ref("person.id")
    appealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Barred(Model):
    """What an organisation may not do now, and because of which record: reckoned from restrictions and qualifications.

    Derived, so that every search and every quote asks one small table; `accounts/standing.py` alone writes it, in the
    transaction that changes what it follows from, and `flask doctor` reckons it anew.
    """

    __tablename__ = "barred"

    org_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    scope: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    category: Mapped[str] = words(60, primary_key=True)  # empty: everywhere
    cause_id: Mapped[str] = mapped_column(IdType, primary_key=True)  # a restriction, or a requirement that is not met

    __table_args__ = (one_of("scope", SCOPES),)
