"""The kernel's test domain, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.kernel.kettles import kettles_in_the_park
from tests.world import World


@pytest.fixture
def park(app: Flask) -> Iterator[World]:
    """The small park with kettles in it."""
    del app
    with kettles_in_the_park() as world:
        yield world
