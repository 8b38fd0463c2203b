"""How lines, demands and offers look in the tables of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from app import i18n
from app.kernel.values import MICRO, Money
from app.sourcing.demands import definition_of
from app.sourcing.models import QuoteLine, RfqLine
from app.sourcing.schemas import DEVIATION_TITLES, KIND_TITLES

SIGNS: Final = {"at_least": "≥", "at_most": "≤", "equal": "="}
DEVIATION_TONES: Final = {"none": "good", "positive": "good", "negative": "stop"}


def amount_of(quantity_micro: int, unit: str) -> str:
    """2 台."""
    return i18n.counted(quantity_micro, unit)


def demand(given: Mapping[str, Any], category: str | None = None) -> str:
    """最高转速 ≥ 20000 rpm; a parameter of the line's category is named in the reader's language."""
    known = definition_of(category, given)
    name = known.name(i18n.language()) if known is not None else given["name"]
    words = {"range": _("between"), "one_of": _("one of")}
    sign = SIGNS.get(str(given["operator"])) or words.get(str(given["operator"]), "")
    return " ".join(part for part in (name, sign, given["value"], given.get("unit", "")) if part)


def demand_dict(given: Mapping[str, Any], category: str | None = None) -> dict[str, Any]:
    """A demand for a list: its words, whether it is mandatory, and in which units an answer is measured."""
    known = definition_of(category, given)
    units = known.unit_labels(i18n.language()) if known is not None else []
    return {"text": demand(given, category), "mandatory": bool(given.get("mandatory")),
            "typed": known is not None, "units": i18n.speak(units)}  # fmt: skip


def kind(line: RfqLine) -> str:
    """Goods or a service."""
    return i18n.say(KIND_TITLES[line.kind])


def unit_price(line: QuoteLine) -> str:
    """¥29.00, or ¥29.00 per 30."""
    price = i18n.money(line.price)
    if line.price_basis_micro == MICRO:
        return price
    return str(_("%(price)s per %(basis)s", price=price, basis=i18n.quantity(line.price_basis_micro)))


def days(number: int | None) -> str | None:
    """15 days; None where nothing is said."""
    return None if number is None else str(ngettext("%(num)d day", "%(num)d days", number))


def months(number: int | None) -> str | None:
    """24 months; None where nothing is said, or no warranty is given."""
    return None if not number else str(ngettext("%(num)d month", "%(num)d months", number))


def deviation(entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is offered against a demand, as a table cell."""
    if entry is None:
        return {"text": _("not answered"), "mark": None}
    word = str(entry["deviation"])
    return {"text": entry.get("offered") or None, "mark": (i18n.say(DEVIATION_TITLES[word]), DEVIATION_TONES[word])}


def receipt(digest: str | None) -> str:
    """A SHA-256 in groups of eight, which people compare more easily."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8)) if digest else "—"


def summed(total: Money) -> dict[str, Any]:
    """The amount of a record's header."""
    return {"label": _("Total, tax included"), "value": i18n.money(total), "words": i18n.money_words(total)}
