"""A comparison's address: which listings, in which units, and what is assumed about owning them.

Both faces read the same names. What cannot be read is said by name, and the default stands in for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from marshmallow import ValidationError, fields

from app.catalogue import specs
from app.catalogue.comparing import cost
from app.catalogue.comparing.cost import HOURS_MOST, YEARS_MOST, Assumptions, Cost, Owned
from app.catalogue.comparing.table import Table
from app.catalogue.models import Listing
from app.catalogue.offers.pricing import Price
from app.catalogue.taxonomy.tree import tree
from app.kernel.shapes import Count, CurrencyCode, MoneyField, Percent
from app.kernel.values import MICRO, N_, line_minor

KWH_EXPECTED: Final = N_("Expected a price such as 0.80, with four decimals at most.")
_KWH: Final = re.compile(r"\d{1,6}(\.\d{1,4})?", re.ASCII)

COMMON: Final[dict[str, tuple[str, fields.Field[Any]]]] = {
    "years": ("years", Count(least=1, most=YEARS_MOST)),
    "hours": ("hours", Count(least=0, most=HOURS_MOST)),
    "kwh_currency": ("currency", CurrencyCode()),
    "maintenance_rate": ("maintenance_bp", Percent()),
    "discount_rate": ("discount_bp", Percent()),
}
"""Name in the address -> the assumption that it sets, and how it is read; the price of a kilowatt-hour is beside."""

OWN: Final = ("freight", "installation", "training", "extension", "consumables", "maintenance")
"""What a reader may know of one listing: `freight-lst_...` in the address; the last two are amounts in a year."""
POWER: Final = "power"
"""The attribute that says how much electricity an instrument draws, in watts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address says: the listings, units by attribute, assumptions, amounts per listing, and what is wrong."""

    ids: tuple[str, ...]
    units: Mapping[str, str]
    assumed: Assumptions
    typed: Mapping[str, str]
    problems: Mapping[str, object]


def own_names(ids: Sequence[str]) -> set[str]:
    """The names of the amounts of these listings."""
    return {f"{part}-{one}" for one in ids for part in OWN}


def read(args: Mapping[str, Sequence[str]], ids: Sequence[str]) -> Asked:
    """The question that an address asks about these listings; `args` are its names with their values."""
    typed = {name: values[-1].strip() for name, values in args.items() if values and values[-1].strip()}
    problems: dict[str, object] = {}
    assumed = Assumptions()
    for name, (target, field) in COMMON.items():
        if name in typed:
            try:
                assumed = replace(assumed, **{target: field.deserialize(typed[name])})
            except ValidationError as error:
                problems[name] = _first(error.messages)
    if "kwh" in typed:
        if _KWH.fullmatch(typed["kwh"]):
            assumed = replace(assumed, kwh=Decimal(typed["kwh"]))
        else:
            problems["kwh"] = KWH_EXPECTED
    pairs = [text.partition(":") for text in args.get("unit", ())]
    return Asked(tuple(ids), {code: unit for code, _colon, unit in pairs}, assumed, typed, problems)


def _first(messages: Any) -> object:
    """The first sentence in what a field says is wrong."""
    while isinstance(messages, (dict, list)):
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return messages


def costs(table: Table, asked: Asked) -> tuple[list[Cost], dict[str, object]]:
    """What each listing costs to own, in the order of the table; and what is wrong with amounts, by name."""
    problems: dict[str, object] = {}
    found = [
        cost.cost(_owned(one.listing, price, asked, problems), asked.assumed)
        for one, price in zip(table.offered, table.prices, strict=True)
    ]
    return found, problems


def _owned(listing: Listing, today: Price, asked: Asked, problems: dict[str, object]) -> Owned:
    """One unit of a listing with what its page says and what the reader knows."""
    known: dict[str, int] = {}
    for part in OWN:
        name = f"{part}-{listing.id}"
        if name in asked.typed:
            given = {"amount": asked.typed[name], "currency": listing.currency}
            try:
                known[part] = MoneyField(zero=True).deserialize(given).minor
            except ValidationError as error:
                problems[name] = _first(error.messages)
    price = today.price_minor
    power = specs.typed(tree(), listing.category, listing.specs).get(POWER)
    return Owned(
        listing.currency, None if price is None else line_minor(price, MICRO, listing.price_basis_micro),
        listing.warranty_months, power.value.number if power is not None else None, **known,
    )  # fmt: skip
