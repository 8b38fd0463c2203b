"""A listing as its form says it, and what differs between two of them; both read from the declared schema.

Values are in the trade form that the API speaks, so that a field that is added to `ListingInput` is staged, compared
and applied without a word here, as long as a listing has an attribute of its name (or with its unit behind it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from marshmallow import Schema, fields

from app.catalogue.models import Listing
from app.catalogue.schemas import ListingInput

UNITS: Final = ("", "_micro", "_bp")


@cache
def form() -> Schema:
    """The one form of a listing."""
    return ListingInput()


def stated(listing: Listing) -> dict[str, Any]:
    """What a listing says now."""
    return said({name: _held(listing, name, one) for name, one in form().load_fields.items()})


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Loaded input in the trade form, ready to be stored as JSON and to be loaded again."""
    dumped: dict[str, Any] = form().dump(values)
    return dumped


def _held(listing: Listing, name: str, one: fields.Field[Any]) -> Any:
    held = (getattr(listing, f"{name}{unit}", None) for unit in UNITS)
    value = next((value for value in held if value is not None), None)
    if one.allow_none:
        return None if value == "" else value  # words that are kept as none are said as nothing
    if value is not None:
        return value
    return one.load_default() if callable(one.load_default) else one.load_default


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: the field, for a row of a list what the row is called, and both values (None: not there).

    The values of a row are mappings without what names it.
    """

    field: str
    row: str | None
    before: Any
    after: Any


def differences(base: Mapping[str, Any], proposed: Mapping[str, Any]) -> list[Difference]:
    """What differs, in the order of the form."""
    found: list[Difference] = []
    for name, one in form().load_fields.items():
        before, after = base.get(name), proposed.get(name)
        if before == after:
            continue
        naming = naming_field(one)
        found += _rows(name, naming, before or [], after or []) if naming else [Difference(name, None, before, after)]
    return found


def naming_field(one: fields.Field[Any]) -> str | None:
    """For a list of rows the field that tells them apart: the first that their schema declares."""
    inner = one.inner if isinstance(one, fields.List) else None
    return next(iter(inner.schema.fields)) if isinstance(inner, fields.Nested) else None


def _rows(name: str, naming: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Difference]:
    old, new = ({str(row[naming]): row for row in rows} for rows in (before, after))
    found = [
        Difference(name, key, _rest(old.get(key), naming), _rest(new.get(key), naming))
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]
    return found or [Difference(name, None, before, after)]  # only their order differs


def _rest(row: dict[str, Any] | None, naming: str) -> dict[str, Any] | None:
    return None if row is None else {key: value for key, value in row.items() if key != naming}


def price_move_bp(before: Any, after: Any) -> int | None:
    """By how many basis points a price moves, rounded away from zero; None where the two cannot be compared."""
    if not before or not after or before["currency"] != after["currency"]:
        return None
    old, new = (int(price["amount"].replace(".", "")) for price in (before, after))
    points, rest = divmod(abs(new - old) * 10_000, old)
    return (points + bool(rest)) * (1 if new >= old else -1)
