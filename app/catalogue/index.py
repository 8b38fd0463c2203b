"""The bridge between the database and the search engine: the worker carries events into the index, pages ask it.

The database stays the only truth. The index of a node is a folder that may lag a moment, be missing or be damaged:
what it names is checked against the database before it is shown, and without it a small search over the newest
listings answers (fallback.py).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask, current_app

from app.accounts.models import Organisation
from app.catalogue import fallback
from app.catalogue.actions.listings import LISTING
from app.catalogue.brands.models import Brand
from app.catalogue.cards import card_of, stored_of
from app.catalogue.engine import Card, FacetCount, Found, Index, IndexDamaged, Search, Spread, Writer, WriterBusy, check
from app.catalogue.engine.manifest import NAME as MANIFEST
from app.catalogue.models import Listing, on_offer
from app.catalogue.taxonomy.models import Attribute, Category
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import INVALID, refusal
from app.kernel.events import ChainHead, Event
from app.kernel.lifecycle import visible
from app.kernel.pages import BAD_CURSOR
from app.kernel.values import N_
from app.kernel.work import reading

FOLDER: Final = "search"
MOST_ROWS: Final = 100
BATCH_EVENTS: Final = 500
BATCH_ROWS: Final = 500
UNWRITTEN_EVENTS: Final = 5_000
"""Events that say nothing about listings, after which the cursor is written down all the same."""
WAIT_FOR_WRITER_SECONDS: Final = 10.0
SHOWN_DIFFERENCES: Final = 20

LISTING_EVENTS: Final = frozenset(
    verb.event_name
    for verb in LISTING.actions.values()
    if verb.makes is None and ("published" in verb.sources or verb.target == "published")
)
SUPPLIER_EVENTS: Final = frozenset(
    f"organisation.{name}"
    for name in ("suspend", "reinstate", "resume", "terminate", "edit_profile", "rename", "reckon")
)
"""A supplier's standing decides whether its listings are on offer; its name stands on every one of their cards."""

TAXONOMY_EVENTS: Final = frozenset(
    {f"category.{name}" for name in ("edit", "move", "retire", "restore")}
    | {f"attribute.{name}" for name in ("create", "change", "retire", "restore")}
)
"""Where a category stands and what it asks decides the cards of all listings in it and below."""
BRAND_EVENTS: Final = frozenset(f"brand.{name}" for name in ("accept", "edit", "merge", "decline", "reconsider"))
"""What a brand is called stands on the cards of all its listings."""
EDITION_EVENTS: Final = frozenset({"organisation.load_taxonomy", "organisation.load_brands"})
MANY_LISTINGS: Final = 2_000
"""From so many on that a change of the taxonomy reaches, a new generation is built while the old one serves."""

BAD_SEARCH = refusal("bad_search", INVALID, N_("This search cannot be read. Start from the catalogue."))


HEARD: Final = LISTING_EVENTS | SUPPLIER_EVENTS | TAXONOMY_EVENTS | BRAND_EVENTS | EDITION_EVENTS


