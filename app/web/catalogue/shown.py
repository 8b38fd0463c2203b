"""How a listing is told: names, prices with their tax, parameters; for result rows, pages and baskets alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _

from app import i18n
from app.catalogue import categories
from app.catalogue.models import Listing
from app.catalogue.parameters import Parameter, find, for_category
from app.kernel.values import MICRO, Money
from app.web.core.directory import Brief, register_brief

PARAMETER_COLUMNS: Final = 4
PARAMETER_DIGITS: Final = 6
"""Significant digits of a measured value."""


def brief(listing: Listing) -> Brief:
    """Title and price of a listing, for rows of the worklist."""
    return Brief(listing.name(i18n.language()), listing.price)


register_brief("listing", brief)


def name_of(stored: Mapping[str, Any]) -> str:
    """The name on a card in the reader's language, the model in front where the name does not say it."""
    zh, en = stored["name_zh"], stored["name_en"]
    own = str((zh or en) if i18n.language() == "zh" else (en or zh))
    model = str(stored["model"])
    return own if not model or model.casefold() in own.casefold() else f"{model} {own}"


def supplier_of(stored: Mapping[str, Any]) -> str:
    """The supplier's name on a card in the reader's language."""
    zh, en = stored["supplier_zh"], stored["supplier_en"]
    return str((zh or en) if i18n.language() == "zh" else (en or zh))


def price_of(stored: Mapping[str, Any]) -> Money | None:
    """The gross price on a card, or None: on request."""
    minor = stored["price_minor"]
    return None if minor is None else Money(minor, stored["currency"])


def price_note(vat_bp: int, basis_micro: int, unit: str) -> str:
    """What stands beneath a price: the tax in it, and what it buys."""
    tax = _("tax %(rate)s included", rate=i18n.percent(vat_bp))
    per = unit if basis_micro == MICRO else f"{i18n.quantity(basis_micro)} {unit}"
    return str(_("%(tax)s, per %(unit)s", tax=tax, unit=per))


def days(number: int | None) -> str | None:
    """A lead time in words."""
    return None if number is None else _("%(days)s days", days=number)


def spec_text(spec: Mapping[str, Any]) -> str:
    """One property in a line: "最高转速 21000 rpm"."""
    return " ".join(str(part) for part in (spec_name(spec), spec["value"], spec["unit"]) if part)


def spec_name(spec: Mapping[str, Any]) -> str:
    """What a property is called: a known parameter in the reader's language, another as the supplier wrote it."""
    known = find(str(spec["key"]))
    return known.name(i18n.language()) if known else str(spec["key"])


def columns_for(code: str | None) -> tuple[Parameter, ...]:
    """The parameters that get a column of their own in a category."""
    return for_category(code)[:PARAMETER_COLUMNS]


def measured(value: float | None) -> str | None:
    """A parameter's value without needless digits."""
    if value is None:
        return None
    text = f"{value:.{PARAMETER_DIGITS}g}"
    return f"{float(text):,.0f}" if "e" in text or float(text).is_integer() else text


def category_path(code: str) -> list[tuple[str, str]]:
    """(name, address) from the root of the catalogue down to a category."""
    return [(categories.name(one, i18n.language()), f"/catalogue?category={one}") for one in categories.path(code)]
