"""Indicator: defined by owner or operator, measured by the worker; the past keeps the target that it had."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.indicators.models import Indicator, IndicatorValue
from app.indicators.questions import QUESTIONS
from app.indicators.questions.registry import Measured
from app.indicators.schemas import IndicatorInput, IndicatorOut, TargetInput, WordsInput
from app.kernel.actors import SYSTEM, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.events import canonical
from app.kernel.lifecycle import Lifecycle, State, fresh, hush, say
from app.kernel.periods import Period
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import note

CODE_TAKEN = refusal("indicator_code_taken", CONFLICT, N_("Another indicator has the code %(code)s."))
NO_SUCH_PARAMETER = refusal(
    "indicator_parameter", INVALID, N_("This question has no parameter %(name)s, or not with this value.")
)
TARGET_OF_NOTHING = refusal(
    "indicator_target", INVALID, N_("Where more is better, a target of nothing would always be met.")
)

KEEPERS: Final = platform("owner", "owner") | platform("system_admin", "operator")
"""Who keeps the list of indicators."""

INDICATOR = Lifecycle(
    "indicator",
    Indicator,
    [
        State("active", N_("in use"), "good", N_("It is measured once a day.")),
        State("retired", N_("retired"), "draft", N_("It is no longer measured; its values stay."), final=True),
    ],
    title=N_("Indicator"),
    collection="indicators",
    main_path="active",
    shape=IndicatorOut,
)


@ORGANISATION.action(
    "admitted -> =", by=who("owner|system_admin", "self") | SYSTEM, takes=IndicatorInput, makes=INDICATOR,
    title=N_("Define an indicator"),
)  # fmt: skip
def define_indicator(
    organisation: Organisation, actor: Actor, *, code: str, title_zh: str, source: str, title_en: str = "",
    definition_zh: str = "", definition_en: str = "", parameters: Sequence[dict[str, Any]] = (), span: str = "month",
    target: int | None = None,
) -> Indicator:  # fmt: skip
    """The owner or the operator says what is measured, by which question, and against which target."""
    del organisation
    asked = QUESTIONS[source]
    given = {one["name"]: one["value"] for one in parameters}
    for name, value in given.items():
        known = asked.parameters.get(name)
        if known is None or not known.least <= value <= known.most:
            raise NO_SUCH_PARAMETER(name=name, fields={"parameters": [NO_SUCH_PARAMETER(name=name)]})
    _reachable(asked.direction, target)
    if db.session.scalar(sa.select(Indicator.id).where(Indicator.code == code)) is not None:
        raise CODE_TAKEN(code=code, fields={"code": [CODE_TAKEN(code=code)]})
    note(source=source, target=target)
    return fresh(
        Indicator, code=code, title_zh=title_zh, title_en=title_en, definition_zh=definition_zh,
        definition_en=definition_en, source=source, parameters=asked.complete(given), unit=asked.unit,
        direction=asked.direction, span=span, target_micro=target, proposer_id=actor.person_id,
    )  # fmt: skip


def _reachable(direction: str, target: int | None) -> None:
    if target == 0 and direction == "up":
        raise TARGET_OF_NOTHING(fields={"target": [TARGET_OF_NOTHING.words]})


@INDICATOR.action("active -> =", by=KEEPERS, takes=TargetInput, title=N_("Change the target"), primary=True)
def set_target(indicator: Indicator, actor: Actor, *, reason: str, target: int | None = None) -> None:
    """The target changes from the next measuring on; periods that are over keep the one they had."""
    del actor
    _reachable(indicator.direction, target)
    say(reason)
    note(before=indicator.target_micro, after=target)
    indicator.target_micro = target


@INDICATOR.action("active -> =", by=KEEPERS, takes=WordsInput, title=N_("Edit the definition"))
def edit(
    indicator: Indicator, actor: Actor, *, title_zh: str, title_en: str = "", definition_zh: str = "",
    definition_en: str = "",
) -> None:  # fmt: skip
    """Its words change, not what is counted: for that another indicator is defined."""
    del actor
    indicator.title_zh, indicator.title_en = title_zh, title_en
    indicator.definition_zh, indicator.definition_en = definition_zh, definition_en


@INDICATOR.action("active -> retired", by=KEEPERS, takes=ReasonInput, title=N_("Retire"), dangerous=True)
def retire(indicator: Indicator, actor: Actor, *, reason: str) -> None:
    """It is no longer measured; its values stay."""
    del indicator, actor
    say(reason)


Answers = Sequence[tuple[Period, Measured]]


@ORGANISATION.action("* -> =", by=SYSTEM, touches=False, title=N_("Measure the indicators"))
def measure_indicators(
    organisation: Organisation, actor: Actor, *, measured: Sequence[tuple[Indicator, Answers]]
) -> None:
    """What their questions answered is written down, with the targets that hold now: one event with its digest."""
    del organisation, actor
    written = [_write(indicator, period, found) for indicator, answers in measured for period, found in answers]
    digest = hashlib.sha256(canonical(written).encode()).hexdigest()
    note(indicators=[indicator.id for indicator, _ in measured], values=len(written), digest=digest)
    hush()


def _write(indicator: Indicator, period: Period, found: Measured) -> list[Any]:
    """Write one value down; what was written, for the digest."""
    value = next((one for one in indicator.values if one.label == period.label), None)
    moment = now()
    if value is None or moment < period.until:  # a period that is over keeps its target
        if value is None:
            value = IndicatorValue(label=period.label, since=period.since)
            indicator.values.append(value)
        value.target_micro, value.direction = indicator.target_micro, indicator.direction
    value.numerator, value.denominator = found.numerator, found.denominator
    value.row_count, value.value_micro, value.measured_at = found.row_count, found.value_micro, moment
    return [indicator.id, period.label, found.numerator, found.denominator, found.row_count, value.target_micro]
