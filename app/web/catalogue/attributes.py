"""The groups of the panel that the category asks for: numbers in the unit that the reader chooses, choices, flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.catalogue import facets
from app.catalogue.engine import Bucket, Search, Spread
from app.catalogue.index import Results
from app.catalogue.taxonomy import units, values
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.tree import tree
from app.kernel.values import Money
from app.web.catalogue.address import Address

OPEN_GROUPS = 3


def groups(search: Search, found: Results, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """A group for every declared facet and attribute of the category that a listing states or a filter names."""
    made = [_choice(name, one.title.say(i18n.language()), search, found) for name, one in facets.DECLARED.items()]
    for one in facets.attributes(tree(), search.category):
        if one.type in ("choice", "flag"):
            made.append(_choice(one.code, one.name(i18n.language()), search, found))
        else:
            made.append(_measure(one, found.spreads.get(one.code), given))
    kept = [group for group in made if group is not None]
    for place, group in enumerate(kept):
        group["open"] = group["applied"] or place < OPEN_GROUPS
    return kept


def _choice(code: str, label: str, search: Search, found: Results) -> dict[str, Any] | None:
    counts = {one.value: one.count for one in found.facets.get(code, ())}
    chosen = search.choices.get(code, ())
    names = {value: value_label(code, value) for value in dict.fromkeys((*chosen, *counts))}
    if not names:
        return None
    options = [
        {"value": value, "label": name, "count": counts.get(value, 0), "checked": value in chosen}
        for value, name in names.items()
    ]
    return {"name": code, "label": label, "options": options, "names": [code], "applied": bool(chosen)}


def value_label(code: str, value: str) -> str:
    """The name of a code of a choice, of yes and no, or of a declared facet."""
    if code in facets.DECLARED:
        return facets.DECLARED[code].name(value, i18n.language())
    definition = tree().chosen.get(code)
    named = {option.code: option.name(i18n.language()) for option in facets.options(definition)} if definition else {}
    return named.get(value, value)


def chosen_label(code: str, value: str) -> str:
    """What an applied choice says: "Sterile: yes"."""
    declared, definition = facets.DECLARED.get(code), tree().chosen.get(code)
    title = (
        declared.title.say(i18n.language()) if declared else definition.name(i18n.language()) if definition else code
    )
    return str(_("%(name)s: %(value)s", name=title, value=value_label(code, value)))


def _measure(one: Definition, spread: Spread | None, given: Mapping[str, str]) -> dict[str, Any] | None:
    low, high = (given.get(f"{one.code}_{end}", "") for end in ("from", "to"))
    applied = bool(low or high)
    if not applied and (spread is None or not spread.count):
        return None
    unit = chosen_unit(one, given.get(f"{one.code}_unit", ""))
    label = unit_label(one, unit)
    return {
        "name": one.code, "label": one.name(i18n.language()), "unit": label, "applied": applied,
        "low": {"name": f"{one.code}_from", "value": low}, "high": {"name": f"{one.code}_to", "value": high},
        "units": _units(one), "unit_name": f"{one.code}_unit", "unit_code": unit,
        "span": _span(one, spread, unit, label), "parts": _parts(one, spread, unit, label),
        "names": [f"{one.code}_{end}" for end in ("from", "to", "unit")],
    }  # fmt: skip


def chosen_unit(one: Definition, asked: str) -> str:
    """The unit that the reader chose, or the canonical one."""
    return asked if asked in one.units else one.unit


def unit_label(one: Definition, unit: str) -> str:
    """The symbol of a unit; nothing for what is only counted."""
    if not one.dimension or one.dimension in units.PURE:
        return ""
    return units.DIMENSIONS[one.dimension].units[unit].label(i18n.language())


def _units(one: Definition) -> list[tuple[str, str]]:
    if one.dimension in units.PURE or len(one.units) < 2:
        return []
    return list(zip(one.units, one.unit_labels(i18n.language()), strict=True))


def _figure(one: Definition, number: float, unit: str) -> str:
    exact = Decimal(repr(number))
    return values.figures(one, values.Value(low=exact, high=exact), i18n.language(), unit)


def _span(one: Definition, spread: Spread | None, unit: str, label: str) -> str:
    """From the least to the most that is offered."""
    if spread is None or spread.least is None or spread.most is None:
        return ""
    ends = dict.fromkeys(_figure(one, end, unit) for end in (spread.least, spread.most))
    return " ".join(filter(None, (" – ".join(ends), label)))


def _parts(one: Definition, spread: Spread | None, unit: str, label: str) -> list[tuple[str, int]]:
    if spread is None:
        return []
    return [
        (
            f"{_ends(*(None if end is None else _figure(one, end, unit) for end in part[:2]))} {label}".strip(),
            part.count,
        )
        for part in spread.buckets
        if part.count
    ]


def _ends(low: str | None, high: str | None) -> str:
    if low is None:
        return f"< {high}"
    return f"≥ {low}" if high is None else f"{low} – {high}"


def price_parts(found: Results, currency: str, address: Address) -> list[dict[str, Any]]:
    """How many cost how much, each a link that sets both prices; within one currency."""
    spread = found.spreads.get("price")
    code = currency or "CNY"
    if spread is None:
        return []
    rest = address.but("price_from", "price_to", "currency")
    made = []
    for part in spread.buckets:
        if part.count:
            ends = [None if end is None else Money(int(end), code) for end in part[:2]]
            pairs = [
                (name, one.amount)
                for name, one in zip(("price_from", "price_to"), ends, strict=True)
                if one is not None
            ]
            label = _ends(*(None if one is None else i18n.money(one) for one in ends))
            href = address.href([*rest, *pairs, ("currency", code)])
            made.append({"label": label, "href": href, "count": part.count})
    return made


def lead_times(found: Results, days: Iterable[int]) -> list[tuple[int, str]]:
    """Choices of the longest lead time, with how many keep it."""
    spread = found.spreads.get("lead_time")
    return [(day, _within(day, spread.buckets if spread else ())) for day in days]


def _within(day: int, buckets: Iterable[Bucket]) -> str:
    words = str(_("Within %(days)s days", days=day))
    edges = [part for part in buckets if part.high is not None and part.high <= day + 1]
    if not edges or edges[-1].high != day + 1:  # the reader's own number of days lies within a bucket
        return words
    return f"{words} ({sum(part.count for part in edges)})"
