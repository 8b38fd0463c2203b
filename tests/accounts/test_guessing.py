"""Guessing passwords: counted before it is tried, by account, network and park; the owner of the account stays in."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import guessing, throttle, watching
from app.accounts.models import TryCount
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Delivery
from app.kernel.security import SecurityNote
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.conftest import make_app
from tests.house.everybody import hire
from tests.kernel.crowd import PATIENCE_SECONDS, failures, together
from tests.kernel.rounds import rounds
from tests.world import World, build

pytestmark = pytest.mark.database_matters

PU = "pu@lab.example"
HERE = "198.51.100.7"


@pytest.fixture
def world(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def refusal_of(call: Callable[..., Any], *args: Any, **given: Any) -> Refusal | None:
    """Why a call was refused; None when it was not."""
    try:
        call(*args, **given)
    except Refusal as refused:
        return refused
    return None


def tries(number: int, email: str = PU, address: Callable[[int], str] | str = HERE, device: str | None = None) -> int:
    """How many of so many attempts were let through to the password."""
    places = [address if isinstance(address, str) else address(turn) for turn in range(number)]
    refusals = [refusal_of(guessing.begin, email, place, device=device) for place in places]
    for refused in filter(None, refusals):
        assert refused.kind.status == 429
        assert 0 < int(str(refused.params["retry_after"])) <= 900
    return refusals.count(None)


def elsewhere(turn: int) -> str:
    return f"203.0.{turn // 250}.{turn % 250}"


# How many -------------------------------------------------------------------------------------------------------------


def test_an_account_is_tried_ten_times_at_most_from_wherever(world: World) -> None:
    del world
    assert tries(25, address=elsewhere) == 10
    assert tries(1, email="qiu@lab.example", address=elsewhere) == 1
    with clock_at(timedelta(minutes=14)):
        assert tries(3, address=elsewhere) == 0
    with clock_at(timedelta(minutes=16)):
        assert tries(25, address=elsewhere) == 10


def test_no_quarter_of_an_hour_holds_more_than_ten_tries(world: World) -> None:
    """Whenever they come: the window is counted from the last one, so none straddles two windows."""
    del world
    chance = random.Random(4)
    moments, through = 0.0, []
    for turn in range(rounds(120, 1_500)):
        moments += chance.choice((0.1, 0.1, 0.5, 1, 1, 9, 16))
        with clock_at(timedelta(minutes=moments)):
            if tries(1, address=elsewhere(turn)):
                through.append(moments)
    assert max(sum(begin <= one < begin + 15 for one in through) for begin in through) == 10


@pytest.mark.prove
def test_racers_get_no_try_more(app: Flask, world: World) -> None:
    del world
    for turn in range(rounds(2, 20)):
        email = f"racer{turn}@lab.example"
        racers = [
            lambda place=place, email=email: guessing.begin(email, elsewhere(place), device=None) for place in range(24)
        ]
        outcomes = together(app, *racers)
        assert [one.code for one in failures(outcomes) if isinstance(one, Refusal)] == ["too_many_tries"] * 14
        db.session.rollback()
        assert db.session.get_one(TryCount, ("account", throttle.mark(email))).tries == 10


def test_counting_after_a_look_would_let_racers_through(app: Flask, world: World) -> None:
    """The negative control of the race: look first, count then. SQLite's writers stand in a row even so."""
    del world
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite serialises by itself")
    unlimited = throttle.Limit("account", 10**6, throttle.TOO_MANY_TRIES)
    looked = threading.Barrier(12)

    def look_then_count() -> bool:
        full = throttle.full(throttle.ACCOUNT, "x")
        db.session.rollback()
        looked.wait(PATIENCE_SECONDS)  # on two processors they might look one after the other by chance
        if full:
            return False
        with unit_of_work():
            throttle.take(unlimited, "x")
        return True

    through = [one for one in together(app, *[look_then_count] * looked.parties) if one is True]
    assert len(through) > 10


def test_a_success_gives_its_try_back_but_not_those_of_others(world: World) -> None:
    del world
    assert tries(9) == 9
    for _ in range(5):
        attempt = guessing.begin(PU, HERE, device=None)
        with unit_of_work():
            attempt.succeeded()
    assert tries(5) == 1


