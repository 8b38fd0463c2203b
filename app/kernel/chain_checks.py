"""Is the chain whole? Asked by the worker, kept in a table, read by the badge: no page walks the chain.

What was added is verified every few minutes, from where the last sound check ended. Once a day everything is verified
from the beginning, for only that finds what was changed in the past. Each whole check is also the root of its day: a
number and a hash that the auditor takes away, so that nobody can write the chain anew unseen.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.chores import chore
from app.kernel.db import Json, Model, UtcDateTime, db, id_column, one_of
from app.kernel.events import BEGINNING, Sound, verify
from app.kernel.values import new_id, now
from app.kernel.work import reading, unit_of_work

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = timedelta(minutes=1)
ADDED_EVERY: Final = timedelta(minutes=5)
WHOLE_EVERY: Final = timedelta(days=1)
WHOLE_AFTER_FINDINGS: Final = timedelta(hours=1)
"""A broken chain is looked at again from the beginning so soon, to see whether it was mended from a backup."""

KEEP_ADDED: Final = timedelta(days=30)
FINDINGS_KEPT: Final = 20
FINDING_CHARS: Final = 200
SCOPES: Final = ("added", "whole")


class ChainCheck(Model):
    """One verification of the chain and what it found; written by the worker alone."""

    __tablename__ = "chain_check"

    id: Mapped[str] = id_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    scope: Mapped[str] = mapped_column(sa.String(5), nullable=False)
    from_seq: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    hash: Mapped[str] = mapped_column(sa.String(64), nullable=False)
    finding_count: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    findings: Mapped[list[str]] = mapped_column(Json, nullable=False)

    __table_args__ = (
        one_of("scope", SCOPES, name="scope_known"),
        sa.CheckConstraint("from_seq >= 0 AND seq >= from_seq", name="forward"),
        sa.CheckConstraint("length(hash) = 64", name="hash_whole"),
        sa.CheckConstraint("finding_count >= 0", name="findings"),
        sa.Index("ix_chain_check_scope", "scope", "at"),
        sa.Index("ix_chain_check_at", "at"),
    )

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.finding_count == 0


def newest() -> ChainCheck | None:
    """What the badge says."""
    return db.session.scalar(sa.select(ChainCheck).order_by(ChainCheck.at.desc(), ChainCheck.id.desc()).limit(1))


def roots(limit: int) -> Sequence[ChainCheck]:
    """The newest checks of the whole chain."""
    whole = sa.select(ChainCheck).where(ChainCheck.scope == "whole")
    return db.session.scalars(whole.order_by(ChainCheck.at.desc(), ChainCheck.id.desc()).limit(limit)).all()


@chore("chain", LOOK_EVERY)
def check_chain() -> int:
    """Verify what is due to be verified; 0 when nothing is."""
    with reading():
        since = _due(newest(), next(iter(roots(1)), None))
    if since is None:
        return 0
    check(since)
    return 1


def _due(last: ChainCheck | None, whole: ChainCheck | None) -> Sound | None:
    """From where the chain is to be verified now: its beginning, the end of the last sound check, or not at all."""
    if last is None or whole is None or now() - whole.at >= WHOLE_EVERY:
        return BEGINNING
    age = now() - last.at
    if not last.sound:
        return BEGINNING if age >= WHOLE_AFTER_FINDINGS else None
    return (last.seq, last.hash) if age >= ADDED_EVERY else None


def check(since: Sound = BEGINNING) -> ChainCheck:
    """Verify from an event on, and write down what was found."""
    with reading() as session:
        found, count, (seq, last) = _drained(verify(session, since))
    if found:
        log.error("the chain of events is broken", findings=count, first=found[0])
    with unit_of_work():
        made = ChainCheck(
            id=new_id("chk"), at=now(), scope="whole" if since == BEGINNING else "added", from_seq=since[0],
            seq=max(seq, since[0]), hash=last, finding_count=count,
            findings=found,
        )  # fmt: skip
        db.session.add(made)
        outlived = sa.and_(ChainCheck.scope == "added", ChainCheck.at < now() - KEEP_ADDED)
        db.session.execute(sa.delete(ChainCheck).where(outlived))
    return made


def _drained(walk: Generator[str, None, Sound]) -> tuple[list[str], int, Sound]:
    """The first findings of a walk, how many there were, and how far it went."""
    found: list[str] = []
    count = 0
    while True:
        try:
            finding = next(walk)
        except StopIteration as end:
            return found, count, end.value
        count += 1
        if count <= FINDINGS_KEPT:
            found.append(finding[:FINDING_CHARS])
