"""Requisitions, orders and what follows them, and the platform's rules, one record in every state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from app.kernel.db import Record
from app.kernel.values import Money, now
from app.ordering.actions import acceptances, orders, placing, receipts, rejections, requisitions, rules, shipments
from app.payments.actions import commission_rates
from tests.house.kept import REASON, Kept, kept
from tests.world import World
from tests.worlds import ordering
from tests.worlds.catalogue import listing
from tests.worlds.ordering import do, reach_claim, reach_order, requisition
from tests.worlds.payments import run

DEAR: Final = 200
"""Centrifuges that cost enough for the lab's approver to sign."""
FOR_THE_OWNER: Final = 20
"""Centrifuges that cost enough for the owner to approve."""


def every_requisition(world: World) -> Kept:
    """Dear ones wait for the lab's approver, who also returns and rejects."""
    buyer, approver = world.actor("pu"), world.actor("an")
    one = listing(world, model="R")
    dear = [(one, DEAR)]
    yield kept(requisition(world, [(one, 1)]))
    yield kept(ordering.approved(world, [(one, 1)]))
    yield kept(ordering.approved(world, dear))
    yield kept(do(requisitions.return_, ordering.approved(world, dear), approver, reason=REASON))
    yield kept(do(requisitions.reject, ordering.approved(world, dear), approver, reason=REASON))
    yield kept(do(requisitions.cancel, requisition(world, [(one, 1)]), buyer, reason=REASON))
    asked = ordering.approved(world, [(one, 1)])
    yield kept(do(placing.source, asked, buyer, deadline=now() + timedelta(days=5)))
    ordered = ordering.approved(world, [(one, 1)])
    do(placing.order, ordered, buyer)
    yield kept(ordered)


def every_order(world: World) -> Kept:
    """Orders of two centrifuges; a dearer one goes to the owner."""
    one = listing(world, model="O")
    for state in ("awaiting_buyer", "awaiting_operator", "returned", "awaiting_supplier", "confirmed", "delivered",
                  "accepted", "closed", "refused", "cancelled"):  # fmt: skip
        yield kept(reach_order(world, state, [(one, 2)]))
    yield kept(reach_order(world, "awaiting_owner", [(one, FOR_THE_OWNER)]))
    unsent = reach_order(world, "awaiting_operator", [(one, 2)])
    yield kept(do(orders.cancel, unsent, world.actor("pu"), reason=REASON), "unsent")


def every_delivery(world: World) -> Kept:
    """Shipments, receipts and acceptances of one order of ten pieces, one by one."""
    fulfilment, receiver, acceptor = world.actor("fa"), world.actor("rong"), world.actor("qiu")
    order = reach_order(world, "confirmed", [(listing(world, model="D"), 10)])
    yield kept(do(shipments.pack, order, fulfilment, lines=ordering.packing(order, p1=1)))
    unpacked = do(shipments.pack, order, fulfilment, lines=ordering.packing(order, p1=1))
    yield kept(do(shipments.cancel, unpacked, fulfilment))
    yield kept(ordering.send(world, order, p1=1))
    yield kept(do(shipments.report_lost, ordering.send(world, order, p1=1), fulfilment, reason=REASON))
    counted = ordering.send(world, order, p1=1)
    yield kept(do(receipts.receive, counted, receiver, lines=ordering.counting(counted)))
    yield kept(counted)

    def arrives() -> tuple[Record, Any]:
        receipt = ordering.receive_all(world, ordering.send(world, order, p1=1))
        return receipt, ordering.acceptances_of(order)[-1]

    wrong, waiting = arrives()
    yield kept(do(receipts.void, wrong, acceptor, reason=REASON))
    yield kept(waiting)
    yield kept(do(acceptances.accept, arrives()[1], acceptor))
    condition = {"condition": "补交校准证书", "until": now() + timedelta(days=9)}
    yield kept(do(acceptances.accept_conditionally, arrives()[1], acceptor, **condition))
    refused = arrives()[1]
    do(rejections.reject, refused, acceptor, reason=REASON)
    yield kept(refused)
    recorded, waiting = arrives()
    yield kept(recorded)
    yield kept(waiting)


def every_claim(world: World) -> Kept:
    """Claims for one of two delivered centrifuges; the reduction is done at once."""
    for state in ("open", "agreed", "disputed", "refused", "withdrawn"):
        yield kept(reach_claim(world, state))
    done = reach_claim(world, "done", wanted="reduce", reduction=Money(500_000, "CNY"))
    run()
    yield kept(done)


def every_platform_rule(world: World) -> Kept:
    """The platform's own rules, each in a currency of its own."""
    operator, owner = world.actor("tao"), world.actor("wang")

    def proposed(currency: str) -> Any:
        limits = {"operator_from": Money(0, currency), "owner_from": Money(100_000_000, currency)}
        return do(rules.propose_rule, world.org("operator"), operator, reason=REASON, **limits)

    yield kept(proposed("USD"))
    yield kept(do(rules.approve, proposed("EUR"), owner))
    yield kept(do(rules.decline, proposed("GBP"), owner, reason=REASON))
    yield kept(do(rules.retire, do(rules.approve, proposed("CHF"), owner), owner))

    def offered(days: int) -> Any:
        return do(
            commission_rates.propose_rate, world.org("operator"), world.actor("shu"), rate=200, vat=600,
            owner_share=4_000, valid_from=now() + timedelta(days=days), reason=REASON,
        )  # fmt: skip

    yield kept(offered(30))
    yield kept(do(commission_rates.decline, offered(31), owner, reason=REASON))
    yield kept(do(commission_rates.approve, offered(32), owner))
