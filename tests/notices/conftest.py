"""The small park for the tests of notices; what building it told is over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask, current_app

from tests.parks import remembered
from tests.world import World, build
from tests.worlds.notices import settle


@remembered
def everybody_told() -> None:
    """Nothing is left to tell, and no letter lies about."""
    settle()
    shutil.rmtree(Path(current_app.instance_path) / "mail", ignore_errors=True)


@pytest.fixture
def world(app: Flask) -> World:
    """Named people and organisations in a fresh database, and empty folders of letters."""
    made = build()
    everybody_told()
    return made
