"""Passkeys against an authenticator in software: what is accepted, and every way in which an answer may not fit."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import passkeys
from app.accounts.models import Ceremony, Passkey, Person
from app.accounts.passkeys import CEREMONY_LIFE
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.accounts.authenticator import PRESENT, VERIFIED, Authenticator
from tests.kernel.crowd import together
from tests.world import World, build

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def register(world: World, name: str, key: Authenticator, *, as_name: str | None = None) -> Passkey | None:
    """The whole ceremony; the challenge is for `name`, the answer comes from `as_name`'s browser."""
    with unit_of_work():
        token, options = passkeys.begin_registration(db.session.get_one(Person, world.people[name]))
    with unit_of_work():
        person = db.session.get_one(Person, world.people[as_name or name])
        return passkeys.register(person, token, key.make(options), name="phone")


def begin() -> tuple[str, dict[str, Any]]:
    with unit_of_work():
        return passkeys.begin_sign_in()


def answer(token: str, given: str) -> str | None:
    with unit_of_work():
        person = passkeys.sign_in(token, given)
        return person.id if person is not None else None


def sign_in(key: Authenticator) -> str | None:
    token, options = begin()
    return answer(token, key.show(options))


def test_a_passkey_is_its_owner_and_nobody_else(world: World) -> None:
    one, other = Authenticator(), Authenticator()
    assert register(world, "pu", one)
    assert register(world, "an", other)
    assert (sign_in(one), sign_in(other)) == (world.people["pu"], world.people["an"])
    assert sign_in(Authenticator()) is None
    assert sign_in(Authenticator(credential_id=one.credential_id)) is None, "another private key under its name"


@pytest.mark.parametrize(
    "bent",
    [{"origin": "https://evil.example"}, {"origin": "http://localhost:81"}, {"rp_id": "evil.example"},
     {"flags": PRESENT}, {"flags": VERIFIED}, {"flags": 0}],
    ids=str,
)  # fmt: skip
def test_an_answer_from_elsewhere_or_of_an_unknown_user_is_refused(world: World, bent: dict[str, Any]) -> None:
    assert register(world, "pu", Authenticator(**bent)) is None
    key = Authenticator()
    assert register(world, "pu", key)
    for name, value in bent.items():
        setattr(key, name, value)
    assert sign_in(key) is None


def test_a_challenge_is_answered_once_soon_and_by_the_browser_that_has_it(world: World) -> None:
    key = Authenticator()
    register(world, "pu", key)
    token, options = begin()
    assert answer("x" * 43, key.show(options)) is None
    assert answer(token, key.show(options)) == world.people["pu"]
    assert answer(token, key.show(options)) is None
    token, options = begin()
    wrong, _ = begin()
    assert answer(wrong, key.show(options)) is None, "a challenge of another browser"
    with clock_at(CEREMONY_LIFE * 1.01):
        assert answer(token, key.show(options)) is None


def test_a_failed_answer_spends_its_challenge(world: World) -> None:
    key = Authenticator()
    register(world, "pu", key)
    token, options = begin()
    assert answer(token, "{}") is None
    assert answer(token, key.show(options)) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ceremony)) == 0


def test_a_registration_is_for_the_person_who_began_it(world: World) -> None:
    assert register(world, "pu", Authenticator(), as_name="an") is None
    token, options = begin()
    with unit_of_work():
        person = db.session.get_one(Person, world.people["pu"])
        assert passkeys.register(person, token, Authenticator().make(options), name="x") is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Passkey)) == 0


def test_a_counter_that_stands_still_is_a_copy(world: World) -> None:
    key = Authenticator(count=5)
    register(world, "pu", key)
    assert sign_in(key) is None
    key.count = 6
    assert sign_in(key) == world.people["pu"]
    for count in (6, 3, 0):
        key.count = count
        assert sign_in(key) is None
    key.count = 7
    assert sign_in(key) == world.people["pu"]


def test_a_counter_that_never_counts_is_fine(world: World) -> None:
    """Synchronised passkeys say 0 always (WebAuthn, 6.1.1)."""
    key = Authenticator(count=0)
    register(world, "pu", key)
    assert (sign_in(key), sign_in(key)) == (world.people["pu"], world.people["pu"])


def test_of_racing_answers_to_one_challenge_one_wins(app: Flask, world: World) -> None:
    key = Authenticator()
    register(world, "pu", key)
    token, options = begin()
    given = key.show(options)
    outcomes = together(app, *[lambda: answer(token, given)] * 5)
    assert outcomes.count(world.people["pu"]) == 1
    assert outcomes.count(None) == 4


NO_ANSWERS = ["", "x", "[]", "{}", '{"id": 5}', '{"id": "\\u0000"}', "[" * 5_000, "x" * 30_000,
              json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}})]  # fmt: skip


@pytest.mark.parametrize("given", NO_ANSWERS, ids=lambda given: given[:20])
def test_what_is_no_answer_is_refused_and_breaks_nothing(world: World, given: str) -> None:
    register(world, "pu", Authenticator())
    token, _ = begin()
    assert answer(token, given) is None
    with unit_of_work():
        token, _ = passkeys.begin_registration(db.session.get_one(Person, world.people["pu"]))
    with unit_of_work():
        assert passkeys.register(db.session.get_one(Person, world.people["pu"]), token, given, name="x") is None


def test_ten_are_enough_and_one_key_is_registered_once(world: World) -> None:
    key = Authenticator()
    register(world, "pu", key)
    with unit_of_work():
        _, options = passkeys.begin_registration(db.session.get_one(Person, world.people["pu"]))
    assert len(options["excludeCredentials"]) == 1
    with pytest.raises(Refusal) as twice:
        register(world, "an", key)
    assert twice.value.code == "already_there"
    for _ in range(9):
        register(world, "pu", Authenticator())
    with pytest.raises(Refusal) as more:
        register(world, "pu", Authenticator())
    assert more.value.code == "too_many_passkeys"


def test_who_may_not_sign_in_does_not_by_passkey_either(world: World) -> None:
    key = Authenticator()
    register(world, "pu", key)
    with unit_of_work():
        db.session.get_one(Person, world.people["pu"]).active = False
    assert sign_in(key) is None


@pytest.mark.parametrize("address,possible", [
    ("https://park.example", True), ("http://localhost:8000", True), ("http://127.0.0.1:8000", False),
    ("http://park.example", False), ("https://10.1.2.3", False), ("http://[::1]:8000", False),
])  # fmt: skip
def test_passkeys_need_a_name_and_a_private_line(app: Flask, address: str, possible: bool) -> None:
    app.config["BASE_URL"] = address
    assert passkeys.possible() is possible
