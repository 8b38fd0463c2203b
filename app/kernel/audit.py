"""The audit search: every event that its reader may learn of, by what, who, for whom and when; and a file of it.

What is sealed stays sealed here: an event is found only where its record may be read. An export of a stretch of time
keeps the place of such an event in the chain, with its hash and nothing else, so that whoever verifies it outside
misses no link; an export of certain records, people or organisations leaves it out: its mere presence would tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.actors import Actor, platform
from app.kernel.db import Record, db
from app.kernel.errors import NOT_THERE
from app.kernel.events import Event, EventWords
from app.kernel.lifecycle import BY_MODEL
from app.kernel.reading import readable

AUDITORS: Final = (
    platform("auditor", "auditor") | platform("owner", "owner")
    | platform("system_admin|security_admin|audit_admin", "operator")
)  # fmt: skip
"""Who searches the whole chain (states.md, Who): all others read the history of their own records."""

EXPORT_ROWS: Final = 50_000
"""Events of one exported file; the next one begins where it ended."""

EXPORT_BATCH_ROWS: Final = 1_000
NAMED_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for; what is None or empty is not asked. Moments: from `since` (included) to `until` (not)."""

    objects: Sequence[str] | None = None
    event: str | None = None
    people: Sequence[str] | None = None
    orgs: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def names_something(self) -> bool:
        """Whether it asks for more than a stretch of time; then even the number of sealed events would tell."""
        return bool(self.event) or any(one is not None for one in (self.objects, self.people, self.orgs))


@dataclass(frozen=True, slots=True)
class Found:
    """A page of events with the words said, newest first, and the number of the last one where more follow."""

    items: Sequence[tuple[Event, str | None]]
    next: int | None


def admit(actor: Actor) -> None:
    """Refusal `not_there` for everybody who does not audit: the search does not exist for them."""
    if not may_audit(actor):
        raise NOT_THERE()


def may_audit(actor: Actor) -> bool:
    """Whether the actor searches the whole chain."""
    return any(one.roles & actor.roles and one.platform in actor.kinds for one in AUDITORS.each())


def search(question: Question, actor: Actor, *, before: int | None = None, limit: int) -> Found:
    """The newest events that fit and whose records the actor may read, from before an event on."""
    admit(actor)
    statement = (
        sa.select(Event, EventWords.words)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(_fits(question), _open_to(actor))
        .order_by(Event.seq.desc())
        .limit(limit + 1)
    )
    if before is not None:
        statement = statement.where(Event.seq < before)
    rows = [(event, words) for event, words in db.session.execute(statement)]
    return Found(rows[:limit], rows[limit - 1][0].seq if len(rows) > limit else None)


def exported(question: Question, actor: Actor, *, after: int = 0) -> Iterator[dict[str, Any]]:
    """The events that fit, oldest first, as lines for verification outside; at most EXPORT_ROWS, then where to go on.

    hash = SHA-256 of the previous hash, a line feed and `body` as it stands; `body` is null where it is sealed.
    """
    admit(actor)
    told, is_open = 0, _open_to(actor)
    kept = is_open if question.names_something else sa.true()
    while told < EXPORT_ROWS:
        statement = sa.select(Event, is_open).where(_fits(question), kept, Event.seq > after)
        rows = db.session.execute(statement.order_by(Event.seq).limit(EXPORT_BATCH_ROWS)).all()
        if not rows:
            return
        for event, may_read in rows:
            yield {"seq": event.seq, "previous": event.previous, "hash": event.hash,
                   "body": event.body if may_read else None}  # fmt: skip
            db.session.expunge(event)
        told, after = told + len(rows), rows[-1][0].seq
    yield {"next_after": after}


def _fits(question: Question) -> sa.ColumnElement[bool]:
    terms: list[sa.ColumnElement[bool]] = [sa.true()]
    if question.objects is not None:
        terms.append(Event.object_id.in_(question.objects))
    if question.event:
        whole = "." in question.event
        terms.append(
            Event.name == question.event if whole else Event.name.startswith(f"{question.event}.", autoescape=True)
        )
    if question.people is not None:
        terms.append(Event.person_id.in_(question.people))
    if question.orgs is not None:
        terms.append(sa.or_(Event.org_id.in_(question.orgs), Event.behalf_id.in_(question.orgs)))
    if question.since is not None:
        terms.append(Event.at >= question.since)
    if question.until is not None:
        terms.append(Event.at < question.until)
    return sa.and_(*terms)


def _open_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Whether the event's record may be read; kinds of records that the actor reads whole are not looked at."""
    terms: list[sa.ColumnElement[bool]] = [sa.true()]
    for model in BY_MODEL:
        rule = readable(model, actor)
        if rule.compare(sa.true()):
            continue
        there = sa.exists().where(model.id == Event.object_id, rule)
        terms.append(sa.or_(sa.not_(Event.object_id.startswith(f"{model.__prefix__}_", autoescape=True)), there))
    return sa.and_(*terms)


def ids_named(text: str, actor: Actor) -> list[str]:
    """The ids of the records with this number or id that the actor may read, in one query."""
    text = text.strip()
    if not text or "\0" in text:
        return []
    selects = [
        sa.select(model.id.label("id")).where(readable(model, actor), sa.or_(*_same(model, text))) for model in BY_MODEL
    ]
    return list(db.session.scalars(sa.union_all(*selects).limit(NAMED_ROWS))) if selects else []


def _same(model: type[Record], text: str) -> list[sa.ColumnElement[bool]]:
    same: list[sa.ColumnElement[bool]] = [model.id == text.lower()]
    if "number" in model.__table__.columns:
        same.append(model.__table__.columns["number"].in_({text, text.upper()}))
    return same
