"""Commission rates (the owner's to approve) and bank lines (booked by two people)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel.values import Money, clock_at, now
from app.payments.actions import bank_entries, commission_rates
from app.payments.models import CommissionRate
from app.payments.terms import rate_at
from tests.world import World
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import bank_line, bought, deliver, faults, paid, paid_out, rate, run, stands

pytestmark = pytest.mark.database_matters


def proposed(world: World, percent: int = 300, *, days: float = 10, by: str = "shu") -> CommissionRate:
    made: CommissionRate = do(
        commission_rates.propose_rate, world.org("operator"), world.actor(by), rate=percent, vat=600,
        owner_share=4_000, valid_from=now() + timedelta(days=days), reason="年度调整",
    )  # fmt: skip
    return made


def test_a_rate_holds_from_its_day_on_once_the_owner_has_approved_it(world: World) -> None:
    one = proposed(world)
    assert (one.waits_org, one.waits_role) == ("owner", "owner")
    do(commission_rates.approve, one, world.actor("wang"))
    assert rate_at(now()).rate_bp == 200  # type: ignore[union-attr]
    assert rate_at(now() + timedelta(days=11)).rate_bp == 300  # type: ignore[union-attr]


def test_a_proposed_rate_changes_nothing(world: World) -> None:
    proposed(world, days=1)
    assert rate_at(now() + timedelta(days=2)).rate_bp == 200  # type: ignore[union-attr]


def test_the_operator_proposes_and_only_the_owner_approves(world: World) -> None:
    one = proposed(world, by="ops")
    for name in ("shu", "ops", "shen", "jin"):
        with refuses("not_yours"):
            do(commission_rates.approve, one, world.actor(name))
    for name in ("wang", "tao", "cai"):
        with refuses("not_yours"):
            proposed(world, by=name)


def test_a_rate_never_begins_in_the_past(world: World) -> None:
    with refuses("rate_begins_later"):
        proposed(world, days=-1)
    one = proposed(world, days=1)
    with refuses("rate_from_past"), clock_at(timedelta(days=2)):
        do(commission_rates.approve, one, world.actor("wang"))


def test_the_rate_before_is_retired_when_its_time_is_over(world: World) -> None:
    before = rate_at(now())
    do(commission_rates.approve, proposed(world), world.actor("wang"))
    assert again(before).state == "active"
    with clock_at(timedelta(days=11)):
        run()
    assert again(before).state == "retired"
    assert rate_at(now()).id == before.id  # type: ignore[union-attr]


def test_a_rate_taken_out_of_force_leaves_its_orders_theirs(world: World) -> None:
    order = bought(world)
    do(commission_rates.revoke, rate_at(now()), world.actor("wang"), reason="政策变化")
    assert rate_at(now()) is None
    paid(world, order, "30000.00")
    assert stands(f"payable:{order.supplier_id}") == "-29400.00"


def test_a_rate_between_two_others_ends_where_the_later_begins(world: World) -> None:
    do(commission_rates.approve, proposed(world, 500, days=20), world.actor("wang"))
    middle = proposed(world, 300, days=10)
    do(commission_rates.approve, middle, world.actor("wang"))
    found = [rate_at(now() + timedelta(days=days)).rate_bp for days in (5, 15, 25)]  # type: ignore[union-attr]
    assert found == [200, 300, 500]


def test_declined_and_doubled_rates_are_nothing(world: World) -> None:
    one = proposed(world)
    do(commission_rates.decline, one, world.actor("wang"), reason="过高")
    with refuses("rate_too_high"):
        proposed(world, 5_001)
    assert rate(world, 250, since=timedelta(minutes=-1)).rate_bp == 250


def test_the_operators_own_money_is_booked_by_a_second_person(world: World) -> None:
    line = bank_line(world, "float_in", "10000.00", booked=False)
    with refuses("another_books"):
        do(bank_entries.book, line, world.actor("shu"))
    do(bank_entries.book, line, world.actor("sen"))
    assert (stands("bank"), stands("float:operator")) == ("10000.00", "-10000.00")
    bank_line(world, "float_out", "4000.00")
    assert (stands("bank"), stands("float:operator")) == ("6000.00", "-6000.00")
    assert faults() == []


def test_a_declined_line_moves_nothing(world: World) -> None:
    line = bank_line(world, "float_in", "10000.00", booked=False)
    do(bank_entries.decline, line, world.actor("sen"), reason="不在对账单上")
    assert stands("bank") == "0.00"


def test_revenue_shares_and_vat_are_paid_out_as_the_postings_table_says(world: World) -> None:
    order = bought(world, "6000.00", 10, warranty_months=0)
    paid(world, order, "60000.00")
    deliver(world, order, 10)
    paid_out(world)
    with refuses("shares_differ"):
        bank_line(world, "shares_out", "1200.01")
    bank_line(world, "shares_out", "1200.00")
    for code in ("commission:operator", "commission:owner", "vat", "bank"):
        assert stands(code) == "0.00"
    assert faults() == []


def test_money_of_others_is_never_taken_out_as_the_operators(world: World) -> None:
    paid(world, bought(world), "30000.00")
    bank_line(world, "float_in", "100.00")
    with refuses("money_of_others"):
        bank_line(world, "float_out", "700.01")
    bank_line(world, "float_out", "100.00")


@pytest.mark.parametrize(
    "code, kind, given",
    [
        ("repaid_by_whom", "repayment", {}),
        ("no_such_supplier", "repayment", {"supplier": "lab"}),
        ("fee_of_gateway", "float_in", {"fee": Money(1, "CNY")}),
        ("fee_of_gateway", "gateway_payout", {"fee": Money(1, "USD")}),
        ("fee_of_gateway", "gateway_payout", {"fee": Money(10_000, "CNY")}),
    ],
)
def test_a_line_that_cannot_be_is_refused(world: World, code: str, kind: str, given: dict[str, object]) -> None:
    if "supplier" in given:
        given = {"supplier": world.organisations[str(given["supplier"])]}
    with refuses(code):
        bank_line(world, kind, "100.00", **given)
