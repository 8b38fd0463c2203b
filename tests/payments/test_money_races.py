"""Money twice at once: it moves once. The controls show what the guards prevent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import Record, db, mode
from app.kernel.errors import Refusal
from app.kernel.events import Pending
from app.kernel.lifecycle import find
from app.kernel.values import new_id, now
from app.kernel.work import unit_of_work
from app.ledger.models import LedgerAccount
from app.ledger.posting import post
from app.payments.actions import payments, payouts, refunds
from app.payments.models import Payment, Payout, Refund
from tests.conftest import ENGINE
from tests.kernel.crowd import failures, together
from tests.world import World
from tests.worlds.payments import (
    bank_account,
    bank_line,
    bought,
    cny,
    faults,
    figures,
    give_up,
    paid,
    paid_out,
    proposed_refund,
    refunds_of,
    run,
    stands,
    told,
)

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
    """Names of what was done, and codes of the refusals of the others; nothing else may happen."""
    outcomes = together(app, *tries)
    refused = failures(outcomes)
    assert all(isinstance(error, Refusal) for error in refused), refused
    codes = [error.code for error in refused if isinstance(error, Refusal)]
    return [str(one) for one in outcomes if not isinstance(one, BaseException)], codes


def test_two_people_confirm_one_transfer_and_it_counts_once(app: Flask, world: World) -> None:
    payment = told(world, bought(world), "30000.00")
    given = {"amount": cny("30000.00"), "statement_reference": "1"}
    confirming = partial(attempt, payments.succeed, Payment, payment.id, **given)
    done, codes = race(app, *[partial(confirming, world.actor(who)) for who in ("shu", "sen")])
    assert (done, codes) == (["succeed"], ["wrong_state"])
    assert stands("bank") == "30000.00"
    assert faults() == []


def test_two_transfers_of_one_order_at_once_both_count_and_overflow_goes_back(app: Flask, world: World) -> None:
    order = bought(world, "1000.00", 2)
    transfers = [told(world, order, "2000.00") for _ in range(2)]
    given = {"amount": cny("2000.00"), "statement_reference": "1"}
    done, codes = race(
        app, *[partial(attempt, payments.succeed, Payment, one.id, world.actor("shu"), **given) for one in transfers]
    )
    assert (done, codes) == (["succeed"] * 2, [])
    assert figures(order, "paid") == [("4000.00",)]
    run()
    assert [refund.amount.amount for refund in refunds_of(order)] == ["2000.00"]
    assert faults() == []


def test_two_payouts_at_once_pay_once(app: Flask, world: World) -> None:
    paid(world, bought(world), "30000.00")
    bank_account(world)
    operator = world.org("operator")
    given = {"supplier": world.organisations["supplier"], "currency": "CNY"}
    done, codes = race(
        app,
        *[partial(attempt, payouts.propose_payout, type(operator), operator.id, world.actor(who), **given)
          for who in ("shu", "sen")],
    )  # fmt: skip
    assert done == ["propose_payout"]
    assert codes[0] in ("payout_runs", "already_there")


def test_a_payout_is_ordered_once_by_two_people(app: Flask, world: World) -> None:
    paid(world, bought(world), "30000.00")
    payout = paid_out(world, "approved")
    done, codes = race(
        app, *[partial(attempt, payouts.submit, Payout, payout.id, world.actor(who)) for who in ("shu", "sen")]
    )
    assert (done, codes) == (["submit"], ["wrong_state"])
    assert stands(f"in_transit:{world.organisations['supplier']}") == "-29400.00"
    assert faults() == []


def test_two_refunds_of_the_same_money_at_once_give_it_back_once(app: Flask, world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    both = [proposed_refund(world, order, "10000.00") for _ in range(2)]
    done, codes = race(app, *[partial(attempt, refunds.approve, Refund, one.id, world.actor("sen")) for one in both])
    assert (done, codes) == (["approve"], ["less_refundable"])
    assert stands(f"refund_due:{order.buyer_id}") == "-10000.00"
    assert faults() == []


def test_two_refunds_that_wait_for_cover_do_not_share_it(app: Flask, world: World) -> None:
    waiting = []
    for supplier in ("supplier", "supplier2"):
        order = bought(world, supplier=supplier, model=supplier)
        paid(world, order, "30000.00")
        paid_out(world, supplier=supplier)
        give_up(order, 10)
        (refund,) = refunds_of(order)
        with unit_of_work():
            refunds.approve(find(Refund, refund.id, SYSTEM_ACTOR, lock=True), world.actor("sen"))
        waiting.append(refund)
    bank_line(world, "float_in", "28800.00")
    done, codes = race(app, *[partial(attempt, refunds.submit, Refund, one.id, world.actor("sen")) for one in waiting])
    assert (done, codes) == (["submit"], ["waits_for_cover"])
    assert faults() == []


def take(minor: int) -> str:
    """Money leaves what is held for an order."""
    with unit_of_work() as work:
        event = Pending(name="test.take", object_id=new_id("tst"), actor=SYSTEM_ACTOR.reference(), cause=None)
        work.pending.append(event)
        work.doing.append(event)
        post(f"take:{new_id('tst')}", "test", [("held:ord_a", cny("1.00")), ("bank", -cny("1.00"))])
        work.doing.pop()
    return f"took {minor}"


def give() -> None:
    """One yuan is held for an order."""
    with unit_of_work() as work:
        event = Pending(name="test.give", object_id=new_id("tst"), actor=SYSTEM_ACTOR.reference(), cause=None)
        work.pending.append(event)
        work.doing.append(event)
        post("give:1", "test", [("bank", cny("1.00")), ("held:ord_a", -cny("1.00"))])
        work.doing.pop()


def test_what_is_held_can_be_taken_once(app: Flask) -> None:
    give()
    done, codes = race(app, partial(take, 100), partial(take, 100))
    assert (len(done), codes) == (1, ["not_enough_money"])
    assert stands("held:ord_a") == "0.00"


# Controls -------------------------------------------------------------------------------------------------------------


@on_postgresql
def test_control_without_the_check_what_is_held_is_taken_twice(app: Flask) -> None:
    give()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE ledger_account DROP CONSTRAINT ck_ledger_account_never_debit")
    done, codes = race(app, partial(take, 100), partial(take, 100))
    assert (len(done), codes) == (2, [])
    assert stands("held:ord_a") == "1.00"


def naive_take(meet: threading.Barrier) -> str:
    """Taking as one writes it without thinking: read the balance, compare, write the rest."""
    mode.set("write")
    with db.engine.begin() as connection:
        here = sa.select(LedgerAccount.balance_minor).where(LedgerAccount.code == "held:ord_a")
        balance = connection.execute(here).scalar_one()
        assert balance <= -100
        meet.wait(10)
        connection.execute(
            sa.update(LedgerAccount).where(LedgerAccount.code == "held:ord_a").values(balance_minor=balance + 100)
        )
    return f"took at {now().isoformat()}"


@on_postgresql
def test_control_reading_and_then_writing_a_balance_takes_it_twice(app: Flask) -> None:
    give()
    meet = threading.Barrier(2)
    outcomes = together(app, partial(naive_take, meet), partial(naive_take, meet))
    assert failures(outcomes) == []
    assert stands("held:ord_a") == "0.00"
