"""The audit search in both faces: who may, what is found, what stays sealed, what is taken away for verification."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.events import GENESIS, ChainHead, Event
from app.kernel.values import clock_at, now
from tests.house.everybody import hire
from tests.payments.test_money_pages import questions
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds import sourcing
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, placed

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def found(api: Api, **query: Any) -> list[tuple[str, str]]:
    """(name, object) of what the search finds."""
    answer = api.get("audit", **query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [(item["name"], item["object"]) for item in answer.get_json()["items"]]


@pytest.fixture
def auditor(app: Flask, world: World) -> Api:
    return Api(app, world.key("shen"))


def test_auditor_owner_and_the_operators_administrators_search_and_nobody_else(app: Flask, world: World) -> None:
    for role in ("security_admin", "audit_admin"):
        hire(world, "operator", role, [role])
    may = {name: Api(app, world.key(name)).get("audit").status_code
           for name in ("shen", "wang", "ops", "security_admin", "audit_admin")}  # fmt: skip
    assert may == dict.fromkeys(may, 200)
    for name in ("rui", "tao", "shu", "sup", "pu", "guan", "xiao", "zong", "fuwu"):
        api = Api(app, world.key(name))
        statuses = {path: api.get(path).status_code for path in ("audit", "audit/export", "audit/roots")}
        assert statuses == dict.fromkeys(statuses, 404), name
    assert Api(app, None).get("audit").status_code == 401


def test_pages_and_files_of_the_audit_are_for_the_same_people(app: Flask, world: World) -> None:
    for name in ("shen", "wang", "ops"):
        visitor = Visitor(app, world, name)
        assert "/audit" in visitor.get("/work").links.values()
        assert visitor.get("/audit").status == 200
    for name in ("shu", "pu", "xiao"):
        visitor = Visitor(app, world, name)
        assert "/audit" not in visitor.get("/work").links.values()
        for path in ("/audit", "/audit/events.jsonl", "/audit/roots.csv"):
            assert visitor.client.get(path).status_code == 404


def test_events_are_found_by_record_event_person_organisation_and_day(world: World, auditor: Api) -> None:
    with clock_at(timedelta(days=-10)):
        old = listing(world, model="OLD")
    order = placed(world)[0]
    one = again(order)
    assert found(auditor, record=one.id) == found(auditor, record=str(one.number).lower())
    assert ("order.create", one.id) in found(auditor, record=str(one.number))
    assert {object_id for _, object_id in found(auditor, record=str(one.number))} == {one.id}
    assert {name for name, _ in found(auditor, event="listing.publish")} == {"listing.publish"}
    assert {name.partition(".")[0] for name, _ in found(auditor, event="listing")} == {"listing"}
    assert {name for name, _ in found(auditor, person="rui@operator.example")} == {"listing.publish"}
    assert {name for name, _ in found(auditor, person="Rui")} == {"listing.publish"}
    assert {name for name, _ in found(auditor, org="华仪", event="listing")} == {"listing.create", "listing.submit"}
    long_ago = (now() - timedelta(days=5)).date().isoformat()
    assert {object_id for _, object_id in found(auditor, until=long_ago)} == {old.id}
    assert old.id not in {object_id for _, object_id in found(auditor, since=long_ago)}
    for nothing in ({"record": "PO-1999-00001"}, {"person": "nobody"}, {"org": "nobody"}, {"event": "order.vanish"},
                    {"record": "%"}, {"org": "%"}):  # fmt: skip
        assert found(auditor, **nothing) == []


def test_what_cannot_be_read_is_refused_by_field(app: Flask, world: World, auditor: Api) -> None:
    for query in ({"since": "yesterday"}, {"limit": "0"}, {"before": "x"}, {"colour": "red"}):
        answer = auditor.get("audit", **query)
        assert answer.status_code == 422
        assert answer.get_json()["errors"]
    visitor = Visitor(app, world, "shen")
    page = visitor.get("/audit", since="yesterday")
    assert page.status == 422
    assert "From the day" in page.text
    assert visitor.get("/audit", before="x").status == 422
    assert visitor.get("/audit", until="9999-12-31", since="0001-01-01").status == 200


def test_pages_neither_skip_nor_repeat(world: World, auditor: Api) -> None:
    for number in range(3):
        listing(world, model=f"L{number}")
    seen: list[int] = []
    before: int | None = None
    while True:
        body = auditor.get("audit", limit=7, **({"before": before} if before else {})).get_json()
        seen += [item["seq"] for item in body["items"]]
        before = body["next_before"]
        if before is None:
            break
        listing(world, model=f"M{before}")  # what comes in meanwhile is not on the next pages
    last = max(seen)
    assert seen == list(range(last, 0, -1))


def test_what_is_sealed_is_not_found_until_it_is_opened(app: Flask, world: World, auditor: Api) -> None:
    with clock_at(sourcing.BACK):
        asked = sourcing.rfq(world, "open")
        offer = sourcing.quote(world, asked)
    draft = sourcing.rfq(world, "draft")
    for name in ("shen", "wang", "ops"):
        api = Api(app, world.key(name))
        assert found(api, event="quote") == []
        assert found(api, record=offer.id) == []
        assert found(api, record=draft.id) == []
        assert found(api, record=asked.id) != []
    assert "Quote" not in Visitor(app, world, "shen").get("/audit", org="华仪").text.partition("newest first")[2]
    sourcing.close(asked)
    assert {name for name, _ in found(auditor, event="quote")} == {"quote.create", "quote.edit", "quote.submit",
                                                                   "quote.open"}  # fmt: skip


def verified(lines: list[dict[str, Any]]) -> None:
    """What somebody without the platform does with the file."""
    previous = GENESIS
    for line in lines:
        assert line["previous"] == previous
        if line["body"] is not None:
            assert hashlib.sha256(f"{previous}\n{line['body']}".encode()).hexdigest() == line["hash"]
            assert json.loads(line["body"])["seq"] == line["seq"]
        previous = line["hash"]


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_exported_chain_is_verified_without_the_platform_and_keeps_what_is_sealed(
    app: Flask, world: World, auditor: Api
) -> None:
    asked = sourcing.rfq(world, "open")
    offer = sourcing.quote(world, asked)
    text = auditor.get("audit/export").get_data(as_text=True)
    lines = lines_of(text)
    db.session.rollback()
    assert len(lines) == db.session.scalar(sa.select(ChainHead.seq))
    verified(lines)
    assert lines[-1]["hash"] == db.session.scalar(sa.select(ChainHead.hash))
    assert offer.id not in text
    sealed = {line["seq"] for line in lines if line["body"] is None}
    db.session.rollback()
    assert sealed == set(db.session.scalars(sa.select(Event.seq).where(Event.object_id == offer.id)))
    for narrow in ({"org": "华仪"}, {"person": "xiao@supplier.example"}, {"event": "quote"}, {"record": offer.id}):
        told = lines_of(auditor.get("audit/export", **narrow).get_data(as_text=True))
        assert not sealed & {line["seq"] for line in told}, narrow
    file = Visitor(app, world, "shen").client.get("/audit/events.jsonl")
    assert file.headers["Content-Disposition"] == 'attachment; filename="events.jsonl"'
    assert lines_of(file.get_data(as_text=True)) == lines
    rest = lines_of(auditor.get("audit/export", after=lines[4]["seq"]).get_data(as_text=True))
    assert rest == lines[5:]


def test_a_long_export_says_where_to_go_on(auditor: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.kernel.audit.EXPORT_ROWS", 4)
    monkeypatch.setattr("app.kernel.audit.EXPORT_BATCH_ROWS", 2)
    lines = lines_of(auditor.get("audit/export").get_data(as_text=True))
    assert [line.get("seq") for line in lines] == [1, 2, 3, 4, None]
    assert lines[-1] == {"next_after": 4}


@pytest.mark.parametrize("language,words", [("en", "Publish"), ("zh", "上架")])
def test_a_row_says_what_when_who_and_leads_to_the_record(app: Flask, world: World, language: str, words: str) -> None:
    one = listing(world)
    page = Visitor(app, world, "shen", language=language).get("/audit", event="listing.publish")
    assert words in page.text
    assert "Rui" in page.text
    assert "园区运营公司" in page.text or "Operator" in page.text
    assert f"/listings/{one.id}" in page.links.values()
    db.session.rollback()
    event = db.session.scalars(sa.select(Event).where(Event.name == "listing.publish")).one()
    assert event.hash[:12] in page.html
    assert "style=" not in page.html


def test_the_page_asks_a_constant_number_of_questions(app: Flask, world: World) -> None:
    listing(world)
    auditor = Visitor(app, world, "shen")
    before = questions(auditor, "/audit")
    for number in range(4):
        listing(world, model=f"Q{number}")
    assert questions(auditor, "/audit") == before


def test_the_chain_of_the_answer_is_that_of_the_last_check(auditor: Api) -> None:
    assert auditor.get("audit").get_json()["chain"] is None
    assert auditor.get("audit/roots").get_json() == {"items": []}
