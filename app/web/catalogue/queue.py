"""What the queues of listings and of changes share: the list beside the case, and what stands at its foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import request
from flask_babel import gettext as _

from app import i18n
from app.accounts.actions.organisations import REVIEWER
from app.accounts.models import Organisation
from app.catalogue.changes import queries as changes
from app.catalogue.changes.models import ListingChange
from app.catalogue.models import Listing
from app.catalogue.notes import FIELD_TITLES
from app.catalogue.queries import review_count
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.errors import NOT_YOURS

LISTINGS: Final = "/queues/listings"
CHANGES: Final = "/queues/changes"
ROWS: Final = 50
HISTORY_ROWS: Final = 5
NOTE_ROWS: Final = 2

Case = Listing | ListingChange


def staff() -> Actor:
    """Whoever asks, who has to work for the operator: nobody else has these queues."""
    asking = signed_in()
    if not asking.is_staff:
        raise NOT_YOURS(who=REVIEWER.titles())
    return asking


def opened(cases: Sequence[Case]) -> int | None:
    """Where the case stands that was asked for, or the one that waits longest; None where nothing waits."""
    wanted = request.args.get("id")
    return next((at for at, case in enumerate(cases) if case.id == wanted), 0 if cases else None)


def following(path: str, cases: Sequence[Case], at: int | None) -> str | None:
    """The case after this one, for the phone, where the list is not beside it."""
    if at is None or len(cases) < 2:
        return None
    return f"{path}?id={cases[(at + 1) % len(cases)].id}"


def item(path: str, case: Case, listing: Listing, supplier: Organisation, *, current: bool) -> dict[str, Any]:
    """A row of the list: what the case is about, from whom, and since when it waits."""
    return {
        "number": listing.name(i18n.language()),
        "href": f"{path}?id={case.id}",
        "amount": i18n.money(listing.price) if listing.price else _("On request"),
        "parties": " ".join(filter(None, (supplier.name(i18n.language()), listing.brand, listing.model))),
        "flags": [],
        "left": i18n.when(case.updated_at),
        "current": current,
    }


def tabs(asking: Actor, *, changes_here: int | None = None, listings_here: int | None = None) -> list[dict[str, Any]]:
    """New listings and changes are two views of one queue; the one that is shown knows its number already."""
    first = {"label": _("New listings"), "href": LISTINGS, "current": listings_here is not None,
             "count": review_count(asking) if listings_here is None else listings_here}  # fmt: skip
    second = {"label": _("Changes of published listings"), "href": CHANGES, "current": changes_here is not None,
              "count": changes.review_count(asking) if changes_here is None else changes_here}  # fmt: skip
    return [first, second]


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
