"""`/indicators`: every indicator with value, target, completion and trend; and the same as CSV."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from app import i18n
from app.http import own_organisation, signed_in
from app.indicators.actions.indicators import INDICATOR, define_indicator
from app.indicators.models import Indicator
from app.indicators.queries import listed
from app.kernel.actors import Actor
from app.kernel.errors import NOT_THERE
from app.kernel.shapes import Percent, Quantity
from app.web.charts import sparkline
from app.web.core.directory import url_of
from app.web.core.pages import NO_SUCH_VIEW
from app.web.core.spreadsheets import csv_response
from app.web.indicators.blueprint import pages
from app.web.indicators.shown import completion_mark, figure, target_words, trend

CSV_COLUMNS = (
    "code", "title_zh", "title_en", "unit", "direction", "period", "numerator", "denominator", "rows", "value",
    "target", "completion_percent", "measured_at",
)  # fmt: skip


@pages.get("/indicators")
def indicators() -> str:
    """The list, in use or retired."""
    asking = _staff()
    state = request.args.get("state", "active")
    if state not in INDICATOR.states:
        raise NO_SUCH_VIEW()
    rows = listed(asking, state)
    measured = max((one.latest.measured_at for one in rows if one.latest is not None), default=None)
    return render_template(
        "indicators/list.html",
        note=_("Measured %(when)s", when=i18n.when(measured)) if measured is not None else None,
        tabs=[
            {"label": i18n.say(one.title), "href": f"/indicators?state={one.name}", "current": one.name == state}
            for one in INDICATOR.states.values()
        ],
        rows=[_row(one) for one in rows],
        new=_new(asking),
        retired=state != "active",
        csv=f"/indicators.csv?state={state}",
    )


def _staff() -> Actor:
    asking = signed_in()
    if not asking.is_staff:
        raise NOT_THERE()
    return asking


def _new(asking: Actor) -> tuple[str, str] | None:
    if not define_indicator.by.admits(asking, own_organisation(asking)):
        return None
    return i18n.say(define_indicator.title), "/indicators/new"


def _row(one: Indicator) -> list[Any]:
    """One indicator: the period that ended last is held against the target; what is running stands beside it."""
    told, running = one.telling, one.latest
    value = figure(told.value_micro, one.unit) if told is not None else None
    so_far = figure(running.value_micro, one.unit) if running is not None and running is not told else None
    return [
        {"text": one.title_in(i18n.language()), "href": url_of(one), "note": one.code},
        told.label if told is not None else None,
        {"text": value, "strong": True} if value is not None else {"text": _("No data")},
        target_words(one),
        completion_mark(told),
        so_far,
        sparkline([value.value_micro for value in trend(one) if told is None or value.since <= told.since]) or None,
    ]


@pages.get("/indicators.csv")
def indicators_csv() -> Response:
    """Every value of the newest periods, one row each."""
    asking = _staff()
    state = request.args.get("state", "active")
    if state not in INDICATOR.states:
        raise NO_SUCH_VIEW()
    rows = [
        [
            one.code, one.title_zh, one.title_en, one.unit, one.direction, value.label, value.numerator,
            value.denominator, value.row_count, Quantity()._serialize(value.value_micro, None, None),
            Quantity()._serialize(value.target_micro, None, None),
            Percent()._serialize(value.completion_bp, None, None), value.measured_at.isoformat(),
        ]
        for one in listed(asking, state)
        for value in one.recent
    ]  # fmt: skip
    return csv_response("indicators", CSV_COLUMNS, rows)
