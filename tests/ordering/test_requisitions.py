"""A lab's demand: frozen prices, approval inside the lab, the price hold, and the way to quotes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.actions import organisations
from app.catalogue.basket import add
from app.kernel import worker
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.values import MICRO, clock_at, now
from app.kernel.work import unit_of_work
from app.ordering.actions import orders, placing, requisitions
from app.ordering.models import Order, Requisition
from app.sourcing.actions import rfqs
from app.sourcing.models import Rfq
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    again,
    approval_rule,
    approved,
    do,
    orders_of,
    pieces,
    placed,
    refuses,
    reprice,
    requisition,
    wanted_lines,
)

pytestmark = pytest.mark.database_matters


def test_a_requisition_freezes_price_tax_warranty_and_supplier_of_the_listing(world: World) -> None:
    one = listing(world)
    demand = requisition(world, [(one, 2)])
    reprice(world, one, "99999.00")
    line = again(demand).lines[0]
    assert (line.price_minor, line.vat_bp, line.warranty_months) == (6_850_000, 1_300, 24)
    assert (line.supplier_id, line.amount_minor, demand.total_minor) == (
        world.organisations["supplier"], 13_700_000, 13_700_000,
    )  # fmt: skip


def test_a_member_asks_and_the_purchaser_orders(world: World) -> None:
    demand = do(requisitions.submit, requisition(world, by="mei"), world.actor("mei"))
    assert demand.state == "approved"
    with refuses("not_yours"):
        do(placing.order, demand, world.actor("mei"))
    do(placing.order, demand, world.actor("pu"))
    assert again(demand).state == "ordered"


def test_a_member_handles_their_own_requests_and_a_purchaser_everybodys(world: World) -> None:
    demand = requisition(world, by="pu")
    for verb, given in (
        (requisitions.submit, {}), (requisitions.cancel, {"reason": "不要"}), (requisitions.rebuild, {}),
    ):  # fmt: skip
        with refuses("not_their_requisition"):
            do(verb, demand, world.actor("mei"), **given)
    assert do(requisitions.cancel, requisition(world, by="mei"), world.actor("qiu"), reason="重复").state == "cancelled"


def test_without_a_rule_submitting_approves_at_once(world: World) -> None:
    assert approved(world).state == "approved"


def test_the_plan_is_signed_in_turn_and_by_another_person(world: World) -> None:
    approval_rule(world, roles=["approver", "finance"])
    demand = do(requisitions.submit, requisition(world), world.actor("pu"))
    assert (demand.state, demand.waits_role) == ("awaiting_approval", "approver")
    with refuses("other_role_signs"):
        do(requisitions.approve, demand, world.actor("cai"))
    demand = do(requisitions.approve, demand, world.actor("an"))
    assert (demand.state, demand.waits_role) == ("awaiting_approval", "finance")
    assert do(requisitions.approve, demand, world.actor("cai")).state == "approved"


def test_an_approver_rejects_or_returns_with_a_reason(world: World) -> None:
    approval_rule(world, roles=["approver"])
    first = do(requisitions.submit, requisition(world), world.actor("pu"))
    assert do(requisitions.reject, first, world.actor("an"), reason="已有同类设备").state == "rejected"
    second = do(requisitions.submit, requisition(world), world.actor("pu"))
    second = do(requisitions.return_, second, world.actor("an"), reason="请写明用途")
    assert second.state == "returned"
    assert do(requisitions.submit, second, world.actor("pu")).state == "awaiting_approval"


def test_what_costs_something_else_by_now_is_not_submitted_until_todays_prices_are_taken(world: World) -> None:
    one = listing(world)
    demand = requisition(world, [(one, 1)])
    reprice(world, one, "70000.00")
    with refuses("prices_changed"):
        do(requisitions.submit, demand, world.actor("pu"))
    rebuilt = do(requisitions.rebuild, demand, world.actor("pu"))
    assert rebuilt.total_minor == 7_000_000
    assert do(requisitions.submit, rebuilt, world.actor("pu")).state == "approved"


def test_the_price_hold_lapses_and_the_requisition_is_rebuilt(world: World) -> None:
    demand = approved(world)
    with clock_at(requisitions.PRICE_HOLD + timedelta(minutes=1)):
        worker.ring_clocks()
        assert again(demand).state == "lapsed"
        with refuses("wrong_state"):
            do(placing.order, demand, world.actor("pu"))
        rebuilt = do(requisitions.rebuild, demand, world.actor("pu"))
    assert rebuilt.state == "draft"


def test_the_clock_leaves_an_ordered_requisition_alone(world: World) -> None:
    order = placed(world)[0]
    with clock_at(requisitions.PRICE_HOLD + timedelta(minutes=1)):
        worker.ring_clocks()
    demand = db.session.get_one(Requisition, order.requisition_id)
    assert demand.state == "ordered"


def test_a_basket_becomes_a_requisition_and_keeps_what_is_in_another_currency(world: World) -> None:
    one, other = listing(world), listing(world, price={"amount": "12300.00", "currency": "USD"})
    with unit_of_work():
        for each in (one, other):
            add(world.actor("mei"), each.id, pieces(3))
    made = do(requisitions.checkout, world.org("lab"), world.actor("mei"), currency="CNY", purpose="新实验室")
    assert [(line.listing_id, line.quantity_micro) for line in made.lines] == [(one.id, pieces(3))]
    with refuses("basket_empty"):
        do(requisitions.checkout, world.org("lab"), world.actor("mei"), currency="CNY")
    assert do(requisitions.checkout, world.org("lab"), world.actor("mei"), currency="USD").currency == "USD"


def test_two_currencies_do_not_share_a_requisition(world: World) -> None:
    foreign = listing(world, price={"amount": "12300.00", "currency": "USD"})
    with refuses("one_currency"):
        requisition(world, [(listing(world), 1), (foreign, 1)])


def test_what_is_off_the_shelf_is_not_requested(world: World) -> None:
    with refuses("not_on_offer"):
        requisition(world, [(listing(world, "withdrawn"), 1)])


def test_an_organisation_does_not_buy_from_itself_and_only_labs_buy(world: World) -> None:
    with refuses("not_yours"):
        requisition(world, [(listing(world), 1)], by="xiao", org="supplier")


def test_a_line_in_words_needs_name_and_unit_and_says_at_which_line(world: World) -> None:
    with refuses("line_unclear"):
        do(requisitions.requisition, world.org("lab"), world.actor("pu"), lines=[{"listing": None, "quantity": MICRO}])


def test_lines_without_a_price_are_not_ordered_but_put_out_to_quotes(world: World) -> None:
    on_request = listing(world, price=None)
    demand = approved(world, [(listing(world), 1), (on_request, 1)])
    with refuses("no_price") as said:
        do(placing.order, demand, world.actor("pu"))
    assert said == ["1 lines have no price yet. Ask suppliers for quotes first."]
    demand = do(placing.source, demand, world.actor("pu"), deadline=now() + timedelta(days=7))
    rfq = db.session.get_one(Rfq, demand.rfq_id)
    assert (demand.state, len(rfq.lines), rfq.state) == ("sourcing", 2, "draft")


def test_a_failed_request_for_quotes_opens_the_requisition_again(world: World) -> None:
    demand = do(placing.source, approved(world), world.actor("pu"), deadline=now() + timedelta(days=7))
    do(rfqs.cancel, db.session.get_one(Rfq, demand.rfq_id), world.actor("pu"), reason="改为直接采购")
    worker.react("ordering")
    demand = again(demand)
    assert (demand.state, demand.rfq_id) == ("approved", None)


def test_a_refused_order_opens_its_requisition_again_and_only_its_lines_are_ordered_anew(world: World) -> None:
    ours, theirs = listing(world), listing(world, supplier="supplier2")
    first, second = placed(world, [(ours, 1), (theirs, 2)])
    do(orders.approve, first, world.actor("tao"))
    do(orders.approve, second, world.actor("tao"))
    do(orders.refuse, second, world.actor("xiao2"), reason="停产")
    demand = again(db.session.get_one(Requisition, first.requisition_id))
    assert demand.state == "approved"
    with refuses("partly_ordered"):
        do(requisitions.cancel, demand, world.actor("pu"), reason="不要了")
    do(placing.order, demand, world.actor("pu"))
    made = orders_of(demand)
    assert len(made) == 3
    assert [line.title for line in made[2].lines] == [line.title for line in second.lines]
    assert made[2].supplier_id == second.supplier_id


def test_the_rest_of_a_partly_ordered_requisition_can_be_given_up(world: World) -> None:
    ours, theirs = listing(world), listing(world, supplier="supplier2")
    first, second = placed(world, [(ours, 1), (theirs, 2)])
    do(orders.cancel, second, world.actor("pu"), reason="暂缓")
    demand = again(db.session.get_one(Requisition, first.requisition_id))
    assert (demand.state, demand.price_hold_until) == ("approved", None)
    assert do(requisitions.give_up_rest, demand, world.actor("pu"), reason="经费不足").state == "ordered"


def test_lines_to_which_orders_refer_are_not_edited_away(world: World) -> None:
    order = placed(world)[0]
    do(orders.cancel, order, world.actor("pu"), reason="暂缓")
    demand = again(db.session.get_one(Requisition, order.requisition_id))
    with clock_at(requisitions.PRICE_HOLD * 2):
        worker.ring_clocks()
        demand = do(requisitions.rebuild, demand, world.actor("pu"))
        with refuses("ordered_before"):
            do(requisitions.edit, demand, world.actor("pu"), lines=wanted_lines([(listing(world), 1)]))


def test_nothing_new_is_ordered_from_a_suspended_supplier(world: World) -> None:
    demand = approved(world)
    do(organisations.suspend, world.org("supplier"), world.actor("rui"), reason="资质过期")
    with refuses("nothing_new_ordered"):
        do(placing.order, demand, world.actor("pu"))
    assert orders_of(demand) == []


def test_a_suspended_buyer_orders_nothing_new(world: World) -> None:
    demand = approved(world)
    do(organisations.suspend, world.org("lab"), world.actor("rui"), reason="欠款")
    with refuses("nothing_new_ordered"):
        do(placing.order, demand, world.actor("pu"))


def test_an_edit_replaces_the_lines_at_todays_prices(world: World) -> None:
    demand = requisition(world)
    one = listing(world, price={"amount": "100.00", "currency": "CNY"})
    changed = do(requisitions.edit, demand, world.actor("pu"), lines=wanted_lines([(one, 3)]), title="试剂")
    assert (changed.title, changed.total_minor, len(changed.lines)) == ("试剂", 30_000, 1)


def test_strangers_do_not_see_a_requisition_and_staff_do_not_see_its_draft(world: World) -> None:
    requisition(world)
    for name in ("lab2pu", "xiao", "tao"):
        assert db.session.scalars(visible(Requisition, world.actor(name))).all() == []


def test_the_order_is_the_only_thing_that_remembers_the_price_for_good(world: World) -> None:
    one = listing(world)
    order = placed(world, [(one, 2)])[0]
    reprice(world, one, "1.00")
    assert again(order).total_minor == 13_700_000
    assert isinstance(order, Order)
