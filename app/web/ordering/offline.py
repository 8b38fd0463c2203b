"""Offline entry: what staff entered for buyers and how far each is confirmed, and the form that enters one more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts.models import Organisation
from app.catalogue import index, question
from app.catalogue.models import Listing
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.errors import INVALID_INPUT, NOT_YOURS
from app.kernel.lifecycle import visible
from app.kernel.pages import page
from app.kernel.values import ID_LENGTH, N_, now
from app.ordering import offline
from app.ordering.actions import confirming, placing
from app.ordering.models import Order
from app.ordering.offline import DUPLICATE_WINDOW, SUPPORT
from app.ordering.offline_models import OfflineEntry
from app.ordering.schemas import CHANNEL_TITLES, OFFLINE_CHANNELS, OfflineOrderInput
from app.web.core import forms
from app.web.core.actions import register_form, register_options
from app.web.core.directory import names, read, url_of
from app.web.core.pages import CURSOR_MOST_CHARS
from app.web.ordering.blueprint import pages
from app.web.ordering.forms import Errors, Values, sheet
from app.web.ordering.lists import may, view_asked
from app.web.ordering.shown import price_of, state_badge

VIEWS: Final[dict[str, tuple[str, ...]]] = {"waiting": ("awaiting_buyer",), "form": ("awaiting_buyer",)}
VIEW_TITLES: Final = {"waiting": N_("Awaiting the buyer's word"), "form": N_("Signed form to be checked")}
WAY_TITLES: Final = {
    "purchaser": N_("affirmed online"),
    "code": N_("confirmed by code"),
    "form": N_("confirmed by signed form"),
}
FOUND_MOST: Final = 8
RECENT_MOST: Final = 8
BUYERS_MOST: Final = 500


def _staff() -> Actor:
    """Staff read what was entered; who may enter and confirm is said by the actions."""
    asking = signed_in()
    if not asking.is_staff:
        raise NOT_YOURS(who=SUPPORT.titles())
    return asking


# The list -------------------------------------------------------------------------------------------------------------


@pages.get("/offline")
def entries() -> str:
    """Orders that reached the operator by phone, at the counter or on paper, newest first."""
    asking = _staff()
    view = view_asked(VIEWS)
    after = request.args.get("after", "")[:CURSOR_MOST_CHARS] or None
    found = page(_listed(asking, view), Order, after=after)
    parties = [one for row in found.items for one in (row.buyer_id, row.supplier_id)]
    named = names([*parties, *(row.entry.entered_by for row in found.items if row.entry is not None)])
    base = [("view", view)] if view else []
    return render_template(
        "ordering/offline.html",
        tabs=_tabs(asking, view),
        rows=[_row(one, asking, named) for one in found.items],
        new=(i18n.say(placing.enter_order.title), "/offline/new") if "support" in asking.roles else None,
        filtered=view is not None,
        next_url=f"/offline?{urlencode([*base, ('after', found.next)])}" if found.next else None,
        first_url="/offline" if after else None,
    )


def _listed(asking: Actor, view: str | None) -> Any:
    statement = visible(Order, asking).where(Order.channel.in_(sorted(OFFLINE_CHANNELS)))
    if view is not None:
        statement = statement.where(Order.state.in_(VIEWS[view]))
    if view == "form":
        waits = sa.exists().where(OfflineEntry.order_id == Order.id, OfflineEntry.form_id.is_not(None))
        statement = statement.where(waits)
    return statement


def _tabs(asking: Actor, view: str | None) -> list[dict[str, Any]]:
    def number(of: str | None) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(_listed(asking, of).subquery())) or 0

    every = {"label": _("All"), "href": "/offline", "current": view is None, "count": number(None)}
    return [every] + [
        {"label": i18n.say(title), "href": f"/offline?view={name}", "current": name == view, "count": number(name)}
        for name, title in VIEW_TITLES.items()
    ]


def _row(order: Order, asking: Actor, named: Mapping[str, str]) -> dict[str, Any]:
    verbs = (confirming.check_form, confirming.confirm_by_code, confirming.send_code)
    entry = order.entry
    return {
        "number": order.number,
        "href": url_of(order),
        "title": order.title,
        "badge": state_badge(order),
        "parties": f"{named.get(order.buyer_id, '')} → {named.get(order.supplier_id, '')}",
        "amount": i18n.money(order.total),
        "came": came_in(order),
        "word": word_of(order),
        "by": named.get(entry.entered_by, "") if entry is not None else "",
        "verbs": [button for verb in verbs if (button := _offered(verb, order, asking))],
    }


def _offered(verb: Any, order: Order, asking: Actor) -> tuple[str, str] | None:
    """A verb of the row, where it leads somewhere now."""
    form = order.entry is not None and order.entry.form_id is not None
    if (verb is confirming.check_form) is not form:
        return None
    return may(verb, order, asking)


def came_in(order: Order) -> str:
    """By phone, 2026-11-20, dated back 3 days."""
    parts = [i18n.say(CHANNEL_TITLES[order.channel])]
    if order.entry is not None:
        parts.append(i18n.day(order.entry.came_in_on))
        if order.entry.backdated_days:
            parts.append(_("dated back by %(days)s days", days=order.entry.backdated_days))
    return ("，" if i18n.language() == "zh" else ", ").join(parts)


def word_of(order: Order) -> str:
    """How far the buyer has given its word."""
    entry = order.entry
    if entry is None:
        return ""
    if entry.way is not None:
        return f"{i18n.say(WAY_TITLES[entry.way])} {i18n.when(entry.confirmed_at)}"
    return i18n.say(VIEW_TITLES["form"]) if entry.form_id is not None else i18n.say(VIEW_TITLES["waiting"])


# The form -------------------------------------------------------------------------------------------------------------


@pages.get("/offline/new")
def begin() -> BaseResponse | str:
    """First the buyer, then the form."""
    asking = _staff()
    if "support" not in asking.roles:
        raise NOT_YOURS(who=SUPPORT.titles())
    chosen = request.args.get("buyer", "")[:ID_LENGTH]
    buyers = db.session.scalars(
        visible(Organisation, asking)
        .where(Organisation.is_lab, Organisation.state == "admitted")
        .order_by(Organisation.name_zh, Organisation.name_en)
        .limit(BUYERS_MOST)
    ).all()
    if any(one.id == chosen for one in buyers):
        return redirect(f"/organisations/{chosen}/enter_order", 303)
    if chosen:
        raise INVALID_INPUT(fields={"buyer": [N_("Not one of the choices.")]})
    spoken = i18n.language()
    return render_template("ordering/offline_buyer.html", buyers=[(one.id, one.name(spoken)) for one in buyers])


@pages.post("/offline/<id:record_id>/lines")
def lines(record_id: str) -> str:
    """The same form after a search in the catalogue, or with one line more; nothing is written."""
    asking = signed_in()
    buyer: Organisation = read(Organisation, record_id, asking)
    placing.enter_order.admit(buyer, asking)
    given = forms.decode(OfflineOrderInput, request.form, keep_blank_rows=True)
    taken = request.form.get("take", "")[:ID_LENGTH]
    if taken:
        given.setdefault("lines", []).append({"listing": taken, "quantity": "1"})
    return enter(buyer, asking, given, [])


def enter(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The form of one order: channel, day, scan, reason, and lines found in the catalogue."""
    assert isinstance(record, Organisation)
    wanted = request.form.get("find", "").strip()[: question.MAX_TEXT_CHARS]
    usual = {"delivery_place": record.address, "came_in_on": offline.today(), **values}
    buyer = record.name(i18n.language())
    return sheet(
        placing.enter_order, record, errors, _controls(usual, errors, asking), number=buyer, version=None,
        back="/offline", save=_("Save and ask the buyer to confirm"), template="ordering/offline_form.html",
        crumbs=[(_("Offline entry"), "/offline"), (buyer, None)], more=f"/offline/{record.id}/lines", wanted=wanted,
        found=_found(wanted, asking) if wanted else None, recent=_recent(record, asking),
    )  # fmt: skip


