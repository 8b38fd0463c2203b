"""Lists of listings: kept by a person for an organisation, shared with colleagues, put into the basket at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.catalogue import basket, queries
from app.catalogue.basket import Line, priced
from app.finding.models import SavedList, SavedListLine
from app.finding.searches import admit
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, NOT_THERE, refusal
from app.kernel.values import MICRO, N_, new_id

MAX_LISTS: Final = 30
MAX_LINES: Final = 100
"""As many as a basket holds, so that a list always fits into one."""

LISTS_FULL = refusal("lists_full", CONFLICT, N_("A person keeps 30 lists. Remove some first."))
LIST_FULL = refusal("list_full", CONFLICT, N_("A list holds 100 listings. Remove some first."))
LIST_NAMED_BEFORE = refusal("list_named_before", CONFLICT, N_("You have a list of this name already."))
OFF_LIST = refusal("off_list", CONFLICT, N_("Only what is in the catalogue can be put on a list."))
NOTHING_TO_ORDER = refusal("nothing_to_order", CONFLICT, N_("Nothing on this list can be put into a basket now."))


@dataclass(frozen=True, slots=True)
class Contents:
    """A list with its lines at today's prices, in their order, and the ids that are no longer on offer."""

    saved: SavedList
    lines: tuple[Line, ...]
    gone: tuple[str, ...]


def of(actor: Actor) -> Sequence[tuple[SavedList, int]]:
    """The lists that the actor may use, own ones first, each with how many lines it has."""
    if actor.person_id is None or actor.org_id is None:
        return []
    own_first = sa.case((SavedList.person_id == actor.person_id, 0), else_=1)
    number = sa.select(sa.func.count()).where(SavedListLine.list_id == SavedList.id).scalar_subquery()
    statement = sa.select(SavedList, number).where(_readable(actor)).order_by(own_first, SavedList.id.desc())
    return [(row[0], row[1]) for row in db.session.execute(statement.limit(4 * MAX_LISTS))]


def _readable(actor: Actor) -> sa.ColumnElement[bool]:
    own = SavedList.person_id == actor.person_id
    return sa.and_(SavedList.org_id == actor.org_id, sa.or_(own, SavedList.shared))


def contents(actor: Actor, list_id: str) -> Contents:
    """A list that the actor may use; `not_there` for any other."""
    saved = db.session.scalar(sa.select(SavedList).where(SavedList.id == list_id, _readable(actor)))
    if saved is None:
        raise NOT_THERE()
    rows = db.session.execute(
        sa.select(SavedListLine.listing_id, SavedListLine.quantity_micro)
        .where(SavedListLine.list_id == list_id)
        .order_by(SavedListLine.place, SavedListLine.listing_id)
    ).all()
    offered = queries.on_offer_by_id((row.listing_id for row in rows), actor) if rows else {}
    lines = priced(actor, offered, {row.listing_id: row.quantity_micro for row in rows if row.listing_id in offered})
    return Contents(saved, tuple(lines), tuple(row.listing_id for row in rows if row.listing_id not in offered))


def own_one(actor: Actor, list_id: str) -> SavedList:
    """An own list; `not_there` for anybody else's."""
    found = db.session.get(SavedList, list_id)
    if found is None or found.person_id != actor.person_id or found.org_id != actor.org_id:
        raise NOT_THERE()
    return found


def make(actor: Actor, *, title: str, shared: bool) -> SavedList:
    """An empty list. Needs a unit of work."""
    admit(actor)
    own = sa.and_(SavedList.person_id == actor.person_id, SavedList.org_id == actor.org_id)
    if (db.session.scalar(sa.select(sa.func.count()).select_from(SavedList).where(own)) or 0) >= MAX_LISTS:
        raise LISTS_FULL()
    _refuse_twin(actor, title)
    made = SavedList(
        id=new_id("svl"), person_id=actor.person_id, org_id=actor.org_id, title=title, shared=shared
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _refuse_twin(actor: Actor, title: str, *, but: str = "") -> None:
    twin = sa.select(SavedList.id).where(
        SavedList.person_id == actor.person_id, SavedList.org_id == actor.org_id, SavedList.title == title,
        SavedList.id != but,
    )  # fmt: skip
    if db.session.scalar(twin) is not None:
        raise LIST_NAMED_BEFORE(fields={"title": [LIST_NAMED_BEFORE.words]})


def change(
    actor: Actor, list_id: str, *, title: str, shared: bool, lines: Mapping[str, int] | None = None
) -> SavedList:
    """Name and share an own list anew; with `lines`, make it hold exactly these, in this order."""
    found = own_one(actor, list_id)
    _refuse_twin(actor, title, but=list_id)
    found.title, found.shared = title, shared
    if lines is not None:
        _hold(actor, found, lines)
    return found


def _hold(actor: Actor, found: SavedList, lines: Mapping[str, int]) -> None:
    if len(lines) > MAX_LINES:
        raise LIST_FULL()
    before = set(db.session.scalars(sa.select(SavedListLine.listing_id).where(SavedListLine.list_id == found.id)))
    _refuse_what_is_not_offered(actor, lines.keys() - before)
    db.session.execute(sa.delete(SavedListLine).where(SavedListLine.list_id == found.id))
    db.session.add_all(
        SavedListLine(
            list_id=found.id, listing_id=listing, person_id=found.person_id, quantity_micro=number, place=at
        )
        for at, (listing, number) in enumerate(lines.items())
    )  # fmt: skip


def _refuse_what_is_not_offered(actor: Actor, new: set[str]) -> None:
    if new - queries.on_offer_by_id(new, actor).keys():
        raise OFF_LIST()


def add(actor: Actor, list_id: str, listing_id: str, quantity_micro: int = MICRO) -> None:
    """Put a listing on an own list, at its end; one that is on it gets the new quantity."""
    found = own_one(actor, list_id)
    _refuse_what_is_not_offered(actor, {listing_id})
    held = db.session.get(SavedListLine, (list_id, listing_id))
    if held is not None:
        held.quantity_micro = quantity_micro
        return
    after_last = sa.func.coalesce(sa.func.max(SavedListLine.place) + 1, 0)
    counted = sa.select(sa.func.count(), after_last).where(SavedListLine.list_id == list_id)
    number, place = db.session.execute(counted).one()
    if number >= MAX_LINES:
        raise LIST_FULL()
    line = SavedListLine(list_id=list_id, listing_id=listing_id, person_id=found.person_id, place=place)
    line.quantity_micro = quantity_micro
    db.session.add(line)


def remove(actor: Actor, list_id: str) -> None:
    """Forget an own list."""
    found = own_one(actor, list_id)
    db.session.execute(sa.delete(SavedListLine).where(SavedListLine.list_id == list_id))
    db.session.delete(found)


def order(actor: Actor, list_id: str) -> int:
    """Put all of a list that has a price into the basket; returns how many lines. What is on request stays behind."""
    basket.admit(actor)
    wanted = {
        line.listing.id: line.quantity_micro
        for line in contents(actor, list_id).lines
        if line.amount is not None and line.supplier.id != actor.org_id
    }
    if not wanted:
        raise NOTHING_TO_ORDER()
    basket.put(actor, wanted)
    return len(wanted)
