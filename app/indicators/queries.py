"""Questions about indicators: the list, and the records behind one value, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import raiseload

from app.indicators.models import Indicator
from app.indicators.questions import QUESTIONS
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import visible
from app.kernel.periods import Period

LIST_ROWS: Final = 500
"""Indicators of one list; a park has 24."""


def listed(actor: Actor, state: str) -> Sequence[Indicator]:
    """The indicators in a state that the actor may see, by code, with their values, in two queries."""
    found: Sequence[Indicator] = db.session.scalars(
        visible(Indicator, actor).where(Indicator.state == state).order_by(Indicator.code).limit(LIST_ROWS)
    ).all()
    return found


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record that was counted, with its part and its whole."""

    record: Record
    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class SourceRows:
    """A page of them, newest first, and the id of the last one where more follow."""

    items: Sequence[SourceRow]
    next: str | None


def source_rows(
    indicator: Indicator, period: Period, actor: Actor, *, after: str | None = None, limit: int
) -> SourceRows:
    """The records that count in a period; what the actor may not see is counted, but not listed."""
    asked = QUESTIONS[indicator.source]
    rows = asked.rows(period, asked.complete(indicator.parameters)).subquery()
    model: Any = asked.model
    statement = (
        visible(model, actor)
        .add_columns(rows.c.part, rows.c.whole)
        .join(rows, rows.c.id == model.id)
        .options(raiseload("*"))
        .order_by(model.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(model.id < after)
    found = [SourceRow(record, int(part), int(whole)) for record, part, whole in db.session.execute(statement)]
    return SourceRows(found[:limit], found[limit - 1].record.id if len(found) > limit else None)


def period_of(indicator: Indicator, period: Period | None) -> Period | None:
    """The period asked for where it was measured; without one that whose value is held against the target."""
    if period is None:
        return indicator.telling.period if indicator.telling is not None else None
    return period if any(value.label == period.label for value in indicator.values) else None
