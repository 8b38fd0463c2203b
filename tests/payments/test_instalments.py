"""Instalments: planned when an order is confirmed, due and released as the plan says, never a cent more or less."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel.db import db
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.ledger.models import Entry
from app.ordering.actions import acceptances, claims
from app.payments.models import Instalment
from app.payments.settling import settle
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    acceptances_of,
    again,
    do,
    placed,
    reach_order,
    receive_all,
    refuses,
    reject_one,
    send,
)
from tests.worlds.payments import (
    bought,
    cny,
    deliver,
    faults,
    figures,
    give_up,
    paid,
    parts,
    rate,
    refunds_of,
    run,
    stands,
    states,
)

pytestmark = pytest.mark.database_matters


def test_a_confirmed_order_is_planned_in_three_parts_and_the_advance_falls_due(world: World) -> None:
    order = bought(world)
    assert figures(order, "amount", "due", "paid") == [
        ("30000.00", "30000.00", "0.00"),
        ("65000.00", "0.00", "0.00"),
        ("5000.00", "0.00", "0.00"),
    ]
    assert states(order) == ["due", "planned", "planned"]
    first: Instalment = parts(order)[0]
    assert (first.waits_org, first.waits_role) == (world.organisations["lab"], "finance")
    assert first.due_by is not None
    assert faults() == []


def test_a_small_order_is_due_in_one_part_on_acceptance(world: World) -> None:
    order = bought(world, "1000.00", 2)
    assert states(order) == ["planned"]
    deliver(world, order, 2)
    assert figures(order, "amount", "due") == [("2000.00", "2000.00")]
    assert states(order) == ["due"]


def test_an_order_that_is_not_confirmed_has_no_instalments(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    run()
    assert parts(order) == []


def test_the_advance_goes_to_the_supplier_once_it_is_paid(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    assert states(order) == ["released", "planned", "planned"]
    assert stands(f"held:{order.id}") == "0.00"
    assert stands(f"payable:{order.supplier_id}") == "-29400.00"
    assert faults() == []


def test_a_release_of_sixty_thousand_is_posted_as_the_postings_table_says(world: World) -> None:
    order = bought(world, "6000.00", 10, warranty_months=0)
    paid(world, order, "60000.00")
    assert stands("bank") == "60000.00"
    assert stands(f"held:{order.id}") == "-60000.00"
    deliver(world, order, 10)
    assert stands(f"held:{order.id}") == "0.00"
    assert stands(f"payable:{order.supplier_id}") == "-58800.00"
    assert stands("commission:operator") == "-679.25"
    assert stands("commission:owner") == "-452.83"
    assert stands("vat") == "-67.92"
    assert again(order).state == "closed"
    assert faults() == []


def test_ten_times_ten_thousand_with_one_given_up_comes_to_ninety_thousand_in_all(world: World) -> None:
    """An advance of 30,000.00, 55,500.00 at acceptance, the rest at the end of the warranty."""
    order = bought(world, "10000.00", 10)
    paid(world, order, "30000.00")
    give_up(order, 1)
    assert figures(order, "amount", "paid", "released") == [
        ("27000.00", "27000.00", "27000.00"),
        ("58500.00", "3000.00", "3000.00"),
        ("4500.00", "0.00", "0.00"),
    ]
    deliver(world, order, 9)
    assert parts(order)[1].money("open_now").amount == "55500.00"
    paid(world, order, "55500.00")
    assert stands(f"payable:{order.supplier_id}") == "-83790.00"
    assert states(order) == ["released", "released", "planned"]
    with clock_at(timedelta(days=740)):
        run()
        assert states(order) == ["released", "released", "due"]
        paid(world, order, "4500.00")
        assert states(order) == ["released"] * 3
        assert again(order).state == "closed"
    assert stands(f"payable:{order.supplier_id}") == "-88200.00"
    assert stands("bank") == "90000.00"
    assert faults() == []


def test_parts_of_a_hundred_thousand_never_drift_from_the_whole(world: World) -> None:
    """Accepted and paid in three odd parts, every account stands where one release of all would have put it."""
    order = bought(world, "33333.33", 3)
    paid(world, order, figures(order, "amount")[0][0])
    for _ in range(3):
        deliver(world, order, 1)
        paid(world, order, parts(order)[1].money("open_now").amount)
    with clock_at(timedelta(days=740)):
        run()
        paid(world, order, parts(order)[2].money("open_now").amount)
    assert figures(order, "amount") == [("30000.00",), ("64999.99",), ("5000.00",)]
    assert stands("bank") == "99999.99"
    assert stands(f"payable:{order.supplier_id}") == "-97999.99"
    assert stands("vat") == "-113.21"
    assert stands("commission:owner") == "-754.72"
    assert stands("commission:operator") == "-1132.07"
    assert faults() == []


def test_retention_stays_with_the_buyer_until_the_warranty_ends(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    deliver(world, order, 10)
    paid(world, order, "65000.00")
    order = again(order)
    assert order.state == "accepted"
    assert states(order) == ["released", "released", "planned"]
    with clock_at(timedelta(days=700)):
        run()
        assert states(order)[2] == "planned"
    with clock_at(timedelta(days=740)):
        run()
        assert states(order)[2] == "due"


def test_what_is_prepaid_is_held_until_the_plan_lets_it_go(world: World) -> None:
    order = bought(world)
    paid(world, order, "100000.00")
    assert states(order) == ["released", "paid", "paid"]
    assert stands(f"held:{order.id}") == "-70000.00"
    deliver(world, order, 4)
    assert figures(order, "released")[1] == ("26000.00",)
    deliver(world, order, 6)
    assert states(order) == ["released", "released", "paid"]
    with clock_at(timedelta(days=740)):
        run()
        assert states(order) == ["released"] * 3
        assert again(order).state == "closed"
    assert faults() == []


def test_partial_acceptance_makes_a_part_due_and_releases_as_much(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    deliver(world, order, 4)
    assert figures(order, "due", "open_now")[1] == ("26000.00", "26000.00")
    paid(world, order, "26000.00")
    assert states(order)[1] == "planned"
    deliver(world, order, 6)
    assert states(order)[1] == "due"
    paid(world, order, "39000.00")
    assert states(order)[1] == "released"
    assert faults() == []


def test_money_that_was_released_for_an_acceptance_keeps_it_from_being_undone(world: World) -> None:
    order = bought(world)
    paid(world, order, "95000.00")
    deliver(world, order, 10)
    (accepted,) = acceptances_of(order, "accepted")
    assert accepted.released
    with refuses("already_released"):
        do(acceptances.undo, accepted, world.actor("pu"), reason="错点")


def test_an_acceptance_that_is_undone_before_payment_is_no_longer_due(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    deliver(world, order, 10)
    (accepted,) = acceptances_of(order, "accepted")
    do(acceptances.undo, accepted, world.actor("pu"), reason="错点")
    run()
    assert figures(order, "due")[1] == ("0.00",)
    assert states(order)[1] == "planned"
    assert faults() == []


def test_an_agreed_price_reduction_lowers_every_part(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    receive_all(world, send(world, order))
    claim = reject_one(world, order, number=1, wanted="reduce", reduction=cny("10000.00"))
    do(claims.agree, claim, world.actor("xiao"))
    run()
    assert figures(order, "amount") == [("27000.00",), ("58500.00",), ("4500.00",)]
    assert figures(order, "paid")[:2] == [("27000.00",), ("3000.00",)]
    assert faults() == []


def test_a_rejected_quantity_that_is_refunded_lowers_the_order_and_proposes_the_excess_back(world: World) -> None:
    order = bought(world)
    paid(world, order, "100000.00")
    receive_all(world, send(world, order))
    claim = reject_one(world, order, number=2, wanted="refund")
    do(claims.agree, claim, world.actor("xiao"))
    run()
    assert figures(order, "amount") == [("24000.00",), ("52000.00",), ("4000.00",)]
    (refund,) = refunds_of(order)
    assert (refund.amount.amount, refund.cause, refund.creator_id) == ("20000.00", "excess", None)
    assert faults() == []


def test_the_commission_is_the_one_in_force_when_the_order_was_made(world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    run()
    rate(world, percent=500, since=timedelta(seconds=-1))
    later = placed(world, [(listing(world, model="H9"), 1)])[0]
    run()
    assert again(order).commission["rate_bp"] == 200
    assert again(later).commission["rate_bp"] == 500


def test_without_any_rate_the_supplier_gets_everything(app: object) -> None:
    del app
    world = build()
    order = bought(world)
    paid(world, order, "30000.00")
    assert stands(f"payable:{order.supplier_id}") == "-30000.00"
    assert stands("vat") == "0.00"
    assert faults() == []


def test_settling_twice_changes_nothing(world: World) -> None:
    order = bought(world)
    paid(world, order, "95000.00")
    deliver(world, order, 5)
    before = figures(order, "amount", "due", "paid", "released", "refunded"), [part.version for part in parts(order)]
    entries = db.session.query(Entry).count()
    with unit_of_work():
        settle(order.id)
        settle(order.id)
    after = figures(order, "amount", "due", "paid", "released", "refunded"), [part.version for part in parts(order)]
    assert after == before
    assert db.session.query(Entry).count() == entries


def test_money_in_yen_has_no_cents(world: World) -> None:
    order = bought(world, "1000001", 1, currency="JPY")
    assert figures(order, "amount") == [("300000",), ("650001",), ("50000",)]
    paid(world, order, "300000")
    assert stands(f"payable:{order.supplier_id}", "JPY") == "-294000"
    assert faults() == []
