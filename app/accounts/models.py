"""Nouns of the accounts domain."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import IdType, Json, Model, Record, UtcDateTime, id_column, one_of, ref, words
from app.kernel.reading import public_when
from app.kernel.values import now

LAB_ROLES: Final = ("member", "purchaser", "approver", "receiver", "finance", "org_admin")
SUPPLIER_ROLES: Final = ("catalogue", "sales", "fulfilment", "finance", "org_admin")
KIND_ROLES: Final[dict[str, tuple[str, ...]]] = {
    "lab": LAB_ROLES,
    "supplier": SUPPLIER_ROLES,
    "service": (*SUPPLIER_ROLES, "expert"),
    "operator": ("reviewer", "transaction_approver", "settlement", "support",
                 "system_admin", "security_admin", "audit_admin", "org_admin"),
    "owner": ("owner", "org_admin"),
    "auditor": ("auditor", "org_admin"),
}  # fmt: skip
"""The roles that each kind of organisation gives (states.md, Who)."""

PLATFORM_KINDS: Final = ("operator", "owner", "auditor")
LANGUAGES: Final = ("zh", "en")


class Organisation(Record):
    """A lab, supplier or service organisation (or several of these), or one of operator, owner, auditor."""

    __tablename__ = "organisation"
    __prefix__ = "org"
    __states__ = "applied correcting admitted suspended terminated rejected"
    __parties__ = {"self": "id"}
    __constraints__ = (
        one_of("platform", PLATFORM_KINDS, name="platform_known"),
        sa.CheckConstraint(
            "(platform IS NULL AND (is_lab OR is_supplier OR is_service)) OR "
            "(platform IS NOT NULL AND NOT (is_supplier OR is_service))",
            name="kinds_apart",
        ),
        sa.UniqueConstraint("credit_code"),
        # One operator and one owner hold the park.
        sa.Index(
            "uq_organisation_platform", "platform", unique=True,
            sqlite_where=sa.text("platform IN ('operator', 'owner')"),
            postgresql_where=sa.text("platform IN ('operator', 'owner')"),
        ),
    )  # fmt: skip

    name_zh: Mapped[str] = words(120)
    name_en: Mapped[str] = words(120)
    is_lab: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    is_supplier: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    is_service: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    platform: Mapped[str | None] = mapped_column(sa.String(10))
    credit_code: Mapped[str | None] = mapped_column(sa.String(18))
    address: Mapped[str] = words(200)
    # The account that payouts go to; shown to the organisation's finance and to settlement only.
    bank_name: Mapped[str] = words(120)
    bank_account: Mapped[str] = words(40)

    @property
    def kinds(self) -> frozenset[str]:
        """What the organisation is: any of lab, supplier, service, or one platform kind (which may be a lab too)."""
        named = {"lab": self.is_lab, "supplier": self.is_supplier, "service": self.is_service}
        return frozenset([kind for kind, held in named.items() if held] + ([self.platform] if self.platform else []))

    @property
    def roles_possible(self) -> frozenset[str]:
        """Every role that somebody can hold here."""
        return frozenset(role for kind in self.kinds for role in KIND_ROLES[kind])

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)


public_when(Organisation, lambda _actor: Organisation.state.in_(("admitted", "suspended")))


class Person(Model):
    """A human being who signs in. Personal state, written by `people.py`, not by Actions (states.md, The law)."""

    __tablename__ = "person"

    id: Mapped[str] = id_column()
    email: Mapped[str] = mapped_column(sa.String(200), nullable=False, unique=True)
    name: Mapped[str] = words(80)
    language: Mapped[str] = mapped_column(sa.String(2), nullable=False, default="zh")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    active: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (
        one_of("language", LANGUAGES, name="language_known"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
    )


class Membership(Record):
    """A person's place in an organisation, with roles."""

    __tablename__ = "membership"
    __prefix__ = "mem"
    __states__ = "invited active ended"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        sa.CheckConstraint("state <> 'active' OR person_id IS NOT NULL", name="active_is_somebody"),
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


class ApiKey(Record):
    """A key that acts for one person in one organisation; only its hash is stored."""

    __tablename__ = "api_key"
    __prefix__ = "key"
    __states__ = "active revoked"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        one_of("scope", ("read", "write"), name="scope_known"),
        sa.CheckConstraint("length(secret_hash) = 64", name="secret_hashed"),
    )

    org_id: Mapped[str] = ref("organisation.id")
    membership_id: Mapped[str] = ref("membership.id")
    person_id: Mapped[str] = ref("person.id")
    title: Mapped[str] = words(80)
    scope: Mapped[str] = mapped_column(sa.String(5), nullable=False)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), nullable=False, unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginSession(Model):
    """One signed-in browser; the cookie holds the token, the table its hash, so that it can be revoked."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[str] = ref("person.id")
    org_id: Mapped[str | None] = ref("organisation.id", nullable=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class SingleUseLink(Model):
    """A link sent by mail: an invitation or a password reset; hashed, expiring, good once."""

    __tablename__ = "single_use_link"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    membership_id: Mapped[str | None] = ref("membership.id", nullable=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        one_of("purpose", ("invite", "reset"), name="purpose_known"),
        sa.CheckConstraint("(person_id IS NULL) <> (membership_id IS NULL)", name="for_one"),
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
