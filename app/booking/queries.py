"""Questions about booking: who can be sent, whether somebody's time is taken, what was said about a piece of work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from app.accounts.files import StoredFile, files_for
from app.accounts.models import Membership, Person
from app.booking.lifecycles import BOOKED
from app.booking.models import WorkOrder, WorkReport
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.events import Event, EventWords
from app.kernel.lifecycle import visible

EXPERT_ROLES: Final = frozenset({"expert", "fulfilment"})
MESSAGE: Final = "work_order.message"
THREAD_MOST: Final = 200
"""So many of the newest messages stand on the page; the history has them all."""

WORK_VIEWS: Final[dict[str, tuple[str, ...]]] = {
    "proposed": ("proposed",),
    "agreed": ("agreed",),
    "started": ("started",),
    "missed": ("missed",),
    "done": ("done",),
    "cancelled": ("cancelled",),
}
"""Views of the list of work orders -> states."""

REPORT_VIEWS: Final[dict[str, tuple[str, ...]]] = {
    "draft": ("draft",),
    "submitted": ("submitted",),
    "disputed": ("disputed",),
    "accepted": ("accepted",),
    "refused": ("refused",),
}
"""Views of the list of work reports -> states."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who said it when, and the file that came with it; the words may have been erased."""

    event: Event
    words: str
    files: tuple[StoredFile, ...]


def experts_of(org_id: str) -> list[tuple[Membership, str]]:
    """The people of an organisation who can be sent, with their names, by name."""
    rows = db.session.execute(
        sa.select(Membership, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.org_id == org_id, Membership.state == "active")
        .order_by(Person.name, Membership.id)
    )
    return [(held, name) for held, name in rows if EXPERT_ROLES & set(held.roles)]


def busy(person_id: str, starts_at: datetime, ends_at: datetime, *, but: str) -> bool:
    """Whether an agreed appointment of the person overlaps a time; `but` leaves one work order out."""
    statement = sa.select(WorkOrder.id).where(
        WorkOrder.expert_id == person_id, WorkOrder.state.in_(BOOKED), WorkOrder.id != but,
        WorkOrder.checked_out_at.is_(None), WorkOrder.starts_at < ends_at, WorkOrder.ends_at > starts_at,
    )  # fmt: skip
    return db.session.scalar(statement.limit(1)) is not None


def thread(work: WorkOrder) -> list[Said]:
    """The newest messages on a work order that the caller has found, the oldest of them first; two queries."""
    rows = db.session.execute(
        sa.select(Event, EventWords.words)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.object_id == work.id, Event.name == MESSAGE)
        .order_by(Event.seq.desc())
        .limit(THREAD_MOST)
    ).all()
    stored = {one.id: one for one in files_for(work, SYSTEM_ACTOR)}
    return [
        Said(event, words or "", tuple(stored[one["id"]] for one in event.data["facts"].get("files", ())))
        for event, words in reversed(rows)
    ]


def report_of(work: WorkOrder, actor: Actor) -> WorkReport | None:
    """The report of a work order, if there is one that the reader may see."""
    found: WorkReport | None = db.session.scalars(
        visible(WorkReport, actor).where(WorkReport.work_order_id == work.id)
    ).one_or_none()
    return found


def reports_of(work_ids: Iterable[str], actor: Actor) -> dict[str, WorkReport]:
    """Work order -> its report, as far as the reader may see them; one query."""
    rows = db.session.scalars(visible(WorkReport, actor).where(WorkReport.work_order_id.in_(list(work_ids))))
    return {row.work_order_id: row for row in rows}
