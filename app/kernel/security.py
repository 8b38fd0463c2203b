"""The security log: sign-in failures, denials and throttles. It is no record and no event: it commits by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import IdType, Json, Model, UtcDateTime, db, id_column, mode
from app.kernel.values import new_id, now


class SecurityNote(Model):
    """One line of the security log; kept at least 180 days (Cybersecurity Law, art. 23)."""

    __tablename__ = "security_note"

    id: Mapped[str] = id_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    kind: Mapped[str] = mapped_column(sa.String(40), nullable=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    address: Mapped[str] = mapped_column(sa.String(45), nullable=False, default="")
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)

    __table_args__ = (sa.Index("ix_security_note_kind", "kind", "at"),)


def note(
    kind: str, *, person_id: str | None = None, address: str = "", request_id: str | None = None, **detail: Any
) -> None:
    """Write one line in a transaction of its own. Never call it inside a unit of work: SQLite has one writer."""
    token = mode.set("write")
    try:
        line = {"id": new_id("sec"), "at": now(), "kind": kind, "person_id": person_id, "address": address[:45],
                "request_id": request_id, "detail": detail}  # fmt: skip
        with db.engine.begin() as connection:
            connection.execute(sa.insert(SecurityNote).values(line))
    finally:
        mode.reset(token)
