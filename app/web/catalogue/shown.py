"""How a listing is told: names, prices with their tax, parameters; for result rows, pages and baskets alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from flask_babel import gettext as _

from app import i18n
from app.catalogue import specs
from app.catalogue.models import Listing
from app.catalogue.taxonomy import values
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.tree import tree
from app.kernel.values import MICRO, Money
from app.web.core.directory import Brief, register_brief

PARAMETER_COLUMNS: Final = 4
LATER: Final = frozenset({"site", "compliance"})
"""Groups of attributes that every instrument has: they tell the least about one."""


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


def brand_of(stored: Mapping[str, Any]) -> str:
    """The brand on a card in the reader's language."""
    return str(stored[f"brand_{'zh' if i18n.language() == 'zh' else 'en'}"])


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
    per = i18n.counter(unit) if basis_micro == MICRO else i18n.counted(basis_micro, unit)
    return str(_("%(tax)s, per %(unit)s", tax=tax, unit=per))


def days(number: int | None) -> str | None:
    """A lead time in words."""
    return None if number is None else _("%(days)s days", days=number)


def spec_text(category: str, spec: Mapping[str, Any]) -> str:
    """One property in a line: "最高转速 21000 rpm"."""
    return " ".join(str(part) for part in (spec_name(category, spec), spec["value"], spec["unit"]) if part)


def spec_name(category: str, spec: Mapping[str, Any]) -> str:
    """What a property is called: an attribute of the category in the reader's language, another as it was written."""
    spoken, written = i18n.language(), str(spec["key"])
    meant = tree().meant(category, written)
    if meant is None:
        return specs.name_in(written, spoken)
    attribute, end = meant
    if not end:
        return attribute.name(spoken)
    if specs.is_chinese(written) == (spoken == "zh"):
        return written
    name = attribute.name(spoken)
    return str(_("%(name)s, lowest", name=name) if end == "low" else _("%(name)s, highest", name=name))


def _most_telling_first(code: str) -> list[Definition]:
    """What a category asks, nearest first; what is asked of every instrument last, and at the roots not at all."""
    asked = tree().asked(code)
    telling = [one for one in asked if one.group not in LATER]
    return telling + ([one for one in asked if one.group in LATER] if len(tree().path(code)) > 1 else [])


def columns_for(code: str | None, stated: Collection[str]) -> list[Definition]:
    """The attributes that get a column of their own in a category: those that are compared and that a row states."""
    if code is None:
        return []
    return [one for one in _most_telling_first(code) if one.compares and one.code in stated][:PARAMETER_COLUMNS]


def figures(definition: Definition, stored: dict[str, Any] | None) -> str | None:
    """An attribute's value on a card, without its unit."""
    return None if stored is None else values.figures(definition, values.from_plain(stored), i18n.language())


def category_path(code: str) -> list[tuple[str, str]]:
    """(name, address) from the root of the catalogue down to a category."""
    today = tree()
    return [(today.name(one, i18n.language()), f"/catalogue?category={one}") for one in today.path(code)]
