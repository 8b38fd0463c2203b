"""How refunds are born: by settlement, or by SYSTEM where more was paid than the order costs now."""

from __future__ import annotations

from app.kernel.actors import SYSTEM, Actor
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
from app.payments.models import Refund
from app.payments.schemas import RefundInput

NOTHING_TO_REFUND = refusal("nothing_to_refund", CONFLICT, N_("Nothing of this order can go back."))
MORE_THAN_REFUNDABLE = refusal("more_than_refundable", INVALID, N_("At most %(most)s can go back for this reason."))
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
def propose_refund(order: Order, actor: Actor, *, cause: str, amount: Money, reason: str) -> Refund:
    """Settlement proposes to give money back to the buyer; somebody else of settlement approves it."""
    if amount.currency != order.currency:
        raise ORDER_CURRENCY(currency=order.currency, fields={"amount": [ORDER_CURRENCY(currency=order.currency)]})
    most = Money(refundable([row.standing for row in of_order(order.id)], cause=cause), order.currency)
    if most < amount:
        raise MORE_THAN_REFUNDABLE(most=most, fields={"amount": [MORE_THAN_REFUNDABLE(most=most)]})
    say(reason)
    return _made(order, cause=cause, amount=amount, creator_id=actor.person_id)


@ORDER.action("* -> =", by=SYSTEM, makes=REFUND, title=N_("Propose to give the excess back"))
def return_excess(order: Order, actor: Actor, *, amount: Money) -> Refund:
    """More was paid than the order costs now: what is too much is to go back to the buyer."""
    del actor
    return _made(order, cause="excess", amount=amount, creator_id=None)


def _made(order: Order, *, cause: str, amount: Money, creator_id: str | None) -> Refund:
    refund = fresh(
        Refund, buyer_id=order.buyer_id, supplier_id=order.supplier_id, order_id=order.id, cause=cause,
        currency=amount.currency, amount_minor=amount.minor, clawed_minor=0, covered=True, creator_id=creator_id,
        method="transfer", attempts=0, lines=[],
    )  # fmt: skip
    current().number("RF", refund)
    note(order=order.id)
    return refund
