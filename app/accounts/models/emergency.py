"""Emergency access ("break glass"): the operator's system administrator inside another organisation, for some hours."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Json, Record, UtcDateTime, ref


class EmergencyAccess(Record):
    """Asked for by one person with a reason, allowed by another, over by the clock."""

    __tablename__ = "emergency_access"
    __prefix__ = "emg"
    __states__ = "requested active ended refused withdrawn"
    __parties__ = {"operator": "operator_id", "subject": "subject_id", "auditor": "auditor_id"}
    __constraints__ = (
        sa.CheckConstraint("operator_id <> subject_id", name="into_another"),
        sa.CheckConstraint("allowed_by <> person_id", name="two_people"),
        sa.CheckConstraint("hours BETWEEN 1 AND 72", name="hours_few"),
        sa.CheckConstraint("state NOT IN ('active', 'ended') OR allowed_by IS NOT NULL", name="allowed_by_somebody"),
        sa.CheckConstraint("(allowed_by IS NULL) = (ends_at IS NULL)", name="allowed_until"),
        sa.Index(
            "uq_emergency_access_live", "person_id", "subject_id", unique=True,
            sqlite_where=sa.text("state IN ('requested', 'active')"),
            postgresql_where=sa.text("state IN ('requested', 'active')"),
        ),
    )  # fmt: skip

    operator_id: Mapped[str] = ref("organisation.id")
    subject_id: Mapped[str] = ref("organisation.id")
    auditor_id: Mapped[str | None] = ref("organisation.id", nullable=True)  # who is told as well, if there is one
    person_id: Mapped[str] = ref("person.id")
    roles: Mapped[list[str]] = mapped_column(Json, nullable=False)
    hours: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    allowed_by: Mapped[str | None] = ref("person.id", nullable=True)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
