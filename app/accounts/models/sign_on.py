"""Single sign-on: the identity provider of an organisation, and whom it has vouched for."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Json, Model, Record, UtcDateTime, owned_by, owned_key, ref, words
from app.kernel.values import now


class SignOn(Record):
    """How the people of one organisation sign in through its own identity provider (OpenID Connect Core 1.0)."""

    __tablename__ = "sign_on"
    __prefix__ = "sso"
    __states__ = "off on retired"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        sa.CheckConstraint("length(secret) > 0", name="secret_kept"),
        sa.Index(
            "uq_sign_on_live", "org_id", unique=True,
            sqlite_where=sa.text("state <> 'retired'"), postgresql_where=sa.text("state <> 'retired'"),
        ),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    title: Mapped[str] = words(80)
    issuer: Mapped[str] = mapped_column(sa.String(300), nullable=False)
    client_id: Mapped[str] = mapped_column(sa.String(200), nullable=False)
    secret: Mapped[str] = mapped_column(sa.String(600), nullable=False)
    domains: Mapped[list[str]] = mapped_column(Json, nullable=False)
    admits_new: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    two_factors: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class SignOnIdentity(Model):
    """Who an identity provider means by a subject; learned at the first sign-in, from an address it has verified."""

    __tablename__ = "sign_on_identity"

    sign_on_id: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    org_id: Mapped[str] = mapped_column(sa.String(30), nullable=False)
    person_id: Mapped[str] = ref("person.id")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (
        owned_by("sign_on", "org_id", "sign_on_id"),
        sa.UniqueConstraint("sign_on_id", "person_id"),
    )
