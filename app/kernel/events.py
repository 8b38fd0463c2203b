"""What happened, once: the hash-chained log, and the cursors and deliveries that read it.

The chain (states.md): events are gathered by the unit of work and inserted at its very end under the lock of
`chain_head`, so `seq` is commit order and a safe cursor. The chained body holds references and field names; the words
people wrote stand beside it, bound by a salted digest, and can be erased without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.db import IdType, Json, Model, UtcDateTime, id_column
from app.kernel.values import new_id, now

GENESIS: Final = "0" * 64
VERIFY_BATCH_ROWS: Final = 1_000


class Event(Model):
    """One thing that happened to one record. Inserted once; triggers refuse UPDATE and DELETE of all but the words."""

    __tablename__ = "event"

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(IdType, nullable=False, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    name: Mapped[str] = mapped_column(sa.String(60), nullable=False)
    object_id: Mapped[str] = mapped_column(IdType, nullable=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    org_id: Mapped[str | None] = mapped_column(IdType)
    behalf_id: Mapped[str | None] = mapped_column(IdType)  # the organisation that was acted for without a computer
    body: Mapped[str] = mapped_column(sa.Text, nullable=False)
    previous: Mapped[str] = mapped_column(sa.String(64), nullable=False)
    hash: Mapped[str] = mapped_column(sa.String(64), nullable=False)

    __table_args__ = (
        sa.Index("ix_event_object", "object_id", "seq"),
        # What the audit search asks by.
        sa.Index("ix_event_name", "name", "seq"),
        sa.Index("ix_event_person", "person_id", "seq"),
        sa.Index("ix_event_org", "org_id", "seq"),
        sa.Index("ix_event_behalf", "behalf_id", "seq"),
        sa.Index("ix_event_at", "at"),
    )

    @property
    def data(self) -> dict[str, Any]:
        """The chained body: name, at, actor, object, from, to, cause, facts, audience."""
        body: dict[str, Any] = json.loads(self.body)
        return body


class EventWords(Model):
    """What a person wrote (a reason, a remark): outside the chain, so that it can be erased; the digest stays in it."""

    __tablename__ = "event_words"

    event_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("event.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(32), nullable=False)
    words: Mapped[str] = mapped_column(sa.Text, nullable=False)


class EventReader(Model):
    """An organisation that may learn of an event; derived from the chained audience, indexed for its feed."""

    __tablename__ = "event_reader"

    org_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger, sa.ForeignKey("event.seq"), primary_key=True)


class ChainHead(Model):
    """The one row that is locked last: the newest sequence number and hash."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    hash: Mapped[str] = mapped_column(sa.String(64), nullable=False)


class Cursor(Model):
    """How far one internal reader (reactions of a package, the index of a node) has read."""

    __tablename__ = "cursor"

    reader: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)


class Delivery(Model):
    """Something owed to the outside (mail, gateway) or a reaction that failed: tried again until done or parked."""

    __tablename__ = "delivery"

    id: Mapped[str] = id_column()
    kind: Mapped[str] = mapped_column(sa.String(60), nullable=False)
    payload: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    state: Mapped[str] = mapped_column(sa.String(10), nullable=False, default="pending")
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (
        sa.CheckConstraint("state IN ('pending', 'done', 'parked')", name="state_known"),
        sa.Index("ix_delivery_due", "state", "due_at"),
    )


_LOCKED_HEAD: Final = sa.select(ChainHead.seq, ChainHead.hash).where(ChainHead.id == 1).with_for_update()
_HEAD_ROW: Final = cast("sa.Table", ChainHead.__table__)
_MOVED_HEAD: Final = (
    sa.update(_HEAD_ROW).where(_HEAD_ROW.c.id == 1).values(seq=sa.bindparam("newest"), hash=sa.bindparam("last"))
)
_INSERTS: Final = tuple(sa.insert(cast("sa.Table", one.__table__)) for one in (Event, EventReader, EventWords))
"""Into the tables, not through the mapper, which has nothing to add here: no default, no object to keep."""


