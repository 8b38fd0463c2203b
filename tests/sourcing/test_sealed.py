"""Before the deadline nobody but its supplier learns that a quote exists: not by API, worklist, event or version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.values import clock_at
from app.kernel.worklist import waiting
from app.sourcing.models import Quote, Rfq
from app.sourcing.queries import opened_quotes
from tests.world import Api, World, build
from tests.worlds.sourcing import BACK, again, close, do, quote, rfq

pytestmark = pytest.mark.database_matters

STRANGERS = ("pu", "mei", "an", "guan", "xiao2", "lab2pu", "rui", "sup", "wang", "shen")
"""Buyer's people, a rival, another lab, operator, owner, auditor."""


@pytest.fixture
def world(app: Flask) -> World:
    return build()


@pytest.fixture
def sealed(world: World) -> tuple[Rfq, Quote]:
    """An open request with one submitted quote."""
    asked = rfq(world, "open", invite=("supplier", "supplier2", "service"))
    return asked, quote(world, asked)


def everything_of(api: Api, asked: Rfq) -> Iterator[str]:
    """All that the API says of a request and of quotes to one caller."""
    for path in (f"rfqs/{asked.id}", "rfqs", f"rfqs/{asked.id}/history", "quotes", "awards", "worklist"):
        answer = api.get(path)
        assert answer.status_code == 200, path
        yield answer.get_data(as_text=True)


@pytest.mark.parametrize("name", STRANGERS)
def test_nobody_else_finds_the_quote_over_the_api(
    world: World, app: Flask, sealed: tuple[Rfq, Quote], name: str
) -> None:
    asked, theirs = sealed
    api = Api(app, world.key(name))
    for path in (f"quotes/{theirs.id}", f"quotes/{theirs.id}/history"):
        assert api.get(path).status_code == 404
    assert api.get("quotes").get_json()["items"] == []
    assert api.post(f"quotes/{theirs.id}/withdraw", {}, version=1).status_code == 404
    if api.get(f"rfqs/{asked.id}").status_code == 200:
        for text in everything_of(api, asked):
            assert theirs.id not in text
            assert theirs.number not in text


def test_what_the_buyer_reads_is_the_same_with_and_without_quotes(world: World, app: Flask) -> None:
    silent = rfq(world, "open", invite=("supplier", "supplier2"))
    asked = rfq(world, "open", invite=("supplier", "supplier2"))
    api = Api(app, world.key("pu"))

    def read(one: Rfq) -> list[Any]:
        record, told = api.get(f"rfqs/{one.id}").get_json(), api.get(f"rfqs/{one.id}/history").get_json()
        return [record["version"], record["updated_at"] == record["created_at"], record["invited_count"],
                sorted(record), [event["name"] for event in told["items"]], record["actions"][0].keys()]  # fmt: skip

    before = read(asked)
    for name in ("supplier", "supplier2"):
        quote(world, asked, name)
    assert read(asked) == before == read(silent)


def test_the_worklist_of_the_buyer_and_the_queries_say_nothing(world: World, sealed: tuple[Rfq, Quote]) -> None:
    asked, _ = sealed
    for name in STRANGERS:
        assert opened_quotes(asked, world.actor(name)) == []
    assert waiting(world.actor("pu")) == []
    assert [row.record.id for row in waiting(world.actor("xiao2"))] == [asked.id]  # as before anybody quoted


def test_events_of_a_sealed_quote_reach_its_supplier_alone(world: World, sealed: tuple[Rfq, Quote]) -> None:
    _, theirs = sealed
    do(theirs, "revise", world.actor("xiao"))
    do(theirs, "withdraw", world.actor("xiao"))
    told = [event for event in db.session.scalars(db.select(Event)) if event.name.startswith("quote.")]
    assert {event.name for event in told} == {
        "quote.create", "quote.edit", "quote.submit", "quote.revise", "quote.withdraw"
    }  # fmt: skip
    assert {tuple(event.data["audience"]) for event in told} == {(world.organisations["supplier"],)}
    assert {event.object_id for event in told} == {theirs.id}
    prices = [event.body for event in told if "18600000" in event.body or "186000" in event.body]
    assert prices == []


def test_an_invited_supplier_reads_neither_the_other_invitees_nor_who_asked(world: World, app: Flask) -> None:
    asked = rfq(world, "open", invite=("supplier", "supplier2"))
    do(asked, "ask", world.actor("xiao"), question="含税吗？")
    api = Api(app, world.key("xiao2"))
    body = api.get(f"rfqs/{asked.id}").get_json()
    assert not {"invited", "invited_count", "coverage"} & set(body)
    assert [sorted(one) for one in body["questions"]] == [["answer", "answered_at", "asked_at", "id", "question"]]
    for text in everything_of(api, asked):
        assert world.organisations["supplier"] not in text
        assert world.people["xiao"] not in text


