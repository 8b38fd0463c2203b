"""Statements: opening, movements with their commission, closing; frozen, numbered, agreed or disputed."""

from __future__ import annotations

from datetime import timedelta

from app.kernel.values import clock_at
from app.payments.actions import refunds, statements
from app.payments.models import Statement
from tests.world import World
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import (
    bought,
    deliver,
    faults,
    give_up,
    paid,
    paid_out,
    refunds_of,
    run,
    statement,
    suspended,
)


def lines(one: Statement) -> list[tuple[str, int, int, int, int]]:
    return [
        (line.kind, line.gross_minor, line.commission_minor, line.vat_minor, line.amount_minor) for line in one.lines
    ]


def traded(world: World) -> None:
    """60,000.00 were released and paid out."""
    order = bought(world, "6000.00", 10, warranty_months=0)
    paid(world, order, "60000.00")
    deliver(world, order, 10)
    paid_out(world)


def test_a_statement_says_what_stood_what_moved_and_what_stands(world: World) -> None:
    traded(world)
    one = statement(world)
    assert one.number.startswith("ST-")
    assert lines(one) == [
        ("release", 6_000_000, 113_208, 6_792, 5_880_000),
        ("payout", -5_880_000, 0, 0, -5_880_000),
    ]
    assert (one.opening.amount, one.closing.amount) == ("0.00", "0.00")
    assert one.lines[0].reference.startswith("PO-")
    assert one.lines[1].reference.startswith("PT-")


def test_a_clawback_stands_with_the_commission_that_comes_back(world: World) -> None:
    order = bought(world)
    paid(world, order, "100000.00")
    paid_out(world)
    give_up(order, 10)
    (refund,) = refunds_of(order)
    do(refunds.approve, refund, world.actor("sen"))
    one = statement(world)
    assert [line[0] for line in lines(one)] == ["release", "payout", "clawback"]
    assert lines(one)[2] == ("clawback", -3_000_000, -56_604, -3_396, -2_940_000)
    assert one.closing.amount == "-29400.00"
    assert sum(line[4] for line in lines(one)) == one.closing.minor - one.opening.minor


def test_the_next_statement_begins_where_the_last_ended(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    first = statement(world, "agreed")
    with clock_at(timedelta(days=2)):
        deliver(world, order, 10)
        paid(world, order, "65000.00")
        run()
    second = statement(world, days=4)
    assert second.period_from == first.period_to
    assert second.opening == first.closing
    assert [line[0] for line in lines(second)] == ["release"]
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1
    assert second.closing.amount == "93100.00"


def test_an_open_period_is_not_issued(world: World) -> None:
    traded(world)
    one = statement(world, "open", days=5)
    with refuses("period_runs"):
        do(statements.issue, one, world.actor("shu"))
    with refuses("statement_open"):
        statement(world, "open", days=6)


def test_a_period_is_covered_once(world: World) -> None:
    traded(world)
    statement(world, "agreed", days=2)
    with refuses("period_covered"):
        statement(world, "open", days=2)


def test_the_supplier_agrees_or_disputes_and_settlement_answers(world: World) -> None:
    traded(world)
    one = statement(world, "disputed")
    assert (one.waits_org, one.waits_role) == ("operator", "settlement")
    do(statements.answer, one, world.actor("shu"), reason="差额计入下期")
    one = again(one)
    assert one.state == "issued"
    with refuses("not_yours"):
        do(statements.agree, one, world.actor("shu"))
    do(statements.agree, one, world.actor("jin"))
    assert again(one).state == "agreed"


def test_without_a_word_a_statement_counts_as_agreed(world: World) -> None:
    traded(world)
    issued, disputed = statement(world), statement(world, "open", supplier="supplier2")
    with clock_at(timedelta(days=15)):
        run()
        assert again(issued).state == "issued"
    with clock_at(timedelta(days=17)):
        run()
    assert again(issued).state == "agreed"
    assert again(disputed).state == "open"


def test_the_clock_leaves_a_dispute_alone(world: World) -> None:
    traded(world)
    one = statement(world, "disputed")
    with clock_at(timedelta(days=30)):
        run()
    assert again(one).state == "disputed"


def test_frozen_lines_do_not_change_with_later_movements(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    one = statement(world)
    before = lines(one)
    with clock_at(timedelta(days=1, hours=1)):
        deliver(world, order, 10)
        paid(world, order, "65000.00")
    assert lines(again(one)) == before
    assert faults() == []


def test_only_settlement_opens_and_issues(world: World) -> None:
    traded(world)
    one = statement(world, "open")
    for name in ("jin", "wang", "tao"):
        with refuses("not_yours"), clock_at(timedelta(days=2)):
            do(statements.issue, one, world.actor(name))


def test_a_suspended_supplier_still_gets_its_statement(world: World) -> None:
    traded(world)
    suspended(world)
    assert statement(world).state == "issued"
