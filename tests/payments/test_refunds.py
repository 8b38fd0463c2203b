"""Refunds: by two people, out of held money first, else clawed back from the supplier, never from others."""

from __future__ import annotations

import pytest

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import offers
from app.ordering.models import Order
from app.payments.actions import instalments, refunds
from app.payments.actions.refunds import missing_cover
from app.payments.models import Refund
from tests.world import World
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import (
    bank_line,
    bought,
    deliver,
    faults,
    figures,
    give_up,
    paid,
    paid_out,
    parts,
    proposed_refund,
    refunded,
    refunds_of,
    run,
    stands,
    states,
)

pytestmark = pytest.mark.database_matters


def clawed(world: World, *, payout: bool = True) -> tuple[Order, Refund]:
    """60,000.00 released and paid out, then 10,000.00 of it is too much."""
    order = bought(world, "10000.00", 6, warranty_months=0)
    paid(world, order, "60000.00")
    deliver(world, order, 5)
    release_all(world, order)
    if payout:
        paid_out(world)
    give_up(order, 1)
    (refund,) = refunds_of(order)
    return order, refund


def release_all(world: World, order: Order) -> None:
    """Have the rest released too, as if the sixth piece had been accepted and then given up by an agreed claim."""
    (part,) = parts(order)
    do(instalments.release, part, SYSTEM_ACTOR, amount=part.standing.held)


def test_prepaid_money_goes_back_out_of_what_is_held(world: World) -> None:
    """The table's refund before release: held to refund due, then the bank."""
    order = bought(world)
    paid(world, order, "40000.00")
    refund = proposed_refund(world, order, "10000.00")
    assert stands(f"held:{order.id}") == "-10000.00"
    refunded(world, refund, "approved")
    assert stands(f"held:{order.id}") == "0.00"
    assert stands(f"refund_due:{order.buyer_id}") == "-10000.00"
    assert faults() == []
    second = world.actor("sen")
    do(refunds.submit, again(refund), second)
    do(refunds.succeed, again(refund), second, bank_reference="R-1")
    assert stands(f"refund_due:{order.buyer_id}") == "0.00"
    assert stands("bank") == "30000.00"
    assert figures(order, "received", "refunded", "open")[1] == ("10000.00", "10000.00", "65000.00")
    assert faults() == []


