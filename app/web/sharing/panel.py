"""Before a purchase: what of its kind can be booked in the park, and why it is bought nevertheless."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.catalogue.taxonomy.tree import tree
from app.sharing.models import SharedInstrument
from app.sharing.purchases import bookable_instead
from app.sharing.schemas import WHY_TITLES
from app.web.core.directory import names, url_of


def shown(record: Any) -> list[dict[str, Any]]:
    """The instruments that the buyer of a requisition or request could book instead."""
    found = bookable_instead(record)
    named = names(one.org_id for one in found)
    return [card(one, named) for one in found]


def card(one: SharedInstrument, named: dict[str, str]) -> dict[str, Any]:
    """One shared instrument: what it is, where it stands, how it is booked."""
    spoken = i18n.language()
    model = " ".join(filter(None, (one.brand, one.model)))
    return {
        "label": one.name(spoken), "href": url_of(one), "place": one.place, "contact": one.contact,
        "order": f"/listings/{one.listing_id}" if one.listing_id else None,
        "category": tree().name(one.category, spoken),
        "note": i18n.clauses((model, named.get(one.org_id), one.place)),
    }  # fmt: skip


def facts(record: Any) -> list[tuple[str, str | None, str | None]]:
    """Why it is bought nevertheless, for whoever approves it."""
    if not record.why:
        return []
    said = i18n.clauses((i18n.say(WHY_TITLES[record.why]), record.explanation))
    return [(_("Why buy nevertheless"), said, None)]
