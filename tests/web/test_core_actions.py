"""Every action has a form page and a POST behind it; a refusal comes back as the same form with its reason."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts import files
from app.kernel.actors import Actor, who
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.lifecycle import Lifecycle
from app.kernel.shapes import File, Input, Text, Upload, lines
from app.kernel.work import unit_of_work
from app.web.core import actions
from app.web.core.actions import register_form
from tests.kernel import kettles
from tests.kernel.kettles import KETTLE, Cup, Kettle, a_kettle, kettle_of, kettles_in_the_park
from tests.web.visitor import Visitor
from tests.world import World


@pytest.fixture
def park(app: Flask) -> Iterator[World]:
    """The small park with kettles in it."""
    del app
    with kettles_in_the_park() as world:
        yield world


def at(record_id: str, action: str = "") -> str:
    return f"/kettles/{record_id}" + (f"/{action}" if action else "")


def test_a_form_page_says_what_is_done_and_what_happens_next(app: Flask, park: World) -> None:
    kettle = a_kettle(park)
    page = Visitor(app, park, "pu").get(at(kettle, "heat"))
    assert page.status == 200
    assert "The buyer heats the kettle; it boils in ten minutes." in page.text
    assert "Then it is: warming. It comes to the boil." in page.text
    assert page.forms[at(kettle, "heat")]["version"] == str(kettle_of(kettle).version)


def test_an_action_leads_to_its_record_and_says_what_happened(app: Flask, park: World) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park)
    done = pu.do(at(kettle, "heat"))
    assert (done.status, done.location) == (303, at(kettle))
    assert kettle_of(kettle).state == "warming"
    page = pu.get(at(kettle))
    assert "Heat: KT-" in page.text
    assert "Heat: KT-" not in pu.get(at(kettle)).text  # said once


def test_a_birth_leads_to_what_was_made(app: Flask, park: World) -> None:
    done = Visitor(app, park, "pu").do(at(a_kettle(park, state="boiling"), "pour"))
    cup = db.session.scalars(db.select(Cup)).one()
    assert (done.status, done.location) == (303, f"/cups/{cup.id}")


def test_a_birth_by_the_own_organisation_begins_at_the_collection(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    assert pu.get("/kettles").links["Put on"] == "/kettles/new"
    done = pu.do("/kettles/new", label="for tea", water_ml="500")
    made = db.session.scalars(db.select(Kettle)).one()
    assert (done.status, done.location, made.water_ml) == (303, at(made.id), 500)
    assert "Put on" not in Visitor(app, park, "xiao").get("/kettles").links


def test_a_double_click_is_one_command(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    form = pu.get("/kettles/new")
    answers = [pu.send("/kettles/new", on=form, label="once") for _ in range(2)]
    assert {answer.location for answer in answers} == {at(db.session.scalars(db.select(Kettle.id)).one())}


@pytest.mark.database_matters
def test_a_form_sent_again_with_other_values_asks_before_it_does_it_twice(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    form = pu.get("/kettles/new")
    pu.send("/kettles/new", on=form, label="first")
    back = pu.send("/kettles/new", on=form, label="second")
    assert back.status == 422
    assert "This form was sent already." in back.text
    assert pu.send("/kettles/new", on=back, label="second").status == 303


def test_input_that_is_not_accepted_comes_back_with_reasons_and_typing(app: Flask, park: World) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park)
    before = kettle_of(kettle).version
    typed = {"water": "lots", "price-amount": "12.345", "price-currency": "CNY", "remark": "Keep this."}
    back = pu.do(at(kettle, "fill"), **typed)
    assert back.status == 422
    assert "Expected a number, such as 2 or 2.5." in back.text
    assert "Keep this." in back.text
    form = back.forms[at(kettle, "fill")]
    assert (form["water"], form["price-amount"]) == ("lots", "12.345")
    assert back.links["Water: Expected a number, such as 2 or 2.5."] == "#f-water"
    assert kettle_of(kettle).version == before


def test_a_stale_form_shows_what_happened_since_and_keeps_the_typing(app: Flask, park: World) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park)
    form = pu.get(at(kettle, "fill"))
    Visitor(app, park, "qiu").do(at(kettle, "heat"))
    typed = {"water": "3", "price-amount": "1", "price-currency": "CNY", "remark": "Still mine."}
    back = pu.send(at(kettle, "fill"), on=form, **typed)
    assert back.status == 412
    assert "Since you opened this Qiu Heat" in back.text
    assert "warming" in back.text
    assert back.forms[at(kettle, "fill")]["version"] == str(kettle_of(kettle).version)
    assert "Still mine." in back.text
    assert pu.send(at(kettle, "fill"), on=back, **typed).status == 303


def test_a_form_without_its_version_is_not_performed(app: Flask, park: World) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park)
    assert pu.do(at(kettle, "heat"), version="").status == 428
    assert kettle_of(kettle).state == "cold"


def test_what_is_not_possible_now_is_said_before_anybody_types(app: Flask, park: World) -> None:
    page = Visitor(app, park, "pu").get(at(a_kettle(park, state="warming"), "heat"))
    assert page.status == 409
    assert "Not possible while it is: warming." in page.text
    assert not [action for action in page.forms if action.startswith("/kettles/")]


def test_a_guard_is_answered_on_the_form(app: Flask, park: World) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park, state="boiling")
    form = pu.get(at(kettle, "pour"))
    with unit_of_work():
        db.session.get_one(Kettle, kettle).water_ml = 50
    back = pu.send(at(kettle, "pour"), on=form)
    assert back.status == 409
    assert "Only 50 ml are left, worth CNY 0.50." in back.text


def test_rights_are_checked_before_the_form_is_shown(app: Flask, park: World) -> None:
    kettle = a_kettle(park)
    stranger, other_role = Visitor(app, park, "lab2pu"), Visitor(app, park, "mei")
    assert stranger.get(at(kettle, "heat")).status == 404
    refused = other_role.get(at(kettle, "heat"))
    assert refused.status == 403
    assert "This is done by: the buyer (purchaser)." in refused.text
    assert Visitor(app).get(at(kettle, "heat")).location == f"/login?next=/kettles/{kettle}/heat"


def test_what_only_the_system_does_has_no_page(app: Flask, park: World) -> None:
    assert Visitor(app, park, "pu").get(at(a_kettle(park, state="warming"), "boil")).status == 404
    assert Visitor(app, park, "pu").get(at(a_kettle(park), "fly")).status == 404


def test_fields_that_an_action_does_not_take_are_refused(app: Flask, park: World) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park)
    assert pu.do(at(kettle, "heat"), state="boiling").status == 422
    assert pu.do(at(kettle, "drop"), reason="Slipped.", water_ml="0").status == 422
    assert kettle_of(kettle).state == "cold"


def test_a_form_returns_to_where_it_was_opened_from_but_never_elsewhere(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    back = pu.send(at(a := a_kettle(park), "heat"), on=pu.get(at(a, "heat"), next="/work"))
    assert back.location == "/work"
    away = pu.send(at(b := a_kettle(park), "heat"), on=pu.get(at(b, "heat"), next="https://evil.example/"))
    assert away.location == at(b)


def test_a_link_may_fill_a_form_in(app: Flask, park: World) -> None:
    page = Visitor(app, park, "pu").get("/kettles/new", label="from a link", nonsense="x")
    assert page.forms["/kettles/new"]["label"] == "from a link"


def test_an_edit_begins_with_what_is_stored(app: Flask, park: World) -> None:
    lab = park.organisations["lab"]
    page = Visitor(app, park, "guan").get(f"/organisations/{lab}/edit_profile")
    assert page.forms[f"/organisations/{lab}/edit_profile"]["name_en"] == "Lab"


def test_a_new_key_is_shown_once(app: Flask, park: World) -> None:
    pu = Visitor(app, park, "pu")
    where = next(link for link in pu.get("/account").links.values() if link.endswith("/issue_key"))
    form = pu.get(where)
    shown = pu.send(where, on=form, title="stock report", scope="read")
    assert shown.status == 200
    secret = re.search(r"lpk_[\w-]{20,}", shown.text)
    assert secret is not None
    again = pu.send(where, on=form, title="stock report", scope="read")
    assert again.status == 303
    assert secret[0] not in pu.get(again.location or "").html
    assert "stock report" in pu.get("/account").text


def test_a_domain_may_show_a_form_of_its_own(app: Flask, park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, Any]] = []

    def view(record: Kettle, actor: Actor, values: Any, errors: Any) -> str:
        seen.append((dict(values), errors))
        return f"<form action='/x'></form> my own form for {record.label}, {actor.org_id}"

    monkeypatch.setattr(actions, "_FORMS", {})
    register_form("kettle", "fill", view)
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park, label="green")
    assert "my own form for green" in pu.get(at(kettle, "fill")).text
    back = pu.send(at(kettle, "fill"), on="/account", version="1", water="none")
    assert back.status == 422
    assert seen[-1][0] == {"water": "none"}
    assert {name for name, _words in seen[-1][1]} == {"water", "price"}


class PaperInput(Input):
    """A paper."""

    paper = File(required=True)


@pytest.fixture
def papers(park: World) -> Iterator[World]:
    """Kettles that papers can be attached to."""
    lifecycle: Lifecycle[Kettle] = KETTLE

    @lifecycle.action("* -> =", by=who("purchaser", "buyer"), takes=PaperInput, title="Attach")
    def attach(kettle: Kettle, actor: Actor, *, paper: Upload) -> None:
        """The buyer attaches a paper."""
        files.attach(paper, org_id=str(actor.org_id), object_id=kettle.id)

    yield park
    del lifecycle.actions["attach"]


def test_a_file_is_attached_and_read_by_those_who_may(app: Flask, papers: World) -> None:
    pu, kettle = Visitor(app, papers, "pu"), a_kettle(papers)
    done = pu.do(at(kettle, "attach"), paper=(io.BytesIO(b"%PDF-1.7 manual"), "manual.pdf"))
    assert done.status == 303
    where = pu.get(at(kettle)).links["manual.pdf"]
    got = pu.client.get(where)
    assert got.data == b"%PDF-1.7 manual"
    assert got.headers["Content-Disposition"].startswith("attachment")
    got.close()
    assert Visitor(app, papers, "lab2pu").get(where).status == 404
    assert Visitor(app).get(where).status == 303  # to sign in


def test_a_file_that_is_not_what_it_says_is_refused_at_its_field_and_not_kept(app: Flask, papers: World) -> None:
    pu, kettle = Visitor(app, papers, "pu"), a_kettle(papers)
    back = pu.do(at(kettle, "attach"), paper=(io.BytesIO(b"MZ"), "manual.pdf"))
    assert back.status == 422
    told = "Accepted here: PDF, PNG, JPEG, XLSX, DOCX, CSV, TXT. The content has to be what the name says."
    assert back.links[f"Paper: {told}"] == "#f-paper"
    stale = pu.do(at(kettle, "attach"), version="9", paper=(io.BytesIO(b"%PDF-1.7"), "manual.pdf"))
    assert stale.status == 412
    assert not list((files.folder()).glob("*"))


def test_pages_are_chinese_for_those_who_read_chinese(app: Flask, park: World) -> None:
    lab = park.organisations["lab"]
    page = Visitor(app, park, "rui", language="zh").get(f"/organisations/{lab}/suspend")
    assert "运营方暂停该机构的全部业务，未完成的订单继续履行。" in page.text
    assert "办理后状态为“已暂停”。" in page.text
    assert 'lang="zh-CN"' in page.html


def test_nothing_is_written_by_looking(app: Flask, park: World) -> None:
    pu, kettle = Visitor(app, park, "pu"), a_kettle(park)
    before = db.session.scalar(db.select(db.func.count()).select_from(Event))
    for path in (at(kettle), at(kettle, "heat"), at(kettle, "fill"), "/kettles", "/kettles/new", "/work", "/account"):
        assert pu.get(path).status == 200
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(Event)) == before
    assert kettles.now() - kettle_of(kettle).updated_at < timedelta(minutes=1)


class StepInput(Input):
    """A step."""

    what = Text(required=True)


class PartInput(Input):
    """A part and its steps."""

    name = Text(required=True)
    steps = lines(StepInput, required=False)


class RepairInput(Input):
    """Parts of a repair."""

    parts = lines(PartInput)


@pytest.fixture
def repairs(park: World) -> Iterator[World]:
    """Kettles that can be repaired in parts and steps."""

    @KETTLE.action("* -> =", by=who("purchaser", "buyer"), takes=RepairInput, title="Repair")
    def repair(kettle: Kettle, actor: Actor, *, parts: list[dict[str, Any]]) -> None:
        """The buyer repairs it."""
        del actor
        kettle.label = "; ".join(f"{one['name']}: {len(one.get('steps', []))}" for one in parts)

    yield park
    del KETTLE.actions["repair"]


def test_lines_grow_by_a_button_without_losing_what_was_typed(app: Flask, repairs: World) -> None:
    pu, kettle = Visitor(app, repairs, "pu"), a_kettle(repairs)
    path = at(kettle, "repair")
    page = pu.get(path)
    assert "parts-0-name" in page.forms[path]
    assert "parts-1-name" not in page.forms[path]
    page = pu.send(path, on=page, **{"parts-0-name": "", "add": "parts"})
    assert page.status == 200
    page = pu.send(path, on=page, **{"parts-0-name": "", "parts-1-name": "lid", "add": "parts-1-steps"})
    assert page.forms[path]["parts-1-name"] == "lid"
    assert "parts-1-steps-0-what" in page.forms[path]
    typed = {"parts-0-name": "", "parts-1-name": "lid", "parts-1-steps-0-what": "Glue it."}
    assert pu.send(path, on=page, **typed).status == 303
    assert kettle_of(kettle).label == "lid: 1"


@pytest.mark.parametrize("path", ["", "-", "nothing", "parts-9-steps", "parts-x-steps", "parts-0", "parts-0-name-x"])
def test_a_button_that_does_not_exist_adds_nothing(app: Flask, repairs: World, path: str) -> None:
    pu, kettle = Visitor(app, repairs, "pu"), a_kettle(repairs)
    page = pu.do(at(kettle, "repair"), **{"parts-0-name": "lid", "add": path})
    assert page.status == 200
    assert "parts-1-name" not in page.forms[at(kettle, "repair")]
