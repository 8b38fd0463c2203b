"""Importing a table: sent, understood, checked, started, cancelled by people; read, checked and done by the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from app.accounts import files
from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.catalogue.actions.listings import EDITOR
from app.catalogue.exchange import columns as meanings
from app.catalogue.exchange.cells import WHOLE_ROW, Problem
from app.catalogue.exchange.lifecycle import IMPORT, ColumnsInput, ImportInput
from app.catalogue.exchange.models import (
    ARCHIVE,
    FILE_KINDS,
    FILE_NAME_CHARS,
    HEADING_CHARS,
    VALUE_CHARS,
    ImportJob,
    ImportMapping,
    ImportProblem,
)
from app.catalogue.exchange.reasons import pack
from app.kernel.actors import SYSTEM, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.events import owe
from app.kernel.lifecycle import fresh
from app.kernel.shapes import Upload
from app.kernel.values import N_, now
from app.kernel.work import note

DELIVERY: Final = "import"
BUSY_MOST: Final = 3
"""Files of one supplier that the worker has in hand at one time."""
WHOLE_MOST_ROWS: Final = 1_000
"""Rows that one transaction may take while others wait to write."""
WHOLE_MOST_FILES: Final = 50
"""Files of an archive that are drawn anew in one piece of work, which has to end within its lease."""
PROBLEMS_KEPT: Final = 5_000
PAUSE: Final = timedelta(milliseconds=300)
"""Between two pieces of an import, so that the worker's other duties come in between."""

OUTCOMES: Final = ("created", "changed", "unchanged", "refused")
BUSY_STATES: Final = ("uploaded", "checking", "running")

IMPORTS_BUSY = refusal(
    "imports_busy", CONFLICT, N_("%(most)s files of your organisation are being worked on. Wait until one is done.")
)
IMPORT_COLUMNS = refusal("import_columns", INVALID, N_("These columns are needed: %(columns)s."))
IMPORT_HEADINGS = refusal("import_headings", INVALID, N_("Say what each of the %(number)s headings means, in order."))
IMPORT_NOTHING = refusal("import_nothing", CONFLICT, N_("No row of this file would change anything."))
IMPORT_NOT_WHOLE = refusal(
    "import_not_whole", CONFLICT,
    N_("%(number)s rows have errors, and all rows or none were asked for. Correct the file, or leave those rows out."),
)  # fmt: skip
IMPORT_TOO_LONG = refusal(
    "import_too_long", CONFLICT, N_("All or none is possible up to %(most)s rows. Import the rows without errors.")
)

ARCHIVE_NOTHING = refusal("archive_nothing", CONFLICT, N_("No file of this archive would change anything."))
ARCHIVE_NOT_WHOLE = refusal(
    "archive_not_whole", CONFLICT,
    N_("%(number)s files have errors, and all files or none were asked for. Correct the archive and send it again."),
)  # fmt: skip
ARCHIVE_TOO_LONG = refusal(
    "archive_too_long", CONFLICT, N_("All or none is possible up to %(most)s files. Send them in parts.")
)
ARCHIVE_NO_COLUMNS = refusal("archive_no_columns", CONFLICT, N_("An archive has no columns."))

Job = ImportJob


def room(organisation: Organisation, actor: Actor) -> None:
    """One supplier does not fill the worker's day."""
    del actor
    busy = sa.select(sa.func.count()).where(ImportJob.supplier_id == organisation.id, ImportJob.state.in_(BUSY_STATES))
    if (db.session.scalar(busy) or 0) >= BUSY_MOST:
        raise IMPORTS_BUSY(most=str(BUSY_MOST))


def worth_it(job: Job, actor: Actor) -> None:
    """Something would be done, and nothing against what was asked for."""
    del actor
    files_only, whole = job.kind == ARCHIVE, job.mode == "whole"
    if not job.created_rows + job.changed_rows:
        raise (ARCHIVE_NOTHING if files_only else IMPORT_NOTHING)()
    if whole and job.refused_rows:
        raise (ARCHIVE_NOT_WHOLE if files_only else IMPORT_NOT_WHOLE)(number=str(job.refused_rows))
    most = WHOLE_MOST_FILES if files_only else WHOLE_MOST_ROWS
    if whole and job.total_rows > most:
        raise (ARCHIVE_TOO_LONG if files_only else IMPORT_TOO_LONG)(most=f"{most:,}")


