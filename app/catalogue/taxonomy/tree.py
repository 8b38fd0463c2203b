"""The tree as programs read it: frozen, whole, and the same for everybody until somebody changes it.

A process keeps the trees it has loaded by the token of TaxonomyMark; a transaction asks for the token once.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, cast

import sqlalchemy as sa

from app.catalogue.taxonomy.definitions import MEASURED, Definition
from app.catalogue.taxonomy.models import Attribute, Category, TaxonomyMark
from app.kernel.db import db

OTHER: Final = "other"
KEPT_TREES: Final = 4
"""Trees that a process remembers: today's, and what a running transaction or a test makes of it."""

_NAME: Final = "taxonomy"
_kept: OrderedDict[str, Tree] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Node:
    """One category: its code, its names, and where it stands."""

    id: str
    code: str
    zh: str
    en: str
    kind: str
    state: str
    parent: str | None
    position: int
    successor: str | None

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.zh if language.startswith("zh") else self.en


class Tree:
    """All categories with what they ask. Codes that are not here are answered as "other", never with an error."""

    def __init__(self, nodes: Iterable[Node], asked: Mapping[str, tuple[Definition, ...]]) -> None:
        self.nodes: dict[str, Node] = {node.code: node for node in nodes}
        self._own = asked
        below: dict[str | None, list[Node]] = {}
        for node in self.nodes.values():
            below.setdefault(node.parent, []).append(node)
        self._below = {code: sorted(those, key=lambda one: (one.position, one.code)) for code, those in below.items()}
        self._asked: dict[str, tuple[Definition, ...]] = {}
        self._spelled: dict[str, dict[str, tuple[Definition, str]]] = {}

    def place(self, code: str) -> str:
        """Where a listing of this category stands today: a retired category is followed by its successor."""
        for _step in range(len(self.nodes)):
            node = self.nodes.get(code)
            if node is None or node.state != "retired" or node.successor is None:
                break
            code = node.successor
        return code

    def path(self, code: str) -> tuple[str, ...]:
        """The codes from the root down to where this category stands; of an unknown code, the path of "other"."""
        node = self.nodes.get(self.place(code))
        if node is None:
            return (OTHER,)
        found = [node.code]
        while node.parent is not None:
            node = self.nodes[node.parent]
            found.append(node.code)
        return tuple(reversed(found))

    def name(self, code: str, language: str) -> str:
        """The name of a category in a language; the code itself where it is unknown."""
        node = self.nodes.get(self.place(code))
        return node.name(language) if node else code

    def path_names(self, code: str) -> tuple[str, ...]:
        """The names of the whole path in both languages, for search."""
        those = (self.nodes[part] for part in self.path(code) if part in self.nodes)
        return tuple(text for node in those for text in (node.zh, node.en))

    def children(self, code: str | None = None) -> tuple[str, ...]:
        """The active codes one level below, in their order; the roots for None."""
        return tuple(one.code for one in self._below.get(code, ()) if one.state == "active")

    def all_below(self, code: str | None = None) -> list[Node]:
        """Every category of a subtree, whatever its state, parents before their children and in order."""
        own = [self.nodes[code]] if code in self.nodes else []
        return own + [node for child in self._below.get(code, ()) for node in self.all_below(child.code)]

    def landing_in(self, codes: Iterable[str]) -> set[str]:
        """The codes whose listings stand in one of these categories today, or would: retired ones lead there."""
        wanted = set(codes)
        return wanted | {node.code for node in self.nodes.values() if self.place(node.code) in wanted}

    @cached_property
    def open(self) -> dict[str, Node]:
        """The categories that a listing may be put into, in the order of the tree."""
        return {node.code: node for node in self.all_below() if node.state == "active"}

    def fits(self, code: str, kind: str) -> bool:
        """Whether a kind of listing belongs into a category."""
        node = self.nodes.get(self.place(code))
        return node is not None and node.kind in (kind, "any")

    # What is asked ----------------------------------------------------------------------------------------------------

    def own(self, code: str) -> tuple[Definition, ...]:
        """What a category asks itself."""
        return self._own.get(code, ())

    def asked(self, code: str) -> tuple[Definition, ...]:
        """All that listings of a category are asked: its own first, then what the categories above ask."""
        place = self.place(code)
        found = self._asked.get(place)
        if found is None:
            gathered: dict[str, Definition] = {}
            for part in reversed(self.path(place)):
                for one in self.own(part):
                    gathered.setdefault(one.code, one)
            found = self._asked[place] = tuple(gathered.values())
        return found

    def meant(self, code: str, key: str) -> tuple[Definition, str] | None:
        """The attribute of a category that a supplier's property names, and which end of it: "", "low" or "high"."""
        place = self.place(code)
        spelled = self._spelled.get(place)
        if spelled is None:
            spelled = self._spelled[place] = _spellings(self.asked(place))
        return spelled.get(spelling(key))

    @cached_property
    def measured(self) -> dict[str, Definition]:
        """Attributes that can be filtered by amount, by code: what a code means is the same everywhere."""
        found: dict[str, Definition] = {}
        for node in self.all_below():
            for one in self.own(node.code):
                if one.type in MEASURED and one.filters:
                    found.setdefault(one.code, one)
        return found

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Name in either language -> code of an open category, the highest of those that share it."""
        found: dict[str, str] = {}
        for node in self.open.values():
            for name in (node.zh, node.en):
                found.setdefault(name, node.code)
        return found

    @cached_property
    def chosen(self) -> dict[str, Definition]:
        """Attributes that can be filtered by their codes, or by yes and no, by code."""
        found: dict[str, Definition] = {}
        for node in self.all_below():
            for one in self.own(node.code):
                if one.type in ("choice", "flag") and one.filters:
                    found.setdefault(one.code, one)
        return found

    @cached_property
    def sized(self) -> dict[str, tuple[Definition, ...]]:
        """Dimension -> the attributes that measure it, to read quantities that stand alone in a question."""
        found: dict[str, dict[str, Definition]] = {}
        for node in self.all_below():
            for one in self.own(node.code):
                if one.type in MEASURED:
                    found.setdefault(one.dimension, {}).setdefault(one.code, one)
        return {dimension: tuple(those.values()) for dimension, those in found.items()}


def spelling(key: str) -> str:
    """A name without what writers differ in."""
    return re.sub(r"[\s_\-]+", " ", key).strip().casefold()


def _spellings(asked: Iterable[Definition]) -> dict[str, tuple[Definition, str]]:
    """The names of attributes; what is asked nearest comes first, and proper names come before other names."""
    asked = tuple(asked)
    found: dict[str, tuple[Definition, str]] = {}
    for one in asked:
        for name in (one.code, one.zh, one.en):
            found.setdefault(spelling(name), (one, ""))
    for one in asked:
        for alias in one.aliases:
            end = {"<": "low", ">": "high"}.get(alias[0], "")
            found.setdefault(spelling(alias[1:] if end else alias), (one, end))
    return found


def tree() -> Tree:
    """The tree of today, as the running transaction sees it."""
    session = db.session()
    running, known = session.info.get(_NAME, (None, None))
    if running is not None and running is session.get_transaction():
        if known is None:  # it has changed the tree itself
            session.flush()
            return _load()
        return cast("Tree", known)
    token = session.scalar(sa.select(TaxonomyMark.token)) or ""
    found = _kept.get(token)
    if found is None:
        found = _kept[token] = _load()
        while len(_kept) > KEPT_TREES:
            _kept.popitem(last=False)
    session.info[_NAME] = session.get_transaction(), found
    return found


def distrust() -> None:
    """The running transaction changes the tree: until it ends, it reads it anew every time, and nobody keeps that."""
    session = db.session()
    session.info[_NAME] = session.get_transaction(), None


def _load() -> Tree:
    columns = (Category.id, Category.code, Category.name_zh, Category.name_en, Category.kind, Category.state,
               Category.parent_id, Category.position, Category.heir_id)  # fmt: skip
    rows = db.session.execute(sa.select(*columns)).all()
    codes = {row.id: row.code for row in rows}
    nodes = [
        Node(
            row.id, row.code, row.name_zh, row.name_en, row.kind, row.state, codes.get(row.parent_id), row.position,
            codes.get(row.heir_id),
        )
        for row in rows
    ]  # fmt: skip
    asked: dict[str, list[Definition]] = {}
    active = sa.select(Attribute).where(Attribute.state == "active").order_by(Attribute.position, Attribute.code)
    for attribute in db.session.scalars(active):
        code = codes[attribute.category_id]
        asked.setdefault(code, []).append(attribute.definition(code))
    return Tree(nodes, {code: tuple(those) for code, those in asked.items()})


def narrowed(below: Definition, above: Definition) -> str | None:
    """What a child's attribute allows that its parent's does not: the name of the part, or None where it is narrower.

    Type, dimension and canonical unit cannot differ: the database keeps one meaning for a code.
    """
    if not set(below.units) <= set(above.units):
        return "units"
    if above.type == "choice" and not {one.code for one in below.choices} <= {one.code for one in above.choices}:
        return "choices"
    if above.least is not None and (below.least is None or below.least < above.least):
        return "least"
    if above.most is not None and (below.most is None or below.most > above.most):
        return "most"
    return "mandatory" if above.mandatory and not below.mandatory else None


def without_place(definition: Definition) -> Definition:
    """A definition without where it is stored, to compare what two say."""
    return replace(definition, id="", category="")
