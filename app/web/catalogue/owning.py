"""The total cost of ownership beneath a comparison: what is assumed, in a form, and what it comes to."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import i18n
from app.catalogue.comparing import question
from app.catalogue.comparing.cost import PARTS, Cost
from app.catalogue.comparing.question import OWN, Asked
from app.catalogue.comparing.table import Table
from app.kernel.values import Money, quantity_text

YEARLY: Final = frozenset({"consumables", "maintenance"})
POINT_MICRO: Final = 10_000
"""A basis point in millionths of a percent."""


def shown_cost(found: Table, asked: Asked) -> dict[str, Any]:
    """The form of assumptions with what was typed and what is wrong with it, and the table of costs."""
    costs, wrong = question.costs(found, asked)
    problems = {**asked.problems, **wrong}
    least = _least(costs)
    return {
        "common": [_control(name, asked, problems) for name in ("years", "hours", "kwh", "kwh_currency",
                                                                "maintenance_rate", "discount_rate")],
        "own": [
            {"name": one.listing.name(i18n.language()), "model": one.listing.model,
             "fields": [_own(part, one.listing.id, one.listing.currency, asked, problems) for part in OWN]}
            for one in found.offered
        ],
        "own_open": any(name in asked.typed for name in question.own_names(asked.ids)),
        "errors": [(name, i18n.speak(words)) for name, words in problems.items()],
        "rows": [_total(costs, least), *(_part(code, costs) for code in PARTS)],
        "title": ngettext("Cost of ownership over %(num)d year", "Cost of ownership over %(num)d years",
                          asked.assumed.years),
        "mixed": len({one.currency for one in costs}) > 1,
    }  # fmt: skip


def _control(name: str, asked: Asked, problems: dict[str, object]) -> dict[str, Any]:
    assumed = asked.assumed
    known: dict[str, tuple[str, str, dict[str, Any]]] = {
        "years": (_("Years of use"), str(assumed.years), {"kind": "number"}),
        "hours": (_("Running hours in a year"), str(assumed.hours), {"kind": "number"}),
        "kwh": (_("Price of a kilowatt-hour"), format(assumed.kwh, "f"), {"kind": "number"}),
        "kwh_currency": (_("Currency of the electricity"), assumed.currency, {"attrs": {"maxlength": 3}}),
        "maintenance_rate": (
            _("Maintenance in a year, share of the price"), quantity_text(assumed.maintenance_bp * POINT_MICRO),
            {"kind": "number", "unit": "%"},
        ),
        "discount_rate": (
            _("Discount rate in a year"), quantity_text(assumed.discount_bp * POINT_MICRO),
            {"kind": "number", "unit": "%", "hint": _("0 adds all years up as they are.")},
        ),
    }  # fmt: skip
    label, value, more = known[name]
    wrong = problems.get(name)
    return {
        "name": name, "label": label, "value": asked.typed.get(name, value) if wrong else value,
        "error": i18n.speak(wrong) if wrong else None, **more,
    }  # fmt: skip


def _own(part: str, listing_id: str, currency: str, asked: Asked, problems: dict[str, object]) -> dict[str, Any]:
    name = f"{part}-{listing_id}"
    wrong = problems.get(name)
    title = i18n.say(PARTS[part])
    return {
        "name": name, "label": _("%(part)s in a year", part=title) if part in YEARLY else title, "kind": "money",
        "currency": currency, "value": asked.typed.get(name, ""), "optional": True,
        "error": i18n.speak(wrong) if wrong else None, "attrs": {"maxlength": 30},
    }  # fmt: skip


def _least(costs: list[Cost]) -> int | None:
    """The lowest total, where all are complete and in one currency; otherwise none is called the lowest."""
    comparable = len(costs) > 1 and len({one.currency for one in costs}) == 1 and not any(one.unknown for one in costs)
    return min(one.known for one in costs) if comparable else None


def _total(costs: list[Cost], least: int | None) -> dict[str, Any]:
    return {"label": _("Total"), "cells": [_total_cell(one, least) for one in costs]}


def _total_cell(one: Cost, least: int | None) -> dict[str, Any]:
    words = i18n.money(Money(one.known, one.currency))
    if one.unknown:
        missing = i18n.speak([PARTS[code] for code in one.unknown])
        return {"text": words, "strong": True, "mark": (_("without: %(parts)s", parts=missing), "waiting")}
    cell: dict[str, Any] = {"text": words, "strong": True}
    return cell | ({"mark": (_("lowest"), "good")} if one.known == least else {})


def _part(code: str, costs: list[Cost]) -> dict[str, Any]:
    parts = [next(part for part in one.parts if part.code == code) for one in costs]
    return {
        "label": i18n.say(PARTS[code]),
        "cells": [
            {"text": _("amount unknown"), "quiet": True, "note": i18n.say(part.why)} if part.minor is None
            else {"text": i18n.money(Money(part.minor, one.currency)), "note": i18n.say(part.why) or None}
            for part, one in zip(parts, costs, strict=True)
        ],
    }  # fmt: skip
