"""What a listing shows, what a change brings, and the files behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.files import StoredFile, folder
from app.catalogue.media.looking import SIDES
from app.catalogue.media.models import ListingMedium
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.errors import NOT_THERE
from app.kernel.values import now

DOCUMENT: Final = "file"
"""What a document's one file is called in addresses, where a picture has its sizes."""

SIZES: Final = frozenset({DOCUMENT, *(str(side) for side in SIDES)})

Entry = Mapping[str, Any]


def media_of(change: Any) -> list[ListingMedium]:
    """What comes with a change, asked anew: it may have come in this very transaction."""
    statement = sa.select(ListingMedium).where(ListingMedium.change_id == change.id).order_by(ListingMedium.id)
    return list(db.session.scalars(statement))


def with_shown(media: list[dict[str, Any]], made: ListingMedium) -> list[dict[str, Any]]:
    """What a listing shows once this is shown: in the place of its former version, else last."""
    made.shown_at, places = now(), [entry["series"] for entry in media]
    if made.series_id not in places:
        return [*media, made.entry()]
    at = places.index(made.series_id)
    db.session.get_one(ListingMedium, media[at]["id"]).ended_at = made.shown_at
    return [*media[:at], made.entry(), *media[at + 1 :]]


def pictures(media: Iterable[Entry]) -> list[Entry]:
    """The pictures among what is shown; the first is the main one."""
    return [entry for entry in media if entry["kind"] == "picture"]


def documents(media: Iterable[Entry]) -> list[Entry]:
    """The documents among what is shown."""
    return [entry for entry in media if entry["kind"] != "picture"]


def file_of(medium_id: str, size: str) -> tuple[StoredFile, Path]:
    """The stored file of a medium in a size ("file" for a document); refusal `not_there`.

    The caller has made sure that the reader may see the medium.
    """
    if size not in SIZES:
        raise NOT_THERE()
    part = StoredFile.part_id.is_(None) if size == DOCUMENT else StoredFile.part_id == size
    found = db.session.scalar(sa.select(StoredFile).where(StoredFile.object_id == medium_id, part))
    if found is None:
        raise NOT_THERE()
    return found, folder() / found.stored_as


def versions_of(listing_id: str) -> list[ListingMedium]:
    """Every version that buyers could ever read, the newest first."""
    statement = sa.select(ListingMedium).where(
        ListingMedium.listing_id == listing_id, ListingMedium.shown_at.is_not(None)
    )
    return list(db.session.scalars(statement.order_by(ListingMedium.id.desc())))


def differing() -> Iterator[str]:
    """Listings whose own word about what they show is not what the versions say; one query and one pass.

    Yields a sentence per listing. The order is the listing's own, for the supplier chooses the main picture.
    """
    now_shown = sa.select(ListingMedium).where(ListingMedium.shown_at.is_not(None), ListingMedium.ended_at.is_(None))
    stands: dict[str, list[Entry]] = {}
    for medium in db.session.scalars(now_shown):
        stands.setdefault(medium.listing_id, []).append(medium.entry())
    for listing_id, said in db.session.execute(sa.select(Listing.id, Listing.media).order_by(Listing.id)):
        if _by_id(said) != _by_id(stands.pop(listing_id, [])):
            yield f"{listing_id}: Listing.media differs from its versions in listing_medium"


def _by_id(media: Iterable[Entry]) -> list[Entry]:
    return sorted((dict(entry) for entry in media), key=lambda entry: str(entry.get("id")))


def shown_then(listing_ids: Iterable[str], moment: datetime) -> list[ListingMedium]:
    """What buyers could read of some listings at a moment; one query."""
    there = sa.or_(ListingMedium.ended_at.is_(None), ListingMedium.ended_at > moment)
    statement = sa.select(ListingMedium).where(
        ListingMedium.listing_id.in_(set(listing_ids)), ListingMedium.shown_at <= moment, there
    )
    return list(db.session.scalars(statement.order_by(ListingMedium.id)))
