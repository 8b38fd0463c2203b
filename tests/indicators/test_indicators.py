"""Indicators: who defines them, what a target means, and what the worker writes down day by day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.indicators import seeds
from app.indicators.actions import indicators
from app.indicators.measuring import measure_all, measure_due
from app.indicators.models import Indicator, completion
from app.indicators.questions import QUESTIONS
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.lifecycle import find
from app.kernel.periods import period_at
from app.kernel.values import MICRO, clock_at, now
from app.kernel.work import unit_of_work
from tests.world import World
from tests.worlds.indicators import indicator, values
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import bought

pytestmark = pytest.mark.database_matters

THOUSAND = 1_000 * MICRO


def next_month(days: float = 1) -> timedelta:
    return period_at("month").until + timedelta(days=days) - now()


def test_owner_and_the_operators_administrator_define_and_nobody_else(world: World) -> None:
    assert indicator(world).state == "active"
    assert indicator(world, "volume", code="V2", by="ops").unit == "yuan"
    for name in ("guan", "rui", "shu", "shen", "zong", "pu"):
        with refuses("not_yours"):
            indicator(world, code="X", by=name)


def test_what_a_definition_may_not_be(world: World) -> None:
    indicator(world, code="A")
    with refuses("indicator_code_taken"):
        indicator(world, code="A")
    with refuses("indicator_target"):
        indicator(world, code="B", target=0)
    assert indicator(world, "claims_per_order", code="C", target=0).target_micro == 0
    for parameter in ({"name": "least", "value": 0}, {"name": "least", "value": 21}, {"name": "most", "value": 3}):
        with refuses("indicator_parameter"):
            indicator(world, "rfqs_with_quotes", code="D", parameters=[parameter])
    with refuses("indicator_parameter"):
        indicator(world, code="E", parameters=[{"name": "least", "value": 3}])
    one = indicator(world, "rfqs_with_quotes", code="F")
    assert one.parameters == {"least": 3}
    assert (one.unit, one.direction, one.span) == ("percent", "up", "month")


def test_a_completion_of_all_of_it_is_said_only_where_the_target_is_met() -> None:
    assert completion(95, 100, "up") == 9_500
    assert completion(100, 100, "up") == 10_000
    assert completion(99_999_999, 100_000_000, "up") == 9_999
    assert completion(120, 100, "up") == 12_000
    assert completion(-5, 100, "up") == 0
    assert completion(5, 10, "down") == 10_000
    assert completion(0, 0, "down") == 10_000
    assert completion(20, 10, "down") == 5_000
    assert completion(3, 0, "down") == 0
    assert completion(None, 10, "up") is None
    assert completion(10, None, "up") is None


def test_the_worker_measures_the_last_twelve_periods_at_first_and_then_day_by_day(world: World) -> None:
    bought(world, "500.00", 1)
    one = indicator(world, target=THOUSAND)
    assert measure_due() == 1
    assert measure_due() == 0
    written = values(one)
    assert [value.label for value in written] == [period.label for period in reversed(period_at("month").back(12))]
    assert (written[0].numerator, written[0].value_micro, written[0].completion_bp) == (50_000, 500 * MICRO, 5_000)
    assert (written[1].value_micro, written[1].row_count) == (0, 0)
    bought(world, "500.00", 1, model="B")
    assert values(one)[0].numerator == 50_000
    with clock_at(timedelta(days=1)):
        assert measure_due() == 1
        assert measure_due() == 0
    assert sum(value.numerator for value in values(one)) == 100_000


def test_measuring_is_one_event_with_a_digest_and_raises_no_version(world: World) -> None:
    one, two = indicator(world), indicator(world, code="V2")
    measure_all()
    assert again(one).version == one.version
    event = db.session.scalars(sa.select(Event).where(Event.name == "organisation.measure_indicators")).one()
    facts = event.data["facts"]
    assert (facts["indicators"], facts["values"], len(facts["digest"])) == ([two.id, one.id], 24, 64)
    assert event.data["actor"]["channel"] == "system"
    assert event.data["audience"] == []


def test_a_share_of_nothing_is_no_data_and_not_zero(world: World) -> None:
    one = indicator(world, "on_time_delivery", target=90 * MICRO)
    measure_all()
    newest = values(one)[0]
    assert (newest.value_micro, newest.completion_bp, newest.denominator) == (None, None, 0)


def test_a_new_target_holds_from_the_running_period_on(world: World) -> None:
    one = indicator(world, target=THOUSAND)
    bought(world, "500.00", 1)
    measure_all()
    with clock_at(next_month()):
        do(indicators.set_target, one, world.actor("ops"), target=2 * THOUSAND, reason="年度调整")
        measure_all()
        newest, before = values(one)[:2]
    assert (newest.target_micro, before.target_micro) == (2 * THOUSAND, THOUSAND)
    assert before.completion_bp == 5_000
    with refuses("indicator_target"):
        do(indicators.set_target, one, world.actor("wang"), target=0, reason="x")
    for name in ("shen", "shu", "tao"):
        with refuses("not_yours"):
            do(indicators.set_target, one, world.actor(name), target=MICRO, reason="x")
    assert do(indicators.set_target, one, world.actor("wang"), target=None, reason="x").target_micro is None


def test_a_worker_that_rested_makes_up_for_it(world: World) -> None:
    one = indicator(world)
    measure_all()
    with clock_at(timedelta(days=95)):
        measure_all()
        labels = [period.label for period in reversed(period_at("month").back(15))]
    assert [value.label for value in values(one)][:12] == labels[:12]


def test_quarters_and_years_are_measured_as_such(world: World) -> None:
    bought(world, "500.00", 1)
    quarter, year = (indicator(world, code=span, span=span) for span in ("quarter", "year"))
    measure_all()
    assert values(quarter)[0].label == period_at("quarter").label
    assert values(year)[0].label == period_at("year").label
    assert values(year)[0].value_micro == 500 * MICRO


def test_a_retired_indicator_keeps_its_values_and_gets_no_more(world: World) -> None:
    one = indicator(world)
    measure_all()
    do(indicators.retire, one, world.actor("wang"), reason="不再考核")
    with clock_at(timedelta(days=1)):
        assert measure_due() == 0
    assert len(values(one)) == 12
    with refuses("wrong_state"):
        do(indicators.edit, one, world.actor("wang"), title_zh="新")


def test_the_park_begins_with_24_indicators_whose_words_are_there_in_both_languages(world: World) -> None:
    assert len(seeds.SEEDS) == 24
    assert len({seed.source for seed in seeds.SEEDS}) == 24
    with unit_of_work():
        owner = find(type(world.org("owner")), world.organisations["owner"], SYSTEM_ACTOR)
        assert seeds.seed_indicators(owner) == 24
    with unit_of_work():
        assert seeds.seed_indicators(owner) == 0
    assert measure_all() == 24
    rows = db.session.scalars(sa.select(Indicator).order_by(Indicator.code)).all()
    assert [row.code for row in rows] == [f"I{number:02d}" for number in range(1, 25)]
    for row in rows:
        assert row.source in QUESTIONS
        assert row.title_zh
        assert row.title_en
        assert row.definition_zh.endswith("。")
        assert row.definition_en.endswith(".")
        assert row.target_micro is not None


def test_a_park_is_founded_with_its_indicators(app: Flask) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(
        args=["park", "init", "--operator", "运营公司", "--operator-admin", "a@x.example", "--owner", "国有公司",
              "--owner-admin", "b@x.example"]
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Indicator)) == 24
