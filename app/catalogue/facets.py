"""What the catalogue can be filtered by: facets that listings declare here, and the attributes of a category.

A declared facet is one line of DECLARED: its parameter, its title, what a listing has of it (codes of letters, digits,
"_", "-" and "."), and the names of the codes. Search, counts, links, chips, the panel and the API follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.catalogue.engine import Counted
from app.catalogue.models import Listing
from app.catalogue.taxonomy.definitions import Definition, Option
from app.catalogue.taxonomy.tree import Tree
from app.kernel.values import Bilingual

MAX_COUNTED: Final = 24
"""Attributes that one search counts."""
YES_NO: Final = (Option("true", "是", "Yes"), Option("false", "否", "No"))


@dataclass(frozen=True, slots=True)
class Declared:
    """A facet that every listing may have."""

    title: Bilingual
    of: Callable[[Listing], tuple[str, ...]]
    names: Mapping[str, Bilingual]

    def name(self, code: str, language: str) -> str:
        """The name of a code; the code itself where it has none."""
        return self.names[code].say(language) if code in self.names else code


DECLARED: Final[dict[str, Declared]] = {}


def of_listing(listing: Listing) -> dict[str, tuple[str, ...]]:
    """What the index keeps of the declared facets of a listing."""
    return {name: codes for name, one in DECLARED.items() if (codes := one.of(listing))}


def attributes(today: Tree, category: str | None) -> list[Definition]:
    """The attributes that a category is filtered by, nearest first."""
    asked = today.asked(category) if category else ()
    return [one for one in asked if one.filters and one.type != "text"][:MAX_COUNTED]


def options(definition: Definition) -> tuple[Option, ...]:
    """The values of a choice, or yes and no."""
    return YES_NO if definition.type == "flag" else definition.choices


def counted(today: Tree, category: str | None, *, currency: str, price_edges: tuple[int, ...]) -> Counted:
    """What a search counts besides category, brand, supplier and kind."""
    asked = attributes(today, category)
    return Counted(
        choices=(*DECLARED, *(one.code for one in asked if one.type in ("choice", "flag"))),
        numbers=tuple(one.code for one in asked if one.type == "number"),
        spans=tuple(one.code for one in asked if one.type == "range"),
        currency=currency,
        price_edges=price_edges,
    )
