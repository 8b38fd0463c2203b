"""Once a day the worker asks every indicator's question: for the running period and for the one before.

A period that ended is asked once more after its end, and then its value stands, whatever happens later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.indicators.actions import indicators
from app.indicators.models import RECENT, Indicator, IndicatorValue
from app.indicators.questions import QUESTIONS
from app.indicators.questions.registry import Measured
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.chores import chore
from app.kernel.db import db
from app.kernel.lifecycle import find, visible
from app.kernel.numbers import PARK_OFFSET
from app.kernel.periods import MONTHS, Period, period_at
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work

LOOK_EVERY: Final = timedelta(minutes=10)
BATCH: Final = 100
"""Indicators of one transaction and one event; a park has 24."""


def measure_due() -> int:
    """Measure the indicators that were not measured today; how many were.

    Their questions are asked outside the writing transaction, which then only writes the answers down.
    """
    with reading():
        due = list(db.session.scalars(_due(BATCH)))
        owner = db.session.scalar(sa.select(Organisation.id).where(Organisation.platform == "owner"))
        if not due or owner is None:
            return 0
        asked = {one.id: _answers(one) for one in db.session.scalars(_these(due))}
    with unit_of_work():
        home = find(Organisation, owner, SYSTEM_ACTOR, lock=True)
        held = db.session.scalars(_these(due).where(Indicator.state == "active")).all()
        indicators.measure_indicators(home, SYSTEM_ACTOR, measured=[(one, asked[one.id]) for one in held])
    return len(held)


def _these(ids: list[str]) -> Any:
    return visible(Indicator, SYSTEM_ACTOR).where(Indicator.id.in_(ids)).order_by(Indicator.code)


def _answers(indicator: Indicator) -> list[tuple[Period, Measured]]:
    asked = QUESTIONS[indicator.source]
    return [(period, asked.measure(period, indicator.parameters)) for period in periods_due(indicator)]


@chore("indicators", LOOK_EVERY)
def measure_all() -> int:
    """Measure every one that is due."""
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


def periods_due(indicator: Indicator) -> list[Period]:
    """The running period and those that have ended since it was measured last, with the one before; at first all."""
    running = period_at(indicator.span)
    last = indicator.latest
    if last is None:
        return running.back(RECENT)
    missed = (running.first_month - period_at(indicator.span, last.measured_at).first_month) // MONTHS[indicator.span]
    return running.back(min(missed + 2, RECENT))
