"""The page of a change and the operator's queue of changes: the old beside the new, and what to do about it."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.catalogue.changes import queries
from app.catalogue.changes.actions import listing_of
from app.catalogue.changes.lifecycle import open_change
from app.catalogue.changes.models import OPEN_STATES, ListingChange
from app.catalogue.changes.price_rules import in_force
from app.catalogue.changes.queries import Waiting
from app.catalogue.models import Listing
from app.catalogue.notes import FIELD_TITLES
from app.http import actor
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.events import history
from app.kernel.lifecycle import offers
from app.web.catalogue import differing, media, queue
from app.web.catalogue.blueprint import pages
from app.web.core.directory import names, read, register_label, register_page
from app.web.core.record import frame, timeline


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


@pages.get(queue.CHANGES)
def change_queue() -> str:
    """The changes that wait for review; the one asked for, or the one that waits longest, opened."""
    asking = queue.staff()
    waiting = queries.to_review(asking, limit=queue.ROWS)
    cases = [one.change for one in waiting]
    at = queue.opened(cases)
    rule = in_force()
    count = queries.review_count(asking) if len(waiting) == queue.ROWS else len(waiting)
    return render_template(
        "catalogue/change_queue.html",
        tabs=queue.tabs(asking, changes_here=count),
        items=[
            queue.item(queue.CHANGES, one.change, one.listing, one.supplier, current=place == at)
            for place, one in enumerate(waiting)
        ],
        count=count,
        case=_case(waiting[at], asking) if at is not None else None,
        following=queue.following(queue.CHANGES, cases, at),
        rule_href=f"/price-rules/{rule.id}" if rule else "/price-rules",
    )


def _case(one: Waiting, asking: Actor) -> dict[str, Any]:
    change, listing = one.change, one.listing
    heard = history(db.session(), [change.id], limit=queue.HISTORY_ROWS)
    offered = {offer.action.name: offer for offer in offers(change, asking)}
    return {
        **_told(change),
        "name": listing.name(i18n.language()),
        "supplier": (one.supplier.name(i18n.language()), f"/organisations/{one.supplier.id}"),
        "listing_href": f"/listings/{listing.id}",
        "href": f"/listing-changes/{change.id}",
        "version": change.version,
        "events": timeline(heard, names(i for event, _words in heard for i in (event.person_id, event.org_id))),
        "decisions": {name: queue.decision(offered.get(name)) for name in ("apply", "decline")},
        "note_fields": queue.note_fields(),
    }


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
