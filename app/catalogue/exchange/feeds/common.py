"""What both formats say in the same way: languages, units, amounts, classifications, properties in pairs.

A product is a mapping from the codes of our columns (columns.py) to texts. What a document does not say is not in it,
and leaves its field alone; what it says as nothing is an empty text, and empties it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Final

OWN_SYSTEM: Final = "LABPARK"
"""What our own tree of categories is called as a classification."""
OWN_NAME: Final = "LabPark"
"""What our own extrinsics begin with."""

_LANGUAGES: Final = {"zho": "zh", "chi": "zh", "zh": "zh", "eng": "en", "en": "en"}
"""ISO 639-1 and 639-2 (both its codes of Chinese) -> the language of ours."""

_UNITS: Final = """
C62 个 piece one 件 只
H87 件 piece
EA 个 each
PCE 个
NMP 包
SET 套 set
KT 套 kit
PR 对 pair 双
BX 盒 box
XBX 盒
PK 包 pack
XPK 包
CT 箱 carton case
XCT 箱
BO 瓶 bottle
XBO 瓶
BG 袋 bag
XBG 袋
RO 卷 roll
XRO 卷
TU 支 tube
XTU 支
DZN 打 dozen
KGM 千克 kg
GRM 克 g
MGM 毫克 mg
LTR 升 L l
MLT 毫升 mL ml
MTR 米 m
HUR 小时 hour h
DAY 天 day
MON 月 month
ANN 年 year
E48 次 visit
LS 项
"""
"""A code of UN/ECE Recommendation 20 (X before it: Recommendation 21), the word of ours that it comes in as, and
further words that go out as it where no earlier line has them."""

_MEASURES: Final = {
    "MMT": "mm", "CMT": "cm", "MTR": "m", "GRM": "g", "KGM": "kg", "MGM": "mg", "MC": "µg", "LTR": "L", "MLT": "mL",
    "4G": "µL", "RPM": "rpm", "CEL": "°C", "VLT": "V", "WTT": "W", "KWT": "kW", "HTZ": "Hz", "AMP": "A", "PAL": "Pa",
    "BAR": "bar", "SEC": "s", "MIN": "min", "HUR": "h", "P1": "%",
}  # fmt: skip
"""Units of properties: a code of Recommendation 20 -> the sign that the catalogue understands."""

_SYSTEMS: Final = (
    (re.compile(r"CPV([ -]?2008)?", re.IGNORECASE), "cpv_2008"),
    (re.compile(r"HS([ -]?2022)?", re.IGNORECASE), "hs_2022"),
    (re.compile(r"CN[ _-]?GOV([ _-]?2022)?", re.IGNORECASE), "cn_gov_2022"),
)
"""Names of classifications that the tree is mapped to -> the mapping (taxonomy/models.py, SYSTEMS)."""

_EXACT: Final = Context(prec=200)
"""More digits than a product of a few numbers of ours can have."""
_NUMBER: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class FeedRefused(Exception):
    """A document is not read. `code` is "not_a_feed" (none of the two formats), "empty" or "too_many_rows"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """What the parent knows and a translation needs: the codes of our columns, and the decimals of currencies."""

    codes: tuple[str, ...]
    digits: Mapping[str, int]


@dataclass(slots=True)
class Product:
    """One product: what it says by column, and what is wrong with it as (column or "", code of the reason)."""

    said: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def say(self, code: str, text: str | None) -> None:
        """Take a value over, if there is one."""
        if text is not None:
            self.said[code] = text


def language_of(tag: str | None, usual: str = "") -> str:
    """Chinese ("zh"), English ("en") or "" for any other; a text without one is in the usual one of its document."""
    return _LANGUAGES.get((tag or "").partition("-")[0].lower(), "") if tag else usual


def _unit_lines() -> list[list[str]]:
    return [line.split() for line in _UNITS.strip().splitlines()]


UNITS: Final = {code: word for code, word, *_further in _unit_lines()}
"""Code -> our word."""
UNIT_CODES: Final = {word: code for code, *words in reversed(_unit_lines()) for word in words}
"""A word -> the code that it goes out as."""
ANY_UNIT: Final = "C62"
"""What a unit of no code goes out as."""


def unit_code(word: str) -> str:
    """The code of a unit of ours."""
    return UNIT_CODES.get(word, ANY_UNIT)


def unit_of(code: str | None, own: str | None) -> str | None:
    """The unit of a code; our own word, which stands beside it, as long as it still comes down to the same code."""
    if own and (code is None or unit_code(own) == code):
        return own
    return UNITS.get(code, code) if code else own


def measure(unit: str) -> str:
    """The unit of a property, as the catalogue understands it."""
    return _MEASURES.get(unit, unit)


def number(text: str | None) -> Decimal | None:
    """A plain decimal number from zero up; anything else is none."""
    return Decimal(text) if text and _NUMBER.fullmatch(text) else None


def plain(value: Decimal) -> str:
    """Without exponent and trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(factors: Iterable[Decimal], currency: str, digits: Mapping[str, int]) -> str:
    """The product of some numbers, exactly, and then once rounded half up to the decimals that its currency has."""
    product = reduce(_EXACT.multiply, factors)
    return format(product.quantize(Decimal(1).scaleb(-digits.get(currency, 2)), ROUND_HALF_UP, _EXACT), "f")


def day(text: str | None) -> str | None:
    """The day of a date or moment, as it is written there."""
    return text[:10] if text and _DAY.match(text) else text


def category_of(pairs: Iterable[tuple[str, str]]) -> str | None:
    """The category that (classification, code) pairs name: one of our own before one that the tree is mapped to."""
    known: dict[str, str] = {}
    for system, code in pairs:
        own = system.strip().upper() == OWN_SYSTEM
        name = "" if own else next((ours for spelled, ours in _SYSTEMS if spelled.fullmatch(system.strip())), None)
        if code and name is not None:
            known.setdefault(name, code if own else f"{name}:{code}")
    return known.get("") or next(iter(known.values()), None)


def pairs_text(specs: Iterable[tuple[str, str, str]]) -> str | None:
    """(name, value, unit) properties as `name=value unit; ...`, in the notation of the column of properties; None for
    none. Properties without a name or a value are left out."""
    pairs = [f"{_escaped(name)}={_escaped(f'{value} {unit}'.strip())}" for name, value, unit in specs if name and value]
    return "; ".join(pairs) if pairs else None


def _escaped(text: str) -> str:
    return re.sub(r"([;；\n=＝\\])", r"\\\1", text)
