"""Documents and pictures of listings for people: where they are, how they are listed, and their bytes.

Bytes are served only while the listing is visible to whoever asks (app/http.py, `medium_answer`).
"""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from flask_babel import gettext as _

from app import i18n
from app.catalogue.changes.actions import listing_of
from app.catalogue.changes.models import ListingChange
from app.catalogue.media import actions as media_actions
from app.catalogue.media import reading
from app.catalogue.media.looking import PDF, SIDES
from app.catalogue.media.models import KIND_TITLES, ListingMedium
from app.catalogue.media.showing import DOCUMENT, documents, pictures, versions_of
from app.catalogue.models import Listing
from app.http import actor, drawing_answer, medium_answer
from app.kernel.actors import Actor
from app.kernel.db import Record
from app.papers.contents.common import code_of
from app.web.catalogue.blueprint import pages
from app.web.core import forms
from app.web.core.actions import register_options
from app.web.core.directory import read

LARGE, MIDDLE, SMALL = (str(side) for side in SIDES)
BYTES_PER_KB: Final = 1024


@pages.get("/listings/<id:record_id>/media/<id:medium_id>/<size>")
def medium(record_id: str, medium_id: str, size: str) -> Response:
    """One document or picture of a listing that the reader may see."""
    asking = actor()
    listing: Listing = read(Listing, record_id, asking)
    found = reading.of_listing(listing, medium_id, size, asking)
    return medium_answer(*found, keep=reading.is_shown(listing, medium_id))


@pages.get("/listings/<id:record_id>/code.svg")
def listing_code(record_id: str) -> Response:
    """The code that leads to a listing, for shelves and boxes."""
    return drawing_answer(code_of(read(Listing, record_id, actor())))


def _shown_options(listing: Record, asking: Actor, *, pictures_only: bool = False) -> forms.Options:
    del asking
    media = listing.media if isinstance(listing, Listing) else listing_of(listing).media  # type: ignore[arg-type]
    return [
        (entry["id"], " ".join(filter(None, (i18n.say(KIND_TITLES[entry["kind"]]), entry["title"] or entry["name"]))))
        for entry in (pictures(media) if pictures_only else media)
    ]


for _verb in (media_actions.add_medium, media_actions.propose_medium, media_actions.add_to_change):
    register_options(_verb.lifecycle.name, _verb.name, lambda one, asking: {"replaces": _shown_options(one, asking)})
register_options("listing", "remove_medium", lambda one, asking: {"medium": _shown_options(one, asking)})
register_options(
    "listing", "lead_with", lambda one, asking: {"medium": _shown_options(one, asking, pictures_only=True)}
)

NEED_MEDIA: Final = frozenset({"remove_medium", "lead_with"})
"""Actions that a listing which shows nothing has no use for."""


def src(listing_id: str, medium_id: str, size: str) -> str:
    """Where a picture is, in a size."""
    return f"/listings/{listing_id}/media/{medium_id}/{size}"


def first_picture(listing: Listing) -> str | None:
    """Where the main picture of a listing is, small; no query."""
    shown = pictures(listing.media)
    return src(listing.id, shown[0]["id"], SMALL) if shown else None


def gallery(listing: Listing, wanted: str) -> dict[str, Any] | None:
    """The pictures that a listing shows, the wanted one large; the main one where none is asked for."""
    shown = pictures(listing.media)
    if not shown:
        return None
    current = next((one for one in shown if one["id"] == wanted), shown[0])
    name = listing.name(i18n.language())
    return {
        "current": {
            "src": src(listing.id, current["id"], LARGE),
            "full": src(listing.id, current["id"], LARGE),
            "alt": current["title"] or name,
            "title": current["title"],
            "width": current["width"],
            "height": current["height"],
        },
        "others": [
            {
                "src": src(listing.id, one["id"], SMALL),
                "href": f"/listings/{listing.id}?picture={one['id']}#pictures",
                "alt": one["title"] or _("Picture %(number)s", number=at),
                "current": one["id"] == current["id"],
            }
            for at, one in enumerate(shown, start=1)
        ],
    }


def documents_of(listing: Listing) -> list[dict[str, Any]]:
    """The documents that a listing shows, for the macro `files`."""
    return [_file(listing.id, entry) for entry in documents(listing.media)]


def earlier(listing: Listing) -> list[dict[str, Any]]:
    """What a listing showed once, for whoever keeps it: the newest first, with the day on which it went."""
    return [
        _file(listing.id, one.entry()) | {"note": _("shown until %(day)s", day=i18n.day(one.ended_at))}
        for one in versions_of(listing.id)
        if one.ended_at is not None
    ]


def listed(listing: Listing) -> list[dict[str, Any]]:
    """All that a listing shows, for its reviewer."""
    return [_file(listing.id, entry) for entry in listing.media]


def brought(change: ListingChange) -> list[dict[str, Any]]:
    """What comes with a change."""
    return [_file(change.listing_id, one.entry()) for one in change.media]


def _file(listing_id: str, entry: Any) -> dict[str, Any]:
    kind = i18n.say(KIND_TITLES[entry["kind"]])
    is_pdf = entry["media_type"] == PDF
    facts = [
        "PDF" if is_pdf else f"JPEG {entry['width']} × {entry['height']}",
        f"{-(-entry['size_bytes'] // BYTES_PER_KB):,} KB",
        _("version %(number)s", number=entry["number"]) if entry["number"] > 1 else "",
    ]
    return {
        "label": f"{kind} {entry['title']}".strip(),
        "href": src(listing_id, entry["id"], DOCUMENT if is_pdf else LARGE),
        "kind": ", ".join(filter(None, facts)),
        "note": entry["name"],
    }


def as_ordered(order_id: str, found: list[ListingMedium]) -> list[dict[str, Any]]:
    """What buyers could read when an order was placed, at the order's own address."""
    return [
        _file("", one.entry())
        | {"href": f"/orders/{order_id}/media/{one.id}/{DOCUMENT if one.media_type == PDF else LARGE}"}
        for one in found
    ]
