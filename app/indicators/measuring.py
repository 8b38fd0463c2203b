"""Once a day the worker asks every indicator's question: for the running period and for the one before.

A period that ended is asked once more after its end, and then its value stands, whatever happens later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
import structlog

from app.indicators.actions import indicators
from app.indicators.models import RECENT, Indicator, IndicatorValue
from app.indicators.questions import QUESTIONS
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.numbers import PARK_OFFSET
from app.kernel.periods import MONTHS, Period, period_at
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from app.kernel.worker import chore

log = structlog.get_logger(__name__)

BATCH: Final = 10
"""Indicators of one round, so that the worker's other duties do not wait for all of them."""


@chore("indicators")
def measure_due() -> int:
    """Measure some of the indicators that were not measured today; how many were."""
    with reading():
        due = list(db.session.scalars(_due(BATCH)))
    return sum(measure_one(indicator_id) for indicator_id in due)


def measure_all() -> int:
    """Measure every one that is due (for the seed and for tests)."""
    done = 0
    while more := measure_due():
        done += more
    return done


def _due(most: int) -> sa.Select[str]:
    today = sa.exists().where(
        IndicatorValue.indicator_id == Indicator.id, IndicatorValue.measured_at >= _midnight(now())
    )
    return sa.select(Indicator.id).where(Indicator.state == "active", ~today).order_by(Indicator.id).limit(most)


def _midnight(moment: datetime) -> datetime:
    """When the day began on the park's wall."""
    wall = moment + PARK_OFFSET
    return wall.replace(hour=0, minute=0, second=0, microsecond=0) - PARK_OFFSET


def measure_one(indicator_id: str) -> int:
    """Ask its question outside the writing transaction, which then only writes the answers down."""
    with reading():
        indicator = find(Indicator, indicator_id, SYSTEM_ACTOR)
        asked, given = QUESTIONS[indicator.source], dict(indicator.parameters)
        answers = [(period, asked.measure(period, given)) for period in periods_due(indicator)]
    with unit_of_work():
        held = find(Indicator, indicator_id, SYSTEM_ACTOR, lock=True)
        if held.state != "active":
            return 0
        indicators.measure(held, SYSTEM_ACTOR, measured=answers)
    return 1


def periods_due(indicator: Indicator) -> list[Period]:
    """The running period and those that have ended since it was measured last, with the one before; at first all."""
    running = period_at(indicator.span)
    last = indicator.latest
    if last is None:
        return running.back(RECENT)
    missed = (running.first_month - period_at(indicator.span, last.measured_at).first_month) // MONTHS[indicator.span]
    return running.back(min(missed + 2, RECENT))
