"""This project's own edition of the taxonomy, read from its tables.

A line of a tree is `code | Chinese | English | 2022 procurement catalogue | CPV 2008 | HS 2022`, two blanks deeper than
its parent; `code = service` says what is listed there. A line that begins with "+" names the attributes of the category
above it; "!" behind one makes it needed for publishing.

A line of attributes is
`code | type dimension=unit decimals | Chinese | English | other names | group | flags | options`; the types are
n(umber), r(ange), c(hoice), f(lag) and t(ext), the flags f(ilters) and c(ompares).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final, NamedTuple

from app.catalogue.taxonomy import units
from app.catalogue.taxonomy.definitions import Definition, Option
from app.catalogue.taxonomy.edition import chosen, instruments, measured, measuring, preparation, services, supplies

EDITION: Final = "2026.12.2"
"""Raise it when a table changes: `flask prepare` then takes in what is new."""

TREES: Final = (
    instruments.TREE, measuring.TREE, preparation.TREE, preparation.COLD, supplies.FURNITURE, supplies.LABWARE,
    supplies.REAGENTS, supplies.SAFETY, services.SOFTWARE, services.SERVICES,
)  # fmt: skip
ATTRIBUTES: Final = (measured.ATTRIBUTES, chosen.ATTRIBUTES)

_TYPES: Final = {"n": "number", "r": "range", "c": "choice", "f": "flag", "t": "text"}
_SYSTEMS: Final = ("cn_gov_2022", "cpv_2008", "hs_2022")
INDENT: Final = 2


class Entry(NamedTuple):
    """One category of the edition with what it asks itself."""

    code: str
    parent: str | None
    level: int
    position: int
    kind: str
    zh: str
    en: str
    mappings: tuple[tuple[str, str], ...]
    attributes: tuple[Definition, ...]


@cache
def vocabulary() -> dict[str, Definition]:
    """Every attribute of the edition by its code."""
    return {one.code: one for table in ATTRIBUTES for one in map(_definition, table.strip().splitlines())}


def _definition(line: str) -> Definition:
    parts = [part.strip() for part in line.split(" |")]
    code, kind, zh, en, aliases, group, flags, options = (*parts, "")[:8]
    letter, *measure = kind.split()
    dimension, _, unit = measure[0].partition("=") if measure else ("", "", "")
    known = units.DIMENSIONS[dimension] if dimension else None
    return Definition(
        code=code, type=_TYPES[letter], zh=zh, en=en, dimension=dimension,
        unit=(unit or known.usual) if known else "", units=tuple(known.units) if known else (),
        precision=int(measure[1]) if measure else 0,
        choices=tuple(_option(one) for one in options.split("; ") if one),
        aliases=tuple(filter(None, aliases.split(", "))), group=group, filters="f" in flags, compares="c" in flags,
    )  # fmt: skip


def _option(text: str) -> Option:
    """`code=Chinese/English/other spellings`; one name stands for both."""
    code, names = text.split("=", 1)
    zh, *rest = names.split("/")
    return Option(code, zh, rest[0] if rest else zh, tuple(rest[1:]))


@cache
def edition() -> tuple[Entry, ...]:
    """Every category of the edition, parents before their children."""
    return tuple(entry for at, table in enumerate(TREES) for entry in _entries(table, at))


def _entries(table: str, at: int) -> Iterator[Entry]:
    stack: list[str] = []
    counts: dict[str, int] = {"": at * 100}
    last: Entry | None = None
    for line in filter(str.strip, table.splitlines()):
        text = line.strip()
        if text.startswith("+ "):
            assert last is not None
            last = last._replace(attributes=tuple(_asked(text[2:].split())))
            continue
        if last is not None:
            yield last
        depth = (len(line) - len(line.lstrip())) // INDENT
        del stack[depth:]
        last = _entry(text, stack, counts)
        stack.append(last.code)
    if last is not None:
        yield last


def _entry(text: str, above: list[str], counts: dict[str, int]) -> Entry:
    name, zh, en, *codes = (part.strip() for part in text.split("|"))
    own, _, kind = name.partition(" = ")
    parent = above[-1] if above else None
    counts[parent or ""] = position = counts.get(parent or "", 0) + 10
    root_is_service = bool(above) and above[0] == "services"
    return Entry(
        code=f"{parent}.{own}" if parent else own, parent=parent, level=len(above) + 1, position=position,
        kind=kind or ("service" if root_is_service else "goods"), zh=zh, en=en,
        mappings=tuple((system, code) for system, code in zip(_SYSTEMS, codes, strict=False) if code), attributes=(),
    )  # fmt: skip


def _asked(names: list[str]) -> Iterator[Definition]:
    for position, name in enumerate(names, start=1):
        meant = vocabulary()[name.rstrip("!")]
        yield replace(meant, position=position * 10, mandatory=name.endswith("!"))


def digest() -> str:
    """A fingerprint of the whole edition, for the event that tells of its loading."""
    told = [(one._replace(attributes=()), [str(each) for each in one.attributes]) for one in edition()]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def columns_of(definition: Definition) -> dict[str, Any]:
    """A definition as columns of an Attribute."""
    return {
        "code": definition.code, "type": definition.type, "dimension": definition.dimension, "unit": definition.unit,
        "units": list(definition.units), "name_zh": definition.zh, "name_en": definition.en,
        "aliases": list(definition.aliases), "section": definition.group, "position": definition.position,
        "places": definition.precision, "filters": definition.filters, "compares": definition.compares,
        "mandatory": definition.mandatory,
        "choices": [{"code": o.code, "zh": o.zh, "en": o.en, "also": list(o.also)} for o in definition.choices],
    }  # fmt: skip
