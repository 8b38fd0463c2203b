"""Quantities that people type among the words of a search: "15000 rpm 离心机", "-80 ℃", "4 x 750 mL", "≥ 1.5 m".

A quantity is answered by every attribute that measures its dimension, whatever unit the supplier wrote: the search
knows no category yet. A bare value asks for that value first; where an attribute names a limit of what a thing can do
(`max_speed`), or a range that it covers, whatever reaches over the value answers too, and comes later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.catalogue.engine import Limits, Measure
from app.catalogue.taxonomy import units
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.scanning import Term, find, plain
from app.catalogue.taxonomy.tree import Tree
from app.catalogue.taxonomy.values import measured

MAX_MEASURES: Final = 4
NEAR: Final = Decimal("0.02")
"""What counts as the value itself: 21,300 g is 21,000 g to whoever asks, 22,000 is not."""
_SAYINGS: Final = {"十万分之一": "0.01 mg", "万分之一": "0.1 mg", "千分之一": "1 mg", "百分之一": "10 mg"}
"""What balances are called by, after the share of a gram that they can read."""
_SAYING: Final = re.compile(rf"({'|'.join(_SAYINGS)})(?=(?:分析|电子)?天平)")


def read(text: str, today: Tree) -> tuple[str | None, tuple[Measure, ...]]:
    """(the words without the quantities, the quantities); (None, ()) where there are none."""
    said = _SAYING.sub(lambda match: f"{_SAYINGS[match[1]]} ", plain(text))
    words, at, found = "", 0, []
    for start, end, term in find(said)[:MAX_MEASURES]:
        measure = _measure(said[start:end], term, today)
        if measure is not None:
            found.append(measure)
            words, at = f"{words}{said[at:start]} ", end
    return (f"{words}{said[at:]}".strip(), tuple(found)) if found else (None, ())


def _measure(said: str, term: Term, today: Tree) -> Measure | None:
    exact: list[Limits] = []
    reach: list[Limits] = []
    for dimension, attributes in today.sized.items():
        if not _measures(dimension, term):
            continue
        for one in attributes:
            ends = _ends(one, term)
            if ends is not None:
                exact += _exact(one, *ends)
                reach += _reach(one, *ends)
    return Measure(said, tuple(exact), tuple(reach)) if exact else None


def _measures(dimension: str, term: Term) -> bool:
    return all(units.find(dimension, spelling) is not None for spelling in (term.unit, term.high_unit))


def _ends(one: Definition, term: Term) -> tuple[float | None, float | None] | None:
    """Both ends in the canonical unit, all pieces together; None for what the attribute does not accept."""
    given = ((term.low, term.unit), (term.high, term.high_unit))
    if any(number is not None and measured(one, unit, number) is None for number, unit in given):
        return None
    low, high = (None if number is None else measured(one, unit, number * term.pieces) for number, unit in given)
    return (None if low is None else float(low)), (None if high is None else float(high))


def _exact(one: Definition, low: float | None, high: float | None) -> Iterator[Limits]:
    bare = low is not None and low == high
    if one.type == "range":
        if bare:
            yield from (Limits(((f"{one.code}_{end}", *_near(low)),)) for end in ("min", "max"))
        elif low is None or high is None:  # at least: it has to reach so far up; at most: so far down
            yield Limits(((f"{one.code}_max", low, None) if high is None else (f"{one.code}_min", None, high),))
        else:
            yield Limits(((f"{one.code}_min", None, low), (f"{one.code}_max", high, None)))
    else:
        yield Limits(((one.code, *(_near(low) if bare else (low, high))),))


def _reach(one: Definition, low: float | None, high: float | None) -> Iterator[Limits]:
    if low is None or low != high:
        return
    if one.type == "range":
        below, above = (f"{one.code}_min", None, low), (f"{one.code}_max", low, None)
        yield Limits((below, above))
        yield Limits((above,), absent=f"{one.code}_min")
        yield Limits((below,), absent=f"{one.code}_max")
    elif "max" in one.code.split("_"):
        yield Limits(((one.code, low, None),))


def _near(value: float | None) -> tuple[float, float]:
    exact = Decimal(repr(value or 0.0))
    low, high = sorted((exact * (1 - NEAR), exact * (1 + NEAR)))
    return float(low), float(high)
