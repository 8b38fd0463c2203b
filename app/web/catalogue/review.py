"""The operator's queue of listings: what waits beside the case that is judged now."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.actions.organisations import REVIEWER
from app.catalogue import queries
from app.catalogue.models import Listing
from app.catalogue.offers.pricing import price as price_for
from app.catalogue.offers.pricing import terms_of
from app.catalogue.queries import Offered
from app.catalogue.taxonomy.tree import OTHER, tree
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import NOT_YOURS
from app.kernel.events import history
from app.kernel.lifecycle import offers
from app.web.catalogue import media
from app.web.catalogue import offers as terms
from app.web.catalogue.blueprint import pages
from app.web.catalogue.changes import decision, note_fields, queue_tabs
from app.web.catalogue.listing import about, spec_groups
from app.web.core.directory import names
from app.web.core.record import timeline

PATH: Final = "/queues/listings"
QUEUE_ROWS: Final = 50
HISTORY_ROWS: Final = 5


@pages.get(PATH)
def review() -> str:
    """The listings that wait for review; the one asked for, or the one that waits longest, opened."""
    asking = signed_in()
    if not asking.is_staff:
        raise NOT_YOURS(who=REVIEWER.titles())
    waiting = queries.to_review(asking, limit=QUEUE_ROWS)
    wanted = request.args.get("id")
    current = next((one for one in waiting if one.listing.id == wanted), waiting[0] if waiting else None)
    count = queries.review_count(asking) if len(waiting) == QUEUE_ROWS else len(waiting)
    return render_template(
        "catalogue/review.html",
        tabs=queue_tabs(asking, listings=count),
        items=[_item(one, current) for one in waiting],
        count=count,
        case=_case(current, asking) if current else None,
        following=_following(waiting, current),
    )


def _following(waiting: list[Offered], current: Offered | None) -> str | None:
    """The case after this one, for the phone, where the list is not beside it."""
    if current is None or len(waiting) < 2:
        return None
    at = waiting.index(current)
    return f"{PATH}?id={waiting[(at + 1) % len(waiting)].listing.id}"


def _item(one: Offered, current: Offered | None) -> dict[str, Any]:
    listing = one.listing
    return {
        "number": listing.name(i18n.language()),
        "href": f"{PATH}?id={listing.id}",
        "amount": i18n.money(listing.price) if listing.price else _("On request"),
        "parties": " ".join(filter(None, (one.supplier.name(i18n.language()), listing.brand, listing.model))),
        "flags": [],
        "left": i18n.when(listing.updated_at),
        "current": current is not None and listing.id == current.listing.id,
    }


def _case(one: Offered, asking: Actor) -> dict[str, Any]:
    listing = one.listing
    heard = history(db.session(), [listing.id], limit=HISTORY_ROWS)
    offered = {offer.action.name: offer for offer in offers(listing, asking)}
    to_judge, passed = _findings(listing, asking)
    return {
        "listing": listing,
        "name": listing.name(i18n.language()),
        "href": f"/listings/{listing.id}",
        "category": " / ".join(tree().name(code, i18n.language()) for code in tree().path(listing.category)),
        "price": i18n.money(listing.price) if listing.price else _("On request"),
        "price_line": terms.explained(price_for(None, listing, terms_of(listing).least_micro))
        if listing.price
        else None,
        "about": [*about(listing, one.supplier), *terms.conditions(listing)],
        "specs": spec_groups(listing),
        "media": media.listed(listing),
        "findings": to_judge,
        "passed": (_("Checks passed: %(number)s", number=len(passed)), passed) if passed else None,
        "events": timeline(heard, names(i for event, _words in heard for i in (event.person_id, event.org_id))),
        "decisions": {name: decision(offered.get(name)) for name in ("publish", "return")},
        "note_fields": note_fields(),
    }


def _findings(listing: Listing, asking: Actor) -> tuple[list[dict[str, Any]], list[str]]:
    """What needs a look, and what is in order; both in words."""
    twins = queries.twins(listing, asking)
    checks: list[tuple[bool, str, str]] = [
        (bool(listing.name_zh), _("It has a Chinese name."), _("The Chinese name is missing.")),
        (bool(listing.name_en), _("It has an English name."), _("The English name is missing.")),
        (bool(listing.specs), _("It states properties."), _("No properties are stated.")),
        (bool(listing.summary_zh or listing.summary_en), _("It is described."), _("The description is missing.")),
        (tree().place(listing.category) != OTHER, _("It has a category."), _("Its category is “other”.")),
        (listing.price is not None, _("It has a price."), _("The price is on request.")),
    ]
    found = [
        {
            "tone": "stop",
            "title": _("The same brand and model stands in the catalogue already."),
            "text": twin.name(i18n.language()),
            "href": f"/listings/{twin.id}",
            "link": _("Open"),
        }
        for twin in twins
    ]
    found += [{"tone": "waiting", "title": words} for passed, _good, words in checks if not passed]
    return found, [words for passed, words, _bad in checks if passed]
