"""Who approves a transaction: rules in force, frozen on the order; nobody for their own organisation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.kernel.db import db
from app.kernel.values import Money
from app.ordering.actions import orders, rules
from app.ordering.models import TransactionRule
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    again,
    build_with_buying_operator,
    do,
    placed,
    reach_order,
    refuses,
    transaction_rule,
)

pytestmark = pytest.mark.database_matters


def propose(world: World, operator_from: str, owner_from: str, currency: str = "CNY") -> TransactionRule:
    return do(  # type: ignore[no-any-return]
        rules.propose_rule, world.org("operator"), world.actor("ops"), reason="年度调整",
        operator_from=Money.parse(operator_from, currency), owner_from=Money.parse(owner_from, currency),
    )  # fmt: skip


def test_without_a_rule_for_the_currency_the_operator_approves_always_and_the_owner_nothing(world: World) -> None:
    order = reach_order(world, "awaiting_operator", [(listing(world), 1_000)])
    with refuses("operator_alone_always"):
        do(orders.pass_to_owner, order, world.actor("tao"))
    assert do(orders.approve, order, world.actor("tao")).state == "awaiting_supplier"


def test_below_the_operators_limit_nobody_is_asked(world: World) -> None:
    transaction_rule(world, "100000.00", "1000000.00")
    order = placed(world, [(listing(world), 1)])[0]
    assert order.state == "awaiting_supplier"
    assert order.sent_at is not None


def test_from_the_operators_limit_on_the_operator_approves(world: World) -> None:
    transaction_rule(world, "68500.00", "1000000.00")
    order = placed(world, [(listing(world), 1)])[0]
    assert order.state == "awaiting_operator"
    with refuses("operator_alone") as said:
        do(orders.pass_to_owner, order, world.actor("tao"))
    assert "Below" in said[0]
    assert do(orders.approve, order, world.actor("tao")).state == "awaiting_supplier"


def test_from_the_owners_limit_on_the_owner_approves_after_the_operator(world: World) -> None:
    transaction_rule(world, "10000.00", "68500.00")
    order = placed(world, [(listing(world), 1)])[0]
    with refuses("owner_approves"):
        do(orders.approve, order, world.actor("tao"))
    with refuses("wrong_state"):
        do(orders.approve_as_owner, order, world.actor("wang"))
    order = do(orders.pass_to_owner, order, world.actor("tao"))
    with refuses("owner_decides"):
        do(orders.reject, order, world.actor("tao"), reason="价格偏高")
    with refuses("not_yours"):
        do(orders.approve_as_owner, order, world.actor("tao"))
    assert do(orders.approve_as_owner, order, world.actor("wang")).state == "awaiting_supplier"


def test_a_rule_changed_later_does_not_touch_an_order_made_before(world: World) -> None:
    transaction_rule(world, "10000.00", "1000000.00")
    order = placed(world, [(listing(world), 1)])[0]
    transaction_rule(world, "0.00", "1.00")
    assert do(orders.approve, order, world.actor("tao")).state == "awaiting_supplier"


def test_a_split_into_orders_does_not_get_below_the_limit(world: World) -> None:
    transaction_rule(world, "100000.00", "1000000.00")
    ours, theirs = listing(world), listing(world, supplier="supplier2")
    made = placed(world, [(ours, 1), (theirs, 1)])
    assert [order.state for order in made] == ["awaiting_operator", "awaiting_operator"]


@pytest.mark.parametrize("party", ["lab", "supplier"])
def test_nobody_approves_for_an_organisation_to_which_they_belong(world: World, party: str) -> None:
    order = reach_order(world, "awaiting_operator")
    tao = world.actor("tao")
    insider = replace(tao, org_ids=tao.org_ids | {world.organisations[party]})
    for verb, given in ((orders.approve, {}), (orders.reject, {"reason": "不妥"}), (orders.return_, {"reason": "补"})):
        with refuses("own_dealing"):
            do(verb, order, insider, **given)
    assert again(order).state == "awaiting_operator"


def test_a_returned_order_is_corrected_and_submitted_again(world: World) -> None:
    order = reach_order(world, "returned")
    order = do(orders.correct, order, world.actor("pu"), delivery_place="二号楼 101", deliver_by=None, terms="送货上门")
    assert (order.delivery_place, order.terms) == ("二号楼 101", "送货上门")
    assert do(orders.resubmit, order, world.actor("pu")).state == "awaiting_operator"


def test_the_owner_decides_about_rules_and_the_new_one_retires_the_former(world: World) -> None:
    transaction_rule(world, "10000.00", "1000000.00")
    second = propose(world, "20000.00", "500000.00")
    with refuses("not_yours"):
        do(rules.approve, second, world.actor("tao"))
    do(rules.approve, second, world.actor("wang"))
    states = [rule.state for rule in db.session.scalars(db.select(TransactionRule).order_by(TransactionRule.id))]
    assert states == ["retired", "active"]
    third = propose(world, "1.00", "2.00")
    assert do(rules.decline, third, world.actor("wen"), reason="过低").state == "declined"


def test_currencies_have_rules_of_their_own(world: World) -> None:
    transaction_rule(world, "10000.00", "1000000.00", "CNY")
    transaction_rule(world, "5000.00", "50000.00", "USD")
    active = db.session.scalars(db.select(TransactionRule.currency).where(TransactionRule.state == "active"))
    assert sorted(active) == ["CNY", "USD"]
    with refuses("two_currencies"):
        do(rules.propose_rule, world.org("operator"), world.actor("ops"), reason="误", operator_from=Money(1, "CNY"),
           owner_from=Money(2, "USD"))  # fmt: skip
    with refuses("owner_below_operator"):
        propose(world, "2.00", "1.00")


def test_what_the_operator_buys_for_itself_goes_to_the_owner(app: Flask) -> None:
    del app
    world = build_with_buying_operator()
    order = placed(world, [(listing(world), 1)], by="opspu", org="operator")[0]
    assert order.state == "awaiting_owner"
    with refuses("own_dealing"):
        do(orders.reject, order, world.actor("tao"), reason="不买")
    order = do(orders.return_, order, world.actor("wang"), reason="写明用途")
    order = do(orders.resubmit, order, world.actor("opspu"))
    assert order.state == "awaiting_owner"
    assert do(orders.approve_as_owner, order, world.actor("wang")).state == "awaiting_supplier"
