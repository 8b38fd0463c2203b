"""Money by month or quarter for owner, operator and auditor: chart, table and CSV of one currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext as _

from app import i18n
from app.http import signed_in
from app.kernel.errors import NOT_THERE
from app.kernel.periods import Period, period_at, period_named
from app.kernel.values import CURRENCIES, N_, Money
from app.payments.periods import FIGURES, KINDS, NO_SUCH_PERIOD, PeriodMoney, currencies, money_by_period
from app.web.charts import Series, columns
from app.web.core.spreadsheets import csv_response
from app.web.ordering.shown import unit_of
from app.web.payments.blueprint import pages

CHARTED: Final = ("paid_in", "released", "refunded", "held")
KIND_TITLES: Final = {"month": N_("By month"), "quarter": N_("By quarter")}
WAN: Final = 10_000
"""On the axis of a Chinese chart amounts in yuan are told in 万."""


@dataclass(frozen=True, slots=True)
class View:
    """Which money is looked at: a currency, months or quarters, up to which period."""

    currency: str
    kind: str
    last: Period
    newest: Period

    def address(self, path: str = "/money", **changed: Any) -> str:
        """The same view elsewhere, or another one."""
        to = self.last.label if self.last != self.newest else None
        query = {"currency": self.currency, "by": self.kind, "to": to} | changed
        return f"{path}?{urlencode({name: value for name, value in query.items() if value})}"


def view_asked(used: Sequence[str]) -> View:
    """The view that the address asks for. Refusal `no_such_period` for one that cannot be."""
    kind = request.args.get("by", "month")
    currency = request.args.get("currency", used[0] if used else "CNY")
    if kind not in KINDS or currency not in CURRENCIES:
        raise NO_SUCH_PERIOD()
    newest = period_at(kind)
    last = period_named(request.args["to"]) if "to" in request.args else newest
    if last is None or last.kind != kind or last > newest:
        raise NO_SUCH_PERIOD()
    return View(currency, kind, last, newest)


def context(used: Sequence[str]) -> dict[str, Any] | None:
    """What payments/money.html shows of the periods; None where no money ever moved."""
    if not used:
        return None
    view = view_asked(used)
    rows = money_by_period(view.currency, view.last, KINDS[view.kind])
    later = view.last.earlier(-KINDS[view.kind])
    return {
        "currency": view.currency,
        "unit": unit_of(view.currency),
        "kinds": [
            {"label": i18n.say(title), "href": view.address(by=kind, to=None), "current": kind == view.kind}
            for kind, title in KIND_TITLES.items()
        ],
        "currencies": [
            {"label": code, "href": view.address(currency=code), "current": code == view.currency} for code in used
        ],
        "legend": [i18n.say(FIGURES[figure]) for figure in CHARTED],
        "chart": _chart(rows, view.currency),
        "columns": [{"label": _("Period"), "main": True}]
        + [{"label": i18n.say(title), "num": True} for title in FIGURES.values()],
        "rows": [_row(one) for one in reversed(_begun(rows))],
        "csv": view.address("/money/periods.csv"),
        "earlier": view.address(to=view.last.earlier(KINDS[view.kind]).label),
        "later": view.address(to=min(later, view.newest).label if later < view.newest else None)
        if view.last != view.newest
        else None,
    }


def _begun(rows: Sequence[PeriodMoney]) -> Sequence[PeriodMoney]:
    """Without the periods before anything moved; the last one stays."""
    first = next((at for at, row in enumerate(rows) if any(row.figures.values())), len(rows) - 1)
    return rows[first:]


def _chart(rows: Sequence[PeriodMoney], currency: str) -> Any:
    series = [Series(figure, [row.figures[figure].minor for row in rows]) for figure in CHARTED]
    return columns([row.period.label for row in rows], series, lambda minor: _tick(minor, currency))


def _tick(minor: int, currency: str) -> str:
    """A figure at the axis in whole units, in 万 where Chinese is read."""
    whole = minor // 10 ** CURRENCIES[currency]
    if i18n.language() == "zh" and whole and whole % (WAN // 10) == 0:
        return f"{i18n.quantity(whole * 100)}万"
    return f"{whole:,}" if whole or not minor else i18n.amount(Money(minor, currency))


def _row(one: PeriodMoney) -> list[Any]:
    figures: Mapping[str, Money] = one.figures
    return [one.period.label, *(i18n.amount(figures[figure]) if figures[figure].minor else None for figure in FIGURES)]


@pages.get("/money/periods.csv")
def periods_csv() -> Response:
    """The table as CSV: exact amounts, zero where nothing moved."""
    if not signed_in().is_staff:
        raise NOT_THERE()
    view = view_asked(currencies())
    rows = money_by_period(view.currency, view.last, KINDS[view.kind])
    return csv_response(
        f"money-{view.currency}-{rows[0].period.label}-{rows[-1].period.label}",
        ["period", "currency", *FIGURES],
        [[row.period.label, view.currency, *(row.figures[figure].amount for figure in FIGURES)] for row in rows],
    )
