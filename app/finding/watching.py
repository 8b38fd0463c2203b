"""Saved searches tell their owners when something new fits: once a day and search, of what they may see themselves.

The worker follows the listings that were published, no further than this node's index has come, so that what is new is
asked of the same search as the page asks. A search that has told today is passed over, and takes up tomorrow where it
was left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
import structlog

from app.accounts import people
from app.catalogue import index
from app.catalogue.models import Listing
from app.finding.models import SavedSearch
from app.finding.searches import asked
from app.kernel.actors import Actor
from app.kernel.chores import chore
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import find
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from app.notices.audience import Hearer
from app.notices.telling import put
from app.notices.texts import FITS, REMINDERS

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = timedelta(minutes=10)
BATCH: Final = 200
MAX_NEW: Final = 1_000
"""Published listings that one look compares; more come in the next one."""
NEWS: Final = frozenset({"listing.publish", "listing.restore"})

Published = Sequence[tuple[int, str]]


@chore("finding.news", LOOK_EVERY)
def tell_of_news() -> int:
    """Compare the searches that tell with what was published since; returns how many notices came of it."""
    head = index.caught_up()
    today = now().date()
    told, last = 0, ""
    while head and (batch := _behind(head, today, last)):
        told += sum(_look(one, head, today) for one in batch)
        last = batch[-1]
    return told


def _behind(head: int, today: date, after: str) -> list[str]:
    """Searches that have not been compared up to the head, and have told nothing today."""
    untold = sa.or_(SavedSearch.told_on.is_(None), SavedSearch.told_on < today)
    waiting = sa.select(SavedSearch.id).where(
        SavedSearch.tells, SavedSearch.seen_seq < head, untold, SavedSearch.id > after
    )
    with reading() as session:
        return list(session.scalars(waiting.order_by(SavedSearch.id).limit(BATCH)))


def _look(search_id: str, head: int, today: date) -> int:
    """One search, in a transaction of its own: its place and its notice are written together."""
    try:
        with unit_of_work():
            saved = db.session.get(SavedSearch, search_id, with_for_update=True)
            if saved is None or not saved.tells or saved.seen_seq >= head or saved.told_on == today:
                return 0  # another worker was faster, or it was changed meanwhile
            new = _published(saved.seen_seq, head)
            saved.seen_seq = new[-1][0] if len(new) == MAX_NEW else head
            fitting = _fitting(saved, [listing_id for _seq, listing_id in new])
            if fitting is None:
                return 0
            saved.told_on = today
            key = f"{FITS}:{saved.id}:{today.isoformat()}"
            hearer = Hearer(saved.person_id, saved.org_id, turn=False)
            put(hearer, fitting, name=FITS, text=REMINDERS[FITS], key=key)
            return 1
    except Refusal as refused:
        log.info("saved search refused", search=search_id, code=refused.code)
        return 0


def _published(after: int, head: int) -> Published:
    statement = sa.select(Event.seq, Event.object_id).where(Event.seq > after, Event.seq <= head, Event.name.in_(NEWS))
    rows = db.session.execute(statement.order_by(Event.seq).limit(MAX_NEW)).all()
    return [(row.seq, row.object_id) for row in rows]


def _fitting(saved: SavedSearch, new: list[str]) -> Listing | None:
    """The best of the new listings that fit, as the person may see it now; none that is their own organisation's."""
    actor = people.actor_for(saved.person_id, saved.org_id, channel="worker")
    if not new or actor.org_id is None:
        return None
    found = index.search(replace(asked(saved, limit=index.MOST_ROWS), ids=tuple(dict.fromkeys(new))), actor)
    others = (row.id for row in found.rows if row.stored["supplier"] != actor.org_id)
    return _seen(next(others, None), actor)


def _seen(listing_id: str | None, actor: Actor) -> Listing | None:
    return None if listing_id is None else find(Listing, listing_id, actor)
