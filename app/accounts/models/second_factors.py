"""What a person proves themselves with besides a password. Personal state, not records (states.md, Not Actions)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Json, Model, UtcDateTime, id_column, one_of, ref, words
from app.kernel.values import now


class TotpSecret(Model):
    """The secret that a person's authenticator app shares with us (RFC 6238), encrypted; counts once confirmed."""

    __tablename__ = "totp_secret"

    person_id: Mapped[str] = ref("person.id", index=False, primary_key=True)
    secret: Mapped[str] = mapped_column(sa.String(200), nullable=False)
    last_step: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Model):
    """One of the codes for the day on which the telephone is gone: hashed, good once."""

    __tablename__ = "recovery_code"

    person_id: Mapped[str] = ref("person.id", index=False, primary_key=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.CheckConstraint("length(code_hash) = 64", name="code_hashed"),)


class Passkey(Model):
    """A public key whose private half never leaves an authenticator of the person's (WebAuthn Level 3)."""

    __tablename__ = "passkey"

    id: Mapped[str] = id_column()
    person_id: Mapped[str] = ref("person.id")
    name: Mapped[str] = words(80)
    credential_id: Mapped[str] = mapped_column(sa.String(1_400), nullable=False, unique=True)
    public_key: Mapped[str] = mapped_column(sa.Text, nullable=False)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (sa.CheckConstraint("sign_count >= 0", name="sign_count"),)


class Ceremony(Model):
    """A challenge that one browser answers once and soon; the browser holds the token, the table its hash."""

    __tablename__ = "ceremony"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    given: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    __table_args__ = (
        one_of("purpose", ("register", "sign_in"), name="purpose_known"),
        sa.CheckConstraint("purpose <> 'register' OR person_id IS NOT NULL", name="registers_somebody"),
        sa.Index("ix_ceremony_expires_at", "expires_at"),
    )
