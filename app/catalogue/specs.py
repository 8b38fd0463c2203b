"""A listing's properties read against its category: what names an attribute has a type, the rest stays words.

Suppliers' words are what is stored. Their types are read from them whenever they are needed, so that a change of the
taxonomy holds for every listing at once, and nothing stored can disagree with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.catalogue.taxonomy import values
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.tree import Tree
from app.catalogue.taxonomy.values import Unreadable, Value
from app.kernel.shapes import Trouble, trouble
from app.kernel.values import N_

Spec = Mapping[str, Any]

_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")

SAID_TWICE: Final = N_("This property is there twice.")


@dataclass(frozen=True, slots=True)
class Typed:
    """One attribute of a listing: what was asked, what it is, and the places of the properties that say so."""

    definition: Definition
    value: Value
    places: tuple[int, ...]


def text_of(spec: Spec) -> str:
    """A property's value with its unit, as the supplier wrote both."""
    return f"{spec['value']} {spec['unit'] or ''}".strip()


def is_chinese(text: str) -> bool:
    """Whether it is written in Chinese characters."""
    return bool(_HAN.search(text))


def name_in(written: str, language: str) -> str:
    """The half of a name in two languages ("误差 / Error") that is in the reader's; any other name as it is."""
    halves = written.split(" / ")
    if len(halves) != 2 or is_chinese(halves[0]) == is_chinese(halves[1]):
        return written
    return next(half for half in halves if is_chinese(half) == (language == "zh"))


def typed(tree: Tree, category: str, specs: Sequence[Spec]) -> dict[str, Typed]:
    """The attributes that the properties state, by code, in the order of the properties; what cannot be read is not."""
    return _Reading(tree, category, specs).found


def problems(tree: Tree, category: str, specs: Sequence[Spec]) -> dict[int, dict[str, list[Trouble]]]:
    """What is wrong with properties that name an attribute: place -> field -> sentences."""
    return _Reading(tree, category, specs).wrong


def missing(tree: Tree, category: str, specs: Sequence[Spec]) -> list[Definition]:
    """The attributes that are needed for publishing and that no property states."""
    stated = typed(tree, category, specs)
    return [one for one in tree.asked(category) if one.mandatory and one.code not in stated]


class _Reading:
    """One pass over the properties of a listing."""

    def __init__(self, tree: Tree, category: str, specs: Sequence[Spec]) -> None:
        self.found: dict[str, Typed] = {}
        self.wrong: dict[int, dict[str, list[Trouble]]] = {}
        self._ends: set[tuple[str, str]] = set()
        for place, spec in enumerate(specs):
            meant = tree.meant(category, str(spec["key"]))
            if meant is not None:
                self._read(place, spec, *meant)

    def _read(self, place: int, spec: Spec, definition: Definition, end: str) -> None:
        if (definition.code, end) in self._ends:
            self.wrong[place] = {"key": [trouble(SAID_TWICE)]}
            return
        try:
            value = values.read(definition, text_of(spec))
        except Unreadable as unreadable:
            self.wrong[place] = {"value": [unreadable.words]}
            return
        self._ends.add((definition.code, end))
        if end:
            value = _one_end(value, end)
        before = self.found.get(definition.code)
        if before is None:
            self.found[definition.code] = Typed(definition, value, (place,))
        else:
            both = values.together((before.value, value))
            self.found[definition.code] = Typed(definition, both, (*before.places, place))


def _one_end(value: Value, end: str) -> Value:
    """The end of a range that a property such as "highest temperature" names."""
    if end == "low":
        return Value(low=value.low if value.low is not None else value.high)
    return Value(high=value.high if value.high is not None else value.low)


def for_engine(stated: Iterable[Typed]) -> dict[str, float | str | bool | tuple[str, ...]]:
    """What the search engine filters by: a range by its two ends, a choice by its codes, all in canonical units."""
    found: dict[str, float | str | bool | tuple[str, ...]] = {}
    for one in stated:
        code, value = one.definition.code, one.value
        if one.definition.type == "range":
            ends = {f"{code}_min": value.low, f"{code}_max": value.high}
            found |= {key: float(end) for key, end in ends.items() if end is not None}
        elif value.number is not None:
            found[code] = float(value.number)
        elif value.choices:
            found[code] = value.choices
        elif value.flag is not None:
            found[code] = value.flag
    return found
