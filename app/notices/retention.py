"""Notices that were read long ago go, and marks of deadlines that are long past."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from flask import current_app

from app.kernel.chores import chore, sweep
from app.kernel.values import now
from app.notices.models import Notice, NoticeSending, Reminded
from app.notices.reminders import BEHIND

SWEEP_EVERY: Final = timedelta(days=1)


@chore("notices.sweep", SWEEP_EVERY)
def sweep_notices() -> int:
    """Delete what nobody asks for any more; unread notices and letters still on their way stay."""
    read = now() - timedelta(days=current_app.config["RETENTION_NOTICE_DAYS"])
    old = Notice.read_at < read
    done = sweep(
        NoticeSending,
        NoticeSending.state.in_(("sent", "dropped")),
        NoticeSending.notice_id.in_(sa.select(Notice.id).where(old)),
    )
    done += sweep(Notice, old, ~sa.exists().where(NoticeSending.notice_id == Notice.id))
    return done + sweep(Reminded, Reminded.until < now() - 2 * BEHIND)
