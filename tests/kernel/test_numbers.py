"""Document numbers: unique and without crossing, whoever takes them at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.numbers import Counter, give
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.kernel.crowd import failures, together
from tests.kernel.kettles import Kettle, a_kettle, kettle_of
from tests.kernel.rounds import rounds
from tests.world import World

pytestmark = pytest.mark.database_matters


def take(*series: str) -> list[str]:
    """The numbers of records that stand in line for them, in the order given."""
    waiting: list[Any] = [(name, SimpleNamespace(number="")) for name in series]
    with unit_of_work():
        give(db.session(), waiting)
    return [record.number for _, record in waiting]


def test_numbers_count_per_series_in_the_order_of_asking(app: Flask) -> None:
    del app
    with clock_at(datetime(2026, 5, 1, tzinfo=UTC)):
        assert take("PO", "RQ", "PO", "PO") == ["PO-2026-00001", "RQ-2026-00001", "PO-2026-00002", "PO-2026-00003"]
        assert take("PO") == ["PO-2026-00004"]


def test_the_year_is_the_one_on_the_parks_wall_and_begins_anew(app: Flask) -> None:
    del app
    with clock_at(datetime(2026, 12, 31, 15, 59, 50, tzinfo=UTC)):
        assert take("PO") == ["PO-2026-00001"]
    with clock_at(datetime(2026, 12, 31, 16, 0, 1, tzinfo=UTC)):
        assert take("PO", "PO") == ["PO-2027-00001", "PO-2027-00002"]


def test_numbers_grow_beyond_five_digits(app: Flask) -> None:
    del app
    with unit_of_work():
        db.session.add(Counter(series="PO", year=2026, value=99_999))
    with clock_at(datetime(2026, 5, 1, tzinfo=UTC)):
        assert take("PO") == ["PO-2026-100000"]


def test_a_record_has_its_number_when_the_work_is_done_and_a_refused_work_takes_none(park: World) -> None:
    first = a_kettle(park, label="one")
    with pytest.raises(Refusal):
        a_kettle(park, label="one")
    second = a_kettle(park, label="two")
    numbers = [str(kettle_of(one).number) for one in (first, second)]
    assert [number[-5:] for number in numbers] == ["00001", "00002"]


@pytest.mark.prove
def test_numbers_taken_in_a_crowd_are_unique_and_without_gap(app: Flask, park: World) -> None:
    times = rounds(6, 100)
    outcomes = together(app, *[lambda: [a_kettle(park) for _ in range(times)]] * 6)
    assert failures(outcomes) == []
    db.session.rollback()
    numbers = sorted(db.session.scalars(sa.select(Kettle.number)))
    assert [int(number[-5:]) for number in numbers] == list(range(1, 6 * times + 1))


@pytest.mark.prove
def test_takers_of_the_same_series_in_another_order_never_wait_for_each_other_in_a_circle(app: Flask) -> None:
    def crossing(*series: str) -> Callable[[], list[str]]:
        return lambda: [number for _ in range(rounds(10, 200)) for number in take(*series)]

    outcomes = together(app, *[crossing("AA", "ZZ"), crossing("ZZ", "AA")] * 3)
    assert failures(outcomes) == []
    taken = [number for numbers in outcomes if isinstance(numbers, list) for number in numbers]
    assert len(set(taken)) == len(taken) == 2 * 6 * rounds(10, 200)


def test_without_sorting_takers_deadlock_on_postgresql(app: Flask) -> None:
    """The control: the same two counters, taken in the order of asking."""
    take("AA", "ZZ")
    if db.engine.dialect.name != "postgresql":
        return  # SQLite has one writer at a time by itself: there is nothing to take out

    def unsorted(*series: str) -> None:
        for _ in range(60):
            with unit_of_work():
                for name in series:
                    give(db.session(), [(name, SimpleNamespace(number=""))])

    outcomes = together(app, *[lambda: unsorted("AA", "ZZ"), lambda: unsorted("ZZ", "AA")] * 2)
    assert [error.code for error in failures(outcomes) if isinstance(error, Refusal)] != []
