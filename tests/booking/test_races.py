"""Two at once: a service is booked once, accepted once, an expert is in one place. Controls run without the guard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.booking.actions import appointments, reports
from app.booking.models import WorkOrder
from app.booking.queries import busy
from app.kernel.actors import Actor
from app.kernel.db import Record, db, mode
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from app.ordering.actions import answers, services
from app.ordering.models import Order, OrderLine
from tests.conftest import ENGINE
from tests.kernel.crowd import failures, together
from tests.world import World
from tests.worlds.booking import (
    ACCEPTOR,
    EXPERT,
    LAB,
    SALES,
    proposed,
    service_order,
    submitted,
    timed,
)
from tests.worlds.ordering import again, do, pieces

pytestmark = pytest.mark.database_matters

on_postgresql = pytest.mark.skipif(
    ENGINE != "postgresql", reason="the control needs writers that really run side by side: TEST_ENGINE=postgresql"
)


def attempt(verb: Any, model: type[Record], record_id: str, actor: Actor, **given: Any) -> str:
    """One action as a face performs it: find with the lock, do, commit."""
    with unit_of_work():
        verb(find(model, record_id, actor, lock=True), actor, **given)
    return str(verb.name)


def race(app: Flask, *tries: Callable[[], str]) -> tuple[list[str], list[str]]:
    """Names of the actions that were done, and codes of the refusals of the others; nothing else may happen."""
    outcomes = together(app, *tries)
    refused = failures(outcomes)
    assert all(isinstance(error, Refusal) for error in refused), refused
    codes = [error.code for error in refused if isinstance(error, Refusal)]
    return [str(one) for one in outcomes if not isinstance(one, BaseException)], codes


def test_both_sides_propose_at_once_and_the_line_is_booked_once(app: Flask, world: World) -> None:
    order = service_order(world, 3)
    given = {"order_line": order.lines[0].id, "quantity": pieces(2), **timed()}
    tries = [
        partial(attempt, services.propose_appointment, Order, order.id, world.actor(name), **given)
        for name in (LAB, SALES)
    ]
    done, codes = race(app, *tries)
    assert (done, codes) == (["propose_appointment"], ["over_booked"])
    assert again(order).lines[0].packed_micro == pieces(2)


def test_one_expert_is_not_booked_twice_by_two_agreements_at_once(app: Flask, world: World) -> None:
    order = service_order(world, 2)
    waiting = [proposed(world, order, 1) for _ in range(2)]
    for work in waiting:
        do(appointments.assign, work, world.actor(SALES), expert=world.people[EXPERT])
    tries = [partial(attempt, appointments.agree, WorkOrder, work.id, world.actor(LAB)) for work in waiting]
    done, codes = race(app, *tries)
    assert (done, codes) == (["agree"], ["expert_busy"])


def test_two_colleagues_agree_at_once_and_it_is_agreed_once(app: Flask, world: World) -> None:
    work = proposed(world, service_order(world))
    done, codes = race(
        app,
        partial(attempt, appointments.agree, WorkOrder, work.id, world.actor(LAB)),
        partial(attempt, appointments.agree, WorkOrder, work.id, world.actor("pu")),
    )
    assert (done, codes) == (["agree"], ["wrong_state"])


def test_a_report_is_accepted_once_and_not_taken_back_meanwhile(app: Flask, world: World) -> None:
    order = service_order(world)
    report = submitted(world, order)
    done, codes = race(
        app,
        partial(attempt, answers.accept, type(report), report.id, world.actor(ACCEPTOR)),
        partial(attempt, answers.accept, type(report), report.id, world.actor("pu")),
        partial(attempt, reports.take_back, type(report), report.id, world.actor(SALES), reason="更正"),
    )
    assert (len(done), len(codes)) == (1, 2)
    assert set(codes) <= {"wrong_state", "not_there"}
    line = again(order).lines[0]
    expected = pieces(3) if done == ["accept"] else 0
    assert (line.received_micro, line.accepted_micro) == (expected, expected)


def test_cancelling_twice_gives_the_quantity_back_once(app: Flask, world: World) -> None:
    order = service_order(world, 3)
    work = proposed(world, order, 2)
    tries = [
        partial(attempt, services.cancel, WorkOrder, work.id, world.actor(name), reason="改期") for name in (LAB, SALES)
    ]
    done, codes = race(app, *tries)
    assert (done, codes) == (["cancel"], ["wrong_state"])
    assert again(order).lines[0].packed_micro == 0


# Controls: the same without the guard ---------------------------------------------------------------------------------


def naive_book(meet: threading.Barrier, line_id: str, wanted: int) -> int:
    """Booking without the conditional update: read what is open, then write it."""
    mode.set("write")
    with db.engine.begin() as connection:
        owed, taken = connection.execute(
            sa.select(OrderLine.quantity_micro, OrderLine.packed_micro).where(OrderLine.id == line_id)
        ).one()
        assert owed - taken >= wanted
        meet.wait(10)
        connection.execute(sa.update(OrderLine).where(OrderLine.id == line_id).values(packed_micro=taken + wanted))
    return wanted


@on_postgresql
def test_control_reading_and_then_writing_books_more_than_is_owed(app: Flask, world: World) -> None:
    order = service_order(world, 3)
    meet = threading.Barrier(2)
    booked = together(app, *[partial(naive_book, meet, order.lines[0].id, pieces(2))] * 2)
    assert booked == [pieces(2), pieces(2)]  # four of three stand in appointments
    assert again(order).lines[0].packed_micro == pieces(2)  # and the line knows of two


def naive_agree(meet: threading.Barrier, work_id: str) -> bool:
    """Agreeing without holding the expert's place: look whether the time is free, then take it."""
    mode.set("write")
    found = db.session.get_one(WorkOrder, work_id)
    free = not busy(str(found.expert_id), found.starts_at, found.ends_at, but=work_id)
    meet.wait(10)
    db.session.execute(sa.update(WorkOrder).where(WorkOrder.id == work_id).values(state="agreed"))
    db.session.commit()
    return free


@on_postgresql
def test_control_without_holding_the_expert_two_appointments_are_agreed(app: Flask, world: World) -> None:
    order = service_order(world, 2)
    waiting = [proposed(world, order, 1) for _ in range(2)]
    for work in waiting:
        do(appointments.assign, work, world.actor(SALES), expert=world.people[EXPERT])
    meet = threading.Barrier(2)
    assert together(app, *[partial(naive_agree, meet, work.id) for work in waiting]) == [True, True]
    assert [again(work).state for work in waiting] == ["agreed", "agreed"]
