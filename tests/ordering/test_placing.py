"""Placing orders: one per supplier, frozen, from a requisition, from an award, or entered offline."""

from __future__ import annotations

import pytest

from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.values import MICRO
from app.ordering.actions import orders, placing, requisitions
from app.ordering.models import Order, Requisition
from app.sourcing.models import Award, AwardLine, Rfq, RfqLine
from tests.world import World
from tests.worlds import sourcing
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    again,
    approval_rule,
    approved,
    do,
    orders_of,
    placed,
    reach_order,
    refuses,
    requisition,
    transaction_rule,
)

pytestmark = pytest.mark.database_matters


def awarded(world: World) -> Award:
    """An approved award: the centrifuges from one supplier, the installation from the other."""
    asked, quotes = sourcing.evaluated(world, {"supplier": ("186000.00", None), "supplier2": (None, "6000.00")})
    return sourcing.award(
        world, asked, [(quotes["supplier"], 0, 2 * MICRO), (quotes["supplier2"], 1, MICRO)], "approved"
    )


def orders_of_award(award: Award) -> list[Order]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Order).where(Order.award_id == award.id).order_by(Order.id)))


def test_a_mixed_requisition_becomes_one_order_per_supplier(world: World) -> None:
    ours, theirs = listing(world), listing(world, supplier="supplier2")
    first, second = placed(world, [(ours, 1), (theirs, 2), (ours, 3)])
    assert (len(first.lines), len(second.lines)) == (2, 1)
    assert first.number != second.number
    assert first.total_minor + second.total_minor == 6 * 6_850_000


def test_cancelling_one_of_the_orders_leaves_the_others(world: World) -> None:
    ours, theirs = listing(world), listing(world, supplier="supplier2")
    first, second = placed(world, [(ours, 1), (theirs, 2)])
    do(orders.cancel, first, world.actor("pu"), reason="改日再买")
    assert again(second).state == "awaiting_operator"


def test_the_tax_of_an_order_is_the_sum_of_the_taxes_of_its_lines(world: World) -> None:
    cheap = listing(world, price={"amount": "0.10", "currency": "CNY"})
    other = listing(world, price={"amount": "0.10", "currency": "CNY"}, vat_rate="6")
    order = placed(world, [(cheap, 3), (other, 1)])[0]
    assert [line.tax_minor for line in order.lines] == [3, 1]
    assert (order.total_minor, order.tax_minor) == (40, 4)


def test_equipment_under_warranty_is_paid_in_three_parts_and_anything_else_on_acceptance(world: World) -> None:
    large = placed(world)[0]
    assert [(part["share_bp"], part["due_on"], part["release_on"]) for part in large.plan] == [
        (3_000, "signed", "confirmed"), (6_500, "accepted", "accepted"), (500, "warranty_end", "warranty_end"),
    ]  # fmt: skip
    small = placed(world, [(listing(world, price={"amount": "9999.99", "currency": "CNY"}), 1)])[0]
    reagent = placed(world, [(listing(world, warranty_months=None), 1)])[0]
    for order in (small, reagent):
        assert [(part["share_bp"], part["due_on"]) for part in order.plan] == [(10_000, "accepted")]
    for order in (large, small, reagent):
        assert sum(part["share_bp"] for part in order.plan) == 10_000


def test_an_award_becomes_one_order_per_supplier_at_the_quoted_prices(world: World) -> None:
    award = awarded(world)
    do(placing.order_award, award, world.actor("pu"))
    made = orders_of_award(award)
    assert {order.supplier_id: order.total_minor for order in made} == {
        world.organisations["supplier"]: 37_200_000, world.organisations["supplier2"]: 600_000,
    }  # fmt: skip
    assert again(award).state == "ordered"
    line = next(order for order in made if len(order.plan) == 3).lines[0]
    assert (line.model, line.warranty_months, line.quantity_micro) == ("CR22N", 24, 2 * MICRO)


def test_thresholds_look_at_the_whole_award_and_not_at_one_of_its_orders(world: World) -> None:
    transaction_rule(world, "100000.00", "1000000.00")
    award = awarded(world)
    do(placing.order_award, award, world.actor("pu"))
    assert {order.state for order in orders_of_award(award)} == {"awaiting_operator"}


