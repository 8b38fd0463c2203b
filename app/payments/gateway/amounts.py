"""Amounts as Stripe counts them (docs.stripe.com/currencies): mostly ISO 4217's minor units, with exceptions."""

from __future__ import annotations

from typing import Final

from app.kernel.values import CURRENCIES, Money

MOST_UNITS: Final = 99_999_999
"""Stripe takes amounts of eight digits; a larger order is paid in parts or by transfer."""

_TENTHS_OF_THREE: Final = 10
"""Amounts with three decimals are taken in steps of ten, because card networks count two."""

_PLACES: Final = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe counts other decimal places than ISO 4217: two kept for old callers, one rounded to whole ariary."""

_MOST_PLACES: Final = 3
_SCALE: Final = (1, 10, 100, 1_000, 10_000)
"""10 to the power of the places."""


class NotCountable(ValueError):
    """The amount cannot be said in the gateway's units."""


def to_units(money: Money) -> int:
    """The amount in Stripe's smallest unit; NotCountable where it has none or is too large."""
    places, ours = _PLACES.get(money.currency, CURRENCIES[money.currency]), CURRENCIES[money.currency]
    if places > _MOST_PLACES:
        raise NotCountable(money.currency)
    units, rest = divmod(money.minor * _SCALE[places], _SCALE[ours])
    if rest or (places == _MOST_PLACES and units % _TENTHS_OF_THREE):
        raise NotCountable(money.amount)
    if not 0 < units <= MOST_UNITS:
        raise NotCountable(money.amount)
    return units


def of_units(units: int, currency: str) -> Money:
    """The amount that Stripe means; NotCountable for a currency that is none, or parts that ours does not have."""
    code = currency.upper()
    if code not in CURRENCIES:
        raise NotCountable(f"unknown currency {currency!r}")
    ours, places = CURRENCIES[code], _PLACES.get(code, CURRENCIES[code])
    minor, rest = divmod(units * _SCALE[ours], _SCALE[places])
    if rest:
        raise NotCountable(f"{units} {code} is a part of a unit")
    return Money(minor, code)


def most(currency: str) -> Money:
    """The largest amount that can be paid at once; NotCountable for a currency that cards are not charged in."""
    places, ours = _PLACES.get(currency, CURRENCIES[currency]), CURRENCIES[currency]
    if places > _MOST_PLACES:
        raise NotCountable(currency)
    step = _TENTHS_OF_THREE if places == _MOST_PLACES else _SCALE[max(0, places - ours)]
    return of_units(MOST_UNITS - MOST_UNITS % step, currency)
