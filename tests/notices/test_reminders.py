"""Deadlines are reminded of before and after, once each, and only those for whom it waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.values import clock_at, now
from app.notices.models import Notice
from app.notices.reminders import remind
from app.ordering.actions import orders
from app.sourcing.actions import rfqs
from tests.world import World
from tests.worlds.notices import hearers, mails, settle
from tests.worlds.ordering import do, reach_order
from tests.worlds.sourcing import do as do_named
from tests.worlds.sourcing import quote, rfq

pytestmark = pytest.mark.database_matters

A_DAY = timedelta(days=1)


def reminders(name: str) -> int:
    number = db.session.scalar(sa.select(sa.func.count()).where(Notice.name == name)) or 0
    db.session.rollback()
    return number


def test_a_day_before_and_once_it_has_passed_whoever_it_waits_for_is_reminded(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")  # the operator has two days
    settle()
    assert hearers(world, "reminder.soon") == set()
    with clock_at(A_DAY + timedelta(minutes=10)):
        settle()
        settle()
        assert hearers(world, "reminder.soon", order.id) == {"tao"}
        assert hearers(world, "reminder.passed") == set()
    with clock_at(2 * A_DAY + timedelta(minutes=10)):
        settle()
        settle()
    assert hearers(world, "reminder.passed", order.id) == {"tao"}
    assert (reminders("reminder.soon"), reminders("reminder.passed")) == (1, 1)
    subjects = [mail["Subject"] for mail in mails(app, "tao@operator.example")]
    assert subjects[-2:] == [f"截止时间临近：{order.number}", f"截止时间已过：{order.number}"]


def test_suppliers_who_have_not_answered_are_reminded_and_the_others_are_not(world: World) -> None:
    asked = rfq(world, "open", deadline=now() + 3 * A_DAY)
    quote(world, asked, "supplier2")
    with clock_at(2 * A_DAY + timedelta(minutes=5)):
        settle()
    assert hearers(world, "reminder.soon", asked.id) == {"xiao"}


def test_a_deadline_that_was_moved_is_reminded_of_anew(world: World) -> None:
    asked = rfq(world, "open", invite=("supplier",), deadline=now() + 2 * A_DAY)
    with clock_at(A_DAY + timedelta(minutes=5)):
        settle()
        do_named(asked, "extend", world.actor("pu"), deadline=now() + 4 * A_DAY, reason="应供应商要求")
        settle()
        assert reminders("reminder.soon") == 1
    with clock_at(4 * A_DAY + timedelta(minutes=10)):
        settle()
    assert reminders("reminder.soon") == 2


def test_what_the_clock_has_moved_on_is_not_said_to_have_passed(world: World) -> None:
    asked = rfq(world, "open", invite=("supplier",), deadline=now() + A_DAY)
    with clock_at(A_DAY + timedelta(minutes=5)):
        settle()
    assert hearers(world, "rfq.close", asked.id) == {"pu", "qiu", "xiao"}
    assert hearers(world, "reminder.passed", asked.id) == set()
    assert rfqs.close.after == "deadline"


def test_what_was_done_in_time_is_not_reminded_of(world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    do(orders.approve, order, world.actor("tao"))
    with clock_at(A_DAY + timedelta(minutes=10)):
        settle()
    assert "tao" not in hearers(world, "reminder.soon", order.id)


def test_what_passed_long_ago_is_not_brought_up(world: World) -> None:
    reach_order(world, "awaiting_operator")
    with clock_at(30 * A_DAY):
        settle()
    assert reminders("reminder.passed") == 0


def test_two_workers_remind_once(world: World) -> None:
    reach_order(world, "awaiting_operator")
    settle()
    with clock_at(A_DAY + timedelta(minutes=10)):
        assert remind() == 1
        assert remind() == 0
    db.session.rollback()
    assert reminders("reminder.soon") == 1
