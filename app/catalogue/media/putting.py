"""A document or picture onto a listing by whatever a person would do there: at once, or with a change.

For those who bring many at a time; the rules are the actions' own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.catalogue.changes import actions as changes
from app.catalogue.changes import live
from app.catalogue.changes.lifecycle import open_change
from app.catalogue.changes.models import OPEN_STATES, ListingChange
from app.catalogue.media import actions
from app.catalogue.media.models import MOST_SHOWN, ListingMedium
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import find
from app.kernel.shapes import Upload
from app.kernel.values import N_

MEDIUM_WAITS = refusal(
    "medium_waits", CONFLICT,
    N_("An open change of the listing brings a file of this name already, with other content. Withdraw it first."),
)  # fmt: skip


@dataclass(slots=True)
class Shelf:
    """What one listing shows, and what its open change brings."""

    listing: Listing
    change: ListingChange | None = None
    shown: list[ListingMedium] = field(default_factory=list)
    brought: list[ListingMedium] = field(default_factory=list)

    def has(self, digests: Collection[str]) -> bool:
        """Whether a file of this content (SHA-256 as it came in, or as it was drawn) is there already."""
        return any({one.source_sha256, one.sha256} & set(digests) for one in (*self.shown, *self.brought))

    def former(self, kind: str, name: str) -> ListingMedium | None:
        """What a file of this kind and name is a new version of."""
        return next((one for one in self.shown if (one.kind, one.name) == (kind, name)), None)

    def refuse(self, actor: Actor, *, kind: str, name: str, more: int) -> None:
        """Raise the refusal that `put` would meet when so many more have come before; writes nothing."""
        if self.listing.state not in live.LIVE:
            actions.add_medium.possible(self.listing, actor)
        elif self.change is None:
            actions.propose_medium.possible(self.listing, actor)
        elif self.change.state == "submitted":
            changes.take_back.possible(self.change, actor)
        else:
            actions.add_to_change.possible(self.change, actor)
        if any((one.kind, one.name) == (kind, name) for one in self.brought):
            raise MEDIUM_WAITS()
        if len(self.listing.media) + actions.new_among(self.brought) + more >= MOST_SHOWN:
            raise actions.TOO_MANY_SHOWN()


def shelves(listings: Collection[Listing]) -> dict[str, Shelf]:
    """The shelves of some listings by their ids; two queries."""
    found = {listing.id: Shelf(listing) for listing in listings}
    open_ones = sa.select(ListingChange).where(
        ListingChange.listing_id.in_(found), ListingChange.state.in_(OPEN_STATES)
    )
    open_ids = {}
    for change in db.session.scalars(open_ones):
        found[change.listing_id].change = change
        open_ids[change.id] = change.listing_id
    now_shown = sa.and_(ListingMedium.shown_at.is_not(None), ListingMedium.ended_at.is_(None))
    media = sa.select(ListingMedium).where(
        ListingMedium.listing_id.in_(found), sa.or_(now_shown, ListingMedium.change_id.in_(open_ids))
    )
    for medium in db.session.scalars(media.order_by(ListingMedium.id)):
        shelf = found[medium.listing_id]
        (shelf.brought if medium.change_id in open_ids else shelf.shown).append(medium)
    return found


def put(listing: Listing, actor: Actor, *, kind: str, file: Upload, replaces: str | None) -> ListingChange | None:
    """Hang a file on a listing; where buyers read it, with its open change or a new one, which is left as a draft."""
    if listing.state not in live.LIVE:
        actions.add_medium(listing, actor, kind=kind, file=file, replaces=replaces)
        return None
    found = open_change(listing)
    if found is None:
        return actions.propose_medium(listing, actor, kind=kind, file=file, replaces=replaces)
    change = find(ListingChange, found.id, actor, lock=True)
    if change.state == "submitted":
        changes.take_back(change, actor)
    actions.add_to_change(change, actor, kind=kind, file=file, replaces=replaces)
    return change
