"""A lost second factor is taken away by two people, the person is told, and nobody does it for themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import people, second_factors, vault
from app.accounts.actions import factor_resets
from app.accounts.models import FactorReset, LoginSession
from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Delivery
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.house.everybody import hire
from tests.world import World, build, person
from tests.worlds.access import app_of, lost, place_of, sign_on
from tests.worlds.ordering import again, do

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    """The small park, with two security administrators."""
    del app
    made = build()
    hire(made, "operator", "sec", ["security_admin"])
    hire(made, "operator", "sec2", ["security_admin"])
    return made


def code(call: object, *arguments: object, **given: object) -> str:
    with pytest.raises(Refusal) as refused:
        do(call, *arguments, **given)  # type: ignore[arg-type]
    return refused.value.code


def test_the_admin_asks_and_the_security_administrator_takes_it_away(world: World) -> None:
    asked = lost(world, "mei")
    with unit_of_work():
        people.open_session(person(world, "mei"))
    assert (asked.waits_org, asked.waits_role) == ("operator", "security_admin")
    do(factor_resets.take_away, asked, world.actor("sec"))
    assert (again(asked).state, again(asked).decided_by) == ("done", world.people["sec"])
    assert not second_factors.has_any(world.people["mei"])
    assert second_factors.recovery_codes_left(world.people["mei"]) == 0
    assert db.session.scalars(sa.select(LoginSession)).all() == []
    mails = [row.payload for row in db.session.scalars(sa.select(Delivery).where(Delivery.kind == "mail"))]
    assert [one["to"] for one in mails if one["template"] == "factor_reset"] == ["mei@lab.example"]


def test_whoever_may_do_a_part_of_it_may_not_do_the_other(world: World) -> None:
    app_of(world, "mei")
    mei = place_of(world, "mei")
    for name in ("pu", "rui", "sec", "lab2admin", "zong"):
        assert code(factor_resets.ask_factor_reset, mei, world.actor(name)) == "not_yours", name
    asked = do(factor_resets.ask_factor_reset, mei, world.actor("guan"))
    for name in ("guan", "mei", "ops", "rui", "wang"):
        assert code(factor_resets.take_away, asked, world.actor(name)) == "not_yours", name
    assert second_factors.has_any(world.people["mei"])


def test_nobody_does_it_for_themselves_or_after_asking(world: World) -> None:
    app_of(world, "guan")
    assert code(factor_resets.ask_factor_reset, place_of(world, "guan"), world.actor("guan")) == "factor_of_another"
    asked = lost(world, "sec", admin="ops")
    assert code(factor_resets.take_away, asked, world.actor("sec")) == "two_people"
    assert code(factor_resets.decline, asked, world.actor("sec"), reason="mine") == "two_people"
    do(factor_resets.take_away, asked, world.actor("sec2"))
    assert not second_factors.has_any(world.people["sec"])


def test_the_database_itself_knows_that_it_takes_two(world: World) -> None:
    asked_id = lost(world, "mei").id
    db.session.rollback()
    for column in ("asked_by", "person_id"):
        statement = sa.text(f"UPDATE factor_reset SET decided_by = {column} WHERE id = :id")
        with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
            connection.execute(statement, {"id": asked_id})


def test_only_a_factor_that_there_is_can_be_lost_and_only_once(world: World) -> None:
    assert code(factor_resets.ask_factor_reset, place_of(world, "mei"), world.actor("guan")) == "no_factor"
    lost(world, "mei")
    assert code(factor_resets.ask_factor_reset, place_of(world, "mei"), world.actor("guan")) == "already_there"


def test_a_request_that_nobody_answers_lapses(world: World) -> None:
    asked = lost(world, "mei")
    with clock_at(factor_resets.ANSWERED_WITHIN + timedelta(minutes=1)):
        worker.settle()
        assert find(FactorReset, asked.id, SYSTEM_ACTOR).state == "lapsed"
    assert second_factors.has_any(world.people["mei"])


def test_declining_says_why(world: World) -> None:
    asked = lost(world, "mei")
    do(factor_resets.decline, asked, world.actor("sec"), reason="the telephone was found")
    assert again(asked).state == "declined"
    assert second_factors.has_any(world.people["mei"])


def test_a_new_key_of_the_installation_keeps_what_the_old_one_has_sealed(app: Flask, world: World) -> None:
    secret, old = app_of(world, "mei"), app.config["SECRET_KEY"]
    made = sign_on(world, "lab", "guan")
    app.config.update(SECRET_KEY="another secret key that is long enough", SECRET_KEY_FALLBACKS=[old])
    told = app.test_cli_runner().invoke(args=["secrets", "reseal"])
    assert told.output == "1 authenticator apps and 1 sign-ons are under the present key.\n"
    app.config.update(SECRET_KEY_FALLBACKS=[])
    db.session.expire_all()
    mei = second_factors.app_of(world.people["mei"])
    assert mei is not None
    assert second_factors.secret_of(mei) == secret
    assert vault.unseal(again(made).secret, purpose=f"sign_on:{made.org_id}") == "not told to anybody"
