"""Notices for programs: the caller's own, their read marks, and what they want to hear."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.notices.models import NoticeKindPreference
from app.ordering.actions import orders
from tests.house.everybody import hire, key_of
from tests.world import Api, World
from tests.worlds.notices import settle
from tests.worlds.ordering import do, reach_order

pytestmark = pytest.mark.database_matters


def put(api: Api, body: object) -> tuple[int, dict[str, object]]:
    answer = api.client.put("/api/v1/notice-preferences", json=body, headers=api.headers)
    return answer.status_code, answer.get_json()


def test_a_program_reads_its_person_s_notices(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    settle()
    answer = Api(app, world.key("fa")).get("notices")
    assert answer.status_code == 200
    (one,) = answer.get_json()["items"]
    assert {name: one[name] for name in ("name", "title", "kind", "record", "number", "href", "turn", "read_at")} == {
        "name": "order.approve", "title": "An order was sent to its supplier", "kind": "order", "record": order.id,
        "number": order.number, "href": f"/api/v1/orders/{order.id}", "turn": True, "read_at": None,
    }  # fmt: skip
    assert (answer.get_json()["unread"], answer.get_json()["next_cursor"]) == (1, None)
    assert Api(app, world.key("fa"), language="zh").get("notices").get_json()["items"][0]["title"] == "订单已发给供应商"
    assert Api(app, world.key("mei")).get("notices").get_json() == {"items": [], "unread": 0, "next_cursor": None}


def test_reasons_are_told_to_those_who_hear(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    do(orders.refuse, order, world.actor("xiao"), reason="型号停产")
    settle()
    items = Api(app, world.key("qiu")).get("notices").get_json()["items"]
    assert {one["name"]: one["words"] for one in items}["order.refuse"] == "型号停产"


def test_pages_are_walked_by_cursor(app: Flask, world: World) -> None:
    for _ in range(3):
        reach_order(world, "awaiting_supplier")
    settle()
    api = Api(app, world.key("fa"))
    first = api.get("notices", limit=2)
    assert 'rel="next"' in first.headers["Link"]
    second = api.get("notices", limit=2, after=first.get_json()["next_cursor"]).get_json()
    ids = [one["id"] for page in (first.get_json(), second) for one in page["items"]]
    assert len(set(ids)) == 3
    assert ids == sorted(ids, reverse=True)


def test_one_or_all_are_marked_as_read(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    reach_order(world, "awaiting_supplier")
    settle()
    api = Api(app, world.key("fa"))
    newest = api.get("notices").get_json()["items"][0]["id"]
    answer = api.post(f"notices/{newest}/read")
    assert answer.status_code == 200
    assert answer.get_json()["read_at"] is not None
    assert api.post(f"notices/{newest}/read").get_json()["read_at"] == answer.get_json()["read_at"]
    assert len(api.get("notices", unread="1").get_json()["items"]) == 1
    assert api.post("notices/read").get_json() == {"marked": 1}
    assert api.post("notices/read").get_json() == {"marked": 0}


def test_nobody_reads_or_marks_what_is_another_s(app: Flask, world: World) -> None:
    reach_order(world, "awaiting_supplier")
    settle()
    theirs = Api(app, world.key("fa")).get("notices").get_json()["items"][0]["id"]
    for name in ("xiao", "pu", "shen"):
        assert Api(app, world.key(name)).post(f"notices/{theirs}/read").status_code == 404
    assert Api(app, None).get("notices").status_code == 401
    assert Api(app, world.key("fa")).get("notices").get_json()["unread"] == 1


def test_a_key_of_one_organisation_reads_nothing_of_another(app: Flask, world: World) -> None:
    elsewhere = hire(world, "lab2", "fa", ["member"], email="fa@supplier.example")
    own = Api(app, key_of(world, "fa", elsewhere))
    reach_order(world, "awaiting_supplier")
    settle()
    assert own.get("notices").get_json()["items"] == []


def test_a_key_that_may_only_read_marks_nothing(app: Flask, world: World) -> None:
    api = Api(app, world.key("fa", scope="read"))
    assert api.get("notices").status_code == 200
    assert api.post("notices/read").get_json()["code"] == "read_only_key"
    assert put(api, {})[1]["code"] == "read_only_key"


@pytest.mark.parametrize("query", [{"limit": "0"}, {"unread": "yes"}, {"colour": "red"}])
def test_an_unknown_question_is_refused(app: Flask, world: World, query: dict[str, str]) -> None:
    answer = Api(app, world.key("fa")).get("notices", **query)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_query")


def test_unknown_input_is_refused(app: Flask, world: World) -> None:
    api = Api(app, world.key("fa"))
    assert api.post("notices/read", {"all": True}).status_code == 422
    assert api.get("notices", after="!").get_json()["code"] == "bad_cursor"
    assert api.post("notices/ntc_x/read").status_code == 404


def test_preferences_are_read_and_replaced(app: Flask, world: World) -> None:
    api = Api(app, world.key("fa"))
    usual = api.get("notice-preferences").get_json()
    assert (usual["telephone"], len(usual["paces"])) == ("", 27)
    assert {"topic": "approvals", "channel": "mail", "pace": "now"} in usual["paces"]
    assert {"topic": "orders", "channel": "sms", "pace": "off"} in usual["paces"]
    status, chosen = put(api, {
        "telephone": "138 0000 0000",
        "paces": [{"topic": "orders", "channel": "sms", "pace": "daily"}],
    })  # fmt: skip
    assert (status, chosen["telephone"]) == (200, "13800000000")
    assert {"topic": "orders", "channel": "sms", "pace": "daily"} in chosen["paces"]  # type: ignore[operator]
    assert put(api, {})[1] == usual


def test_a_kind_of_event_is_chosen_apart_and_stored_only_where_it_was_named(app: Flask, world: World) -> None:
    api = Api(app, world.key("fa"))
    apart = [{"event": "order.approve", "channel": "mail", "pace": "daily"}]
    status, chosen = put(api, {"events": apart})
    assert (status, chosen["events"]) == (200, apart)
    assert {"topic": "orders", "channel": "mail", "pace": "now"} in chosen["paces"]  # type: ignore[operator]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NoticeKindPreference)) == 1
    assert put(api, {})[1]["events"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    "body,code,field",
    [
        ({"events": [{"event": "requisition.put_up", "channel": "mail", "pace": "off"}]}, "approvals_heard", "events"),
        ({"events": [{"event": "order.approve", "channel": "sms", "pace": "now"}]}, "contact_missing", "telephone"),
        ({"events": [{"event": "order.sing", "channel": "mail", "pace": "now"}]}, "invalid_input", "events.0.event"),
        (
            {"events": [{"event": "order.approve", "channel": "mail", "pace": pace} for pace in ("now", "daily")]},
            "invalid_input", "events.1.event",
        ),
        ({"paces": [{"topic": "approvals", "channel": "mail", "pace": "off"}]}, "approvals_heard", "paces"),
        ({"paces": [{"topic": "orders", "channel": "wechat", "pace": "now"}]}, "contact_missing", "wechat"),
        ({"paces": [{"topic": "orders", "channel": "pigeon", "pace": "now"}]}, "invalid_input", "paces.0.channel"),
        ({"telephone": "none"}, "invalid_input", "telephone"),
        ({"colour": "red"}, "invalid_input", "colour"),
        (
            {"paces": [{"topic": "money", "channel": "mail", "pace": pace} for pace in ("now", "daily")]},
            "invalid_input", "paces.1.topic",
        ),
    ],
)  # fmt: skip
def test_preferences_that_cannot_be_are_refused_by_field(
    app: Flask, world: World, body: object, code: str, field: str
) -> None:
    status, answer = put(Api(app, world.key("fa")), body)
    assert (status, answer["code"]) == (422, code)
    assert [one["field"] for one in answer["errors"]] == [field]  # type: ignore[attr-defined]
