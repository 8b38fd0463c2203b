"""The statement of account of a supplier: opening, every movement with its commission and tax, closing."""

from __future__ import annotations

from typing import Any

from app import i18n
from app.kernel.actors import Actor
from app.kernel.values import Money
from app.papers.contents.common import head, organisations
from app.papers.words import breakable, day, minute, pair, party, sum_of
from app.payments.models import Statement, StatementLine
from app.payments.schemas import LINE_WORDS


def statement_content(statement: Statement, asking: Actor) -> dict[str, Any]:
    """What stands on the statement as it was frozen when it was issued."""
    del asking  # only the supplier and the platform read a statement, and they read all of it
    currency = statement.currency

    def figure(minor: int) -> str:
        return i18n.amount(Money(minor, currency))

    def summed(name: str) -> str:
        return figure(sum(getattr(line, name) for line in statement.lines))

    return {
        **head(statement, {"zh": "对账单", "en": "STATEMENT OF ACCOUNT"}),
        "supplier": party(organisations(statement.supplier_id)[statement.supplier_id]),
        "period": f"{day(statement.period_from)} – {day(statement.last_day)}",
        "issued_on": day(statement.issued_at),
        "agree_by": day(statement.agree_by),
        "currency": currency,
        "opening": figure(statement.opening_minor),
        "lines": [_line(line, currency) for line in statement.lines],
        "gross": summed("gross_minor"),
        "commission": summed("commission_minor"),
        "vat": summed("vat_minor"),
        "amount": summed("amount_minor"),
        "closing": sum_of(statement.closing),
    }


def _line(line: StatementLine, currency: str) -> dict[str, Any]:
    figures = {
        name: i18n.amount(Money(getattr(line, f"{name}_minor"), currency))
        for name in ("gross", "commission", "vat", "amount")
    }
    return {
        "position": line.position, "title": pair(LINE_WORDS[line.kind]), "reference": breakable(line.reference),
        "at": minute(line.at), **figures,
    }  # fmt: skip
