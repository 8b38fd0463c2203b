"""Fifty press the same button: one is answered yes, the others 409, and it has happened once.

Everybody has a connection of their own and goes through the whole stack. In an ordinary run they are eight.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel import events
from app.kernel.db import Record, db
from app.kernel.events import Event
from app.kernel.values import MICRO
from app.kernel.work import reading
from app.ledger import verification
from app.ordering.actions import requisitions
from app.ordering.models import Order, Requisition
from app.payments.models import Payment
from app.sourcing.models import Award, RfqLine
from tests.conftest import ENGINE
from tests.kernel.crowd import failures, together
from tests.kernel.rounds import rounds
from tests.live import Caller, serve
from tests.world import World, build
from tests.worlds.ordering import again, approval_rule, do, reach_order, requisition
from tests.worlds.payments import bought, faults, rate, stands, told
from tests.worlds.sourcing import LINES, evaluated

pytestmark = [pytest.mark.database_matters, pytest.mark.prove]

CROWD = rounds(8, 50)
MEETING_SECONDS = 60

on_postgresql = pytest.mark.skipif(
    ENGINE != "postgresql", reason="the control needs writers that really run side by side: TEST_ENGINE=postgresql"
)

Body = dict[str, Any]


@pytest.fixture
def world(app: Flask) -> World:
    """The small park with a commission rate in force."""
    del app
    made = build()
    rate(made)
    return made


@contextmanager
def crowd(app: Flask, world: World, *names: str) -> Iterator[list[Caller]]:
    """So many callers, people by turns, with a connection of their own each that stands before the start."""
    keys = [world.key(name) for name in names]
    db.session.rollback()
    with serve(app) as url:
        callers = [Caller(url, key) for key in islice(cycle(keys), CROWD)]
        for caller in callers:
            caller.get("me")
        yield callers
        for caller in callers:
            caller.session.close()


def press(app: Flask, callers: list[Caller], path: str, version: int, bodies: list[Body]) -> Counter[Any]:
    """Everybody sends at once, all of them the version that was seen before: how often which answer came."""

    def send(caller: Caller, body: Body) -> tuple[int, str]:
        answer = caller.send(path, body, version=version)
        return answer.status_code, answer.json().get("code", "")

    tries = [partial(send, caller, body) for caller, body in zip(callers, islice(cycle(bodies), CROWD), strict=False)]
    outcomes = together(app, *tries)
    assert failures(outcomes) == []
    return Counter(outcomes)


def happened(name: str) -> int:
    """How many events of this name the chain holds; the chain and the books have to verify."""
    with reading() as session:
        assert list(events.verify(session)) == []
        assert list(verification.verify(session)) == []
        number: int = session.scalars(sa.select(sa.func.count()).where(Event.name == name)).one()
    assert faults() == []
    return number


def test_a_line_is_awarded_to_one_of_the_crowd(app: Flask, world: World) -> None:
    asked, offers = evaluated(world, {"supplier": ["186000.00"], "supplier2": ["198500.00"]}, lines=LINES[:1])
    bodies: list[Body] = [
        {"lines": [{"quote_line": again(offers[name]).current.lines[0].id, "quantity": "2"}]}
        for name in ("supplier", "supplier2")
    ]
    with crowd(app, world, "pu", "qiu") as callers:
        answers = press(app, callers, f"rfqs/{asked.id}/award", asked.version, bodies)
    assert answers == {(201, ""): 1, (409, "nothing_left"): CROWD - 1}
    assert again(asked).lines[0].awarded_micro == 2 * MICRO
    assert db.session.scalar(sa.select(sa.func.count()).where(Award.rfq_id == asked.id)) == 1
    assert happened("award.create") == 1


def test_a_transaction_is_approved_once_by_the_crowd(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    with crowd(app, world, "tao") as callers:
        answers = press(app, callers, f"orders/{order.id}/approve", order.version, [{}])
    assert answers == {(200, ""): 1, (409, "wrong_state"): CROWD - 1}
    assert again(order).state == "awaiting_supplier"
    assert happened("order.approve") == 1


def test_a_requisition_is_signed_once_by_the_crowd(app: Flask, world: World) -> None:
    approval_rule(world, roles=["approver"])
    wanted = do(requisitions.submit, requisition(world), world.actor("pu"))
    with crowd(app, world, "an") as callers:
        answers = press(app, callers, f"requisitions/{wanted.id}/approve", wanted.version, [{}])
    assert answers == {(200, ""): 1, (409, "wrong_state"): CROWD - 1}
    assert again(wanted).state == "approved"
    assert happened("requisition.approve") == 1


def test_a_payment_is_confirmed_once_by_the_crowd_and_booked_once(app: Flask, world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    body = {"amount": {"amount": "30000.00", "currency": "CNY"}, "statement_reference": "1"}
    with crowd(app, world, "shu", "sen") as callers:
        answers = press(app, callers, f"payments/{payment.id}/succeed", payment.version, [body])
    assert answers == {(200, ""): 1, (409, "wrong_state"): CROWD - 1}
    assert stands("bank") == "30000.00"
    assert happened("payment.succeed") == 1


# Controls: the same crowd, with the row's lock and its version taken out ----------------------------------------------


def naively(app: Flask, look: Callable[[sa.Connection], bool], write: sa.Update) -> list[Any]:
    """The crowd as one writes it without thinking: everybody looks whether it is possible, then everybody writes."""
    engine = sa.create_engine(db.engine.url, pool_size=CROWD)
    meeting = threading.Barrier(CROWD)

    def one() -> bool:
        with engine.begin() as connection:
            possible = look(connection)
            meeting.wait(MEETING_SECONDS)
            connection.execute(write)
        return possible

    try:
        return together(app, *[one] * CROWD)
    finally:
        engine.dispose()


def stood(model: type[Record], record_id: str, state: str, connection: sa.Connection) -> bool:
    """Whether the record stands in this state."""
    return bool(connection.scalar(sa.select(model.state).where(model.id == record_id)) == state)


@on_postgresql
@pytest.mark.parametrize("document", ["order", "requisition", "payment"])
def test_control_without_the_guard_everybody_decides(app: Flask, world: World, document: str) -> None:
    record: Order | Requisition | Payment
    if document == "order":
        record, reached = reach_order(world, "awaiting_operator"), "awaiting_supplier"
    elif document == "requisition":
        approval_rule(world, roles=["approver"])
        record, reached = do(requisitions.submit, requisition(world), world.actor("pu")), "approved"
    else:
        record, reached = told(world, bought(world), "30000.00"), "succeeded"
    model, began = type(record), record.state
    write = sa.update(model).where(model.id == record.id).values(state=reached)
    assert naively(app, partial(stood, model, record.id, began), write) == [True] * CROWD


@on_postgresql
def test_control_without_the_guard_the_line_is_awarded_to_everybody(app: Flask, world: World) -> None:
    line = evaluated(world)[0].lines[0].id
    write = sa.update(RfqLine).where(RfqLine.id == line).values(awarded_micro=2 * MICRO)

    def is_open(connection: sa.Connection) -> bool:
        return connection.scalar(sa.select(RfqLine.awarded_micro).where(RfqLine.id == line)) == 0

    assert naively(app, is_open, write) == [True] * CROWD
