"""One indicator: its definition and target, its course as chart and table, and the records behind a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app import i18n
from app.http import actor
from app.indicators.models import Indicator, IndicatorValue
from app.indicators.queries import SourceRow, period_of, source_rows
from app.indicators.questions import QUESTIONS
from app.indicators.schemas import DIRECTION_TITLES, SPAN_TITLES
from app.kernel.db import Record
from app.kernel.lifecycle import BY_MODEL, lifecycle_of
from app.kernel.pages import BAD_CURSOR, PAGE_ROWS
from app.kernel.periods import Period, period_named
from app.web.charts import lines
from app.web.core.directory import Brief, label_of, names, read, register_brief, register_page, url_of
from app.web.core.record import badge, frame
from app.web.core.spreadsheets import csv_response
from app.web.indicators.blueprint import pages
from app.web.indicators.shown import completion_mark, figure, part, target_words, tick, trend, whole

CSV_ROWS = 10_000
"""Rows of one file; a value of a park counts far fewer."""

register_page("indicator", "indicators.indicator")
register_brief("indicator", lambda one: Brief(one.title_in(i18n.language())))


@pages.get("/indicators/<id:record_id>")
def indicator(record_id: str) -> str:
    """The page of one indicator; `period` chooses whose rows are shown."""
    asking = actor()
    found: Indicator = read(Indicator, record_id, asking)
    context = frame(found, asking)
    period = _period(found)
    chosen = next((value for value in found.values if period is not None and value.label == period.label), None)
    rows = source_rows(found, period, asking, after=_after(), limit=PAGE_ROWS) if period is not None else None
    named = names(party for one in (rows.items if rows else []) for party in _parties(one.record).values())
    context["amount"] = _amount(found, chosen)
    return render_template(
        "indicators/one.html",
        **context,
        definition=found.definition_in(i18n.language()),
        about=_about(found, named),
        chart=_chart(found),
        target=target_words(found),
        values=[_value_row(found, value, chosen) for value in _begun(found.recent, chosen)],
        period=period.label if period is not None else None,
        columns=_columns(found),
        rows=[_source_row(found, one, named) for one in rows.items] if rows else [],
        counted=chosen.row_count if chosen is not None else 0,
        next_url=_address(found, period, rows.next) if rows and rows.next else None,
        first_url=_address(found, period, None) if "after" in request.args else None,
        csv=f"/indicators/{found.id}/rows.csv?period={period.label}" if period is not None else None,
    )


def _begun(values: Sequence[IndicatorValue], chosen: IndicatorValue | None) -> Sequence[IndicatorValue]:
    """Newest first, without the periods before anything was there to count; the newest and the chosen one stay."""
    last = max((at for at, value in enumerate(values) if value.row_count or value is chosen), default=0)
    return values[: last + 1]


def _period(found: Indicator) -> Period | None:
    """The period asked for; the newest one without."""
    text = request.args.get("period")
    asked = period_named(text) if text is not None else None
    if text is not None and (asked is None or period_of(found, asked) is None):
        raise NotFound()
    return period_of(found, asked)


def _after() -> str | None:
    text = request.args.get("after")
    if text is not None and (len(text) > 30 or not text.replace("_", "").isalnum() or not text.isascii()):
        raise BAD_CURSOR()
    return text


def _address(found: Indicator, period: Period | None, after: str | None) -> str:
    query = {"period": period.label if period is not None else None, "after": after}
    return f"{url_of(found)}?{urlencode({name: value for name, value in query.items() if value})}#rows"


def _amount(found: Indicator, chosen: IndicatorValue | None) -> dict[str, Any] | None:
    if chosen is None:
        return None
    reached = completion_mark(chosen)
    return {
        "label": _("Value in %(period)s", period=chosen.label),
        "value": figure(chosen.value_micro, found.unit) or _("No data"),
        "more": [
            (_("Target"), target_words(found) or "—"),
            (_("Completion"), reached["mark"][0] if reached else "—"),
        ],
    }


def _about(found: Indicator, named: Mapping[str, str]) -> list[tuple[str, str | None]]:
    asked = QUESTIONS[found.source]
    given = asked.complete(found.parameters)
    return [
        (_("What is counted"), i18n.say(asked.title)),
        *((i18n.say(one.title), str(given[name])) for name, one in asked.parameters.items()),
        (_("Direction"), i18n.say(DIRECTION_TITLES[found.direction])),
        (_("Target"), target_words(found)),
        (_("Measured"), i18n.say(SPAN_TITLES[found.span])),
        (_("Last measured"), i18n.when(found.latest.measured_at) if found.latest is not None else None),
    ]


def _chart(found: Indicator) -> Any:
    course = trend(found)
    return lines(
        [value.label for value in course], [value.value_micro for value in course], found.target_micro,
        lambda micro: tick(micro, found.unit),
    )  # fmt: skip


def _value_row(found: Indicator, value: IndicatorValue, chosen: IndicatorValue | None) -> dict[str, Any]:
    shown = figure(value.value_micro, found.unit)
    return {
        "current": value is chosen,
        "cells": [
            {"text": value.label, "href": _address(found, value.period, None)},
            {"text": shown, "strong": True} if shown is not None else {"text": _("No data")},
            part(value.numerator, found) if value.row_count else None,
            whole(value.denominator, found) if value.row_count else None,
            f"{value.row_count:,}",
            figure(value.target_micro, found.unit),
            completion_mark(value),
        ],
    }


def _parties(record: Record) -> dict[str, str]:
    return {name: org for name in record.__parties__ if (org := record.party(name)) and org != record.id}


def _columns(found: Indicator) -> list[dict[str, Any]]:
    kind = i18n.say(BY_MODEL[QUESTIONS[found.source].model].title)
    heads: list[dict[str, Any]] = [
        {"label": kind, "main": True},
        {"label": _("State"), "state": True},
        {"label": _("Parties"), "wide": True},
        {"label": _("Counts with"), "num": True},
    ]
    return heads if whole(0, found) is None else [*heads, {"label": _("Out of"), "num": True}]


def _source_row(found: Indicator, one: SourceRow, named: Mapping[str, str]) -> list[Any]:
    parties = " → ".join(named[org] for org in _parties(one.record).values() if org in named)
    cells: list[Any] = [
        {"text": label_of(one.record), "href": url_of(one.record)},
        {"badge": badge(lifecycle_of(one.record), one.record.state)},
        parties or None,
        part(one.part, found),
    ]
    out_of = whole(one.whole, found)
    return cells if out_of is None else [*cells, out_of]


@pages.get("/indicators/<id:record_id>/rows.csv")
def rows_csv(record_id: str) -> Response:
    """The records behind a value: id, number, state, part and whole."""
    asking = actor()
    found: Indicator = read(Indicator, record_id, asking)
    period = _period(found)
    rows = source_rows(found, period, asking, limit=CSV_ROWS).items if period is not None else []
    return csv_response(
        f"{found.id}-{period.label}" if period is not None else found.id,
        ["id", "label", "state", "part", "whole"],
        [[one.record.id, label_of(one.record), one.record.state, one.part, one.whole] for one in rows],
    )
