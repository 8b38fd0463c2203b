"""When a gateway is asked again: soon at first, then after as long as it has been open, at least once an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.values import now

FIRST_LOOK: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)


def first_look() -> datetime:
    """When to ask for the first time, should no message have come by then."""
    return now() + FIRST_LOOK


def next_look(since: datetime) -> datetime:
    """When to ask again about what has been open since a moment."""
    return now() + min(max(now() - since, FIRST_LOOK), LONGEST_PAUSE)


def owed_already(kind: str, name: str, record_id: str) -> bool:
    """Whether a question about the record is waiting to be asked, so that a clock need not add another one."""
    waiting = sa.select(Delivery.id).where(
        Delivery.state == "pending", Delivery.kind == kind, Delivery.payload[name].as_string() == record_id
    )
    return db.session.scalar(waiting.limit(1)) is not None