def _controls(values: Mapping[str, Any], errors: Errors, asking: Actor) -> list[dict[str, Any]]:
    """The usual controls; lines show the name of what they are, and the box about doubles only where it is needed."""
    controls = forms.form_fields(OfflineOrderInput, values, errors)
    rows = [row for row in values.get("lines") or [] if isinstance(row, Mapping)]
    named = _named([str(row.get("listing")) for row in rows if row.get("listing")], asking)
    kept = []
    for control in controls:
        if control["name"] == "lines":
            control["rows"] = [_line(row, named) for row in control["rows"] if _listing(row)]
            control["add"] = None
        if control["name"] != "another_order" or control["error"] or values.get("another_order"):
            kept.append(control)
    return kept


def _listing(row: Sequence[Mapping[str, Any]]) -> str:
    value = next(one.get("value") for one in row if one["name"].endswith("-listing"))
    return str(value or "")


def _named(ids: Sequence[str], asking: Actor) -> dict[str, tuple[str, str]]:
    found = db.session.scalars(visible(Listing, asking).where(Listing.id.in_(ids)))
    return {one.id: (" ".join(filter(None, (one.name(i18n.language()), one.model))), one.unit) for one in found}


def _line(row: list[dict[str, Any]], named: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    by_name = {control["name"].rpartition("-")[2]: control for control in row}
    name, unit = named.get(_listing(row), (_("no longer on offer"), ""))
    label = _("%(name)s, quantity (%(unit)s)", name=name, unit=unit)
    return [by_name["listing"] | {"kind": "hidden"}, by_name["quantity"] | {"label": label}]


def _found(wanted: str, asking: Actor) -> list[dict[str, Any]]:
    """What the catalogue has for these words, priced goods and services only."""
    asked = question.read({"q": [wanted], "priced": ["1"]}, limit=FOUND_MOST).search
    ids = [row.id for row in index.search(asked, asking).rows]
    found = {one.id: one for one in db.session.scalars(visible(Listing, asking).where(Listing.id.in_(ids)))}
    suppliers = names(one.supplier_id for one in found.values())
    spoken = i18n.language()
    return [
        {
            "id": one.id,
            "name": one.name(spoken),
            "note": " ".join(filter(None, (one.brand, one.model, suppliers.get(one.supplier_id)))),
            "price": f"{one.currency} {price_of(one, one.currency)}",
        }
        for one in (found[i] for i in ids if i in found)
        if one.price_minor is not None
    ]


def _recent(buyer: Organisation, asking: Actor) -> list[dict[str, Any]]:
    """The buyer's newest orders, to see whether it is there already."""
    newest = visible(Order, asking).where(Order.buyer_id == buyer.id, Order.created_at > now() - DUPLICATE_WINDOW)
    rows = db.session.scalars(newest.order_by(Order.id.desc()).limit(RECENT_MOST)).all()
    return [
        {"number": one.number, "href": url_of(one), "title": one.title, "amount": i18n.money(one.total),
         "when": i18n.day(one.created_at)}
        for one in rows
    ]  # fmt: skip


def purchaser_options(record: Record, asking: Actor) -> Mapping[str, forms.Options]:
    """The buyer's purchasers by name."""
    del asking
    assert isinstance(record, Order)
    return {"purchaser": [(own, person.name) for own, person in offline.purchasers(record.buyer_id)]}


register_form("organisation", "enter_order", enter)
register_options("order", "send_code", purchaser_options)
register_options("order", "upload_form", purchaser_options)
