"""Money by period for programs: what the page of owner, operator and auditor shows."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import Schema, fields

from app.api.resources import BAD_QUERY, api
from app.http import signed_in
from app.kernel.errors import NOT_THERE
from app.kernel.periods import period_at, period_named
from app.kernel.shapes import MoneyField
from app.kernel.values import CURRENCIES, N_
from app.payments.periods import FIGURES, KINDS, currencies, money_by_period

NAMES: Final = ("by", "currency", "to")

PeriodOut: Final = Schema.from_dict(
    {"period": fields.String()} | {name: MoneyField() for name in FIGURES}, name="MoneyPeriod"
)
"""One period: what came in and went out in it, and what was held at its end."""


@api.get("/money/periods")
def money_periods() -> Response:
    """The figures of one currency, period by period, oldest first."""
    if not signed_in().is_staff:
        raise NOT_THERE()
    unknown = sorted(set(request.args) - set(NAMES))
    if unknown:
        raise BAD_QUERY(name=unknown[0], fields={name: [N_("Unknown field.")] for name in unknown})
    kind = request.args.get("by", "month")
    if kind not in KINDS:
        raise _wrong("by")
    currency = request.args.get("currency") or next(iter(currencies()), "CNY")
    if currency not in CURRENCIES:
        raise _wrong("currency")
    newest = period_at(kind)
    last = period_named(request.args["to"]) if "to" in request.args else newest
    if last is None or last.kind != kind or last > newest:
        raise _wrong("to")
    rows = money_by_period(currency, last, KINDS[kind])
    items = [PeriodOut().dump({"period": row.period.label, **row.figures}) for row in rows]
    return jsonify(currency=currency, by=kind, items=items)


def _wrong(name: str) -> Exception:
    return BAD_QUERY(name=name, fields={name: [N_("Not one of the choices.")]})


def describe(spec: APISpec, answer: Any, problems: Any) -> None:
    """Add the route to the description."""
    page = {
        "type": "object", "required": ["currency", "by", "items"],
        "properties": {"currency": {"type": "string"}, "by": {"type": "string"},
                       "items": {"type": "array", "items": PeriodOut}},
    }  # fmt: skip
    spec.path("/api/v1/money/periods", operations={"get": {
        "operationId": "money_periods", "tags": ["money"],
        "summary": "Money by month (12) or quarter (8), from the ledger's postings; for operator, owner and auditor",
        "parameters": [
            {"in": "query", "name": "by", "schema": {"type": "string", "enum": list(KINDS)}},
            {"in": "query", "name": "currency", "schema": {"type": "string", "maxLength": 3}},
            {"in": "query", "name": "to", "description": "The last period: 2026-11 or 2026-Q4",
             "schema": {"type": "string", "maxLength": 7}},
        ],
        "responses": {"200": answer("Periods, oldest first", page),
                      **problems("401", "404", "405", "409", "422", "503")},
    }})  # fmt: skip
