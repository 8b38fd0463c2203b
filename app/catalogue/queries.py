"""Questions of the catalogue domain; each is a constant number of queries, however many rows it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.catalogue.models import Listing, on_offer
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible

MAX_WORDS: Final = 5
MAX_TWINS: Final = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """A listing that can be bought now, with its supplier."""

    listing: Listing
    supplier: Organisation


def on_offer_by_id(ids: Iterable[str], actor: Actor) -> dict[str, Offered]:
    """Those of the listings that are on offer to the actor, with their suppliers."""
    statement = (
        visible(Listing, actor)
        .add_columns(Organisation)
        .join(Organisation, Organisation.id == Listing.supplier_id)
        .where(on_offer(), Listing.id.in_(set(ids)))
    )
    return {listing.id: Offered(listing, supplier) for listing, supplier in db.session.execute(statement)}


def suppliers(ids: Iterable[str], actor: Actor) -> dict[str, Organisation]:
    """Suppliers by id, for names beside listings and facets."""
    wanted = set(ids)
    if not wanted:
        return {}
    statement = visible(Organisation, actor).where(Organisation.id.in_(wanted))
    return {one.id: one for one in db.session.scalars(statement)}


def keeps_listings(actor: Actor) -> bool:
    """Whether the actor has listings to keep: suppliers, service organisations, and staff who watch over all."""
    return actor.is_staff or bool(actor.kinds & {"supplier", "service"})


def kept_listings(actor: Actor, *, state: str | None = None, words: str = "") -> Any:
    """The select of the listings that the actor keeps, in one state or in all; `words` narrow it by name and number."""
    statement = visible(Listing, actor)
    if not actor.is_staff:
        statement = statement.where(Listing.supplier_id == actor.org_id)
    if state is not None:
        statement = statement.where(Listing.state == state)
    named = (Listing.name_zh, Listing.name_en, Listing.brand, Listing.model, Listing.part_no, Listing.supplier_sku)
    for word in words.split()[:MAX_WORDS]:
        statement = statement.where(sa.or_(*(column.icontains(word, autoescape=True) for column in named)))
    return statement


def kept_states(actor: Actor) -> dict[str, int]:
    """How many of the listings that the actor keeps are in each state."""
    counted = kept_listings(actor).with_only_columns(Listing.state, sa.func.count()).group_by(Listing.state)
    return dict(db.session.execute(counted).all())


def _waiting() -> sa.ColumnElement[bool]:
    """In review; said by the indexed column too."""
    return sa.and_(Listing.waits_org == "operator", Listing.state == "submitted")


def to_review(actor: Actor, *, limit: int) -> list[Offered]:
    """What waits for the operator's review, the longest waiting first, with the suppliers."""
    statement = (
        visible(Listing, actor)
        .add_columns(Organisation)
        .join(Organisation, Organisation.id == Listing.supplier_id)
        .where(_waiting())
        .order_by(Listing.updated_at, Listing.id)
        .limit(limit)
    )
    return [Offered(listing, supplier) for listing, supplier in db.session.execute(statement)]


def review_count(actor: Actor) -> int:
    """How many listings wait for review."""
    statement = visible(Listing, actor).where(_waiting())
    return db.session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0


def twins(listing: Listing, actor: Actor) -> list[Listing]:
    """Published listings of the same supplier with the same brand and model: likely the same thing twice."""
    if not listing.model:
        return []
    statement = visible(Listing, actor).where(
        Listing.supplier_id == listing.supplier_id, Listing.state == "published", Listing.brand == listing.brand,
        Listing.model == listing.model, Listing.id != listing.id,
    )  # fmt: skip
    return list(db.session.scalars(statement.order_by(Listing.id).limit(MAX_TWINS)))
