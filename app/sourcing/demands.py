"""Demanded parameters with a type: read in the units of their category, and measured against what is offered.

A typed demand names an attribute of the line's category; its value and unit stay the words of whoever asked, and are
read whenever they are needed, like the properties of listings (ADR 0012). A demand without an attribute is words only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from app.catalogue.taxonomy import values
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.tree import tree
from app.catalogue.taxonomy.values import Unreadable, Value
from app.kernel.errors import INVALID, refusal
from app.kernel.values import N_

CATEGORY_MISSING = refusal("demand_category_missing", INVALID, N_("Name the category of the line first."))
NO_SUCH_ATTRIBUTE = refusal("demand_attribute_unknown", INVALID, N_("The category asks for no such parameter."))
OPERATOR_UNFIT = refusal("demand_operator_unfit", INVALID, N_("This condition does not fit the parameter."))
VALUE_UNREADABLE = refusal("demand_value_unreadable", INVALID, N_("The value cannot be read as this parameter."))

Demand = Mapping[str, Any]

OPERATORS: Final[dict[str, frozenset[str]]] = {
    "number": frozenset({"at_least", "at_most", "equal", "range", "one_of"}),
    "range": frozenset({"at_least", "at_most", "equal", "range"}),
    "choice": frozenset({"equal", "one_of"}),
    "flag": frozenset({"equal"}),
    "text": frozenset({"equal", "one_of"}),
}
"""What may be demanded of an attribute, by its type."""
_BETWEEN: Final = re.compile(r"[，、;；]|,(?!\d{3}(?!\d))")
"""What stands between the values of "one of"; a comma before three figures groups thousands."""


def definition_of(category: str | None, demand: Demand) -> Definition | None:
    """The attribute that a demand names, as the category asks it; None where the demand is words."""
    code = demand.get("attribute")
    if not code or not category:
        return None
    return next((one for one in tree().asked(category) if one.code == code), None)


def checked(category: str | None, demand: Demand, line: int, place: int) -> dict[str, Any]:
    """The demand as it is stored; refused at its field where it names an attribute that its value does not fit."""
    stored = dict(demand)
    if not stored.get("attribute"):
        stored.pop("attribute", None)
        return stored

    def at(name: str, words: object) -> dict[str, Any]:
        return {"lines": {line: {"demands": {place: {name: [words]}}}}}

    if not category:
        raise CATEGORY_MISSING(fields={"lines": {line: {"category": [CATEGORY_MISSING.words]}}})
    definition = definition_of(category, demand)
    if definition is None:
        raise NO_SUCH_ATTRIBUTE(fields=at("attribute", NO_SUCH_ATTRIBUTE.words))
    if demand["operator"] not in OPERATORS[definition.type]:
        raise OPERATOR_UNFIT(fields=at("operator", OPERATOR_UNFIT.words))
    try:
        _wanted(definition, demand)
    except Unreadable as unreadable:
        raise VALUE_UNREADABLE(fields=at("value", unreadable.words)) from None
    stored["name"] = demand.get("name") or definition.zh
    return stored


def measured(category: str | None, demand: Demand, offered: str) -> str | None:
    """positive, none or negative, where demand and offer can both be read as the attribute; else None."""
    definition = definition_of(category, demand)
    if definition is None or not offered.strip() or demand["operator"] not in OPERATORS[definition.type]:
        return None
    try:
        wanted, given = _wanted(definition, demand), _offered(definition, demand, offered)
    except Unreadable:
        return None
    if definition.type == "range":
        return _range(str(demand["operator"]), wanted[0], given)
    if definition.type == "number":
        return _number(str(demand["operator"]), wanted, given)
    return "none" if _chosen(definition, wanted, given) else "negative"


def _offered(definition: Definition, demand: Demand, offered: str) -> Value:
    """What is offered; a bare figure is meant in the unit of the demand."""
    try:
        return values.read(definition, offered)
    except Unreadable:
        if not demand.get("unit"):
            raise
        return values.read(definition, f"{offered} {demand['unit']}")


def _text(demand: Demand) -> str:
    return f"{demand['value']} {demand.get('unit') or ''}".strip()


def _wanted(definition: Definition, demand: Demand) -> list[Value]:
    """The demanded values in the canonical unit: several for "one of"."""
    operator = demand["operator"]
    if operator == "range":
        return [values.read(replace(definition, type="range"), _text(demand))]
    if operator == "one_of" and definition.type != "choice":
        unit = demand.get("unit") or ""
        parts = [part.strip() for part in _BETWEEN.split(str(demand["value"])) if part.strip()]
        return [values.read(definition, f"{part} {unit}".strip()) for part in parts or [""]]
    if definition.type == "range" and operator in ("at_least", "at_most"):
        return [values.read(replace(definition, type="number"), _text(demand))]
    return [values.read(definition, _text(demand))]


def _number(operator: str, wanted: list[Value], given: Value) -> str | None:
    """A number that is offered as "at least" or "at most" counts by that bound."""
    number = given.number
    if number is None:
        return None
    if operator == "range":
        low, high = wanted[0].low, wanted[0].high
        within = (low is None or low <= number) and (high is None or number <= high)
        return "none" if within else "negative"
    numbers = [one.number for one in wanted if one.number is not None]
    if operator in ("equal", "one_of"):
        return "none" if number in numbers else "negative"
    return _beyond(number, numbers[0], more=operator == "at_least")


def _beyond(number: Decimal, bound: Decimal, *, more: bool) -> str:
    if number == bound:
        return "none"
    return "positive" if (number > bound) == more else "negative"


def _range(operator: str, wanted: Value, given: Value) -> str | None:
    """ "At least" asks how far up the offered range reaches, "at most" how far down; a range has to be covered."""
    if operator in ("at_least", "at_most"):
        end = given.high if operator == "at_least" else given.low
        bound = wanted.number
        return None if end is None or bound is None else _beyond(end, bound, more=operator == "at_least")
    if operator == "equal":
        return "none" if (given.low, given.high) == (wanted.low, wanted.high) else "negative"
    ends = []
    for end, bound, more in ((given.low, wanted.low, False), (given.high, wanted.high, True)):
        if bound is not None:
            if end is None:
                return None
            ends.append(_beyond(end, bound, more=more))
    return "negative" if "negative" in ends else ("positive" if "positive" in ends else "none")


def _chosen(definition: Definition, wanted: list[Value], given: Value) -> bool:
    """Whether a choice, a yes or words are as demanded; an offer that has more choices than demanded has these too."""
    if definition.type == "flag":
        return given.flag == wanted[0].flag
    if definition.type == "text":
        return any(_plain(one.text) == _plain(given.text) for one in wanted)
    return bool(set(given.choices) & {code for one in wanted for code in one.choices})


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
