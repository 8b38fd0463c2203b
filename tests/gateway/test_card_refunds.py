"""Refunds to the card: only what the gateway confirms has gone back, and never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel.values import clock_at
from app.payments.actions import cards, refunds, returns
from app.payments.models import Refund
from tests.payments.stand_in import Faults, StandIn
from tests.world import World
from tests.worlds.cards import paid_by_card, to_card
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import (
    bought,
    cny,
    faults,
    figures,
    give_up,
    paid,
    paid_out,
    proposed_refund,
    refunded,
    refunds_of,
    run,
    stands,
)

LATER = timedelta(hours=1)
DAYS_LATER = timedelta(days=3)


def test_a_refund_of_a_card_payment_goes_back_to_the_card_once_approved(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = paid_by_card(world, stripe, order, "500.00")
    refund = proposed_refund(world, order, "120.00")
    assert (refund.method, refund.card and refund.card.payment_id) == ("gateway", payment.id)
    do(refunds.approve, refund, world.actor("sen"))
    assert not stripe.refunds
    run()
    refund = again(refund)
    assert refund.state == "succeeded"
    assert stripe.returned() == {refund.id: [12000]}
    assert refund.bank_reference in stripe.refunds
    assert (stands("gateway"), stands(f"held:{order.id}")) == ("380.00", "-380.00")
    assert stands(f"refund_due:{order.buyer_id}") == "0.00"
    assert faults() == []


def test_nobody_but_the_gateway_says_that_a_card_refund_was_paid(world: World, stripe: StandIn) -> None:
    stripe.slow_refunds = True
    order = bought(world, "250.00", 2)
    paid_by_card(world, stripe, order, "500.00")
    refund = to_card(world, order, "120.00")
    assert (refund.state, refund.waits_org) == ("submitted", None)
    for verb, given in (
        (refunds.succeed, {"bank_reference": "R-1"}),
        (refunds.fail, {"reason": "退款失败"}),
        (refunds.lose_sight, {}),
    ):
        with refuses("gateway_confirms"):
            do(verb, refund, world.actor("shu"), **given)
    assert stands(f"refund_due:{order.buyer_id}") == "-120.00"
    stripe.decide_refund(str(again(refund).card.reference), "succeeded")
    with clock_at(LATER):
        run()
    assert again(refund).state == "succeeded"
    assert faults() == []


def test_a_refund_that_the_cards_bank_refuses_is_still_due_and_is_ordered_again(world: World, stripe: StandIn) -> None:
    stripe.slow_refunds = True
    order = bought(world, "250.00", 2)
    paid_by_card(world, stripe, order, "500.00")
    refund = to_card(world, order, "120.00")
    first = str(again(refund).card.reference)
    stripe.decide_refund(first, "failed")
    stripe.intents[stripe.refunds[first]["payment_intent"]]["latest_charge"]["amount_refunded"] = 0
    with clock_at(LATER):
        run()
        assert (again(refund).state, again(refund).waits_org) == ("failed", "operator")
        assert stands(f"refund_due:{order.buyer_id}") == "-120.00"
        do(refunds.retry, refund, world.actor("shu"))
        run()
    second = str(again(refund).card.reference)
    assert second != first
    stripe.decide_refund(second, "succeeded")
    with clock_at(DAYS_LATER):
        run()
    assert again(refund).state == "succeeded"
    assert stripe.returned() == {refund.id: [12000]}
    assert faults() == []


def test_a_refund_that_fails_after_it_succeeded_is_due_again(world: World, stripe: StandIn, address: str) -> None:
    order = bought(world, "250.00", 2)
    paid_by_card(world, stripe, order, "500.00")
    refund = to_card(world, order, "120.00")
    assert refund.state == "succeeded"
    stripe.decide_refund(str(refund.card.reference), "failed")
    stripe.post_all(address)
    run()
    assert again(refund).state == "failed"
    assert (stands("gateway"), stands(f"refund_due:{order.buyer_id}")) == ("500.00", "-120.00")
    assert faults() == []
    do(refunds.cancel, refund, world.actor("shu"), reason="改用银行转账")
    other = returns.propose_refund
    given = {"cause": "prepaid", "amount": cny("120.00"), "reason": "卡已失效", "way": "transfer"}
    by_bank: Refund = do(other, order, world.actor("shu"), **given)
    assert (by_bank.method, by_bank.card) == ("transfer", None)


def test_a_refund_that_the_gateway_declines_fails_and_says_why(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = paid_by_card(world, stripe, order, "500.00")
    stripe.intent_of(str(payment.gateway_reference))["latest_charge"]["amount_refunded"] = 45000
    refund = to_card(world, order, "120.00")
    assert refund.state == "failed"
    assert stands(f"refund_due:{order.buyer_id}") == "-120.00"
    assert faults() == []


@pytest.mark.parametrize("fault", ["lost", "spoilt", "broken"])
def test_an_answer_that_stays_away_makes_a_refund_unknown_and_never_pays_twice(
    world: World, stripe: StandIn, fault: str
) -> None:
    order = bought(world, "250.00", 2)
    paid_by_card(world, stripe, order, "500.00")
    stripe.faults = Faults(**{fault: 100}, only="POST refunds")
    refund = to_card(world, order, "120.00")
    assert (refund.state, refund.waits_org) == ("unknown", None)
    assert stands(f"refund_due:{order.buyer_id}") == "-120.00"
    with refuses("wrong_state"):
        do(refunds.retry, refund, world.actor("shu"))
    stripe.faults = Faults()
    stripe.keys.clear()  # days later the gateway has forgotten the keys, but not its refunds
    with clock_at(DAYS_LATER):
        run()
    assert again(refund).state == "succeeded"
    assert stripe.returned() == {refund.id: [12000]}
    assert faults() == []


def test_a_card_takes_back_no_more_than_it_paid(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    paid_by_card(world, stripe, order, "300.00")
    paid(world, order, "200.00")
    with refuses("more_than_card"):
        proposed_refund(world, order, "300.01")
    first, second = proposed_refund(world, order, "200.00"), proposed_refund(world, order, "100.00")
    for refund in (first, second):
        assert refunded(world, refund, "approved").state == "succeeded"
    assert proposed_refund(world, order, "50.00").method == "transfer"
    assert faults() == []


def test_what_is_too_much_goes_back_the_ways_it_came(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    paid(world, order, "200.00")
    paid_by_card(world, stripe, order, "300.00")
    give_up(order, 2)
    assert sorted((one.method, one.amount.amount) for one in refunds_of(order)) == [
        ("gateway", "300.00"), ("transfer", "200.00"),
    ]  # fmt: skip


def test_a_card_payment_that_was_taken_back_takes_no_refund(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = paid_by_card(world, stripe, order, "300.00")
    paid(world, order, "200.00")
    refund = proposed_refund(world, order, "100.00")
    stripe.fail_late(str(payment.gateway_reference))
    do(cards.look, payment, world.actor("shu"))
    run()
    with refuses("card_cannot"):
        do(refunds.approve, refund, world.actor("sen"))


def test_a_refund_waits_for_the_suppliers_share_before_it_goes_to_the_card(world: World, stripe: StandIn) -> None:
    order = bought(world)
    paid_by_card(world, stripe, order, "30000.00")
    paid_out(world)
    give_up(order, 10)
    (refund,) = refunds_of(order)
    do(refunds.approve, refund, world.actor("sen"))
    run()
    assert again(refund).state == "approved"
    assert not stripe.refunds
    with refuses("waits_for_cover"):
        do(refunds.submit, refund, world.actor("sen"))
    assert figures(order, "held")[0] == ("0.00",)
