"""Listings side by side by what their categories compare: typed values in one unit, with differences marked.

A constant number of queries, however many listings; the rest is read from their properties and the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.catalogue import queries, specs
from app.catalogue.comparing.kept import MAX_COMPARED
from app.catalogue.offers.pricing import Price, prices, terms_of
from app.catalogue.queries import Offered
from app.catalogue.taxonomy.definitions import GROUPS, Definition
from app.catalogue.taxonomy.tree import Tree, tree
from app.catalogue.taxonomy.values import Value
from app.kernel.actors import Actor

_LISTING_ID: Final = re.compile(r"lst_[0-9a-z]{26}")
_ORDER: Final = {group: place for place, group in enumerate(GROUPS)}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one listing says to one attribute: a value, nothing, or that its category does not ask."""

    asked: bool
    value: Value | None


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute across the listings."""

    definition: Definition
    cells: tuple[Cell, ...]

    @property
    def verdict(self) -> str:
        """ "differs", "same" (all state the same), or "open": those that state it agree, but not all do."""
        stated = [cell.value for cell in self.cells if cell.value is not None]
        if len({_plain(self.definition, one) for one in stated}) > 1:
            return "differs"
        return "same" if len(stated) == len(self.cells) else "open"


@dataclass(frozen=True, slots=True)
class Table:
    """The comparison: its listings, the ids that are not on offer to the reader, and a row per attribute."""

    offered: tuple[Offered, ...]
    prices: tuple[Price, ...]
    """What the smallest order of each costs the reader's organisation today."""
    gone: tuple[str, ...]
    rows: tuple[Row, ...]
    categories: tuple[str, ...]
    unstated: int
    """Attributes that are compared in these categories and that none of the listings states."""

    @property
    def ids(self) -> list[str]:
        """The ids of the listings, in their order."""
        return [one.listing.id for one in self.offered]


def _plain(definition: Definition, value: Value) -> object:
    """What is compared: numbers as they are kept, choices as a set, words without their case and blanks."""
    if definition.type == "text":
        return "".join(value.text.split()).casefold()
    if definition.type == "choice":
        return frozenset(value.choices)
    return value


def wanted(given: Iterable[str]) -> tuple[list[str], list[str]]:
    """(possible ids, each once; what is too many of them). What cannot be an id is one that nobody has."""
    possible = list(dict.fromkeys(one for one in given))
    return possible[:MAX_COMPARED], possible[MAX_COMPARED:]


def compared(ids: Sequence[str], actor: Actor) -> Table:
    """The listings among these that are on offer to the actor, side by side."""
    known = queries.on_offer_by_id([one for one in ids if _LISTING_ID.fullmatch(one)], actor) if ids else {}
    offered = tuple(known[one] for one in ids if one in known)
    terms = [terms_of(one.listing) for one in offered]
    paid = tuple(prices(actor.org_id, [(one, one.least_micro) for one in terms]))
    today = tree()
    rows, unstated = _rows(today, offered)
    places = dict.fromkeys(today.place(one.listing.category) for one in offered)
    return Table(offered, paid, tuple(one for one in ids if one not in known), rows, tuple(places), unstated)


def _rows(today: Tree, offered: Sequence[Offered]) -> tuple[tuple[Row, ...], int]:
    asked = [{one.code: one for one in today.asked(each.listing.category)} for each in offered]
    stated = [specs.typed(today, each.listing.category, each.listing.specs) for each in offered]
    definitions: dict[str, Definition] = {}
    for those in asked:
        for code, one in those.items():
            if one.compares:
                definitions.setdefault(code, one)
    rows = [
        Row(one, tuple(
            Cell(code in those, said[code].value if code in said else None)
            for those, said in zip(asked, stated, strict=True)
        ))
        for code, one in definitions.items()
    ]  # fmt: skip
    told = [row for row in rows if any(cell.value is not None for cell in row.cells)]
    told.sort(key=lambda row: (_ORDER.get(row.definition.group, len(_ORDER)), row.definition.position))
    return tuple(told), len(rows) - len(told)
