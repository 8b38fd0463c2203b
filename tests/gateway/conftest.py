"""LabPark with the stand-in for Stripe behind a socket, and the small park in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import Apps, serving
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
def app(database: str, apps: Apps, stripe: StandIn) -> Iterator[Flask]:
    """LabPark, which takes the stand-in for Stripe."""
    with serving(apps, database, **stripe.settings()) as made:
        yield made


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
