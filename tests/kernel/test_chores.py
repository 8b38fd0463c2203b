"""Chores: done when they are due, by one worker, whatever became of the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel import worker
from app.kernel.chores import CHORES, SWEEP_ROWS, chore, do_due, sweep
from app.kernel.db import db
from app.kernel.events import Cursor
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work

pytestmark = pytest.mark.database_matters


@pytest.fixture
def done(app: Flask) -> Iterator[list[str]]:
    """What two chores of this test have done; one of them always fails."""
    del app
    heard: list[str] = []
    before = dict(CHORES)

    @chore("test.fail", timedelta(hours=1))
    def fail() -> int:
        heard.append("fail")
        raise RuntimeError("on purpose")

    @chore("test.count", timedelta(hours=1))
    def count() -> int:
        heard.append("count")
        return 1

    yield heard
    CHORES.clear()
    CHORES.update(before)


def test_a_chore_is_done_once_per_interval(done: list[str]) -> None:
    worker.settle()
    worker.settle()
    assert done == ["fail", "count"]
    with clock_at(timedelta(minutes=59)):
        do_due()
    assert done == ["fail", "count"]
    with clock_at(timedelta(minutes=61)):
        do_due()
    assert done == ["fail", "count"] * 2


def test_a_worker_that_starts_anew_does_not_repeat_a_chore(done: list[str]) -> None:
    do_due()
    db.session.remove()
    do_due()
    assert done == ["fail", "count"]


def test_a_chore_that_fails_does_not_keep_the_others(done: list[str]) -> None:
    assert do_due() >= 1
    assert "count" in done


def test_two_chores_of_one_name_are_a_mistake(done: list[str]) -> None:
    del done
    with pytest.raises(RuntimeError, match="declared twice"):
        chore("test.count", timedelta(hours=1))(lambda: 0)


def test_a_sweep_deletes_what_matches_and_nothing_else_in_batches(app: Flask) -> None:
    del app
    many = SWEEP_ROWS + 20
    with unit_of_work():
        db.session.add_all(Cursor(reader=f"test {number}", seq=number) for number in range(many))
    assert sweep(Cursor, Cursor.reader.startswith("test "), Cursor.seq >= 10) == many - 10
    left = db.session.scalars(sa.select(Cursor.seq).where(Cursor.reader.startswith("test ")).order_by(Cursor.seq)).all()
    assert left == list(range(10))