def test_money_that_is_due_or_released_does_not_go_back_on_request(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    with refuses("nothing_to_refund"):
        proposed_refund(world, order, "1.00")
    paid(world, order, "10.00")
    with refuses("more_than_refundable"):
        proposed_refund(world, order, "10.01")


def test_whoever_proposes_a_refund_does_not_approve_it(world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    refund = proposed_refund(world, order, "10000.00")
    with refuses("another_approves"):
        do(refunds.approve, refund, world.actor("shu"))
    for name in ("cai", "jin", "tao"):
        with refuses("not_yours"):
            do(refunds.approve, refund, world.actor(name))
    with refuses("owner_stands_in"):
        do(refunds.approve, refund, world.actor("wang"))
    do(refunds.approve, refund, world.actor("sen"))


def test_a_refund_that_was_overtaken_is_not_approved(world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    refund = proposed_refund(world, order, "10000.00")
    deliver(world, order, 10)
    with refuses("less_refundable"):
        do(refunds.approve, refund, world.actor("sen"))
    do(refunds.cancel, refund, world.actor("shu"), reason="款已到期")
    assert states(order)[1] == "due"
    assert faults() == []


def test_a_refund_after_the_payout_is_clawed_back_as_the_postings_table_says(world: World) -> None:
    order, refund = clawed(world)
    assert refund.amount.amount == "10000.00"
    assert stands(f"payable:{order.supplier_id}") == "0.00"
    do(refunds.approve, refund, world.actor("sen"))
    assert stands(f"payable:{order.supplier_id}") == "9800.00"
    assert stands("commission:operator") == "-566.04"
    assert stands("commission:owner") == "-377.36"
    assert stands("vat") == "-56.60"
    assert stands(f"refund_due:{order.buyer_id}") == "-10000.00"
    refund = again(refund)
    assert (refund.taken_back.amount, refund.covered) == ("10000.00", False)
    assert faults() == []


def test_a_clawed_back_refund_waits_and_never_takes_another_buyers_money(world: World) -> None:
    order, refund = clawed(world)
    do(refunds.approve, refund, world.actor("sen"))
    other = bought(world, model="B2", supplier="supplier2")
    paid(world, other, "100000.00")
    assert missing_cover(again(refund)).amount == "8200.00"
    db.session.rollback()
    with refuses("waits_for_cover"):
        do(refunds.submit, refund, world.actor("sen"))
    assert stands(f"refund_due:{order.buyer_id}") == "-10000.00"


def test_the_operators_own_money_covers_a_clawed_back_refund(world: World) -> None:
    order, refund = clawed(world)
    do(refunds.approve, refund, world.actor("sen"))
    bank_line(world, "float_in", "8800.00")
    do(refunds.submit, refund, world.actor("sen"))
    do(refunds.succeed, again(refund), world.actor("sen"), bank_reference="R-1")
    assert again(refund).covered
    assert stands(f"refund_due:{order.buyer_id}") == "0.00"
    assert stands(f"payable:{order.supplier_id}") == "9800.00"
    assert faults() == []
    with refuses("money_of_others"):
        bank_line(world, "float_out", "8800.00")


def test_the_suppliers_repayment_covers_it_too(world: World) -> None:
    order, refund = clawed(world)
    do(refunds.approve, refund, world.actor("sen"))
    bank_line(world, "repayment", "9800.00", supplier=order.supplier_id)
    assert stands(f"payable:{order.supplier_id}") == "0.00"
    do(refunds.submit, refund, world.actor("sen"))
    assert faults() == []


def test_the_suppliers_next_release_covers_it_too(world: World) -> None:
    order, refund = clawed(world)
    do(refunds.approve, refund, world.actor("sen"))
    following = bought(world, model="B3")
    paid(world, following, "30000.00")
    do(refunds.submit, refund, world.actor("sen"))
    assert stands(f"payable:{order.supplier_id}") == "-19600.00"
    assert faults() == []


def test_two_refunds_do_not_count_on_the_same_cover(world: World) -> None:
    _, refund = clawed(world)
    do(refunds.approve, refund, world.actor("sen"))
    bank_line(world, "float_in", "8800.00")
    do(refunds.submit, refund, world.actor("sen"))
    order = bought(world, "10000.00", 6, warranty_months=0, model="B4", supplier="supplier2")
    paid(world, order, "60000.00")
    release_all(world, order)
    paid_out(world, supplier="supplier2")
    give_up(order, 1)
    (second,) = refunds_of(order)
    do(refunds.approve, second, world.actor("sen"))
    with refuses("waits_for_cover"):
        do(refunds.submit, second, world.actor("sen"))
    assert faults() == []


def test_before_the_payout_the_suppliers_credit_covers_it(world: World) -> None:
    order, refund = clawed(world, payout=False)
    assert refund.amount.amount == "10000.00"
    refunded(world, refund)
    assert stands(f"payable:{order.supplier_id}") == "-49000.00"
    assert stands("bank") == "50000.00"
    assert faults() == []


def test_a_refund_that_comes_back_is_due_again_and_ordered_again(world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    refund = refunded(world, proposed_refund(world, order, "10000.00"))
    do(refunds.fail, refund, world.actor("sen"), reason="账号已销户")
    assert stands(f"refund_due:{order.buyer_id}") == "-10000.00"
    assert stands("bank") == "40000.00"
    do(refunds.retry, again(refund), world.actor("shu"))
    do(refunds.succeed, again(refund), world.actor("shu"), bank_reference="R-2")
    assert stands("bank") == "30000.00"
    assert faults() == []


def test_an_unknown_refund_is_never_ordered_again(world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    refund = refunded(world, proposed_refund(world, order, "10000.00"), "unknown")
    names = {offer.action.name for offer in offers(refund, world.actor("sen"))}
    assert names == {"succeed", "fail"}
    with refuses("wrong_state"):
        do(refunds.retry, refund, world.actor("sen"))


@pytest.mark.parametrize("state", ["created", "approved", "failed"])
def test_a_cancelled_refund_puts_the_money_where_it_was(world: World, state: str) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    before = figures(order, "paid", "released", "refunded", "held")
    refund = proposed_refund(world, order, "10000.00")
    if state != "created":
        refund = refunded(world, refund, state)
    do(refunds.cancel, refund, world.actor("shu"), reason="买方撤回申请")
    run()
    assert figures(order, "paid", "released", "refunded", "held") == before
    assert stands(f"refund_due:{order.buyer_id}") == "0.00"
    assert faults() == []


def test_a_cancelled_clawback_gives_the_supplier_and_the_platform_their_shares_back(world: World) -> None:
    order, refund = clawed(world)
    refunded(world, refund, "approved")
    do(refunds.cancel, again(refund), world.actor("shu"), reason="协商一致")
    assert stands(f"payable:{order.supplier_id}") == "0.00"
    assert stands("commission:operator") == "-679.25"
    assert stands("vat") == "-67.92"
    run()
    assert [one.state for one in refunds_of(order)] == ["cancelled", "created"]
    assert faults() == []


def test_an_order_given_up_whole_gives_everything_back_but_not_from_others(world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    give_up(order, 10)
    (refund,) = refunds_of(order)
    assert refund.amount.amount == "40000.00"
    refunded(world, refund)
    assert states(order) == ["cancelled"] * 3
    assert stands("bank") == "0.00"
    assert stands(f"payable:{order.supplier_id}") == "0.00"
    assert faults() == []