def a_table(job: Job, actor: Actor) -> None:
    """It has columns: an archive has none."""
    del actor
    if job.kind == ARCHIVE:
        raise ARCHIVE_NO_COLUMNS()


def go_on(job: Job) -> None:
    """Owe the next piece of work. Only the newest piece of a job is ever done, so that no row is taken twice."""
    job.turn += 1
    owe(db.session(), DELIVERY, {"job": job.id, "turn": job.turn}).due_at = now() + PAUSE


@ORGANISATION.action(
    "admitted -> =", by=who("catalogue", "self"), needs=[room], takes=ImportInput, makes=IMPORT,
    title=N_("Import listings"),
)  # fmt: skip
def import_listings(
    organisation: Organisation, actor: Actor, *, file: Upload, category: str | None, mode: str, then: str
) -> Job:
    """A supplier sends a table of its listings, or their pictures, which is checked before anything is changed."""
    kind = file.name.rpartition(".")[2].lower()
    if kind not in FILE_KINDS:
        raise files.not_taken(FILE_KINDS)
    job = fresh(
        ImportJob, supplier_id=organisation.id, person_id=actor.person_id, file_name=file.name[-FILE_NAME_CHARS:],
        kind=kind, category=None if kind == ARCHIVE else category, mode=mode, submits=then == "submit",
        headings=[], columns=[], promised={}, turn=0, **_nothing(),
    )  # fmt: skip
    job.total_rows = 0
    files.attach(file, org_id=organisation.id, object_id=job.id)
    go_on(job)
    note(mode=mode)
    return job


def _nothing() -> dict[str, int]:
    """The counts of a job of which no row is done."""
    return {f"{one}_rows": 0 for one in (*OUTCOMES, "done")} | {"problem_count": 0, "at_byte": 0, "file_bytes": 0}


def _from_the_start(job: Job) -> None:
    db.session.execute(sa.delete(ImportProblem).where(ImportProblem.job_id == job.id))
    for name, value in _nothing().items():
        setattr(job, name, value)


@IMPORT.action("uploaded -> mapping", by=SYSTEM, title=N_("Read the file"))
def read_file(job: Job, actor: Actor, *, headings: Sequence[str], columns: Sequence[str], rows: int) -> None:
    """The headings are read, and what they mean is guessed or remembered."""
    del actor
    job.headings, job.columns, job.total_rows = list(headings), list(columns), rows
    note(rows=rows)


@IMPORT.action("uploaded -> checking", by=SYSTEM, title=N_("Read the archive"))
def read_archive(job: Job, actor: Actor, *, rows: int) -> None:
    """The files of the archive are known; there is nothing to ask about them."""
    del actor
    job.total_rows = rows
    go_on(job)
    note(files=rows)


@IMPORT.action("mapping -> checking", by=SYSTEM, title=N_("Check without asking"))
def begin_check(job: Job, actor: Actor) -> None:
    """Every heading is understood, so that nobody has to be asked."""
    del actor
    _from_the_start(job)
    go_on(job)


@IMPORT.action("checked -> running", by=EDITOR, needs=[worth_it], title=N_("Start the import"), primary=True)
def start(job: Job, actor: Actor) -> None:
    """The supplier has seen the findings and has the rows imported."""
    job.promised, job.person_id, job.started_at = _counted(job), str(actor.person_id), now()
    _from_the_start(job)
    go_on(job)


@IMPORT.action(
    "mapping|checked -> checking", by=EDITOR, needs=[a_table], takes=ColumnsInput, title=N_("Assign the columns"),
    primary=True,
)  # fmt: skip
def assign_columns(
    job: Job, actor: Actor, *, columns: Sequence[Mapping[str, str]], category: str | None, mode: str
) -> None:
    """The supplier says what the columns mean, which is remembered, and has every row checked."""
    del actor
    if len(columns) != len(job.headings):
        words = IMPORT_HEADINGS(number=str(len(job.headings)))
        raise IMPORT_HEADINGS(number=str(len(job.headings)), fields={"columns": [words]})
    codes = [one["column"] for one in columns]
    lacking = [one.title for one in meanings.lacking(codes)]
    if lacking:
        raise IMPORT_COLUMNS(columns=lacking, fields={"columns": [IMPORT_COLUMNS(columns=lacking)]})
    job.columns, job.category, job.mode = codes, category, mode
    _remember(job, codes)
    _from_the_start(job)
    go_on(job)
    note(columns=len([one for one in codes if one]))


