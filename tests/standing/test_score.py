"""The score: counted from events, row by row, within a year, with enough rows; wrong rows are left out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import history
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from app.ordering.actions import orders
from app.standing import score
from app.standing.actions import contests
from app.standing.models import CRITERIA, Contest
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds.ordering import again, do, reach_order, refuses
from tests.worlds.standing import contest

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def confirmed(world: World, late_days: float = 0) -> str:
    """An order of the supplier, confirmed so many days after it was sent; its id."""
    order = reach_order(world, "awaiting_supplier")
    with clock_at(timedelta(days=late_days)):
        do(orders.confirm, order, world.actor("xiao"))
    return order.id


def part(world: World, criterion: str) -> score.Part:
    """One criterion of the supplier's score."""
    found = score.score_of(world.organisations["supplier"])
    return next(one for one in found.parts if one.criterion == criterion)


def test_without_events_there_is_no_score_and_with_few_rows_it_says_nothing(world: World) -> None:
    supplier = world.organisations["supplier"]
    assert score.score_of(supplier) == score.Score(tuple(score.Part(one, 0, None) for one in CRITERIA), None)
    for _ in range(score.MIN_SAMPLE - 1):
        confirmed(world)
    assert (part(world, "response").enough, score.score_of(supplier).points) == (False, None)
    confirmed(world)
    assert (part(world, "response").enough, score.score_of(supplier).points) == (True, 100)


def test_every_row_names_the_record_and_the_event_by_which_it_counts(world: World) -> None:
    quick, slow = confirmed(world), confirmed(world, late_days=2.5)
    rows = {row.object_id: row for row in score.points_of(world.organisations["supplier"], "response")}
    assert rows.keys() == {quick, slow}
    assert rows[quick].points == 100
    assert 0 < rows[slow].points < 100
    event = next(one for one, _ in history(db.session(), [slow]) if one.id == rows[slow].event_id)
    assert event.name == "order.confirm"


def test_delivery_acceptance_and_nobody_elses_rows_count(world: World) -> None:
    reach_order(world, "accepted")
    supplier = world.organisations["supplier"]
    assert [(one.criterion, one.count, one.points) for one in score.score_of(supplier).parts][:2] == [
        ("on_time", 1, 100), ("accepted_first", 1, 100),
    ]  # fmt: skip
    assert score.score_of(world.organisations["supplier2"]).rows == 0
    assert all(one.count == 0 for one in score.score_of(world.organisations["supplier2"]).parts)


def test_an_order_that_lapsed_unanswered_counts_for_nothing(world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    with clock_at(timedelta(days=30)):
        worker.ring_clocks()
    assert again(order).state == "lapsed"
    [row] = score.points_of(world.organisations["supplier"], "response")
    assert (row.object_id, row.points) == (order.id, 0)


def test_what_is_older_than_the_window_counts_no_more(world: World) -> None:
    confirmed(world)
    with clock_at(score.WINDOW - timedelta(days=1)):
        assert part(world, "response").count == 1
    with clock_at(score.WINDOW + timedelta(days=1)):
        assert part(world, "response").count == 0


def test_a_row_that_was_contested_with_success_is_left_out_and_stays_readable(world: World) -> None:
    wrong, right = confirmed(world, late_days=2.5), confirmed(world, late_days=2.5)
    contest(world, wrong, state="upheld")
    contest(world, right, state="dismissed")
    assert part(world, "response").count == 1
    rows = {row.object_id: row.contest_state for row in score.points_of(world.organisations["supplier"], "response")}
    assert rows == {wrong: "upheld", right: "dismissed"}


def test_a_row_is_contested_once_by_its_supplier_and_only_if_it_is_there(world: World) -> None:
    mine = confirmed(world)
    with refuses("no_such_row"):
        contest(world, mine, criterion="disputes")
    with refuses("no_such_row"):
        do(contests.contest, world.org("supplier2"), world.actor("zong2"), criterion="response", row=mine, reason="x")
    contest(world, mine, state="withdrawn")
    made = contest(world, mine)
    with refuses("contested_before"):
        contest(world, mine)
    for name in ("zong", "shu", "guan"):
        with refuses("not_yours"):
            do(contests.uphold, made, world.actor(name), reason="x")
    with refuses("not_there"):
        find(Contest, made.id, world.actor("zong2"))


def test_labs_read_the_sum_and_only_the_supplier_and_staff_the_rows(app: Flask, world: World) -> None:
    order = confirmed(world)
    place = f"organisations/{world.organisations['supplier']}/score"
    for name, status in (("pu", 403), ("zong2", 403), ("zong", 200), ("rui", 200), ("shen", 200)):
        api = Api(app, world.key(name))
        assert api.get(place).get_json()["parts"][2]["count"] == 1, name
        rows = api.get(f"{place}/response")
        assert rows.status_code == status, name
        if status == 200:
            assert [one["row"] for one in rows.get_json()["items"]] == [order]
    assert Api(app, None).get(place).status_code == 401
    assert Api(app, world.key("zong")).get(f"{place}/beauty").status_code == 404
    assert Api(app, world.key("zong")).get(f"organisations/{world.organisations['lab']}/score").status_code == 404


def test_the_page_shows_every_row_with_what_can_be_done_about_it(app: Flask, world: World) -> None:
    order = confirmed(world)
    page = Visitor(app, world, "zong").get("/standing?part=response")
    assert f"/orders/{order}" in page.html
    assert f"row={order}" in page.html
    assert Visitor(app, world, "pu").get(f"/standing/{world.organisations['supplier']}").status == 403
    assert Visitor(app, world, "rui").get(f"/standing/{world.organisations['supplier']}").status == 200
