"""What happens without a request: clocks, reactions, chores, deliveries. `flask work` runs `round_once` for ever.

Every step is a unit of work of its own, so that a kill in between loses nothing and doubles nothing.
"""

from __future__ import annotations

import random
from datetime import timedelta
from functools import cache
from typing import Any, Final, cast

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.chores import do_due
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import COURIERS, REACTIONS, ChainHead, Cursor, Delivery, Event, owe
from app.kernel.lifecycle import LIFECYCLES, Action, find
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work

log = structlog.get_logger(__name__)

BATCH_EVENTS: Final = 200
BATCH_TIMERS: Final = 100
BATCH_AT_ONCE: Final = 25
"""Events that a reader alone with its past answers in one transaction."""
MAX_ATTEMPTS: Final = 10
LEASE: Final = timedelta(minutes=2)
BACKOFF_BASE_SECONDS: Final = 5
BACKOFF_MAX_SECONDS: Final = 3_600


_HEAD: Final = sa.select(ChainHead.seq)
_CURSORS: Final = sa.select(Cursor.reader, Cursor.seq)
_FOLLOWING: Final = (
    sa.select(Event.seq, Event.name)
    .where(
        Event.seq
        > sa.func.coalesce(sa.select(Cursor.seq).where(Cursor.reader == sa.bindparam("reader")).scalar_subquery(), 0)
    )
    .order_by(Event.seq)
    .limit(BATCH_EVENTS)
)


def round_once() -> int:
    """One round of everything that is due; returns how many things were done."""
    return ring_clocks() + sum(react(reader) for reader in behind()) + do_due() + deliver()


def settle(most: int = 100) -> int:
    """Rounds until nothing is left to do (for the seed and for tests); returns how many things were done."""
    done = 0
    for _ in range(most):
        step = round_once()
        done += step
        if not step:
            break
    return done


def ring_clocks() -> int:
    """Perform as SYSTEM every action whose clock column has passed; terminal states are never sources."""
    clocks = tuple(verb for lifecycle in LIFECYCLES.values() for verb in lifecycle.actions.values() if verb.after)
    if not clocks:
        return 0
    with reading() as session:  # one question for all, because mostly no clock rings
        rings = session.execute(_rings(clocks), {"moment": now()}).one()
    return sum(_ring(verb) for verb, due in zip(clocks, rings, strict=True) if due)


@cache
def _rings(clocks: tuple[Action[Any, Any, Any], ...]) -> Any:
    """Built once: the worker asks this many times a minute."""
    return sa.select(*(sa.exists(_passed(verb)) for verb in clocks))


def _passed(verb: Action[Any, Any, Any]) -> sa.Select[tuple[Any, str]]:
    model, column = verb.lifecycle.model, getattr(verb.lifecycle.model, str(verb.after))
    return sa.select(column, model.id).where(model.state.in_(sorted(verb.sources)), column <= sa.bindparam("moment"))


def _ring(verb: Action[Any, Any, Any]) -> int:
    model, column = verb.lifecycle.model, getattr(verb.lifecycle.model, str(verb.after))
    passed = _passed(verb)
    done, beyond = 0, cast("sa.ColumnElement[bool]", sa.true())
    while done < BATCH_TIMERS:
        with reading() as session:
            statement = passed.where(beyond).order_by(column, model.id).limit(BATCH_TIMERS)
            due = session.execute(statement, {"moment": now()}).all()
        if not due:
            break
        done += sum(_ring_one(verb, record_id) for _, record_id in due)
        last, last_id = due[-1]  # refused ones must not stand before the others for ever
        beyond = sa.or_(column > last, sa.and_(column == last, model.id > last_id))
    return done


def _ring_one(verb: Action[Any, Any, Any], record_id: str) -> int:
    try:
        with unit_of_work():
            record = find(verb.lifecycle.model, record_id, SYSTEM_ACTOR, lock=True)
            moment = getattr(record, str(verb.after))
            if record.state not in verb.sources or moment is None or moment > now():
                return 0  # somebody was faster, or moved the deadline
            verb(record, SYSTEM_ACTOR)
    except Refusal as refused:
        log.info("clock refused", action=verb.full_name, record=record_id, code=refused.code)
        return 0
    except Exception:
        log.exception("clock failed", action=verb.full_name, record=record_id)  # the others still have to be rung
        return 0
    return 1


def behind() -> list[str]:
    """The readers that have not read the newest event."""
    with reading() as session:
        head = session.scalar(_HEAD) or 0
        read = {row.reader: row.seq for row in session.execute(_CURSORS)}
    return [reader for reader in sorted(REACTIONS) if read.get(reader, 0) < head]


def react(reader: str) -> int:
    """Answer the next events of one reader; each in the transaction that also moves its cursor."""
    names = REACTIONS[reader]
    done = 0
    while done < BATCH_EVENTS and (upcoming := _upcoming(reader)):
        wanted = [seq for seq, name in upcoming if name in names]
        done += sum(_react_one(reader, seq) for seq in wanted)
        if upcoming[-1][0] not in wanted[-1:]:
            _skip_to(reader, upcoming[-1][0])
    return done


