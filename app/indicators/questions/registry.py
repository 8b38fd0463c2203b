"""What a question is: one select of the records that count in a period, each with its part and its whole.

The value is the sum of the parts over the sum of the wholes, or the sum of the parts alone. Because the rows that a
reader is shown come from the very same select, what is shown is what was counted. Moments are those of the chain: a
record changed later does not move in time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.indicators.models import UNITS
from app.kernel.db import Record, db
from app.kernel.events import Event
from app.kernel.periods import Period
from app.kernel.values import MICRO, half_up

DAY_SECONDS: Final = 86_400
PERCENT: Final = 100
MICRO_PER_MINOR: Final = MICRO // 100
"""A fen in millionths of a yuan."""

RATIOS: Final = frozenset({"percent", "days", "each"})
"""Units of a part over a whole; without a whole there is no value. The others are sums, whose nothing is zero."""

Counted = sa.Select[*tuple[Any, ...]]
"""A select of id, part, whole; one row per record."""

Rows = Callable[[Period, Mapping[str, int]], Counted]
"""(period, parameters) -> what is counted."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole number that a definition may set, with its title."""

    title: str
    usual: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The sums over the rows of a question in a period."""

    numerator: int
    denominator: int
    row_count: int
    value_micro: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A named question. `title` says in one line what it counts; `model` is the kind of record behind it.

    of: what parts and wholes are: "records" (or a number of something), "seconds", "money" (fen).
    """

    name: str
    title: str
    unit: str
    direction: str
    model: type[Record]
    rows: Rows
    of: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def complete(self, given: Mapping[str, int]) -> dict[str, int]:
        """The parameters with what is usual where nothing is given."""
        return {name: given.get(name, one.usual) for name, one in self.parameters.items()}

    def measure(self, period: Period, given: Mapping[str, int]) -> Measured:
        """Ask it for one period."""
        rows = self.rows(period, self.complete(given)).subquery()
        asked = sa.select(
            sa.func.coalesce(sa.func.sum(rows.c.part), 0), sa.func.coalesce(sa.func.sum(rows.c.whole), 0),
            sa.func.count(),
        ).select_from(rows)  # fmt: skip
        part, whole, count = (int(figure) for figure in db.session.execute(asked).one())
        return Measured(part, whole, count, self._value(part, whole))

    def _value(self, part: int, whole: int) -> int | None:
        if self.unit in RATIOS:
            scale = {"percent": PERCENT * MICRO, "days": MICRO, "each": MICRO}[self.unit]
            seconds = DAY_SECONDS if self.unit == "days" else 1
            return half_up(part * scale, whole * seconds) if whole > 0 else None
        return part * MICRO_PER_MINOR if self.unit == "yuan" else part * MICRO


QUESTIONS: Final[dict[str, Question]] = {}


def question(
    name: str, title: str, *, unit: str, direction: str, model: type[Record], of: str | None = None,
    **parameters: Parameter,
) -> Callable[[Rows], Rows]:  # fmt: skip
    """Register the select of a question."""

    def register(rows: Rows) -> Rows:
        if name in QUESTIONS or unit not in UNITS:
            raise RuntimeError(f"question {name!r} is declared twice, or in an unknown unit")
        counted = of or {"days": "seconds", "yuan": "money"}.get(unit, "records")
        QUESTIONS[name] = Question(name, title, unit, direction, model, rows, counted, parameters)
        return rows

    return register


# Parts of selects ----------------------------------------------------------------------------------------------------


def happened(period: Period, *names: str) -> sa.Subquery:
    """id and moment of the records to which one of these events happened in the period: the last time it did."""
    one = aliased(Event)
    return (
        sa.select(one.object_id.label("id"), sa.func.max(one.at, type_=Event.at.type).label("at"))
        .where(one.name.in_(names), one.at >= period.since, one.at < period.until)
        .group_by(one.object_id)
        .subquery()
    )


def first_of(record_id: Any, *names: str) -> Any:
    """The moment of the first of these events of a record, as a scalar in a select over records."""
    one = aliased(Event)
    return (
        sa.select(sa.func.min(one.at, type_=Event.at.type))
        .where(one.object_id == record_id, one.name.in_(names))
        .scalar_subquery()
    )


def hit(condition: sa.ColumnElement[bool]) -> sa.Label[int]:
    """1 where it holds, else 0."""
    return sa.case((condition, 1), else_=0).label("part")


def one_each() -> sa.Label[int]:
    """Every record counts once."""
    return sa.literal(1, sa.BigInteger).label("whole")


def no_whole() -> sa.Label[int]:
    """The parts alone are what counts."""
    return sa.literal(0, sa.BigInteger).label("whole")
