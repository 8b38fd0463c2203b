"""Deliveries to the gateway: open or ask, then do what it says. Every call stands between two transactions.

A payment or refund is written down as handed over before the first call. The key of a request comes from our row, so
repeating it is harmless; an answer that stays away makes the record `unknown`, and the delivery is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import courier
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from app.payments.actions import payments, refunds
from app.payments.gateway import answers, gateway_named
from app.payments.gateway.catching_up import keep_catching_up
from app.payments.gateway.port import (
    OPEN,
    Asked,
    Declined,
    GatewayTrouble,
    Mismatch,
    RefundAsked,
    RefundWord,
    Unclear,
    Word,
)
from app.payments.models import Payment, Refund

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _PaymentErrand:
    gateway: str
    asked: Asked
    reference: str | None
    called_off: bool


@courier("gateway.payment")
def pursue_payment(payload: dict[str, Any]) -> None:
    """Open the payment at its gateway, or ask what has become of it; then do what the gateway says."""
    payment_id = str(payload["payment"])
    errand = _payment_errand(payment_id)
    if errand is None:
        return
    try:
        word = _ask_payment(errand)
        with unit_of_work():
            answers.payment_word(payment_id, word)
    except Declined as no:
        with unit_of_work():
            answers.payment_declined(payment_id, no.why)
    except (Unclear, Mismatch) as trouble:
        _complain(trouble, payment=payment_id)
        with unit_of_work():
            answers.payment_unheard(payment_id)
        raise


def _payment_errand(payment_id: str) -> _PaymentErrand | None:
    """What to ask; the payment is written down as handed over before it is."""
    with unit_of_work():
        payment = find(Payment, payment_id, SYSTEM_ACTOR, lock=True)
        card = payment.card
        if card is None or payment.state in ("cancelled", "reversed"):
            return None
        if payment.gateway_reference is None and payment.state in ("succeeded", "failed"):
            return None  # it was declined: there is nothing to ask about
        if payment.state == "created":
            payments.submit(payment, SYSTEM_ACTOR)
        if card.gateway == "stripe":
            keep_catching_up()
        asked = Asked(
            payment_id=payment.id, order=card.asked["order"], amount=payment.told, mode=card.mode,
            back=card.asked["back"],
        )  # fmt: skip
        return _PaymentErrand(card.gateway, asked, payment.gateway_reference, card.called_off_at is not None)


def _ask_payment(errand: _PaymentErrand) -> Word:
    gateway = gateway_named(errand.gateway)
    word = gateway.begin(errand.asked) if errand.reference is None else gateway.word(errand.reference)
    return gateway.call_off(word.reference) if errand.called_off and word.status == OPEN else word


@dataclass(frozen=True, slots=True)
class _RefundErrand:
    gateway: str
    asked: RefundAsked
    reference: str | None
    sent_before: bool


@courier("gateway.refund")
def pursue_refund(payload: dict[str, Any]) -> None:
    """Have the gateway pay back, or ask what has become of it; then do what the gateway says."""
    errand = _refund_errand(str(payload["refund"]))
    if errand is None:
        return
    try:
        word = _ask_refund(errand)
        with unit_of_work():
            answers.refund_word(errand.asked, word)
    except Declined as no:
        with unit_of_work():
            answers.refund_declined(errand.asked, no.why)
    except (Unclear, Mismatch) as trouble:
        _complain(trouble, refund=errand.asked.refund_id)
        with unit_of_work():
            answers.refund_unheard(errand.asked)
        raise


def _refund_errand(refund_id: str) -> _RefundErrand | None:
    with unit_of_work():
        refund = find(Refund, refund_id, SYSTEM_ACTOR, lock=True)
        card = refund.card
        if card is None or refund.state not in ("submitted", "unknown", "succeeded"):
            return None
        paid = db.session.get_one(Payment, card.payment_id)
        if paid.card is None or paid.card.intent is None:
            raise GatewayTrouble(f"payment {paid.id} has no reference at the gateway yet")
        sent_before = card.sent_at is not None
        if not sent_before:
            refunds.hand_over(refund, SYSTEM_ACTOR)
        asked = RefundAsked(refund.id, refund.attempts, paid.card.intent, refund.amount)
        return _RefundErrand(card.gateway, asked, card.reference, sent_before)


def _ask_refund(errand: _RefundErrand) -> RefundWord:
    gateway = gateway_named(errand.gateway)
    if errand.reference is not None:
        return gateway.refund_word(errand.reference)
    # A gateway forgets its keys after a day: what was asked for before is looked for first.
    found = gateway.find_refund(errand.asked) if errand.sent_before else None
    return found if found is not None else gateway.refund(errand.asked)


def _complain(trouble: GatewayTrouble, **about: str) -> None:
    if isinstance(trouble, Mismatch):
        log.error("gateway speaks of something else", trouble=str(trouble), **about)