def catch_up(reader: str) -> int:
    """Answer all that waits for a reader, many events per transaction: for the seed, which is alone with its past.

    Where a batch fails it is answered one by one, as ever.
    """
    names = REACTIONS[reader]
    done = 0
    while upcoming := _upcoming(reader):
        wanted = [seq for seq, name in upcoming if name in names][:BATCH_AT_ONCE]
        if not wanted:
            _skip_to(reader, upcoming[-1][0])
            continue
        try:
            with unit_of_work():
                if _move_cursor(reader, wanted[-1]):
                    for seq in wanted:
                        event = db.session.get_one(Event, seq)
                        names[event.name](event)
        except Exception:
            log.exception("batch failed", reader=reader, seq=wanted[0])
            return done + react(reader)
        done += len(wanted)
    return done


def pass_over(reader: str) -> None:
    """Let a reader begin behind the newest event: what happened until now is the past to it."""
    with reading() as session:
        head = session.scalar(_HEAD) or 0
    _skip_to(reader, head)


def _upcoming(reader: str) -> list[tuple[int, str]]:
    """Number and name of the next events that a reader has not read."""
    with reading() as session:
        return [(row.seq, row.name) for row in session.execute(_FOLLOWING, {"reader": reader})]


def _skip_to(reader: str, seq: int) -> None:
    with unit_of_work():
        _move_cursor(reader, seq)


def _react_one(reader: str, seq: int) -> int:
    try:
        with unit_of_work():
            if not _move_cursor(reader, seq):
                return 0  # another worker has read it
            event = db.session.get_one(Event, seq)
            REACTIONS[reader][event.name](event)
    except Exception as error:
        # Nothing may stop the line: what failed is kept, tried again with back-off, parked and shown to the operator.
        log.exception("reaction failed", reader=reader, seq=seq)
        with unit_of_work():
            if _move_cursor(reader, seq):
                owe(db.session(), "reaction", {"reader": reader, "seq": seq, "error": type(error).__name__})
    return 1


def _move_cursor(reader: str, seq: int) -> bool:
    """Move forward under the row's lock; False when it already stands there or further."""
    cursor = db.session.get(Cursor, reader, with_for_update=True, populate_existing=True)
    if cursor is None:  # a new reader; another worker may meet it at the same time
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        db.session.execute(insert(Cursor).values(reader=reader, seq=0).on_conflict_do_nothing())
        cursor = db.session.get_one(Cursor, reader, with_for_update=True, populate_existing=True)
    if cursor.seq >= seq:
        return False
    cursor.seq = seq
    return True


def deliver() -> int:
    """Make the calls outside that are due: lease, call outside any transaction, write down the outcome."""
    done = 0
    for _ in range(BATCH_TIMERS):
        claimed = _claim()
        if claimed is None:
            break
        done += 1
        _deliver_one(*claimed)
    return done


def _claim() -> tuple[str, str, dict[str, Any]] | None:
    with unit_of_work():
        free = sa.or_(Delivery.leased_until.is_(None), Delivery.leased_until < now())
        row = db.session.scalars(
            sa.select(Delivery)
            .where(Delivery.state == "pending", Delivery.due_at <= now(), free, Delivery.attempts < MAX_ATTEMPTS)
            .order_by(Delivery.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            _park_the_killed()
            return None
        row.leased_until, row.attempts = now() + LEASE, row.attempts + 1
        return row.id, row.kind, dict(row.payload)


def _park_the_killed() -> None:
    """A call whose every attempt took its worker down is not tried for ever."""
    db.session.execute(
        sa.update(Delivery)
        .where(Delivery.state == "pending", Delivery.attempts >= MAX_ATTEMPTS, Delivery.leased_until < now())
        .values(state="parked", leased_until=None, last_error="Killed")
    )


def _deliver_one(delivery_id: str, kind: str, payload: dict[str, Any]) -> None:
    try:
        if kind == "reaction":
            _react_again(delivery_id, payload)
            return
        COURIERS[kind](payload)
    except Exception as error:
        log.warning("delivery failed", delivery=delivery_id, kind=kind, error=type(error).__name__)
        _postpone(delivery_id, type(error).__name__)
        return
    with unit_of_work():
        _close(delivery_id)


def _react_again(delivery_id: str, payload: dict[str, Any]) -> None:
    with unit_of_work():  # a reaction and its receipt are one transaction, so it cannot happen twice
        if _close(delivery_id):
            event = db.session.get_one(Event, payload["seq"])
            REACTIONS[payload["reader"]][event.name](event)


def _close(delivery_id: str) -> bool:
    """Write down that it is done; False when somebody has done so before, after our lease had run out."""
    row = db.session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if row.state == "done":
        return False
    row.state, row.leased_until, row.last_error, row.payload = "done", None, None, {}
    return True


def _postpone(delivery_id: str, error: str) -> None:
    with unit_of_work():
        row = db.session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
        if row.state != "pending":
            return
        wait = min(BACKOFF_BASE_SECONDS * 2**row.attempts, BACKOFF_MAX_SECONDS)
        row.due_at = now() + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret
        row.leased_until, row.last_error = None, error[:200]
        if row.attempts >= MAX_ATTEMPTS:
            row.state = "parked"


def replay() -> int:
    """Put every parked delivery back into the queue; returns how many."""
    with unit_of_work():
        parked = db.session.scalars(sa.select(Delivery).where(Delivery.state == "parked")).all()
        for row in parked:
            row.state, row.attempts, row.due_at = "pending", 0, now()
    return len(parked)
