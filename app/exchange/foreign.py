"""Foreign tenders as neutral shapes, and the careful readers that turn untrusted JSON values into them.

Publishers get everything wrong sooner or later: numbers as texts, dates of the year 1, amounts of 0.01 where the price
is secret, texts encoded twice. Every reader here therefore answers with a usable value or nothing, and reports why.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.exchange.texts import repair_encoding, tidy
from app.kernel.values import CURRENCIES, MAX_MINOR, MAX_QUANTITY_MICRO, MICRO, N_

TITLE_LIMIT: Final = 200  # characters, like all limits of texts below
DESCRIPTION_LIMIT: Final = 4_000
NAME_LIMIT: Final = 200
IDENTIFIER_LIMIT: Final = 80
REFERENCE_LIMIT: Final = 100
KEY_LIMIT: Final = 40
UNIT_LIMIT: Final = 40

LOTS_LIMIT: Final = 1_000  # lots (or items) per notice
AWARDS_LIMIT: Final = 2_000  # awards per notice
SUPPLIERS_LIMIT: Final = 500  # suppliers per award
PROBLEMS_LIMIT: Final = 2_000  # different problems per file; more help nobody
INDICES_SHOWN: Final = 5  # places named when one problem occurs many times in a notice

SYMBOLIC_AMOUNT: Final = Decimal(1)
"""Amounts up to 1.00 stand for "not published" (1 EUR where the price is a business secret, 0.01 in a framework)."""

YEARS: Final = (1990, 2100)
UNIT_OF_A_LOT: Final = "lot"
WHOLE_KEY: Final = "whole"
WHOLE_TITLE: Final = N_("Whole contract")

EU_COUNTRY_CODES: Final = {"UK": "GB", "EL": "GR"}
"""Where the Union's own country codes differ from ISO 3166."""


@dataclass(frozen=True, slots=True)
class ForeignParty:
    """A buyer or supplier as published; `country` is an ISO 3166 code or "", `identifier` a register number or ""."""

    name: str
    country: str
    identifier: str


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """What is bought: one lot, or one item where there are no lots."""

    key: str
    title: str
    description: str
    quantity: Decimal
    unit: str
    cpv: str


