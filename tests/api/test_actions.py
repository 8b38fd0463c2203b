"""One command over HTTP: the order of its checks, versions, births, what each reader sees and is offered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.values import new_id
from tests.kernel.kettles import Cup, Kettle, a_kettle, invite, kettle_of
from tests.world import Api, World

pytestmark = pytest.mark.database_matters


@pytest.fixture
def api(app: Flask, park: World) -> Callable[..., Api]:
    """A named person at the API."""
    return lambda name, **kwargs: Api(app, park.key(name) if name else None, **kwargs)


def state_of_the_world() -> tuple[int, ...]:
    db.session.rollback()
    return (
        db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0,
        db.session.scalar(sa.select(sa.func.sum(Kettle.version))) or 0,
        db.session.scalar(sa.select(sa.func.count()).select_from(Cup)) or 0,
    )


def test_the_order_of_checks_tells_a_stranger_nothing_a_colleague_who_and_the_right_person_why(
    park: World, api: Callable[..., Api]
) -> None:
    kettle = a_kettle(park, state="boiling")
    right, colleague, stranger = api("pu"), api("xiao"), api("xiao2")
    right.do(f"kettles/{kettle}", "empty")
    version = kettle_of(kettle).version
    before = state_of_the_world()
    path, bad, good = f"kettles/{kettle}/drop", {"reason": "", "more": 1}, {"reason": "slipped"}

    asked: list[tuple[Api, Any, int | None, int, str]] = [
        (api(None), bad, None, 401, "sign_in"),
        (stranger, bad, None, 404, "not_there"),
        (stranger, good, version, 404, "not_there"),
        (colleague, bad, None, 403, "not_yours"),
        (colleague, good, version, 403, "not_yours"),
        (right, bad, None, 422, "invalid_input"),
        (right, bad, version, 422, "invalid_input"),
        (right, good, None, 428, "version_needed"),
        (right, good, version - 1, 409, "wrong_state"),
        (right, good, version, 409, "wrong_state"),
    ]
    for caller, body, seen, status, code in asked:
        answer = caller.post(path, body, version=seen)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert state_of_the_world() == before


def test_what_is_not_there_and_what_is_not_yours_are_one_answer(park: World, api: Callable[..., Api]) -> None:
    stranger = api("xiao2")
    answers = []
    for record_id in (a_kettle(park), new_id("ket"), "ket_", "x", "x" * 300, "%00", "..", "ket_%00"):
        for answer in (
            stranger.get(f"kettles/{record_id}"),
            stranger.get(f"kettles/{record_id}/history"),
            stranger.post(f"kettles/{record_id}/drop", {"reason": "x"}),
        ):
            body = answer.get_json()
            body.pop("request_id")
            answers.append((answer.status_code, body))
    assert all(answer == answers[0] for answer in answers if answer[1]["code"] == "not_there")
    assert {(status, body["code"]) for status, body in answers} <= {(404, "not_there"), (404, "not_found")}


def test_actions_of_the_system_have_no_route_and_are_offered_to_nobody(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park, state="warming")
    for name in ("boil", "serve", "nothing", "__call__", "effect"):
        answer = api("pu").post(f"kettles/{kettle}/{name}", version=kettle_of(kettle).version)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
    offered = [action["name"] for action in api("pu").get(f"kettles/{kettle}").get_json()["actions"]]
    assert offered == ["turn_down", "fill", "sip", "drop"]
    assert kettle_of(kettle).state == "warming"


def test_a_record_is_born_by_posting_to_its_collection(park: World, api: Callable[..., Api]) -> None:
    answer = api("pu").post("kettles", {"label": "new"})
    body = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/kettles/{body['id']}"
    assert answer.headers["ETag"] == f'"{body["version"]}"'
    assert (body["state"], body["buyer"], body["label"]) == ("cold", park.organisations["lab"], "new")
    assert body["number"].startswith("KT-")
    assert kettle_of(body["id"]).version == body["version"]
    again = api("pu").get(f"kettles/{body['id']}")
    assert again.get_json() == body


def test_a_birth_belongs_to_the_callers_own_organisation_and_nobody_elses(park: World, api: Callable[..., Api]) -> None:
    del park
    assert api("xiao").post("kettles", {"label": "x"}).status_code == 403
    assert api("guan").post("kettles", {"label": "x"}).get_json()["code"] == "not_yours"
    assert api("pu").post("kettles", {"label": "x", "buyer": "org_0"}).status_code == 422
    assert api("pu").post("cups").status_code == 404


def test_the_child_of_a_record_is_answered_with_201_and_its_own_address(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park, state="boiling")
    before = kettle_of(kettle).version
    answer = api("xiao").post(f"kettles/{kettle}/pour")
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith("/api/v1/cups/cup_")
    assert answer.get_json()["kettle"] == kettle
    assert kettle_of(kettle).version == before, "no version is needed to pour, and none is taken"


@pytest.mark.parametrize("form", ['"{}"', "{}", 'W/"{}"', ' "{}" '])
def test_a_version_is_taken_in_the_forms_that_clients_send(park: World, api: Callable[..., Api], form: str) -> None:
    kettle = a_kettle(park)
    caller = api("pu")
    answer = caller.client.post(
        f"/api/v1/kettles/{kettle}/heat",
        headers=caller.headers | {"If-Match": form.format(kettle_of(kettle).version)},
    )
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{kettle_of(kettle).version}"'


@pytest.mark.parametrize("text", ["*", '"x"', "", "-1", "1.0", '"1", "2"', "9" * 400, "１", "0x1"])
def test_a_version_that_is_none_is_stale(park: World, api: Callable[..., Api], text: str) -> None:
    kettle = a_kettle(park)
    caller = api("pu")
    answer = caller.client.post(
        f"/api/v1/kettles/{kettle}/heat", headers=caller.headers | {"If-Match": text.encode().decode("latin-1")}
    )
    assert (answer.status_code, answer.get_json()["code"]) == (412, "stale_version")


def test_of_two_who_saw_the_same_version_the_second_is_told(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    version = kettle_of(kettle).version
    fill = {"water": "1", "price": {"amount": "1.00", "currency": "CNY"}}
    assert api("pu").post(f"kettles/{kettle}/fill", fill, version=version).status_code == 200
    late = api("xiao").post(f"kettles/{kettle}/fill", fill, version=version)
    assert (late.status_code, late.get_json()["code"]) == (412, "stale_version")


def test_a_field_for_one_side_is_shown_to_that_side_only(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    for name, sees in (("pu", True), ("an", False), ("xiao", False), ("shen", False)):
        one = api(name).get(f"kettles/{kettle}").get_json()
        (listed,) = api(name).get("kettles").get_json()["items"]
        assert ("water_ml" in one, "water_ml" in listed) == (sees, sees), name


def test_a_refused_offer_gives_its_reason_in_the_readers_language(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park, state="boiling")
    api("pu").do(f"kettles/{kettle}", "pour_cups", {"ml": 1_000})
    actions = {one["name"]: one for one in api("xiao").get(f"kettles/{kettle}").get_json()["actions"]}
    assert actions["pour"] == {
        "name": "pour", "href": f"/api/v1/kettles/{kettle}/pour", "enabled": False,
        "code": "test_no_water", "reason": "Only 0 ml are left, worth CNY 0.00.",
    }  # fmt: skip
    refused = api("xiao").post(f"kettles/{kettle}/pour")
    assert (refused.status_code, refused.get_json()["detail"]) == (409, "Only 0 ml are left, worth CNY 0.00.")
    chinese = api("xiao", language="zh").get(f"kettles/{kettle}").get_json()["actions"]
    assert "¥0.00" in chinese[0]["reason"]


def test_every_href_of_an_offer_leads_to_its_action(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    caller = api("pu")
    for action in caller.get(f"kettles/{kettle}").get_json()["actions"]:
        answer = caller.client.post(action["href"], headers=caller.headers, json={"not": "a field"})
        assert answer.status_code == 422, action


def test_lists_show_what_single_reads_show(park: World, api: Callable[..., Api]) -> None:
    mine, foreign = a_kettle(park), a_kettle(park, supplier=None)
    invite(foreign, park.organisations["supplier2"])
    for name, expected in (("pu", {mine, foreign}), ("xiao", {mine}), ("xiao2", {foreign}), ("lab2pu", set())):
        caller = api(name)
        assert {row["id"] for row in caller.get("kettles").get_json()["items"]} == expected
        for one in (mine, foreign):
            assert (caller.get(f"kettles/{one}").status_code == 200) == (one in expected)
            assert (caller.get(f"kettles/{one}/history").status_code == 200) == (one in expected)


def test_lists_are_filtered_by_state_and_paged_by_links(park: World, api: Callable[..., Api]) -> None:
    cold = [a_kettle(park) for _ in range(3)]
    a_kettle(park, state="warming")
    caller = api("pu")
    assert [row["id"] for row in caller.get("kettles", state="cold").get_json()["items"]] == sorted(cold, reverse=True)
    first = caller.get("kettles", state="cold", limit=2)
    assert len(first.get_json()["items"]) == 2
    link = first.headers["Link"].partition(">")[0].lstrip("<")
    second = caller.client.get(link, headers=caller.headers)
    assert [row["id"] for row in second.get_json()["items"]] == [min(cold)]
    assert second.get_json()["next_cursor"] is None
    assert "Link" not in second.headers


@pytest.mark.parametrize(
    "query",
    [{"state": "hot"}, {"state": ""}, {"limit": "0"}, {"limit": "201"}, {"limit": "1e2"}, {"limit": "-1"},
     {"limit": "９"}, {"limit": ""}, {"after": "x"}, {"after": "\x00"}, {"order": "id"}, {"buyer_id": "x"}, {"": "x"}],
)  # fmt: skip
def test_a_query_that_is_not_understood_is_refused(api: Callable[..., Api], query: dict[str, str]) -> None:
    answer = api("pu").get("kettles", **query)
    assert answer.status_code == 422
    assert answer.get_json()["code"] in ("bad_query", "bad_cursor")


def test_the_history_of_a_record_tells_its_readers_what_happened(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    api("pu").do(f"kettles/{kettle}", "drop", {"reason": "slipped"})
    told = api("xiao").get(f"kettles/{kettle}/history").get_json()["items"]
    assert [(one["name"], one["from"], one["to"], one["words"]) for one in told] == [
        ("kettle.drop", "cold", "broken", "slipped"),
    ]
    assert told[0]["actor"] == {"person": park.people["pu"], "org": park.organisations["lab"]}
    mine = api("pu").get(f"kettles/{kettle}/history").get_json()["items"]
    assert [one["name"] for one in mine] == ["kettle.drop", "kettle.create"]


def test_the_worklist_and_oneself_over_http(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    (row,) = api("pu").get("worklist").get_json()["items"]
    assert row == {
        "kind": "kettle", "id": kettle, "href": f"/api/v1/kettles/{kettle}", "state": "cold", "until": None,
    }  # fmt: skip
    me = api("pu").get("me").get_json()
    assert (me["person"]["id"], me["org"], me["roles"], me["kinds"], me["read_only"]) == (
        park.people["pu"], park.organisations["lab"], ["member", "purchaser"], ["lab"], False,
    )  # fmt: skip
    for path in ("worklist", "me"):
        assert api(None).get(path).status_code == 401


def test_whoever_comes_late_for_what_is_done_is_told_so_and_not_to_look_again(
    park: World, api: Callable[..., Api]
) -> None:
    kettle = a_kettle(park)
    version = kettle_of(kettle).version
    assert api("pu").post(f"kettles/{kettle}/heat", version=version).status_code == 200
    late = api("qiu").post(f"kettles/{kettle}/heat", version=version)
    assert (late.status_code, late.get_json()["code"]) == (409, "wrong_state")
