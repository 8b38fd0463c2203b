"""Payments: what finance has to pay and has told, what settlement has to find at the bank; and one payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.pages import page
from app.kernel.values import N_, now
from app.ordering.models import Order
from app.payments.actions import cards
from app.payments.actions import payments as verbs
from app.payments.gateway import chosen
from app.payments.lifecycles import PAYMENT
from app.payments.models import Instalment, Payment
from app.payments.queries import (
    PAYMENT_VIEWS,
    allocated,
    cards_under_way,
    listed_payments,
    orders_by_id,
    payment_counts,
    to_pay,
)
from app.payments.schemas import METHOD_WORDS
from app.representation import represent
from app.web.core.directory import called, names, read, url_of
from app.web.core.pages import CURSOR_MOST_CHARS, NO_SUCH_VIEW
from app.web.core.record import frame
from app.web.core.shown import ids_in, rows_of
from app.web.ordering.shown import unit_of
from app.web.payments.blueprint import pages
from app.web.payments.cards import card_parts
from app.web.payments.shown import may_begin, may_do, state_badge, strong

VIEW_TITLES: Final = {
    "waiting": N_("To be confirmed"),
    "received": N_("Received"),
    "failed": N_("Not received"),
}


@pages.get("/payments")
def payments() -> str:
    """What is to be paid, and the payments that the reader may see."""
    asking = signed_in()
    view = _view(asking)
    after = request.args.get("after", "")[:CURSOR_MOST_CHARS] or None
    found = page(listed_payments(asking, view), Payment, after=after)
    due = to_pay(asking)
    shown: list[Instalment | Payment] = [*due, *found.items]
    orders = orders_by_id({row.order_id for row in shown}, asking)
    moving = cards_under_way({part.order_id for part in due}, asking)
    named = names(org for row in shown for org in (row.buyer_id, row.supplier_id))
    return render_template(
        "payments/payments.html",
        due=[_due(part, orders, moving.get(part.order_id), asking, named) for part in due],
        new=may_begin(verbs.record_payment, asking, "/payments/new"),
        tabs=_tabs(asking, view),
        rows=[_row(one, orders, asking, named) for one in found.items],
        filtered=view is not None,
        next_url=_address(view, found.next) if found.next else None,
        first_url=_address(view, None) if after else None,
    )


def _view(asking: Actor) -> str | None:
    """The view asked for; settlement begins with what waits for it."""
    view = request.args.get("view")
    if view is None and "operator" in asking.kinds and "settlement" in asking.roles:
        return "waiting"
    if view in (None, "", "all"):
        return None
    if view not in PAYMENT_VIEWS:
        raise NO_SUCH_VIEW()
    return view


def _address(view: str | None, after: str | None) -> str:
    query = urlencode([(name, value) for name, value in (("view", view or "all"), ("after", after)) if value])
    return f"/payments?{query}"


def _tabs(asking: Actor, view: str | None) -> list[dict[str, Any]]:
    counts = payment_counts(asking)
    some = [
        {
            "label": i18n.say(title),
            "href": _address(name, None),
            "current": name == view,
            "count": sum(counts.get(state, 0) for state in PAYMENT_VIEWS[name]),
        }
        for name, title in VIEW_TITLES.items()
    ]
    every = {"label": _("All"), "href": _address(None, None), "current": view is None, "count": sum(counts.values())}
    return [*some, every]


def _due(
    part: Instalment, orders: Mapping[str, Order], moving: Payment | None, asking: Actor, named: Mapping[str, str]
) -> dict[str, Any]:
    """A row of what is to be paid; while a card payment of its order has an open end, nothing else is offered."""
    order = orders.get(part.order_id)
    free = order is not None and moving is None
    button = may_do(verbs.record_transfer, order, asking) if order is not None and free else None
    amount = part.money("open_now")
    query = urlencode({"amount-amount": amount.amount, "amount-currency": amount.currency})
    return {
        "number": part.number,
        "href": url_of(part),
        "title": i18n.say(part.title),
        "party": named.get(part.supplier_id),
        "order": (order.number, url_of(order)) if order is not None else None,
        "amount": i18n.money(amount),
        "left": i18n.left(part.due_by),
        "late": part.due_by is not None and part.due_by <= now(),
        "button": (button[0], f"{button[1]}?{query}") if button else None,
        "card": may_do(cards.pay_part_by_card, part, asking) if free and chosen() is not None else None,
        "moving": (moving.number, url_of(moving)) if moving is not None else None,
    }


def _row(one: Payment, orders: Mapping[str, Order], asking: Actor, named: Mapping[str, str]) -> dict[str, Any]:
    order = orders.get(one.order_id)
    others: Sequence[str] = [org for org in (one.buyer_id, one.supplier_id) if org != asking.org_id]
    amount = one.amount if one.amount_minor else one.told
    return {
        "number": one.number,
        "href": url_of(one),
        "badge": state_badge(one),
        "party": " → ".join(named.get(org, "") for org in others),
        "order": (order.number, url_of(order)) if order is not None else None,
        "amount": i18n.money(amount),
        "reference": i18n.say(METHOD_WORDS["gateway"])
        if one.method == "gateway"
        else one.bank_reference
        if asking.org_id == one.buyer_id or asking.is_staff
        else None,
        "paid_on": i18n.day(one.paid_on) if one.paid_on else None,
        "button": may_do(verbs.succeed, one, asking) if one.method == "transfer" else None,
    }


@pages.get("/payments/<id:record_id>")
def payment(record_id: str) -> str:
    """One payment: what was told, what arrived, and what it counts for."""
    asking = actor()
    found: Payment = read(Payment, record_id, asking)
    amount = found.amount if found.amount_minor else found.told
    context = frame(found, asking)
    body = represent(found, asking, with_actions=False)
    for name in ("pay_at", "client_secret"):  # the one is a button, the other is for programs
        body.pop(name, None)
    named = context["named"] | called(ids_in(body), asking)
    context["amount"] = {
        "label": _("Amount that arrived") if found.amount_minor else _("Told"),
        "value": i18n.money(amount),
        "words": i18n.money_words(amount),
    }
    context |= card_parts(found, asking, context)
    return render_template(
        "payments/payment.html",
        **context,
        receipt=f"/payments/{found.id}/receipt" if found.state == "succeeded" else None,
        rows=[row for row in rows_of(PAYMENT, body, named) if row.text],
        parts=[
            [{"text": i18n.say(part.title), "href": url_of(part), "note": part.number}, {"badge": state_badge(part)},
             strong(money)]
            for part, money in allocated(found)
        ],
        unit=unit_of(found.currency),
        unknown=found.state == "unknown",
    )  # fmt: skip
