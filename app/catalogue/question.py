"""A search as it stands in an address: read once, for pages and programs alike, into the engine's question.

What cannot be read is left out of the search and named in `problems`: a page tells it and shows the rest, the API
refuses. Prices are compared within one currency only, so a price filter or a sort by price chooses CNY unless told.
"""

from __future__ import annotations

import contextlib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from app.catalogue import facets, measures
from app.catalogue.brands.book import book
from app.catalogue.engine import Search
from app.catalogue.models import KINDS, MAX_LEAD_DAYS, SHORT_CHARS
from app.catalogue.taxonomy import units
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.scanning import scan
from app.catalogue.taxonomy.tree import KEPT_TREES, Tree, tree
from app.catalogue.taxonomy.values import measured as measured_in
from app.kernel.shapes import MoneyField, trouble
from app.kernel.values import CURRENCIES, N_, Money

PAGE_ROWS: Final = 24
MAX_PAGE_ROWS: Final = 100
MAX_TEXT_CHARS: Final = 200
MAX_VALUES: Final = 64
MAX_RANGES: Final = 8
"""Attributes that one search limits; the engine takes two limits for each."""
MAX_CURSOR_CHARS: Final = 200
MAX_NUMBER_CHARS: Final = 30
PRICE_STEPS: Final = (100, 1_000, 10_000, 100_000)
"""Where the buckets of prices end, in whole units of the currency."""
USUAL_CURRENCY: Final = "CNY"

SORTS: Final = {
    "relevance": N_("Relevance"),
    "price": N_("Price, lowest first"),
    "-price": N_("Price, highest first"),
    "lead_time": N_("Lead time"),
}
NAMES: Final = frozenset({
    "q", "category", "brand", "supplier", "kind", "currency", "price_from", "price_to", "priced", "lead_time", "sort",
    "after", "limit",
})  # fmt: skip
"""Parameters of every search; those of attributes come besides."""

