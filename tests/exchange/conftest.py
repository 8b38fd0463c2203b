"""Real files that nobody on this project wrote; they are read where they lie and never copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def real_file() -> Callable[[str], Path]:
    """The path of a real file, or a skip that says which one is absent."""

    def find(name: str) -> Path:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"real data is absent: ../shared/data/{name}")
        return path

    return find
