"""The description of the API: valid, complete in both directions, and served from here alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.exceptions import HTTPException

from app import domains
from app.api.openapi import build
from app.api.pages import description
from app.http import callable_actions, collection_birth, collections
from app.kernel.errors import CODES

domains.load()
DESCRIPTION: dict[str, Any] = build()
FACE = ("api", "api_joining")  # the blueprints of programs: with a key, and for whoever is nobody yet
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DESCRIPTION["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def test_the_description_is_valid_openapi() -> None:
    errors = OpenAPIV31SpecValidator(DESCRIPTION).iter_errors()
    assert [f"{list(error.path)}: {error.message[:200]}" for error in errors] == []


def test_it_is_served_as_json_and_is_the_one_that_was_built(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.get_json() == json.loads(json.dumps(description()))


def test_every_operation_leads_to_a_route(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for path, method, _ in operations():
        concrete = re.sub(r"\{\w+\}", "x", path)
        try:
            endpoint, _ = adapter.match(concrete, method=method.upper())
        except HTTPException as error:  # pragma: no cover - only when the test fails
            raise AssertionError(f"{method} {path}: {error}") from None
        assert endpoint.partition(".")[0] in FACE, (path, endpoint)


def test_every_route_stands_in_the_description(app: Flask) -> None:
    described = {(re.sub(r"\{\w+\}", "{id}", path), method) for path, method, _ in operations()}
    expected = set()
    for one in collections().values():
        base = f"/api/v1/{one.collection}"
        expected |= {(base, "get"), (f"{base}/{{id}}", "get"), (f"{base}/{{id}}/history", "get")}
        expected |= {(f"{base}/{{id}}/{verb.name}", "post") for verb in callable_actions(one)}
        expected |= {(base, "post")} if collection_birth(one) else set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in FACE and "<collection>" not in rule.rule:
            path = re.sub(r"<(?:\w+:)?\w+>", "{id}", rule.rule)
            expected |= {(path, method.lower()) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert described == expected


def test_actions_of_the_system_alone_do_not_stand_in_it() -> None:
    for one in collections().values():
        secret = set(one.actions.values()) - set(callable_actions(one))
        for verb in secret:
            assert f"/api/v1/{one.collection}/{{id}}/{verb.name}" not in DESCRIPTION["paths"]


def test_every_operation_is_named_once_told_in_a_sentence_and_says_how_it_fails() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for path, method, operation in operations():
        where = f"{method} {path}"
        assert operation["summary"].strip(), where
        assert operation["tags"], where
        answers = operation["responses"]
        good = [status for status in answers if status.startswith("2")]
        assert len(good) == 1, where
        unsigned = operation.get("security") == []
        assert ({"405", "503"} if unsigned else {"401", "405", "503"}) <= set(answers), where
        if method != "get" and path.count("{") == 1:
            assert {"400", "403", "404", "409", "422", "429"} <= set(answers), where
        for status, answer in answers.items():
            if not status.startswith("2"):
                assert list(answer["content"]) == ["application/problem+json"], where


def test_an_action_that_changes_its_record_asks_for_the_version_seen() -> None:
    for one in collections().values():
        for verb in callable_actions(one):
            operation = DESCRIPTION["paths"][f"/api/v1/{one.collection}/{{id}}/{verb.name}"]["post"]
            needed = {parameter["name"] for parameter in operation["parameters"] if parameter.get("required")}
            assert ("If-Match" in needed) is verb.touches, verb.full_name


def test_every_stable_code_stands_in_the_problem_document(app: Flask) -> None:
    told = build()["components"]["schemas"]["Problem"]["properties"]["code"]["description"]
    assert [code for code in CODES if code not in told and not code.startswith("test_")] == []  # those are of tests
    assert {"stand_in_decided", "file_type"} <= {code.strip() for code in told.removeprefix("One of:").split(",")}


def test_the_description_names_no_host_but_this_one(client: FlaskClient) -> None:
    text = json.dumps(DESCRIPTION)
    assert re.findall(r"https?://[^\"\\ ]+", text) == []
    assert DESCRIPTION["servers"] == [{"url": "/"}]
    page = client.get("/docs")
    assert page.status_code == 200
    for source in re.findall(r'(?:src|href)="([^"]+)"', page.get_data(as_text=True)):
        assert source.startswith(("/", "#")), source
        if source.startswith("/docs/assets/"):
            with client.get(source) as answer:
                assert answer.status_code == 200


@pytest.mark.parametrize("name", ["../app.py", "..%2fconfig.py", "nothing.js", "%00"])
def test_the_documentation_serves_its_own_files_only(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/assets/{name}").status_code == 404
