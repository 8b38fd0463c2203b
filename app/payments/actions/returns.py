"""How refunds are born: by settlement, or by SYSTEM where more was paid than the order costs now."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.actors import SYSTEM, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.values import N_, Money
from app.kernel.work import current, note
from app.ordering.lifecycles import ORDER
from app.ordering.models import Order
from app.payments.actions.instalments import of_order
from app.payments.arithmetic import refundable
from app.payments.impartiality import impartial
from app.payments.lifecycles import REFUND, TELLER
from app.payments.models import CardRefund, Payment, Refund
from app.payments.schemas import RefundInput

NOTHING_TO_REFUND = refusal("nothing_to_refund", CONFLICT, N_("Nothing of this order can go back."))
MORE_THAN_REFUNDABLE = refusal("more_than_refundable", INVALID, N_("At most %(most)s can go back for this reason."))
MORE_THAN_CARD = refusal(
    "more_than_card", INVALID,
    N_("At most %(most)s can go back to one card payment. Propose it in parts, or by bank transfer."),
)  # fmt: skip
ORDER_CURRENCY = refusal("order_currency", INVALID, N_("The order is in %(currency)s."))


def something_to_refund(order: Order, actor: Actor) -> None:
    """Something was overpaid, or paid before it was due."""
    del actor
    standings = [row.standing for row in of_order(order.id)]
    if not any(refundable(standings, cause=cause) for cause in ("excess", "prepaid")):
        raise NOTHING_TO_REFUND()


@ORDER.action(
    "confirmed|delivered|accepted|closed|cancelled -> =", by=TELLER,
    needs=[impartial, something_to_refund], takes=RefundInput, makes=REFUND,
    name="refund", title=N_("Propose a refund"),
)  # fmt: skip
def propose_refund(order: Order, actor: Actor, *, cause: str, amount: Money, reason: str, way: str = "same") -> Refund:
    """Settlement proposes to give money back to the buyer; somebody else of settlement approves it."""
    if amount.currency != order.currency:
        raise ORDER_CURRENCY(currency=order.currency, fields={"amount": [ORDER_CURRENCY(currency=order.currency)]})
    most = Money(refundable([row.standing for row in of_order(order.id)], cause=cause), order.currency)
    if most < amount:
        raise MORE_THAN_REFUNDABLE(most=most, fields={"amount": [MORE_THAN_REFUNDABLE(most=most)]})
    payment = _card_for(order, amount) if way == "same" else None
    say(reason)
    return _made(order, cause=cause, amount=amount, creator_id=actor.person_id, payment=payment)


def _card_for(order: Order, amount: Money) -> Payment | None:
    """The newest card payment that can take all of it back; none where the order was paid by transfer alone."""
    there = bearable(order.id)
    if not there:
        return None
    fitting = next((payment for payment, rest in there if rest >= amount.minor), None)
    if fitting is None:
        most = Money(max(rest for _, rest in there), order.currency)
        raise MORE_THAN_CARD(most=most, fields={"amount": [MORE_THAN_CARD(most=most)]})
    return fitting


GONE_BACK = ("created", "approved", "submitted", "unknown", "succeeded", "failed")
"""States of a refund whose amount its card payment cannot take back a second time."""


def bearable(order_id: str, *, besides: str | None = None) -> list[tuple[Payment, int]]:
    """Card payments that arrived, the newest first, with the minor units that can still go back to each.

    besides: a refund that is not to be counted.
    """
    back = (
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0))
        .join(CardRefund, CardRefund.refund_id == Refund.id)
        .where(CardRefund.payment_id == Payment.id, Refund.state.in_(GONE_BACK), Refund.id != (besides or ""))
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Payment, Payment.amount_minor - back)
        # By the amount, not the state: one that arrives this very moment has it already.
        .where(
            Payment.order_id == order_id,
            Payment.method == "gateway",
            Payment.amount_minor > 0,
            Payment.state != "reversed",
        )
        .order_by(Payment.id.desc())
    )
    return [(payment, int(rest)) for payment, rest in rows if rest > 0]


def ways_back(order_id: str, minor: int) -> list[tuple[Payment | None, int]]:
    """How an amount is shared out to the ways it came: to the cards, the newest first, the rest by transfer."""
    parts: list[tuple[Payment | None, int]] = []
    for payment, rest in bearable(order_id):
        part = min(rest, minor)
        if part:
            parts.append((payment, part))
        minor -= part
    return [*parts, (None, minor)] if minor else parts


@ORDER.action("* -> =", by=SYSTEM, makes=REFUND, title=N_("Propose to give the excess back"))
def return_excess(order: Order, actor: Actor, *, amount: Money, payment: Payment | None = None) -> Refund:
    """More was paid than the order costs now: what is too much is to go back to the buyer."""
    del actor
    return _made(order, cause="excess", amount=amount, creator_id=None, payment=payment)


def _made(order: Order, *, cause: str, amount: Money, creator_id: str | None, payment: Payment | None) -> Refund:
    refund = fresh(
        Refund, buyer_id=order.buyer_id, supplier_id=order.supplier_id, order_id=order.id, cause=cause,
        currency=amount.currency, amount_minor=amount.minor, clawed_minor=0, covered=True, creator_id=creator_id,
        method="transfer" if payment is None else "gateway", attempts=0, lines=[], card=_to_card(payment),
    )  # fmt: skip
    current().number("RF", refund)
    note(order=order.id)
    return refund


def _to_card(payment: Payment | None) -> CardRefund | None:
    if payment is None or payment.card is None:
        return None
    return CardRefund(payment_id=payment.id, gateway=payment.card.gateway)
