"""The shape of every error, pinned: programs depend on it word by word."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.api.problems import of_refusal
from app.kernel.errors import BUSY, CODES, TOO_MANY, Code
from app.kernel.values import N_
from tests.api.browser_session import Browser
from tests.kernel.kettles import a_kettle, kettle_of
from tests.world import Api, World

NOT_FOUND = (
    "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try"
    " again."
)
GOLDEN: dict[str, tuple[int, dict[str, Any], dict[str, str]]] = {
    "malformed": (400, {
        "type": "/problems/bad_json", "title": "The request cannot be read", "status": 400, "code": "bad_json",
        "detail": "The body is not a JSON object.",
    }, {}),
    "unstorable": (400, {
        "type": "/problems/bad_body", "title": "The request cannot be read", "status": 400, "code": "bad_body",
        "detail": "Some of the body cannot be taken in. See the fields.",
        "errors": [{"field": "label", "message": "Contains characters that cannot be shown."}],
    }, {}),
    "forged": (400, {
        "type": "/problems/csrf_failed", "title": "The request cannot be read", "status": 400, "code": "csrf_failed",
        "detail": "The form has expired. Load the page again.",
    }, {}),
    "unauthenticated": (401, {
        "type": "/problems/sign_in", "title": "Please sign in", "status": 401, "code": "sign_in",
        "detail": "Sign in or send an API key.",
    }, {"WWW-Authenticate": 'Bearer realm="labpark"'}),
    "forbidden": (403, {
        "type": "/problems/not_yours", "title": "This is not yours to do", "status": 403, "code": "not_yours",
        "detail": "This is done by: the buyer (purchaser).",
    }, {}),
    "read only": (403, {
        "type": "/problems/read_only_key", "title": "This is not yours to do", "status": 403, "code": "read_only_key",
        "detail": "This API key may only read.",
    }, {}),
    "missing": (404, {
        "type": "/problems/not_there", "title": "Not there, or not visible to you", "status": 404, "code": "not_there",
        "detail": "Not there, or not visible to you.",
    }, {}),
    "no such address": (404, {
        "type": "about:blank", "title": "Not Found", "status": 404, "code": "not_found", "detail": NOT_FOUND,
    }, {}),
    "method": (405, {
        "type": "about:blank", "title": "Method Not Allowed", "status": 405, "code": "method_not_allowed",
        "detail": "The method is not allowed for the requested URL.",
    }, {"Allow": "GET, HEAD, OPTIONS"}),
    "conflict": (409, {
        "type": "/problems/wrong_state", "title": "Not possible now", "status": 409, "code": "wrong_state",
        "detail": "Not possible while it is: cold.",
    }, {}),
    "stale": (412, {
        "type": "/problems/stale_version", "title": "It has changed since you opened it", "status": 412,
        "code": "stale_version", "detail": "It was changed since you opened it. Look at it again.",
    }, {}),
    "too large": (413, {
        "type": "about:blank", "title": "Request Entity Too Large", "status": 413, "code": "request_entity_too_large",
        "detail": "The data value transmitted exceeds the capacity limit.",
    }, {}),
    "not json": (415, {
        "type": "about:blank", "title": "Unsupported Media Type", "status": 415, "code": "unsupported_media_type",
        "detail": "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.",
    }, {}),
    "invalid": (422, {
        "type": "/problems/invalid_input", "title": "Some of the input is not accepted", "status": 422,
        "code": "invalid_input", "detail": "Some of the input is not accepted. See the fields.",
        "errors": [
            {"field": "label", "message": "At most 40 characters, now 41."},
            {"field": "water_ml", "message": "Expected a whole number from 1 to 2000."},
            {"field": "x", "message": "Unknown field."},
        ],
    }, {}),
    "query": (422, {
        "type": "/problems/bad_query", "title": "Some of the input is not accepted", "status": 422,
        "code": "bad_query", "detail": "Unknown or malformed query parameter: state.",
        "errors": [{"field": "state", "message": "Not one of the choices."}],
    }, {}),
    "unpinned": (428, {
        "type": "/problems/version_needed", "title": "The version is missing", "status": 428,
        "code": "version_needed", "detail": "Send the version that you have seen as If-Match.",
    }, {}),
}  # fmt: skip


def ask(name: str, app: Flask, park: World) -> Any:
    pu, xiao, xiao2 = (Api(app, park.key(one)) for one in ("pu", "xiao", "xiao2"))
    kettle = a_kettle(park)
    version = kettle_of(kettle).version
    heat, kettles = f"kettles/{kettle}/heat", "/api/v1/kettles"
    match name:
        case "malformed":
            return pu.client.post(kettles, data=b"{", headers=pu.headers, content_type="application/json")
        case "unstorable":
            return pu.post("kettles", {"label": "\0"})
        case "forged":
            return Browser(app, park, "pu").client.post(kettles, json={}, headers={"Accept-Language": "en"})
        case "unauthenticated":
            return Api(app, None).post("kettles", {})
        case "forbidden":
            return xiao.post(heat, version=version)
        case "read only":
            return Api(app, park.key("pu", scope="read")).post(heat, version=version)
        case "missing":
            return xiao2.get(f"kettles/{kettle}")
        case "no such address":
            return pu.get("nothing")
        case "method":
            return pu.client.delete(f"{kettles}/{kettle}", headers=pu.headers)
        case "conflict":
            return pu.post(f"kettles/{kettle}/empty", version=version)
        case "stale":
            return pu.post(heat, version=version + 1)
        case "too large":
            app.config["MAX_CONTENT_LENGTH"] = 10
            return pu.post("kettles", {"label": "x" * 100})
        case "not json":
            return pu.client.post(kettles, data="x", headers=pu.headers, content_type="text/plain")
        case "invalid":
            return pu.post("kettles", {"label": "x" * 41, "water_ml": 0, "x": 1})
        case "query":
            return pu.get("kettles", state="hot")
        case _:
            return pu.post(heat)


@pytest.mark.parametrize("name", GOLDEN)
def test_an_error_is_this_document_and_no_other(app: Flask, park: World, name: str) -> None:
    status, document, headers = GOLDEN[name]
    answer = ask(name, app, park)
    body = answer.get_json()
    assert len(body.pop("request_id")) == 16
    body["errors"] = sorted(body["errors"], key=lambda one: str(one["field"])) if "errors" in body else None
    assert (answer.status_code, body) == (status, {"errors": None} | document)
    assert answer.content_type == "application/problem+json"
    shown = {key: value for key, value in answer.headers.items() if key in ("WWW-Authenticate", "Allow", "Retry-After")}
    if "Allow" in shown:
        shown["Allow"] = ", ".join(sorted(shown["Allow"].split(", ")))
    assert shown == headers


@pytest.mark.parametrize(
    "code,params,retry", [(Code("many", TOO_MANY, N_("Wait.")), {}, "1"), (BUSY, {"retry_after": 30}, "30")]
)
def test_too_many_and_busy_say_when_to_come_back(app: Flask, code: Code, params: dict[str, Any], retry: str) -> None:
    with app.test_request_context("/api/v1/me", headers={"Accept-Language": "en"}):
        answer = of_refusal(code(**params))
    assert (answer.status_code, answer.headers["Retry-After"]) == (code.kind.status, retry)
    assert answer.get_json()["code"] == code.code


def test_errors_speak_the_readers_language_and_keep_their_code(app: Flask, park: World) -> None:
    answers = {
        language: Api(app, park.key("pu"), language=language).post("kettles", {}).get_json()
        for language in ("en", "zh")
    }
    assert answers["en"]["code"] == answers["zh"]["code"] == "invalid_input"
    assert answers["en"]["title"] != answers["zh"]["title"]
    assert answers["en"]["errors"][0]["field"] == answers["zh"]["errors"][0]["field"] == "label"


def test_codes_are_stable_words(park: World) -> None:
    del park
    for code in CODES:
        assert code == code.lower()
        assert code.isidentifier()
