"""What runs out is reminded of 60, 30 and 7 days before, once each, whoever looks and however late."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.values import clock_at
from app.notices.expiries import remind_of_expiries
from app.notices.models import Notice
from tests.kernel.crowd import failures, together
from tests.world import World
from tests.worlds.notices import hearers
from tests.worlds.standing import qualification, requirement

pytestmark = pytest.mark.database_matters


def look(days: int) -> list[int]:
    """The worker looks so many days from now; which reminders there are afterwards, by days, each hearer counted."""
    with clock_at(timedelta(days=days)):
        remind_of_expiries()
    names = db.session.scalars(sa.select(Notice.name).where(Notice.name.like("reminder.expires_%")).order_by(Notice.id))
    found = [int(name.rpartition("_")[2]) for name in names]
    db.session.rollback()
    return found


def test_each_of_the_three_moments_is_told_once_to_those_who_hand_it_in(app: Flask, world: World) -> None:
    del app
    paper = qualification(world, requirement(world), days=100)
    assert look(39) == []
    assert set(look(41)) == {60}
    assert hearers(world, "reminder.expires_60", paper.id) == {"zong", "mu"}
    assert look(45) == look(41)
    assert set(look(71)) == {60, 30}
    assert set(look(94)) == {60, 30, 7}
    assert hearers(world, "reminder.expires_7", paper.id) == {"zong", "mu"}
    assert len(look(99)) == 3 * 2


def test_after_a_standstill_only_the_nearest_is_told(app: Flask, world: World) -> None:
    del app
    qualification(world, requirement(world), days=100)
    assert set(look(95)) == {7}


def test_a_new_one_in_good_time_silences_the_old_one(app: Flask, world: World) -> None:
    del app
    asked = requirement(world)
    qualification(world, asked, days=100)
    assert set(look(41)) == {60}
    told = len(look(41))
    with clock_at(timedelta(days=50)):
        qualification(world, asked, days=300)
    assert len(look(75)) == told, "the old one was replaced"
    assert len(look(101)) == told


def test_two_workers_tell_it_once(app: Flask, world: World) -> None:
    qualification(world, requirement(world), days=5)
    assert failures(together(app, *[remind_of_expiries] * 4)) == []
    assert look(0) == [7, 7]