@dataclass(frozen=True, slots=True)
class ForeignAwardLine:
    """Who won a line, and the amount of the award in minor units, as published."""

    line_key: str
    supplier: ForeignParty
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ForeignTender:
    """One procurement. The dates are the original ones: the importer gives it new ones."""

    source: str
    reference: str
    buyer: ForeignParty
    title: str
    description: str
    language: str
    published_on: date | None
    deadline: datetime | None
    currency: str
    lines: tuple[ForeignLine, ...]
    awards: tuple[ForeignAwardLine, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong in the file: the place in it, the field, and why as a source text for translation."""

    where: str
    field: str
    reason: str


@dataclass(slots=True)
class Findings:
    """Collects problems; the same one many times in one notice is told once, with the first indices."""

    _found: dict[tuple[str, str, str], dict[int, None]] = field(default_factory=dict)
    _overflowed: bool = False

    def report(self, where: str, path: str, reason: str, index: int = -1) -> None:
        """`path` may hold one "[]", which `index` fills."""
        if (where, path, reason) not in self._found and len(self._found) >= PROBLEMS_LIMIT:
            self._overflowed = True
            return
        self._found.setdefault((where, path, reason), {})[index] = None

    def problems(self) -> list[Problem]:
        listed = [Problem(w, _indexed(path, list(at)), reason) for (w, path, reason), at in self._found.items()]
        if self._overflowed:
            listed.append(Problem("file", "", N_("There are more problems; only the first 2,000 are listed.")))
        return listed


def _indexed(path: str, indices: list[int]) -> str:
    shown = ", ".join(str(index) for index in indices[:INDICES_SHOWN])
    rest = f", +{len(indices) - INDICES_SHOWN}" if len(indices) > INDICES_SHOWN else ""
    return path.replace("[]", f"[{shown}{rest}]")


_NUMERIC = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_MICRO_PART: Final = Decimal("0.000001")
_CPV = re.compile(r"([0-9]{8})(-[0-9])?(\.0)?")


@dataclass(frozen=True, slots=True)
class Place:
    """One notice or release of the file. Its readers never raise: they answer a value, or nothing and a problem."""

    findings: Findings
    where: str

    def report(self, path: str, reason: str, index: int = -1) -> None:
        self.findings.report(self.where, path, reason, index)

    def named(self, reference: str) -> Place:
        """The same place, now that the notice's own number is known."""
        return Place(self.findings, f"{self.where} ({reference})")

    def mapping(self, value: object, path: str, index: int = -1) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        if value is not None:
            self.report(path, N_("An object is expected here."), index)
        return {}

    def objects(self, value: object, path: str, limit: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """The objects of a list with their index; what is no object is reported and left out."""
        if value is None:
            return
        if not isinstance(value, list):
            self.report(path, N_("A list is expected here."))
            return
        if len(value) > limit:
            self.report(path, N_("The list is longer than allowed; the rest was left out."))
        for index, entry in enumerate(value[:limit]):
            if isinstance(entry, dict):
                yield index, entry
            else:
                self.report(f"{path}[]", N_("An object is expected here."), index)

    def text(self, value: object, path: str, limit: int, *, index: int = -1, lines: bool = False) -> str:
        """A tidy text: NFC, no control or direction characters, no longer than `limit`; `lines` keeps line breaks."""
        if value is None:
            return ""
        if isinstance(value, Decimal) and _is_plain(value):
            value = format(value, "f")
        if not isinstance(value, str):
            self.report(path, N_("A text is expected here."), index)
            return ""
        raw = value[: 4 * limit]  # nobody should make us tidy megabytes that are cut away afterwards
        mended = repair_encoding(raw)
        if mended != raw:
            self.report(path, N_("The text had been encoded twice; it was repaired."), index)
        clean = tidy(html.unescape(mended), lines=lines)
        if len(clean) > limit or len(value) > 4 * limit:
            self.report(path, N_("The text is longer than allowed and was cut."), index)
        return clean[:limit].rstrip()

    def number(self, value: object, path: str, index: int = -1) -> Decimal | None:
        """A finite number that is not negative."""
        if isinstance(value, str) and _NUMERIC.fullmatch(value.strip()):
            self.report(path, N_("The number is published as a text."), index)
            value = Decimal(value.strip())
        if not isinstance(value, Decimal):
            self.report(path, N_("A number is expected here."), index)
        elif not value.is_finite():
            self.report(path, N_("The number is not finite."), index)
        elif value < 0:
            self.report(path, N_("The number is negative."), index)
        else:
            return value
        return None

    def amount(self, value: object, path: str, index: int = -1) -> tuple[int, str] | None:
        """An amount of the usual form {"amount": 1.5, "currency": "EUR"} in minor units, and its currency."""
        entry = self.mapping(value, path, index)
        if entry.get("amount") is None:
            if value is not None:
                self.report(f"{path}.amount", N_("The amount is missing."), index)
            return None
        number = self.number(entry["amount"], f"{path}.amount", index)
        currency = self.currency(value, path, index)
        if number is None or not currency:
            return None
        if number <= SYMBOLIC_AMOUNT:
            self.report(f"{path}.amount", N_("The amount is zero or only symbolic; it was left out."), index)
            return None
        places = CURRENCIES[currency]
        if number > Decimal(MAX_MINOR).scaleb(-places):
            self.report(f"{path}.amount", N_("The amount is absurdly large; it was left out."), index)
            return None
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if rounded != number:
            self.report(f"{path}.amount", N_("The amount has more decimals than its currency; it was rounded."), index)
        return int(rounded.scaleb(places)), currency

    def currency(self, value: object, path: str, index: int = -1) -> str:
        """The currency of an amount, whatever its number is worth; "" when there is none."""
        code = value.get("currency") if isinstance(value, dict) else None
        if code is None:
            if isinstance(value, dict) and value.get("amount") is not None:
                self.report(f"{path}.currency", N_("The currency is missing."), index)
            return ""
        known = known_currency(value)
        if not known:
            self.report(f"{path}.currency", N_("This is not a current ISO 4217 currency."), index)
        return known

    def quantity(self, value: object, path: str, index: int = -1) -> Decimal:
        """A quantity that can be stored; 1 where nothing usable is published."""
        if value is None:
            return Decimal(1)
        number = self.number(value, path, index)
        if number is None:
            return Decimal(1)
        if not 0 < number <= MAX_QUANTITY_MICRO // MICRO:
            self.report(path, N_("The quantity is zero or absurdly large; 1 was taken."), index)
            return Decimal(1)
        stored = max(number.quantize(_MICRO_PART, ROUND_HALF_UP), _MICRO_PART)
        return Decimal(format(stored, "f").rstrip("0").rstrip("."))

    def moment(self, value: object, path: str, *, end_of_day: bool = False) -> datetime | None:
        """A point in time in UTC. A time without an offset is read as UTC: notices do not say which zone they mean."""
        if value is None or value == "":
            return None
        try:
            if not isinstance(value, str) or len(value) > 40:
                raise ValueError("not a date")
            read = datetime.fromisoformat(value)
            if end_of_day and "T" not in value and len(value) <= 10:
                read = datetime.combine(read.date(), time(23, 59))
            read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        except (ValueError, OverflowError):
            self.report(path, N_("This is not a date in the form 2026-01-31."))
            return None
        if not YEARS[0] <= read.year <= YEARS[1]:
            self.report(path, N_("The year of this date cannot be right; it was left out."))
            return None
        return read

    def day(self, value: object, path: str) -> date | None:
        moment = self.moment(value, path)
        return moment.date() if moment else None

    def cpv(self, value: object, path: str, index: int = -1) -> str:
        """The eight digits of a CPV code; "" when it is none."""
        code = self.text(value, path, KEY_LIMIT, index=index)
        match = _CPV.fullmatch(code)
        if code and not match:
            self.report(path, N_("This is not a CPV code."), index)
        return match[1] if match else ""

    def language(self, value: object, path: str) -> str:
        code = self.text(value, path, KEY_LIMIT).lower()
        if code and not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", code):
            self.report(path, N_("This is not a language code."))
            return ""
        return code

    def country(self, value: object, path: str, index: int = -1) -> str:
        """A published two-letter code as ISO 3166 has it."""
        code = self.text(value, path, KEY_LIMIT, index=index).upper()
        if code and not re.fullmatch(r"[A-Z]{2}", code):
            self.report(path, N_("This is not a country code."), index)
            return ""
        return EU_COUNTRY_CODES.get(code, code)


def whole_contract(description: str, cpv: str) -> ForeignLine:
    """The line of awards that belong to no single lot."""
    return ForeignLine(WHOLE_KEY, WHOLE_TITLE, description, Decimal(1), UNIT_OF_A_LOT, cpv)


def unique_key(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or `wanted.2`, `wanted.3` ... when that is taken."""
    key, number = wanted, 1
    while key in taken or key == WHOLE_KEY:
        number += 1
        key = f"{wanted[: KEY_LIMIT - 6]}.{number}"
    return key


def known_currency(value: object) -> str:
    """The currency of an amount, or "" without a word about it."""
    code = value.get("currency") if isinstance(value, dict) else None
    known = code.strip().upper() if isinstance(code, str) else ""
    return known if known in CURRENCIES else ""


def commonest(currencies: list[str]) -> str:
    """The most frequent currency, the earlier one on a tie; "" for none."""
    return max(dict.fromkeys(currencies), key=currencies.count, default="")


def _is_plain(value: Decimal) -> bool:
    """Whether writing the number out stays short: 1e999999999 has three characters and a billion digits."""
    _, digits, exponent = value.as_tuple()
    return isinstance(exponent, int) and len(digits) <= 40 and -20 <= exponent <= 20