def test_the_count_holds_over_processes_and_restarts(database: str, tmp_path: Path) -> None:
    done = 0
    for turn in range(3):
        app = make_app(database, tmp_path / str(turn))
        with app.app_context():
            done += tries(6, address=elsewhere)
            db.session.remove()
            db.engine.dispose()
    assert done == 10


# Many accounts --------------------------------------------------------------------------------------------------------


def test_one_network_that_tries_many_accounts_rests_while_others_go_on(world: World) -> None:
    del world
    done = sum(tries(1, email=f"victim{turn}@lab.example") for turn in range(80))
    assert done == throttle.ADDRESS.most
    assert tries(1, email=PU, address="192.0.2.9") == 1
    with clock_at(timedelta(minutes=16)):
        assert tries(1, email=PU) == 1


def test_an_attacker_does_not_get_a_fresh_start_with_each_address_of_one_ipv6_network(world: World) -> None:
    del world
    done = sum(tries(1, email=f"victim{turn}@lab.example", address=f"2001:db8:0:1::{turn:x}") for turn in range(1, 80))
    assert done == throttle.ADDRESS.most
    assert throttle.site("2001:db8:0:1::5") == "2001:db8:0:1::/64"
    assert throttle.site("::ffff:198.51.100.7") == "::ffff:198.51.100.7"
    assert throttle.site("not an address") == "not an address"


def test_many_networks_and_many_accounts_make_the_park_watchful(world: World) -> None:
    del world
    for turn in range(throttle.PARK_ALARM):
        tries(1, email=f"v{turn}@lab.example", address=elsewhere(turn))
    assert [one.kind for one in watching.alarms()] == ["park"]
    assert sum(tries(1, email=f"w{turn}@lab.example") for turn in range(30)) == throttle.ADDRESS_IN_ALARM.most
    assert tries(1, address="192.0.2.9") == 1, "people elsewhere still sign in"
    with clock_at(timedelta(minutes=16)):
        assert sum(tries(1, email=f"x{turn}@lab.example") for turn in range(30)) == 30


# The owner of the account ---------------------------------------------------------------------------------------------


def test_a_known_browser_has_tries_of_its_own_and_they_end_too(world: World) -> None:
    del world
    assert tries(20) == 10
    assert tries(20, device="d" * 32) == 10


# Those who watch ------------------------------------------------------------------------------------------------------


def mails() -> list[str]:
    rows = db.session.scalars(sa.select(Delivery).where(Delivery.kind == "mail").order_by(Delivery.id))
    return [row.payload["to"] for row in rows if row.payload.get("template") == "guessing"]


def test_the_security_administrator_is_told_once_per_window(world: World) -> None:
    hire(world, "operator", "sec", ["security_admin"])
    tries(30)
    assert [(one.kind, one.address) for one in watching.alarms()] == [("account", HERE)]
    assert watching.alarms()[0].account == throttle.mark(PU)
    assert mails() == ["sec@operator.example"]
    assert watching.resting()["account"] == 1
    with clock_at(timedelta(minutes=16)):
        assert watching.resting()["account"] == 0
        tries(30)
        assert mails() == ["sec@operator.example"] * 2


def test_however_many_accounts_are_tried_few_mails_are_sent(world: World) -> None:
    hire(world, "operator", "sec", ["security_admin"])
    for turn in range(8):
        tries(12, email=f"v{turn}@lab.example", address=elsewhere)
    assert len(watching.alarms()) == 8
    assert len(mails()) == guessing.MAILS.most


def test_counters_and_log_hold_no_addresses_of_people(world: World) -> None:
    del world
    tries(12, email="typed@the.wrong.example")
    kept = [(one.kind, one.subject) for one in db.session.scalars(sa.select(TryCount))]
    kept += [(one.kind, str(one.detail)) for one in db.session.scalars(sa.select(SecurityNote))]
    assert not any("wrong.example" in text for _, text in kept)


def test_wrong_codes_rest_too(world: World) -> None:
    refusals = [refusal_of(guessing.guess_code, world.people["pu"]) for _ in range(12)]
    assert refusals[: throttle.CODE.most] == [None] * throttle.CODE.most
    assert {one.code for one in refusals[throttle.CODE.most :] if one} == {"too_many_codes"}
    assert [one.kind for one in watching.alarms()] == ["code"]
