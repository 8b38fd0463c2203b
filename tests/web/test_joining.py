"""Applying from the public page: the address is proved before anybody hears of it, and nobody learns who is here."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from stdnum.cn import uscc

from app.accounts import applications
from app.accounts.models import Application, Organisation
from app.kernel import worker
from app.kernel.chores import CHORES
from app.kernel.db import db
from app.kernel.events import Delivery, Event
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.kernel.crowd import failures, together
from tests.web.visitor import Visitor
from tests.world import Api, World, build

APPLICATION = {
    "name_zh": "新仪器公司",
    "kinds": "supplier",
    "credit_code": "91110000600037341L",
    "email": "a@new.example",
    "agree": "1",
}


@pytest.fixture
def park(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def mailed(template: str) -> list[str]:
    """The paths of the links owed by mail under a template, oldest first."""
    rows = db.session.scalars(db.select(Delivery).where(Delivery.kind == "mail").order_by(Delivery.id))
    return [
        row.payload["link"].removeprefix("http://localhost") for row in rows if row.payload.get("template") == template
    ]


def applied() -> list[Organisation]:
    """The organisations that wait for the operator."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Organisation).where(Organisation.state == "applied")))


def test_the_operator_hears_of_an_application_once_its_address_is_proved(app: Flask, park: World) -> None:
    visitor = Visitor(app)
    events = db.session.scalar(sa.select(sa.func.count()).select_from(Event))
    sent = visitor.send("/join", on="/join", **APPLICATION)
    assert (sent.status, "A link was sent to a@new.example" in sent.text) == (200, True)
    assert applied() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == events
    assert "新仪器公司" not in Visitor(app, park, "rui").get("/work").text
    [link] = mailed("application")
    assert "新仪器公司" in visitor.get(link).text
    assert applied() == []  # looking at a link proves nothing: mail scanners look too
    came = visitor.send(link, on=link)
    assert [one.name_zh for one in applied()] == ["新仪器公司"]
    invitation = came.headers["Location"]
    visitor.send(invitation, on=invitation, name="An", password="one two three", again="one two three")
    assert "新仪器公司" in visitor.get("/account").text
    waiting = Visitor(app, park, "rui").get("/work")
    assert "Organisation: Admit" in waiting.text


def test_a_link_is_good_once_and_for_three_days(app: Flask, park: World) -> None:
    del park
    visitor = Visitor(app)
    visitor.send("/join", on="/join", **APPLICATION)
    [link] = mailed("application")
    with clock_at(applications.LINK_LIFE + timedelta(seconds=1)):
        assert visitor.get(link).status == 409
    visitor.send(link, on=link)
    assert visitor.get(link).status == 409
    assert len(applied()) == 1


def test_what_nobody_confirmed_is_forgotten_by_the_clock(app: Flask, park: World) -> None:
    del park
    Visitor(app).send("/join", on="/join", **APPLICATION)
    with clock_at(timedelta(days=2)):
        assert CHORES["accounts.applications"].work() == 0
    with clock_at(timedelta(days=4)):
        assert worker.do_due() > 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Application)) == 0
    assert applied() == []


def test_an_unconfirmed_application_takes_nobodys_credit_code(app: Flask, park: World) -> None:
    del park
    squatter, owner = Visitor(app), Visitor(app)
    squatter.send("/join", on="/join", **{**APPLICATION, "email": "squatter@new.example"})
    owner.send("/join", on="/join", **APPLICATION)
    first, second = mailed("application")
    owner.send(second, on=second)
    late = squatter.send(first, on=first)
    assert (late.status, "An organisation with this credit code is here already." in late.text) == (409, True)
    assert len(applied()) == 1


def test_an_application_is_corrected_where_it_is_wrong(app: Flask, park: World) -> None:
    del park
    visitor = Visitor(app)
    visitor.send("/join", on="/join", **APPLICATION)
    [link] = mailed("application")
    visitor.send(link, on=link)
    taken = visitor.send("/join", on="/join", **{**APPLICATION, "email": "b@new.example"})
    assert taken.status == 409
    assert "An organisation with this credit code is here already." in taken.text
    assert taken.forms["/join"]["email"] == "b@new.example"
    wrong = visitor.send("/join", on="/join", **{**APPLICATION, "credit_code": "91110000600037341X", "email": "nobody"})
    assert wrong.status == 422
    assert len(mailed("application")) == 1


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask, park: World) -> None:
    pages = []
    for email, code in ((park.email("pu"), "91110000600037341L"), ("unknown@nobody.example", "91410800MA9AAAAA09")):
        page = Visitor(app).send("/join", on="/join", **{**APPLICATION, "email": email, "credit_code": code})
        pages.append((page.status, page.text.replace(email, "*")))
    assert pages[0] == pages[1]
    assert len(mailed("application")) == 2


def test_applications_from_one_place_are_limited(app: Flask, park: World) -> None:
    del park
    visitor = Visitor(app)
    codes = [f"9111000060003{serial:04d}" for serial in range(1, 7)]
    answers = [
        visitor.send("/join", on="/join", **{**APPLICATION, "credit_code": code + uscc.calc_check_digit(code)})
        for code in codes
    ]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(mailed("application")) == applications.MOST_TO_ONE_ADDRESS  # the others were taken in silence


def test_a_program_applies_as_a_person_does(app: Flask, park: World) -> None:
    del park
    given = {**APPLICATION, "kinds": ["supplier"]}
    answer = Api(app, None).post("applications", given)
    assert (answer.status_code, answer.get_json()) == (202, {"sent": True})
    assert len(mailed("application")) == 1
    refused = Api(app, None).post("applications", {**given, "credit_code": "1", "more": 1})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid_input")
    assert applied() == []


@pytest.mark.database_matters
def test_of_two_who_open_one_link_at_once_one_wins(app: Flask, park: World) -> None:
    del park
    given = {"name_zh": "新", "name_en": "", "kinds": ["lab"], "credit_code": "91110000600037341L", "address": "",
             "email": "a@new.example"}  # fmt: skip
    with unit_of_work():
        applications.apply(given, network_address="127.0.0.1")
    token = mailed("application")[0].rpartition("/")[2]

    def confirm() -> None:
        with unit_of_work():
            applications.confirm(token, person_id=None, request_id=None)

    outcomes = together(app, *[confirm] * 4)
    assert len(failures(outcomes)) == 3
    assert len(applied()) == 1
