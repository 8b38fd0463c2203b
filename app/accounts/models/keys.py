"""API keys, the machines' accounts that some of them act for, and stored answers of repeated commands."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.people import Membership
from app.kernel.db import IdType, Json, Model, Record, UtcDateTime, one_of, owned_by, owned_key, ref, words


class ServiceAccount(Record):
    """A machine of an organisation, which acts by keys only and answers for nothing: a colleague does.

    It has no person of its own. What it does is done in the name of the colleague responsible, so that every rule
    about two people holds for it too, and it never has a right which that colleague does not have at that moment.
    """

    __tablename__ = "service_account"
    __prefix__ = "sva"
    __states__ = "active ended"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        owned_by("membership", "org_id", "membership_id"),
        sa.Index(
            "uq_service_account_live", "org_id", "title", unique=True,
            sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"),
        ),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    membership_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)  # of the colleague responsible
    title: Mapped[str] = words(80)
    roles: Mapped[list[str]] = mapped_column(Json, nullable=False)

    responsible: Mapped[Membership] = relationship(
        lazy="selectin",
        viewonly=True,
        primaryjoin=lambda: Membership.id == sa.orm.foreign(ServiceAccount.membership_id),
    )


class ApiKey(Record):
    """A key that acts for one person in one organisation, or for a machine of theirs; only its hash is stored."""

    __tablename__ = "api_key"
    __prefix__ = "key"
    __states__ = "active expired revoked"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        one_of("scope", ("read", "write"), name="scope_known"),
        sa.CheckConstraint("length(secret_hash) = 64", name="secret_hashed"),
        sa.CheckConstraint("length(previous_hash) = 64", name="previous_hashed"),
        sa.CheckConstraint("(previous_hash IS NULL) = (previous_until IS NULL)", name="previous_ends"),
        sa.CheckConstraint("previous_hash <> secret_hash", name="secret_new"),
        sa.UniqueConstraint("previous_hash"),
        owned_by("membership", "org_id", "membership_id"),
        owned_by("service_account", "org_id", "account_id"),
    )

    org_id: Mapped[str] = ref("organisation.id")
    membership_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    person_id: Mapped[str] = ref("person.id")
    account_id: Mapped[str | None] = mapped_column(IdType, index=True)
    title: Mapped[str] = words(80)
    scope: Mapped[str] = mapped_column(sa.String(5), nullable=False)
    areas: Mapped[list[str]] = mapped_column(Json, nullable=False)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), nullable=False, unique=True)
    # The secret before the last rotation, which opens as well until then.
    previous_hash: Mapped[str | None] = mapped_column(sa.String(64))
    previous_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[ServiceAccount | None] = relationship(
        lazy="raise", viewonly=True, primaryjoin=lambda: ServiceAccount.id == sa.orm.foreign(ApiKey.account_id)
    )


class IdempotencyKey(Model):
    """The stored answer of a command that was sent with an Idempotency-Key; written with its effect."""

    __tablename__ = "idempotency_key"

    principal: Mapped[str] = mapped_column(sa.String(61), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    request_hash: Mapped[str] = mapped_column(sa.String(64), nullable=False)
    status: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    answer: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    object_id: Mapped[str | None] = mapped_column(IdType)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
