"""Requests that are no good, and what every answer carries: always a problem document, never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.work import unit_of_work
from tests.api.browser_session import Browser
from tests.kernel.kettles import KETTLE, a_kettle, kettle_of
from tests.world import Api, World

DEEP = 200_000


@pytest.fixture
def caller(app: Flask, park: World) -> Api:
    """A purchaser of the lab."""
    return Api(app, park.key("pu"))


def nested(levels: int) -> bytes:
    return b'{"label":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    "body,code,field",
    [
        (b"{", "bad_json", None),
        (b"[]", "bad_json", None),
        (b'"x"', "bad_json", None),
        (b"1", "bad_json", None),
        (b"null", "bad_json", None),
        (b"true", "bad_json", None),
        (b"\x00", "bad_json", None),
        (b"\xff\xfe{}", "bad_json", None),
        (b'{"label": "\xff"}', "bad_json", None),
        (b'{"label": "a" "b"}', "bad_json", None),
        (b'{"water_ml": ' + b"9" * 5_000 + b"}", "bad_json", None),
        (b"[" * DEEP, "bad_json", None),
        (b"[" * DEEP + b"]" * DEEP, "bad_json", None),
        (nested(DEEP), "bad_json", None),
        (nested(300), "bad_body", "label." * 19 + "label"),
        (nested(21), "bad_body", "label." * 19 + "label"),
        (b'{"label": "\\ud800"}', "bad_body", "label"),
        (b'{"label": "a\\u0000b"}', "bad_body", "label"),
        (b'{"label": NaN}', "bad_body", "label"),
        (b'{"water_ml": 1e999}', "bad_body", "water_ml"),
        (b'{"a": {"b": [1, {"c": "\\udfff"}]}}', "bad_body", "a.b.1.c"),
        (b'{"a\\u0000": 1}', "bad_body", ""),
        (b'{"label": 7}', "invalid_input", "label"),
        (b'{"label": "x", "more": 1}', "invalid_input", "more"),
        (b'{"label": "x", "water_ml": 1e5}', "invalid_input", "water_ml"),
        (b'{"label": "x", "water_ml": ' + b"9" * 4_000 + b"}", "invalid_input", "water_ml"),
        (b'{"label": "' + b"x" * 100_000 + b'"}', "invalid_input", "label"),
        (b"{}", "invalid_input", "label"),
        (b"", "invalid_input", "label"),
        (nested(20), "invalid_input", "label"),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_a_body_that_is_no_good_is_refused_with_a_code_and_the_field(
    caller: Api, body: bytes, code: str, field: str | None
) -> None:
    answer = caller.client.post("/api/v1/kettles", data=body, headers=caller.headers, content_type="application/json")
    problem = answer.get_json()
    assert answer.content_type == "application/problem+json"
    assert problem["code"] == code
    assert answer.status_code == problem["status"] == (422 if code == "invalid_input" else 400)
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field is not None else [])


@pytest.mark.parametrize(
    "content_type,status",
    [("application/json", 201), ("application/json; charset=utf-8", 201), ("application/vnd.api+json", 201),
     (None, 201), ("text/plain", 415), ("text/html", 415), ("application/x-www-form-urlencoded", 415), ("x", 415)],
)  # fmt: skip
def test_bodies_are_json(caller: Api, content_type: str | None, status: int) -> None:
    answer = caller.client.post(
        "/api/v1/kettles", data=b'{"label": "x"}', headers=caller.headers, content_type=content_type
    )
    assert answer.status_code == status
    assert answer.content_type == ("application/json" if status == 201 else "application/problem+json")


def test_a_form_of_several_parts_is_taken_for_what_it_says(caller: Api) -> None:
    for label, status, code in (("x", 201, None), ("a\x00b", 400, "bad_body"), ("", 422, "invalid_input")):
        answer = caller.client.post(
            "/api/v1/kettles", data={"label": label}, headers=caller.headers, content_type="multipart/form-data"
        )
        assert (answer.status_code, answer.get_json().get("code")) == (status, code)


@pytest.mark.parametrize("head", ['name="a\\"', "", 'filename="x.txt"'])
def test_a_part_without_a_name_is_refused_in_both_faces(app: Flask, caller: Api, head: str) -> None:
    body = f"--B\r\nContent-Disposition: form-data; {head}\r\n\r\n1\r\n--B--\r\n".encode()
    form = "multipart/form-data; boundary=B"
    answer = caller.client.post("/api/v1/kettles", data=body, headers=caller.headers, content_type=form)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "nameless_part")
    page = app.test_client().post("/login", data=body, content_type=form, headers={"Accept-Language": "zh"})
    assert page.status_code == 400
    assert "表单里有一部分没有名称" in page.get_data(as_text=True)


def test_a_body_larger_than_the_limit_is_not_read(app: Flask, caller: Api) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    body = json.dumps({"label": "x" * 2_000})
    answer = caller.client.post("/api/v1/kettles", data=body, headers=caller.headers, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "request_entity_too_large")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_methods_that_no_record_knows_are_named(caller: Api, park: World, method: str) -> None:
    answer = caller.client.open(f"/api/v1/kettles/{a_kettle(park)}", method=method, headers=caller.headers)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/", "/api/v1", "/api/v2/kettles", "/api/v1/kettles/a/b/c/d"]
)
def test_addresses_that_are_none_are_not_found_as_a_problem(caller: Api, path: str) -> None:
    for method in ("GET", "POST"):
        answer = caller.client.open(path, method=method, headers=caller.headers)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
        assert answer.get_json()["code"] == "not_found"


# What every answer carries --------------------------------------------------------------------------------------------


def test_no_answer_is_kept_by_anything_in_between(app: Flask, caller: Api, park: World) -> None:
    kettle = a_kettle(park)
    answers = [
        caller.get("me"),
        caller.get(f"kettles/{kettle}"),
        caller.get("kettles", state="hot"),
        caller.get("nothing"),
        caller.post("kettles", {"label": "x"}),
        Browser(app, park, "pu").get("me"),
        app.test_client().get("/api/v1/organisations"),
    ]
    for answer in answers:
        assert {name.strip() for name in answer.headers["Vary"].split(",")} >= {
            "Cookie",
            "Authorization",
            "Accept-Language",
        }
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert len(answer.headers["X-Request-ID"]) == 16
        if answer.status_code >= 400:
            assert answer.get_json()["request_id"] == answer.headers["X-Request-ID"]
    assert len({answer.headers["X-Request-ID"] for answer in answers}) == len(answers)


def test_the_id_of_the_request_stands_in_the_event_that_it_made(caller: Api) -> None:
    answer = caller.post("kettles", {"label": "x"})
    body = db.session.scalars(sa.text("SELECT body FROM event ORDER BY seq DESC LIMIT 1")).one()
    assert json.loads(body)["actor"]["request"] == answer.headers["X-Request-ID"]
    assert json.loads(body)["actor"]["channel"] == "api"


@pytest.mark.database_matters
def test_a_secure_request_asks_for_secure_ones(app: Flask) -> None:
    client = app.test_client()
    assert "Strict-Transport-Security" in client.get("/api/v1/me", base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in client.get("/api/v1/me").headers


# Reading does not write -----------------------------------------------------------------------------------------------


@pytest.fixture
def writes() -> Iterator[list[str]]:
    """Statements that would write, as they pass."""
    seen: list[str] = []

    def look(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")):
            seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", look)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", look)


def test_getting_anything_writes_nothing(caller: Api, park: World, writes: list[str]) -> None:
    kettle = a_kettle(park, state="boiling")
    caller.get("me")  # the use of the key is noted after the answer, once an hour
    db.session.rollback()
    writes.clear()
    for path in ("me", "worklist", "organisations", "kettles", f"kettles/{kettle}", f"kettles/{kettle}/history"):
        for method in ("GET", "HEAD"):
            answer = caller.client.open(f"/api/v1/{path}", method=method, headers=caller.headers)
            assert answer.status_code == 200, path
    assert writes == []


def test_the_database_refuses_to_write_during_a_get(app: Flask, caller: Api, park: World) -> None:
    kettle = a_kettle(park)
    db.session.rollback()
    with app.test_request_context(f"/api/v1/kettles/{kettle}", headers=caller.headers):
        app.preprocess_request()
        with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
            db.session.execute(sa.text("UPDATE kettle SET label = 'no'"))
        app.do_teardown_request()
    assert kettle_of(kettle).label != "no"
    db.session.rollback()
    with unit_of_work():  # and the same connection writes again afterwards
        kettle_of(kettle).label = "yes"


def test_a_command_that_is_refused_while_reading_still_answers(caller: Api, park: World) -> None:
    """Denials write their line after the reading transaction has ended."""
    a_kettle(park)
    for _ in range(3):
        assert caller.client.get("/api/v1/me", headers={"Authorization": "Bearer x"}).status_code == 401
    assert KETTLE.initial == "cold"
