"""What compared listings have in common, in the words of a demand: the bound that every one of them meets."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from app.catalogue.comparing.table import Row, Table
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.units import PURE
from app.catalogue.taxonomy.values import Value

Words = dict[str, str]
"""operator, value and unit of a demand."""


def in_common(found: Table, chosen: Collection[str], language: str) -> list[tuple[str, Definition, Words]]:
    """(attribute, its definition, demand) per row: those chosen, or, where none is chosen, those that all state.

    A number is demanded as "at least" the smallest of them; whoever asks turns that round where less is better.
    """
    rows = [row for row in found.rows if row.definition.code in chosen] if chosen else [
        row for row in found.rows if all(cell.value is not None for cell in row.cells)
    ]  # fmt: skip
    said = [(row.definition, _demand(row, language)) for row in rows]
    return [(definition.code, definition, words) for definition, words in said if words is not None]


def _demand(row: Row, language: str) -> Words | None:
    values = [cell.value for cell in row.cells if cell.value is not None]
    kind, unit = row.definition.type, "" if row.definition.dimension in PURE else row.definition.unit
    if kind == "number":
        return _number([one.number for one in values if one.number is not None], unit)
    if kind == "range":
        return _covered(values, unit)
    if kind == "choice":
        return _choices(row.definition, values, language)
    if kind == "flag":
        flags = {one.flag for one in values}
        return {"operator": "equal", "value": _flag(flags.pop(), language), "unit": ""} if len(flags) == 1 else None
    texts = {one.text for one in values}
    return {"operator": "equal", "value": texts.pop(), "unit": ""} if len(texts) == 1 else None


def _flag(flag: bool | None, language: str) -> str:
    yes, no = ("是", "否") if language.startswith("zh") else ("yes", "no")
    return yes if flag else no


def _number(numbers: list[Decimal], unit: str) -> Words | None:
    if not numbers:
        return None
    return {"operator": "at_least", "value": format(min(numbers), "f"), "unit": unit}


def _covered(values: list[Value], unit: str) -> Words | None:
    """The stretch that every range covers."""
    lows = [one.low for one in values if one.low is not None]
    highs = [one.high for one in values if one.high is not None]
    if len(lows) < len(values) or len(highs) < len(values) or max(lows) > min(highs):
        return None
    low, high = format(max(lows), "f"), format(min(highs), "f")
    return {"operator": "range", "value": f"{low} – {high}", "unit": unit}


def _choices(definition: Definition, values: list[Value], language: str) -> Words | None:
    """The choices that all have; where they have none in common, one of those that any has."""
    sets = [set(one.choices) for one in values]
    shared = set.intersection(*sets) or set.union(*sets)
    names = [option.name(language) for option in definition.choices if option.code in shared]
    joined = ("、" if language.startswith("zh") else ", ").join(names)
    return {"operator": "one_of" if len(names) > 1 else "equal", "value": joined, "unit": ""} if names else None
