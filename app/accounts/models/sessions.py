"""How people get in: sessions of browsers and single-use links. Personal state, not records."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, UtcDateTime, one_of, ref, words
from app.kernel.values import now

PROOFS = ("app", "recovery", "passkey", "sign_on")
"""What proved the second factor of a session: a code, a recovery code, a passkey, an identity provider."""


class LoginSession(Model):
    """One signed-in browser; the cookie holds the token, the table its hash, so that it can be revoked.

    A half session knows the password and waits for the second factor: it opens nothing. One that an identity provider
    opened acts for that provider's organisation alone.
    """

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[str] = ref("person.id")
    org_id: Mapped[str | None] = ref("organisation.id", nullable=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    half: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    proof: Mapped[str | None] = mapped_column(sa.String(10))
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sign_on_org_id: Mapped[str | None] = ref("organisation.id", nullable=True)
    device: Mapped[str] = words(60)
    address: Mapped[str] = words(45)

    __table_args__ = (
        one_of("proof", PROOFS, name="proof_known"),
        sa.CheckConstraint("NOT half OR proof IS NULL", name="half_proves_nothing"),
        sa.CheckConstraint("proof <> 'sign_on' OR sign_on_org_id IS NOT NULL", name="vouched_by_somebody"),
    )


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
