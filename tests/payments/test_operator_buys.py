"""Where the operator itself buys, the owner decides on the money; nobody decides for their own organisation."""

from __future__ import annotations

import pytest
from flask import Flask

from app.ordering.actions import orders
from app.ordering.models import Order
from app.payments.actions import refunds
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, build_with_buying_operator, do, placed, refuses
from tests.worlds.payments import arrived, faults, proposed_refund, rate, run, stands, states, told

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    """The small park whose operator is a laboratory too."""
    del app
    made = build_with_buying_operator()
    rate(made)
    return made


@pytest.fixture
def order(world: World) -> Order:
    """The operator's own order of 100,000.00, confirmed."""
    one = listing(world, price={"amount": "10000.00", "currency": "CNY"}, warranty_months=24)
    made = placed(world, [(one, 10)], by="opspu", org="operator")[0]
    do(orders.approve_as_owner, made, world.actor("wang"))
    do(orders.confirm, made, world.actor("xiao"))
    run()
    return again(made)  # type: ignore[no-any-return]


def test_the_owner_confirms_the_operators_own_payment(world: World, order: Order) -> None:
    payment = told(world, order, "30000.00", by="sup")
    for name in ("shu", "sen"):
        with refuses("own_dealing"):
            arrived(world, payment, by=name)
    arrived(world, payment, by="wang")
    assert states(order) == ["released", "planned", "planned"]
    assert stands(f"payable:{order.supplier_id}") == "-29400.00"
    assert faults() == []


def test_two_people_of_the_owner_give_the_operators_money_back(world: World, order: Order) -> None:
    arrived(world, told(world, order, "40000.00", by="sup"), by="wang")
    with refuses("own_dealing"):
        proposed_refund(world, order, "10000.00")
    refund = proposed_refund(world, order, "10000.00", by="wang")
    with refuses("another_approves"):
        do(refunds.approve, refund, world.actor("wang"))
    with refuses("own_dealing"):
        do(refunds.approve, refund, world.actor("sen"))
    do(refunds.approve, refund, world.actor("wen"))
    do(refunds.submit, again(refund), world.actor("wen"))
    do(refunds.succeed, again(refund), world.actor("wang"), bank_reference="R-1")
    assert stands("bank") == "30000.00"
    assert faults() == []
