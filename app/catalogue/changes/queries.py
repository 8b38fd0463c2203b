"""Questions about changes; each is a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.catalogue.changes import difference
from app.catalogue.changes.models import ListingChange
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for review, with what it is about."""

    change: ListingChange
    listing: Listing
    supplier: Organisation


def to_review(actor: Actor, *, limit: int) -> list[Waiting]:
    """The changes that wait for the operator, the longest waiting first."""
    statement = (
        visible(ListingChange, actor)
        .add_columns(Listing, Organisation)
        .join(Listing, Listing.id == ListingChange.listing_id)
        .join(Organisation, Organisation.id == ListingChange.supplier_id)
        .where(ListingChange.waits_org == "operator", ListingChange.state == "submitted")
        .order_by(ListingChange.updated_at, ListingChange.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in db.session.execute(statement)]


def review_count(actor: Actor) -> int:
    """How many changes wait for review."""
    statement = visible(ListingChange, actor).where(
        ListingChange.waits_org == "operator", ListingChange.state == "submitted"
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0


def last_declined(listing: Listing) -> ListingChange | None:
    """The newest change of a listing, if it was declined and the listing stands as it stood then."""
    statement = (
        sa.select(ListingChange)
        .where(ListingChange.listing_id == listing.id)
        .order_by(ListingChange.id.desc())
        .limit(1)
    )
    newest = db.session.scalar(statement)
    if newest is None or newest.state != "declined" or newest.base != difference.stated(listing):
        return None
    return newest