def _remember(job: Job, codes: list[str]) -> None:
    digest = meanings.digest_of(job.headings)
    kept = db.session.get(ImportMapping, (job.supplier_id, digest))
    if kept is None:
        db.session.add(ImportMapping(supplier_id=job.supplier_id, digest=digest, columns=codes))
    else:
        kept.columns, kept.used_at = codes, now()


def remembered(supplier_id: str, headings: Sequence[str]) -> list[str] | None:
    """What the supplier said last time that these headings mean."""
    kept = db.session.get(ImportMapping, (supplier_id, meanings.digest_of(headings)))
    return list(kept.columns) if kept is not None and len(kept.columns) == len(headings) else None


@IMPORT.action("checking -> =", by=SYSTEM, title=N_("Check rows"))
def check_rows(
    job: Job, actor: Actor, *, counts: Mapping[str, int], problems: Sequence[tuple[int, Problem]], then: int,
    last: bool, file_bytes: int = 0,
) -> None:  # fmt: skip
    """A batch of rows is looked at; what is wrong is written down."""
    del actor
    advance(job, counts, problems, then, file_bytes=file_bytes)
    if last:
        go_on(job)


def advance(
    job: Job, counts: Mapping[str, int], problems: Sequence[tuple[int, Problem]], then: int, *, file_bytes: int = 0
) -> None:
    """Count rows that are done, keep what is wrong with them, and move on to the byte where the next one begins."""
    job.file_bytes += file_bytes
    for name, number in counts.items():
        setattr(job, f"{name}_rows", getattr(job, f"{name}_rows") + number)
    job.done_rows += sum(counts.values())
    job.at_byte = then
    for row, problem in problems:
        if job.problem_count < PROBLEMS_KEPT:
            db.session.add(_kept(job, row, problem))
        job.problem_count += 1
    note(rows=sum(counts.values()), at=then, **{name: number for name, number in counts.items() if number})


def _kept(job: Job, row: int, problem: Problem) -> ImportProblem:
    heading = job.headings[problem.place] if problem.place != WHOLE_ROW else ""
    return ImportProblem(
        job_id=job.id, place=job.problem_count, supplier_id=job.supplier_id, row_number=row,
        column_place=problem.place, heading=heading[:HEADING_CHARS], value=_shown(problem.value),
        reason=pack(problem.why),
    )  # fmt: skip


def _shown(value: str) -> str:
    """A refused value in a line: what cannot be stored or shown is left out."""
    return "".join(char if char.isprintable() else " " for char in value[:VALUE_CHARS])


@IMPORT.action("checking -> checked", by=SYSTEM, title=N_("End the check"))
def finish_check(job: Job, actor: Actor) -> None:
    """All rows are looked at: the supplier sees what would happen."""
    del actor
    note(**_counted(job))


def _counted(job: Job) -> dict[str, int]:
    return {one: getattr(job, f"{one}_rows") for one in OUTCOMES}


@IMPORT.action("running -> done", by=SYSTEM, title=N_("End the import"))
def finish(job: Job, actor: Actor) -> None:
    """All rows are done."""
    del actor
    job.ended_at = now()
    note(**_counted(job))


@IMPORT.action(
    "uploaded|mapping|checking|checked|running -> cancelled", by=EDITOR, title=N_("Cancel the import"), dangerous=True,
    touches=False,
)  # fmt: skip
def cancel(job: Job, actor: Actor) -> None:
    """The supplier stops the import; rows that are imported already stay."""
    del actor
    job.ended_at, job.turn = now(), job.turn + 1


@IMPORT.action("uploaded|checking|running -> failed", by=SYSTEM, title=N_("Give up on the import"))
def give_up(job: Job, actor: Actor, *, error: str) -> None:
    """The file cannot be read or the import not go on; the reason is kept."""
    del actor
    job.error, job.ended_at, job.turn = error, now(), job.turn + 1
    note(error=error)
