"""The listings that a supplier keeps, by state; for the operator, everybody's."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.catalogue import queries
from app.catalogue.actions.listings import LISTING, draft_listing
from app.catalogue.models import SHORT_CHARS, Listing
from app.catalogue.taxonomy.tree import tree
from app.http import own_organisation, signed_in
from app.kernel.actors import Actor
from app.kernel.pages import page
from app.web.catalogue import importing, shown
from app.web.catalogue.blueprint import pages
from app.web.core.pages import CURSOR_MOST_CHARS, NO_SUCH_VIEW
from app.web.core.record import badge

PATH: Final = "/listings"


@pages.get(PATH)
def managed() -> BaseResponse | str:
    """The list; whoever keeps no listings looks for some in the catalogue."""
    asking = signed_in()
    if not queries.keeps_listings(asking):
        return redirect("/catalogue", 303)
    state = request.args.get("state") or None
    if state is not None and state not in LISTING.states:
        raise NO_SUCH_VIEW()
    words = request.args.get("q", "").replace("\0", "").strip()[:SHORT_CHARS]
    after = request.args.get("after", "")[:CURSOR_MOST_CHARS] or None
    found = page(queries.kept_listings(asking, state=state, words=words), Listing, after=after)
    counts = queries.kept_states(asking)
    suppliers = queries.suppliers((one.supplier_id for one in found.items), asking) if asking.is_staff else {}
    return render_template(
        "catalogue/managed.html",
        tabs=_tabs(counts, state, words),
        rows=[_row(one, suppliers) for one in found.items],
        with_supplier=asking.is_staff,
        words=words,
        state=state,
        total=sum(counts.values()),
        next_url=_address(state, words, found.next) if found.next else None,
        first_url=_address(state, words) if after else None,
        new=_new(asking),
        tables=importing.doors_for(asking),
    )


def _address(state: str | None, words: str, after: str | None = None) -> str:
    query = urlencode([(name, value) for name, value in (("state", state), ("q", words), ("after", after)) if value])
    return f"{PATH}?{query}" if query else PATH


def _tabs(counts: dict[str, int], state: str | None, words: str) -> list[dict[str, Any]]:
    every = {"label": _("All"), "href": _address(None, words), "current": state is None, "count": sum(counts.values())}
    return [every] + [
        {
            "label": i18n.say(one.title),
            "href": _address(one.name, words),
            "current": one.name == state,
            "count": counts.get(one.name, 0),
        }
        for one in LISTING.states.values()
    ]


def _row(one: Listing, suppliers: dict[str, Any]) -> dict[str, Any]:
    spoken = i18n.language()
    supplier = suppliers.get(one.supplier_id)
    return {
        "href": f"{PATH}/{one.id}",
        "name": one.name(spoken),
        "note": " ".join(filter(None, (one.make(spoken), one.model))),
        "badge": badge(LISTING, one.state),
        "supplier": supplier.name(spoken) if supplier else None,
        "sku": one.supplier_sku,
        "category": tree().name(one.category, spoken),
        "price": i18n.money(one.price) if one.price else _("On request"),
        "lead": shown.days(one.lead_time_days),
        "changed": i18n.when(one.updated_at),
    }


def _new(asking: Actor) -> tuple[str, str] | None:
    if not draft_listing.by.admits(asking, own_organisation(asking)):
        return None
    return i18n.say(draft_listing.title), f"{PATH}/new"
