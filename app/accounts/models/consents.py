"""The consent log: who agreed to which version of which document, or took it back (PIPL, art. 14 to 16)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, UtcDateTime, id_column, one_of, ref
from app.kernel.values import now

DOCUMENTS: Final = ("terms", "privacy")
CHANNELS: Final = ("invitation", "sign_in", "account")


class Consent(Model):
    """One answer of one person. Rows are added and, when the person is erased, removed; never changed (trigger)."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("document", DOCUMENTS, name="document_known"),
        one_of("channel", CHANNELS, name="channel_known"),
        sa.Index("ix_consent_person", "person_id", "document", "at"),
    )

    id: Mapped[str] = id_column()
    person_id: Mapped[str] = ref("person.id", index=False)
    document: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    edition: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    given: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    channel: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