@dataclass(frozen=True, slots=True)
class Row:
    """One listing of a result page, as its card says it."""

    id: str
    stored: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a search. `partial`: the index is not there, so only the newest listings were looked at."""

    rows: tuple[Row, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]
    next: str | None
    partial: bool = False
    spreads: Mapping[str, Spread] = field(default_factory=dict)


def search_folder(app: Flask) -> Path:
    """Where this node keeps its index."""
    return Path(app.instance_path) / FOLDER


def reader() -> Index:
    """The index that this process reads; it looks for news by itself."""
    found: Index = current_app.extensions.setdefault("catalogue_index", Index(search_folder(current_app)))
    return found


def search(asked: Search, actor: Actor) -> Results:
    """One page of what is on offer to this actor. Refusals `bad_cursor` and `bad_search` for a broken question."""
    try:
        found = None if fallback.is_cursor(asked.after) else _from_index(asked)
    except ValueError as error:
        raise (BAD_CURSOR() if str(error) == "cursor" else BAD_SEARCH()) from None
    if found is None:
        return _without_index(asked, actor)
    rows = _checked({hit.id: (hit.version, hit.stored) for hit in found.rows}, actor)
    return Results(rows, found.total, found.facets, found.next, spreads=found.spreads)


def _from_index(asked: Search) -> Found | None:
    """What the engine finds; None where there is nothing to ask."""
    index = reader()
    try:
        found = index.search(asked)
        return found if found.total or index.count() else None
    except IndexDamaged:
        return None


def caught_up() -> int:
    """The last event that the index of this node knows of, as this process reads it; 0 where there is none to trust."""
    index = reader()
    index.reload()
    try:
        return index.cursor()
    except IndexDamaged:
        return 0


def _checked(hits: dict[str, tuple[int, Mapping[str, Any]]], actor: Actor) -> tuple[Row, ...]:
    """The rows that exist for the actor and are on offer right now; a card older than its listing is drawn anew."""
    if not hits:
        return ()
    statement = visible(Listing, actor).where(on_offer(), Listing.id.in_(hits))
    versions = dict(db.session.execute(statement.with_only_columns(Listing.id, Listing.version)).all())
    stale = [i for i, version in versions.items() if hits[i][0] != version]
    fresh = {listing.id: stored_of(listing, supplier) for listing, supplier in _offered(stale)} if stale else {}
    return tuple(Row(i, fresh.get(i, hits[i][1])) for i in hits if i in versions)


def _offered(ids: Iterable[str] | None = None) -> Iterator[tuple[Listing, Organisation]]:
    """Listings on offer with their suppliers: those named, or all of them, a batch at a time."""
    statement = (
        sa.select(Listing, Organisation).join(Organisation, Organisation.id == Listing.supplier_id).where(on_offer())
    )
    if ids is None:
        statement = statement.execution_options(yield_per=BATCH_ROWS)
    else:
        statement = statement.where(Listing.id.in_(list(ids)))
    yield from db.session.execute(statement)


def _without_index(asked: Search, actor: Actor) -> Results:
    statement = (
        visible(Listing, actor)
        .add_columns(Organisation)
        .join(Organisation, Organisation.id == Listing.supplier_id)
        .where(on_offer())
        .order_by(Listing.id.desc())
        .limit(fallback.NEWEST_ROWS)
    )
    cards = [card_of(listing, supplier) for listing, supplier in db.session.execute(statement)]
    try:
        found = fallback.search(cards, asked)
    except ValueError:
        raise BAD_CURSOR() from None
    rows = tuple(Row(hit.id, hit.stored) for hit in found.rows)
    return Results(rows, found.total, found.facets, found.next, partial=bool(cards), spreads=found.spreads)


class Sync:
    """Carries what happened into the index of this node; one object per process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: int | None = None
        self._written = 0

    def run(self) -> int:
        """Apply the events since the last time; how many listings were put in or taken out."""
        with reading():
            head = _head()
            if self._seen is not None and (self._folder / MANIFEST).exists() and not self._news(self._seen, head):
                self._seen = head
                return 0
            try:
                with Writer(self._folder) as writer:
                    return self._catch_up(writer, head)
            except WriterBusy:
                return 0  # another process of this node is at it

    def _news(self, seen: int, head: int) -> bool:
        if head < seen or head - self._written > UNWRITTEN_EVENTS:
            return True
        return head > seen and db.session.scalar(_events(seen, head).limit(1)) is not None

    def _catch_up(self, writer: Writer, head: int) -> int:
        if writer.damage or not 0 < writer.cursor <= head or _reaches_far(writer.cursor, head):
            done = _rebuild(writer, head)
        else:
            done = sum(_apply(writer, ids, cursor) for ids, cursor in _batches(writer.cursor, head))
        self._seen = self._written = head
        return done


def sync_once() -> int:
    """One round of the worker's: 0 when nothing had to be done."""
    sync: Sync = current_app.extensions.setdefault("catalogue_sync", Sync(search_folder(current_app)))
    done = sync.run()
    if done:
        reader().reload()  # other processes look by themselves; this one knows
    return done


def rebuild() -> int:
    """Build the index anew from the database, while the old one serves; returns how many listings are in it."""
    until = time.monotonic() + WAIT_FOR_WRITER_SECONDS
    while True:
        try:
            with reading(), Writer(search_folder(current_app)) as writer:
                done = _rebuild(writer, _head())
            reader().reload()
            return done
        except WriterBusy:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def differences() -> Iterator[str]:
    """What the index says otherwise than the database, one sentence each, for the doctor."""
    folder = search_folder(current_app)
    if not (folder / MANIFEST).exists():
        yield "there is no search index; the worker builds it, or flask search reindex"
        return
    damage = check(folder)
    yield from damage
    if damage:
        return
    index = Index(folder)
    indexed = index.versions()
    stored = dict(db.session.execute(sa.select(Listing.id, Listing.version).where(on_offer())).all())
    found = [f"{i}: not in the index" for i in sorted(stored.keys() - indexed.keys())]
    found += [f"{i}: in the index, but not on offer" for i in sorted(indexed.keys() - stored.keys())]
    found += [f"{i}: older in the index" for i in sorted(stored) if indexed.get(i, stored[i]) != stored[i]]
    yield from found[:SHOWN_DIFFERENCES]
    if len(found) > SHOWN_DIFFERENCES:
        yield f"and {len(found) - SHOWN_DIFFERENCES} more"


