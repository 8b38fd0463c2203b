"""What the worker does now and then, whoever runs it: sweeps, digests, reminders.

When a chore is due stands in the database, so that several workers share one round and a restart repeats nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Model, UtcDateTime, db
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work

log = structlog.get_logger(__name__)

SWEEP_ROWS: Final = 500
"""Rows that one transaction of a sweep deletes, so that no writer waits long for it."""


class ChoreDue(Model):
    """When a chore is to be done next."""

    __tablename__ = "chore"

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


@dataclass(frozen=True, slots=True)
class Chore:
    """A function that makes its own units of work and says how much it did; harmless to repeat."""

    name: str
    every: timedelta
    work: Callable[[], int]


CHORES: Final[dict[str, Chore]] = {}


def chore(name: str, every: timedelta) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Let the worker do this every so often."""

    def register(work: Callable[[], int]) -> Callable[[], int]:
        if name in CHORES:
            raise RuntimeError(f"chore {name!r} is declared twice")
        CHORES[name] = Chore(name, every, work)
        return work

    return register


def do_due() -> int:
    """Do what is due; returns how many things were done. One that fails waits for its next time like any other."""
    with reading() as session:
        known = {row.name: row.due_at for row in session.execute(sa.select(ChoreDue.name, ChoreDue.due_at))}
    done = 0
    for one in CHORES.values():
        if (known.get(one.name) or now()) > now() or not _take(one):
            continue
        try:
            done += one.work()
        except Exception:
            log.exception("chore failed", chore=one.name)
    return done


def _take(one: Chore) -> bool:
    """Claim this turn; False when another worker has it."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    moment = now()
    with unit_of_work():
        first = insert(ChoreDue).values(name=one.name, due_at=moment).on_conflict_do_nothing()
        db.session.execute(first)
        taken = db.session.execute(
            sa.update(ChoreDue)
            .where(ChoreDue.name == one.name, ChoreDue.due_at <= moment)
            .values(due_at=moment + one.every)
        )
    return bool(cast("sa.CursorResult[Any]", taken).rowcount)


def sweep(model: type[Model], *where: sa.ColumnElement[bool]) -> int:
    """Delete the rows that match, a batch per transaction; returns how many there were."""
    key = sa.inspect(model).primary_key
    done = 0
    while True:
        with unit_of_work():
            some = sa.select(*key).where(*where).limit(SWEEP_ROWS)
            gone = db.session.execute(sa.delete(model).where(sa.tuple_(*key).in_(some)))
        count = cast("sa.CursorResult[Any]", gone).rowcount
        done += count
        if count < SWEEP_ROWS:
            return done
