"""An application whose mail address nobody has proved yet: a letter, not a record. Personal state, like a link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Json, Model, UtcDateTime, id_column
from app.kernel.values import now


class Application(Model):
    """What somebody typed at the gate. It becomes an organisation when its link is opened, and is swept away else.

    So the operator's queue, the uniqueness of credit codes and the chain know proved addresses only.
    """

    __tablename__ = "application"

    id: Mapped[str] = id_column()
    token_hash: Mapped[str] = mapped_column(sa.String(64), nullable=False, unique=True)
    email: Mapped[str] = mapped_column(sa.String(200), nullable=False, index=True)
    given: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    network_address: Mapped[str] = mapped_column(sa.String(45), nullable=False, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.CheckConstraint("expires_at > created_at", name="lives"),
    )
