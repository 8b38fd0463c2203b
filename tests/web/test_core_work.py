"""The first page: what waits for whom, what happened lately, what is stuck; and in how many questions it is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.web.core import directory
from app.web.core.directory import Brief, register_brief
from app.web.work import working_days_ago
from tests.kernel.kettles import a_kettle, drop_, kettle_of, kettles_in_the_park
from tests.web.visitor import Visitor
from tests.world import World


@pytest.fixture
def park(app: Flask) -> Iterator[World]:
    """The small park with kettles in it."""
    del app
    with kettles_in_the_park() as world:
        yield world


def test_strangers_see_what_this_is_and_members_go_to_work(app: Flask, park: World) -> None:
    page = Visitor(app).get("/")
    assert page.links["Catalogue"] == "/catalogue"
    assert page.links["Sign in"] == "/login"
    assert Visitor(app, park, "pu").get("/").location == "/work"
    assert Visitor(app).get("/work").location == "/login?next=/work"


def test_what_waits_for_a_role_stands_with_one_button(app: Flask, park: World) -> None:
    kettle = a_kettle(park)
    page = Visitor(app, park, "pu").get("/work")
    assert "Kettle: Heat" in page.text
    assert page.links["Heat"] == f"/kettles/{kettle}/heat"
    assert page.links[str(kettle_of(kettle).number)] == f"/kettles/{kettle}"
    assert "Supplier" in page.text  # the other party, by name
    assert "Nothing waits for you." in Visitor(app, park, "mei").get("/work").text
    assert "Nothing waits for you." in Visitor(app, park, "xiao").get("/work").text


def test_the_number_in_the_bar_is_the_number_of_rows(app: Flask, park: World) -> None:
    for _ in range(3):
        a_kettle(park)
    page = Visitor(app, park, "pu").get("/work")
    assert "To do 3" in page.text
    assert "3 items" in page.text


def test_the_most_urgent_stands_first_and_what_is_late_says_so(app: Flask, park: World) -> None:
    late = a_kettle(park, state="boiling", label="late")
    with clock_at(timedelta(minutes=90)):
        soon = a_kettle(park, state="boiling", label="soon")
        page = Visitor(app, park, "pu").get("/work")
    numbers = [str(kettle_of(one).number) for one in (late, soon)]
    assert page.text.index(numbers[0]) < page.text.index(numbers[1])
    assert "30 minutes late" in page.text
    assert "59 minutes left" in page.text or "1 hour left" in page.text


def test_a_domain_says_how_its_rows_are_described(app: Flask, park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "_BRIEFS", {})
    register_brief("kettle", lambda kettle: Brief(f"The {kettle.label} one"))
    a_kettle(park, label="green")
    assert "The green one" in Visitor(app, park, "pu").get("/work").text


def test_news_reach_the_parties_of_a_record_and_nobody_else(app: Flask, park: World) -> None:
    kettle = a_kettle(park)
    with unit_of_work():
        drop_(kettle_of(kettle), park.actor("pu"), reason="It slipped.")
    mine, other = Visitor(app, park, "pu").get("/work"), Visitor(app, park, "lab2pu").get("/work")
    assert f"Pu Drop {kettle_of(kettle).number}" in mine.text
    assert "It slipped." in mine.text
    assert "It slipped." not in other.text
    assert "Drop" in Visitor(app, park, "shen").get("/work").text


def test_who_came_and_went_is_news_to_the_own_admin_only(app: Flask, park: World) -> None:
    assert "Join" in Visitor(app, park, "guan").get("/work").text
    assert "Join" not in Visitor(app, park, "pu").get("/work").text
    assert "Join" not in Visitor(app, park, "rui").get("/work").text


def test_what_waits_for_others_for_more_than_three_working_days_is_stuck(app: Flask, park: World) -> None:
    monday = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    with clock_at(monday):
        kettle = a_kettle(park)
    with clock_at(monday + timedelta(days=3, hours=-1)):
        xiao = Visitor(app, park, "xiao")
        assert "Nothing of yours has waited that long." in xiao.get("/work").text
    with clock_at(monday + timedelta(days=4)):
        page, own = Visitor(app, park, "xiao").get("/work"), Visitor(app, park, "pu").get("/work")
    assert page.links[str(kettle_of(kettle).number)] == f"/kettles/{kettle}"
    assert "Lab (purchaser) since 23 Nov 2026" in page.text
    assert "Nothing of yours has waited that long." in own.text  # it waits for them themselves


def test_saturdays_and_sundays_are_no_working_days() -> None:
    wednesday = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    assert working_days_ago(3, wednesday) == datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    late_on_friday_in_utc = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)  # Saturday morning in the park
    assert working_days_ago(1, late_on_friday_in_utc) == datetime(2026, 11, 26, 20, 0, tzinfo=UTC)


@pytest.mark.database_matters
def test_the_page_asks_the_same_number_of_questions_for_one_row_and_for_many(app: Flask, park: World) -> None:
    pu, xiao = Visitor(app, park, "pu"), Visitor(app, park, "xiao")

    def questions(visitor: Visitor) -> int:
        asked: list[str] = []

        def count(*args: object) -> None:
            asked.append(str(args[2]))

        sa.event.listen(db.engine, "before_cursor_execute", count)
        assert visitor.get("/work").status == 200
        sa.event.remove(db.engine, "before_cursor_execute", count)
        return len(asked)

    long_ago = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
    with clock_at(long_ago):
        a_kettle(park, state="boiling")
        a_kettle(park)
    few = questions(pu), questions(xiao)
    with clock_at(long_ago):
        for _ in range(12):
            a_kettle(park, state="boiling")
            a_kettle(park)
    assert (questions(pu), questions(xiao)) == few
