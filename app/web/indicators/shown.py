"""How values, parts and completions of indicators look."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext as _

from app import i18n
from app.indicators.models import WHOLE_BP, Indicator, IndicatorValue
from app.indicators.questions import QUESTIONS
from app.indicators.questions.registry import DAY_SECONDS, MICRO_PER_MINOR
from app.kernel.values import MICRO, Money, half_up

SHOWN_PLACES: Final = 10_000
"""Values are shown with two decimals: in steps of so many millionths."""


def figure(value_micro: int | None, unit: str) -> str | None:
    """A value in its unit; None where there is none, which is not zero."""
    if value_micro is None:
        return None
    if unit == "yuan":
        return i18n.money(Money(half_up(value_micro, MICRO_PER_MINOR), "CNY"))
    text = i18n.quantity(half_up(value_micro, SHOWN_PLACES) * SHOWN_PLACES)
    if unit == "percent":
        return f"{text}%"
    return _("%(number)s days", number=text) if unit == "days" else text


def tick(value_micro: int, unit: str) -> str:
    """A value at the axis of a chart, short."""
    if unit == "yuan" and i18n.language() == "zh" and value_micro % (1_000 * MICRO) == 0 and value_micro:
        return f"{i18n.quantity(value_micro // 10_000)}万"
    return i18n.quantity(value_micro) + ("%" if unit == "percent" else "")


def target_words(indicator: Indicator) -> str | None:
    """At least or at most how much."""
    text = figure(indicator.target_micro, indicator.unit)
    return text and (f"≥ {text}" if indicator.direction == "up" else f"≤ {text}")


def completion_mark(value: IndicatorValue | None) -> dict[str, Any] | None:
    """How far the target was reached, in word, colour and symbol."""
    reached = value.completion_bp if value is not None else None
    if reached is None:
        return None
    good = reached >= WHOLE_BP
    whole = f"{reached // 100:,}%"
    return {"mark": (whole, "good", "check-circle") if good else (whole, "waiting", "triangle")}


def part(number: int, indicator: Indicator) -> str:
    """A sum of parts or wholes as its question counts them."""
    of = QUESTIONS[indicator.source].of
    if of == "money":
        return i18n.money(Money(number, "CNY"))
    if of == "seconds":
        days = i18n.quantity(half_up(number * MICRO, DAY_SECONDS * SHOWN_PLACES) * SHOWN_PLACES)
        return str(_("%(number)s days", number=days))
    return f"{number:,}"


def whole(number: int, indicator: Indicator) -> str | None:
    """The whole that the parts are divided by: money like them, else a number; nothing where nothing is divided."""
    if indicator.unit in ("number", "yuan"):
        return None
    return part(number, indicator) if QUESTIONS[indicator.source].of == "money" else f"{number:,}"


def trend(indicator: Indicator) -> list[IndicatorValue]:
    """The newest values, oldest first."""
    return list(reversed(indicator.recent))
