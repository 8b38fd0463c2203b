"""Who may read which version of a document or picture."""

from __future__ import annotations

from pathlib import Path

from app.accounts.files import StoredFile
from app.catalogue.changes.models import ListingChange
from app.catalogue.media.models import ListingMedium
from app.catalogue.media.showing import file_of
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import NOT_THERE
from app.kernel.lifecycle import find


def is_shown(listing: Listing, medium_id: str) -> bool:
    """Whether it is among what the listing shows now."""
    return any(entry["id"] == medium_id for entry in listing.media)


def of_listing(listing: Listing, medium_id: str, size: str, actor: Actor) -> tuple[StoredFile, Path]:
    """A file of a listing that the actor may see: what it shows for everybody, the rest for whoever keeps it.

    What comes with a change is read by those who read the change. Refusal `not_there`.
    """
    if not is_shown(listing, medium_id):
        medium = db.session.get(ListingMedium, medium_id)
        if medium is None or medium.listing_id != listing.id:
            raise NOT_THERE()
        if not actor.is_staff and actor.org_id != listing.supplier_id:
            raise NOT_THERE()
        if medium.change_id is not None:
            find(ListingChange, medium.change_id, actor)
    return file_of(medium_id, size)
