"""Accepting by quantity: who may, in parts, on a condition, by silence, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.values import clock_at, now
from app.ordering.actions import acceptances, orders, rejections
from app.ordering.models import Acceptance, Order, ReceiptLine
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    accept_all,
    acceptances_of,
    again,
    claim_of,
    do,
    pieces,
    reach_order,
    receive_all,
    refuses,
    send,
)

pytestmark = pytest.mark.database_matters


def quantities(order: Order) -> tuple[int, int, int]:
    """Accepted, rejected and pending pieces of the first line."""
    line = again(order).lines[0]
    return line.accepted_micro, line.rejected_micro, line.pending_micro


def test_whoever_counted_the_goods_does_not_accept_them(world: World) -> None:
    order = reach_order(world, "delivered")
    pending = acceptances_of(order)[0]
    with refuses("not_the_receiver") as said:
        do(acceptances.accept, pending, world.actor("rong"))
    assert said == ["Not the receiver: someone else signs this."]
    do(acceptances.accept, pending, world.actor("qiu"))
    assert again(order).state == "accepted"


@pytest.mark.parametrize("name", ["an", "cai", "fa", "tao", "lab2pu"])
def test_only_receivers_and_purchasers_of_the_buyer_accept(world: World, name: str) -> None:
    pending = acceptances_of(reach_order(world, "delivered"))[0]
    with refuses("not_yours"):
        do(acceptances.accept, pending, world.actor(name))


def test_a_part_is_accepted_and_the_rest_waits_on_its_own(world: World) -> None:
    order = reach_order(world, "delivered", [(listing(world), 5)])
    do(acceptances.accept, acceptances_of(order)[0], world.actor("qiu"), quantity=pieces(2))
    assert quantities(order) == (pieces(2), 0, pieces(3))
    assert [one.quantity_micro for one in acceptances_of(order)] == [pieces(3)]
    assert again(order).state == "delivered"
    accept_all(world, order)
    assert again(order).state == "accepted"


def test_received_is_always_accepted_plus_rejected_plus_pending(world: World) -> None:
    order = reach_order(world, "delivered", [(listing(world), 5)])
    do(acceptances.accept, acceptances_of(order)[0], world.actor("qiu"), quantity=pieces(2.5))
    do(rejections.reject, acceptances_of(order)[0], world.actor("qiu"), reason="漏液", quantity=pieces(0.5))
    row = db.session.scalars(db.select(ReceiptLine)).one()
    parts = row.accepted_micro, row.rejected_micro, row.pending_micro
    assert parts == (pieces(2.5), pieces(0.5), pieces(2))
    assert quantities(order) == parts


def test_no_more_is_decided_than_is_pending(world: World) -> None:
    order = reach_order(world, "delivered")
    for verb, given in ((acceptances.accept, {}), (rejections.reject, {"reason": "漏液"})):
        with refuses("more_than_pending"):
            do(verb, acceptances_of(order)[0], world.actor("qiu"), quantity=pieces(3), **given)
    assert quantities(order) == (0, 0, pieces(2))


def test_an_order_is_accepted_only_when_all_of_every_line_is(world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 1), (listing(world), 2)])
    receive_all(world, send(world, order, p1=1))
    accept_all(world, order)
    assert again(order).state == "confirmed"
    receive_all(world, send(world, order, p2=2))
    assert again(order).state == "delivered"
    accept_all(world, order)
    order = again(order)
    assert order.state == "accepted"
    assert order.accepted_at is not None


def test_the_warranty_runs_from_the_last_acceptance_for_the_longest_promise(world: World) -> None:
    order = reach_order(world, "accepted", [(listing(world, warranty_months=12), 1), (listing(world), 1)])
    assert order.warranty_ends_at == orders.months_after(order.accepted_at, 24)
    reagent = reach_order(world, "accepted", [(listing(world, warranty_months=None), 1)])
    assert reagent.warranty_ends_at is None


def test_a_condition_is_met_in_time_and_then_it_is_accepted(world: World) -> None:
    order = reach_order(world, "delivered")
    pending = acceptances_of(order)[0]
    with refuses("until_past"):
        do(acceptances.accept_conditionally, pending, world.actor("qiu"), condition="补合格证", until=now())
    pending = do(acceptances.accept_conditionally, pending, world.actor("qiu"), condition="补合格证",
                 until=now() + timedelta(days=7))  # fmt: skip
    assert (pending.state, again(order).state) == ("conditional", "delivered")
    do(acceptances.accept, pending, world.actor("qiu"))
    with clock_at(timedelta(days=8)):
        worker.ring_clocks()
    assert (again(pending).state, again(order).state) == ("accepted", "accepted")


def test_a_missed_condition_turns_into_a_rejection_with_a_claim(world: World) -> None:
    order = reach_order(world, "delivered")
    pending = do(acceptances.accept_conditionally, acceptances_of(order)[0], world.actor("qiu"), condition="补合格证",
                 until=now() + timedelta(days=7))  # fmt: skip
    with clock_at(timedelta(days=8)):
        worker.ring_clocks()
    assert again(pending).state == "rejected"
    assert (claim_of(pending).state, claim_of(pending).wanted) == ("open", "repair")


def test_silence_accepts_goods_without_a_warranty_after_ten_days(world: World) -> None:
    order = reach_order(world, "delivered", [(listing(world, warranty_months=None), 1)])
    with clock_at(acceptances.SILENCE - timedelta(minutes=1)):
        worker.ring_clocks()
        assert again(order).state == "delivered"
    with clock_at(acceptances.SILENCE + timedelta(minutes=1)):
        worker.ring_clocks()
    assert again(order).state == "accepted"
    assert db.session.scalars(db.select(Event.name).where(Event.name == "acceptance.accept")).all()


def test_equipment_is_never_accepted_by_silence(world: World) -> None:
    order = reach_order(world, "delivered")
    with clock_at(timedelta(days=400)):
        worker.ring_clocks()
    assert again(order).state == "delivered"
    assert acceptances_of(order)[0].silent_at is None


def test_the_clock_leaves_alone_what_somebody_has_decided(world: World) -> None:
    order = reach_order(world, "delivered", [(listing(world, warranty_months=None), 1)])
    pending = acceptances_of(order)[0]
    do(rejections.reject, pending, world.actor("qiu"), reason="过期")
    with clock_at(acceptances.SILENCE + timedelta(days=1)):
        worker.ring_clocks()
    assert again(pending).state == "rejected"


def test_another_person_undoes_an_acceptance_and_the_order_steps_back(world: World) -> None:
    order = reach_order(world, "accepted")
    accepted = acceptances_of(order, "accepted")[0]
    with refuses("not_the_same_person"):
        do(acceptances.undo, accepted, world.actor("qiu"), reason="误点")
    assert do(acceptances.undo, accepted, world.actor("pu"), reason="误点").state == "pending"
    order = again(order)
    assert (order.state, order.accepted_at, order.warranty_ends_at) == ("delivered", None, None)
    assert quantities(order) == (0, 0, pieces(2))


def test_what_was_paid_for_is_not_undone(world: World) -> None:
    order = reach_order(world, "accepted")
    accepted = do(acceptances.mark_released, acceptances_of(order, "accepted")[0], SYSTEM_ACTOR)
    with refuses("already_released"):
        do(acceptances.undo, accepted, world.actor("pu"), reason="误点")
    assert again(order).state == "accepted"


def test_the_event_of_an_acceptance_names_order_line_and_quantity(world: World) -> None:
    order = reach_order(world, "accepted")
    event = db.session.scalars(db.select(Event).where(Event.name == "acceptance.accept")).one()
    assert event.data["facts"] == {
        "order": order.id, "order_line": order.lines[0].id, "quantity_micro": pieces(2),
    }  # fmt: skip
    names = list(db.session.scalars(db.select(Event.name).where(Event.object_id == order.id).order_by(Event.seq)))
    assert names[-2:] == ["order.deliver", "order.accept"]


def test_the_acceptance_of_one_order_does_not_touch_another(world: World) -> None:
    first, second = reach_order(world, "delivered"), reach_order(world, "delivered")
    accept_all(world, first)
    assert (again(first).state, again(second).state) == ("accepted", "delivered")
    assert db.session.scalars(db.select(Acceptance.state).where(Acceptance.order_id == second.id)).all() == ["pending"]
