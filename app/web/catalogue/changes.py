"""The page of a change and the operator's queue of changes: the old beside the new, and what to do about it."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.actions.organisations import REVIEWER
from app.catalogue.changes import queries
from app.catalogue.changes.actions import listing_of
from app.catalogue.changes.lifecycle import open_change
from app.catalogue.changes.models import OPEN_STATES, ListingChange
from app.catalogue.changes.price_rules import in_force
from app.catalogue.changes.queries import Waiting
from app.catalogue.models import Listing
from app.catalogue.notes import FIELD_TITLES
from app.catalogue.queries import review_count
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import NOT_YOURS
from app.kernel.events import history
from app.kernel.lifecycle import offers
from app.web.catalogue import differing, media
from app.web.catalogue.blueprint import pages
from app.web.core.directory import names, read, register_label, register_page
from app.web.core.record import frame, timeline

PATH: Final = "/queues/changes"
LISTINGS_PATH: Final = "/queues/listings"
QUEUE_ROWS: Final = 50
HISTORY_ROWS: Final = 5
NOTE_ROWS: Final = 2


@pages.get("/listing-changes/<id:record_id>")
def one_change(record_id: str) -> str:
    """One change: what differs, and for whom it waits."""
    asking = actor()
    found: ListingChange = read(ListingChange, record_id, asking)
    listing = listing_of(found)
    name = listing.name(i18n.language())
    reviewed = found.origin == "supplier" and not found.at_once
    return render_template(
        "catalogue/change.html",
        **frame(
            found,
            asking,
            **({} if reviewed else {"steps": []}),
            number=_("Change of %(listing)s", listing=name),
            title=" ".join(filter(None, (listing.brand, listing.model))),
            crumbs=[(_("Listings"), "/listings"), (name, f"/listings/{listing.id}"), (_("Listing change"), None)],
        ),
        **_told(found),
        listing_href=f"/listings/{listing.id}",
    )  # fmt: skip


def _told(found: ListingChange) -> dict[str, Any]:
    """What both the page and the queue say of a change."""
    return {
        "difference": differing.rows(found),
        "heads": [_("Buyers read now"), _("Shall be")] if found.state in OPEN_STATES else [_("Before"), _("After")],
        "price_words": differing.price_words(found),
        "media": media.brought(found),
        "remark": found.remark,
        "by_operator": found.origin == "operator",
        "notes": [(i18n.say(FIELD_TITLES.get(note["field"], note["field"])), note["reason"])
                  for note in found.review_notes],
    }  # fmt: skip


@pages.get(PATH)
def change_queue() -> str:
    """The changes that wait for review; the one asked for, or the one that waits longest, opened."""
    asking = signed_in()
    if not asking.is_staff:
        raise NOT_YOURS(who=REVIEWER.titles())
    waiting = queries.to_review(asking, limit=QUEUE_ROWS)
    wanted = request.args.get("id")
    current = next((one for one in waiting if one.change.id == wanted), waiting[0] if waiting else None)
    rule = in_force()
    count = queries.review_count(asking) if len(waiting) == QUEUE_ROWS else len(waiting)
    return render_template(
        "catalogue/change_queue.html",
        tabs=queue_tabs(asking, changes=count),
        items=[_item(one, current) for one in waiting],
        count=count,
        case=_case(current, asking) if current else None,
        following=_following(waiting, current),
        rule_href=f"/price-rules/{rule.id}" if rule else "/price-rules",
    )


def queue_tabs(asking: Actor, *, changes: int | None = None, listings: int | None = None) -> list[dict[str, Any]]:
    """New listings and changes are two views of one queue."""
    first = {"label": _("New listings"), "href": LISTINGS_PATH, "current": listings is not None,
             "count": review_count(asking) if listings is None else listings}  # fmt: skip
    second = {"label": _("Changes of published listings"), "href": PATH, "current": changes is not None,
              "count": queries.review_count(asking) if changes is None else changes}  # fmt: skip
    return [first, second]


def _following(waiting: list[Waiting], current: Waiting | None) -> str | None:
    """The case after this one, for the phone, where the list is not beside it."""
    if current is None or len(waiting) < 2:
        return None
    return f"{PATH}?id={waiting[(waiting.index(current) + 1) % len(waiting)].change.id}"


def _item(one: Waiting, current: Waiting | None) -> dict[str, Any]:
    listing = one.listing
    return {
        "number": listing.name(i18n.language()),
        "href": f"{PATH}?id={one.change.id}",
        "amount": i18n.money(listing.price) if listing.price else _("On request"),
        "parties": " ".join(filter(None, (one.supplier.name(i18n.language()), listing.brand, listing.model))),
        "flags": [],
        "left": i18n.when(one.change.updated_at),
        "current": current is not None and one.change.id == current.change.id,
    }


def _case(one: Waiting, asking: Actor) -> dict[str, Any]:
    change, listing = one.change, one.listing
    heard = history(db.session(), [change.id], limit=HISTORY_ROWS)
    offered = {offer.action.name: offer for offer in offers(change, asking)}
    return {
        **_told(change),
        "name": listing.name(i18n.language()),
        "supplier": (one.supplier.name(i18n.language()), f"/organisations/{one.supplier.id}"),
        "listing_href": f"/listings/{listing.id}",
        "href": f"/listing-changes/{change.id}",
        "version": change.version,
        "events": timeline(heard, names(i for event, _words in heard for i in (event.person_id, event.org_id))),
        "decisions": {name: decision(offered.get(name)) for name in ("apply", "decline")},
        "note_fields": note_fields(),
    }


def decision(offer: Any) -> dict[str, Any] | None:
    """An offer as the foot of a case shows it."""
    if offer is None:
        return None
    reason = i18n.speak(offer.refusal) if offer.refusal is not None else None
    return {"label": i18n.say(offer.action.title), "refused": reason}


def note_fields() -> list[list[dict[str, Any]]]:
    """Rows of the form that returns or declines: a field of the listing, and what is wrong with it."""
    options = [(name, i18n.say(title)) for name, title in FIELD_TITLES.items()]
    return [
        [
            {"name": f"notes-{at}-field", "label": _("Field"), "kind": "select", "options": options, "optional": True},
            {"name": f"notes-{at}-reason", "label": _("What has to be corrected"), "kind": "text", "optional": True,
             "attrs": {"maxlength": 1000}},
        ]
        for at in range(NOTE_ROWS)
    ]  # fmt: skip


def open_change_of(listing: Listing, asking: Actor) -> dict[str, Any] | None:
    """The open change of a listing as a notice on its page; staff learn of it once it is handed in."""
    found = open_change(listing)
    if found is None or (asking.is_staff and found.state == "draft"):
        return None
    waits = found.state == "submitted"
    return {
        "words": _("A change waits for review; buyers go on reading what stands here.")
        if waits
        else _("A change is being drafted; buyers go on reading what stands here."),
        "href": f"/listing-changes/{found.id}",
    }


register_page("listing_change", "catalogue.one_change")
register_label("listing_change", lambda one: str(_("Change %(id)s", id=one.id[-6:].upper())))
