"""The small park for the tests of notices; what building it told is over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask

from tests.world import World, build
from tests.worlds.notices import settle


@pytest.fixture
def world(app: Flask) -> World:
    """Named people and organisations in a fresh database, and empty folders of letters."""
    made = build()
    settle()
    shutil.rmtree(Path(app.instance_path) / "mail", ignore_errors=True)
    return made
