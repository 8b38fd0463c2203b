"""Requisitions: the list by view, and the page of one: lines, who signs, how long prices hold, orders made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.approvals.plans import plan_of
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.values import N_, Money
from app.ordering.actions.requisitions import requisition as birth
from app.ordering.lifecycles import REQUISITION
from app.ordering.models import Order, Requisition, RequisitionLine
from app.ordering.queries import REQUISITION_VIEWS, orders_from
from app.sourcing.models import Rfq
from app.web import signing
from app.web.core.directory import names, read, url_of
from app.web.core.record import frame
from app.web.ordering import lists, whereabouts
from app.web.ordering.blueprint import pages
from app.web.ordering.shown import model_of, much, price_with_rule, state_badge, unit_of
from app.web.sharing import panel

VIEW_TITLES: Final = {
    "draft": N_("To complete"),
    "approval": N_("In approval"),
    "approved": N_("To be ordered"),
    "sourcing": N_("Out for quotes"),
    "ordered": N_("Turned into orders"),
    "ended": N_("Came to nothing"),
}


@pages.get("/requisitions")
def requisitions() -> str:
    """The requisitions that the reader may see."""
    asking = signed_in()
    view = lists.view_asked(REQUISITION_VIEWS)
    found = lists.rows_of(Requisition, asking, REQUISITION_VIEWS, view)
    named = names(one for row in found.items for one in (row.person_id, row.buyer_id))
    return render_template(
        "ordering/requisitions.html",
        tabs=lists.tabs(Requisition, asking, REQUISITION_VIEWS, VIEW_TITLES, view),
        rows=[_row(one, asking, named) for one in found.items],
        new=lists.new_button(birth, asking, f"/{REQUISITION.collection}/new"),
        filtered=view is not None,
        **lists.links(REQUISITION.collection, view, found),
    )


def _row(one: Requisition, asking: Actor, named: Mapping[str, str]) -> dict[str, Any]:
    who = named.get(one.person_id or "")
    return {
        "href": url_of(one),
        "number": one.number,
        "title": one.title,
        "badge": state_badge(one),
        "who": who if one.buyer_id == asking.org_id else " ".join(filter(None, (named.get(one.buyer_id), who))),
        "amount": i18n.money(one.total) if one.total_minor else _("On request"),
        "due": i18n.left(one.waits_until) if one.waits_until else None,
        "changed": i18n.when(one.updated_at),
    }


@pages.get("/requisitions/<id:record_id>")
def requisition(record_id: str) -> str:
    """One requisition."""
    asking = actor()
    found: Requisition = read(Requisition, record_id, asking)
    made = orders_from(found, asking)
    plan = plan_of(found.id)
    suppliers = {line.supplier_id for line in found.lines if line.supplier_id}
    steps = plan.steps if plan is not None else []
    named = names([found.person_id, *suppliers, *(one.supplier_id for one in made), *signing.people_in(steps)])
    context = frame(found, asking, amount=_amount(found))
    context["facts"] = _facts(found, asking, context["named"] | named)
    return render_template(
        "ordering/requisition.html",
        **context,
        requisition=found,
        unit=unit_of(found.currency),
        lines=[_line(line, found.currency, named) for line in found.lines],
        foot=[{"text": _("Total"), "span": 3, "num": True}, {"text": i18n.amount(found.total), "strong": True}],
        signatures=signing.signatures(steps, named),
        bookable=panel.shown(found),
        orders=[_order(one, named) for one in made],
    )


def _amount(found: Requisition) -> dict[str, Any]:
    unpriced = sum(line.price_minor is None for line in found.lines)
    more = [(_("Without a price"), _("%(number)s lines", number=unpriced))] if unpriced else []
    return {"label": _("Amount (tax included)"), "value": i18n.money(found.total),
            "words": i18n.money_words(found.total), "more": more}  # fmt: skip


def _facts(found: Requisition, asking: Actor, named: Mapping[str, str]) -> list[tuple[str, str | None, str | None]]:
    facts: list[tuple[str, str | None, str | None]] = [
        (_("Organisation"), named.get(found.buyer_id), f"/organisations/{found.buyer_id}"),
        (_("Requested by"), named.get(found.person_id or "") or _("entered by the operator"), None),
        (_("Place of delivery"), found.delivery_place, None),
        *whereabouts.facts(found, asking),
    ]
    if found.rfq_id:
        rfq = db.session.scalars(visible(Rfq, asking).where(Rfq.id == found.rfq_id)).first()
        if rfq is not None:
            facts.append((_("Request for quotation"), rfq.number, url_of(rfq)))
    facts += panel.facts(found)
    if found.price_hold_until and found.state in ("awaiting_approval", "approved"):
        held = f"{i18n.when(found.price_hold_until)} {i18n.left(found.price_hold_until)}"
        facts.append((_("Prices held until"), held, None))
    return facts


def _line(line: RequisitionLine, currency: str, named: Mapping[str, str]) -> list[Any]:
    href = f"/listings/{line.listing_id}" if line.listing_id else None
    note = " ".join(filter(None, (model_of(line), named.get(line.supplier_id or ""))))
    return [
        {"text": line.title, "note": note, "href": href},
        much(line.quantity_micro, line.unit),
        price_with_rule(line, currency),
        {"text": i18n.amount(Money(line.amount_minor, currency)), "strong": True} if line.price_minor else None,
    ]


def _order(one: Order, named: Mapping[str, str]) -> list[Any]:
    return [
        {"text": one.number, "href": url_of(one)},
        {"badge": state_badge(one)},
        named.get(one.supplier_id),
        {"text": i18n.money(one.total), "strong": True},
    ]
