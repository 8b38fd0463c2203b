"""Organisations: what they are and which roles each kind gives."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Json, Record, UtcDateTime, one_of, words
from app.kernel.reading import public_when

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

_HOLDS_CODE: Final = "state NOT IN ('rejected', 'terminated')"


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
        # Whoever was turned away or has left may apply anew, and nobody blocks a stranger's code by failing with it.
        sa.Index(
            "uq_organisation_credit_code", "credit_code", unique=True,
            sqlite_where=sa.text(_HOLDS_CODE), postgresql_where=sa.text(_HOLDS_CODE),
        ),
        sa.CheckConstraint("suspended_until IS NULL OR state = 'suspended'", name="suspended_until"),
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
    # Names it had before, oldest first: [{"zh", "en", "until"}]. The identity stays, and so does what it did.
    former_names: Mapped[list[dict[str, str]]] = mapped_column(Json, nullable=False, default=list)
    # When a suspension ends by itself; empty while it does not.
    suspended_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def kinds(self) -> frozenset[str]:
        """What the organisation is: any of lab, supplier, service, or one platform kind (which may be a lab too)."""
        named = {"lab": self.is_lab, "supplier": self.is_supplier, "service": self.is_service}
        return frozenset([kind for kind, held in named.items() if held] + ([self.platform] if self.platform else []))

    @property
    def roles_possible(self) -> frozenset[str]:
        """Every role that somebody can hold here."""
        return frozenset(role for kind in self.kinds for role in KIND_ROLES[kind])

    @property
    def holds_code(self) -> bool:
        """Whether nobody else may apply with its credit code."""
        return self.state not in ("rejected", "terminated")

    @property
    def may_have_sold(self) -> bool:
        """Whether money may stand between it and the platform: a seller of any kind that was admitted once."""
        return (self.is_supplier or self.is_service) and self.state in ("admitted", "suspended", "terminated")

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)


public_when(Organisation, lambda _actor: Organisation.state.in_(("admitted", "suspended")))
