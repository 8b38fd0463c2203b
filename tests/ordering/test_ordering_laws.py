"""Laws over many histories: whatever people do, in whatever order, the quantities add up and the order can end."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.values import MICRO, Money
from app.ordering.actions import acceptances, claims, receipts, rejections, shipments
from app.ordering.models import Acceptance, Claim, Order, ReceiptLine, Shipment
from tests.kernel.rounds import rounds
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do, reach_order

pytestmark = [pytest.mark.database_matters, pytest.mark.prove]

STEPS = 30
LAST_STEPS = 60


class People:
    """Somebody of either side who does something that seems possible, with any quantity."""

    def __init__(self, world: World, order: Order, luck: random.Random) -> None:
        self.world, self.order, self.luck = world, order, luck

    def some(self, model: Any, *states: str) -> Any:
        """One of the order's records in these states, or None."""
        db.session.rollback()
        found = db.session.scalars(
            db.select(model).where(model.order_id == self.order.id, model.state.in_(states)).order_by(model.id)
        ).all()
        return self.luck.choice(found) if found else None

    def amount(self) -> int:
        return self.luck.choice((MICRO // 2, MICRO, 2 * MICRO, 3 * MICRO))

    def pack(self) -> None:
        line = self.luck.choice(again(self.order).lines)
        given = [{"order_line": line.id, "quantity": self.amount()}]
        do(shipments.pack, self.order, self.world.actor("fa"), lines=given)

    def move(self) -> None:
        shipment = self.some(Shipment, "prepared", "shipped", "lost")
        if shipment is None:
            return
        verbs: dict[str, tuple[tuple[Any, dict[str, str]], ...]] = {
            "prepared": ((shipments.ship, {}), (shipments.ship, {}), (shipments.cancel, {})),
            "shipped": ((shipments.report_lost, {"reason": "x"}),),
            "lost": ((shipments.find, {}),),
        }
        verb, given = self.luck.choice(verbs[shipment.state])
        do(verb, shipment, self.world.actor("fa"), **given)

    def receive(self) -> None:
        shipment = self.some(Shipment, "shipped", "arrived")
        if shipment is None:
            return
        lines = []
        for row in shipment.lines:
            received = self.luck.choice((row.quantity_micro, row.quantity_micro, row.quantity_micro // 2))
            rejected = self.luck.choice((0, 0, 0, received // 2))
            lines.append({"order_line": row.order_line_id, "received": received, "rejected": rejected})
        receipt = do(receipts.receive, shipment, self.world.actor("rong"), lines=lines)
        do(receipts.record, receipt, self.world.actor("rong"))

    def decide(self) -> None:
        pending = self.some(Acceptance, "pending")
        if pending is None:
            return
        quantity = self.luck.choice((None, None, self.amount()))
        if self.luck.random() < 0.6:
            do(acceptances.accept, pending, self.world.actor("qiu"), quantity=quantity)
        else:
            wanted = self.luck.choice(("replace", "repair", "reduce", "refund"))
            do(rejections.reject, pending, self.world.actor("qiu"), quantity=quantity, reason="x", wanted=wanted,
               reduction=Money(1, "CNY"))  # fmt: skip

    def undo(self) -> None:
        accepted = self.some(Acceptance, "accepted")
        if accepted is not None:
            do(acceptances.undo, accepted, self.world.actor("pu"), reason="x")

    def answer(self) -> None:
        claim = self.some(Claim, "open", "disputed", "agreed")
        if claim is None:
            return
        world = self.world
        verbs: dict[str, tuple[tuple[Any, str, dict[str, str]], ...]] = {
            "open": ((claims.agree, "xiao", {}), (claims.agree, "xiao", {}), (claims.dispute, "xiao", {"reason": "x"}),
                     (claims.withdraw, "pu", {"reason": "x"})),
            "disputed": ((claims.rule_for_supplier, "sup", {"reason": "x"}),
                         (claims.rule_for_buyer, "sup", {"reason": "x", "wanted": "refund"})),
            "agreed": ((claims.reopen, "pu", {"reason": "x"}),),
        }  # fmt: skip
        verb, name, given = self.luck.choice(verbs[claim.state])
        do(verb, claim, world.actor(name), **given)

    def act(self, *verbs: Callable[[], None]) -> None:
        """One thing, which may be refused; a refusal leaves nothing behind."""
        try:
            self.luck.choice(verbs)()
        except Refusal:
            db.session.rollback()


def adds_up(order: Order) -> None:
    """The laws, read from the rows themselves."""
    order = again(order)
    rows = db.session.scalars(db.select(ReceiptLine)).all()
    for row in rows:
        assert row.received_micro == row.accepted_micro + row.rejected_micro + row.pending_micro
    decided = db.session.scalars(db.select(Acceptance).where(Acceptance.order_id == order.id)).all()
    for line in order.lines:
        mine = [one for one in decided if one.order_line_id == line.id]
        by_state = {state: sum(one.quantity_micro for one in mine if one.state == state)
                    for state in ("accepted", "rejected", "pending", "conditional")}  # fmt: skip
        assert by_state["accepted"] == line.accepted_micro
        assert by_state["rejected"] == line.rejected_micro
        assert by_state["pending"] + by_state["conditional"] == line.pending_micro
        assert line.accepted_micro + line.given_up_micro <= line.quantity_micro
        assert line.packable_micro >= 0
    arrived = all(line.undelivered_micro == 0 for line in order.lines)
    done = all(line.unaccepted_micro == 0 for line in order.lines)
    assert order.state == ("accepted" if done else "delivered" if arrived else "confirmed")


@pytest.mark.parametrize("seed", range(rounds(4, 40)))
def test_no_history_breaks_the_sums_and_every_order_can_still_end(world: World, seed: int) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 3), (listing(world, warranty_months=None), 5)])
    people = People(world, order, random.Random(seed))
    for _ in range(STEPS):
        people.act(people.pack, people.move, people.receive, people.decide, people.decide, people.undo, people.answer)
        adds_up(order)
    for _ in range(LAST_STEPS):  # good will from here on: everything is sent, counted, accepted or settled
        if again(order).state == "accepted":
            break
        finish(people)
    adds_up(order)
    assert again(order).state == "accepted"


def finish(people: People) -> None:
    """One round in which both sides do what is left."""
    world = people.world
    while (claim := people.some(Claim, "open", "disputed")) is not None:
        verb, name, given = (
            (claims.agree, "xiao", {}) if claim.state == "open"
            else (claims.rule_for_supplier, "sup", {"reason": "x"})
        )  # fmt: skip
        do(verb, claim, world.actor(name), **given)
    while (pending := people.some(Acceptance, "pending")) is not None:
        do(acceptances.accept, pending, world.actor("qiu"))
    while (shipment := people.some(Shipment, "prepared")) is not None:
        do(shipments.ship, shipment, world.actor("fa"))
    while (shipment := people.some(Shipment, "shipped")) is not None:
        lines = [{"order_line": row.order_line_id, "received": row.quantity_micro} for row in shipment.lines]
        receipt = do(receipts.receive, shipment, world.actor("rong"), lines=lines)
        do(receipts.record, receipt, world.actor("rong"))
    order = again(people.order)
    lines = [{"order_line": line.id, "quantity": line.packable_micro} for line in order.lines if line.packable_micro]
    if lines and order.state == "confirmed":
        do(shipments.pack, order, world.actor("fa"), lines=lines)
