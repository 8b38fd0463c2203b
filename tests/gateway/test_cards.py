"""Card payments through the real SDK against the stand-in: begun, paid, expired, given up, taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kernel.values import Money, clock_at
from app.payments.actions import cards, payments
from tests.payments.stand_in import StandIn
from tests.world import World
from tests.worlds.cards import asked, opened, paid_by_card
from tests.worlds.ordering import again, do, reach_order, refuses
from tests.worlds.payments import (
    bank_line,
    bought,
    cny,
    deliver,
    faults,
    figures,
    give_up,
    parts,
    refunds_of,
    run,
    stands,
    told,
)

LATER = timedelta(hours=1)


def test_a_card_payment_is_opened_by_the_worker_paid_on_the_page_and_held_for_the_order(
    world: World, stripe: StandIn
) -> None:
    order = bought(world, "250.00", 2)
    payment = asked(world, order, "500.00")
    assert (payment.state, payment.pay_at, payment.waits_org) == ("created", None, None)
    assert not stripe.requests, "nothing is asked inside the transaction"
    run()
    payment = again(payment)
    assert payment.state == "submitted"
    assert payment.pay_at == f"{stripe.url}/pay/{payment.gateway_reference}"
    session = stripe.sessions[str(payment.gateway_reference)]
    assert (session["amount_total"], session["currency"]) == (50000, "cny")
    assert session["client_reference_id"] == payment.id
    assert session["success_url"] == f"http://localhost/payments/{payment.id}?back=paid"
    stripe.pay(str(payment.gateway_reference))
    with clock_at(timedelta(minutes=1)):  # no message has come: the clock asks
        run()
    payment = again(payment)
    assert (payment.state, payment.amount, payment.fee) == ("succeeded", cny("500.00"), cny("14.50"))
    assert (payment.pay_at, payment.ask_at) == (None, None)
    assert stands("gateway") == "500.00"
    assert stands(f"held:{order.id}") == "-500.00"
    assert faults() == []


def test_the_gateways_payout_to_the_bank_is_a_bank_line_less_its_fee(world: World, stripe: StandIn) -> None:
    paid_by_card(world, stripe, bought(world, "250.00", 2), "500.00")
    bank_line(world, "gateway_payout", "500.00", fee=cny("14.50"))
    assert (stands("gateway"), stands("bank"), stands("gateway_fees")) == ("0.00", "485.50", "14.50")


def test_nothing_personal_goes_to_the_gateway(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = opened(world, order, "500.00")
    session = stripe.sessions[str(payment.gateway_reference)]
    assert session["metadata"] == {"payment": payment.id, "order": order.number}
    assert "customer_email" not in session


def test_an_instalment_is_paid_by_card_with_what_is_due_of_it(world: World, stripe: StandIn) -> None:
    order = bought(world)
    payment = do(cards.pay_part_by_card, parts(order)[0], world.actor("cai"))
    assert payment.told == cny("30000.00")
    run()
    stripe.pay(str(again(payment).gateway_reference))
    with clock_at(LATER):
        run()
    assert figures(order, "paid")[0] == ("30000.00",)
    with refuses("not_by_card"):
        do(cards.pay_part_by_card, parts(bought(world, "4000000.00", model="B"))[0], world.actor("cai"))


def test_a_program_pays_with_the_secret_of_an_intent(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = opened(world, order, "500.00", mode="program")
    assert payment.pay_at is None
    assert payment.client_secret == stripe.intents[str(payment.gateway_reference)]["client_secret"]
    stripe.pay(str(payment.gateway_reference))
    with clock_at(LATER):
        run()
    assert (again(payment).state, again(payment).client_secret) == ("succeeded", None)
    assert faults() == []


def test_while_one_card_payment_is_under_way_no_other_begins(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    first = asked(world, order, "200.00")
    with refuses("card_under_way") as said:
        asked(world, order, "300.00")
    assert str(first.number) in said[0]
    with refuses("card_under_way"):
        do(cards.pay_part_by_card, parts(order)[0], world.actor("cai"))
    run()
    stripe.pay(str(again(first).gateway_reference))
    with clock_at(LATER):
        run()
        assert asked(world, order, "300.00").state == "created"


def test_only_finance_of_the_buyer_pays_by_card_and_never_more_than_is_open(world: World) -> None:
    order = bought(world, "250.00", 2)
    for name in ("pu", "jin", "lab2pu", "wang", "shu", "sup"):
        with refuses("not_yours"):
            asked(world, order, "1.00", by=name)
    with refuses("more_than_open"):
        asked(world, order, "500.01")
    with refuses("payment_currency"):
        do(cards.pay_by_card, order, world.actor("cai"), amount=Money(100, "USD"))
    waiting = reach_order(world, "awaiting_supplier")
    with refuses("wrong_state"):
        asked(world, waiting, "1.00")


def test_an_order_too_large_for_a_card_is_paid_in_parts_or_by_transfer(world: World) -> None:
    order = bought(world, "200000.00", 10)
    with refuses("not_by_card"):
        asked(world, order, "1000000.00")
    assert asked(world, order, "999999.99").state == "created"


@pytest.mark.parametrize(
    "currency, price, units",
    [("JPY", "500", 500), ("KWD", "5.120", 5120), ("ISK", "5", 500), ("UGX", "7", 700), ("MGA", "12.00", 12)],
)
def test_every_currency_is_charged_in_the_units_that_the_gateway_counts(
    world: World, stripe: StandIn, currency: str, price: str, units: int
) -> None:
    order = bought(world, price, 1, currency=currency)
    payment = opened(world, order, price)
    assert stripe.sessions[str(payment.gateway_reference)]["amount_total"] == units
    stripe.pay(str(payment.gateway_reference))
    with clock_at(LATER):
        run()
    assert again(payment).amount == Money.parse(price, currency)
    assert stands("gateway", currency) == price
    assert faults() == []


@pytest.mark.parametrize("currency, price", [("KWD", "5.124"), ("MGA", "12.50"), ("CLF", "1.0000")])
def test_amounts_that_cards_cannot_be_charged_are_refused_before_anything_is_written(
    world: World, currency: str, price: str
) -> None:
    order = bought(world, price, 1, currency=currency)
    with refuses("currency_not_by_card" if currency == "CLF" else "not_by_card"):
        asked(world, order, price)


def test_a_page_that_nobody_paid_on_expires_and_the_payment_fails(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = opened(world, order, "500.00")
    stripe.expire(str(payment.gateway_reference))
    with clock_at(LATER):
        run()
    assert again(payment).state == "failed"
    assert stands("gateway") == "0.00"
    assert asked(world, order, "500.00").state == "created"


def test_a_payment_given_up_is_closed_at_the_gateway_before_it_counts_as_failed(world: World, stripe: StandIn) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    do(cards.call_off, payment, world.actor("cai"))
    assert (again(payment).state, again(payment).pay_at) == ("submitted", None)
    with refuses("called_off"):
        do(cards.call_off, payment, world.actor("cai"))
    run()
    assert again(payment).state == "failed"
    assert stripe.sessions[str(payment.gateway_reference)]["status"] == "expired"


def test_a_payment_given_up_too_late_counts_all_the_same(world: World, stripe: StandIn) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    stripe.pay(str(payment.gateway_reference))
    do(cards.call_off, payment, world.actor("cai"))
    run()
    assert again(payment).state == "succeeded"
    assert stands("gateway") == "500.00"


def test_a_payment_given_up_before_it_was_handed_over_is_closed_too(world: World, stripe: StandIn) -> None:
    payment = asked(world, bought(world, "250.00", 2), "500.00")
    with refuses("gateway_confirms"):
        do(payments.cancel, payment, world.actor("cai"), reason="不付了")
    do(cards.call_off, payment, world.actor("cai"))
    run()
    assert again(payment).state == "failed"
    assert [one["status"] for one in stripe.sessions.values()] == ["expired"]


@pytest.mark.parametrize("mode", ["page", "program"])
def test_money_that_the_bank_takes_back_late_is_taken_out_again(world: World, stripe: StandIn, mode: str) -> None:
    order = bought(world, "250.00", 2)
    payment = paid_by_card(world, stripe, order, "500.00", mode=mode)
    stripe.fail_late(str(payment.gateway_reference))
    do(cards.look, payment, world.actor("shu"))
    run()
    assert again(payment).state == "reversed"
    assert (stands("gateway"), stands(f"held:{order.id}")) == ("0.00", "0.00")
    assert faults() == []


def test_money_taken_back_after_its_release_is_owed_by_the_buyer(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = paid_by_card(world, stripe, order, "500.00")
    deliver(world, order, 2)
    stripe.dispute(str(payment.gateway_reference), "lost")
    do(cards.look, payment, world.actor("shu"))
    run()
    assert again(payment).state == "reversed"
    assert (stands(f"due_from:{order.id}"), stands("gateway")) == ("500.00", "0.00")


def test_a_dispute_that_is_open_or_won_takes_nothing_back(world: World, stripe: StandIn) -> None:
    payment = paid_by_card(world, stripe, bought(world, "250.00", 2), "500.00")
    for status in ("needs_response", "won"):
        stripe.dispute(str(payment.gateway_reference), status)
        do(cards.look, payment, world.actor("shu"))
        run()
        assert again(payment).state == "succeeded"


def test_a_payment_first_seen_when_it_was_taken_back_already_leaves_nothing_behind(
    world: World, stripe: StandIn
) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    stripe.pay(str(payment.gateway_reference))
    stripe.fail_late(str(payment.gateway_reference))
    with clock_at(LATER):
        run()
    assert again(payment).state == "reversed"
    assert stands("gateway") == "0.00"
    assert faults() == []


def test_nobody_but_the_gateway_moves_a_card_payment(world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    for verb, given in (
        (payments.succeed, {"amount": cny("500.00"), "statement_reference": "1"}),
        (payments.fail, {"reason": "没有到账"}),
    ):
        with refuses("gateway_confirms"):
            do(verb, payment, world.actor("shu"), **given)
    assert again(payment).state == "submitted"


def test_a_transfer_has_nothing_to_do_with_the_gateway(world: World) -> None:
    payment = told(world, bought(world, "250.00", 2), "500.00")
    for verb in (cards.look, cards.call_off):
        with refuses("not_at_gateway"):
            do(verb, payment, world.actor("cai"))


def test_a_card_payment_for_an_order_that_shrank_meanwhile_goes_back_to_the_card(world: World, stripe: StandIn) -> None:
    order = bought(world, "250.00", 2)
    payment = opened(world, order, "500.00")
    give_up(order, 1)
    stripe.pay(str(payment.gateway_reference))
    with clock_at(LATER):
        run()
    (refund,) = refunds_of(order)
    assert (refund.amount, refund.method) == (cny("250.00"), "gateway")
    assert refund.card is not None
    assert refund.card.payment_id == payment.id
