"""What follows from a gateway's word: the verbs that SYSTEM performs on the payment or refund as it stands by then.

Words may come late, twice and in any order. Each is compared with the record under its lock; what it says already, or
can no longer come to, changes nothing. Only a word leaves `unknown`.
"""

from __future__ import annotations

from typing import Final

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.lifecycle import find
from app.payments.actions import cards, payments, refunds
from app.payments.gateway.port import (
    FAILED,
    OPEN,
    PAID,
    PENDING,
    REVERSED,
    SUCCEEDED,
    Mismatch,
    RefundAsked,
    RefundWord,
    Word,
)
from app.payments.models import Payment, Refund

# These words stand beside an event and are read as they are, so they are written in both languages.
NOT_PAID: Final = "支付机构：未付款，支付页面已失效。 / The gateway: nothing was paid, and the page is closed."
TAKEN_BACK: Final = "支付机构：款项已被撤回。 / The gateway: the money was taken back."
REFUSED: Final = "支付机构未受理：%s / The gateway declined: %s"
REFUND_FAILED: Final = "支付机构：退款未成功（%s）。 / The gateway: the refund failed (%s)."
NO_REASON: Final = "-"


def payment_word(payment_id: str, word: Word) -> None:
    """Do what the gateway says of a payment. Mismatch where it speaks of something else."""
    payment = find(Payment, payment_id, SYSTEM_ACTOR, lock=True)
    _same(payment, word)
    if payment.gateway_reference is None and payment.state in ("submitted", "unknown"):
        cards.refer(payment, SYSTEM_ACTOR, reference=word.reference, url=word.url, secret=word.secret)
    if word.status == OPEN and payment.state == "unknown":
        payments.regain(payment, SYSTEM_ACTOR)
    if word.status in (PAID, REVERSED) and payment.state in ("submitted", "unknown", "failed"):
        payments.succeed(payment, SYSTEM_ACTOR, amount=word.amount)
    if word.status == REVERSED and payment.state == "succeeded":
        payments.reverse(payment, SYSTEM_ACTOR, reason=TAKEN_BACK)
    if word.status == FAILED and payment.state in ("submitted", "unknown"):
        payments.fail(payment, SYSTEM_ACTOR, reason=NOT_PAID)
    _learn(payment, word)


def _same(payment: Payment, word: Word) -> None:
    """A gateway's object is the payment's own, in its amount and currency, or nothing follows from it."""
    if payment.card is None or word.payment_id != payment.id:
        raise Mismatch(f"{word.reference} is not payment {payment.id}")
    if payment.gateway_reference not in (None, word.reference):
        raise Mismatch(f"payment {payment.id} is {payment.gateway_reference}, not {word.reference}")
    if word.amount != payment.told:
        raise Mismatch(f"{word.reference} is of another amount than payment {payment.id}")


def _learn(payment: Payment, word: Word) -> None:
    card = payment.card
    if card is None or payment.state not in ("submitted", "unknown", "succeeded", "failed"):
        return
    news = word.intent not in (None, card.intent) or (word.fee is not None and word.fee != payment.fee)
    if news:
        cards.learn(payment, SYSTEM_ACTOR, intent=word.intent, fee=word.fee)


def payment_declined(payment_id: str, why: str) -> None:
    """The gateway will not take this payment at all."""
    payment = find(Payment, payment_id, SYSTEM_ACTOR, lock=True)
    if payment.state in ("submitted", "unknown") and payment.gateway_reference is None:
        payments.fail(payment, SYSTEM_ACTOR, reason=REFUSED % (why, why))


def payment_unheard(payment_id: str) -> None:
    """The gateway did not answer: nobody knows whether it is paid."""
    payment = find(Payment, payment_id, SYSTEM_ACTOR, lock=True)
    if payment.state == "submitted":
        payments.lose_sight(payment, SYSTEM_ACTOR)


def refund_word(asked: RefundAsked, word: RefundWord) -> None:
    """Do what the gateway says of a refund. Mismatch where it speaks of something else."""
    refund = find(Refund, asked.refund_id, SYSTEM_ACTOR, lock=True)
    if refund.card is None or refund.attempts != asked.attempt:
        return  # of an attempt that is over
    if (word.key, word.intent, word.amount) != (asked.key, asked.intent, refund.amount):
        raise Mismatch(f"{word.reference} is not refund {refund.id}")
    if refund.card.reference not in (None, word.reference):
        raise Mismatch(f"refund {refund.id} is {refund.card.reference}, not {word.reference}")
    if refund.card.reference is None and refund.state in ("submitted", "unknown"):
        refunds.refer(refund, SYSTEM_ACTOR, reference=word.reference)
    if word.status == PENDING and refund.state == "unknown":
        refunds.regain(refund, SYSTEM_ACTOR)
    if word.status == SUCCEEDED and refund.state in ("submitted", "unknown"):
        refunds.succeed(refund, SYSTEM_ACTOR, bank_reference=word.reference)
    if word.status == FAILED and refund.state in ("submitted", "unknown", "succeeded"):
        why = word.why or NO_REASON
        refunds.fail(refund, SYSTEM_ACTOR, reason=REFUND_FAILED % (why, why))


def refund_declined(asked: RefundAsked, why: str) -> None:
    """The gateway will not take this attempt at all."""
    refund = find(Refund, asked.refund_id, SYSTEM_ACTOR, lock=True)
    fresh = refund.card is not None and refund.card.reference is None and refund.attempts == asked.attempt
    if fresh and refund.state in ("submitted", "unknown"):
        refunds.fail(refund, SYSTEM_ACTOR, reason=REFUSED % (why, why))


def refund_unheard(asked: RefundAsked) -> None:
    """The gateway did not answer: nobody knows whether it is paid back."""
    refund = find(Refund, asked.refund_id, SYSTEM_ACTOR, lock=True)
    if refund.state == "submitted" and refund.attempts == asked.attempt:
        refunds.lose_sight(refund, SYSTEM_ACTOR)
