"""A lost second factor: asked for by one person, given by another."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actors import Actor
from app.kernel.db import IdType, Record, UtcDateTime, owned_by, ref
from app.kernel.reading import parties_read, staff_read


class FactorReset(Record):
    """The second factor of a member is to be taken away, so that they can set up a new one."""

    __tablename__ = "factor_reset"
    __prefix__ = "frs"
    __states__ = "asked done declined lapsed"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_by("membership", "org_id", "membership_id"),
        # Who asks is not whose it is, and who gives it is neither.
        sa.CheckConstraint("asked_by <> person_id", name="asked_by_another"),
        sa.CheckConstraint(
            "decided_by IS NULL OR (decided_by <> asked_by AND decided_by <> person_id)", name="decided_by_a_third"
        ),
        sa.CheckConstraint("state <> 'done' OR decided_by IS NOT NULL", name="done_by_somebody"),
        sa.Index(
            "uq_factor_reset_asked", "person_id", unique=True,
            sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"),
        ),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    membership_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    person_id: Mapped[str] = ref("person.id")
    asked_by: Mapped[str] = ref("person.id", index=False)
    decided_by: Mapped[str | None] = ref("person.id", nullable=True, index=False)
    lapses_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


def _admins_and_the_person(actor: Actor) -> sa.ColumnElement[bool]:
    """That somebody stands without a second factor is no news for colleagues: it says whom to deceive."""
    own = FactorReset.org_id == actor.org_id
    return own if "org_admin" in actor.roles else sa.and_(own, FactorReset.person_id == actor.person_id)


def _security_of_the_operator(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.literal("operator" in actor.kinds and "security_admin" in actor.roles)


parties_read(FactorReset, _admins_and_the_person)
staff_read(FactorReset, _security_of_the_operator)
