"""Paying by card: what a payment's page says meanwhile, the stand-in's own page, and the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, NOT_THERE, NOT_YOURS, refusal
from app.kernel.events import history
from app.kernel.lifecycle import find
from app.kernel.values import N_, Money
from app.kernel.work import unit_of_work
from app.ordering.models import Order
from app.payments.actions import payments as verbs
from app.payments.gateway import chosen
from app.payments.gateway.local_end import MOVES, charge_of, choose
from app.payments.lifecycles import PAYER
from app.payments.models import LocalCharge, Payment
from app.payments.queries import allocated, orders_by_id
from app.payments.schemas import METHOD_WORDS
from app.web.core.directory import names, read, url_of
from app.web.ordering.shown import unit_of
from app.web.payments.blueprint import pages
from app.web.payments.shown import state_badge, strong

REFRESH_SECONDS: Final = 5
BY_SETTLEMENT: Final = frozenset({"succeed", "fail", "reverse", "cancel"})
"""What people do to a transfer, and nobody to a card payment."""
AT_GATEWAY: Final = frozenset({"look", "call_off"})

NOT_RECEIVED = refusal("receipt_not_yet", CONFLICT, N_("There is a receipt once the payment has been received."))
CHOSEN_ALREADY = refusal("stand_in_decided", CONFLICT, N_("This has been decided already."))

CHOICES: Final = {
    "paid": (N_("Pretend to pay"), "solid"),
    "failed": (N_("Pretend that the card was refused"), "line"),
    "reversed": (N_("Pretend that the bank takes it back"), "danger"),
}


def card_parts(payment: Payment, asking: Actor, context: dict[str, Any]) -> dict[str, Any]:
    """What the page of a payment says and offers besides, and what it leaves away, by how it is paid."""
    if payment.card is None:
        return {"offers": [one for one in context["offers"] if one["name"] not in AT_GATEWAY]}
    offers = [one for one in context["offers"] if one["name"] not in BY_SETTLEMENT]
    mine = PAYER.admits(asking, payment)
    page = payment.pay_at if mine else None
    if page is not None:
        there = {"label": _("Go to the payment page"), "href": page, "enabled": True, "reason": None, "primary": True,
                 "danger": False, "name": "pay"}  # fmt: skip
        offers = [there, *offers]
    moving = payment.state in ("created", "submitted", "unknown")
    back = request.args.get("back")
    return {
        "offers": offers,
        "next_words": _next(payment, context["next_words"]),
        "next_lead": None if page is not None else "",
        "local": payment.card.gateway == "local",
        "back": back if moving and mine and back in ("paid", "left") else None,
        # Without script, too, the page changes once the gateway has spoken.
        "refresh": REFRESH_SECONDS if payment.state == "created" or (moving and back == "paid") else None,
    }


def _next(payment: Payment, usual: str) -> str:
    if payment.card is not None and payment.card.called_off_at is not None and payment.state == "submitted":
        return str(_("It was given up. The gateway closes the page and confirms it."))
    if payment.state == "created":
        return str(_("The payment page is being opened at the gateway."))
    if payment.state == "submitted":
        return str(_("It is paid on the gateway's page. It counts once the gateway confirms it."))
    return usual


@pages.get("/payments/<id:record_id>/receipt")
def receipt(record_id: str) -> str:
    """A receipt for a payment that was received, to print or to keep."""
    asking = actor()
    found: Payment = read(Payment, record_id, asking)
    if found.state != "succeeded":
        raise NOT_RECEIVED()
    order: Order | None = orders_by_id({found.order_id}, asking).get(found.order_id)
    named = names([found.buyer_id, found.supplier_id])
    rows = [
        (_("Payer"), named.get(found.buyer_id)),
        (_("Supplier"), named.get(found.supplier_id)),
        (_("Order"), order.number if order is not None else None),
        (_("How"), i18n.say(METHOD_WORDS[found.method])),
        (_("Received"), i18n.when(_received_at(found))),
    ]
    paid_by = found.gateway_reference if found.card is not None else found.bank_reference
    if asking.org_id == found.buyer_id or asking.is_staff:
        rows.append((_("Reference"), paid_by))
    return render_template(
        "payments/receipt.html",
        number=found.number,
        href=url_of(found),
        amount={
            "label": _("Amount received"),
            "value": i18n.money(found.amount),
            "words": i18n.money_words(found.amount),
        },
        rows=[row for row in rows if row[1]],
        parts=[
            [{"text": i18n.say(part.title), "note": part.number}, {"badge": state_badge(part)}, strong(money)]
            for part, money in allocated(found)
        ],
        unit=unit_of(found.currency),
        local=found.card is not None and found.card.gateway == "local",
    )


def _received_at(payment: Payment) -> datetime | None:
    heard = history(db.session(), [payment.id])
    return next((event.at for event, _words in heard if event.name == verbs.succeed.event_name), None)


@pages.get("/stand-in/<id:charge_id>")
def stand_in(charge_id: str) -> str:
    """The page of the local gateway: it says that no money moves, and the payer chooses what happens."""
    charge, payment = _charge(charge_id)
    return render_template(
        "payments/stand_in.html",
        amount=i18n.money(Money(charge.amount_minor, charge.currency)),
        number=payment.number,
        status=charge.status,
        back=url_of(payment),
        target=f"/stand-in/{charge.id}",
        choices=[(status, i18n.say(CHOICES[status][0]), CHOICES[status][1]) for status in MOVES.get(charge.status, ())],
    )


@pages.post("/stand-in/<id:charge_id>")
def decide(charge_id: str) -> BaseResponse:
    """The payer's choice; LabPark then looks, as it would at a real gateway's message."""
    with unit_of_work():
        charge, payment = _charge(charge_id)
        choice = request.form.get("choice", "")
        if not choose(charge.id, choice):
            raise CHOSEN_ALREADY()
        back, words = url_of(payment), i18n.say(CHOICES[choice][0])
    flash(words, "good")
    return redirect(f"{back}?back={'left' if choice == 'failed' else 'paid'}", 303)


def _charge(charge_id: str) -> tuple[LocalCharge, Payment]:
    """The pretended payment, for whoever may pay it; only while no real gateway is configured."""
    asking = signed_in()
    charge = charge_of(charge_id)
    if charge is None or chosen() != "local":
        raise NOT_THERE()  # as a charge of somebody else's payment is answered
    payment = find(Payment, charge.payment_id, asking)
    if not PAYER.admits(asking, payment):
        raise NOT_YOURS(who=[*PAYER.titles()])
    return charge, payment
