"""The request for quotation, which all who read it read alike, and the comparison of the quotes that were opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from app import i18n
from app.kernel.actors import Actor
from app.kernel.values import MICRO, Money
from app.papers.contents.common import head, organisations, person_name
from app.papers.words import breakable, day, minute, pair, party, sum_of
from app.sourcing.comparison import Cell, Column, Comparison, comparison
from app.sourcing.lifecycles import AWARD
from app.sourcing.models import Award, QuoteLine, Rfq, RfqLine
from app.sourcing.queries import awards_of

SIGNS: Final = {"at_least": "≥", "at_most": "≤", "equal": "=", "range": "∈", "one_of": "∈"}
SUPPLIERS_ACROSS: Final = 4
"""So many suppliers stand side by side; the others follow in tables of their own."""


def rfq_content(rfq: Rfq, asking: Actor) -> dict[str, Any]:
    """What stands on the request: lines with demands, place, deadline; never who else is invited."""
    del asking  # whoever reads the request reads all of this
    return {
        **head(rfq, {"zh": "询价单", "en": "REQUEST FOR QUOTATION"}),
        "subject": breakable(rfq.title),
        "description": breakable(rfq.description),
        "buyer": party(organisations(rfq.buyer_id)[rfq.buyer_id], person_name(rfq.person_id)),
        "published_on": day(rfq.published_at),
        "deadline": minute(rfq.deadline),
        "delivery_place": breakable(rfq.delivery_place),
        "deliver_by": day(rfq.deliver_by),
        "currency": rfq.currency,
        "amendment": rfq.amendment,
        "lines": [_wanted(line) for line in rfq.lines],
        "answers": [
            {"question": breakable(one.question), "answer": breakable(one.answer or "")}
            for one in rfq.questions
            if one.answer
        ],
    }


def _wanted(line: RfqLine) -> dict[str, Any]:
    return {
        "position": line.position,
        "title": breakable(line.title),
        "description": breakable(line.description),
        "unit": breakable(line.unit),
        "quantity": i18n.quantity(line.quantity_micro),
        "demands": [
            {"words": breakable(_demand(one)), "mandatory": bool(one.get("mandatory"))} for one in line.demands
        ],
    }


def _demand(one: Mapping[str, Any]) -> str:
    sign = SIGNS.get(str(one["operator"]), "")
    return " ".join(part for part in (one["name"], sign, one["value"], one.get("unit", "")) if part)


def comparison_content(rfq: Rfq, asking: Actor) -> dict[str, Any]:
    """What stands on the comparison: the opened quotes that the reader may read, line by line, and what was decided."""
    compared = comparison(rfq, asking)
    groups = [compared.columns[at : at + SUPPLIERS_ACROSS] for at in range(0, len(compared.columns), SUPPLIERS_ACROSS)]
    return {
        **head(rfq, {"zh": "报价比较表", "en": "COMPARISON OF QUOTES"}),
        "subject": breakable(rfq.title),
        "buyer": party(organisations(rfq.buyer_id)[rfq.buyer_id], person_name(rfq.person_id)),
        "deadline": minute(rfq.deadline),
        "quotes": len(compared.columns),
        "invited": rfq.invited_count,
        "currency": rfq.currency,
        "groups": [_group(compared, group) for group in groups],
        "best": _best(compared),
        "awards": [_award(one, compared) for one in awards_of(rfq, asking)],
    }


def _group(compared: Comparison, columns: Sequence[Column]) -> dict[str, Any]:
    ids = {column.quote.id for column in columns}
    places = [at for at, column in enumerate(compared.columns) if column.quote.id in ids]
    return {
        "columns": [_column(column, compared) for column in columns],
        "rows": [
            {
                "position": line.position,
                "title": breakable(line.title),
                "wanted": f"{i18n.quantity(line.quantity_micro)} {line.unit}".strip(),
                "cells": [_cell(cells[at], compared, _lowest(cells)) for at in places],
            }
            for line, cells in compared.rows
        ],
    }


def _column(column: Column, compared: Comparison) -> dict[str, Any]:
    positive, none, negative = column.deviations
    best = compared.best is not None and compared.best.quote.id == column.quote.id
    return {
        "name": {"zh": column.supplier.name("zh"), "en": column.supplier.name("en")},
        "number": column.quote.number,
        "total": i18n.amount(column.total),
        "missing": column.missing,
        "ranked": column.ranked,
        "best": best,
        "deviations": f"{positive} / {none} / {negative}",
        "warranty": column.warranty_months,
        "lead_time": column.lead_time_days,
        "valid_until": day(column.quote.valid_until),
    }


def _lowest(cells: Sequence[Cell]) -> Fraction | None:
    """The lowest unit price of a line among the offers that meet its mandatory demands, whatever was awarded since."""
    fit = [cell.unit_price for cell in cells if cell.offer is not None and not _excluded(cell, cell.offer)]
    return min(fit, default=None)


def _cell(cell: Cell, compared: Comparison, lowest: Fraction | None) -> dict[str, Any] | None:
    offer = cell.offer
    if offer is None:
        return None
    currency = compared.rfq.currency
    return {
        "price": i18n.amount(Money(offer.price_minor, currency)),
        "basis": i18n.quantity(offer.price_basis_micro) if offer.price_basis_micro != MICRO else None,
        "quantity": i18n.quantity(offer.quantity_micro),
        "amount": i18n.amount(Money(offer.amount_minor, currency)),
        "model": breakable(" ".join(part for part in (offer.brand, offer.model) if part)),
        "flags": [pair(flag) for flag in cell.flags],
        "excluded": _excluded(cell, offer),
        "lowest": cell.unit_price == lowest and not _excluded(cell, offer),
    }


def _excluded(cell: Cell, offer: QuoteLine) -> bool:
    """Whether a mandatory demand is not met."""
    worse = {entry["index"] for entry in offer.deviations if entry["deviation"] == "negative"}
    return any(one.get("mandatory") and index in worse for index, one in enumerate(cell.line.demands))


def _best(compared: Comparison) -> dict[str, Any] | None:
    best = compared.best
    if best is None:
        return None
    return {"name": best.supplier.name("zh"), "total": sum_of(best.total)}


def _award(award: Award, compared: Comparison) -> dict[str, Any]:
    titles = {line.id: line for line in compared.lines}
    suppliers = organisations(*(line.supplier_id for line in award.lines))
    return {
        "number": award.number or "",
        "state": pair(AWARD.states[award.state].title),
        "reason": breakable(award.reason),
        "total": sum_of(award.total),
        "lines": [
            {
                "position": line.position,
                "title": breakable(titles[line.rfq_line_id].title),
                "supplier": suppliers[line.supplier_id].name("zh"),
                "quantity": f"{i18n.quantity(line.quantity_micro)} {titles[line.rfq_line_id].unit}".strip(),
                "amount": i18n.amount(line.amount),
            }
            for line in award.lines
        ],
    }
