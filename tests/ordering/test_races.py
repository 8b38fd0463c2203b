"""Two at once: one wins, the other gets a conflict, nothing is half done. Controls show what the guards prevent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.actors import Actor
from app.kernel.db import Record, db, mode
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import MICRO, Money
from app.kernel.work import unit_of_work
from app.ordering.actions import acceptances, orders, placing, receipts, requisitions, rules, shipments
from app.ordering.models import Order, OrderLine, TransactionRule
from tests.conftest import ENGINE
from tests.kernel.crowd import failures, together
from tests.world import World
from tests.worlds.ordering import (
    acceptances_of,
    again,
    approval_rule,
    approved,
    counting,
    do,
    orders_of,
    packing,
    pieces,
    reach_order,
    requisition,
    send_all,
    transaction_rule,
)
from tests.worlds.sourcing import award as awarded
from tests.worlds.sourcing import evaluated

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


def test_confirming_and_cancelling_at_once_one_wins(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    done, codes = race(
        app,
        partial(attempt, orders.confirm, Order, order.id, world.actor("xiao")),
        partial(attempt, orders.cancel, Order, order.id, world.actor("pu"), reason="改主意"),
    )
    assert (len(done), codes) == (1, ["wrong_state"])
    assert again(order).state == {"confirm": "confirmed", "cancel": "cancelled"}[done[0]]


def test_two_colleagues_confirm_at_once_and_it_is_confirmed_once(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    tries = [partial(attempt, orders.confirm, Order, order.id, world.actor(name)) for name in ("xiao", "fa")]
    done, codes = race(app, *tries)
    assert (done, codes) == (["confirm"], ["wrong_state"])


def test_approving_and_rejecting_at_once_one_wins(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    tao = world.actor("tao")
    done, codes = race(
        app,
        partial(attempt, orders.approve, Order, order.id, tao),
        partial(attempt, orders.reject, Order, order.id, tao, reason="价高"),
    )
    assert (len(done), codes) == (1, ["wrong_state"])


def test_an_approver_signs_once_even_when_clicking_twice(app: Flask, world: World) -> None:
    approval_rule(world, roles=["approver", "finance"])
    demand = do(requisitions.submit, requisition(world), world.actor("pu"))
    an = world.actor("an")
    done, codes = race(app, *[partial(attempt, requisitions.approve, type(demand), demand.id, an)] * 2)
    assert (len(done), len(codes)) == (1, 1)
    assert again(demand).state == "awaiting_approval"


def test_a_requisition_is_ordered_once(app: Flask, world: World) -> None:
    demand = approved(world)
    tries = [partial(attempt, placing.order, type(demand), demand.id, world.actor(name)) for name in ("pu", "qiu")]
    done, codes = race(app, *tries)
    assert (done, codes) == (["order"], ["wrong_state"])
    assert len(orders_of(demand)) == 1


def test_two_shipments_at_once_do_not_pack_more_than_is_owed(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    lines = packing(order)
    tries = [
        partial(attempt, shipments.pack, Order, order.id, world.actor(name), lines=lines) for name in ("fa", "xiao")
    ]
    done, codes = race(app, *tries)
    assert (done, codes) == (["pack"], ["nothing_to_pack"])
    assert again(order).lines[0].packed_micro == pieces(2)


def test_a_shipment_is_counted_once_by_two_receivers(app: Flask, world: World) -> None:
    shipment = send_all(world, reach_order(world, "confirmed"))
    lines = counting(shipment)
    tries = [
        partial(attempt, receipts.receive, type(shipment), shipment.id, world.actor(name), lines=lines)
        for name in ("rong", "qiu")
    ]
    done, codes = race(app, *tries)
    assert done == ["receive"]
    assert codes[0] in ("counted_already", "already_there")


def test_two_people_accept_the_same_quantity_once(app: Flask, world: World) -> None:
    order = reach_order(world, "delivered")
    pending = acceptances_of(order)[0]
    tries = [
        partial(attempt, acceptances.accept, type(pending), pending.id, world.actor(name)) for name in ("qiu", "pu")
    ]
    done, codes = race(app, *tries)
    assert (done, codes) == (["accept"], ["wrong_state"])
    assert again(order).lines[0].accepted_micro == pieces(2)


def test_the_suppliers_of_one_award_answer_at_once_and_do_not_block_each_other(app: Flask, world: World) -> None:
    asked, quotes = evaluated(world, {"supplier": ("186000.00", None), "supplier2": (None, "6000.00")})
    award = awarded(world, asked, [(quotes["supplier"], 0, 2 * MICRO), (quotes["supplier2"], 1, MICRO)], "approved")
    do(placing.order_award, award, world.actor("pu"))
    made = {order.supplier_id: order for order in db.session.scalars(sa.select(Order))}
    for order in made.values():
        do(orders.approve, order, world.actor("tao"))
    done, codes = race(
        app,
        partial(attempt, orders.confirm, Order, made[world.organisations["supplier"]].id, world.actor("xiao")),
        partial(attempt, orders.confirm, Order, made[world.organisations["supplier2"]].id, world.actor("xiao2")),
    )
    assert (done, codes) == (["confirm", "confirm"], [])
    assert {line.outcome for line in again(award).lines} == {"confirmed"}
    assert again(asked).state == "concluded"


def test_two_owners_put_two_rules_in_force_and_one_stands(app: Flask, world: World) -> None:
    transaction_rule(world, "1.00", "2.00")
    proposed = [
        do(rules.propose_rule, world.org("operator"), world.actor("tao"), reason="调整",
           operator_from=limit, owner_from=limit)
        for limit in (Money(10_000, "CNY"), Money(20_000, "CNY"))
    ]  # fmt: skip
    tries = [
        partial(attempt, rules.approve, TransactionRule, rule.id, world.actor(name))
        for rule, name in zip(proposed, ("wang", "wen"), strict=True)
    ]
    done, codes = race(app, *tries)
    assert len(done) + len(codes) == 2
    assert set(codes) <= {"already_there", "wrong_state", "race_lost"}
    active = db.session.scalars(sa.select(TransactionRule.id).where(TransactionRule.state == "active")).all()
    assert len(active) == 1


# Controls: the same races without the guards go wrong -----------------------------------------------------------------


def naive_pack(meet: threading.Barrier, line_id: str, quantity: int) -> int:
    """Packing as one writes it without thinking: read, compare, write."""
    mode.set("write")
    with db.engine.begin() as connection:
        packed = connection.execute(sa.select(OrderLine.packed_micro).where(OrderLine.id == line_id)).scalar_one()
        owed = connection.execute(sa.select(OrderLine.quantity_micro).where(OrderLine.id == line_id)).scalar_one()
        assert packed + quantity <= owed
        meet.wait(10)
        connection.execute(sa.update(OrderLine).where(OrderLine.id == line_id).values(packed_micro=packed + quantity))
    return quantity


@on_postgresql
def test_control_reading_and_then_writing_packs_twice_what_is_owed(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    meet = threading.Barrier(2)
    packed = together(app, *[partial(naive_pack, meet, order.lines[0].id, pieces(2))] * 2)
    assert packed == [pieces(2), pieces(2)]  # four pieces of two stand in shipments
    assert again(order).lines[0].packed_micro == pieces(2)  # and the line knows of two


def naive_answer(meet: threading.Barrier, order_id: str, state: str) -> str:
    """Answering without lock and version: look whether it is open, then write."""
    mode.set("write")
    with db.engine.begin() as connection:
        found = connection.execute(sa.select(Order.state).where(Order.id == order_id)).scalar_one()
        assert found == "awaiting_supplier"
        meet.wait(10)
        connection.execute(sa.update(Order).where(Order.id == order_id).values(state=state))
    return state


@on_postgresql
def test_control_without_the_lock_both_sides_believe_that_they_have_won(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    meet = threading.Barrier(2)
    told = together(app, *[partial(naive_answer, meet, order.id, state) for state in ("confirmed", "cancelled")])
    assert sorted(map(str, told)) == ["cancelled", "confirmed"]
