"""The worker's part of an archive: read it, check its files, hang them on their listings; piece by piece as a table.

A file is looked into before the transaction, as a face does it with one that a person sends (app/catalogue/media).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from app.accounts import files
from app.accounts.models import Organisation
from app.catalogue.changes import actions as changes
from app.catalogue.changes.models import ListingChange
from app.catalogue.exchange.actions import BUSY_STATES, advance, check_rows, go_on, read_archive
from app.catalogue.exchange.entries import NOT_AS_NAMED, Case, FileJudge, Looked, Plan, cases_of, plan_of
from app.catalogue.exchange.judging import Verdict
from app.catalogue.exchange.lifecycle import IMPORT
from app.catalogue.exchange.models import ImportJob
from app.catalogue.exchange.pieces import Piece, acting, all_or_none, counts, problems, row_by_row, work_through
from app.catalogue.exchange.tables import NotRead, Row
from app.catalogue.media import putting
from app.catalogue.media.looking import MediumFile
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.errors import RACE_LOST, Refusal
from app.kernel.events import canonical
from app.kernel.lifecycle import find
from app.kernel.values import N_
from app.kernel.work import note, reading, unit_of_work

FILES_AT_ONCE: Final = 3
"""Looking into one may take half a minute, and a piece has to end within its lease."""
WHOLE_SECONDS: Final = 80.0
"""For looking into all files of an archive where all or none were asked for."""


def step(piece: Piece, state: str, at_byte: int, *, whole: bool) -> None:
    """One piece of work on an archive; NotRead where it cannot go on."""
    if state not in BUSY_STATES:
        return
    table = piece.table()
    if state == "uploaded":
        with unit_of_work():
            job = piece.current()
            if job is not None:
                read_archive(job, SYSTEM_ACTOR, rows=table.rows)
        return
    with reading() as session:
        job = session.get_one(ImportJob, piece.job_id)
        plan = plan_of(table.read(), job.supplier_id, acting(job)[0])
    if state == "checking":
        work_through(piece, table, at_byte, _check, plan, FILES_AT_ONCE)
    else:
        work_through(piece, table, at_byte, _import_whole if whole else _import, plan, None if whole else FILES_AT_ONCE)


# Looking into files ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Ready:
    """The files of a batch that were looked into; `hung` are the places of those that a transaction has taken over."""

    plan: Plan
    looked: Looked = field(default_factory=Looked)
    hung: set[int] = field(default_factory=set)


@contextmanager
def _ready(piece: Piece, batch: Sequence[Row], plan: Plan) -> Iterator[Ready]:
    """The files of a batch as they would be kept; what was hung nowhere is gone afterwards."""
    ready, until = Ready(plan), monotonic() + WHOLE_SECONDS
    cases = cases_of(batch, plan)
    with reading() as session:
        job = session.get_one(ImportJob, piece.job_id)
        judge = FileJudge(job.supplier_id, acting(job)[0])
        judge.lay_out(cases)
        unknown = list(judge.unknown(cases))
    try:
        for case in unknown:
            if monotonic() > until:
                raise NotRead("too_long")
            _look(piece, case, ready.looked)
        yield ready
    finally:
        for place, file in ready.looked.ready.items():
            if place not in ready.hung:
                files.discard(file)


def _look(piece: Piece, case: Case, looked: Looked) -> None:
    """Take a file in as a face does: its type by its content, the picture drawn anew, the document searched through."""
    entry = case.entry
    try:
        received = files.receive((piece.unpacked / str(entry.place)).open("rb"), entry.name)
        if received.sha256 != entry.sha256:
            files.discard(received)
            raise FileNotFoundError(entry.place)
        looked.ready[entry.place] = MediumFile().look_at(received)
    except FileNotFoundError:  # gone or cut off on disk: unpacked anew when the piece is tried again
        piece.tidy()
        raise RACE_LOST() from None
    except Refusal as refused:
        looked.refused[entry.place] = NOT_AS_NAMED if refused.code == files.FILE_TYPE.code else refused


# The check ------------------------------------------------------------------------------------------------------------


def _check(piece: Piece, batch: Sequence[Row], at_byte: int, plan: Plan, *, last: bool) -> bool:
    with _ready(piece, batch, plan) as ready:
        with reading() as session:
            job = session.get_one(ImportJob, piece.job_id)
            before = job.file_bytes
            judge = FileJudge(job.supplier_id, acting(job)[0], before)
            verdicts = _judged(judge, batch, ready, {})
        with unit_of_work():
            locked = piece.current(at_byte=at_byte)
            if locked is None:
                return False
            check_rows(
                locked, SYSTEM_ACTOR, counts=counts(verdicts), problems=problems(verdicts), then=batch[-1].then,
                last=last, file_bytes=judge.spent - before,
            )  # fmt: skip
    return True


def _judged(judge: FileJudge, batch: Sequence[Row], ready: Ready, refused: Mapping[int, Refusal]) -> list[Verdict]:
    cases = cases_of(batch, ready.plan)
    judge.lay_out(cases)
    return judge.judge(cases, ready.looked, refused)


# Onto the listings ----------------------------------------------------------------------------------------------------


@IMPORT.action("running -> =", by=SYSTEM, title=N_("Import files"))
def import_files(
    job: ImportJob, actor: Actor, *, batch: Sequence[Row], ready: Ready, refused: Mapping[int, Refusal], hung: set[int],
    last: bool,
) -> None:  # fmt: skip
    """Some files are hung on their listings by the actions of the person who began it."""
    del actor
    person, _language = acting(job)
    supplier = find(Organisation, job.supplier_id, person, lock=True)
    judge = FileJudge(supplier.id, person)
    verdicts = _judged(judge, batch, ready, refused)
    if job.mode == "whole" and any(one.outcome == "refused" for one in verdicts):
        raise NotRead("not_whole")
    _hang(judge, verdicts, person, submit=job.submits)
    hung |= {one.row.number for one in verdicts if one.listing is not None}
    advance(job, counts(verdicts), problems(verdicts), batch[-1].then, file_bytes=judge.spent)
    note(digest=hashlib.sha256(canonical([row.cells for row in batch]).encode()).hexdigest())
    if last:
        go_on(job)


def _hang(judge: FileJudge, verdicts: Sequence[Verdict], person: Actor, *, submit: bool) -> None:
    """Each file onto its listing. A change that waited for review waits again, one that was begun here is handed in if
    that was asked for, and one that its writer has not finished is left to them."""
    stood = {shelf.listing.id: shelf.change.state if shelf.change else None for shelf in judge.shelves.values()}
    staged: dict[str, ListingChange] = {}
    for one in verdicts:
        if one.listing is not None:
            change = putting.put(one.listing, person, **one.given)
            if change is not None:
                staged[one.listing.id] = change
    for listing_id, change in staged.items():
        if stood[listing_id] == "submitted" or (submit and stood[listing_id] is None):
            changes.submit(change, person)


def _perform(
    piece: Piece, batch: Sequence[Row], at_byte: int, ready: Ready, refused: Mapping[int, Refusal], *, last: bool
) -> bool:
    hung: set[int] = set()  # what a batch that is rolled back has hung is not kept
    with unit_of_work():
        job = piece.current(at_byte=at_byte)
        if job is None:
            return False
        import_files(job, SYSTEM_ACTOR, batch=batch, ready=ready, refused=refused, hung=hung, last=last)
    ready.hung |= hung
    return True


def _import(piece: Piece, batch: Sequence[Row], at_byte: int, plan: Plan, *, last: bool) -> bool:
    with _ready(piece, batch, plan) as ready:
        return row_by_row(_perform, piece, batch, at_byte, ready, last=last)


def _import_whole(piece: Piece, batch: Sequence[Row], at_byte: int, plan: Plan, *, last: bool) -> bool:
    with _ready(piece, batch, plan) as ready:
        return all_or_none(_perform, piece, batch, at_byte, ready, last=last)
