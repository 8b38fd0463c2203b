"""Card payments in the small park: asked for, handed over, paid; at a stand-in for Stripe or at the local gateway."""

from __future__ import annotations

from app.kernel.values import Money
from app.ordering.models import Order
from app.payments.actions import cards
from app.payments.models import Payment, Refund
from tests.payments.stand_in import StandIn
from tests.world import World
from tests.worlds.ordering import again, do
from tests.worlds.payments import FINANCE, proposed_refund, refunded, run


def asked(world: World, order: Order, amount: str, *, mode: str = "page", by: str = FINANCE) -> Payment:
    """A card payment that finance has begun; nothing is handed over yet."""
    money = Money.parse(amount, order.currency)
    payment: Payment = do(cards.pay_by_card, order, world.actor(by), amount=money, mode=mode)
    return payment


def opened(world: World, order: Order, amount: str, *, mode: str = "page") -> Payment:
    """A card payment whose page the gateway has opened."""
    payment = asked(world, order, amount, mode=mode)
    run()
    return again(payment)  # type: ignore[no-any-return]


def to_card(world: World, order: Order, amount: str) -> Refund:
    """A refund to the card, proposed by one and approved by another; the worker has handed it over."""
    return refunded(world, proposed_refund(world, order, amount), "approved")


def paid_by_card(world: World, stripe: StandIn, order: Order, amount: str, *, mode: str = "page") -> Payment:
    """A card payment that was paid, and seen to be."""
    payment = opened(world, order, amount, mode=mode)
    stripe.pay(str(payment.gateway_reference))
    do(cards.look, payment, world.actor(FINANCE))
    run()
    return again(payment)  # type: ignore[no-any-return]
