"""Quantities in a text: "≥ 15,000 转/分", "4 x 750 mL", "2~8℃", "220V 50Hz" as terms of number and unit.

One pass from left to right; every step either moves on or ends, and a unit is looked up in at most MAX_UNIT_CHARS ways.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from app.catalogue.taxonomy import units

MAX_CHARS: Final = 300
MAX_TERMS: Final = 8

_NUMBER: Final = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?:,\d{3}){1,4}(?!\d)|\d{1,15})(?P<rest>\.\d{1,15})?(?P<exp>[eE][+-]?\d{1,2}(?![\d\w]))?",
    re.ASCII,
)
_POWER: Final = re.compile(r"\s?[x×*]\s?10\^?(?P<sign>[+-]?)(?P<digits>\d{1,2})(?!\d)", re.ASCII)
_POWER_MARK: Final = re.compile(r"\s?[x×*]\s?10(\^|[+-])", re.ASCII)
MAX_EXPONENT: Final = 15

_TO: Final = re.compile(r"\s?(?:[-–—~～]|至|到|to\b|\.\.\.?|…)\s?", re.IGNORECASE)
_TIMES: Final = re.compile(r"\s?[x×*]\s?(?=-?\d)", re.IGNORECASE)
_AT_LEAST: Final = re.compile(r"≥|>=|⩾|>|不低于|不小于|不少于|至少|at least|min\.?(?=\s?[\d-])|from\b", re.IGNORECASE)
_AT_MOST: Final = re.compile(r"≤|<=|⩽|<|不超过|不高于|不大于|至多|最多|up to|at most|max\.?(?=\s?[\d-])", re.IGNORECASE)
_FILLING: Final = re.compile(
    r"[\s,，、;；/()（）\[\]=:：±]|ac\b|dc\b|约|大约|approx\.?|about\b|ca\.|单相|三相|交流|直流|~(?=\s?\d)",
    re.IGNORECASE,
)
_TOLERANCE: Final = re.compile(r"\s?(?:±|\+/-)\s?\d{1,9}(?:\.\d{1,9})?\s?%?")
_BEGINNING: Final = re.compile(
    r"(?<![\w.,/+-])(?=[≥⩾>≤⩽<+-]|\d|at |min|max|from|up )|(?<=[\u3400-\u9fff])(?=[+-]?\d)"
    r"|(?=不低|不小|不少|至少|不超|不高|不大|至多|最多)",
    re.IGNORECASE,
)
"""Where a quantity may begin among words."""
_OR_MORE: Final = re.compile(r"\s?(?:及?以上|或以上|or more|and above|\+(?!\w))", re.IGNORECASE)
_OR_LESS: Final = re.compile(r"\s?(?:及?以下|以内|或以下|or less|and below)", re.IGNORECASE)
_PLUS: Final = re.compile(r"\+(?=\d)")


@dataclass(frozen=True, slots=True)
class Term:
    """One quantity: its ends, the unit of each as it was written, and how many pieces of it."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    high_unit: str
    pieces: int = 1

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.low is not None and self.high is not None and self.low != self.high


def scan(text: str) -> list[Term] | None:
    """The quantities of a text in order; None where it holds anything that is none."""
    return _Scanner(plain(text)).terms()


class Found(NamedTuple):
    """A quantity among other words: where it stands in the plain text, and what it is."""

    start: int
    end: int
    term: Term


def plain(text: str) -> str:
    """A text in the form that is scanned."""
    return unicodedata.normalize("NFKC", text[:MAX_CHARS].replace("½", ".5")).translate(str.maketrans("\u2212μ", "-µ"))


def find(text: str) -> list[Found]:
    """The quantities with a unit in a *plain* text that says other things too: "≥ 15000 rpm 离心机", "20000转以上".

    A number that goes on from a word ("CR-22N", "C18") is part of that word.
    """
    found: list[Found] = []
    end = 0
    for start in (match.start() for match in _BEGINNING.finditer(text)):
        if start < end or len(found) == MAX_TERMS:
            continue
        scanner = _Scanner(text)
        scanner.at = start
        term = scanner.quantity()
        if term is not None and not scanner.goes_on():
            end = scanner.at
            found.append(Found(start, end, term))
    return found


