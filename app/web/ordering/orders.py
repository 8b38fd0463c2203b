"""Orders: the list by view, and the page that shows delivery, acceptance and money of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.booking.queries import MESSAGE
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.events import history
from app.kernel.lifecycle import visible
from app.kernel.values import N_, Money
from app.ordering import as_ordered
from app.ordering.actions import acceptances, claims, receipts, rejections, services, shipments
from app.ordering.lifecycles import CLAIM, ORDER
from app.ordering.models import Acceptance, Claim, Order, OrderLine, Receipt, Requisition, Shipment
from app.ordering.queries import ORDER_VIEWS, Parts, parts_of
from app.ordering.schemas import REMEDY_TITLES
from app.sourcing.models import Award
from app.web.catalogue.media import as_ordered as media_as_ordered
from app.web.core.directory import names, read, url_of
from app.web.core.record import entry_of, frame, may_hear, told_together
from app.web.ordering import lists
from app.web.ordering.blueprint import pages
from app.web.ordering.offline import came_in, word_of
from app.web.ordering.shown import (
    line_badge,
    model_of,
    much,
    parts_words,
    price_with_rule,
    state_badge,
    tax_words,
    unit_of,
)

VIEW_TITLES: Final = {
    "approval": N_("In approval"),
    "supplier": N_("Awaiting the supplier"),
    "delivery": N_("To be delivered"),
    "acceptance": N_("To be accepted"),
    "accepted": N_("Accepted in full"),
    "closed": N_("Closed"),
    "ended": N_("Came to nothing"),
}
MOMENT_TITLES: Final = {
    "signed": N_("at signing"),
    "confirmed": N_("on confirmation"),
    "shipped": N_("on shipment"),
    "accepted": N_("on acceptance"),
    "invoice_matched": N_("when the invoice is matched"),
    "date": N_("on a date"),
    "warranty_end": N_("at the end of the warranty"),
}
EVENTS_SHOWN: Final = 100


@pages.get("/orders")
def orders() -> str:
    """The orders that the reader may see."""
    asking = signed_in()
    view = lists.view_asked(ORDER_VIEWS)
    found = lists.rows_of(Order, asking, ORDER_VIEWS, view)
    named = names(org for one in found.items for org in (one.buyer_id, one.supplier_id))
    return render_template(
        "ordering/orders.html",
        tabs=lists.tabs(Order, asking, ORDER_VIEWS, VIEW_TITLES, view),
        rows=[_row(one, asking, named) for one in found.items],
        filtered=view is not None,
        **lists.links(ORDER.collection, view, found),
    )


def _row(order: Order, asking: Actor, named: Mapping[str, str]) -> dict[str, Any]:
    others = [org for org in (order.buyer_id, order.supplier_id) if org != asking.org_id]
    due = order.waits_until
    return {
        "href": url_of(order),
        "number": order.number,
        "title": order.title,
        "badge": state_badge(order),
        "party": " → ".join(named.get(org, "") for org in others),
        "amount": i18n.money(order.total),
        "due": i18n.left(due) if due else None,
        "changed": i18n.when(order.updated_at),
    }


@pages.get("/orders/<id:record_id>")
def order(record_id: str) -> str:
    """One order with everything that belongs to it."""
    asking = actor()
    found: Order = read(Order, record_id, asking)
    parts = parts_of(found.id, asking)
    lines = {line.id: line for line in found.lines}
    context = frame(found, asking, amount=_amount(found))
    context["facts"] = _facts(found, asking, context["named"])
    context["offers"] = _fitting(found, context["offers"])
    if any(one.state == "disputed" for one in parts.claims):
        context["badges"].append((i18n.say(CLAIM.states["disputed"].title), "stop"))
    counted = {one.shipment_id for one in parts.receipts if one.state != "void"}
    return render_template(
        "ordering/order.html",
        **context | {"events": _events(found, parts, asking)},
        order=found,
        ordered_media=media_as_ordered(found.id, as_ordered.media_of(found)),
        asking=asking,
        parts=parts,
        lines=[_line(line, found.currency) for line in found.lines],
        foot=_foot(found),
        unit=unit_of(found.currency),
        shipments=[_shipment(one, lines, asking, counted) for one in parts.shipments],
        receipts=[_receipt(one, lines, asking) for one in parts.receipts],
        acceptances=[_acceptance(one, lines, asking) for one in parts.acceptances if one.state != "void"],
        claims=[_claim(one, lines, found, asking) for one in parts.claims],
        plan=_plan(found),
        parties=[(_("Buyer"), context["named"].get(found.buyer_id)),
                 (_("Supplier"), context["named"].get(found.supplier_id))],
    )  # fmt: skip


def _fitting(order: Order, offered: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without packing where nothing is goods, and without appointments where nothing is a service."""
    kinds = {line.kind for line in order.lines}
    needs = {shipments.pack.name: "goods", services.propose_appointment.name: "service"}
    return [one for one in offered if needs.get(one["name"]) in (None, *kinds)]


