"""What a listing's page has to do with what a person keeps: it is noted as looked at, and can be put on a list."""

from __future__ import annotations

from flask import request

from app.catalogue.models import Listing
from app.finding import lists, viewed
from app.kernel.actors import Actor
from app.kernel.errors import Refusal
from app.kernel.work import unit_of_work


def remember(found: Listing, asking: Actor) -> bool:
    """Note that a person looks at a listing of the catalogue; whether anything was written. Never in the way."""
    if request.method != "GET" or asking.person_id is None or asking.read_only or found.state != "published":
        return False
    if viewed.newest(asking) == found.id:
        return False
    listing_id = found.id
    try:
        with unit_of_work():
            viewed.note(asking, listing_id)
    except Refusal:
        pass  # busy: the page matters more
    return True


def to_lists(found: Listing, asking: Actor) -> list[tuple[str, str]] | None:
    """(id, title) of the own lists that a listing may be put on; None for those who keep none."""
    if asking.person_id is None or asking.org_id is None or found.state != "published":
        return None
    return [(saved.id, saved.title) for saved, _number in lists.of(asking) if saved.person_id == asking.person_id]
