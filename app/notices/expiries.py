"""Documents that run out are reminded of: 60, 30 and 7 days before, once each, whoever hands them in.

A worker that stood still brings up the nearest of the three only. What happens when nobody heeds it is the clock's
(`qualification.expire`), not this one's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Qualification
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.chores import chore
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from app.notices import audience
from app.notices.models import Reminded
from app.notices.telling import put
from app.notices.texts import EXPIRIES, REMINDERS

LOOK_EVERY: Final = timedelta(hours=1)
BATCH: Final = 200
ROLES: Final = frozenset({"org_admin", "catalogue"})

Found = tuple[str, datetime]
"""Id and last moment of a qualification."""


@chore("notices.expiries", LOOK_EVERY)
def remind_of_expiries() -> int:
    """Remind of everything approved that is about to expire; returns how many times."""
    done, nearer = 0, timedelta(0)
    for days in sorted(EXPIRIES):
        ahead = timedelta(days=days)
        while batch := _unreminded(EXPIRIES[days], nearer, ahead):
            for found in batch:
                _remind_of(EXPIRIES[days], *found)
            done += len(batch)
        nearer = ahead
    return done


def _unreminded(name: str, nearer: timedelta, ahead: timedelta) -> list[Found]:
    """Those that end within this span and were not reminded of under this name."""
    moment = now()
    known = sa.exists().where(
        Reminded.object_id == Qualification.id, Reminded.until == Qualification.expires_at, Reminded.name == name
    )
    ending = sa.select(Qualification.id, Qualification.expires_at).where(
        Qualification.state == "approved", Qualification.expires_at > moment + nearer,
        Qualification.expires_at <= moment + ahead, ~known,
    )  # fmt: skip
    with reading() as session:
        return [(row.id, row.expires_at) for row in session.execute(ending.order_by(Qualification.id).limit(BATCH))]


def _remind_of(name: str, qualification_id: str, until: datetime) -> None:
    """The mark and the notices are one transaction."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    mark = insert(Reminded).values(object_id=qualification_id, state="approved", until=until, name=name)
    with unit_of_work():
        fresh = cast("sa.CursorResult[Any]", db.session.execute(mark.on_conflict_do_nothing())).rowcount
        record = find(Qualification, qualification_id, SYSTEM_ACTOR)
        if not fresh or record.state != "approved":
            return  # another worker was faster, or it was revoked or replaced meanwhile
        for hearer in audience.at_party(record, "self", ROLES):
            put(hearer, record, name=name, text=REMINDERS[name], key=f"{name}:{record.id}", until=until)
