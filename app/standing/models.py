"""Nouns of standing: how an organisation's open business is handed over, and rows of a score that are contested."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import IdType, Record, UtcDateTime, one_of, ref

CRITERIA: Final = ("on_time", "accepted_first", "response", "disputes")

_STANDING_PLAN: Final = sa.text("state IN ('agreed', 'proposed')")
_STANDING_CONTEST: Final = sa.text("state <> 'withdrawn'")


class Handover(Record):
    """A written plan of who takes over what an organisation leaves open; without one it ends only with nothing open."""

    __tablename__ = "handover"
    __prefix__ = "hnd"
    __states__ = "proposed agreed declined withdrawn done"
    __parties__ = {"self": "org_id", "successor": "successor_id"}
    __constraints__ = (
        sa.CheckConstraint("org_id <> successor_id", name="another_takes_over"),
        sa.CheckConstraint("length(plan) > 0", name="written"),
        sa.Index(
            "uq_handover_standing", "org_id", unique=True, sqlite_where=_STANDING_PLAN,
            postgresql_where=_STANDING_PLAN,
        ),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    successor_id: Mapped[str] = ref("organisation.id")
    plan: Mapped[str] = mapped_column(sa.Text, nullable=False)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Contest(Record):
    """One row of a supplier's score that the supplier holds to be wrong; a row can be contested once."""

    __tablename__ = "contest"
    __prefix__ = "cts"
    __states__ = "open upheld dismissed withdrawn"
    __parties__ = {"supplier": "supplier_id"}
    __constraints__ = (
        one_of("criterion", CRITERIA),
        sa.Index(
            "uq_contest_row", "supplier_id", "criterion", "object_id", unique=True,
            sqlite_where=_STANDING_CONTEST, postgresql_where=_STANDING_CONTEST,
        ),
    )  # fmt: skip

    supplier_id: Mapped[str] = ref("organisation.id")
    criterion: Mapped[str] = mapped_column(sa.String(14), nullable=False)
    # The order, acceptance or claim that was counted.
    object_id: Mapped[str] = mapped_column(IdType, nullable=False)
