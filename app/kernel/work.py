"""The unit of work: one transaction, one commit, and what has to happen just before it.

Order before the commit (states.md, The chain of events): flush business rows, take number counters and flush the
rows that carry them, let the caller render its answer, then lock the chain head, insert the events, commit at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.kernel import numbers
from app.kernel.db import Record, db, mode
from app.kernel.errors import ALREADY_THERE, BUSY, RACE_LOST, Refusal
from app.kernel.events import Pending, seal
from app.kernel.turns import turn

_BUSY_STATES = {"40001", "40P01", "55P03", "57014"}


@dataclass
class Work:
    """What one transaction has gathered so far."""

    pending: list[Pending] = field(default_factory=list)
    doing: list[Pending] = field(default_factory=list)
    unnumbered: list[tuple[str, Any]] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)
    half_done: str | None = None
    refused: Refusal | None = None
    before_seal: list[Callable[[], None]] = field(default_factory=list)

    def number(self, series: str, record: Record) -> None:
        """Let the record have the next number of the series at the end of this work."""
        self.unnumbered.append((series, record))

    def lock(self, record: Record) -> None:
        """Hold the record's row until the end; a row that this work made or holds already needs no lock.

        FOR NO KEY UPDATE: ids never change, so rows that refer to this one need not wait for it.
        """
        known = sa.inspect(record)
        if record.id in self.locked or known.transient or known.pending:
            return
        db.session.flush()
        db.session.refresh(record, with_for_update={"key_share": True})
        self.locked.add(record.id)


def current() -> Work:
    """The work of the running transaction; RuntimeError outside one, for a write outside a unit of work is a bug."""
    work = db.session().info.get("work")
    if not isinstance(work, Work):
        raise RuntimeError("a record is written outside a unit of work")
    return work


def note(**facts: Any) -> None:
    """Add facts (references, field names, quantities; never personal data) to the event of the running action."""
    current().doing[-1].facts.update(facts)


def tell(org_ids: Iterable[str]) -> None:
    """Let the event of the running action reach further organisations than the record's own audience."""
    current().doing[-1].audience.extend(org_ids)


def act_for(org_id: str) -> None:
    """Mark the event of the running action, and all that follow from it, as done for an organisation off line."""
    event = current().doing[-1]
    if event.actor.get("org") != org_id:
        event.actor = event.actor | {"behalf": org_id}


def gather(key: str, fact: Any) -> None:
    """Append one fact to a list in the event of the running action."""
    current().doing[-1].facts.setdefault(key, []).append(fact)


def refuse_at_end(refused: Refusal) -> None:
    """Keep what the running action has written, tell nobody that it was done, and refuse the caller after the commit.

    For what has to be counted although it failed, such as a wrong code: a refusal raised at once would undo the count.
    """
    work = current()
    work.pending.remove(work.doing[-1])
    work.refused = refused


@contextmanager
def unit_of_work() -> Iterator[Work]:
    """Everything inside is one write transaction; rollback is the default way out, the commit stands here alone."""
    if "work" in db.session().info:
        raise RuntimeError("units of work do not nest: inside a transaction, call")
    with turn(db.engine), _transaction() as work:
        yield work


@contextmanager
def _transaction() -> Iterator[Work]:
    session: Session = db.session()
    work = session.info["work"] = Work()
    token = mode.set("write")
    try:
        if session.in_transaction():
            session.rollback()  # a read begun earlier in this thread must not become the writing transaction
        session.expire_all()  # what an earlier transaction saw may be old by now
        yield work
        if work.half_done is not None:
            raise RuntimeError(f"{work.half_done} failed half way; its exception must leave the unit of work")
        session.flush()
        if work.unnumbered:
            numbers.give(session, work.unnumbered)
            session.flush()
        for render in work.before_seal if work.refused is None else ():
            render()
        if work.pending:
            seal(session, work.pending)
        session.commit()
        if work.refused is not None:
            raise work.refused
    except StaleDataError:
        session.rollback()
        raise RACE_LOST() from None
    except IntegrityError as error:
        session.rollback()
        raise _integrity(error) from error
    except (OperationalError, DBAPIError) as error:
        session.rollback()
        if is_busy(error):
            raise BUSY() from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("work", None)
        mode.reset(token)


def _integrity(error: IntegrityError) -> Exception:
    """A unique index decided a race, so the loser gets a conflict; any other broken constraint is our own defect."""
    text = str(error.orig).lower()
    return ALREADY_THERE() if "unique" in text or "duplicate key" in text else error


def is_busy(error: DBAPIError) -> bool:
    """Whether the database gave up waiting for a lock; the caller may try again."""
    return getattr(error.orig, "sqlstate", None) in _BUSY_STATES or "database is locked" in str(error.orig)


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only transaction of its own, for the worker and the command line: it sees what is committed by now."""
    session: Session = db.session()
    if "work" in session.info:
        raise RuntimeError("a reading transaction inside a unit of work")
    session.rollback()
    token = mode.set("read")
    try:
        yield session
    finally:
        session.rollback()
        mode.reset(token)


def checkpoint(engine: sa.Engine) -> None:
    """Move SQLite's log into the database while no writer can run: the cure for the WAL-reset race.

    The first connection holds the write lock, the second checkpoints (the lock's holder cannot).
    """
    if engine.dialect.name != "sqlite":
        return
    token = mode.set("write")
    try:
        with engine.connect() as holder, engine.connect() as other:
            holder.exec_driver_sql("SELECT 1")  # begins IMMEDIATE by mode
            raw = other.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA query_only=OFF")
            raw.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        mode.reset(token)