@dataclass
class Pending:
    """An event on its way to the end of the transaction."""

    name: str
    object_id: str
    actor: dict[str, str | None]
    cause: str | None
    came_from: str | None = None
    went_to: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    audience: list[str] = field(default_factory=list)
    words: str | None = None
    private: bool = False
    id: str = field(default_factory=lambda: new_id("evt"))
    at: datetime = field(default_factory=now)


def canonical(body: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8 text; the form that is hashed."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(previous: str, body: str) -> str:
    """Hash of a link: SHA-256 over the previous hash and the canonical body."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def words_digest(salt: str, words: str) -> str:
    """Salted digest that binds erasable words to the chain."""
    return hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest()


def seal(session: Session, pending: list[Pending]) -> None:
    """Chain and insert the events of this transaction; the head stays locked until the commit that follows at once."""
    rows, readers, spoken = [], [], []
    head = session.execute(_LOCKED_HEAD).one()
    seq, previous = head.seq, head.hash
    for event in pending:
        seq += 1
        body: dict[str, Any] = {
            "id": event.id, "seq": seq, "at": event.at.isoformat(), "name": event.name, "object": event.object_id,
            "actor": event.actor, "from": event.came_from, "to": event.went_to, "cause": event.cause,
            "facts": event.facts, "audience": sorted(set(event.audience)),
        }  # fmt: skip
        if event.words:
            salt = secrets.token_hex(16)
            body["words"] = words_digest(salt, event.words)
            spoken.append({"event_id": event.id, "salt": salt, "words": event.words})
        text = canonical(body)
        link = digest(previous, text)
        rows.append({
            "seq": seq, "id": event.id, "at": event.at, "name": event.name, "object_id": event.object_id,
            "person_id": event.actor.get("person"), "org_id": event.actor.get("org"),
            "behalf_id": event.actor.get("behalf"), "body": text, "previous": previous, "hash": link,
        })  # fmt: skip
        readers += [{"org_id": org, "seq": seq} for org in sorted(set(event.audience))]
        previous = link
    for insert, some in zip(_INSERTS, (rows, readers, spoken), strict=True):
        if some:
            session.execute(insert, some)
    session.execute(_MOVED_HEAD, {"newest": seq, "last": previous})


def history(session: Session, object_ids: Iterable[str], *, limit: int = 200) -> list[tuple[Event, str | None]]:
    """The newest events of some records with the words said, newest first. The caller has found the records itself."""
    rows = session.execute(
        sa.select(Event, EventWords.words)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.object_id.in_(list(object_ids)))
        .order_by(Event.seq.desc())
        .limit(limit)
    )
    return [(event, words) for event, words in rows]


Sound = tuple[int, str]
"""Number and hash of the event up to which a chain was verified."""

BEGINNING: Final[Sound] = (0, GENESIS)


def verify(session: Session, since: Sound = BEGINNING) -> Generator[str, None, Sound]:
    """Walk the chain and name every row that does not fit: the event, what is wrong, and where the chain ends.

    since: the event from which on it is walked. Returns the head up to which it went; what is committed during the
    walk is left to the next one.
    """
    newest = session.scalar(sa.select(sa.func.max(Event.seq))) or 0  # before the head, which is never behind it
    head = session.execute(sa.select(ChainHead.seq, ChainHead.hash).where(ChainHead.id == 1)).one_or_none()
    bound = Event.seq <= max(newest, head.seq if head is not None else 0)
    seq, previous = since
    # No lower bound at the very beginning: a row numbered 0 or less is a forgery too.
    after: sa.ColumnElement[bool] = Event.seq > seq if seq else sa.true()
    while batch := session.scalars(
        sa.select(Event).where(after, bound).order_by(Event.seq).limit(VERIFY_BATCH_ROWS)
    ).all():
        after = Event.seq > batch[-1].seq
        yield from _walk(session, batch, (seq, previous))
        seq, previous = batch[-1].seq, batch[-1].hash
        for seen in [one for one in session if isinstance(one, Event | EventWords)]:
            session.expunge(seen)  # a long chain does not fit into memory; other records stay whoever's they are
    if head is None or (head.seq, head.hash) != (seq, previous):
        yield f"chain head: does not match event {seq}"
    return (seq, previous)


def _walk(session: Session, batch: Sequence[Event], since: Sound) -> Iterator[str]:
    """What does not fit in some events that follow each other, and whatever stands beside them."""
    seq, previous = since
    seqs = [event.seq for event in batch]
    readers = _grouped(session, sa.select(EventReader.seq, EventReader.org_id).where(EventReader.seq.in_(seqs)))
    said = {
        row.event_id: row
        for row in session.scalars(sa.select(EventWords).where(EventWords.event_id.in_([e.id for e in batch])))
    }
    for event in batch:
        if event.seq != seq + 1:
            yield f"event {seq + 1}: missing" if event.seq > seq else f"event {event.seq}: not of this chain"
        if event.previous != previous or event.hash != digest(event.previous, event.body):
            yield f"event {event.seq} ({event.id}): the chain is broken"
        yield from _against_body(event, readers.get(event.seq, set()), said.get(event.id))
        seq, previous = event.seq, event.hash


def _grouped(session: Session, statement: sa.Select[int, str]) -> dict[int, set[str]]:
    grouped: dict[int, set[str]] = {}
    for row in session.execute(statement):
        grouped.setdefault(row.seq, set()).add(row.org_id)
    return grouped


def _against_body(event: Event, readers: set[str], said: EventWords | None) -> Iterator[str]:
    """The columns that stand beside the hashed body must say what it says."""
    try:
        body = event.data
        within = (
            body["id"], body["seq"], body["name"], body["object"], body["actor"]["person"], body["actor"]["org"],
            body["actor"].get("behalf"), datetime.fromisoformat(body["at"]),
        )  # fmt: skip
        audience, digest_of_words = set(body["audience"]), body.get("words")
    except (ValueError, LookupError, TypeError, AttributeError):
        yield f"event {event.seq} ({event.id}): its body cannot be read"
        return
    beside = (
        event.id,
        event.seq,
        event.name,
        event.object_id,
        event.person_id,
        event.org_id,
        event.behalf_id,
        event.at,
    )
    if beside != within:
        yield f"event {event.seq} ({event.id}): its columns differ from its body"
    if readers != audience:
        yield f"event {event.seq} ({event.id}): its readers were changed"
    if said is not None and digest_of_words != words_digest(said.salt, said.words):
        yield f"event {event.seq} ({event.id}): its words were changed"


Reaction = Callable[[Event], None]
REACTIONS: Final[dict[str, dict[str, Reaction]]] = {}
"""reader -> event name -> reaction."""

COURIERS: Final[dict[str, Callable[[dict[str, Any]], None]]] = {}
"""delivery kind -> the function that makes the call outside; it must be harmless to repeat."""


def on(reader: str, *names: str) -> Callable[[Reaction], Reaction]:
    """Answer events in a transaction of their own, once each: the reader's cursor moves in that same transaction."""

    def register(reaction: Reaction) -> Reaction:
        for name in names:
            if name in REACTIONS.setdefault(reader, {}):
                raise RuntimeError(f"{reader} answers {name} twice")
            REACTIONS[reader][name] = reaction
        return reaction

    return register


def courier(kind: str) -> Callable[[Callable[[dict[str, Any]], None]], Callable[[dict[str, Any]], None]]:
    """Register what makes deliveries of a kind."""

    def register(call: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        COURIERS[kind] = call
        return call

    return register


def owe(session: Session, kind: str, payload: dict[str, Any]) -> Delivery:
    """Write down, in the running transaction, that a call outside has to be made."""
    delivery = Delivery(id=new_id("dlv"), kind=kind, payload=payload)
    session.add(delivery)
    return delivery
