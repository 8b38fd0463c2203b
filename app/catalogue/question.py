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
from dataclasses import dataclass, field
from typing import Any, Final

from app.catalogue import categories
from app.catalogue.engine import Search
from app.catalogue.models import KINDS, MAX_LEAD_DAYS, SHORT_CHARS
from app.catalogue.parameters import PARAMETERS
from app.kernel.shapes import MoneyField, trouble
from app.kernel.values import CURRENCIES, N_, Money

PAGE_ROWS: Final = 24
MAX_PAGE_ROWS: Final = 100
MAX_TEXT_CHARS: Final = 200
MAX_VALUES: Final = 64
MAX_RANGES: Final = 16
MAX_CURSOR_CHARS: Final = 200
MAX_NUMBER_CHARS: Final = 30
USUAL_CURRENCY: Final = "CNY"

SORTS: Final = {
    "relevance": N_("Relevance"),
    "price": N_("Price, lowest first"),
    "-price": N_("Price, highest first"),
    "lead_time": N_("Lead time"),
}
RANGE_NAMES: Final = frozenset(f"{code}_{end}" for code in PARAMETERS for end in ("from", "to"))
NAMES: Final = RANGE_NAMES | {
    "q", "category", "brand", "supplier", "kind", "currency", "price_from", "price_to", "priced", "lead_time", "sort",
    "after", "limit",
}  # fmt: skip
"""Every parameter that a search understands."""

NOT_A_CHOICE: Final = N_("Not one of the choices.")
NOT_A_NUMBER: Final = N_("Expected a number, such as 2 or 2.5.")
_SUPPLIER: Final = re.compile(r"org_[0-9a-z]{26}")
_WHOLE: Final = re.compile(r"\d{1,6}", re.ASCII)
_AMOUNT: Final = re.compile(r"\d{1,15}(\.\d{1,4})?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
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
    search = Search(
        text=reader.text("q", MAX_TEXT_CHARS),
        category=reader.choice("category", categories.CATEGORIES),
        brands=reader.several("brand"),
        suppliers=reader.several("supplier", _SUPPLIER),
        kinds=tuple(kind for kind in reader.several("kind") if reader.check("kind", kind in KINDS)),
        currency=reader.currency(needed=low is not None or high is not None or "price" in sort),
        price_from_minor=low,
        price_to_minor=high,
        include_on_request=reader.text("priced", 1) != "1",
        max_lead_time_days=reader.whole("lead_time", 0, MAX_LEAD_DAYS),
        ranges=reader.ranges(),
        sort=sort,
        after=reader.text("after", MAX_CURSOR_CHARS) or None,
        limit=reader.whole("limit", 1, MAX_PAGE_ROWS) or limit,
    )
    return Question(search, reader.problems)


def plain_number(text: str) -> str:
    """A number as people type it: full-width digits and thousands separators are understood."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain, re.ASCII) else plain


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

    def ranges(self) -> dict[str, tuple[float | None, float | None]]:
        asked = sorted({name.rpartition("_")[0] for name in RANGE_NAMES & set(self._given)})
        found = {code: (self.number(f"{code}_from"), self.number(f"{code}_to")) for code in asked[:MAX_RANGES]}
        return {code: bounds for code, bounds in found.items() if bounds != (None, None)}

    def number(self, name: str) -> float | None:
        text = plain_number(self.text(name, MAX_NUMBER_CHARS))
        sound = bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))
        return float(text) if text and self.check(name, sound, NOT_A_NUMBER) else None
