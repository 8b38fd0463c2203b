"""People and their places in organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.organisations import Organisation
from app.kernel.db import IdType, Json, Model, Record, UtcDateTime, id_column, one_of, owned_by, owned_key, ref, words
from app.kernel.values import now

LANGUAGES: Final = ("zh", "en")
ADMIN_ROLES: Final = ("audit_admin", "security_admin", "system_admin")


class Person(Model):
    """A human being who signs in. Personal state, written by `people.py`, not by Actions (states.md, The law)."""

    __tablename__ = "person"

    id: Mapped[str] = id_column()
    email: Mapped[str] = mapped_column(sa.String(200), nullable=False, unique=True)
    name: Mapped[str] = words(80)
    language: Mapped[str] = mapped_column(sa.String(2), nullable=False, default="zh")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    active: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    erasure_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # from then on the row names nobody
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (
        one_of("language", LANGUAGES, name="language_known"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("erased_at IS NULL OR (NOT active AND password_hash IS NULL)", name="erased_stays_out"),
    )


class Membership(Record):
    """A person's place in an organisation, with roles."""

    __tablename__ = "membership"
    __prefix__ = "mem"
    __states__ = "invited active ended"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        sa.CheckConstraint("state <> 'active' OR person_id IS NOT NULL", name="active_is_somebody"),
        # The three administrators of the operator are three people. Roles are stored as JSON on both databases, whose
        # text holds each role in quotes; with the index below it holds across memberships too.
        sa.CheckConstraint(
            " + ".join(f"(CASE WHEN CAST(roles AS TEXT) LIKE '%\"{role}\"%' THEN 1 ELSE 0 END)" for role in ADMIN_ROLES)
            + " <= 1",
            name="admins_apart",
        ),
        sa.Index(
            "uq_membership_person", "org_id", "person_id", unique=True,
            sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"),
        ),
        sa.Index(
            "uq_membership_live", "org_id", "email", unique=True,
            sqlite_where=sa.text("state <> 'ended'"), postgresql_where=sa.text("state <> 'ended'"),
        ),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    email: Mapped[str] = mapped_column(sa.String(200), nullable=False)
    roles: Mapped[list[str]] = mapped_column(Json, nullable=False)
    invited_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    person: Mapped[Person | None] = relationship(lazy="raise")
    unit_roles: Mapped[list[UnitRole]] = relationship(lazy="selectin", viewonly=True, order_by="UnitRole.unit_id")


class UnitRole(Model):
    """A role that a member holds for a unit and all inside it, and nowhere else. Part of the membership."""

    __tablename__ = "unit_role"
    __table_args__ = (owned_by("membership", "org_id", "membership_id"), owned_by("unit", "org_id", "unit_id"))

    membership_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    unit_id: Mapped[str] = mapped_column(IdType, primary_key=True, index=True)
    role: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    org_id: Mapped[str] = mapped_column(IdType, nullable=False)
