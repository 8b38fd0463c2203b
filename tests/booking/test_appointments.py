"""Appointments: a quantity is booked once, both sides agree, move, miss and cancel, and nobody is in two places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.booking.actions import appointments
from app.kernel import worklist
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import offers
from app.kernel.values import now
from app.ordering.actions import orders, placing, services, shipments
from app.ordering.models import Order
from tests.house.everybody import hire
from tests.world import World
from tests.worlds.booking import EXPERT, LAB, SALES, agreed, proposed, reach_work, service, service_order, then, timed
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do, packing, pieces, reach_order, refuses
from tests.worlds.sourcing import award, evaluated

pytestmark = pytest.mark.database_matters


def test_the_supplier_proposes_and_the_laboratory_agrees(world: World) -> None:
    order = service_order(world)
    work = proposed(world, order, 2)
    assert (work.state, work.service, work.unit, work.made_for) == ("proposed", "calibration", "次", order.id)
    assert work.waits_org == world.organisations["lab"]
    assert work.number is not None
    assert work.number.startswith("WO-")
    assert again(order).lines[0].packed_micro == pieces(2)
    work = do(appointments.agree, work, world.actor(LAB))
    assert (work.state, work.waits_org, work.waits_role) == (
        "agreed", world.organisations["service"], "expert,fulfilment",
    )  # fmt: skip


def test_the_laboratory_proposes_and_only_the_other_side_agrees(world: World) -> None:
    work = proposed(world, service_order(world), by=LAB)
    assert work.quantity_micro == pieces(3)
    with refuses("not_yours"):
        do(appointments.agree, work, world.actor("pu"))
    assert do(appointments.agree, work, world.actor(SALES)).state == "agreed"


def test_an_appointment_takes_no_more_than_is_open(world: World) -> None:
    order = service_order(world)
    proposed(world, order, 2)
    with refuses("over_booked") as said:
        proposed(world, order, 2)
    assert "only 1 次 is open" in said[0]
    proposed(world, order, 1)
    with refuses("all_booked"):
        proposed(world, order, 1)
    assert again(order).lines[0].packed_micro == pieces(3)


def test_goods_are_not_booked_and_services_are_not_packed(world: World) -> None:
    mixed = [(listing(world), 1), (service(world, supplier="supplier"), 1)]
    order = reach_order(world, "confirmed", mixed)
    goods, work = order.lines
    with refuses("not_a_service"):
        do(services.propose_appointment, order, world.actor("xiao"), order_line=goods.id, **timed())
    with refuses("service_not_packed"):
        do(shipments.pack, order, world.actor("fa"), lines=[{"order_line": work.id, "quantity": pieces(1)}])
    do(shipments.pack, order, world.actor("fa"), lines=packing(order, p1=1))
    assert proposed(world, order, by="xiao", line=1).service == "calibration"


def test_an_order_without_services_has_no_appointments_and_one_without_goods_no_shipments(world: World) -> None:
    goods = reach_order(world, "confirmed")
    with refuses("no_service"):
        proposed(world, goods, by="xiao")
    with refuses("no_goods"):
        do(shipments.pack, service_order(world), world.actor(SALES), lines=[])


def test_a_service_of_no_known_kind_is_other(world: World) -> None:
    order = service_order(world, category="other")
    assert proposed(world, order).service == "other"


@pytest.mark.parametrize("names", ["category", "listing", None])
def test_a_service_that_was_asked_for_keeps_its_kind(world: World, names: str | None) -> None:
    """Else a calibration that comes out of a request would be reported without figures and certificate."""
    line: dict[str, Any] = {"title": "天平校准", "kind": "service", "quantity": pieces(1), "unit": "次"}
    known = {"category": "services.calibration", "listing": service(world).id}
    asked, made = evaluated(world, {"supplier": ["1200.00"]}, lines=[line | ({names: known[names]} if names else {})])
    given = award(world, asked, [(made["supplier"], 0, pieces(1))], "approved")
    do(placing.order_award, given, world.actor("pu"))
    (order,) = db.session.scalars(sa.select(Order))
    db.session.rollback()
    do(orders.approve, order, world.actor("tao"))
    do(orders.confirm, order, world.actor("xiao"))
    assert proposed(world, order, by="xiao").service == ("calibration" if names else "other")


@pytest.mark.parametrize(
    "given, code",
    [
        ({"ahead": timedelta(hours=-1)}, "appointment_past"),
        ({"ahead": timedelta(days=400)}, "appointment_far"),
    ],
)
def test_a_time_that_cannot_be_is_refused(world: World, given: dict[str, object], code: str) -> None:
    order = service_order(world)
    with refuses(code):
        proposed(world, order, **given)  # type: ignore[arg-type]
    assert again(order).lines[0].packed_micro == 0


@pytest.mark.parametrize("hours, code", [(-1, "appointment_backwards"), (61 * 24, "appointment_long")])
def test_an_appointment_has_an_end_in_measure(world: World, hours: int, code: str) -> None:
    order = service_order(world)
    with refuses(code):
        proposed(world, order, ends_at=timed(hours=hours)["ends_at"])


def test_a_moved_appointment_waits_for_the_other_side_again(world: World) -> None:
    work = agreed(world, service_order(world))
    moved = do(appointments.move, work, world.actor(LAB), **timed(timedelta(days=3)), reason="实验室停电")
    assert (moved.state, moved.moves, moved.waits_org) == ("proposed", 1, world.organisations["service"])
    with refuses("not_yours"):
        do(appointments.agree, moved, world.actor(LAB))
    back = do(appointments.move, moved, world.actor(SALES), **timed(timedelta(days=4)), reason="专家出差")
    assert (back.moves, back.waits_org) == (2, world.organisations["lab"])
    assert do(appointments.agree, back, world.actor(LAB)).state == "agreed"


def test_a_time_that_has_passed_is_no_longer_agreed_to(world: World) -> None:
    work = proposed(world, service_order(world))
    with then(work, timedelta(minutes=1)), refuses("appointment_over"):
        do(appointments.agree, work, world.actor(LAB))


def test_cancelling_gives_the_quantity_back(world: World) -> None:
    order = service_order(world)
    work = agreed(world, order, 2)
    cancelled = do(services.cancel, work, world.actor(SALES), reason="设备故障")
    assert cancelled.state == "cancelled"
    assert again(order).lines[0].packed_micro == 0
    assert proposed(world, order).quantity_micro == pieces(3)
    with refuses("wrong_state"):
        do(services.cancel, cancelled, world.actor(SALES), reason="又一次")


def test_a_missed_appointment_names_who_did_not_keep_it(world: World) -> None:
    work = agreed(world, service_order(world))
    given = {"at_fault": "supplier", "reason": "专家没有来"}
    with then(work, timedelta(minutes=29)), refuses("not_missed_yet"):
        do(appointments.miss, work, world.actor(LAB), **given)
    with then(work, timedelta(minutes=31)):
        missed = do(appointments.miss, work, world.actor(LAB), **given)
        assert (missed.state, missed.missed_by) == ("missed", "supplier")
        assert missed.waits_org == world.organisations["service"]
        again_proposed = do(appointments.move, missed, world.actor(SALES), **timed(), reason="改期补做")
        assert (again_proposed.state, again_proposed.missed_by) == ("proposed", None)
        assert do(appointments.agree, again_proposed, world.actor(LAB)).state == "agreed"


def test_a_missed_appointment_may_be_cancelled(world: World) -> None:
    work = reach_work(world, "missed")
    assert do(services.cancel, work, world.actor(LAB), reason="不再需要本次").state == "cancelled"


def test_only_experts_of_the_service_organisation_are_sent(world: World) -> None:
    work = proposed(world, service_order(world))
    for stranger in ("mei", "fa", "rui"):
        with refuses("not_an_expert"):
            do(appointments.assign, work, world.actor(SALES), expert=world.people[stranger])
    hire(world, "service", "caiwu", ["finance"])
    with refuses("not_an_expert"):
        do(appointments.assign, work, world.actor(SALES), expert=world.people["caiwu"])
    assert do(appointments.assign, work, world.actor(SALES), expert=world.people[EXPERT]).expert_id


def test_nobody_is_sent_to_two_places_at_once(world: World) -> None:
    order = service_order(world)
    agreed(world, order, 1)
    second = proposed(world, order, 1)
    do(appointments.assign, second, world.actor(SALES), expert=world.people[EXPERT])
    with refuses("expert_busy"):
        do(appointments.agree, second, world.actor(LAB))
    lab = world.actor(LAB)
    assert [one.refusal.code for one in offers(again(second), lab) if one.refusal] == ["expert_busy"]
    hire(world, "service", "lin", ["expert"])
    do(appointments.assign, second, world.actor(SALES), expert=world.people["lin"])
    second = do(appointments.agree, second, world.actor(LAB))
    with refuses("expert_busy"):
        do(appointments.assign, second, world.actor(SALES), expert=world.people[EXPERT])
    later = agreed(world, order, 1, ahead=timedelta(hours=26))  # begins when the other ends
    assert later.state == "agreed"


def test_the_appointment_stands_in_the_worklist_of_whose_turn_it_is(world: World) -> None:
    work = proposed(world, service_order(world))

    def waits(name: str) -> bool:
        return work.id in {row.record.id for row in worklist.waiting(world.actor(name))}

    assert [name for name in ("mei", "pu", SALES, EXPERT, "lab2pu", "fa") if waits(name)] == ["mei", "pu"]
    do(appointments.agree, work, world.actor(LAB))
    assert [name for name in ("mei", "pu", SALES, EXPERT, "lab2pu", "fa") if waits(name)] == [SALES, EXPERT]
    assert again(work).waits_until > now()


def test_the_order_cannot_give_up_what_is_booked(world: World) -> None:
    order = service_order(world)
    agreed(world, order, 2)
    given = {"line_id": order.lines[0].id}
    with refuses("not_to_give_up"):
        do(orders.give_up, order, SYSTEM_ACTOR, quantity_micro=pieces(2), **given)
    do(orders.give_up, order, SYSTEM_ACTOR, quantity_micro=pieces(1), **given)
    assert again(order).lines[0].given_up_micro == pieces(1)
