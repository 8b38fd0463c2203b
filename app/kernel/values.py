"""The small values everything is counted in: money, quantities, ids and the one clock."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

MAX_MINOR: Final = 10**15
"""Largest amount of any one figure, in minor units; a larger one is a slip of the keyboard."""

MICRO: Final = 10**6
"""Quantities are stored as integers of 10^-6."""

MAX_QUANTITY_MICRO: Final = 10**9 * MICRO

MAX_NUMBER_CHARS: Final = 100
"""No honest amount or quantity is written longer."""

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


def N_(text: str) -> str:  # noqa: N802 - the marker's customary name
    """Mark a source text for translation without translating it: the kernel knows no reader's language."""
    return text


# ISO 4217:2015, list one: minor units per currency. Metals, funds codes without minor unit and test codes are left out.
_TWO = """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
CURRENCIES: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""ISO 4217 code -> number of decimal places of its minor unit."""


class CurrencyMismatch(TypeError):
    """Two currencies were added or compared; there is no exchange rate in arithmetic."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units of one ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in CURRENCIES:
            raise ValueError(f"unknown currency {self.currency!r}")
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("money is counted in integer minor units")

    @classmethod
    def parse(cls, text: str | Decimal, currency: str) -> Money:
        """Read a decimal amount. ValueError when it has more places than the currency, is not finite or too large."""
        if currency not in CURRENCIES:
            raise ValueError(f"unknown currency {currency!r}")
        return cls(_scaled(text, CURRENCIES[currency], MAX_MINOR), currency)

    @property
    def amount(self) -> str:
        """The decimal amount as a string, e.g. "12.30"; the form the API speaks."""
        places = CURRENCIES[self.currency]
        sign, digits = ("-" if self.minor < 0 else ""), str(abs(self.minor)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} with {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Parts in proportion to integer weights by largest remainder; they always sum to the whole."""
        return [Money(part, self.currency) for part in split(self.minor, weights)]


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Divide an integer by weights (largest remainder, ties to the earlier part); the parts sum to `total`."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    sign, size = (-1, -total) if total < 0 else (1, total)
    parts = [size * weight // whole for weight in weights]
    owed = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in owed[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def half_up(numerator: int, denominator: int) -> int:
    """Integer division rounded half away from zero: the only rounding in the program. `denominator` > 0."""
    quotient, rest = divmod(abs(numerator), denominator)
    rounded = quotient + (1 if 2 * rest >= denominator else 0)
    return rounded if numerator >= 0 else -rounded


def line_minor(price_minor: int, quantity_micro: int, basis_micro: int = MICRO) -> int:
    """Amount of a line: price per basis quantity x quantity, half-up (states.md, Amounts)."""
    return half_up(price_minor * quantity_micro, basis_micro)


def tax_within(gross_minor: int, rate_bp: int) -> int:
    """The VAT inside a gross amount at a rate in basis points (1300 = 13 %), half-up."""
    return half_up(gross_minor * rate_bp, 10_000 + rate_bp)


def micro(text: str | int | Decimal) -> int:
    """A quantity in 10^-6 units. ValueError when not finite, finer than 10^-6 or beyond MAX_QUANTITY_MICRO."""
    return _scaled(text, 6, MAX_QUANTITY_MICRO)


def _scaled(text: str | int | Decimal, places: int, most: int) -> int:
    """The number x 10^places as an exact integer; Decimal's own arithmetic would round to 28 digits in silence."""
    if isinstance(text, str) and (len(text) > MAX_NUMBER_CHARS or not _NUMBER.fullmatch(text.strip())):
        raise ValueError("not a number")
    sign, digits, exponent = Decimal(text).as_tuple()
    if not isinstance(exponent, int):
        raise ValueError("not a finite number")
    figures = "".join(map(str, digits)).rstrip("0")
    shift = exponent + len(digits) - len(figures) + places
    if not figures:
        return 0
    if shift < 0:
        raise ValueError("more decimal places than are counted")
    if len(figures) + shift > len(str(most)) or int(figures) * 10**shift > most:
        raise ValueError("out of range")
    scaled = int(figures + "0" * shift)
    return -scaled if sign else scaled


def quantity_text(value_micro: int) -> str:
    """A quantity without trailing zeros: 2500000 -> "2.5"."""
    whole, rest = divmod(abs(value_micro), MICRO)
    text = f"{whole}.{rest:06d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if value_micro < 0 else text


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH: Final = 30
"""Prefix of three letters, underscore, 26 base-32 characters."""


def _base32(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5))


def new_id(prefix: str, *, ordered: bool = True) -> str:
    """`ord_` + 26 base-32 characters: 48 bits of time and 80 random ones, or 128 random where time is a secret.

    Ordered ones of a process rise, also within a millisecond (ULID, "Monotonicity"): what was made first stands first.
    """
    return f"{prefix}_{_base32(_RISING.draw() if ordered else secrets.randbits(128))}"


class _Rising:
    """Numbers of time and chance; where one would not rise, a step of chance beyond the newest: no easier to guess."""

    def __init__(self) -> None:
        self.newest = 0
        self.lock = threading.Lock()

    def draw(self) -> int:
        drawn = (int(time.time() * 1000) << 80) | secrets.randbits(80)
        with self.lock:
            self.newest = drawn if drawn > self.newest else self.newest + 1 + secrets.randbits(64)
            return self.newest


_RISING: Final = _Rising()


@dataclass(frozen=True, slots=True, repr=False)
class Bilingual:
    """A name that is data, not a text of the program: the face chooses the reader's language."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """It in a language, or in the other one where there is none."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)

    def __str__(self) -> str:
        return self.en or self.zh

    __repr__ = __str__  # in a list, too, it reads as words


_clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - replaced as a whole by `clock_at`


def now() -> datetime:
    """The time, aware, in UTC: the only clock of the program."""
    return _clock()


@contextmanager
def clock_at(moment: datetime | timedelta) -> Iterator[None]:
    """Run the program's clock from another moment, or shifted from where it stands; for tests and for the seed.

    The clock is the whole program's: it goes on running from there in every thread.
    """
    global _clock  # noqa: PLW0603 - the clock is the one thing that is meant to be global
    before, start = _clock, datetime.now(UTC)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise TypeError("a moment without a zone")
    shift = (before() + moment if isinstance(moment, timedelta) else moment) - start
    _clock = lambda: datetime.now(UTC) + shift  # noqa: E731
    try:
        yield
    finally:
        _clock = before
