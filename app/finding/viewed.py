"""What a person looked at last: written when they open a listing's page, read by them alone, erased when they wish."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.catalogue import queries
from app.catalogue.queries import Offered
from app.finding.models import ViewedListing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.values import now

KEPT: Final = 30


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    return ViewedListing.person_id == actor.person_id


def newest(actor: Actor) -> str | None:
    """The listing that the actor looked at last."""
    statement = sa.select(ViewedListing.listing_id).where(_own(actor)).order_by(ViewedListing.viewed_at.desc()).limit(1)
    return db.session.scalar(statement)


def note(actor: Actor, listing_id: str) -> None:
    """Write down that the actor looks at a listing now, and let the oldest go. Needs a unit of work."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(ViewedListing).values(person_id=actor.person_id, listing_id=listing_id, viewed_at=now())
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["person_id", "listing_id"], set_={"viewed_at": now()})
    )
    kept = sa.select(ViewedListing.listing_id).where(_own(actor)).order_by(ViewedListing.viewed_at.desc()).limit(KEPT)
    db.session.execute(sa.delete(ViewedListing).where(_own(actor), ViewedListing.listing_id.not_in(kept)))


def recent(actor: Actor) -> list[Offered]:
    """What the actor looked at and can still be had, the last first."""
    if actor.person_id is None:
        return []
    rows = sa.select(ViewedListing.listing_id).where(_own(actor)).order_by(ViewedListing.viewed_at.desc()).limit(KEPT)
    ids = list(db.session.scalars(rows))
    offered = queries.on_offer_by_id(ids, actor) if ids else {}
    return [offered[one] for one in ids if one in offered]


def forget(actor: Actor) -> None:
    """Erase all of it."""
    db.session.execute(sa.delete(ViewedListing).where(_own(actor)))
