"""The worker's part of an import: read the file, check its rows, import them; piece by piece, and on after a restart.

A piece lasts some seconds, so that nothing else waits long for the worker. The counts, the place in the file and the
listings of a batch are one transaction: a kill at any moment neither loses nor doubles a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Final

import sqlalchemy as sa
import structlog

from app.accounts import files, people
from app.accounts.files import StoredFile
from app.accounts.models import Organisation, Person
from app.catalogue import imports
from app.catalogue.actions import listings
from app.catalogue.exchange import columns as meanings
from app.catalogue.exchange import marking
from app.catalogue.exchange.actions import (
    BUSY_STATES,
    DELIVERY,
    OUTCOMES,
    advance,
    begin_check,
    check_rows,
    finish,
    finish_check,
    give_up,
    go_on,
    read_file,
    remembered,
)
from app.catalogue.exchange.cells import WHOLE_ROW, Problem
from app.catalogue.exchange.judging import Judge, Verdict
from app.catalogue.exchange.lifecycle import IMPORT
from app.catalogue.exchange.models import HEADING_CHARS, ImportJob
from app.catalogue.exchange.tables import NotRead, Row, Table, open_table, read_table
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.chores import chore
from app.kernel.db import db
from app.kernel.errors import BUSY, RACE_LOST, Refusal
from app.kernel.events import canonical, courier
from app.kernel.lifecycle import find
from app.kernel.values import N_, now
from app.kernel.work import note, reading, unit_of_work

log = structlog.get_logger(__name__)

CHECKED_AT_ONCE: Final = 500
IMPORTED_AT_ONCE: Final = 100
PIECE_SECONDS: Final = 4.0
KEPT_DAYS: Final = 30
"""How long rows on disk and marked copies are kept; both can be made again from the file."""


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

    def table(self) -> Table:
        """The rows on disk; read anew where they are gone."""
        path = place_of(self.job_id, "rows")
        found = open_table(path)
        if found is not None:
            return found
        if self.source is None or not self.source.exists():
            raise NotRead("gone")
        return read_table(self.source, self.kind, path)

    def fail(self, error: str) -> None:
        """Give up on the import."""
        log.info("import failed", job=self.job_id, code=error)
        with unit_of_work():
            job = self.current()
            if job is not None:
                give_up(job, SYSTEM_ACTOR, error=error)


@courier(DELIVERY)
def step(payload: dict[str, Any]) -> None:
    """One piece of work; harmless to repeat: whatever it has done already is written down with its effect."""
    with reading() as session:
        job = session.get(ImportJob, payload["job"])
        if job is None or job.turn != payload["turn"]:
            return
        state, at_byte, whole = job.state, job.at_byte, job.mode == "whole"
        stored = session.scalars(sa.select(StoredFile).where(StoredFile.object_id == job.id).limit(1)).first()
        source = files.folder() / stored.stored_as if stored is not None else None
        piece = Piece(job.id, job.turn, job.kind, source)
    try:
        if state == "uploaded":
            _read(piece)
        elif state == "checking":
            _work_through(piece, at_byte, _check, CHECKED_AT_ONCE)
        elif state == "running":
            _work_through(piece, at_byte, _import_whole if whole else _import, None if whole else IMPORTED_AT_ONCE)
    except NotRead as failed:
        piece.fail(failed.code)


def work_off(job_id: str) -> None:
    """Do at once whatever an import owes, piece after piece: for the command line and the seed, who wait for it."""
    turn = -1
    while True:
        with reading() as session:
            job = session.get_one(ImportJob, job_id)
            if job.state not in BUSY_STATES or job.turn == turn:
                return
            turn = job.turn
        step({"job": job_id, "turn": turn})


def _read(piece: Piece) -> None:
    table = piece.table()
    with unit_of_work():
        job = piece.current()
        if job is None:
            return
        headings = [heading[:HEADING_CHARS] for heading in table.headings]
        kept = remembered(job.supplier_id, headings)
        codes = kept or meanings.guess(headings, tree(), job.category)
        clear = all(code or meanings.meaningless(one) for one, code in zip(headings, codes, strict=True))
        read_file(job, SYSTEM_ACTOR, headings=headings, columns=codes, rows=table.rows)
        if not meanings.lacking(codes) and (kept or clear):
            begin_check(job, SYSTEM_ACTOR)


# Rows -----------------------------------------------------------------------------------------------------------------


def _work_through(piece: Piece, at_byte: int, perform: Any, most: int | None) -> None:
    """Batches until the piece has lasted long enough or the rows end."""
    table = piece.table()
    seen = _numbers_before(piece, table, at_byte)
    until = monotonic() + PIECE_SECONDS
    rows = table.read(at_byte)
    last = False
    while not last:
        batch = list(islice(rows, most))
        if not batch:
            _end(piece, table)
            return
        last = monotonic() >= until
        if not perform(piece, batch, at_byte, seen, last=last):
            return
        at_byte = batch[-1].then


def _numbers_before(piece: Piece, table: Table, at_byte: int) -> set[str]:
    """The numbers of the rows that are done, to know which come twice."""
    with reading() as session:
        job = session.get_one(ImportJob, piece.job_id)
        reader = Judge(job, session.get_one(Organisation, job.supplier_id), SYSTEM_ACTOR, "zh").reader
    seen = set()
    for row in table.read() if at_byte else ():
        seen.add(reader.sku(row.cells))
        if row.then >= at_byte:
            break
    return seen


def _acting(job: ImportJob) -> tuple[Actor, str]:
    """The person who began it, with the rights that they have now, and their language."""
    person = db.session.get_one(Person, job.person_id)
    return people.actor_for(job.person_id, job.supplier_id, channel="import"), person.language


def _check(piece: Piece, batch: Sequence[Row], at_byte: int, seen: set[str], *, last: bool) -> bool:
    with reading() as session:
        job = session.get_one(ImportJob, piece.job_id)
        actor, language = _acting(job)
        judge = Judge(job, session.get_one(Organisation, job.supplier_id), actor, language)
        verdicts = judge.judge(batch, seen)
    with unit_of_work():
        locked = piece.current(at_byte=at_byte)
        if locked is None:
            return False
        check_rows(
            locked, SYSTEM_ACTOR, counts=_counts(verdicts), problems=_problems(verdicts), then=batch[-1].then, last=last
        )
    return True


def _counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    return {outcome: sum(one.outcome == outcome for one in verdicts) for outcome in OUTCOMES}


def _problems(verdicts: Sequence[Verdict]) -> list[tuple[int, Problem]]:
    return [(one.row.number, problem) for one in verdicts for problem in one.problems]


def _end(piece: Piece, table: Table) -> None:
    """All rows are done: lay the marked copy out, and say so."""
    with reading() as session:
        job = session.get_one(ImportJob, piece.job_id)
        problems, language = job.problem_count, _acting(job)[1]
    if problems:
        marking.write_copy(place_of(piece.job_id, "xlsx"), table, piece.job_id, language)
    else:
        place_of(piece.job_id, "xlsx").unlink(missing_ok=True)
    with unit_of_work():
        locked = piece.current()
        if locked is not None:
            (finish_check if locked.state == "checking" else finish)(locked, SYSTEM_ACTOR)


# Into the catalogue ---------------------------------------------------------------------------------------------------


@IMPORT.action("running -> =", by=SYSTEM, title=N_("Import rows"))
def import_rows(
    job: ImportJob, actor: Actor, *, batch: Sequence[Row], seen: set[str], refused: Mapping[int, Refusal], last: bool
) -> None:
    """A batch of rows goes into the catalogue by the actions of the person who began it."""
    del actor
    person, language = _acting(job)
    supplier = find(Organisation, job.supplier_id, person, lock=True)
    verdicts = Judge(job, supplier, person, language).judge(batch, seen)
    for one in verdicts:
        if one.row.number in refused:
            one.outcome, one.problems = "refused", [Problem(WHOLE_ROW, "", refused[one.row.number])]
        elif one.outcome in ("created", "changed"):
            imports.put(supplier, person, one.listing, one.given, submit=job.submits)
    if job.mode == "whole" and any(one.outcome == "refused" for one in verdicts):
        raise NotRead("not_whole")
    advance(job, _counts(verdicts), _problems(verdicts), batch[-1].then)
    note(digest=hashlib.sha256(canonical([row.cells for row in batch]).encode()).hexdigest())
    if last:
        go_on(job)


def _import(piece: Piece, batch: Sequence[Row], at_byte: int, seen: set[str], *, last: bool) -> bool:
    """A batch; where an action refuses a row of it after all, row by row, so that one costs no other."""
    if not _still_allowed(piece):
        return False
    try:
        return _perform(piece, batch, at_byte, seen, {}, last=last)
    except Refusal as refused:
        if _passes(refused):
            raise
        if len(batch) == 1:
            return _perform(piece, batch, at_byte, seen, {batch[0].number: refused}, last=last)
    for place, row in enumerate(batch):
        if not _import(piece, [row], at_byte, seen, last=last and place == len(batch) - 1):
            return False
        at_byte = row.then
    return True


def _passes(refused: Refusal) -> bool:
    """Whether it says nothing of a row: the delivery is tried again later."""
    return refused.code in (BUSY.code, RACE_LOST.code)


def _import_whole(piece: Piece, batch: Sequence[Row], at_byte: int, seen: set[str], *, last: bool) -> bool:
    """All rows in one transaction, or none."""
    if not _still_allowed(piece):
        return False
    try:
        return _perform(piece, batch, at_byte, seen, {}, last=last)
    except Refusal as refused:
        if _passes(refused):
            raise
        log.info("import not whole", job=piece.job_id, code=refused.code)
        raise NotRead("not_whole") from None


def _perform(
    piece: Piece, batch: Sequence[Row], at_byte: int, seen: set[str], refused: Mapping[int, Refusal], *, last: bool
) -> bool:
    own = set(seen)  # what a batch that is rolled back has seen is not kept
    with unit_of_work():
        job = piece.current(at_byte=at_byte)
        if job is None:
            return False
        import_rows(job, SYSTEM_ACTOR, batch=batch, seen=own, refused=refused, last=last)
    seen |= own
    return True


def _still_allowed(piece: Piece) -> bool:
    """Whether the person may list for the supplier now; else the import ends."""
    try:
        with reading() as session:
            job = session.get_one(ImportJob, piece.job_id)
            actor, _language = _acting(job)
            supplier = find(Organisation, job.supplier_id, actor)
            listings.draft_listing.admit(supplier, actor)
            listings.draft_listing.possible(supplier, actor)
    except Refusal:
        piece.fail("not_allowed")
        return False
    return True


@chore("imports", timedelta(days=1))
def sweep() -> int:
    """Take away rows on disk and marked copies that are old; the file itself stays with its import."""
    before = (now() - timedelta(days=KEPT_DAYS)).timestamp()
    folder = files.folder() / "imports"
    old = [path for path in folder.glob("imp_*") if path.stat().st_mtime < before] if folder.exists() else []
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
