"""What is kept and for how long: sessions, links, commands, the security log, deliveries, notices, uses of keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import config as configuration
from app.accounts import people
from app.accounts.actions import keys
from app.accounts.models import ApiKey, IdempotencyKey, LoginSession, SingleUseLink
from app.kernel import security, worker
from app.kernel.db import Model, db
from app.kernel.events import Delivery, owe
from app.kernel.security import SecurityNote
from app.kernel.values import clock_at, now
from app.kernel.work import unit_of_work
from app.notices import inbox
from app.notices.models import Notice, NoticeSending
from tests.world import Api, World, build, person
from tests.worlds.notices import settle
from tests.worlds.ordering import reach_order

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def rows(model: type[Model], *where: Any) -> int:
    number = db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0
    db.session.rollback()
    return number


def after(**time: float) -> None:
    """The worker's round so much later."""
    with clock_at(timedelta(**time)):
        worker.settle()
    db.session.rollback()


def test_sessions_go_a_week_after_they_have_expired(world: World) -> None:
    with unit_of_work():
        people.open_session(person(world, "pu"))
    after(days=7)
    assert rows(LoginSession) == 1
    after(days=8)
    assert rows(LoginSession) == 0


def test_links_go_thirty_days_after_they_were_used_or_have_expired(world: World) -> None:
    with unit_of_work():
        db.session.execute(sa.delete(SingleUseLink))
        used = people.make_link("reset", person_id=world.people["pu"])
        people.make_link("invite", person_id=world.people["pu"])
        db.session.flush()
        people.use_link("reset", used)
    after(days=29)
    assert rows(SingleUseLink) == 2
    after(days=31)
    assert rows(SingleUseLink) == 1
    after(days=38)
    assert rows(SingleUseLink) == 0


def test_commands_go_when_they_may_not_be_repeated_any_more(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    answer = Api(app, world.key("xiao")).post(f"orders/{order.id}/confirm", version=order.version, key="once")
    assert answer.status_code == 200
    after(days=6, hours=23)
    assert rows(IdempotencyKey) == 1
    after(days=8)
    assert rows(IdempotencyKey) == 0


def test_the_security_log_is_kept_for_half_a_year(world: World) -> None:
    del world
    security.note("sign_in_failed", account="x")
    after(days=179)
    assert rows(SecurityNote) == 1
    after(days=181)
    assert rows(SecurityNote) == 0


def test_done_deliveries_go_and_parked_ones_stay(world: World) -> None:
    del world
    worker.settle()
    with unit_of_work():
        parked = owe(db.session(), "mail", {"to": "x@lab.example", "template": "reset", "link": "x"})
        parked.state = "parked"
    old = Delivery.created_at <= now()
    assert rows(Delivery, old, Delivery.state == "done") > 0
    after(days=31)
    assert (rows(Delivery, old, Delivery.state == "done"), rows(Delivery, Delivery.state == "parked")) == (0, 1)


def test_read_notices_go_after_ninety_days_and_unread_ones_stay(world: World) -> None:
    settle()
    reach_order(world, "awaiting_supplier")
    settle()
    with unit_of_work():
        inbox.mark_read(world.actor("fa"))
    mine = Notice.person_id == world.people["fa"]
    after(days=89)
    assert rows(Notice, mine, Notice.read_at.is_not(None)) == 1
    after(days=91)
    assert rows(Notice, mine, Notice.read_at.is_not(None)) == 0
    assert rows(Notice, Notice.person_id == world.people["pu"]) > 0
    assert rows(NoticeSending, NoticeSending.person_id == world.people["fa"], NoticeSending.state == "sent") > 0


@pytest.mark.parametrize("name,days", [("RETENTION_SECURITY_DAYS", 30), ("RETENTION_NOTICE_DAYS", -1)])
def test_the_program_does_not_start_with_a_retention_that_may_not_be(app: Flask, name: str, days: int) -> None:
    assert configuration.problems(dict(app.config)) == []
    (problem,) = configuration.problems({**app.config, name: days})
    assert name in problem


def used(world: World, name: str) -> Any:
    found = db.session.scalar(sa.select(ApiKey.used_at).where(ApiKey.person_id == world.people[name]))
    db.session.rollback()
    return found


def test_the_use_of_a_key_is_noted_once_an_hour(app: Flask, world: World) -> None:
    api = Api(app, world.key("pu"))
    version = db.session.scalar(sa.select(ApiKey.version))
    assert used(world, "pu") is None
    api.get("me")
    first = used(world, "pu")
    assert first is not None
    with clock_at(timedelta(minutes=59)):
        api.get("me")
    assert used(world, "pu") == first
    with clock_at(timedelta(minutes=61)):
        api.get("me")
    assert used(world, "pu") >= first + timedelta(minutes=60)
    assert db.session.scalar(sa.select(ApiKey.version)) == version


def test_a_key_that_is_refused_was_not_used(app: Flask, world: World) -> None:
    key = world.key("pu")
    with unit_of_work():
        held = db.session.scalars(sa.select(ApiKey)).one()
        keys.revoke(held, world.actor("pu"))
    assert Api(app, key).get("me").status_code == 401
    assert used(world, "pu") is None
