"""The law of every order's money, whatever people do in whatever sequence; and what tampering with it looks like."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.db import db
from app.kernel.errors import Refusal
from app.ledger.triggers import uninstall
from app.ordering.models import Order
from app.payments.actions import payments, refunds
from app.payments.models import Payment
from tests.kernel.rounds import tries
from tests.world import World
from tests.worlds.ordering import again, do
from tests.worlds.payments import (
    arrived,
    bank_line,
    bought,
    cny,
    deliver,
    faults,
    give_up,
    paid,
    paid_out,
    parts,
    proposed_refund,
    refunded,
    refunds_of,
    run,
    stands,
    statement,
    told,
)

pytestmark = [pytest.mark.database_matters, pytest.mark.prove]

Deed = Callable[[World, Order, int], Any]


def pay(world: World, order: Order, size: int) -> None:
    arrived(world, told(world, order, f"{size * 1000}.00"))


def pay_too_much(world: World, order: Order, size: int) -> None:
    arrived(world, told(world, order, "1000.00"), f"{1000 + size * 7}.13")


def accept(world: World, order: Order, size: int) -> None:
    left = again(order).lines[0].packable_micro // 10**6
    if left:
        deliver(world, order, min(size % 3 + 1, left))


def lower(world: World, order: Order, size: int) -> None:
    left = again(order).lines[0].packable_micro // 10**6
    if left:
        give_up(order, min(size % 2 + 1, left))


def bounce(world: World, order: Order, size: int) -> None:
    rows = db.session.scalars(
        sa.select(Payment).where(Payment.order_id == order.id, Payment.state == "succeeded").order_by(Payment.id)
    ).all()
    if rows:
        do(payments.reverse, rows[size % len(rows)], world.actor("sen"), reason="银行退回")
        run()


def ask_back(world: World, order: Order, size: int) -> None:
    refunded(world, proposed_refund(world, order, f"{size * 500}.00"), "approved")


def give_back(world: World, order: Order, size: int) -> None:
    for refund in refunds_of(order):
        second = world.actor("sen")
        if refund.state == "created":
            do(refunds.approve, refund, second)
        elif refund.state == "approved" and size % 3:
            do(refunds.submit, refund, second)
        elif refund.state == "approved":
            do(refunds.cancel, refund, second, reason="撤回")
        elif refund.state == "submitted":
            do(refunds.succeed, refund, second, bank_reference="R")
    run()


def settle(world: World, order: Order, size: int) -> None:
    del order
    paid_out(world, "succeeded" if size % 4 else "failed")


def top_up(world: World, order: Order, size: int) -> None:
    del order
    bank_line(world, "float_in", f"{size * 300}.00")


DEEDS: list[Deed] = [
    pay,
    pay,
    pay_too_much,
    accept,
    accept,
    lower,
    bounce,
    ask_back,
    give_back,
    give_back,
    settle,
    top_up,
]


def law(order: Order) -> None:
    """held + released + refunded = paid - reversed + due from the buyer, in the records and in the ledger alike."""
    rows = parts(order)
    total = {name: sum(getattr(row, f"{name}_minor") for row in rows) for name in (
        "paid", "reversed", "owed", "released", "refunded")}  # fmt: skip
    held, due_from = -cny(stands(f"held:{order.id}")).minor, cny(stands(f"due_from:{order.id}")).minor
    assert held + total["released"] + total["refunded"] == total["paid"] - total["reversed"] + due_from
    assert due_from == total["owed"]
    assert all(row.standing.held >= 0 for row in rows)
    assert sum(row.amount_minor for row in rows) == sum(
        line.amount_minor * (line.quantity_micro - line.given_up_micro) // line.quantity_micro
        for line in again(order).lines
    )


@tries(4, 60)
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 40)), min_size=4, max_size=14))
def test_whatever_people_do_every_unit_of_money_is_accounted_for(world: World, deeds: list[tuple[Deed, int]]) -> None:
    order = bought(world, model=f"M{len(deeds)}-{deeds[0][1]}")
    for deed, size in deeds:
        with suppress(Refusal):
            deed(world, order, size)
        law(order)
    wrong = [fault for fault in faults() if not fault.startswith("cover")]
    assert wrong == []
    bounced = db.session.scalar(sa.select(Payment.id).where(Payment.state == "reversed").limit(1))
    if bounced is None:
        assert faults() == []


TAMPERINGS = {
    "UPDATE instalment SET released_minor = released_minor + 1, paid_minor = paid_minor + 1 WHERE id = '{part}'": (
        "{part}"
    ),
    "UPDATE instalment SET refunded_minor = 100 WHERE id = '{open}'": "{order}",
    "UPDATE instalment SET paid_minor = paid_minor + 100 WHERE id = '{open}'": "{order}",
    "UPDATE allocation SET amount_minor = amount_minor - 1 WHERE payment_id = '{payment}'": "{payment}",
    "UPDATE payment SET amount_minor = amount_minor - 1 WHERE id = '{payment}'": "{payment}",
    "UPDATE refund SET amount_minor = amount_minor + 1": "{buyer}",
    "UPDATE payout SET amount_minor = amount_minor + 1": "{supplier}",
    "DELETE FROM allocation WHERE payment_id = '{payment}'": "{payment}",
    "UPDATE statement SET closing_minor = closing_minor + 1": "{statement}",
    "UPDATE statement_line SET amount_minor = amount_minor + 1, gross_minor = gross_minor + 1 WHERE position = 1": (
        "{statement}"
    ),
    "DELETE FROM statement_line WHERE position = 1": "{statement}",
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_records_that_no_longer_say_what_the_ledger_says_are_named(world: World, tampering: str) -> None:
    order = bought(world)
    payment = paid(world, order, "40000.00")
    refunded(world, proposed_refund(world, order, "1000.00"), "approved")
    paid_out(world, "submitted")
    first, second, _ = parts(order)
    named = {
        "part": first.id, "open": second.id, "order": order.id, "payment": payment.id, "buyer": order.buyer_id,
        "supplier": order.supplier_id, "statement": statement(world).id,
    }  # fmt: skip
    assert faults() == []
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(sa.text(tampering.format(**named)))
    found = faults()
    assert any(TAMPERINGS[tampering].format(**named) in fault for fault in found), found


def test_an_entry_that_vanished_is_found_in_the_chain_and_in_the_records(app: Flask, world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    entry = db.session.execute(sa.text("SELECT id FROM entry WHERE memo = 'release'")).scalar_one()
    db.session.rollback()
    with db.engine.begin() as connection:
        uninstall(connection)
        connection.execute(
            sa.text(
                "UPDATE ledger_account SET balance_minor = balance_minor - "
                "(SELECT amount_minor FROM entry_line WHERE entry_id = :e AND account_id = ledger_account.id) "
                "WHERE id IN (SELECT account_id FROM entry_line WHERE entry_id = :e)"
            ),
            {"e": entry},
        )
        connection.execute(sa.text("DELETE FROM entry_line WHERE entry_id = :e"), {"e": entry})
        connection.execute(sa.text("DELETE FROM entry WHERE id = :e"), {"e": entry})
    found = faults()
    assert any(entry in fault and "missing" in fault for fault in found)
    assert any(order.id in fault for fault in found)
