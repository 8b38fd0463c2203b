"""Document numbers that people quote on the phone: PO-2026-00017. Gaps are allowed, doubles are not."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.db import Model
from app.kernel.values import now

PARK_OFFSET: Final = timedelta(hours=8)
"""A number bears the year on the park's wall, Asia/Shanghai (UTC+8 without summer time)."""


class Counter(Model):
    """The last number given in a series of a year."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    year: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    value: Mapped[int] = mapped_column(sa.Integer, nullable=False)


def give(session: Session, waiting: list[tuple[str, Any]]) -> None:
    """Give each (series, record) its number, taking the counters in sorted order so that two takers never cross."""
    by_series: dict[str, list[Any]] = defaultdict(list)
    for series, record in waiting:
        by_series[series].append(record)
    year = (now() + PARK_OFFSET).year
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for series in sorted(by_series):
        records = by_series[series]
        statement = insert(Counter).values(series=series, year=year, value=len(records))
        taken = statement.on_conflict_do_update(
            index_elements=["series", "year"], set_={"value": Counter.value + len(records)}
        ).returning(Counter.value)
        last = session.execute(taken).scalar_one()
        for place, record in enumerate(records, start=last - len(records) + 1):
            record.number = f"{series}-{year}-{place:05d}"
