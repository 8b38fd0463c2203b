"""What a person keeps side by side: personal state like the basket, written without Actions (states.md, The law)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import Person
from app.accounts.privacy.held import belongs_to_person
from app.catalogue import queries
from app.catalogue.basket import OFF_CATALOGUE
from app.kernel.actors import Actor
from app.kernel.db import IdType, Model, db
from app.kernel.errors import CONFLICT, FORBIDDEN, refusal
from app.kernel.values import N_

MAX_COMPARED: Final = 6
"""Listings side by side."""

COMPARISON_FULL = refusal("comparison_full", CONFLICT, N_("A comparison holds six listings. Take one out first."))
PEOPLE_COMPARE = refusal("comparison_for_people", FORBIDDEN, N_("A comparison is kept for people. Name the listings."))


class ComparedListing(Model):
    """One listing in a person's comparison. There are six places, so that a seventh cannot be stored."""

    __tablename__ = "compared_listing"
    __table_args__ = (
        sa.CheckConstraint(f"place BETWEEN 1 AND {MAX_COMPARED}", name="place_in_range"),
        sa.UniqueConstraint("person_id", "listing_id"),
    )

    person_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    listing_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("listing.id", ondelete="RESTRICT"), nullable=False, index=True
    )


belongs_to_person(ComparedListing)


def keeps(actor: Actor) -> bool:
    """Whether a comparison can be kept for the actor: for people, whoever they act for."""
    return actor.person_id is not None


def ids(actor: Actor) -> list[str]:
    """The listings that the actor keeps side by side, in their order."""
    if not keeps(actor):
        return []
    statement = sa.select(ComparedListing.listing_id).where(ComparedListing.person_id == actor.person_id)
    return list(db.session.scalars(statement.order_by(ComparedListing.place)))


def admit(actor: Actor) -> None:
    """Refuse whoever no comparison can be kept for (403)."""
    if not keeps(actor):
        raise PEOPLE_COMPARE()


def add(actor: Actor, listing_ids: Iterable[str]) -> None:
    """Put some listings beside those that are kept."""
    admit(actor)
    _write(actor, [*_locked(actor), *listing_ids])


def remove(actor: Actor, listing_ids: Iterable[str]) -> None:
    """Take listings out; those that are not in it are no error."""
    admit(actor)
    gone = set(listing_ids)
    _write(actor, [one for one in _locked(actor) if one not in gone])


def replace(actor: Actor, listing_ids: Sequence[str]) -> None:
    """Keep exactly these, in this order."""
    admit(actor)
    _locked(actor)
    _write(actor, listing_ids)


def _locked(actor: Actor) -> list[str]:
    """What is kept; the person's row is locked, so that two clicks at once follow each other."""
    db.session.execute(sa.select(Person.id).where(Person.id == actor.person_id).with_for_update())
    return ids(actor)


def _write(actor: Actor, wanted: Iterable[str]) -> None:
    listing_ids = list(dict.fromkeys(wanted))
    if len(listing_ids) > MAX_COMPARED:
        raise COMPARISON_FULL()
    new = set(listing_ids) - set(ids(actor))
    if new - set(queries.on_offer_by_id(new, actor)):
        raise OFF_CATALOGUE()
    db.session.execute(sa.delete(ComparedListing).where(ComparedListing.person_id == actor.person_id))
    rows = [
        {"person_id": actor.person_id, "place": place, "listing_id": one}
        for place, one in enumerate(listing_ids, start=1)
    ]
    if rows:
        db.session.execute(sa.insert(ComparedListing), rows)