def _head() -> int:
    return db.session.scalar(sa.select(ChainHead.seq)) or 0


def _events(after: int, head: int) -> sa.Select[int, str, str]:
    return (
        sa.select(Event.seq, Event.name, Event.object_id)
        .where(Event.seq > after, Event.seq <= head, Event.name.in_(HEARD))
        .order_by(Event.seq)
    )


def _batches(cursor: int, head: int) -> Iterator[tuple[set[str], int]]:
    """The listings that events after the cursor are about, and the cursor that stands behind them."""
    while cursor < head:
        events = db.session.execute(_events(cursor, head).limit(BATCH_EVENTS)).all()
        cursor = events[-1].seq if len(events) == BATCH_EVENTS else head
        listings = {event.object_id for event in events if event.name in LISTING_EVENTS}
        suppliers = {event.object_id for event in events if event.name in SUPPLIER_EVENTS}
        if suppliers:
            statement = sa.select(Listing.id).where(Listing.supplier_id.in_(suppliers), Listing.state == "published")
            listings |= set(db.session.scalars(statement))
        asked = {event.object_id for event in events if event.name in TAXONOMY_EVENTS}
        if asked:
            listings |= set(db.session.scalars(_reached(asked)))
        brands = {event.object_id for event in events if event.name in BRAND_EVENTS}
        if brands:
            listings |= set(db.session.scalars(_branded(brands)))
        yield listings, cursor


def _reached(ids: Collection[str]) -> sa.Select[str]:
    """The published listings whose cards some categories and attributes, by their ids, decide."""
    today = tree()
    holders = sa.select(Attribute.category_id).where(Attribute.id.in_(ids))
    own = sa.select(Category.code).where(sa.or_(Category.id.in_(ids), Category.id.in_(holders)))
    codes = {node.code for code in db.session.scalars(own) for node in today.all_below(code)}
    codes |= {today.place(code) for code in codes}
    return sa.select(Listing.id).where(Listing.category.in_(today.landing_in(codes)), Listing.state == "published")


def _branded(ids: Collection[str]) -> sa.Select[str]:
    """The published listings of some brands, and of those that took them over."""
    heirs = sa.select(Brand.heir_id).where(Brand.id.in_(ids), Brand.heir_id.is_not(None))
    there = sa.or_(Listing.brand_id.in_(ids), Listing.brand_id.in_(heirs))
    return sa.select(Listing.id).where(there, Listing.state == "published")


def _reaches_far(cursor: int, head: int) -> bool:
    """Whether the taxonomy has changed for so many listings that building anew is the shorter way."""
    changed = sa.select(Event.name, Event.object_id).where(
        Event.seq > cursor, Event.seq <= head, Event.name.in_(TAXONOMY_EVENTS | EDITION_EVENTS)
    )
    events = db.session.execute(changed).all()
    if any(event.name in EDITION_EVENTS for event in events):
        return True
    reached = sa.select(sa.func.count()).select_from(_reached({event.object_id for event in events}).subquery())
    return bool(events) and (db.session.scalar(reached) or 0) > MANY_LISTINGS


def _apply(writer: Writer, ids: set[str], cursor: int) -> int:
    """One commit: the cards of those on offer, and the others gone. It reads today's rows, so repeating is harmless."""
    cards: list[Card] = []
    waiting = iter(sorted(ids))
    while part := list(islice(waiting, BATCH_ROWS)):
        cards += [card_of(listing, supplier) for listing, supplier in _offered(part)]
    writer.apply(cards, ids - {card.id for card in cards}, cursor=cursor)
    return len(ids)


def _rebuild(writer: Writer, head: int) -> int:
    count = 0

    def cards() -> Iterator[Card]:
        nonlocal count
        for listing, supplier in _offered():
            count += 1
            yield card_of(listing, supplier)

    writer.rebuild(cards(), cursor=head)
    return count