def test_the_buyer_reads_how_many_and_whom_it_invited(world: World, app: Flask, sealed: tuple[Rfq, Quote]) -> None:
    asked, _ = sealed
    body = Api(app, world.key("mei")).get(f"rfqs/{asked.id}").get_json()
    assert body["invited_count"] == 3
    assert world.organisations["supplier"] in body["invited"]


def test_after_the_deadline_the_buyer_and_staff_read_the_quote_and_rivals_still_do_not(
    world: World, app: Flask
) -> None:
    with clock_at(BACK):
        asked = rfq(world, "open")
        theirs = quote(world, asked)
        do(theirs, "revise", world.actor("xiao"))
        writing = quote(world, asked, "supplier2", submit=False)
    api = {name: Api(app, world.key(name)) for name in ("pu", "xiao2", "shen", "xiao")}
    assert api["pu"].get(f"quotes/{theirs.id}").status_code == 404  # the deadline has passed, nothing is opened yet
    close(asked)
    for name in ("pu", "shen"):
        body = api[name].get(f"quotes/{theirs.id}").get_json()
        assert body["current"]["total"] == {"amount": "378000.00", "currency": "CNY"}
        assert "draft" not in body
        assert api[name].get(f"quotes/{writing.id}").status_code == 404
    assert api["xiao2"].get(f"quotes/{theirs.id}").status_code == 404
    assert api["xiao"].get(f"quotes/{theirs.id}").get_json()["draft"]["revision"] == 2


def test_late_over_the_api_is_a_conflict_that_names_the_deadline(world: World, app: Flask) -> None:
    with clock_at(BACK):
        asked = rfq(world, "open")
        writing = quote(world, asked, submit=False)
    answer = Api(app, world.key("xiao")).do(f"quotes/{writing.id}", "submit")
    assert answer.status_code == 409
    problem = answer.get_json()
    assert problem["code"] == "too_late"
    assert "Too late: the deadline was " in problem["detail"]
    assert again(writing).state == "draft"


def test_a_whole_purchase_runs_over_the_api(world: World, app: Flask) -> None:
    buyer, seller = Api(app, world.key("pu")), Api(app, world.key("xiao"))
    with clock_at(BACK):
        body = {
            "title": "离心机", "deadline": again(rfq(world, "draft")).deadline.isoformat(),
            "lines": [{"title": "离心机", "quantity": "2", "unit": "台", "demands": [
                {"name": "转速", "operator": "at_least", "value": "20000", "unit": "rpm", "mandatory": True}]}],
        }  # fmt: skip
        made = buyer.post("rfqs", body)
        assert made.status_code == 201, made.get_data(as_text=True)
        path = f"rfqs/{made.get_json()['id']}"
        assert buyer.do(path, "invite", {"suppliers": [world.organisations["supplier"]]}).status_code == 200
        assert buyer.do(path, "publish").status_code == 200
        offer = seller.post(f"{path}/quote", {}).get_json()
        own = f"quotes/{offer['id']}"
        line = {
            "line": made.get_json()["lines"][0]["id"], "price": {"amount": "186000.00", "currency": "CNY"},
            "vat": "13", "deviations": [{"index": 0, "offered": "21000", "deviation": "positive"}],
        }  # fmt: skip
        edited = seller.do(own, "edit", {"lines": [line], "valid_until": "2100-01-01T00:00:00+08:00"})
        assert edited.status_code == 200, edited.get_data(as_text=True)
        receipt = seller.do(own, "submit").get_json()["current"]["digest"]
        assert len(receipt) == 64
    close(db.session.get_one(Rfq, made.get_json()["id"]))
    opened = buyer.get("quotes").get_json()["items"]
    assert [one["current"]["digest"] for one in opened] == [receipt]
    lines = [{"quote_line": opened[0]["current"]["lines"][0]["id"], "quantity": "1.5"}]
    decided = buyer.do(path, "award", {"lines": lines, "reason": "唯一报价"})
    assert decided.status_code == 201, decided.get_data(as_text=True)
    assert decided.get_json()["total"] == {"amount": "279000.00", "currency": "CNY"}
    assert buyer.do(f"awards/{decided.get_json()['id']}", "propose").get_json()["state"] == "approved"
    assert buyer.get(path).get_json()["coverage"][0]["open"] == "0.5"
