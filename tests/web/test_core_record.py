"""The frame of a record page: progress, next step, offers and what happened, for each reader what they may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.work import unit_of_work
from app.web.core.record import event_title, frame
from tests.kernel.kettles import a_kettle, boil, drop_, heat, invite, kettle_of, kettles_in_the_park, pour_cups
from tests.web.visitor import Visitor
from tests.world import World


@pytest.fixture
def park(app: Flask) -> Iterator[World]:
    """The small park with kettles in it, read in English."""
    with kettles_in_the_park() as world, app.test_request_context(headers={"Accept-Language": "en"}):
        yield world


def framed(park: World, kettle: str, name: str) -> dict[str, Any]:
    return frame(kettle_of(kettle), park.actor(name))


def steps(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["label"], step["state"]) for step in found["steps"]]


def test_progress_follows_the_main_path(park: World) -> None:
    found = framed(park, a_kettle(park, state="warming"), "pu")
    assert steps(found) == [("cold", "done"), ("warming", "now"), ("boiling", "later"), ("empty", "later")]
    assert [bool(step["note"]) for step in found["steps"]] == [True, True, False, False]


def test_a_side_exit_ends_the_path_where_it_was_left(park: World) -> None:
    kettle = a_kettle(park, state="warming")
    with unit_of_work():
        drop_(kettle_of(kettle), park.actor("pu"), reason="It slipped.")
    assert steps(framed(park, kettle, "pu")) == [("cold", "done"), ("warming", "done"), ("broken", "stop")]


def test_the_next_step_says_what_happens_who_does_it_and_by_when(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    mine, theirs = framed(park, kettle, "pu"), framed(park, kettle, "xiao")
    assert mine["next_words"].startswith("Fill the cups. Until ")
    assert mine["next_lead"] is None  # "Waiting for you:"
    assert theirs["next_words"].startswith("Fill the cups. It is the turn of Lab (purchaser). Until ")
    assert theirs["next_lead"] == ""


def test_offers_are_the_actions_of_this_reader_with_reasons_where_refused(park: World) -> None:
    kettle = a_kettle(park, state="boiling")
    with unit_of_work():
        kettle_of(kettle).water_ml = 10
    offered = {one["name"]: one for one in framed(park, kettle, "pu")["offers"]}
    assert offered["pour"] == {
        "name": "pour", "label": "Pour a cup", "href": f"/kettles/{kettle}/pour", "enabled": False,
        "reason": "Only 10 ml are left, worth CNY 0.10.", "primary": False, "danger": False,
    }  # fmt: skip
    assert offered["drop"]["danger"]
    assert {one["name"] for one in framed(park, kettle, "xiao")["offers"]} == {"pour"}
    assert framed(park, kettle, "mei")["offers"] == []


def test_what_happened_is_told_newest_first_with_names_and_words(park: World) -> None:
    kettle = a_kettle(park, state="warming")
    with unit_of_work():
        drop_(kettle_of(kettle), park.actor("rui"), reason="It slipped.")
    told = framed(park, kettle, "pu")["events"]
    assert [(one["title"], one["who"], one["hat"], one["words"]) for one in told] == [
        ("Drop", "Rui", "Operator", "It slipped."),
        ("Heat", "Pu", "Lab", None),
        ("Created: Kettle", "Pu", "Lab", None),
    ]


def test_what_an_action_caused_stands_within_it(park: World) -> None:
    kettle = a_kettle(park, state="warming")
    with unit_of_work():
        record = kettle_of(kettle)
        boil(record, SYSTEM_ACTOR)
        pour_cups(record, park.actor("pu"), ml=200)
    told = framed(park, kettle, "pu")["events"]
    assert [one["title"] for one in told] == ["Pour cups", "Boil", "Heat", "Created: Kettle"]


def test_an_invited_reader_is_not_told_what_is_between_the_parties(park: World) -> None:
    kettle = a_kettle(park, supplier=None)
    invite(kettle, park.organisations["supplier2"])
    with unit_of_work():
        heat(kettle_of(kettle), park.actor("pu"))
    assert framed(park, kettle, "xiao2")["events"] == []
    assert len(framed(park, kettle, "pu")["events"]) == 2
    assert len(framed(park, kettle, "shen")["events"]) == 2  # the auditor reads everything


def test_the_default_page_shows_the_shape_as_far_as_the_reader_may_see(app: Flask, park: World) -> None:
    kettle = a_kettle(park, label="green")
    own, other = (
        Visitor(app, park, "pu").get(f"/kettles/{kettle}"),
        Visitor(app, park, "xiao").get(f"/kettles/{kettle}"),
    )
    assert own.status == other.status == 200
    assert "green" in own.text
    assert "Water ml 1000" in own.text
    assert "Water ml" not in other.text
    assert own.links["Lab"] == f"/organisations/{park.organisations['lab']}"
    assert Visitor(app, park, "lab2pu").get(f"/kettles/{kettle}").status == 404


def test_strangers_are_asked_to_sign_in_whether_a_record_exists_or_not(app: Flask, park: World) -> None:
    for record_id in (a_kettle(park), "ket_" + "0" * 26):
        assert Visitor(app).get(f"/kettles/{record_id}").location == f"/login?next=/kettles/{record_id}"


def test_a_public_record_is_read_by_anybody(app: Flask, park: World) -> None:
    kettle = a_kettle(park)
    with unit_of_work():
        kettle_of(kettle).published = True
    page = Visitor(app).get(f"/kettles/{kettle}")
    assert page.status == 200
    assert "What happened" not in page.text


@pytest.mark.database_matters
def test_a_record_page_asks_the_same_number_of_questions_however_long_its_story(app: Flask, park: World) -> None:
    def questions(kettle: str) -> int:
        record, actor = kettle_of(kettle), park.actor("pu")
        asked: list[str] = []

        def count(*args: Any) -> None:
            asked.append(args[2])

        sa.event.listen(db.engine, "before_cursor_execute", count)
        frame(record, actor)
        sa.event.remove(db.engine, "before_cursor_execute", count)
        return len(asked)

    del app
    short, long = a_kettle(park, state="boiling"), a_kettle(park, state="boiling")
    with unit_of_work():
        for _ in range(9):
            pour_cups(kettle_of(long), park.actor("pu"), ml=100)
    assert questions(long) == questions(short) <= 6


def test_an_event_of_another_version_of_the_program_is_called_by_its_name(park: World) -> None:
    del park
    assert event_title("teapot.lift") == "teapot.lift"
    assert event_title("kettle.heat") == "Heat"
    assert event_title("kettle.create") == "Created: Kettle"
