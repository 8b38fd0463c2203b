"""The small park for the tests of ordering."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.world import World, build


@pytest.fixture
def world(app: Flask) -> World:
    """Named people and organisations in a fresh database."""
    del app
    return build()
