"""The worker's part of an import: read the file, check its rows, import them; piece by piece, and on after a restart.

A piece lasts some seconds, so that nothing else waits long for the worker. The counts, the place in the file and the
listings of a batch are one transaction: a kill at any moment neither loses nor doubles a row.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts import files
from app.accounts.files import StoredFile
from app.accounts.models import Organisation
from app.catalogue import imports
from app.catalogue.exchange import columns as meanings
from app.catalogue.exchange import hanging
from app.catalogue.exchange.actions import (
    BUSY_STATES,
    DELIVERY,
    advance,
    begin_check,
    check_rows,
    go_on,
    read_file,
    remembered,
)
from app.catalogue.exchange.cells import WHOLE_ROW, Problem
from app.catalogue.exchange.judging import Judge
from app.catalogue.exchange.lifecycle import IMPORT
from app.catalogue.exchange.models import ARCHIVE, HEADING_CHARS, ImportJob
from app.catalogue.exchange.pieces import Piece, acting, all_or_none, counts, problems, row_by_row, work_through
from app.catalogue.exchange.tables import NotRead, Row, Table
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.chores import chore
from app.kernel.errors import Refusal
from app.kernel.events import canonical, courier
from app.kernel.lifecycle import find
from app.kernel.values import N_, now
from app.kernel.work import note, reading, unit_of_work

CHECKED_AT_ONCE: Final = 500
IMPORTED_AT_ONCE: Final = 100
KEPT_DAYS: Final = 30
"""How long rows on disk and marked copies are kept; both can be made again from the file."""


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
        if piece.kind == ARCHIVE:
            hanging.step(piece, state, at_byte, whole=whole)
        elif state == "uploaded":
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
    table = piece.table()
    work_through(piece, table, at_byte, perform, _numbers_before(piece, table, at_byte), most)


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


def _check(piece: Piece, batch: Sequence[Row], at_byte: int, seen: set[str], *, last: bool) -> bool:
    with reading() as session:
        job = session.get_one(ImportJob, piece.job_id)
        actor, language = acting(job)
        judge = Judge(job, session.get_one(Organisation, job.supplier_id), actor, language)
        verdicts = judge.judge(batch, seen)
    with unit_of_work():
        locked = piece.current(at_byte=at_byte)
        if locked is None:
            return False
        check_rows(
            locked, SYSTEM_ACTOR, counts=counts(verdicts), problems=problems(verdicts), then=batch[-1].then, last=last
        )
    return True


# Into the catalogue ---------------------------------------------------------------------------------------------------


@IMPORT.action("running -> =", by=SYSTEM, title=N_("Import rows"))
def import_rows(
    job: ImportJob, actor: Actor, *, batch: Sequence[Row], seen: set[str], refused: Mapping[int, Refusal], last: bool
) -> None:
    """A batch of rows goes into the catalogue by the actions of the person who began it."""
    del actor
    person, language = acting(job)
    supplier = find(Organisation, job.supplier_id, person, lock=True)
    verdicts = Judge(job, supplier, person, language).judge(batch, seen)
    for one in verdicts:
        if one.row.number in refused:
            one.outcome, one.problems = "refused", [Problem(WHOLE_ROW, "", refused[one.row.number])]
        elif one.outcome in ("created", "changed"):
            imports.put(supplier, person, one.listing, one.given, submit=job.submits)
    if job.mode == "whole" and any(one.outcome == "refused" for one in verdicts):
        raise NotRead("not_whole")
    advance(job, counts(verdicts), problems(verdicts), batch[-1].then)
    note(digest=hashlib.sha256(canonical([row.cells for row in batch]).encode()).hexdigest())
    if last:
        go_on(job)


def _import(piece: Piece, batch: Sequence[Row], at_byte: int, seen: set[str], *, last: bool) -> bool:
    return row_by_row(_perform, piece, batch, at_byte, seen, last=last)


def _import_whole(piece: Piece, batch: Sequence[Row], at_byte: int, seen: set[str], *, last: bool) -> bool:
    return all_or_none(_perform, piece, batch, at_byte, seen, last=last)


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


@chore("imports", timedelta(days=1))
def sweep() -> int:
    """Take away rows on disk, marked copies and what was unpacked, when old; the file itself stays with its import."""
    before = (now() - timedelta(days=KEPT_DAYS)).timestamp()
    folder = files.folder() / "imports"
    old = [path for path in folder.glob("imp_*") if path.stat().st_mtime < before] if folder.exists() else []
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)
