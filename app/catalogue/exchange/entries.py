"""What would become of each file of an archive: hung on its listing, a new version there, left alone or refused.

The check and the import judge alike, as with the rows of a table (judging.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from app.accounts import files
from app.catalogue import imports
from app.catalogue.exchange import naming
from app.catalogue.exchange.archives import Entry, entry_of
from app.catalogue.exchange.cells import WHOLE_ROW, Problem
from app.catalogue.exchange.judging import Verdict
from app.catalogue.exchange.naming import Meant
from app.catalogue.exchange.tables import Row
from app.catalogue.media import putting
from app.catalogue.media.looking import NEITHER
from app.catalogue.media.putting import Shelf
from app.kernel.actors import Actor
from app.kernel.errors import RACE_LOST, Refusal
from app.kernel.shapes import Upload
from app.kernel.values import N_

NAMES_AT_ONCE: Final = 50

NO_LISTING: Final = N_("Neither this name nor its folder says the number of one of your listings.")
FILE_TWICE: Final = N_("The same file is in the archive already, for the same listing.")
NAME_TWICE: Final = N_("Another file of this name is in the archive, for the same listing.")
NESTED: Final = N_("It is an archive itself. Archives in an archive are not opened.")
NOT_AS_NAMED: Final = N_("Its content is not what its name says.")


@dataclass(slots=True)
class Plan:
    """What the names of an archive mean: place -> number and rest, and which files come twice."""

    meant: dict[int, Meant] = field(default_factory=dict)
    twins: dict[int, str] = field(default_factory=dict)


def plan_of(rows: Iterable[Row], supplier_id: str, actor: Actor) -> Plan:
    """Read all names against the numbers that the supplier has now, in the running transaction."""
    plan, seen, waiting = Plan(), set[tuple[str, str]](), map(entry_of, rows)
    while some := list(islice(waiting, NAMES_AT_ONCE)):
        asked = {one.number for entry in some for one in naming.possible(entry.name)}
        known = imports.numbers_among(supplier_id, asked, actor)
        for entry in some:
            found = naming.meant(entry.name, known)
            if found is not None:
                plan.meant[entry.place] = found
                _note_twin(plan, entry, found.number, seen)
    return plan


def _note_twin(plan: Plan, entry: Entry, number: str, seen: set[tuple[str, str]]) -> None:
    content, name = (number, entry.sha256), (number, naming.shown_as(entry.name).casefold())
    if content in seen:
        plan.twins[entry.place] = FILE_TWICE
    elif name in seen:
        plan.twins[entry.place] = NAME_TWICE
    seen |= {content, name}


@dataclass(slots=True)
class Case:
    """One file with what its name alone says about it."""

    entry: Entry
    number: str
    kind: str
    problems: list[Problem]


def cases_of(rows: Sequence[Row], plan: Plan) -> list[Case]:
    """Every file with all that is wrong with it before anybody has looked into it."""
    return [_case(entry_of(row), plan) for row in rows]


def _case(entry: Entry, plan: Plan) -> Case:
    found = plan.meant.get(entry.place)
    wrong: list[str | Refusal] = []
    if entry.mark == "archive":
        wrong.append(NESTED)
    elif naming.ending_of(entry.name) not in naming.ENDINGS:
        wrong.append(NEITHER.words)
    elif entry.mark:
        wrong.append(files.FILE_SIZE.words)
    if found is None:
        wrong.append(NO_LISTING)
    elif entry.place in plan.twins:
        wrong.append(plan.twins[entry.place])
    kind = naming.kind_of(entry.name, found.rest) if found is not None else ""
    return Case(entry, found.number if found is not None else "", kind, [_problem(entry, why) for why in wrong])


def _problem(entry: Entry, why: str | Refusal) -> Problem:
    return Problem(WHOLE_ROW, entry.name, why)


@dataclass(slots=True)
class Looked:
    """What looking into files found: place -> the file drawn anew or searched through, or why it is refused."""

    ready: dict[int, Upload] = field(default_factory=dict)
    refused: dict[int, str | Refusal] = field(default_factory=dict)


@dataclass(slots=True)
class FileJudge:
    """Judges files in the running transaction, as the person who began the import.

    spent: bytes of the quota that earlier files were promised, which grow by these.
    """

    supplier_id: str
    actor: Actor
    spent: int = 0
    shelves: dict[str, Shelf] = field(default_factory=dict)
    _more: Counter[str] = field(default_factory=Counter)

    def lay_out(self, cases: Sequence[Case]) -> None:
        """Fetch the listings that the names mean, with what hangs on them."""
        found = imports.by_number(self.supplier_id, (one.number for one in cases if one.number), self.actor)
        by_id = putting.shelves(found.values())
        self.shelves = {number: by_id[listing.id] for number, listing in found.items()}

    def unknown(self, cases: Sequence[Case]) -> Iterator[Case]:
        """The files that have to be looked into: nothing is wrong so far, and their listing does not have them."""
        for one in cases:
            shelf = self.shelves.get(one.number)
            if not one.problems and shelf is not None and not shelf.has({one.entry.sha256}):
                yield one

    def judge(self, cases: Sequence[Case], looked: Looked, refused: Mapping[int, Refusal]) -> list[Verdict]:
        """A verdict per file, in their order; `refused` are those that an action refused before."""
        used = files.used_bytes(self.supplier_id)
        return [self._judge(one, looked, refused.get(one.entry.place), used) for one in cases]

    def _judge(self, case: Case, looked: Looked, refused: Refusal | None, used: int) -> Verdict:
        entry, shelf = case.entry, self.shelves.get(case.number)
        verdict = Verdict(entry.row, case.number, "refused", problems=list(case.problems))
        why: str | Refusal | None = refused
        if why is None and not verdict.problems:
            why = NO_LISTING if shelf is None else self._outcome(case, shelf, looked, used, verdict)
        if why is not None:
            verdict.outcome = "refused"
            verdict.problems.append(_problem(entry, why))
        return verdict

    def _outcome(self, case: Case, shelf: Shelf, looked: Looked, used: int, verdict: Verdict) -> str | Refusal | None:
        """Write the outcome down; why it is refused, if it is."""
        place = case.entry.place
        if shelf.has({case.entry.sha256}):
            verdict.outcome = "unchanged"
            return None
        if place in looked.refused:
            return looked.refused[place]
        if place not in looked.ready:
            raise RACE_LOST()  # it was there when we looked, and somebody has taken it down since
        file = looked.ready[place]
        if shelf.has({file.sha256}):
            verdict.outcome = "unchanged"
            return None
        size = sum(one.size_bytes for one in (file, *file.sizes))
        try:
            shelf.refuse(self.actor, kind=case.kind, name=file.name, more=self._more[shelf.listing.id])
            if used + self.spent + size > files.quota_bytes():
                raise files.over_quota()
        except Refusal as refused:
            return refused
        former = shelf.former(case.kind, file.name)
        self.spent += size
        self._more[shelf.listing.id] += former is None
        verdict.outcome = "created" if former is None else "changed"
        verdict.listing = shelf.listing
        verdict.given = {"kind": case.kind, "file": file, "replaces": former.id if former is not None else None}
        return None
