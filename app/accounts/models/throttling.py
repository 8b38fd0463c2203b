"""How often something was tried: one counter per kind and subject, in the database, so that it holds everywhere."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, UtcDateTime


class TryCount(Model):
    """Tries of one kind (at an account, from an address, in the whole park) within the running window."""

    __tablename__ = "try_count"

    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    tries: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    told: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)

    __table_args__ = (
        sa.CheckConstraint("tries >= 0", name="tries_counted"),
        sa.Index("ix_try_count_since", "since"),
    )
