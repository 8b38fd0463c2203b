"""Payments: recorded by the buyer, confirmed with what really arrived, and never lost when they fail late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find, offers
from app.kernel.values import Money, clock_at, now
from app.kernel.work import unit_of_work
from app.payments.actions import payments
from app.payments.models import Payment
from tests.world import World
from tests.worlds.ordering import again, do, reach_order, refuses
from tests.worlds.payments import (
    arrived,
    bank_line,
    bought,
    cny,
    deliver,
    faults,
    figures,
    paid,
    parts,
    refunds_of,
    run,
    stands,
    states,
    told,
)

pytestmark = pytest.mark.database_matters


def test_a_recorded_transfer_moves_nothing_until_settlement_has_seen_it(world: World) -> None:
    order = bought(world)
    payment = told(world, order, "30000.00")
    assert payment.state == "created"
    assert payment.number.startswith("PM-")
    assert (payment.waits_org, payment.waits_role) == ("operator", "settlement")
    assert stands("bank") == "0.00"
    arrived(world, payment)
    assert again(payment).state == "succeeded"
    assert stands("bank") == "30000.00"
    assert faults() == []


def test_what_counts_is_the_amount_that_arrived(world: World) -> None:
    order = bought(world)
    payment = arrived(world, told(world, order, "30000.00"), "29990.00")
    assert payment.amount == cny("29990.00")
    assert figures(order, "paid", "open")[0] == ("29990.00", "10.00")
    assert states(order)[0] == "due"
    assert faults() == []


def test_more_than_the_order_costs_is_proposed_back(world: World) -> None:
    order = bought(world)
    arrived(world, told(world, order, "100000.00"), "100100.00")
    (refund,) = refunds_of(order)
    assert refund.amount == cny("100.00")
    assert stands(f"held:{order.id}") == "-70100.00"
    assert faults() == []


def test_several_payments_fill_the_parts_one_after_the_other(world: World) -> None:
    order = bought(world)
    for amount in ("10000.00", "25000.00", "60000.00"):
        paid(world, order, amount)
    assert figures(order, "paid") == [("30000.00",), ("65000.00",), ("0.00",)]
    assert faults() == []


def test_nobody_confirms_what_he_recorded_himself(world: World) -> None:
    order = bought(world)
    payment = told(world, order, "30000.00", by="shu")
    with refuses("another_confirms"):
        arrived(world, payment, by="shu")
    arrived(world, payment, by="sen")
    assert again(payment).state == "succeeded"


def test_settlement_confirms_and_nobody_else(world: World) -> None:
    order = bought(world)
    payment = told(world, order, "30000.00")
    for name in ("cai", "pu", "jin", "tao", "shen"):
        with refuses("not_yours"):
            arrived(world, payment, by=name)
    with refuses("owner_stands_in"):
        arrived(world, payment, by="wang")
    assert stands("bank") == "0.00"


def test_only_the_buyers_finance_or_the_operator_records(world: World) -> None:
    order = bought(world)
    for name in ("pu", "jin", "lab2pu", "wang"):
        with refuses("not_yours"):
            told(world, order, "30000.00", by=name)
    assert told(world, order, "30000.00", by="sup").recorder_id == world.people["sup"]


def test_a_transfer_needs_a_confirmed_order_with_something_open(world: World) -> None:
    waiting = reach_order(world, "awaiting_supplier")
    given = {"amount": cny("1.00"), "bank_reference": "x", "paid_on": now().date()}
    with refuses("wrong_state"):
        do(payments.record_transfer, waiting, world.actor("cai"), **given)
    with refuses("order_not_payable"):
        do(payments.record_payment, world.org("lab"), world.actor("cai"), order=waiting.id, **given)
    order = bought(world, model="Z1")
    paid(world, order, "100000.00")
    with refuses("nothing_to_pay"):
        told(world, order, "1.00")


@pytest.mark.parametrize(
    "code, changed",
    [
        ("more_than_open", {"amount": Money(10_000_001, "CNY")}),
        ("payment_currency", {"amount": Money(100, "USD")}),
        ("transfer_ahead", {"paid_on": (now() + timedelta(days=3)).date()}),
    ],
)
def test_slips_of_the_keyboard_are_caught(world: World, code: str, changed: dict[str, object]) -> None:
    order = bought(world)
    given = {"amount": cny("1.00"), "bank_reference": "x", "paid_on": now().date()} | changed
    with refuses(code):
        do(payments.record_transfer, order, world.actor("cai"), **given)


def test_another_tenants_order_cannot_be_paid_for(world: World) -> None:
    order = bought(world)
    given = {"amount": cny("1.00"), "bank_reference": "x", "paid_on": now().date()}
    with refuses("order_unknown"):
        do(payments.record_payment, world.org("lab2"), world.actor("lab2pu"), order=order.id, **given)


def test_a_confirmation_names_the_line_of_the_bank_statement_and_the_orders_currency(world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    with refuses("statement_line_needed"):
        arrived(world, payment, statement_reference="")
    with refuses("payment_currency"):
        do(payments.succeed, payment, world.actor("shu"), amount=Money(1, "USD"), statement_reference="1")


def test_a_failed_payment_that_arrives_after_all_still_counts(world: World) -> None:
    order = bought(world)
    payment = told(world, order, "30000.00")
    do(payments.fail, payment, world.actor("shu"), reason="没有到账")
    assert stands("bank") == "0.00"
    arrived(world, payment)
    assert states(order)[0] == "released"
    assert faults() == []


def test_a_payment_that_fails_before_its_release_leaves_nothing_held(world: World) -> None:
    order = bought(world, "1000.00", 2)
    payment = paid(world, order, "500.00")
    assert stands(f"held:{order.id}") == "-500.00"
    do(payments.reverse, payment, world.actor("sen"), reason="银行退回")
    assert stands(f"held:{order.id}") == "0.00"
    assert stands("bank") == "0.00"
    assert stands(f"due_from:{order.id}") == "0.00"
    assert figures(order, "received", "open") == [("0.00", "2000.00")]
    assert faults() == []


def test_a_payment_that_fails_after_its_release_is_owed_by_the_buyer(world: World) -> None:
    order = bought(world)
    payment = paid(world, order, "30000.00")
    do(payments.reverse, payment, world.actor("sen"), reason="银行退回")
    assert stands(f"due_from:{order.id}") == "30000.00"
    assert figures(order, "received", "owed", "released", "held")[0] == ("0.00", "30000.00", "30000.00", "0.00")
    assert states(order)[0] == "due"
    assert again(payment).state == "reversed"
    (fault,) = faults()
    assert fault == "cover CNY: bank and gateway hold 2940000 minor units less than belongs to others"
    paid(world, order, "30000.00")
    assert stands(f"due_from:{order.id}") == "0.00"
    assert states(order)[0] == "released"
    assert stands(f"payable:{order.supplier_id}") == "-29400.00"
    assert faults() == []


def test_money_that_was_partly_released_is_partly_owed(world: World) -> None:
    order = bought(world)
    payment = paid(world, order, "50000.00")
    do(payments.reverse, payment, world.actor("sen"), reason="银行退回")
    assert stands(f"held:{order.id}") == "0.00"
    assert stands(f"due_from:{order.id}") == "30000.00"
    assert figures(order, "open")[:2] == [("30000.00",), ("65000.00",)]


def test_an_unknown_payment_is_not_offered_again_and_only_its_source_knows(world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    do(payments.submit, payment, SYSTEM_ACTOR)
    do(payments.lose_sight, payment, SYSTEM_ACTOR)
    assert again(payment).state == "unknown"
    for name in ("cai", "sup"):
        assert [offer for offer in offers(again(payment), world.actor(name)) if offer.enabled] == []


def test_only_the_gateways_own_word_moves_a_payment_at_the_gateway(world: World) -> None:
    order = bought(world, "250.00", 2)
    payment = told(world, order, "500.00")
    with unit_of_work():
        find(Payment, payment.id, SYSTEM_ACTOR, lock=True).method = "gateway"  # as the gateway's own birth makes it
    do(payments.submit, payment, SYSTEM_ACTOR)
    with refuses("gateway_confirms"):
        arrived(world, payment)
    do(payments.succeed, payment, SYSTEM_ACTOR, amount=cny("500.00"))
    assert stands("gateway") == "500.00"
    bank_line(world, "gateway_payout", "500.00", fee=cny("5.00"))
    assert (stands("gateway"), stands("bank"), stands("gateway_fees")) == ("0.00", "495.00", "5.00")


def test_a_transfer_that_nobody_finds_is_set_aside_after_a_month(world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    with clock_at(timedelta(days=29)):
        run()
        assert again(payment).state == "created"
    with clock_at(timedelta(days=31)):
        run()
    assert again(payment).state == "cancelled"


def test_the_clock_leaves_a_confirmed_payment_alone(world: World) -> None:
    payment = paid(world, bought(world), "30000.00")
    with clock_at(timedelta(days=31)):
        run()
    assert again(payment).state == "succeeded"


def test_finance_withdraws_a_record_made_by_mistake(world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    do(payments.cancel, payment, world.actor("cai"), reason="重复登记")
    with refuses("wrong_state"):
        arrived(world, payment)
    assert stands("bank") == "0.00"


def test_an_unmatched_transfer_is_booked_and_then_found_to_be_a_payment(world: World) -> None:
    order = bought(world)
    line = bank_line(world, "unmatched", "30000.00", payer="材料学院")
    assert stands("unallocated") == "-30000.00"
    payment = told(world, order, "30000.00")
    with refuses("unmatched_other"):
        arrived(world, payment, "29000.00", unmatched=line.id)
    arrived(world, payment, unmatched=line.id)
    assert stands("unallocated") == "0.00"
    assert stands("bank") == "30000.00"
    assert again(line).state == "matched"
    assert faults() == []
    with refuses("unmatched_other"):
        arrived(world, told(world, order, "30000.00"), unmatched=line.id)


def test_the_supplier_learns_of_a_payment_when_it_has_arrived(world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    with pytest.raises(Refusal):
        find(Payment, payment.id, world.actor("jin"))
    arrived(world, payment)
    assert find(Payment, payment.id, world.actor("jin")).id == payment.id
    for stranger in ("lab2pu", "jin2"):
        with refuses("not_there"):
            find(Payment, payment.id, world.actor(stranger))


def test_whoever_belongs_to_a_party_does_not_confirm_even_as_settlement(world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    actor = world.actor("sen")
    both = replace(actor, org_ids=actor.org_ids | {world.organisations["lab"]})
    with refuses("own_dealing"):
        do(payments.succeed, payment, both, amount=cny("30000.00"), statement_reference="1")


def test_everything_paid_of_a_delivered_order_is_accounted_for(world: World) -> None:
    """held + released + refunded = paid - reversed + due from the buyer, part by part."""
    order = bought(world)
    paid(world, order, "47000.00")
    deliver(world, order, 3)
    do(payments.reverse, paid(world, order, "5000.00"), world.actor("sen"), reason="银行退回")
    for part in parts(order):
        one = part.standing
        assert one.held + one.released + one.refunded == one.paid - one.reversed + one.owed
    assert [fault for fault in faults() if not fault.startswith("cover")] == []
