"""Default lists, the way from a number to its record, and pages for what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.events import ChainHead
from app.kernel.work import unit_of_work
from tests.kernel.kettles import a_kettle, heat, kettle_of, kettles_in_the_park
from tests.web.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.database_matters


@pytest.fixture
def park(app: Flask) -> Iterator[World]:
    """The small park with kettles in it."""
    del app
    with kettles_in_the_park() as world:
        yield world


def test_a_list_has_a_tab_per_state_and_shows_what_the_reader_may_see(app: Flask, park: World) -> None:
    cold, warming = a_kettle(park, label="one"), a_kettle(park, state="warming", label="two")
    everything, some = Visitor(app, park, "pu").get("/kettles"), Visitor(app, park, "pu").get("/kettles?state=warming")
    assert f"/kettles/{cold}" in everything.links.values()
    assert f"/kettles/{cold}" not in some.links.values()
    assert f"/kettles/{warming}" in some.links.values()
    assert everything.links["warming"] == "/kettles?state=warming"
    assert not [link for link in Visitor(app, park, "lab2pu").get("/kettles").links.values() if "/ket_" in link]


def test_pages_of_a_list_neither_skip_nor_repeat(app: Flask, park: World) -> None:
    made = {a_kettle(park) for _ in range(53)}
    pu = Visitor(app, park, "pu")
    seen: list[str] = []
    page = pu.get("/kettles")
    while True:
        seen += [link.rpartition("/")[2] for link in page.links.values() if link.startswith("/kettles/ket_")]
        if "Next page" not in page.links:
            break
        page = pu.get(page.links["Next page"])
    assert len(seen) == 53
    assert set(seen) == made


def test_a_list_asks_the_same_number_of_questions_for_one_row_and_for_fifty(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")

    def questions() -> int:
        asked: list[str] = []

        def count(*args: object) -> None:
            asked.append(str(args[2]))

        sa.event.listen(db.engine, "before_cursor_execute", count)
        assert pu.get("/kettles").status == 200
        sa.event.remove(db.engine, "before_cursor_execute", count)
        return len(asked)

    a_kettle(park)
    one = questions()
    for _ in range(30):
        a_kettle(park)
    assert questions() == one


def test_broken_views_and_cursors_are_refused_in_words(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    assert pu.get("/kettles?state=flying").status == 422
    broken = pu.get("/kettles?after=nonsense")
    assert broken.status == 422
    assert "Start from the first page." in broken.text


def test_a_number_leads_to_its_record_for_those_who_may_see_it(app: Flask, park: World) -> None:
    kettle = a_kettle(park)
    number = kettle_of(kettle).number
    assert number is not None
    pu = Visitor(app, park, "pu")
    for said in (number, number.lower(), f" {number} ", kettle):
        assert pu.get("/go", number=said).location == f"/kettles/{kettle}"
    assert pu.get(f"/go/{number}").location == f"/kettles/{kettle}"
    assert Visitor(app, park, "lab2pu").get(f"/go/{number}").status == 404
    assert Visitor(app).get(f"/go/{number}").location == f"/login?next=/go/{number}"
    assert pu.get("/go/%00").status == 404


def test_an_unknown_address_says_what_now_and_carries_its_reference(app: Flask, park: World) -> None:
    missing = Visitor(app, park, "pu").get("/teapots")
    assert missing.status == 404
    assert "Not there, or not visible to you" in missing.text
    assert missing.headers["X-Request-ID"] in missing.text
    chinese = Visitor(app, language="zh").get("/teapots/1")
    assert "没有这张单据，或您无权查看" in chinese.text


def test_a_wrong_method_keeps_its_header(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    wrong = pu.send("/work", on="/account")
    assert wrong.status == 405
    assert "GET" in wrong.headers["Allow"]


def test_a_defect_is_a_page_that_asks_nothing_of_the_database(app: Flask, park: World) -> None:
    app.config["SHOW_FAILURES_AS_PAGES"] = True
    pu = Visitor(app, park, "pu")
    kettle = a_kettle(park)
    form = pu.get(f"/kettles/{kettle}/heat")
    with unit_of_work():
        db.session.execute(sa.delete(ChainHead))
    broken = pu.send(f"/kettles/{kettle}/heat", on=form)
    assert broken.status == 500
    assert "Our error" in broken.text
    assert kettle_of(kettle).state == "cold"


def test_navigation_leads_only_to_pages_that_exist(app: Flask, park: World) -> None:
    for name in ("pu", "xiao", "fuwu", "rui", "wang", "shen"):
        visitor = Visitor(app, park, name)
        page = visitor.get("/work")
        inside = page.html.split('class="roles"')[1].split("</nav>")[0]
        links = [link for link in page.links.values() if f'href="{link}"' in inside]
        assert links
        for link in set(links):
            assert visitor.get(link).status == 200, link


def test_a_busy_moment_keeps_the_typing(app: Flask, park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park)
    form = pu.get(f"/kettles/{kettle}/drop")
    from app.kernel.errors import BUSY  # noqa: PLC0415
    from app.web.core import actions  # noqa: PLC0415

    def busy(*_: object, **__: object) -> None:
        raise BUSY()

    monkeypatch.setattr(actions, "perform", busy)
    back = pu.send(f"/kettles/{kettle}/drop", on=form, reason="A long story.")
    assert back.status == 503
    assert "The system is busy." in back.text
    assert "A long story." in back.text
    with unit_of_work():
        heat(kettle_of(kettle), park.actor("pu"))
