"""Saved searches: kept by a person for an organisation, read by colleagues where they are shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode

import sqlalchemy as sa

from app.catalogue.engine import Search
from app.catalogue.question import NAMES, attribute_names, read
from app.catalogue.taxonomy.tree import tree
from app.finding.models import QUERY_CHARS, SavedSearch
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, INVALID, NOT_THERE, refusal
from app.kernel.events import ChainHead
from app.kernel.values import N_, new_id

MAX_SEARCHES: Final = 50
UNSAVED: Final = frozenset({"after", "limit"})

PEOPLE_KEEP = refusal("people_keep", FORBIDDEN, N_("This is kept by people who act for an organisation."))
SEARCH_EMPTY = refusal("search_empty", INVALID, N_("There is nothing in this search to come back to."))
SEARCH_UNREADABLE = refusal("search_unreadable", INVALID, N_("This search cannot be read as it stands."))
SEARCHES_FULL = refusal("searches_full", CONFLICT, N_("A person keeps 50 searches. Remove some first."))
SAVED_BEFORE = refusal("saved_before", CONFLICT, N_("You keep this search already."))


def admit(actor: Actor) -> None:
    """Refuse whoever keeps nothing: programs, and people without an organisation (403)."""
    if actor.person_id is None or actor.org_id is None:
        raise PEOPLE_KEEP()


def readable(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: the actor's own for this organisation, and what colleagues share."""
    own = SavedSearch.person_id == actor.person_id
    return sa.and_(SavedSearch.org_id == actor.org_id, sa.or_(own, SavedSearch.shared))


def of(actor: Actor) -> Sequence[SavedSearch]:
    """The searches that the actor may use: own ones first, newest first."""
    if actor.person_id is None or actor.org_id is None:
        return []
    own_first = sa.case((SavedSearch.person_id == actor.person_id, 0), else_=1)
    statement = sa.select(SavedSearch).where(readable(actor)).order_by(own_first, SavedSearch.id.desc())
    return list(db.session.scalars(statement.limit(2 * MAX_SEARCHES)))


def save(actor: Actor, *, title: str, query: str, shared: bool, tells: bool) -> SavedSearch:
    """Keep a search; it tells of what is published from now on. Needs a unit of work."""
    admit(actor)
    kept = normal(query)
    own = sa.and_(SavedSearch.person_id == actor.person_id, SavedSearch.org_id == actor.org_id)
    if (db.session.scalar(sa.select(sa.func.count()).select_from(SavedSearch).where(own)) or 0) >= MAX_SEARCHES:
        raise SEARCHES_FULL()
    if db.session.scalar(sa.select(SavedSearch.id).where(own, SavedSearch.query == kept)) is not None:
        raise SAVED_BEFORE()
    made = SavedSearch(
        id=new_id("svs"), person_id=actor.person_id, org_id=actor.org_id, title=title, query=kept, shared=shared,
        tells=tells, seen_seq=db.session.scalar(sa.select(ChainHead.seq)) or 0,
    )  # fmt: skip
    db.session.add(made)
    return made


def change(actor: Actor, search_id: str, *, title: str, shared: bool, tells: bool) -> SavedSearch:
    """Rename an own search, share it or not, let it tell or not; from when it tells, it tells of what is new then."""
    found = own_one(actor, search_id)
    if tells and not found.tells:
        found.seen_seq = db.session.scalar(sa.select(ChainHead.seq)) or 0
    found.title, found.shared, found.tells = title, shared, tells
    return found


def remove(actor: Actor, search_id: str) -> None:
    """Forget an own search."""
    db.session.delete(own_one(actor, search_id))


def own_one(actor: Actor, search_id: str) -> SavedSearch:
    """An own search; `not_there` for anybody else's."""
    found = db.session.get(SavedSearch, search_id)
    if found is None or found.person_id != actor.person_id or found.org_id != actor.org_id:
        raise NOT_THERE()
    return found


def normal(query: str) -> str:
    """A search in its one form: known parameters in order, none that only page; refused where nothing can be read."""
    known = (NAMES | attribute_names(tree())) - UNSAVED
    given = parse_qs(query.removeprefix("?")[: 2 * QUERY_CHARS])
    pairs = sorted((name, value.strip()) for name, values in given.items() for value in values if name in known)
    kept = urlencode([(name, value) for name, value in pairs if value])
    if not kept:
        raise SEARCH_EMPTY(fields={"query": [SEARCH_EMPTY.words]})
    if len(kept) > QUERY_CHARS or read(parse_qs(kept)).problems:
        raise SEARCH_UNREADABLE(fields={"query": [SEARCH_UNREADABLE.words]})
    return kept


def asked(saved: SavedSearch, *, limit: int) -> Search:
    """The question of a saved search as the tree of today reads it."""
    return read(parse_qs(saved.query), limit=limit).search
