"""Writers in a crowd leave no fork and no gap in the chain, and the same crowd without the guard does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db, mode
from app.kernel.errors import ALREADY_THERE, Refusal
from app.kernel.events import Event, verify
from app.kernel.values import Money, new_id
from app.kernel.work import reading, unit_of_work
from tests.kernel import kettles
from tests.kernel.crowd import failures, together
from tests.kernel.kettles import a_kettle, kettle_of
from tests.kernel.rounds import rounds
from tests.world import World

pytestmark = pytest.mark.database_matters

WRITERS = 8


def problems() -> list[str]:
    with reading() as session:
        return list(verify(session))


# In a crowd -----------------------------------------------------------------------------------------------------------


def writer(park: World, kettle: str, times: int) -> Callable[[], int]:
    def write() -> int:
        for _ in range(times):
            with unit_of_work():
                kettles.fill(kettle_of(kettle), park.actor("pu"), water=1_000_000, price=Money(1, "CNY"))
        return times

    return write


@pytest.mark.prove
def test_writers_in_a_crowd_leave_no_fork_and_no_gap_and_a_cursor_misses_nothing(app: Flask, park: World) -> None:
    times = rounds(25, 300)
    own = [a_kettle(park) for _ in range(WRITERS)]
    first = db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0
    expected, read = first + WRITERS * times, []
    over = threading.Event()

    def read_on() -> int:
        """A reader with a cursor: whatever it has passed, it has seen."""
        cursor = first
        while cursor < expected and not over.wait(0.002):
            with reading() as session:
                found = session.scalars(sa.select(Event.seq).where(Event.seq > cursor).order_by(Event.seq)).all()
            read.extend(found)
            cursor = found[-1] if found else cursor
        return cursor

    def write_and_tell(task: Callable[[], int]) -> Callable[[], int]:
        def run() -> int:
            try:
                return task()
            except BaseException:
                over.set()
                raise

        return run

    outcomes = together(app, read_on, *(write_and_tell(writer(park, kettle, times)) for kettle in own))
    assert failures(outcomes) == []
    assert read == list(range(first + 1, expected + 1))
    assert problems() == []
    assert {kettle_of(kettle).water_ml for kettle in own} == {1_000 + times}


@pytest.mark.prove
def test_writers_of_one_record_take_turns(app: Flask, park: World) -> None:
    times = rounds(5, 60)
    shared = a_kettle(park)
    outcomes = together(app, *(writer(park, shared, times) for _ in range(WRITERS)))
    assert failures(outcomes) == []
    assert kettle_of(shared).water_ml == 1_000 + WRITERS * times
    assert problems() == []


# Controls: the same crowd with the guard taken out --------------------------------------------------------------------


def test_without_the_heads_lock_writers_collide_on_postgresql(app: Flask, park: World) -> None:
    """The statement that locks the head loses its FOR UPDATE on the way to the database."""

    def unlock(_c: Any, _cur: Any, statement: str, parameters: Any, _ctx: Any, _many: bool) -> tuple[str, Any]:
        return (statement.replace(" FOR UPDATE", "") if "chain_head" in statement else statement), parameters

    own = [a_kettle(park) for _ in range(WRITERS)]
    sa.event.listen(db.engine, "before_cursor_execute", unlock, retval=True)
    try:
        outcomes = together(app, *(writer(park, kettle, rounds(10, 40)) for kettle in own))
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", unlock)
    if db.engine.dialect.name == "postgresql":
        assert failures(outcomes), "the lock of the head is not what keeps writers apart"
        assert {error.code for error in failures(outcomes) if isinstance(error, Refusal)} == {ALREADY_THERE.code}
    else:
        assert failures(outcomes) == []  # SQLite has one writer at a time by itself
    assert problems() == []  # even so the numbers are unique: no fork is stored


def test_reading_the_last_hash_and_inserting_forks_on_postgresql(app: Flask) -> None:
    """The naive chain: no head, no lock, whatever was last is the previous one."""
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE naive (id VARCHAR(40), previous VARCHAR(40), place INTEGER)"))
        connection.execute(sa.text("INSERT INTO naive VALUES ('first', '', 0)"))
    postgresql = db.engine.dialect.name == "postgresql"
    all_have_read = threading.Barrier(WRITERS)

    def link() -> None:
        mode.set("write")  # of this thread
        with db.engine.begin() as connection:
            last = connection.execute(sa.text("SELECT id, place FROM naive ORDER BY place DESC LIMIT 1")).one()
            if postgresql:  # on SQLite the others cannot even begin
                all_have_read.wait(30)
            values = {"id": new_id("lnk"), "previous": last.id, "place": last.place + 1}
            connection.execute(sa.text("INSERT INTO naive VALUES (:id, :previous, :place)"), values)

    assert failures(together(app, *[link] * WRITERS)) == []
    with db.engine.begin() as connection:
        forks = connection.execute(
            sa.text("SELECT count(*) FROM (SELECT previous FROM naive GROUP BY previous HAVING count(*) > 1) AS f")
        ).scalar_one()
        connection.execute(sa.text("DROP TABLE naive"))
    assert forks == (1 if postgresql else 0)
