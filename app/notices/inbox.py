"""A person's inbox for the organisation they act for: newest first, what is unread, and the read marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from app.accounts import people
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.errors import NOT_THERE
from app.kernel.events import Event, EventWords
from app.kernel.pages import PAGE_ROWS, Page, page
from app.kernel.reading import may_hear
from app.kernel.values import now
from app.notices.audience import readable_by
from app.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice whose record its reader may still see, with the words that were said."""

    notice: Notice
    record: Record
    words: str | None


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(Notice.person_id == actor.person_id, Notice.org_id == actor.org_id)


def read(
    actor: Actor, *, after: str | None = None, limit: int = PAGE_ROWS, unread: bool = False
) -> tuple[list[Entry], str | None]:
    """A page of the actor's notices, newest first, and the cursor of the next one; a constant number of queries."""
    statement = sa.select(Notice).where(_own(actor))
    if unread:
        statement = statement.where(Notice.read_at.is_(None))
    found: Page[Any] = page(statement, cast("Any", Notice), after=after, limit=limit)
    return entries(found.items, actor), found.next


def entries(notices: Sequence[Notice], actor: Actor) -> list[Entry]:
    """Those notices whose record and event the actor may know of now; the others are as if they had never been."""
    records = readable_by(actor, [one.object_id for one in notices])
    told = _events([one.event_id for one in notices if one.event_id])
    kept = []
    for one in notices:
        event, words = told.get(one.event_id or "", (None, None))
        if one.object_id in records and (event is None or may_hear(event, actor)):
            kept.append(Entry(one, records[one.object_id], words))
    return kept


def _events(ids: Sequence[str]) -> dict[str, tuple[Event, str | None]]:
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(Event, EventWords.words)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.id.in_(ids))
    )
    return {event.id: (event, words) for event, words in rows}


def unread(actor: Actor) -> int:
    """How many are unread; the number in the top bar."""
    if actor.person_id is None or actor.org_id is None:
        return 0
    return db.session.scalar(sa.select(sa.func.count()).where(_own(actor), Notice.read_at.is_(None))) or 0


def unread_elsewhere(actor: Actor) -> dict[str, int]:
    """Unread notices for the person's other organisations, by organisation id."""
    statement = (
        sa.select(Notice.org_id, sa.func.count().label("number"))
        .where(
            Notice.person_id == actor.person_id, Notice.org_id != actor.org_id, Notice.read_at.is_(None),
            Notice.org_id.in_(sorted(actor.org_ids)),
        )
        .group_by(Notice.org_id)
    )  # fmt: skip
    return {row.org_id: row.number for row in db.session.execute(statement)}


def unread_events(actor: Actor, event_ids: Sequence[str]) -> set[str]:
    """Those of the events of which the actor has an unread notice."""
    statement = sa.select(Notice.event_id).where(_own(actor), Notice.read_at.is_(None), Notice.event_id.in_(event_ids))
    return {str(one) for one in db.session.scalars(statement)}


def find_own(person_id: str, notice_id: str, org_id: str | None = None) -> tuple[Entry, Actor]:
    """A person's notice and who they are in its organisation; refusal `not_there` for others' and after leaving."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.person_id != person_id or org_id not in (None, notice.org_id):
        raise NOT_THERE()
    actor = people.actor_for(person_id, notice.org_id, channel="notice")
    found = entries([notice], actor)
    if not found:
        raise NOT_THERE()
    return found[0], actor


def mark_read(actor: Actor, notice_id: str | None = None) -> int:
    """Note that the actor has read one notice, or all; returns how many were unread."""
    statement = sa.update(Notice).where(_own(actor), Notice.read_at.is_(None))
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    result = db.session.execute(statement.values(read_at=now()).execution_options(synchronize_session=False))
    return int(cast("sa.CursorResult[Any]", result).rowcount)
