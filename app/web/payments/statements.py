"""Statements: the list, one statement line by line, and the same as CSV for the supplier's own books."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import raiseload

from app import i18n
from app.http import actor, signed_in
from app.kernel.lifecycle import visible
from app.kernel.pages import page
from app.kernel.values import Money
from app.payments.actions import statements as verbs
from app.payments.models import LINE_KINDS, Statement, StatementLine
from app.payments.schemas import LINE_WORDS
from app.web.core.directory import names, read, url_of
from app.web.core.pages import CURSOR_MOST_CHARS
from app.web.core.record import frame
from app.web.core.spreadsheets import csv_response
from app.web.ordering.shown import unit_of
from app.web.payments.blueprint import pages
from app.web.payments.shown import figure, may_begin, state_badge, strong

CSV_COLUMNS: Final = (
    "position", "time", "kind", "reference", "order", "entry", "currency", "gross", "commission", "vat", "amount",
    "balance",
)  # fmt: skip


@pages.get("/statements")
def statements() -> str:
    """The statements that the reader may see, newest first."""
    asking = signed_in()
    after = request.args.get("after", "")[:CURSOR_MOST_CHARS] or None
    found = page(visible(Statement, asking).options(raiseload(Statement.lines)), Statement, after=after)
    named = names(one.supplier_id for one in found.items)
    return render_template(
        "payments/statements.html",
        new=may_begin(verbs.open_statement, asking, "/statements/new"),
        rows=[
            [
                {"text": one.number or _("open"), "href": url_of(one)},
                {"badge": state_badge(one)},
                named.get(one.supplier_id),
                _period(one),
                {"text": i18n.money(one.closing), "strong": True} if one.number else None,
            ]
            for one in found.items
        ],
        next_url=f"/statements?{urlencode({'after': found.next})}" if found.next else None,
        first_url="/statements" if after else None,
    )


def _period(one: Statement) -> str:
    return f"{i18n.day(one.period_from)} – {i18n.day(one.last_day)}"


@pages.get("/statements/<id:record_id>")
def statement(record_id: str) -> str:
    """One statement: what stood, what moved by kind and line by line, what stands."""
    asking = actor()
    found: Statement = read(Statement, record_id, asking)
    context = frame(found, asking)
    context["amount"] = {
        "label": _("Closing balance"),
        "value": i18n.money(found.closing),
        "words": i18n.money_words(found.closing),
    }
    return render_template(
        "payments/statement.html",
        **context,
        figures=_figures(found),
        lines=[_line(line, found.currency) for line in found.lines],
        foot=_foot(found),
        unit=unit_of(found.currency),
        csv=f"/statements/{found.id}/lines.csv" if found.number else None,
    )


def _figures(one: Statement) -> list[tuple[str, str]]:
    """Opening, movements by kind with commission and its VAT apart, closing."""
    gross: dict[str, int] = defaultdict(int)
    for line in one.lines:
        gross[line.kind] += line.gross_minor
    fee = -sum(line.commission_minor for line in one.lines)
    vat = -sum(line.vat_minor for line in one.lines)
    rows = [(_("Opening balance"), one.opening.minor)]
    rows += [(i18n.say(LINE_WORDS[kind]), gross[kind]) for kind in LINE_KINDS if kind in gross]
    rows += [(_("Commission"), fee), (_("VAT on the commission"), vat), (_("Closing balance"), one.closing.minor)]
    return [(label, i18n.money(Money(minor, one.currency))) for label, minor in rows]


def _line(line: StatementLine, currency: str) -> list[Any]:
    reference = {"text": line.reference or None, "href": f"/orders/{line.order_id}" if line.order_id else None}
    return [
        {"text": i18n.say(LINE_WORDS[line.kind])},
        reference if line.order_id else (line.reference or None),
        i18n.when(line.at),
        i18n.amount(Money(line.gross_minor, currency)),
        figure(Money(-line.commission_minor, currency)),
        figure(Money(-line.vat_minor, currency)),
        strong(Money(line.amount_minor, currency)),
    ]


def _foot(one: Statement) -> list[Any]:
    total = [
        Money(sum(figures), one.currency)
        for figures in (
            [line.gross_minor for line in one.lines],
            [-line.commission_minor for line in one.lines],
            [-line.vat_minor for line in one.lines],
            [line.amount_minor for line in one.lines],
        )
    ]
    return [{"text": _("Total"), "span": 3, "strong": True}, *(strong(amount) for amount in total)]


@pages.get("/statements/<id:record_id>/lines.csv")
def lines_csv(record_id: str) -> Response:
    """The lines of a statement as CSV with a running balance: opening + amounts = closing."""
    found: Statement = read(Statement, record_id, actor())
    balance = found.opening.minor
    rows: list[list[Any]] = [
        [
            "0",
            found.period_from.isoformat(),
            "opening",
            "",
            "",
            "",
            found.currency,
            "",
            "",
            "",
            "",
            found.opening.amount,
        ]
    ]
    for line in found.lines:
        balance += line.amount_minor
        rows.append([
            line.position, line.at.isoformat(), line.kind, line.reference, line.order_id or "", line.entry_id,
            found.currency, *(Money(minor, found.currency).amount for minor in (
                line.gross_minor, -line.commission_minor, -line.vat_minor, line.amount_minor, balance)),
        ])  # fmt: skip
    return csv_response(found.number or found.id, CSV_COLUMNS, rows)
