"""Notices leave the house: the courier writes the letter, hands it to the channel, and notes that it went."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.events import courier
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from app.notices.letters import compose
from app.notices.models import NoticeSending
from app.notices.senders import sender
from app.notices.telling import DELIVERY


@courier(DELIVERY)
def deliver(payload: dict[str, Any]) -> None:
    """Send one letter with one or more notices; outside any transaction, and tried again when it fails."""
    channel, notice_ids = payload["channel"], payload["notices"]
    with reading():
        written = compose(payload["person"], channel, notice_ids)
    if written is not None:
        address, letter = written
        sender(channel).send(address, letter)
    with unit_of_work():
        db.session.execute(
            sa.update(NoticeSending)
            .where(NoticeSending.notice_id.in_(notice_ids), NoticeSending.channel == channel)
            .values(state="sent" if written is not None else "dropped", done_at=now())
        )
