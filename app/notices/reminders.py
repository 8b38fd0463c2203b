"""Deadlines are reminded of: once when a day is left, and once when they have passed and it still waits.

A deadline is a record's state and the moment until which it waits: one that was moved is another one. Where a clock
moves the record at its deadline, nothing waits any more, and nobody is reminded of what has passed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.chores import chore
from app.kernel.db import Record, UtcDateTime, db
from app.kernel.lifecycle import BY_MODEL, find
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from app.notices import audience
from app.notices.models import Reminded
from app.notices.telling import put
from app.notices.texts import PASSED, REMINDERS, SOON

LOOK_EVERY: Final = timedelta(minutes=5)
AHEAD: Final = timedelta(hours=24)
BEHIND: Final = timedelta(days=7)
"""What passed longer ago is not brought up again, for instance after the worker had stood still."""
BATCH: Final = 200

Found = tuple[str, str, datetime]
"""Id, state and deadline of a record."""


@chore("notices.reminders", LOOK_EVERY)
def remind() -> int:
    """Remind of every deadline that is near or has passed; returns how many."""
    kinds = [
        model for model, one in BY_MODEL.items() if one.shape and any(state.waits for state in one.states.values())
    ]
    return sum(_remind(model, name) for model in kinds for name in (SOON, PASSED))


def _remind(model: type[Record], name: str) -> int:
    done = 0
    while batch := _unreminded(model, name):
        for found in batch:
            _remind_of(model, name, *found)
        done += len(batch)
    return done


def _unreminded(model: type[Record], name: str) -> list[Found]:
    moment = now()
    first, last = (moment, moment + AHEAD) if name == SOON else (moment - BEHIND, moment)
    known = sa.exists().where(
        Reminded.object_id == model.id, Reminded.state == model.state, Reminded.until == model.waits_until,
        Reminded.name == name,
    )  # fmt: skip
    waiting = sa.select(model.id, model.state, sa.type_coerce(model.waits_until, UtcDateTime).label("until")).where(
        model.waits_until > first, model.waits_until <= last, model.waits_org.is_not(None),
        model.waits_org != "system", ~known,
    )  # fmt: skip
    with reading() as session:
        return [(row.id, row.state, row.until) for row in session.execute(waiting.order_by(model.id).limit(BATCH))]


def _remind_of(model: type[Record], name: str, record_id: str, state: str, until: datetime) -> None:
    """The mark and the notices are one transaction."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    mark = insert(Reminded).values(object_id=record_id, state=state, until=until, name=name).on_conflict_do_nothing()
    with unit_of_work():
        fresh = cast("sa.CursorResult[Any]", db.session.execute(mark)).rowcount
        record = find(model, record_id, SYSTEM_ACTOR)
        if not fresh or (record.state, record.waits_until) != (state, until):
            return  # another worker was faster, or it does not wait any more
        key = f"{name}:{record_id}:{state}:{int(until.timestamp())}"
        for hearer in audience.waited_for(record):
            put(hearer, record, name=name, text=REMINDERS[name], key=key, until=until)