NOT_A_CHOICE: Final = N_("Not one of the choices.")
NOT_A_NUMBER: Final = N_("Expected a number, such as 2 or 2.5.")
_SUPPLIER: Final = re.compile(r"org_[0-9a-z]{26}")
_WHOLE: Final = re.compile(r"\d{1,6}", re.ASCII)
_AMOUNT: Final = re.compile(r"\d{1,15}(\.\d{1,4})?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
_BOUNDS: Final = N_("Expected a whole number from %(least)s to %(most)s.")


@dataclass(frozen=True, slots=True)
class Question:
    """The search, and what of the address could not be read: parameter -> sentence."""

    search: Search
    problems: Mapping[str, str] = field(default_factory=dict)


def read(given: Mapping[str, Sequence[str]], *, limit: int = PAGE_ROWS) -> Question:
    """The question in the parameters of an address; unknown parameters are the caller's to judge."""
    reader = _Reader(given)
    low, high = reader.price("price_from"), reader.price("price_to")
    sort = reader.choice("sort", SORTS) or "relevance"
    text = reader.text("q", MAX_TEXT_CHARS)
    words, quantities = measures.read(text, tree())
    search = Search(
        text=text,
        words=words,
        measures=quantities,
        category=reader.category(),
        brands=reader.brands(),
        suppliers=reader.several("supplier", _SUPPLIER),
        kinds=tuple(kind for kind in reader.several("kind") if reader.check("kind", kind in KINDS)),
        currency=reader.currency(needed=low is not None or high is not None or "price" in sort),
        price_from_minor=low,
        price_to_minor=high,
        include_on_request=reader.text("priced", 1) != "1",
        max_lead_time_days=reader.whole("lead_time", 0, MAX_LEAD_DAYS),
        ranges=reader.ranges(),
        choices=reader.choices(),
        sort=sort,
        after=reader.text("after", MAX_CURSOR_CHARS) or None,
        limit=reader.whole("limit", 1, MAX_PAGE_ROWS) or limit,
    )
    edges = tuple(step * 10 ** CURRENCIES[search.currency or USUAL_CURRENCY] for step in PRICE_STEPS)
    counted = facets.counted(tree(), search.category, currency=search.currency or USUAL_CURRENCY, price_edges=edges)
    return Question(replace(search, counted=counted), reader.problems)


def plain_number(text: str) -> str:
    """A number as people type it: full-width digits and thousands separators are understood."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain, re.ASCII) else plain


@lru_cache(maxsize=KEPT_TREES)
def attribute_names(today: Tree) -> frozenset[str]:
    """The parameters of attributes and declared facets: `max_speed_from`, `max_speed_unit`, `sterile`, `origin`."""
    measured = (f"{code}_{end}" for code in today.measured for end in ("from", "to", "unit"))
    return frozenset((*measured, *today.chosen, *facets.DECLARED))


def asked_for(given: Mapping[str, Sequence[str]]) -> list[str]:
    """The attributes that an address limits, in alphabetical order."""
    ends = _ends(tree())
    return sorted({ends[name] for name in given if name in ends})


@lru_cache(maxsize=KEPT_TREES)
def _ends(today: Tree) -> dict[str, str]:
    return {f"{code}_{end}": code for code in today.measured for end in ("from", "to")}


class _Reader:
    def __init__(self, given: Mapping[str, Sequence[str]]) -> None:
        self._given = given
        self.problems: dict[str, Any] = {}

    def text(self, name: str, most: int) -> str:
        values = self._given.get(name) or ("",)
        return unicodedata.normalize("NFC", values[-1]).replace("\0", "").strip()[:most]

    def check(self, name: str, sound: bool, words: str = NOT_A_CHOICE) -> bool:
        if not sound:
            self.problems[name] = words
        return sound

    def choice(self, name: str, choices: Mapping[str, object]) -> str | None:
        value = self.text(name, SHORT_CHARS)
        return value if value and self.check(name, value in choices) else None

    def several(self, name: str, pattern: re.Pattern[str] | None = None) -> tuple[str, ...]:
        values = [value.replace("\0", "").strip()[:SHORT_CHARS] for value in self._given.get(name, ())]
        kept = [one for one in values if one and (pattern is None or self.check(name, bool(pattern.fullmatch(one))))]
        return tuple(dict.fromkeys(kept))[:MAX_VALUES]

    def brands(self) -> tuple[str, ...]:
        """The brands that are meant, whichever of their names somebody filters by."""
        names = self.several("brand")
        return tuple(dict.fromkeys(book().asked(name) for name in names)) if names else ()

    def currency(self, *, needed: bool) -> str | None:
        return self.choice("currency", CURRENCIES) or (USUAL_CURRENCY if needed else None)

    def price(self, name: str) -> int | None:
        text = plain_number(self.text(name, MAX_NUMBER_CHARS))
        if not text:
            return None
        code = self.text("currency", 3)
        minor: int | None = None
        if _AMOUNT.fullmatch(text):
            with contextlib.suppress(ValueError):
                minor = Money.parse(text, code if code in CURRENCIES else USUAL_CURRENCY).minor
        self.check(name, minor is not None, str(MoneyField.default_error_messages["amount"]))
        return minor

    def whole(self, name: str, least: int, most: int) -> int | None:
        text = plain_number(self.text(name, MAX_NUMBER_CHARS))
        sound = bool(_WHOLE.fullmatch(text)) and least <= int(text) <= most
        return int(text) if text and self.check(name, sound, trouble(_BOUNDS, least=least, most=most)) else None

    def category(self) -> str | None:
        today = tree()
        code = today.place(self.text("category", SHORT_CHARS))
        return code if code and self.check("category", code in today.open) else None

    def ranges(self) -> dict[str, tuple[float | None, float | None]]:
        measured = tree().measured
        found: dict[str, tuple[float | None, float | None]] = {}
        for code in asked_for(self._given)[:MAX_RANGES]:
            low, high = self.amount(measured[code], "from"), self.amount(measured[code], "to")
            if measured[code].type == "range":  # what is offered has to reach over all that is asked for
                found |= {f"{code}_min": (None, low)} if low is not None else {}
                found |= {f"{code}_max": (high, None)} if high is not None else {}
            elif (low, high) != (None, None):
                found[code] = (low, high)
        return found

    def choices(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for code, definition in tree().chosen.items():
            if code in self._given:
                known = {option.code for option in facets.options(definition)}
                found[code] = tuple(one for one in self.several(code) if self.check(code, one in known))
        for name in facets.DECLARED:
            if name in self._given:
                found[name] = tuple(one for one in self.several(name) if self.check(name, bool(_CODE.fullmatch(one))))
        return {code: values for code, values in found.items() if values}

    def amount(self, definition: Definition, end: str) -> float | None:
        """A bound in the canonical unit: a number in the unit that was chosen, or one with a unit of its own."""
        name = f"{definition.code}_{end}"
        unit = self.choice(f"{definition.code}_unit", dict.fromkeys(definition.units)) or definition.unit
        text = self.text(name, MAX_NUMBER_CHARS)
        terms = scan(text) if text and not _NUMBER.fullmatch(plain_number(text)) else None
        if terms and len(terms) == 1 and terms[0].unit:
            bound = terms[0].low if terms[0].low is not None else terms[0].high
            own = None if bound is None else measured_in(definition, terms[0].unit, bound * terms[0].pieces)
            return float(own) if self.check(name, own is not None, NOT_A_NUMBER) and own is not None else None
        number = self.number(name)
        if number is None or unit == definition.unit:
            return number
        return float(units.convert(Decimal(repr(number)), definition.dimension, unit, definition.unit))

    def number(self, name: str) -> float | None:
        text = plain_number(self.text(name, MAX_NUMBER_CHARS))
        sound = bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))
        return float(text) if text and self.check(name, sound, NOT_A_NUMBER) else None
