"""How many listings a change of the taxonomy would reach: for the preview beside its form, and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from app.catalogue import specs
from app.catalogue.models import Listing
from app.catalogue.taxonomy.definitions import Definition
from app.catalogue.taxonomy.tree import Tree
from app.kernel.db import db

LOOKED_AT: Final = 2_000
"""Listings whose properties are read for a preview, the newest first; beyond them the answer is a share."""


@dataclass(frozen=True, slots=True)
class Impact:
    """Listings of a part of the tree: those in the catalogue, and those on their way there or out of it."""

    published: int
    others: int

    @property
    def listings(self) -> int:
        """All of them."""
        return self.published + self.others


@dataclass(frozen=True, slots=True)
class Stated:
    """Of the newest listings that are asked for an attribute: how many were looked at, and how many state it."""

    looked_at: int
    stating: int


def by_category(tree: Tree) -> dict[str, Impact]:
    """The listings of every category with all below it; withdrawn ones do not count. One query."""
    counted = (
        sa.select(Listing.category, Listing.state, sa.func.count())
        .where(Listing.state != "withdrawn")
        .group_by(Listing.category, Listing.state)
    )
    published: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for category, state, number in db.session.execute(counted):
        for code in tree.path(category):
            (published if state == "published" else others)[code] += number
    return {code: Impact(published[code], others[code]) for code in published.keys() | others.keys()}


def of_category(tree: Tree, code: str) -> Impact:
    """The listings that a change of this category reaches."""
    return by_category(tree).get(code, Impact(0, 0))


def stated(tree: Tree, definition: Definition) -> Stated:
    """How many of the listings that are asked for an attribute state it, in a way that can be read."""
    codes = tree.landing_in({node.code for node in tree.all_below(definition.category)})
    statement = (
        sa.select(Listing.category, Listing.specs)
        .where(Listing.category.in_(codes), Listing.state != "withdrawn")
        .order_by(Listing.id.desc())
        .limit(LOOKED_AT)
    )
    rows = db.session.execute(statement).all()
    found = sum(definition.code in specs.typed(tree, row.category, row.specs) for row in rows)
    return Stated(len(rows), found)
