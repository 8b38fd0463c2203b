"""Two at the same second: awards of the same quantity, a submission against an amendment and against the opening.

Negative controls run on PostgreSQL: SQLite has one writer and serialises by itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import MICRO, clock_at, now
from app.kernel.work import unit_of_work
from app.sourcing.actions import awards, quotes, rfqs
from app.sourcing.models import Award, Quote, Rfq, RfqLine
from app.sourcing.rules import MIN_AMENDMENT_EXTENSION
from tests.conftest import ENGINE
from tests.world import World, build
from tests.worlds.sourcing import again, evaluated, quote, rfq

pytestmark = [pytest.mark.database_matters, pytest.mark.prove]

ROUNDS = 20 if os.environ.get("PROVE") else 2


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def race(app: Flask, *runs: Callable[[], Any]) -> list[str]:
    """Start all at once, each in a thread with a session of its own; "done" or the code of the refusal of each."""
    barrier, outcomes = threading.Barrier(len(runs)), [""] * len(runs)

    def one(place: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                runs[place]()
                outcomes[place] = "done"
            except Refusal as refused:
                outcomes[place] = refused.code
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(runs))]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def as_actor(world: World, name: str) -> Any:
    """The actor, read in a transaction that is over."""
    actor = world.actor(name)
    db.session.rollback()
    return actor


def decide(actor: Any, rfq_id: str, quote_line_id: str) -> None:
    with unit_of_work():
        request = find(Rfq, rfq_id, actor, lock=True)
        awards.award(request, actor, lines=[{"quote_line": quote_line_id, "quantity": 2 * MICRO}])


def submit(actor: Any, quote_id: str) -> None:
    with unit_of_work():
        quotes.submit(find(Quote, quote_id, actor, lock=True), actor)


def amend(actor: Any, rfq_id: str, deadline: datetime) -> None:
    with unit_of_work():
        rfqs.amend(find(Rfq, rfq_id, actor, lock=True), actor, reason="更正", deadline=deadline)


def close_at(rfq_id: str, deadline: datetime) -> None:
    while now() < deadline:
        time.sleep(0.001)
    with unit_of_work():
        rfqs.close(find(Rfq, rfq_id, SYSTEM_ACTOR, lock=True), SYSTEM_ACTOR)


def test_of_two_awards_of_the_same_quantity_one_wins_and_the_other_gets_a_conflict(world: World, app: Flask) -> None:
    for _ in range(ROUNDS):
        asked, offers = evaluated(world)
        rfq_id = asked.id
        first, second = (again(offers[name]).current.lines[0].id for name in ("supplier", "supplier2"))
        pu, qiu = as_actor(world, "pu"), as_actor(world, "qiu")
        outcomes = race(app, partial(decide, pu, rfq_id, first), partial(decide, qiu, rfq_id, second))
        assert sorted(outcomes) == ["done", "line_taken"]
        assert again(asked).lines[0].awarded_micro == 2 * MICRO
        assert db.session.scalar(sa.select(sa.func.count()).where(Award.rfq_id == rfq_id)) == 1


def hold_at_once(app: Flask, line_id: str, take: Callable[[RfqLine], None]) -> list[str]:
    """Two transactions take two of two at once, without the lock on the request that the action holds."""
    meeting = threading.Barrier(2)

    def one() -> None:
        with unit_of_work():
            line = db.session.get_one(RfqLine, line_id)
            meeting.wait()
            take(line)

    return race(app, one, one)


def naively(line: RfqLine) -> None:
    """What the action would do without its conditional UPDATE: look, then write."""
    if line.open_micro < 2 * MICRO:
        raise awards.LINE_TAKEN(position="1", title="")
    line.awarded_micro = line.awarded_micro + 2 * MICRO


def on_postgresql_only() -> None:
    if ENGINE != "postgresql":
        pytest.skip("SQLite has one writer, so two transactions never meet")


def test_the_conditional_update_alone_decides_the_race(world: World, app: Flask) -> None:
    on_postgresql_only()
    asked, _ = evaluated(world)
    line_id = asked.lines[0].id
    outcomes = hold_at_once(app, line_id, lambda line: awards.hold(line, 2 * MICRO))
    assert sorted(outcomes) == ["done", "line_taken"]
    assert again(asked).lines[0].awarded_micro == 2 * MICRO


def test_control_without_the_condition_both_win(world: World, app: Flask) -> None:
    on_postgresql_only()
    asked, _ = evaluated(world)
    line_id = asked.lines[0].id
    assert hold_at_once(app, line_id, naively) == ["done", "done"]


def test_a_submission_that_meets_an_amendment_is_void_or_answers_it(world: World, app: Flask) -> None:
    for _ in range(ROUNDS):
        asked = rfq(world, "open")
        made = quote(world, asked, submit=False)
        deadline = asked.deadline + MIN_AMENDMENT_EXTENSION
        rfq_id, quote_id, xiao, pu = asked.id, made.id, as_actor(world, "xiao"), as_actor(world, "pu")
        outcomes = race(app, partial(submit, xiao, quote_id), partial(amend, pu, rfq_id, deadline))
        assert outcomes == ["done", "done"]
        met, request = again(made), again(asked)
        assert met.state == "void" or met.amendment == request.amendment == 1


def test_a_submission_that_meets_the_opening_is_opened_or_late_and_never_lost(world: World, app: Flask) -> None:
    for _ in range(ROUNDS):
        asked = rfq(world, "open", deadline=now() + timedelta(hours=1))
        made = quote(world, asked, submit=False)
        rfq_id, quote_id, deadline, xiao = asked.id, made.id, asked.deadline, as_actor(world, "xiao")
        with clock_at(deadline - timedelta(milliseconds=100)):
            outcomes = race(app, partial(submit, xiao, quote_id), partial(close_at, rfq_id, deadline))
        met = again(made)
        assert outcomes[1] == "done"
        assert (outcomes[0], met.state, met.opened_at is not None) in {
            ("done", "submitted", True), ("too_late", "expired", False), ("wrong_state", "expired", False),
        }  # fmt: skip
