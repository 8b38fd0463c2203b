"""Units as suppliers write them: dimensions, the units of each, and exact conversion.

A unit is found by its spelling, never by reading an expression: no text of a user reaches pint, which converts between
units that we named ourselves (units.txt). Its registry is made when the first two units are converted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.catalogue.taxonomy.unit_table import TABLE

if TYPE_CHECKING:
    from pint import UnitRegistry

DEFINITIONS: Final = Path(__file__).with_name("units.txt")
MAX_UNIT_CHARS: Final = 20
"""The longest spelling that is looked up."""
EXACT: Final = Context(prec=40)
"""Digits of a conversion; values have 30 at most."""

_DROPPED: Final = str.maketrans(dict.fromkeys(" \t\u00a0·⋅•*.^"))
_SAME: Final = str.maketrans({"μ": "µ", "−": "-", "–": "-", "Ω": "Ω", "〇": "0"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: the symbol it goes by, what pint calls it, and what Chinese readers see where that is no symbol."""

    code: str
    expression: str
    zh: str
    spellings: tuple[str, ...]

    def label(self, language: str) -> str:
        """Its symbol in a language."""
        return self.zh if language.startswith("zh") and self.zh else self.code


@dataclass(frozen=True, slots=True)
class Dimension:
    """What is measured: its names and its units by code; the first one is the usual one to keep values in."""

    code: str
    zh: str
    en: str
    units: Mapping[str, Unit]

    @property
    def usual(self) -> str:
        """The unit that values are kept in unless an attribute says otherwise."""
        return next(iter(self.units))


def _read(table: str) -> dict[str, Dimension]:
    """`[code] zh | en` begins a dimension; `unit | pint expression | Chinese symbol | spellings` is a unit of it."""
    found: dict[str, Dimension] = {}
    units: dict[str, Unit] = {}
    for line in table.strip().splitlines():
        if line.startswith("["):
            code, _, names = line[1:].partition("] ")
            zh, _, en = names.partition(" | ")
            units = {}
            found[code] = Dimension(code, zh, en, units)
        elif line.strip():
            code, expression, zh, spellings = (part.strip() for part in line.split("|"))
            said = (zh.removeprefix("="), *map(str.strip, spellings.split(",")))
            units[code] = Unit(code, expression, zh[1:] if zh.startswith("=") else "", tuple(filter(None, said)))
    return found


DIMENSIONS: Final = _read(TABLE)
COUNT: Final = "count"
"""The dimension of things that are counted: a bare number has it."""
PURE: Final = frozenset({"count", "number", "ph"})
"""Dimensions in which a number needs no unit."""


def folded(text: str) -> str:
    """A spelling without what writers differ in: form of characters, blanks, and the signs between factors."""
    plain = unicodedata.normalize("NFKC", text).translate(_SAME).translate(_DROPPED)
    return plain.replace("×", "x").replace("x g", "xg")


@cache
def _spelled(dimension: str) -> tuple[Mapping[str, Unit], Mapping[str, Unit]]:
    """Spelling -> unit; and the same in small letters, where they leave no doubt (mW and MW do)."""
    exact: dict[str, Unit] = {}
    small: dict[str, set[str]] = {}
    for unit in DIMENSIONS[dimension].units.values():
        for spelling in (unit.code, unit.zh, *unit.spellings):
            if spelling:
                exact.setdefault(folded(spelling), unit)
                small.setdefault(folded(spelling).casefold(), set()).add(unit.code)
    clear = {key: DIMENSIONS[dimension].units[next(iter(codes))] for key, codes in small.items() if len(codes) == 1}
    return exact, clear


def find(dimension: str, spelling: str) -> Unit | None:
    """The unit of a dimension that a spelling means."""
    exact, small = _spelled(dimension)
    key = folded(spelling)
    return exact.get(key) or small.get(key.casefold())


@cache
def known_anywhere(spelling: str) -> bool:
    """Whether a spelling is a unit of any dimension."""
    return any(find(dimension, spelling) is not None for dimension in DIMENSIONS)


@cache
def _registry() -> UnitRegistry[Any]:
    from pint import UnitRegistry  # noqa: PLC0415 - half a second that only whoever converts has to wait

    return UnitRegistry(str(DEFINITIONS), non_int_type=Decimal, autoconvert_offset_to_baseunit=True)


@cache
def _line(dimension: str, come: str, go: str) -> tuple[Decimal, Decimal]:
    """(factor, offset) between two units of a dimension; temperatures have an offset."""
    units = DIMENSIONS[dimension].units
    registry = _registry()
    with localcontext(EXACT):
        zero, one = (registry.Quantity(Decimal(at), units[come].expression).to(units[go].expression) for at in (0, 1))
        return _tidy(one.magnitude - zero.magnitude), _tidy(zero.magnitude)


def _tidy(number: Decimal) -> Decimal:
    """Without the dust of the last digits: pint divides where it might multiply."""
    return Context(prec=30).plus(Decimal(number)).normalize()


def convert(number: Decimal, dimension: str, come: str, go: str) -> Decimal:
    """A value in another unit of its dimension; KeyError for units that do not belong to it."""
    if come == go:
        DIMENSIONS[dimension].units[come]
        return number
    factor, offset = _line(dimension, come, go)
    with localcontext(EXACT):
        return number * factor + offset


def labels(dimension: str, codes: Iterable[str], language: str) -> list[str]:
    """The symbols of some units of a dimension in a language."""
    return [DIMENSIONS[dimension].units[code].label(language) for code in codes]
