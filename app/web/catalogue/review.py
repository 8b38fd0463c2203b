"""The operator's queue of listings: what waits beside the case that is judged now."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.catalogue import queries
from app.catalogue.models import Listing
from app.catalogue.offers.pricing import price as price_for
from app.catalogue.offers.pricing import terms_of
from app.catalogue.queries import Offered
from app.catalogue.taxonomy.tree import OTHER, tree
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.events import history
from app.kernel.lifecycle import offers
from app.web.catalogue import media, queue
from app.web.catalogue import offers as terms
from app.web.catalogue.blueprint import pages
from app.web.catalogue.listing import about, spec_groups
from app.web.core.directory import names
from app.web.core.record import timeline


@pages.get(queue.LISTINGS)
def review() -> str:
    """The listings that wait for review; the one asked for, or the one that waits longest, opened."""
    asking = queue.staff()
    waiting = queries.to_review(asking, limit=queue.ROWS)
    cases = [one.listing for one in waiting]
    at = queue.opened(cases)
    count = queries.review_count(asking) if len(waiting) == queue.ROWS else len(waiting)
    return render_template(
        "catalogue/review.html",
        tabs=queue.tabs(asking, listings_here=count),
        items=[
            queue.item(queue.LISTINGS, one.listing, one.listing, one.supplier, current=place == at)
            for place, one in enumerate(waiting)
        ],
        count=count,
        case=_case(waiting[at], asking) if at is not None else None,
        following=queue.following(queue.LISTINGS, cases, at),
    )


def _case(one: Offered, asking: Actor) -> dict[str, Any]:
    listing = one.listing
    heard = history(db.session(), [listing.id], limit=queue.HISTORY_ROWS)
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
        "decisions": {name: queue.decision(offered.get(name)) for name in ("publish", "return")},
        "note_fields": queue.note_fields(),
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
