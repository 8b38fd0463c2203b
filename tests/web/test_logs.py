"""The log: one JSON line per request with the id that its answer carries, and no secret in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask import Flask

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """What was logged since it was asked last, at the level of a real installation."""
    del app
    usual = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    capsys.readouterr()
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    structlog.configure(wrapper_class=usual)


def test_every_request_is_one_line_with_the_id_of_its_answer(app: Flask, lines: Lines) -> None:
    client = app.test_client()
    answers = [client.get("/catalogue?q=secret"), client.get("/api/v1/orders"), client.get("/nowhere")]
    told = lines()
    assert [(one["method"], one["path"], one["status"]) for one in told] == [
        ("GET", "/catalogue", 200), ("GET", "/api/v1/orders", 200), ("GET", "/nowhere", 404),
    ]  # fmt: skip
    assert [one["request_id"] for one in told] == [answer.headers["X-Request-ID"] for answer in answers]
    assert all(one["event"] == "request" and one["level"] == "info" and one["ms"] >= 0 for one in told)
    assert "secret" not in json.dumps(told)


def test_the_secret_of_a_link_is_not_written_down(app: Flask, lines: Lines) -> None:
    app.test_client().get("/invitations/s3cr3t-of-the-link")
    app.test_client().get("/password/s3cr3t-of-the-link")
    (first, second) = lines()
    assert (first["path"], second["path"]) == ("/invitations/<token>", "/password/<token>")


def test_what_machines_ask_all_the_time_does_not_fill_the_log(app: Flask, lines: Lines) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        app.test_client().get(path)
    assert lines() == []
