"""The expert on site: checks in and out with place and time, and the laboratory signs; both sides talk about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.files import files_for
from app.booking.actions import appointments, visits
from app.booking.queries import thread
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.values import clock_at, now
from app.kernel.worker import settle
from tests.house.everybody import hire
from tests.world import World
from tests.worlds.booking import (
    EXPERT,
    LAB,
    PLACE,
    SALES,
    SIGNER,
    agreed,
    paper,
    reach_work,
    report_of,
    service_order,
    then,
    visited,
)
from tests.worlds.ordering import again, do, refuses

pytestmark = pytest.mark.database_matters


def test_checking_in_keeps_place_and_time_and_opens_the_report(world: World) -> None:
    work = agreed(world, service_order(world))
    with then(work, timedelta(minutes=4)):
        started = do(visits.check_in, work, world.actor(EXPERT), place="B 座 210 天平室")
        assert (started.state, started.checked_in_place) == ("started", "B 座 210 天平室")
        assert started.checked_in_at <= now()
        assert started.checked_in_at > work.starts_at
    report = report_of(started)
    assert (report.state, report.service, report.waits_org) == ("draft", "calibration", world.organisations["service"])
    assert report.number is not None
    assert report.number.startswith("WR-")


def test_only_the_one_who_is_sent_checks_in_and_not_the_day_before(world: World) -> None:
    hire(world, "service", "lin", ["expert"])
    work = agreed(world, service_order(world), expert=None)
    with then(work), refuses("nobody_sent"):
        do(visits.check_in, work, world.actor(EXPERT), place=PLACE)
    do(appointments.assign, work, world.actor(SALES), expert=world.people[EXPERT])
    with then(work), refuses("another_expert"):
        do(visits.check_in, work, world.actor("lin"), place=PLACE)
    with then(work, timedelta(hours=-13)), refuses("check_in_early"):
        do(visits.check_in, work, world.actor(EXPERT), place=PLACE)
    with then(work), refuses("not_yours"):
        do(visits.check_in, work, world.actor(LAB), place=PLACE)
    with then(work, timedelta(hours=-11)):
        assert do(visits.check_in, work, world.actor(EXPERT), place=PLACE).state == "started"


def test_the_laboratory_signs_with_its_own_account_after_the_expert_has_left(world: World) -> None:
    work = visited(world, agreed(world, service_order(world)), out=False)
    assert work.waits_org == world.organisations["service"]
    with refuses("not_checked_out"):
        do(visits.finish, work, world.actor(SIGNER), name="荣晓")
    left = do(visits.check_out, work, world.actor(EXPERT), place=PLACE)
    assert (left.state, left.waits_org) == ("started", world.organisations["lab"])
    with refuses("checked_out_already"):
        do(visits.check_out, left, world.actor(EXPERT), place=PLACE)
    with refuses("not_yours"):
        do(visits.finish, left, world.actor(EXPERT), name="荣晓")
    done = do(visits.finish, left, world.actor(SIGNER), name="荣晓")
    assert (done.state, done.signed_by, done.signed_name) == ("done", world.people[SIGNER], "荣晓")


def test_work_that_nobody_signs_counts_as_done_after_three_days_and_says_so(world: World) -> None:
    work = visited(world, agreed(world, service_order(world)), signed=False)
    db.session.rollback()
    with clock_at(work.sign_by - timedelta(minutes=1)):
        settle()
        assert again(work).state == "started"
    with clock_at(work.sign_by + timedelta(minutes=1)):
        settle()
    work = again(work)
    assert (work.state, work.signed_by, work.signed_at) == ("done", None, None)


def test_the_clock_leaves_work_alone_while_the_expert_is_there(world: World) -> None:
    work = visited(world, agreed(world, service_order(world)), out=False)
    with clock_at(timedelta(days=30)):
        settle()
    assert again(work).state == "started"


def test_another_expert_takes_over_work_that_was_begun(world: World) -> None:
    work = visited(world, agreed(world, service_order(world)), out=False)
    hire(world, "service", "lin", ["expert"])
    do(appointments.assign, work, world.actor(SALES), expert=world.people["lin"])
    with refuses("another_expert"):
        do(visits.check_out, work, world.actor(EXPERT), place=PLACE)
    assert do(visits.check_out, work, world.actor("lin"), place=PLACE).checked_out_at is not None


def test_both_sides_talk_about_the_work_with_files_and_disturb_nobody(world: World) -> None:
    work = agreed(world, service_order(world))
    version = again(work).version
    do(visits.message, work, world.actor(LAB), text="天平型号 XS205，需要开机预热吗？")
    do(visits.message, work, world.actor(EXPERT), text="请提前一小时开机。", file=paper("预热说明.pdf"))
    said = thread(again(work))
    assert [one.words for one in said] == ["天平型号 XS205，需要开机预热吗？", "请提前一小时开机。"]
    assert [one.event.person_id for one in said] == [world.people[LAB], world.people[EXPERT]]
    assert [[one.name for one in entry.files] for entry in said] == [[], ["预热说明.pdf"]]
    assert again(work).version == version
    assert len(files_for(again(work), SYSTEM_ACTOR)) == 1
    assert "天平型号" not in said[0].event.body  # the words stand outside the chain


@pytest.mark.parametrize("state, open_", [("missed", True), ("done", True), ("cancelled", False)])
def test_the_conversation_goes_on_until_the_work_is_cancelled(world: World, state: str, open_: bool) -> None:
    work = reach_work(world, state)
    if open_:
        do(visits.message, work, world.actor(SALES), text="已安排")
        assert len(thread(again(work))) == 1
    else:
        with refuses("wrong_state"):
            do(visits.message, work, world.actor(SALES), text="已安排")