def test_a_confirmation_settles_the_line_of_the_award_and_a_refusal_returns_it(world: World) -> None:
    award = awarded(world)
    do(placing.order_award, award, world.actor("pu"))
    by_supplier = {order.supplier_id: order for order in orders_of_award(award)}
    for order in by_supplier.values():
        do(orders.approve, order, world.actor("tao"))
    do(orders.confirm, by_supplier[world.organisations["supplier"]], world.actor("xiao"))
    do(orders.refuse, by_supplier[world.organisations["supplier2"]], world.actor("xiao2"), reason="无人可派")
    outcomes = {line.supplier_id: line.outcome for line in again(award).lines}
    assert outcomes == {
        world.organisations["supplier"]: "confirmed", world.organisations["supplier2"]: "declined",
    }  # fmt: skip
    left = {line.position: line.open_micro for line in db.session.get_one(Rfq, award.rfq_id).lines}
    assert left == {1: 0, 2: MICRO}


def test_an_order_that_lapses_or_is_cancelled_gives_the_awarded_quantity_back(world: World) -> None:
    award = awarded(world)
    do(placing.order_award, award, world.actor("pu"))
    first, second = orders_of_award(award)
    do(orders.cancel, first, world.actor("pu"), reason="预算调整")
    do(orders.reject, second, world.actor("tao"), reason="与第 1 单关联")
    assert again(award).state == "cancelled"
    lines = db.session.scalars(db.select(RfqLine).where(RfqLine.rfq_id == award.rfq_id)).all()
    assert all(line.awarded_micro == 0 for line in lines)
    assert {line.outcome for line in db.session.scalars(db.select(AwardLine))} == {"declined"}


def test_an_order_entered_offline_binds_once_the_buyer_affirms_it(world: World) -> None:
    order = reach_order(world, "awaiting_buyer")
    assert (order.channel, order.person_id) == ("phone", None)
    with refuses("not_yours"):
        do(orders.affirm, order, world.actor("sup"))
    order = do(orders.affirm, order, world.actor("pu"))
    assert (order.state, order.person_id) == ("awaiting_operator", world.people["pu"])
    assert db.session.get_one(Requisition, order.requisition_id).state == "ordered"


def test_the_operator_takes_a_mistaken_entry_back(world: World) -> None:
    order = reach_order(world, "awaiting_buyer")
    assert do(orders.take_back, order, world.actor("sup"), reason="重复录入").state == "cancelled"
    sent = reach_order(world, "awaiting_operator")
    with refuses("wrong_state"):
        do(orders.take_back, sent, world.actor("sup"), reason="重复录入")


def test_an_order_entered_offline_passes_the_buyers_own_approval(world: World) -> None:
    approval_rule(world, roles=["approver"])
    order = reach_order(world, "awaiting_buyer")
    with refuses("approval_first"):
        do(orders.affirm, order, world.actor("pu"))
    demand = db.session.get_one(Requisition, order.requisition_id)
    do(requisitions.approve, demand, world.actor("an"))
    assert do(orders.affirm, order, world.actor("pu")).state == "awaiting_operator"


def test_what_was_entered_offline_is_not_ordered_a_second_time(world: World) -> None:
    order = reach_order(world, "awaiting_buyer")
    demand = db.session.get_one(Requisition, order.requisition_id)
    with refuses("all_ordered"):
        do(placing.order, demand, world.actor("pu"))
    do(orders.cancel, order, world.actor("pu"), reason="未曾订购")
    assert again(demand).state == "approved"


def test_an_offline_order_goes_to_one_supplier_and_has_prices(world: World) -> None:
    ours, theirs = listing(world), listing(world, supplier="supplier2")
    with refuses("one_supplier"):
        reach_order(world, "awaiting_buyer", [(ours, 1), (theirs, 1)])
    with refuses("priced_only"):
        reach_order(world, "awaiting_buyer", [(listing(world, price=None), 1)])


def test_the_supplier_sees_an_order_when_it_is_sent(world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    seen = visible(Order, world.actor("xiao")).where(Order.id == order.id)
    assert db.session.scalars(seen).first() is None
    do(orders.approve, order, world.actor("tao"))
    assert db.session.scalars(seen).first() is not None


def test_a_purchaser_cannot_order_what_is_not_approved(world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = do(requisitions.submit, requisition(world), world.actor("pu"))
    with refuses("wrong_state"):
        do(placing.order, demand, world.actor("pu"))
    assert orders_of(demand) == []


def test_a_second_order_of_the_same_requisition_is_refused(world: World) -> None:
    demand = approved(world)
    do(placing.order, demand, world.actor("pu"))
    with refuses("wrong_state"):
        do(placing.order, demand, world.actor("pu"))
    assert len(orders_of(demand)) == 1
