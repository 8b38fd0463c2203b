"""The supplier's word: confirmed in time, refused, or lapsed by the clock; and the buyer's right to cancel before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.values import clock_at
from app.ordering.actions import orders
from app.ordering.models import Requisition
from tests.world import World
from tests.worlds.ordering import again, do, reach_order, refuses

pytestmark = pytest.mark.database_matters


def test_the_supplier_confirms_within_its_time(world: World) -> None:
    order = do(orders.confirm, reach_order(world, "awaiting_supplier"), world.actor("xiao"))
    assert order.state == "confirmed"
    assert order.confirmed_at is not None


def test_only_the_orders_own_supplier_confirms(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    for name in ("xiao2", "pu", "tao", "mu"):
        with refuses("not_yours"):
            do(orders.confirm, order, world.actor(name))


def test_after_its_time_the_supplier_is_too_late_even_before_the_clock_has_rung(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    with clock_at(orders.CONFIRM_WITHIN), refuses("confirmation_late"):
        do(orders.confirm, order, world.actor("xiao"))


def test_silence_lets_the_order_lapse_and_opens_the_requisition(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    with clock_at(orders.CONFIRM_WITHIN + timedelta(minutes=1)):
        worker.ring_clocks()
    assert again(order).state == "lapsed"
    assert db.session.get_one(Requisition, order.requisition_id).state == "approved"


@pytest.mark.parametrize("state", ["confirmed", "refused", "cancelled", "accepted", "closed"])
def test_the_clock_never_moves_what_is_confirmed_or_over(world: World, state: str) -> None:
    order = reach_order(world, state)
    with clock_at(orders.CONFIRM_WITHIN + timedelta(minutes=1)):
        worker.ring_clocks()
    assert again(order).state == state


def test_a_refusal_needs_a_reason_and_gives_the_requisition_back(world: World) -> None:
    order = reach_order(world, "refused")
    assert order.state == "refused"
    assert db.session.get_one(Requisition, order.requisition_id).state == "approved"


@pytest.mark.parametrize("state", ["awaiting_buyer", "awaiting_operator", "returned", "awaiting_supplier"])
def test_the_buyer_cancels_before_the_supplier_has_confirmed(world: World, state: str) -> None:
    order = do(orders.cancel, reach_order(world, state), world.actor("pu"), reason="项目暂停")
    assert order.state == "cancelled"


@pytest.mark.parametrize("state", ["confirmed", "delivered", "accepted"])
def test_a_confirmed_order_is_not_cancelled_by_one_side(world: World, state: str) -> None:
    order = reach_order(world, state)
    with refuses("wrong_state"):
        do(orders.cancel, order, world.actor("pu"), reason="项目暂停")
    assert again(order).state == state


def test_the_commission_is_frozen_by_the_system_alone(world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    frozen = {"rate_id": "rat_1", "rate_bp": 200, "vat_bp": 600, "owner_share_bp": 4_000}
    with refuses("not_yours"):
        do(orders.freeze_commission, order, world.actor("tao"), commission={})
    assert do(orders.freeze_commission, order, SYSTEM_ACTOR, commission=frozen).commission == frozen


def test_the_months_of_a_warranty_end_on_the_same_day_or_the_last_of_a_shorter_month() -> None:
    assert orders.months_after(datetime(2026, 1, 31, 9, tzinfo=UTC), 1) == datetime(2026, 2, 28, 9, tzinfo=UTC)
    assert orders.months_after(datetime(2026, 11, 23, tzinfo=UTC), 24) == datetime(2028, 11, 23, tzinfo=UTC)
    assert orders.months_after(datetime(2027, 12, 31, tzinfo=UTC), 2) == datetime(2028, 2, 29, tzinfo=UTC)
