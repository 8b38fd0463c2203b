"""Quotes side by side: completeness, the lowest, what cannot be chosen, ready-made choices, and few queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.values import MICRO, Money, clock_at, now
from app.sourcing import comparison as comparing
from app.sourcing.models import Quote, Rfq
from app.sourcing.queries import inbox, invitable
from tests.world import World, build
from tests.worlds.sourcing import BACK, SALES, VALID_FOR, again, answer, award, close, evaluated, quote, rfq, worse

pytestmark = pytest.mark.database_matters

FOUR: list[dict[str, Any]] = [
    {"title": "高速冷冻离心机", "quantity": MICRO, "unit": "台", "demands": [
        {"name": "容量", "operator": "at_least", "value": "4x750", "unit": "mL", "mandatory": True}]},
    {"title": "角转子", "quantity": 2 * MICRO, "unit": "只"},
    {"title": "离心瓶", "quantity": 4 * MICRO, "unit": "套"},
    {"title": "安装", "quantity": MICRO, "unit": "次", "kind": "service"},
]  # fmt: skip
PRICES: dict[str, Sequence[str | None]] = {
    "supplier": ("186000.00", "9800.00", "1260.00", "6000.00"),
    "supplier2": ("198500.00", "8600.00", None, "9800.00"),
    "service": ("172000.00", None, "1080.00", "7500.00"),
}
DAYS = {"supplier": 15, "supplier2": 60, "service": 7}


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def compared(world: World) -> tuple[comparing.Comparison, dict[str, Quote]]:
    """The picture of ui.md, section 5: one complete quote, two that miss a line, one with a mandatory deviation."""
    with clock_at(BACK):
        asked = rfq(world, "open", invite=list(SALES), lines=FOUR)
        made = {}
        for name, prices in PRICES.items():
            lines = [
                answer(line, price, lead_time_days=DAYS[name]) for line, price in zip(asked.lines, prices, strict=True)
            ]
            if name == "service":
                lines[0]["deviations"] = worse(asked.lines[0], 0)
            minimum = Money(500_000, "CNY") if name == "service" else None
            made[name] = quote(world, asked, name, lines=lines, min_order=minimum)
    close(asked)
    made = {name: again(one) for name, one in made.items()}
    return comparing.comparison(again(asked), world.actor("pu")), made


def column(found: comparing.Comparison, offer: Quote) -> comparing.Column:
    return next(one for one in found.columns if one.quote.id == offer.id)


def bought(found: comparing.Comparison, choice: comparing.Choice) -> list[tuple[int, str]]:
    """(position, supplier's English name) of a choice."""
    cells = [pair for line_id in choice if (pair := found.cell_of(line_id)) is not None]
    return sorted((cell.line.position, one.supplier.name_en) for one, cell in cells)


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def test_a_quote_that_misses_a_line_is_not_ranked_as_a_whole_however_low_its_total(world: World) -> None:
    found, offers = compared(world)
    assert column(found, offers["supplier"]).total == Money(21_664_000, "CNY")
    assert column(found, offers["service"]).total < column(found, offers["supplier"]).total
    assert [column(found, offers[name]).missing for name in PRICES] == [0, 1, 1]
    assert found.best is not None
    assert found.best.quote.id == offers["supplier"].id


def test_the_lowest_of_a_line_is_found_among_what_may_be_chosen(world: World) -> None:
    found, offers = compared(world)
    lines = {name: offer.current.lines for name, offer in offers.items()}
    assert [sorted(found.lowest[line.id]) for line in found.lines] == [
        [lines["supplier"][0].id], [lines["supplier2"][1].id], [lines["service"][2].id], [lines["supplier"][3].id]
    ]  # fmt: skip


def test_a_mandatory_negative_deviation_is_shown_and_not_selectable(world: World) -> None:
    found, offers = compared(world)
    cell = column(found, offers["service"]).cells[0]
    assert (cell.state, cell.selectable) == ("blocked", False)
    assert cell.reason is not None
    assert (cell.reason.code, cell.reason.params["demand"]) == ("negative_deviation", "容量")
    assert column(found, offers["service"]).deviations == (0, 0, 1)
    assert column(found, offers["supplier2"]).cells[2].state == "missing"


def test_the_ready_made_choices(world: World) -> None:
    found, _ = compared(world)
    ready = comparing.picks(found)
    assert bought(found, ready["lowest"]) == [(1, "Supplier"), (2, "Supplier2"), (3, "Service"), (4, "Supplier")]
    assert bought(found, ready["fewest"]) == [(at, "Supplier") for at in (1, 2, 3, 4)]
    assert bought(found, ready["one"]) == [(at, "Supplier") for at in (1, 2, 3, 4)]
    assert bought(found, ready["fastest"]) == [(1, "Supplier"), (2, "Supplier"), (3, "Service"), (4, "Service")]


def test_a_decision_says_total_saving_and_every_obstacle(world: World) -> None:
    found, offers = compared(world)
    made = comparing.decision(found, comparing.picks(found)["lowest"])
    assert made.total == Money(21_352_000, "CNY")
    assert made.saving == Money(312_000, "CNY")
    assert len(made.suppliers) == 3
    assert made.left == ()
    assert [one.code for one in made.obstacles] == ["below_minimum"]
    assert made.obstacles[0].params["number"] == offers["service"].number
    too_much = {offers["supplier"].current.lines[0].id: MICRO, offers["supplier2"].current.lines[0].id: MICRO}
    assert [one.code for one in comparing.decision(found, too_much).obstacles] == ["line_taken"]
    assert len(comparing.decision(found, {}).left) == 4


def test_what_is_awarded_already_cannot_be_chosen_again(world: World) -> None:
    asked, offers = evaluated(world)
    award(world, asked, [(offers["supplier"], 0, 2 * MICRO)], "approved")
    found = comparing.comparison(again(asked), world.actor("pu"))
    assert column(found, offers["supplier2"]).cells[0].free_micro == 0
    assert column(found, offers["supplier"]).cells[1].selectable
    assert bought(found, comparing.picks(found)["lowest"]) == [(2, "Supplier")]


def test_an_expired_quote_is_shown_with_its_reason(world: World) -> None:
    asked, offers = evaluated(world)
    with clock_at(VALID_FOR):
        found = comparing.comparison(again(asked), world.actor("pu"))
        reason = column(found, offers["supplier"]).cells[0].reason
        assert reason is not None
        assert reason.code == "quote_not_valid"
        assert comparing.picks(found) == {}


def test_rivals_compare_nothing_and_the_auditor_reads_it_all(world: World) -> None:
    asked, _ = evaluated(world)
    assert comparing.comparison(asked, world.actor("shen")).columns != []
    own = comparing.comparison(asked, world.actor("xiao")).columns
    assert [one.quote.supplier_id for one in own] == [world.organisations["supplier"]]


def test_the_number_of_queries_does_not_grow_with_quotes_and_lines(world: World) -> None:
    def cost(rfq_id: str) -> int:
        actor = world.actor("pu")
        db.session.rollback()
        db.session.expunge_all()
        with counted() as seen:
            found = comparing.comparison(find(Rfq, rfq_id, actor), actor)
            comparing.picks(found)
        return len(seen)

    small, _ = evaluated(world, {"supplier": ("1.00", "1.00")})
    lines = [{"title": f"行 {at}", "quantity": MICRO} for at in range(12)]
    many, _ = evaluated(world, {name: ["1.00"] * 12 for name in SALES}, lines=lines)
    ids = small.id, many.id
    assert cost(ids[1]) == cost(ids[0])


def test_the_inbox_is_sorted_by_deadline_with_the_own_quote_beside_it(world: World) -> None:
    with clock_at(BACK):
        over = rfq(world, "open")
    later = rfq(world, "open")
    sooner = rfq(world, "open", invite=("supplier",), deadline=now() + timedelta(hours=1))
    close(over)
    offer = quote(world, later)
    rows = inbox(world.actor("xiao"))
    assert [row.id for row, _ in rows] == [sooner.id, later.id, over.id]
    assert {row.id: own.id if own else None for row, own in rows} == {
        later.id: offer.id, sooner.id: None, over.id: None
    }  # fmt: skip
    assert [row.id for row, _ in inbox(world.actor("xiao2"))] == [later.id, over.id]
    assert inbox(world.actor("pu")) == []


def test_whom_one_may_still_invite(world: World) -> None:
    asked = rfq(world, "draft", invite=("supplier",))
    ids = {org.id for org in invitable(asked, world.actor("pu"))}
    assert ids == {world.organisations["supplier2"], world.organisations["service"]}
