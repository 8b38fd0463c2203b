"""What a buyer could read of its lines when the order was made: kept for the order, whatever became of the listing."""

from __future__ import annotations

from pathlib import Path

from app.accounts.files import StoredFile
from app.catalogue.media.models import ListingMedium
from app.catalogue.media.showing import file_of, shown_then
from app.kernel.errors import NOT_THERE
from app.ordering.models import Order


def media_of(order: Order) -> list[ListingMedium]:
    """The documents and pictures of its listings as they were shown when it was made; one query."""
    listings = {line.listing_id for line in order.lines if line.listing_id}
    return shown_then(listings, order.created_at) if listings else []


def open_medium(order: Order, medium_id: str, size: str) -> tuple[StoredFile, Path]:
    """A file of one of them, for whoever reads the order; refusal `not_there`."""
    if all(one.id != medium_id for one in media_of(order)):
        raise NOT_THERE()
    return file_of(medium_id, size)
