"""Passwords, sessions, and acting for one of several organisations."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import people
from app.accounts.actions import memberships, organisations
from app.accounts.models import LoginSession, Membership, Person
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.standing.actions import handovers
from tests.conftest import make_app
from tests.kernel.crowd import failures, together
from tests.kernel.rounds import rounds
from tests.world import PASSWORD, World, build

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def open_session(world: World, name: str) -> str:
    with unit_of_work():
        return people.open_session(db.session.get_one(Person, world.people[name]))


# Passwords ------------------------------------------------------------------------------------------------------------


def test_the_right_password_is_the_person_however_the_address_is_written(world: World) -> None:
    for address in ("pu@lab.example", " PU@Lab.Example "):
        assert people.check_password(address, PASSWORD).id == world.people["pu"]


@pytest.mark.parametrize(
    "address,password",
    [("pu@lab.example", "wrong"), ("pu@lab.example", ""), ("nobody@lab.example", PASSWORD), ("", ""), ("\x00", "x"),
     ("pu@lab.example\x00", PASSWORD), ("pu@lab.example", PASSWORD + " "), ("pu@lab.example", "x" * 10_000)],
)  # fmt: skip
def test_every_failure_is_one_answer(world: World, address: str, password: str) -> None:
    del world
    with pytest.raises(Refusal) as refused:
        people.check_password(address, password)
    assert (refused.value.code, refused.value.kind.status) == ("sign_in_failed", 401)


def test_who_is_locked_out_or_has_no_password_yet_fails_alike(world: World) -> None:
    with unit_of_work():
        db.session.get_one(Person, world.people["pu"]).active = False
        db.session.get_one(Person, world.people["qiu"]).password_hash = None
    for name in ("pu", "qiu"):
        with pytest.raises(Refusal) as refused:
            people.check_password(world.email(name), PASSWORD)
        assert refused.value.code == "sign_in_failed"


@pytest.mark.parametrize(
    "password",
    ["", "short", "x" * 9, "a" * 30, "abababababab", "PU@LAB.EXAMPLE", "x" * 201],
)
def test_weak_passwords_are_refused_with_the_field(app: Flask, password: str) -> None:
    del app
    with pytest.raises(Refusal) as refused:
        people.hash_password(password, email="pu@lab.example")
    assert (refused.value.code, list(refused.value.fields)) == ("weak_password", ["password"])


def test_a_password_is_stored_as_argon2id_with_its_own_salt(app: Flask) -> None:
    del app
    one, other = (people.hash_password("correct horse battery", email="") for _ in range(2))
    assert one.startswith("$argon2id$")
    assert one != other


def test_an_unknown_address_costs_the_same_work_as_a_known_one(database: str, tmp_path: Path) -> None:
    """With the hashing of production: the hash is what takes the time, and it is always computed."""
    with make_app(database, tmp_path, CHEAP_PASSWORDS=False).app_context():
        with unit_of_work():
            hashed = people.hash_password(PASSWORD, email="")
            people.person_with("known@lab.example", name="K", language="zh", password_hash=hashed)
            people.person_with("bare@lab.example", name="B", language="zh", password_hash=None)

        def seconds(address: str) -> float:
            started = time.perf_counter()
            with pytest.raises(Refusal):
                people.check_password(address, "wrong, wrong, wrong")
            return time.perf_counter() - started

        seconds("warm@lab.example")
        taken: dict[str, list[float]] = {"known@lab.example": [], "unknown@lab.example": [], "bare@lab.example": []}
        for _ in range(rounds(7, 60)):
            for address, times in taken.items():
                times.append(seconds(address))
        known, unknown, bare = (statistics.median(times) for times in taken.values())
        assert 0.4 < unknown / known < 2.5
        assert 0.4 < bare / known < 2.5
        db.session.remove()
        db.engine.dispose()


def use_until(token: str, end: timedelta) -> None:
    """Use a session every hour, and at the very end."""
    moments = [timedelta(hours=hour) for hour in range(1, int(end.total_seconds() // 3600) + 1)]
    for moment in (*moments, end):
        with clock_at(moment):
            assert people.session_of(token) is not None
            with unit_of_work():
                people.note_seen(token)


# Sessions -------------------------------------------------------------------------------------------------------------


def test_a_session_is_stored_as_a_hash_and_lives_twelve_hours(world: World) -> None:
    token = open_session(world, "pu")
    found = people.session_of(token)
    assert found is not None
    assert (found[0].org_id, found[1].id) == (world.organisations["lab"], world.people["pu"])
    assert db.session.scalars(sa.select(LoginSession.token_hash)).all() == [people.hashed(token)]
    use_until(token, people.SESSION_LIFE - timedelta(minutes=1))
    with clock_at(people.SESSION_LIFE + timedelta(minutes=1)):
        assert people.session_of(token) is None


def test_every_sign_in_is_a_session_of_its_own(world: World) -> None:
    one, other = open_session(world, "pu"), open_session(world, "pu")
    assert one != other
    with unit_of_work():
        people.close_session(one)
    assert people.session_of(one) is None
    assert people.session_of(other) is not None


def test_a_new_password_ends_all_sessions_and_leaving_ends_them_too(world: World) -> None:
    tokens = [open_session(world, "pu"), open_session(world, "pu")]
    kept = open_session(world, "qiu")
    with unit_of_work():
        people.set_password(
            db.session.get_one(Person, world.people["pu"]), people.hash_password("another long one", email="")
        )
    assert [people.session_of(token) for token in tokens] == [None, None]
    assert people.session_of(kept) is not None
    assert people.check_password("pu@lab.example", "another long one").id == world.people["pu"]
    token = open_session(world, "pu")
    with unit_of_work():
        membership = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["pu"])).one()
        memberships.end(membership, world.actor("guan"))
    assert people.session_of(token) is None


@pytest.mark.prove
def test_of_racers_with_one_reset_link_one_sets_the_password(app: Flask, world: World) -> None:
    for turn in range(rounds(3, 60)):
        with unit_of_work():
            link = people.make_link("reset", person_id=world.people["pu"])

        def reset(place: int, link: str = link, turn: int = turn) -> int:
            hashed = people.hash_password(f"new password {turn} {place}", email="")
            with unit_of_work():
                used = people.use_link("reset", link)
                people.set_password(db.session.get_one(Person, used.person_id), hashed)
            return place

        outcomes = together(app, *[lambda place=place, reset=reset: reset(place) for place in range(4)])
        (won,) = [one for one in outcomes if isinstance(one, int)]
        assert [error.code for error in failures(outcomes) if isinstance(error, Refusal)] == ["link_dead"] * 3
        db.session.rollback()
        assert people.check_password("pu@lab.example", f"new password {turn} {won}")
        db.session.rollback()


def test_a_reset_link_lives_an_hour(world: World) -> None:
    with unit_of_work():
        link = people.make_link("reset", person_id=world.people["pu"])
    assert people.peek_link("reset", link).person_id == world.people["pu"]
    with clock_at(people.RESET_LIFE + timedelta(seconds=1)), pytest.raises(Refusal) as refused:
        people.peek_link("reset", link)
    assert refused.value.code == "link_dead"


# Acting for one of several organisations ------------------------------------------------------------------------------


def second_place(world: World, name: str) -> None:
    with unit_of_work():
        made = memberships.invite(
            world.org("lab2"), world.actor("lab2admin"), email=world.email(name), roles=["finance"]
        )
        memberships.join(made, SYSTEM_ACTOR, name="x", language="zh")


def test_one_acts_for_the_organisation_chosen_with_the_roles_held_there(world: World) -> None:
    token = open_session(world, "pu")
    person, lab2 = world.people["pu"], world.organisations["lab2"]
    with unit_of_work():
        assert people.switch(token, lab2, person) is False
        assert people.switch(token, "org_" + "0" * 26, person) is False
    second_place(world, "pu")
    with unit_of_work():
        assert people.switch(token, lab2, person) is True
    found = people.session_of(token)
    assert found is not None
    actor = people.actor_for(person, found[0].org_id, channel="web")
    assert (actor.org_id, actor.roles) == (lab2, {"finance"})
    assert actor.org_ids == {lab2, world.organisations["lab"]}


def test_nobody_switches_the_session_of_somebody_else_into_their_own_organisation(world: World) -> None:
    theirs = open_session(world, "xiao")
    with unit_of_work():
        people.switch(theirs, world.organisations["lab"], world.people["pu"])
    found = people.session_of(theirs)
    assert found is not None
    assert found[0].org_id == world.organisations["supplier"]


def test_a_new_session_begins_where_one_may_act(world: World) -> None:
    second_place(world, "pu")
    with unit_of_work():
        organisations.suspend(world.org("lab"), world.actor("rui"), reason="unpaid")
        handovers.terminate(world.org("lab"), world.actor("rui"), reason="unpaid")
    found = people.session_of(open_session(world, "pu"))
    assert found is not None
    assert found[0].org_id == world.organisations["lab2"]


@pytest.mark.parametrize(
    "state,acts", [("applied", True), ("correcting", True), ("admitted", True), ("suspended", True),
                   ("terminated", False), ("rejected", False)]
)  # fmt: skip
def test_who_may_act_by_the_state_of_the_organisation(world: World, state: str, acts: bool) -> None:
    with unit_of_work():
        made = organisations.found(SYSTEM_ACTOR, state="applied", name_zh="新", is_lab=True)
        membership = memberships.invite(
            made, world_admin(made.id), email="boss@new.example", roles=["org_admin", "member"]
        )
        memberships.join(membership, SYSTEM_ACTOR, name="B", language="zh")
    reviewer = world.actor("rui")
    path = {
        "applied": [], "correcting": ["return"], "admitted": ["admit"], "suspended": ["admit", "suspend"],
        "terminated": ["admit", "suspend", "terminate"], "rejected": ["reject"],
    }[state]  # fmt: skip
    for name in path:
        verb = organisations.ORGANISATION.actions[name]
        with unit_of_work():
            verb(find(type(made), made.id, SYSTEM_ACTOR), reviewer, **({} if name == "admit" else {"reason": "so"}))
    assert find(type(made), made.id, SYSTEM_ACTOR).state == state
    actor = people.actor_for(str(membership.person_id), made.id, channel="web")
    assert (actor.org_id is not None) is acts
    assert bool(actor.roles) is acts


def world_admin(org_id: str) -> people.Actor:
    return people.Actor(person_id="per_" + "0" * 26, org_id=org_id, roles=frozenset({"org_admin"}))


def test_roles_that_the_organisation_does_not_give_any_more_do_not_count(world: World) -> None:
    with unit_of_work():
        db.session.execute(sa.text('UPDATE membership SET roles = \'["purchaser", "reviewer"]\''))
    assert world.actor("pu").roles == {"purchaser"}
    assert world.actor("rui").roles == {"reviewer"}
    assert world.actor("xiao").roles == set()
