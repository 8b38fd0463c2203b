"""The report on a seeded park: how many records stand in each state of each lifecycle, and what nobody reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.lifecycle import LIFECYCLES, Action, Lifecycle


class Line(NamedTuple):
    """One state of one lifecycle."""

    lifecycle: str
    state: str
    number: int
    passed: bool = False

    @property
    def missing(self) -> bool:
        """Whether no record stands there, and none went through either."""
        return not self.number and not self.passed

    def __str__(self) -> str:
        number = self.number or ("passed" if self.passed else "MISSING")
        return f"{self.lifecycle:<20} {self.state:<20} {number:>8}"


def lines() -> Iterator[Line]:
    """Every state of every lifecycle that the program declares, in the order of its declaration."""
    for lifecycle in sorted(LIFECYCLES.values(), key=lambda one: one.name):
        model = lifecycle.model
        statement = sa.select(model.state, sa.func.count()).group_by(model.state)
        counted: dict[str, int] = dict(db.session.execute(statement).all())
        for state in lifecycle.states:
            number = counted.get(state, 0)
            yield Line(lifecycle.name, state, number, not number and _was_passed(lifecycle, state))


def _was_passed(lifecycle: Lifecycle[Any], state: str) -> bool:
    """Whether a record went through a state that the worker leaves within seconds, such as a paper being made."""
    if not all(one.system for verb in _leaving(lifecycle, state) for one in verb.by.each()):
        return False
    statement = sa.select(Event.id).where(
        Event.name.like(f"{lifecycle.name}.%"), Event.body.contains(f'"to":"{state}"', autoescape=True)
    )
    return db.session.scalar(statement.limit(1)) is not None


def _leaving(lifecycle: Lifecycle[Any], state: str) -> list[Action[Any, Any, Any]]:
    """The actions that move a record out of a state."""
    return [verb for verb in lifecycle.actions.values() if state in verb.sources and verb.target not in (None, state)]
