"""The small park for the tests of indicators, with a commission rate in force."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.world import World, build
from tests.worlds.payments import rate


@pytest.fixture
def world(app: Flask) -> World:
    """Named people and organisations in a fresh database; commission 2 %."""
    del app
    made = build()
    rate(made)
    return made
