"""The report on a seeded park: how many records stand in each state of each lifecycle, and what nobody reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.lifecycle import LIFECYCLES


class Line(NamedTuple):
    """One state of one lifecycle."""

    lifecycle: str
    state: str
    number: int

    def __str__(self) -> str:
        return f"{self.lifecycle:<20} {self.state:<20} {self.number or 'MISSING':>8}"


def lines() -> Iterator[Line]:
    """Every state of every lifecycle that the program declares, in the order of its declaration."""
    for lifecycle in sorted(LIFECYCLES.values(), key=lambda one: one.name):
        model = lifecycle.model
        statement = sa.select(model.state, sa.func.count()).group_by(model.state)
        counted: dict[str, int] = dict(db.session.execute(statement).all())
        for state in lifecycle.states:
            yield Line(lifecycle.name, state, counted.get(state, 0))
