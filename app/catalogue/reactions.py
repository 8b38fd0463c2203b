"""What the catalogue does about events: a published listing joins the product that others offer already."""

from __future__ import annotations

from app.catalogue.actions.products import put_together
from app.catalogue.models import Listing
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.events import Event, on
from app.kernel.lifecycle import find


@on("catalogue", "listing.publish", "listing.restore")
def published(event: Event) -> None:
    """The same make and model of two suppliers becomes one product; one at a time, so that none is founded twice."""
    put_together(find(Listing, event.object_id, SYSTEM_ACTOR, lock=True))
