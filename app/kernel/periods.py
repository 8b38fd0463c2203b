"""Months, quarters and years on the park's wall, and the questions of time that each database asks in its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.numbers import PARK_OFFSET
from app.kernel.values import now

MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
"""Kind of period -> its months."""

EARLIEST_YEAR: Final = 2000
LATEST_YEAR: Final = 2200
_LABEL: Final = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a quarter or a year, counted in months since the year 0."""

    kind: str
    first_month: int

    @property
    def label(self) -> str:
        """2026-11, 2026-Q4 or 2026: sorts as it follows."""
        year, month = divmod(self.first_month, 12)
        if self.kind == "year":
            return f"{year:04d}"
        return f"{year:04d}-Q{month // 3 + 1}" if self.kind == "quarter" else f"{year:04d}-{month + 1:02d}"

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return _begin(self.first_month)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return _begin(self.first_month + MONTHS[self.kind])

    def earlier(self, number: int = 1) -> Period:
        """The period so many before it (negative: after it)."""
        return Period(self.kind, self.first_month - number * MONTHS[self.kind])

    def back(self, number: int) -> list[Period]:
        """So many periods up to and with this one, oldest first."""
        return [self.earlier(place) for place in range(number - 1, -1, -1)]


def _begin(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) - PARK_OFFSET


def period_at(kind: str, moment: datetime | None = None) -> Period:
    """The period in which a moment lies, or now."""
    wall = (moment or now()) + PARK_OFFSET
    month = wall.year * 12 + wall.month - 1
    return Period(kind, month - month % MONTHS[kind])


def period_named(label: str) -> Period | None:
    """The period with this label; None where it is none."""
    match = _LABEL.fullmatch(label)
    if match is None or not EARLIEST_YEAR <= int(match[1]) <= LATEST_YEAR:
        return None
    year = int(match[1]) * 12
    if match[2]:
        return Period("quarter", year + (int(match[2]) - 1) * 3)
    return Period("month", year + int(match[3]) - 1) if match[3] else Period("year", year)


def park_month(moment: Any) -> sa.ColumnElement[str]:
    """SQL: the month of a moment on the park's wall, as 2026-11."""
    if _postgresql():
        return sa.func.to_char(sa.type_coerce(moment, sa.DateTime) + PARK_OFFSET, "YYYY-MM")
    return sa.func.strftime("%Y-%m", moment, _PARK_OFFSET_WORDS)


def park_day(moment: Any) -> sa.ColumnElement[Any]:
    """SQL: the day of a moment on the park's wall, to be compared with a date column."""
    if _postgresql():
        return sa.cast(sa.type_coerce(moment, sa.DateTime) + PARK_OFFSET, sa.Date)
    return sa.type_coerce(sa.func.date(moment, _PARK_OFFSET_WORDS), sa.Date)


def seconds_between(start: Any, end: Any) -> sa.ColumnElement[int]:
    """SQL: whole seconds from one moment to another."""
    if _postgresql():
        between = sa.type_coerce(end, sa.DateTime) - sa.type_coerce(start, sa.DateTime)
        return sa.cast(sa.func.floor(sa.extract("epoch", between)), sa.BigInteger)
    return sa.cast(sa.func.strftime("%s", end), sa.BigInteger) - sa.cast(sa.func.strftime("%s", start), sa.BigInteger)


_PARK_OFFSET_WORDS: Final = f"+{int(PARK_OFFSET.total_seconds()) // 3600} hours"


def _postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
