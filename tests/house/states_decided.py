"""Requests, quotes and awards, one in every state: the supplier and supplier2 are invited, nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.kernel import worker
from app.kernel.db import db
from app.kernel.values import MICRO, clock_at
from app.ordering.actions import orders
from app.ordering.models import Order
from app.sourcing.actions import rfqs
from tests.house.kept import REASON, Kept, kept
from tests.world import World
from tests.worlds import sourcing
from tests.worlds.ordering import do


def evaluated(world: World, prices: tuple[str, ...] = ("186000.00", "6000.00"), **given: Any) -> tuple[Any, Any]:
    """A request whose deadline was a day ago, closed by the worker, and the supplier's opened quote for it."""
    with clock_at(sourcing.BACK):
        asked = sourcing.rfq(world, "open", **given)
        offer = sourcing.quote(world, asked, prices=prices)
        sourcing.quote(world, asked, "supplier2", prices=prices)
    worker.ring_clocks()
    return sourcing.again(asked), sourcing.again(offer)


def every_request(world: World) -> Kept:
    """Requests and quotes; the supplier and supplier2 are invited, the service organisation is not."""
    buyer, sales = world.actor("pu"), world.actor("xiao")
    for state in ("draft", "failed", "cancelled"):
        yield kept(sourcing.rfq(world, state))
    asked = sourcing.rfq(world, "open")
    yield kept(asked)
    yield kept(sourcing.quote(world, asked, submit=False))
    asked = sourcing.rfq(world, "open")
    sourcing.quote(world, asked, "supplier2")
    yield kept(sourcing.quote(world, asked))
    asked = sourcing.rfq(world, "open")
    yield kept(sourcing.do(sourcing.quote(world, asked), "withdraw", sales))
    void = sourcing.quote(world, asked)
    do(rfqs.amend, asked, buyer, reason=REASON, deadline=asked.deadline + timedelta(days=5))
    yield kept(void)
    yield kept(evaluated(world)[1], "opened")
    asked, offer = evaluated(world)
    do(rfqs.fail, asked, buyer, reason=REASON)
    yield kept(offer)
    asked = sourcing.rfq(world, "open")
    sealed = sourcing.quote(world, asked)
    yield kept(do(rfqs.cancel, asked, buyer, reason=REASON), "published")
    yield kept(sealed, "unopened")


def every_award(world: World) -> Kept:
    """Awards of one large request, and a small one that is bought to its end."""
    buyer, approver = world.actor("pu"), world.actor("an")
    large = {**sourcing.LINES[0], "quantity": 40 * MICRO}
    asked, offer = evaluated(world, ("186000.00",), lines=[large])

    def award(pieces: int, state: str = "proposed") -> Any:
        return sourcing.award(world, asked, [(offer, 0, pieces * MICRO)], state)

    yield kept(award(1, "draft"))
    yield kept(award(6))
    yield kept(sourcing.do(award(6), "reject", approver, reason=REASON))
    yield kept(award(1))
    yield kept(sourcing.do(award(1, "draft"), "cancel", buyer))
    yield kept(offer)
    asked, offer = evaluated(world)
    both = [(offer, place, line.quantity_micro) for place, line in enumerate(asked.lines)]
    bought_all = sourcing.award(world, asked, both, "approved")
    sourcing.do(bought_all, "order", buyer)
    made = db.session.scalars(sa.select(Order).where(Order.award_id == bought_all.id)).one()
    do(orders.approve, made, world.actor("tao"))
    do(orders.confirm, made, world.actor("xiao"))
    yield kept(bought_all)
    yield kept(asked)
