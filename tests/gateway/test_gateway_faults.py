"""The gateway loses, refuses, breaks, is slow: nothing is done twice, nothing forgotten, and only its word counts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.values import clock_at
from app.payments.actions import cards, payments
from app.payments.gateway import gateway_named
from app.payments.gateway.couriers import pursue_payment
from app.payments.gateway.port import Asked, Unclear
from tests.kernel.crowd import failures, together
from tests.payments.stand_in import Faults, StandIn
from tests.world import World
from tests.worlds.cards import asked, opened
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import bought, cny, faults, run, stands

OPENING = "POST checkout/sessions"
READING = "GET checkout/sessions/.*"


def waiting(state: str) -> int:
    """Deliveries in a state."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Delivery).where(Delivery.state == state)) or 0


@pytest.mark.parametrize("fault", ["lost", "spoilt", "broken"])
def test_an_opening_without_an_answer_is_unknown_and_repeated_with_the_same_key(
    world: World, stripe: StandIn, fault: str
) -> None:
    order = bought(world, "250.00", 2)
    stripe.faults = Faults(**{fault: 100}, only=OPENING)
    payment = opened(world, order, "500.00")
    assert (payment.state, payment.gateway_reference, payment.pay_at) == ("unknown", None, None)
    with refuses("card_under_way"):
        asked(world, order, "500.00")
    stripe.faults = Faults()
    with clock_at(timedelta(minutes=5)):
        run()
    payment = again(payment)
    assert payment.state == "submitted"
    assert list(stripe.sessions) == [payment.gateway_reference]
    assert list(stripe.keys) == [f"{payment.id}-begin"]


def test_a_gateway_that_is_too_slow_is_not_waited_for(world: World, stripe: StandIn) -> None:
    current_app.config["GATEWAY_TIMEOUT_SECONDS"] = 0.3
    stripe.faults = Faults(slow=100, only=OPENING, slow_seconds=1.0)
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    assert payment.state == "unknown"
    stripe.faults = Faults()
    with clock_at(timedelta(minutes=5)):
        run()
    assert again(payment).state == "submitted"
    assert len(stripe.sessions) == 1


def test_a_request_that_was_refused_for_now_was_certainly_not_done(world: World, stripe: StandIn) -> None:
    stripe.faults = Faults(refused=100)
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    assert payment.state == "submitted"
    assert not stripe.sessions
    stripe.faults = Faults()
    with clock_at(timedelta(minutes=5)):
        run()
    assert again(payment).pay_at is not None


def test_a_question_without_an_answer_makes_an_open_payment_unknown_until_the_gateway_speaks(
    world: World, stripe: StandIn
) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    stripe.faults = Faults(lost=100, only=READING)
    with clock_at(timedelta(minutes=1)):
        run()
        assert (again(payment).state, again(payment).pay_at) == ("unknown", None)
    stripe.faults = Faults()
    with clock_at(timedelta(hours=2)):
        run()
        assert (again(payment).state, again(payment).pay_at is not None) == ("submitted", True)
    stripe.pay(str(payment.gateway_reference))
    with clock_at(timedelta(hours=4)):
        run()
    assert again(payment).state == "succeeded"


def test_nobody_but_the_gateway_leads_out_of_unknown(world: World, stripe: StandIn) -> None:
    stripe.faults = Faults(lost=100)
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    assert payment.state == "unknown"
    for verb, given in (
        (payments.succeed, {"amount": cny("500.00"), "statement_reference": "1"}),
        (payments.fail, {"reason": "没有到账"}),
    ):
        with refuses("gateway_confirms"):
            do(verb, payment, world.actor("shu"), **given)
    with clock_at(timedelta(days=40)):
        run()
    assert again(payment).state == "unknown", "time alone decides nothing"


def test_after_a_whole_day_without_the_gateway_everything_is_asked_for_again(world: World, stripe: StandIn) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    stripe.pay(str(payment.gateway_reference))
    stripe.faults = Faults(broken=100)
    for hour in range(1, 24):
        with clock_at(timedelta(hours=hour)):
            run()
    assert again(payment).state == "unknown"
    assert waiting("parked") > 0, "the deliveries have been given up; the clock has not"
    stripe.faults = Faults()
    with clock_at(timedelta(hours=26)):
        run()
    assert again(payment).state == "succeeded"
    assert stands("gateway") == "500.00"
    assert faults() == []


def test_wrong_keys_decide_nothing_about_a_payment(world: World, stripe: StandIn) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    current_app.config["STRIPE_SECRET_KEY"] = "sk_test_" + "w" * 32
    with clock_at(timedelta(minutes=5)):
        run()
    assert again(payment).state == "submitted"
    stripe.sessions.clear()  # keys of another account: no such object there
    current_app.config.update(stripe.settings())
    with clock_at(timedelta(hours=2)):
        run()
    assert again(payment).state == "submitted"


def test_a_payment_that_the_gateway_will_not_take_fails_and_says_why(world: World, stripe: StandIn) -> None:
    payment = asked(world, bought(world, "250.00", 2), "500.00")
    with stripe.lock:
        stripe.most = 100
    run()
    assert again(payment).state == "failed"
    assert not stripe.sessions


def test_a_worker_killed_after_the_call_leaves_one_session(world: World, stripe: StandIn) -> None:
    payment = asked(world, bought(world, "250.00", 2), "500.00")
    card = payment.card
    assert card is not None
    request = Asked(payment.id, card.asked["order"], payment.told, card.mode, card.asked["back"])
    word = gateway_named("stripe").begin(request)  # what the killed worker did, and could not write down
    run()
    assert again(payment).gateway_reference == word.reference
    assert len(stripe.sessions) == 1


def test_many_workers_with_the_same_errand_open_one_page_and_book_once(
    app: Flask, world: World, stripe: StandIn
) -> None:
    payment = asked(world, bought(world, "250.00", 2), "500.00")
    errand = partial(pursue_payment, {"payment": payment.id})
    assert failures(together(app, *[errand] * 4)) == []
    assert len(stripe.sessions) == 1
    stripe.pay(str(again(payment).gateway_reference))
    assert failures(together(app, *[errand] * 4)) == []
    run()
    assert again(payment).state == "succeeded"
    assert stands("gateway") == "500.00"
    assert faults() == []


def test_the_same_key_with_another_request_is_a_defect_that_nothing_follows_from(world: World, stripe: StandIn) -> None:
    payment = asked(world, bought(world, "250.00", 2), "500.00")
    other = Asked(payment.id, "another order", payment.told, "page", "http://localhost/x")
    gateway_named("stripe").begin(other)
    run()
    assert again(payment).state == "unknown"
    assert stands("gateway") == "0.00"


def test_asking_often_is_asking_once(world: World, stripe: StandIn) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    before = sum(stripe.requests.values())
    for _ in range(5):
        do(cards.look, payment, world.actor("cai"))
    run()
    assert sum(stripe.requests.values()) == before + 1


def test_the_sdk_does_not_repeat_requests_by_itself(world: World, stripe: StandIn) -> None:
    del world
    stripe.faults = Faults(broken=100)
    with pytest.raises(Unclear):
        gateway_named("stripe").word("cs_test_x")
    assert sum(stripe.requests.values()) == 1