def _amount(order: Order) -> dict[str, Any]:
    words = i18n.money_words(order.total)
    return {"label": _("Order amount (tax included)"), "value": i18n.money(order.total), "words": words}


def _facts(order: Order, asking: Actor, named: Mapping[str, str]) -> list[tuple[str, str | None, str | None]]:
    people = names([order.person_id])
    buyer = " ".join(filter(None, (named.get(order.buyer_id), people.get(order.person_id or ""))))
    facts: list[tuple[str, str | None, str | None]] = [
        (_("Buyer"), buyer, f"/organisations/{order.buyer_id}"),
        (_("Supplier"), named.get(order.supplier_id), f"/organisations/{order.supplier_id}"),
    ]
    source = source_of(order, asking)
    if source is not None:
        facts.append((_("Made from"), source.number, url_of(source)))
    facts.append((_("Place of delivery"), order.delivery_place, None))
    if order.unit_name:
        facts.append((_("For which unit"), order.unit_name, None))
    if order.charged_to and (asking.org_id == order.buyer_id or asking.is_staff):
        facts.append((_("Charged to"), order.charged_to, None))
    if order.deliver_by:
        facts.append((_("Deliver by"), i18n.day(order.deliver_by), None))
    if order.channel not in ("web", "api"):
        facts.append((_("Came in"), came_in(order), None))
        facts.append((_("Buyer's word"), word_of(order), None))
    if order.warranty_ends_at:
        facts.append((_("Warranty until"), i18n.day(order.warranty_ends_at), None))
    return facts


def source_of(order: Order, asking: Actor) -> Award | Requisition | None:
    """The award or requisition it was made from, for those who may see that."""
    model: Any = Award if order.award_id else Requisition
    wanted = order.award_id or order.requisition_id
    source: Award | Requisition | None = db.session.scalars(visible(model, asking).where(model.id == wanted)).first()
    return source


def _events(order: Order, parts: Parts, asking: Actor) -> list[dict[str, Any]]:
    """What happened to the order and to its parts, in one line of time."""
    heard = history(db.session(), [order.id, *parts.ids()], limit=EVENTS_SHOWN)
    told = [one for one in heard if one[0].name != MESSAGE and may_hear(one[0], asking)]  # those stand on their page
    named = names(one for event, _words in told for one in (event.person_id, event.org_id, event.behalf_id))
    entries = {event.id: entry_of(event, words, named) for event, words in told}
    which = _labels(order, parts)
    for event, _words in told:
        if event.object_id in which:
            entries[event.id]["title"] = " ".join((entries[event.id]["title"], which[event.object_id]))
    return told_together(told, entries)


def _labels(order: Order, parts: Parts) -> dict[str, str]:
    """What each part is called in the line of time: its number, or the line and quantity that it decides on."""
    lines = {line.id: line for line in order.lines}
    decided = {
        one.id: f"{(line := lines[one.order_line_id]).model or line.title} {much(one.quantity_micro, line.unit)}"
        for one in parts.acceptances
    }
    numbered: list[Any] = [*parts.shipments, *parts.receipts, *parts.claims, *parts.works, *parts.reports]
    return decided | {one.id: one.number or "" for one in numbered}


