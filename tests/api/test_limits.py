"""Ordinary requests are limited by key, person and network, in memory, with a time after which one may go on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import TryCount
from app.kernel.db import db
from app.limits import Buckets
from tests.conftest import Apps, serving
from tests.web.visitor import Visitor
from tests.world import Api, World, build


@pytest.fixture
def app(database: str, apps: Apps) -> Iterator[Flask]:
    """An application that lets few requests through."""
    with serving(apps, database, RATE_PER_KEY=5, RATE_PER_ACCOUNT=8, RATE_PER_ADDRESS=20) as made:
        made.extensions["labpark_limits"] = Buckets()
        yield made


@pytest.fixture
def park(app: Flask) -> World:
    """The small park."""
    del app
    return build()


def test_a_key_that_asks_too_often_waits_and_another_one_does_not(app: Flask, park: World) -> None:
    one, other = Api(app, park.key("pu")), Api(app, park.key("pu"))
    answers = [one.get("me") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert answers[-1].get_json()["code"] == "too_many_requests"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 12
    assert other.get("me").status_code == 200
    assert db.session.scalar(sa.select(sa.func.count()).select_from(TryCount)) == 0, "nothing was written"


def test_a_person_is_counted_over_all_their_sessions(app: Flask, park: World) -> None:
    here, there = Visitor(app, park, "pu"), Visitor(app, park, "pu")
    here.client.environ_base["REMOTE_ADDR"], there.client.environ_base["REMOTE_ADDR"] = "192.0.2.1", "192.0.2.2"
    statuses = [visitor.get("/terms").status for _ in range(5) for visitor in (here, there)]
    assert statuses[-1] == 429
    page = here.get("/work")
    assert "Too many requests in a short time." in page.text
    assert int(page.headers["Retry-After"]) >= 1


def test_a_network_is_counted_whoever_asks(app: Flask, park: World) -> None:
    del park
    statuses = [app.test_client().get("/terms").status_code for _ in range(25)]
    assert statuses == [200] * 20 + [429] * 5
    elsewhere = {"REMOTE_ADDR": "192.0.2.77"}
    assert app.test_client().get("/terms", environ_overrides=elsewhere).status_code == 200


def status(app: Flask, path: str) -> int:
    with app.test_client().get(path) as answer:
        return answer.status_code


def test_probes_and_files_are_not_counted(app: Flask, park: World) -> None:
    del park
    for path in ("/healthz", "/readyz", "/static/app.css"):
        assert {status(app, path) for _ in range(30)} == {200}


def test_a_bucket_fills_evenly_up_to_a_minutes_worth() -> None:
    moment = [0.0]
    buckets = Buckets(clock=lambda: moment[0])
    assert [buckets.take("x", 60) for _ in range(62)] == [0] * 60 + [1, 1]
    moment[0] += 2
    assert [buckets.take("x", 60) for _ in range(3)] == [0, 0, 1]
    moment[0] += 3_600
    assert [buckets.take("x", 60) for _ in range(61)] == [0] * 60 + [1]
    assert (buckets.take("y", 1), buckets.take("y", 1)) == (0, 60)


def test_memory_does_not_grow_with_the_number_of_callers() -> None:
    buckets = Buckets(most=100)
    for number in range(1_000):
        buckets.take(str(number), 60)
    assert len(buckets._left) == 100
