"""A piece of work on one import: what it finds when it begins, batches until it has lasted long enough, how it ends.

Tables (running.py) and archives (hanging.py) are worked off alike. The counts, the place in the file and the effect of
a batch are one transaction: a kill at any moment neither loses nor doubles anything.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Final

import structlog

from app.accounts import files, people
from app.accounts.models import Organisation, Person
from app.catalogue.actions import listings
from app.catalogue.exchange import marking
from app.catalogue.exchange.actions import OUTCOMES, finish, finish_check, give_up
from app.catalogue.exchange.archives import read_archive
from app.catalogue.exchange.cells import Problem
from app.catalogue.exchange.judging import Verdict
from app.catalogue.exchange.models import ARCHIVE, ImportJob
from app.catalogue.exchange.tables import NotRead, Row, Table, open_table, read_table
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import BUSY, RACE_LOST, Refusal
from app.kernel.lifecycle import find
from app.kernel.work import reading, unit_of_work

log = structlog.get_logger(__name__)

PIECE_SECONDS: Final = 4.0


def place_of(job_id: str, ending: str) -> Path:
    """Where what the worker makes of a file lies."""
    return files.folder() / "imports" / f"{job_id}.{ending}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of work on one import, as it stood when the piece began."""

    job_id: str
    turn: int
    kind: str
    source: Path | None

    def current(self, *, at_byte: int | None = None) -> ImportJob | None:
        """The job under lock; None when another piece has taken over, or somebody has stopped it."""
        job = find(ImportJob, self.job_id, SYSTEM_ACTOR, lock=True)
        here = job.turn == self.turn and (at_byte is None or job.at_byte == at_byte)
        return job if here else None

    @property
    def unpacked(self) -> Path:
        """Where the files of an archive lie."""
        return place_of(self.job_id, "files")

    def table(self) -> Table:
        """The rows on disk; read anew where they are gone."""
        path = place_of(self.job_id, "rows")
        found = open_table(path)
        if found is not None and (self.kind != ARCHIVE or self.unpacked.is_dir()):
            return found
        if self.source is None or not self.source.exists():
            raise NotRead("gone")
        if self.kind == ARCHIVE:
            return read_archive(self.source, path, self.unpacked)
        return read_table(self.source, self.kind, path)

    def tidy(self) -> None:
        """Take away what was unpacked: nobody may fill the disk with archives that wait, and it can be made again."""
        shutil.rmtree(self.unpacked, ignore_errors=True)

    def fail(self, error: str) -> None:
        """Give up on the import."""
        log.info("import failed", job=self.job_id, code=error)
        with unit_of_work():
            job = self.current()
            if job is not None:
                give_up(job, SYSTEM_ACTOR, error=error)
        self.tidy()


def acting(job: ImportJob) -> tuple[Actor, str]:
    """The person who began it, with the rights that they have now, and their language."""
    person = db.session.get_one(Person, job.person_id)
    return people.actor_for(job.person_id, job.supplier_id, channel="import"), person.language


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many rows have which outcome."""
    return {outcome: sum(one.outcome == outcome for one in verdicts) for outcome in OUTCOMES}


def problems(verdicts: Sequence[Verdict]) -> list[tuple[int, Problem]]:
    """All that is wrong, with the number of the row."""
    return [(one.row.number, problem) for one in verdicts for problem in one.problems]


def work_through(piece: Piece, table: Table, at_byte: int, perform: Any, known: Any, most: int | None) -> None:
    """Batches of so many rows until the piece has lasted long enough or the rows end.

    perform(piece, batch, at_byte, known, last=...) does one and says whether to go on.
    """
    until = monotonic() + PIECE_SECONDS
    rows = table.read(at_byte)
    last = False
    while not last:
        batch = list(islice(rows, most))
        if not batch:
            _end(piece, table)
            return
        last = monotonic() >= until
        if not perform(piece, batch, at_byte, known, last=last):
            return
        at_byte = batch[-1].then


def _end(piece: Piece, table: Table) -> None:
    """All rows are done: lay the marked copy out, and say so."""
    with reading() as session:
        job = session.get_one(ImportJob, piece.job_id)
        wrong, language = job.problem_count, acting(job)[1]
    if wrong:
        write = marking.write_list if piece.kind == ARCHIVE else marking.write_copy
        write(place_of(piece.job_id, "xlsx"), table, piece.job_id, language)
    else:
        place_of(piece.job_id, "xlsx").unlink(missing_ok=True)
    piece.tidy()
    with unit_of_work():
        locked = piece.current()
        if locked is not None:
            (finish_check if locked.state == "checking" else finish)(locked, SYSTEM_ACTOR)


# Rows that an action refuses after all -------------------------------------------------------------------------------


def row_by_row(perform: Any, piece: Piece, batch: Sequence[Row], at_byte: int, known: Any, *, last: bool) -> bool:
    """A batch; where an action refuses a row of it after all, row by row, so that one costs no other.

    perform(piece, batch, at_byte, known, {row number: refusal}, last=...) is one transaction.
    """
    if not still_allowed(piece):
        return False
    try:
        return bool(perform(piece, batch, at_byte, known, {}, last=last))
    except Refusal as refused:
        if _passes(refused):
            raise
        if len(batch) == 1:
            return bool(perform(piece, batch, at_byte, known, {batch[0].number: refused}, last=last))
    for place, row in enumerate(batch):
        if not row_by_row(perform, piece, [row], at_byte, known, last=last and place == len(batch) - 1):
            return False
        at_byte = row.then
    return True


def all_or_none(perform: Any, piece: Piece, batch: Sequence[Row], at_byte: int, known: Any, *, last: bool) -> bool:
    """All rows in one transaction, or none."""
    if not still_allowed(piece):
        return False
    nothing: Mapping[int, Refusal] = {}
    try:
        return bool(perform(piece, batch, at_byte, known, nothing, last=last))
    except Refusal as refused:
        if _passes(refused):
            raise
        log.info("import not whole", job=piece.job_id, code=refused.code)
        raise NotRead("not_whole") from None


def _passes(refused: Refusal) -> bool:
    """Whether it says nothing of a row: the delivery is tried again later."""
    return refused.code in (BUSY.code, RACE_LOST.code)


def still_allowed(piece: Piece) -> bool:
    """Whether the person may list for the supplier now; else the import ends."""
    try:
        with reading() as session:
            job = session.get_one(ImportJob, piece.job_id)
            actor, _language = acting(job)
            supplier = find(Organisation, job.supplier_id, actor)
            listings.draft_listing.admit(supplier, actor)
            listings.draft_listing.possible(supplier, actor)
    except Refusal:
        piece.fail("not_allowed")
        return False
    return True