def _line(line: OrderLine, currency: str) -> list[Any]:
    return [
        {"text": line.title, "note": model_of(line)},
        price_with_rule(line, currency),
        much(line.quantity_micro, line.unit),
        i18n.quantity(line.received_micro) if line.received_micro else None,
        i18n.quantity(line.accepted_micro) if line.received_micro else None,
        {"text": i18n.amount(Money(line.amount_minor, currency)), "strong": True},
        {"badge": line_badge(line)},
    ]


def _foot(order: Order) -> list[Any]:
    return [{"text": tax_words(order.lines), "span": 5, "num": True},
            {"text": i18n.amount(order.total), "strong": True}, ""]  # fmt: skip


def _shipment(one: Shipment, lines: Mapping[str, OrderLine], asking: Actor, counted: Set[str | None]) -> dict[str, Any]:
    count = () if one.id in counted else (receipts.receive,)  # its guard, without a query per row
    verbs = (shipments.ship, *count, shipments.cancel, shipments.report_lost)
    return {
        "href": url_of(one),
        "number": one.number,
        "badge": state_badge(one),
        "what": parts_words(one.lines, lines),
        "note": " ".join(filter(None, (one.carrier, one.tracking))),
        "when": i18n.when(one.shipped_at) if one.shipped_at else None,
        "do": _first(one, asking, verbs),
    }


def _receipt(one: Receipt, lines: Mapping[str, OrderLine], asking: Actor) -> dict[str, Any]:
    return {
        "href": url_of(one),
        "number": one.number,
        "badge": state_badge(one),
        "what": parts_words(one.lines, lines, "received_micro"),
        "note": one.remark,
        "when": i18n.when(one.created_at),
        "do": _first(one, asking, (receipts.count,)),
    }


def _acceptance(one: Acceptance, lines: Mapping[str, OrderLine], asking: Actor) -> dict[str, Any]:
    line = lines[one.order_line_id]
    verbs = (acceptances.accept, rejections.reject)
    return {
        "href": url_of(one),
        "what": line.title,
        "model": model_of(line),
        "quantity": much(one.quantity_micro, line.unit),
        "badge": state_badge(one),
        "note": one.condition,
        "due": i18n.left(one.waits_until) if one.waits_until else None,
        "verbs": [button for verb in verbs if (button := lists.may(verb, one, asking))],
    }


def _claim(one: Claim, lines: Mapping[str, OrderLine], order: Order, asking: Actor) -> dict[str, Any]:
    line = lines[one.order_line_id]
    reduction = i18n.money(Money(one.reduction_minor, order.currency)) if one.reduction_minor else None
    return {
        "href": url_of(one),
        "number": one.number,
        "what": line.title,
        "quantity": much(one.quantity_micro, line.unit),
        "remedy": i18n.say(REMEDY_TITLES[one.remedy or one.wanted]),
        "reduction": reduction,
        "badge": state_badge(one),
        "do": _first(one, asking, (claims.agree, claims.rule_for_buyer)),
    }


def _first(record: Any, asking: Actor, verbs: tuple[Any, ...]) -> tuple[str, str] | None:
    """The first of these verbs that is the reader's to do."""
    return next((button for verb in verbs if (button := lists.may(verb, record, asking))), None)


def _plan(order: Order) -> list[list[Any]]:
    parts = order.total.split([part["share_bp"] for part in order.plan])
    return [
        [
            i18n.say(part["title"]),
            i18n.percent(part["share_bp"]),
            i18n.amount(amount),
            i18n.say(MOMENT_TITLES.get(part["due_on"], part["due_on"])),
            i18n.say(MOMENT_TITLES.get(part["release_on"], part["release_on"])),
        ]
        for part, amount in zip(order.plan, parts, strict=True)
    ]
