"""Payouts: everything payable, by two people, to the account named, never twice and never from others' money."""

from __future__ import annotations

import pytest

from app.accounts.actions import bank_accounts
from app.kernel.lifecycle import find
from app.payments.actions import payments, payouts
from app.payments.models import Payout
from tests.world import World
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import (
    bank_account,
    bought,
    deliver,
    faults,
    paid,
    paid_out,
    run,
    stands,
    suspended,
)

pytestmark = pytest.mark.database_matters


@pytest.fixture
def earned(world: World) -> World:
    """60,000.00 were released to the supplier: 58,800.00 are payable."""
    order = bought(world, "6000.00", 10, warranty_months=0)
    paid(world, order, "60000.00")
    deliver(world, order, 10)
    return world


def payable(world: World) -> str:
    return stands(f"payable:{world.organisations['supplier']}")


def in_transit(world: World) -> str:
    return stands(f"in_transit:{world.organisations['supplier']}")


def test_a_payout_is_posted_as_the_postings_table_says(earned: World) -> None:
    payout = paid_out(earned, "submitted")
    assert (payable(earned), in_transit(earned), stands("bank")) == ("0.00", "-58800.00", "60000.00")
    do(payouts.succeed, payout, earned.actor("shu"), bank_reference="P-1")
    assert (payable(earned), in_transit(earned), stands("bank")) == ("0.00", "0.00", "1200.00")
    assert faults() == []


def test_a_payout_lists_the_movements_that_it_pays(earned: World) -> None:
    payout = paid_out(earned, "created")
    assert payout.number.startswith("PT-")
    assert [line.amount_minor for line in payout.lines] == [5_880_000]
    assert sum(line.amount_minor for line in payout.lines) == payout.amount_minor


def test_the_next_payout_pays_what_came_after(earned: World) -> None:
    paid_out(earned)
    order = bought(earned, model="N2")
    paid(earned, order, "30000.00")
    second = paid_out(earned)
    assert second.amount.amount == "29400.00"
    assert len(second.lines) == 1
    assert faults() == []


def test_one_payout_at_a_time(earned: World) -> None:
    paid_out(earned, "approved")
    with refuses("payout_runs"):
        paid_out(earned, "created")


def test_nothing_payable_is_not_paid_out(world: World) -> None:
    with refuses("nothing_payable"):
        paid_out(world, "created")


def test_a_payout_needs_a_bank_account_and_keeps_the_one_it_was_made_with(earned: World) -> None:
    with refuses("no_bank_account"):
        do(
            payouts.propose_payout, earned.org("operator"), earned.actor("shu"),
            supplier=earned.organisations["supplier"], currency="CNY",
        )  # fmt: skip
    payout = paid_out(earned, "created")
    other = do(
        bank_accounts.name_account, earned.org("supplier"), earned.actor("zong"), bank_name="别的银行", account_no="999"
    )
    do(bank_accounts.confirm, other, earned.actor("sen"))
    assert again(payout).bank_account == "1709020009000012345"


def test_two_people_are_needed(earned: World) -> None:
    payout = paid_out(earned, "created")
    with refuses("payout_another"):
        do(payouts.approve, payout, earned.actor("shu"))
    for name in ("jin", "zong", "cai", "wang", "tao"):
        with refuses("not_yours"):
            do(payouts.approve, payout, earned.actor(name))


def test_a_suspended_supplier_is_not_paid_out(earned: World) -> None:
    payout = paid_out(earned, "created")
    suspended(earned)
    with refuses("payouts_stopped"):
        do(payouts.approve, payout, earned.actor("sen"))


@pytest.mark.parametrize("state", ["submitted", "succeeded"])
def test_a_failed_payout_is_payable_again_and_can_be_ordered_again(earned: World, state: str) -> None:
    payout = paid_out(earned, state)
    do(payouts.fail, payout, earned.actor("sen"), reason="账号有误")
    assert (payable(earned), in_transit(earned), stands("bank")) == ("-58800.00", "0.00", "60000.00")
    do(payouts.retry, again(payout), earned.actor("sen"))
    do(payouts.succeed, again(payout), earned.actor("sen"), bank_reference="P-2")
    assert (payable(earned), stands("bank")) == ("0.00", "1200.00")
    assert faults() == []


def test_an_unknown_payout_is_never_ordered_again(earned: World) -> None:
    payout = paid_out(earned, "unknown")
    with refuses("wrong_state"):
        do(payouts.retry, payout, earned.actor("sen"))
    with refuses("wrong_state"):
        do(payouts.cancel, payout, earned.actor("sen"), reason="x")
    do(payouts.succeed, payout, earned.actor("sen"), bank_reference="P-1")
    assert faults() == []


def test_what_a_cancelled_payout_listed_stays_payable(earned: World) -> None:
    do(payouts.cancel, paid_out(earned, "failed"), earned.actor("shu"), reason="供应商换账户")
    again_paid = paid_out(earned)
    assert again_paid.amount.amount == "58800.00"
    assert payable(earned) == "0.00"
    assert faults() == []


def test_what_was_taken_back_meanwhile_is_not_paid_out(earned: World) -> None:
    order = bought(earned, model="N3")
    payment = paid(earned, order, "30000.00")
    payout = paid_out(earned, "approved")
    assert payout.amount.amount == "88200.00"
    do(payments.reverse, payment, earned.actor("sen"), reason="银行退回")
    run()
    with refuses("payout_uncovered"):
        do(payouts.submit, payout, earned.actor("shu"))


def test_the_supplier_sees_its_payouts_and_nobody_elses(earned: World) -> None:
    payout = paid_out(earned)
    assert find(Payout, payout.id, earned.actor("jin")).id == payout.id
    for stranger in ("jin2", "cai"):
        with refuses("not_there"):
            find(Payout, payout.id, earned.actor(stranger))


def test_a_named_bank_account_is_enough(earned: World) -> None:
    bank_account(earned)
    assert paid_out(earned, "created").state == "created"
