"""What was to wait for the hour or the morning goes out together: one letter per person and channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from app.kernel.chores import chore
from app.kernel.db import db
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from app.notices.models import NoticeSending
from app.notices.telling import hand_over

LOOK_EVERY: Final = timedelta(minutes=1)
PEOPLE_AT_ONCE: Final = 500
"""People and channels looked up per step; the rest follows in the next one."""
MOST_IN_ONE: Final = 200
"""Notices of one letter."""


@chore("notices.digests", LOOK_EVERY)
def send_digests() -> int:
    """Hand over what is due; returns how many letters that makes."""
    done = 0
    while batch := _due():
        done += sum(_hand_over(person_id, channel) for person_id, channel in batch)
    return done


def _due() -> list[tuple[str, str]]:
    with reading() as session:
        waiting = (
            sa.select(NoticeSending.person_id, NoticeSending.channel)
            .where(NoticeSending.state == "waiting", NoticeSending.due_at <= now())
            .distinct()
            .limit(PEOPLE_AT_ONCE)
        )
        return [(row.person_id, row.channel) for row in session.execute(waiting)]


def _hand_over(person_id: str, channel: str) -> int:
    with unit_of_work():
        rows = db.session.scalars(
            sa.select(NoticeSending)
            .where(
                NoticeSending.person_id == person_id, NoticeSending.channel == channel,
                NoticeSending.state == "waiting", NoticeSending.due_at <= now(),
            )
            .order_by(NoticeSending.notice_id)
            .limit(MOST_IN_ONE)
            .with_for_update()
        ).all()  # fmt: skip
        for row in rows:
            row.state = "handed"
        if rows:  # else another worker was faster
            hand_over(person_id, channel, [row.notice_id for row in rows])
    return bool(rows)
