"""Settings of card payments, what doctor says of them, and amounts in the gateway's units."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, current_app
from hypothesis import given
from hypothesis import strategies as st

import config as configuration
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.values import CURRENCIES, Money, clock_at
from app.kernel.work import unit_of_work
from app.payments.actions import payments
from app.payments.gateway.amounts import NotCountable, most, of_units, to_units
from app.payments.models import CardPayment
from tests.kernel.rounds import tries
from tests.world import World
from tests.worlds.cards import asked, opened
from tests.worlds.ordering import do
from tests.worlds.payments import bought

KEY = "sk_test_" + "k" * 40
LIVE = "sk_live_" + "k" * 40
SECRET = "whsec_" + "s" * 40


@pytest.mark.parametrize(
    "given, words",
    [
        ({"STRIPE_SECRET_KEY": KEY}, "STRIPE_WEBHOOK_SECRET is missing"),
        ({"STRIPE_WEBHOOK_SECRET": SECRET}, "STRIPE_SECRET_KEY is missing"),
        ({"STRIPE_SECRET_KEY": "pk_test_" + "k" * 40, "STRIPE_WEBHOOK_SECRET": SECRET}, "is not a secret key"),
        ({"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRET": SECRET}, "is not a secret key"),
        ({"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": "secret"}, "is not the signing secret"),
        ({"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": "whsec_"}, "is not the signing secret"),
        ({"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": " "}, "is not the signing secret"),
        ({"PAYMENT_GATEWAY": "stripe"}, "STRIPE_SECRET_KEY is not set"),
        ({"PAYMENT_GATEWAY": "paypal"}, "PAYMENT_GATEWAY is stripe, local, off"),
        ({"PAYMENT_GATEWAY": "local", "STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET}, "moves no money"),
        (
            {"STRIPE_SECRET_KEY": LIVE, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": "http://127.0.0.1:1"},
            "a live key goes to Stripe",
        ),
        ({"STRIPE_API_VERSION": ""}, "STRIPE_API_VERSION is empty"),
    ],
)
def test_half_a_configuration_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = configuration.gateway_problems(configuration.settings())
    assert any(words in sentence for sentence in found), found
    secrets = {value for value in given.values() if len(value) > 20}
    assert not any(secret in sentence for sentence in found for secret in secrets if not secret.startswith("http"))


def test_whole_configurations_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert configuration.gateway_problems(configuration.settings()) == []
    monkeypatch.setenv("STRIPE_SECRET_KEY", LIVE)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    assert configuration.gateway_problems(configuration.settings()) == []


@pytest.mark.database_matters
def test_doctor_names_the_gateway_and_what_has_been_unknown_too_long(app: Flask, world: World) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(args=["doctor"])
    assert "the local stand-in: card payments are pretended" in said.output
    assert "bad  gateway" not in said.output
    assert isinstance(said.exception, SystemExit)
    payment = asked(world, bought(world, "250.00", 2), "500.00")
    do(payments.submit, payment, SYSTEM_ACTOR)
    do(payments.lose_sight, payment, SYSTEM_ACTOR)
    with clock_at(timedelta(minutes=59)):
        assert "unknown outcome" not in runner.invoke(args=["doctor"]).output
    with clock_at(timedelta(minutes=61)):
        said = runner.invoke(args=["doctor"])
    assert "1 payments of unknown outcome for more than 1:00:00" in said.output
    assert said.exit_code == 1
    current_app.config["BASE_URL"] = "https://park.example"
    assert "payment by card is off" in runner.invoke(args=["doctor"]).output
    current_app.config.update(STRIPE_SECRET_KEY=LIVE, STRIPE_WEBHOOK_SECRET=SECRET)
    said = runner.invoke(args=["doctor"])
    assert "Stripe, live keys, API version 2026-10-28.endive" in said.output
    assert LIVE not in said.output
    assert SECRET not in said.output


@pytest.mark.database_matters
def test_doctor_names_payments_whose_gateway_was_taken_away(app: Flask, world: World) -> None:
    payment = opened(world, bought(world, "250.00", 2), "500.00")
    with unit_of_work():
        card = db.session.get_one(CardPayment, payment.id)
        card.gateway = "stripe"  # as it was begun while the keys were set
    said = app.test_cli_runner().invoke(args=["doctor"])
    assert "1 payments wait for a gateway that is not configured any more" in said.output
    assert said.exit_code == 1


@pytest.mark.parametrize(
    "amount, currency, units",
    [("12.30", "CNY", 1230), ("500", "JPY", 500), ("5.120", "KWD", 5120), ("5", "ISK", 500), ("7", "UGX", 700),
     ("12.00", "MGA", 12), ("100.00", "HUF", 10000), ("100.00", "TWD", 10000), ("999999.99", "USD", 99_999_999)],
)  # fmt: skip
def test_amounts_in_the_units_that_stripe_documents(amount: str, currency: str, units: int) -> None:
    money = Money.parse(amount, currency)
    assert to_units(money) == units
    assert of_units(units, currency.lower()) == money


@pytest.mark.parametrize(
    "money",
    [Money(5124, "KWD"), Money(1250, "MGA"), Money(100_000_000, "USD"), Money(0, "USD"), Money(-100, "USD"),
     Money(10_000, "CLF"), Money(1_000_000, "ISK")],
)  # fmt: skip
def test_amounts_that_stripe_does_not_count(money: Money) -> None:
    with pytest.raises(NotCountable):
        to_units(money)


@pytest.mark.parametrize("units, currency", [(550, "isk"), (100, "xyz"), (1, "ugx")])
def test_amounts_that_we_do_not_count(units: int, currency: str) -> None:
    with pytest.raises(NotCountable):
        of_units(units, currency)


@tries(200, 5_000)
@given(minor=st.integers(1, 10**9), currency=st.sampled_from(sorted(CURRENCIES)))
def test_an_amount_comes_back_as_it_went_or_does_not_go(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    try:
        units = to_units(money)
    except NotCountable:
        return
    assert of_units(units, currency) == money
    assert money.minor <= most(currency).minor
    assert to_units(most(currency)) <= 99_999_999
