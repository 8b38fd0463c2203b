"""How often a law or a race is tried: a little by default, a lot with PROVE=1."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, settings

PROVING: Final = os.environ.get("PROVE") == "1"


def rounds(few: int, many: int) -> int:
    """How many rounds this run makes."""
    return many if PROVING else few


def tries(few: int, many: int) -> settings:
    """Hypothesis settings with so many examples, the same ones in every ordinary run."""
    return settings(
        max_examples=rounds(few, many),
        deadline=None,
        derandomize=not PROVING,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
