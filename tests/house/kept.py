"""How a record is kept for the inspectors of the house: under its lifecycle and the state in which it is now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.kernel.db import Record
from app.kernel.lifecycle import lifecycle_of
from tests.worlds.ordering import again

REASON: Final = "测试"

State = tuple[str, str]
"""Lifecycle and state; behind the state a word where the same state looks different."""

Kept = Iterator[tuple[State, Record]]


def kept(record: Record, word: str = "") -> tuple[State, Record]:
    """The record under the state in which it is now."""
    record = again(record)
    return (lifecycle_of(record).name, f"{record.state} {word}".strip()), record
