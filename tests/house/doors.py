"""Every door of the house: each rule of the URL map with each of its methods, for every kind of record and action.

They are read from app.url_map and the lifecycles, so that a new route is a new door without a word being written; a
rule whose parameter nobody has explained here is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

from app.http import callable_actions, collections
from app.kernel.lifecycle import Lifecycle

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
PROGRAMS: Final = "/api/v1/"

PLACES: Final = {"offline": "organisations", "standing": "organisations", "stand-in": None, "inbox": None}
"""First words of addresses that are no collection: whose records stand there, if anybody's."""


@dataclass(frozen=True, slots=True)
class Door:
    """A method on an address; `{id}` stands for the id of a record of the kind, in one of the states."""

    method: str
    address: str
    endpoint: str
    kind: str = ""
    states: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the golden file calls it."""
        return f"{self.method} {self.address}"

    @property
    def for_programs(self) -> bool:
        """Whether it belongs to the API."""
        return self.address.startswith(PROGRAMS)

    @property
    def to_a_record(self) -> bool:
        """Whether one record stands behind it."""
        return "{id}" in self.address


class Unexplained(Exception):
    """A rule has a parameter that nobody has given a meaning to."""


def doors(app: Flask, fillers: Mapping[str, str]) -> list[Door]:
    """All of them, in the order of their addresses. `fillers`: what stands for a parameter that names no record."""
    found: dict[str, Door] = {}
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (len(rule.arguments), rule.rule))
    for rule in rules:  # an address of its own comes before the one with a parameter that would fit as well
        for method in METHODS:
            if method in (rule.methods or ()):
                for door in _of(rule, method, fillers):
                    found.setdefault(door.name, door)
    return sorted(found.values(), key=lambda door: (door.address, METHODS.index(door.method)))


def shut(all_doors: list[Door]) -> Iterator[tuple[str, str]]:
    """(method, address) of every method that an address does not have."""
    known = {door.name for door in all_doors}
    for address in sorted({door.address for door in all_doors}):
        yield from ((method, address) for method in METHODS if f"{method} {address}" not in known)


def _of(rule: Rule, method: str, fillers: Mapping[str, str]) -> Iterator[Door]:
    if "collection" in rule.arguments:
        for collection, lifecycle in collections().items():
            yield from _at(rule, method, collection, lifecycle)
        return
    first = rule.rule.removeprefix("/api/v1").split("/")[1]
    owner = PLACES.get(first, first)
    lifecycle = collections().get(owner or "") if "record_id" in rule.arguments else None
    if "record_id" in rule.arguments and lifecycle is None:
        raise Unexplained(f"{rule.rule}: whose records are these? Say so in PLACES of {__name__}.")
    address = rule.rule
    for name in sorted(rule.arguments - {"record_id"}):
        if name not in fillers:
            raise Unexplained(f"{rule.rule}: what stands for <{name}>? Say so where the park of the routes is made.")
        address = _filled(address, name, fillers[name])
    yield Door(method, _filled(address, "record_id", "{id}"), rule.endpoint, lifecycle.name if lifecycle else "")


def _at(rule: Rule, method: str, collection: str, lifecycle: Lifecycle[object]) -> Iterator[Door]:  # type: ignore[type-var]
    address = _filled(_filled(rule.rule, "collection", collection), "record_id", "{id}")
    kind = lifecycle.name if "record_id" in rule.arguments else ""
    if "name" not in rule.arguments:
        yield Door(method, address, rule.endpoint, kind)
        return
    for verb in callable_actions(lifecycle):  # type: ignore[arg-type]
        sources = tuple(state for state in lifecycle.states if state in verb.sources)
        yield Door(method, _filled(address, "name", verb.name), rule.endpoint, kind, sources)


def _filled(address: str, name: str, value: str) -> str:
    """The address with a value in the place of a parameter, whatever its converter is."""
    parts = [value if part.strip("<>").rpartition(":")[2] == name and part[:1] == "<" else part
             for part in address.split("/")]  # fmt: skip
    return "/".join(parts)


def reached(app: Flask, all_doors: list[Door]) -> set[str]:
    """The endpoints behind which these doors lead, as the router sees it."""
    router = app.url_map.bind("localhost")
    return {router.match(door.address.replace("{id}", f"org_{'0' * 26}"), method=door.method)[0] for door in all_doors}
