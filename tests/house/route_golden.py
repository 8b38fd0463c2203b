"""The golden file of routes: who is answered what at which door, doors with the same answers together.

POST /api/v1/orders/{id}/affirm,approve,confirm
POST /orders/{id}/affirm
  401: anonymous
  403: lab.member lab.receiver
  422: lab.purchaser
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from tests.house.golden import names, people_of

HEAD: Final = """\
# Who is answered what at every door: each route x method x caller, as observed; see callers.py for who they are.
# Callers knock at one record of the lab and the supplier per kind, in a state in which the action leads somewhere; to
# lab2, supplier2 and service it is a foreign one. They send no input that any action takes: 422 and 428 say that they
# might. suspended-lab and suspended-supplier are the same people after their organisations were suspended; they are
# named where they are answered differently from before.
# "sign in": a browser is led to the sign-in page. Methods that a route does not have are refused to everybody.
# After a change: UPDATE_GOLDEN=1, and read the difference.
"""
WIDTH: Final = 118
LATER: Final = "suspended-"

Answers = dict[str, dict[str, str]]
"""Door -> caller -> answer."""


def written(answers: Mapping[str, Mapping[str, str]], people: Collection[str]) -> str:
    """The whole file; tables stand in the order of their first door."""
    tables: dict[str, list[str]] = {}
    people = [who for who in people if not who.startswith(LATER)]
    for door, table in sorted(answers.items(), key=lambda item: _place(item[0])):
        tables.setdefault(_table(table, people), []).append(door)
    return "\n".join([HEAD, *("\n".join([*_folded(doors), table]) for table, doors in tables.items())])


def _place(door: str) -> tuple[str, str]:
    method, _, address = door.partition(" ")
    return address, method


def _table(table: Mapping[str, str], people: Collection[str]) -> str:
    """Lines of a table: who belongs to each answer, and whose answer changed by a suspension."""
    lines = []
    for kind in sorted(set(table.values())):
        same = {who for who in people if table[who] == kind}
        lines += [f"  {kind}: {names(same, people)}\n"] if same else []
    changed = {who for who in table if who.startswith(LATER) and table[who] != table[who.removeprefix(LATER)]}
    everybody = [who for who in table if who.startswith(LATER)]
    for kind in sorted({table[who] for who in changed}):
        lines.append(f"  then {kind}: {names({who for who in changed if table[who] == kind}, everybody)}\n")
    return "".join(lines)


def _folded(doors: Iterable[str]) -> Iterator[str]:
    """Doors that differ in their last word alone share a line."""
    for stem, group in groupby(doors, key=lambda door: door.rpartition("/")[0]):
        line = ""
        for last in sorted(door.rpartition("/")[2] for door in group):
            grown = f"{line},{last}" if line else f"{stem}/{last}"
            if len(grown) > WIDTH:
                yield line
                grown = f"{stem}/{last}"
            line = grown
        yield line


def read(text: str, people: Collection[str]) -> Answers:
    """What the file says."""
    answers: Answers = {}
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        table = _read_table([line.strip() for line in lines if line.startswith("  ")], people)
        for line in lines:
            if not line.startswith("  "):
                stem, _, lasts = line.rpartition("/")
                answers.update({f"{stem}/{last}": table for last in lasts.split(",")})
    return answers


def _read_table(lines: Iterable[str], people: Collection[str]) -> dict[str, str]:
    before = [who for who in people if not who.startswith(LATER)]
    later = [who for who in people if who.startswith(LATER)]
    table: dict[str, str] = {}
    for line in lines:
        kind, told = line.split(": ", 1)
        then = kind.startswith("then ")
        if not then:
            table.update(dict.fromkeys(people_of(told, before), kind))
            continue
        table.update(dict.fromkeys(people_of(told, later), kind.removeprefix("then ")))
    unchanged = {who: table[who.removeprefix(LATER)] for who in later if who.removeprefix(LATER) in table}
    return unchanged | table