def _with_units(terms: list[Term]) -> list[Term]:
    """In "50/60 Hz" the first number has the unit of the second."""
    found: list[Term] = []
    for term in reversed(terms):
        bare = not term.unit and found
        found.append(replace(term, unit=found[-1].unit, high_unit=found[-1].unit) if bare else term)
    return found[::-1]


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def terms(self) -> list[Term] | None:
        found: list[Term] = []
        while self._skip():
            term = self._term()
            if term is None or len(found) == MAX_TERMS:
                return None
            found.append(term)
        return _with_units(found)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def _skip(self) -> bool:
        """Move over what only fills; whether anything is left."""
        while self.at < len(self.text) and self._take(_FILLING):
            pass
        return self.at < len(self.text)

    def _term(self) -> Term | None:
        least, most = self._take(_AT_LEAST), self._take(_AT_MOST)
        self._skip()
        pieces = self._pieces()
        first = self._number(signed=True)
        if first is None:
            return None
        unit = self._unit()
        self._take(_TOLERANCE)
        if least or most:
            return Term(None if most else first, None if least else first, unit, unit, pieces)
        other_end = self._other_end()
        if other_end is None:
            return Term(first, first, unit, unit, pieces)
        second, other = other_end
        return Term(first, second, unit or other, other or unit, pieces)

    def quantity(self) -> Term | None:
        """A term with a unit, and with "or more" behind it."""
        term = self._term()
        if term is None or not (term.unit or term.high_unit):
            return None
        if self._take(_OR_MORE):
            return replace(term, high=None)
        return replace(term, low=None) if self._take(_OR_LESS) else term

    def goes_on(self) -> bool:
        """Whether a word goes on here that the quantity is only the beginning of."""
        after = self.text[self.at : self.at + 1]
        return after.isascii() and (after.isalnum() or after in "-_/") and after != ""

    def _other_end(self) -> tuple[Decimal, str] | None:
        """The upper end of a range and its unit, if one follows."""
        mark = self.at
        if self._take(_TO) and (number := self._number(signed=True)) is not None:
            unit = self._unit()
            self._take(_TOLERANCE)
            return number, unit
        self.at = mark
        return None

    def _pieces(self) -> int:
        """The "4 x" before "750 mL"; 1 without it."""
        mark = self.at
        number = self._number(signed=False)
        if number is not None and number == number.to_integral_value() and self._take(_TIMES):
            return int(min(number, Decimal(10) ** 9))
        self.at = mark
        return 1

    def _number(self, *, signed: bool) -> Decimal | None:
        mark = self.at
        negative = False
        if signed and self.text[self.at : self.at + 1] == "-":
            negative, self.at = True, self.at + 1
        elif signed:
            self._take(_PLUS)
        match = self._take(_NUMBER)
        if match is None or self.text[self.at : self.at + 1].isdigit():
            self.at = mark
            return None
        exponent = int((match["exp"] or "e0")[1:])
        if _POWER_MARK.match(self.text, self.at) and (power := self._take(_POWER)):
            exponent += int(power["sign"] + power["digits"])
        if abs(exponent) > MAX_EXPONENT:
            self.at = mark
            return None
        if self.text[self.at : self.at + 1] == "万":
            self.at, exponent = self.at + 1, exponent + 4
        value = Decimal(match["whole"].replace(",", "") + (match["rest"] or "")).scaleb(exponent)
        return -value if negative else value

    def _unit(self) -> str:
        """The longest spelling of a unit that stands here, with nothing that goes on with its last word."""
        start = self.at
        while start < len(self.text) and self.text[start] == " ":
            start += 1
        for end in range(min(len(self.text), start + units.MAX_UNIT_CHARS), start, -1):
            spelling = self.text[start:end]
            if spelling == spelling.strip() and not self._goes_on(end) and units.known_anywhere(spelling):
                self.at = end
                return spelling
        return ""

    def _goes_on(self, end: int) -> bool:
        last, after = self.text[end - 1], self.text[end : end + 1]
        return (last.isascii() and last.isalpha() and after.isascii() and after.isalpha()) or (
            last.isdigit() and after.isdigit()
        )
