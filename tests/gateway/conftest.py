"""LabPark with the stand-in for Stripe behind a socket, and the small park in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.kernel.db import db, mode
from tests.conftest import ENGINE, make_app
from tests.live import serve
from tests.payments.stand_in import StandIn
from tests.world import World, build
from tests.worlds.payments import rate


@pytest.fixture
def stripe() -> Iterator[StandIn]:
    """The stand-in on a port of its own."""
    with StandIn().served() as made:
        yield made


@pytest.fixture
def app(
    new_database: Callable[[str], tuple[str, Callable[[], None]]], tmp_path: Path, stripe: StandIn
) -> Iterator[Flask]:
    """LabPark, which takes the stand-in for Stripe."""
    url, drop = new_database(ENGINE)
    made = make_app(url, tmp_path / "instance", **stripe.settings())
    token = mode.set("write")
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    mode.reset(token)
    drop()


@pytest.fixture
def world(app: Flask) -> World:
    """The small park with a commission rate in force."""
    del app
    made = build()
    rate(made)
    return made


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where LabPark listens for messages."""
    with serve(app) as url:
        yield url
