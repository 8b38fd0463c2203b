"""Indicators of the small park: defined by its owner, asked and measured."""

from __future__ import annotations

from typing import Any

from app.indicators.actions import indicators
from app.indicators.models import Indicator, IndicatorValue
from app.indicators.questions import QUESTIONS
from app.kernel.db import db
from app.kernel.periods import Period, period_at
from app.kernel.values import MICRO
from tests.world import World
from tests.worlds.ordering import again, do

OWNER = "wang"


def indicator(
    world: World, source: str = "volume", *, code: str | None = None, by: str = OWNER, **given: Any
) -> Indicator:
    """An indicator of the owner over a named question, with a target of 50 of its units unless another is given."""
    usual = {"title_zh": f"指标 {source}", "title_en": f"Indicator {source}", "target": 50 * MICRO}
    home = world.homes[by]
    made: Indicator = do(
        indicators.define_indicator, world.org(home), world.actor(by), code=code or source[:12], source=source,
        **{**usual, **given},
    )  # fmt: skip
    return made


def answer(source: str, period: Period | None = None, **given: int) -> tuple[int, int, int, int | None]:
    """(sum of parts, sum of wholes, rows, value in millionths) of a question for this month or another period."""
    db.session.rollback()
    found = QUESTIONS[source].measure(period or period_at("month"), given)
    return found.numerator, found.denominator, found.row_count, found.value_micro


def values(one: Indicator) -> list[IndicatorValue]:
    """The values of an indicator, newest first, read anew."""
    return list(again(one).values)
