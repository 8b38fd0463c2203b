"""Imports of listings in any state, from files made on the spot, by performing the actions that lead there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import xlsxwriter

from app.accounts import files
from app.accounts.models import Organisation
from app.catalogue.exchange import actions
from app.catalogue.exchange.models import ImportJob, ImportProblem
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.shapes import Upload
from app.kernel.values import clock_at
from app.kernel.work import reading, unit_of_work
from app.kernel.worker import deliver
from tests.world import World
from tests.worlds.ordering import again, do

EDITOR: Final = "mu"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS: Final = ("编号", "分类", "中文名称", "价格", "单位")
GOOD: Final = ("A-1", "labware.tubes", "离心管 50 mL", "29.00", "支")
BAD: Final = ("A-2", "labware.tubes", "", "ab", "支")
LATER: Final = timedelta(seconds=2)
"""By then the next piece of an import is due."""
MOST_PIECES: Final = 200
_PIECES: Final = count(1)


def table(*rows: Sequence[object], headings: Sequence[str] = HEADINGS, name: str = "商品.csv") -> Upload:
    """A table as it was received."""
    if name.endswith(".csv"):
        lines = [",".join(f'"{str(cell).replace(chr(34), chr(34) * 2)}"' for cell in row) for row in (headings, *rows)]
        return files.stored("\n".join(lines).encode("utf-8-sig"), name, "text/csv")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for at, row in enumerate((headings, *rows)):
        sheet.write_row(at, 0, row)
    book.close()
    return files.stored(out.getvalue(), name, XLSX)


def received(path: Path, name: str) -> Upload:
    """A file that somebody sends."""
    return files.stored(path.read_bytes(), name, "text/csv" if name.endswith(".csv") else XLSX)


def sent(world: World, file: Upload, *, name: str = EDITOR, **said: Any) -> ImportJob:
    """A table that was sent and not looked at."""
    editor = world.actor(name)
    given: dict[str, Any] = {"category": None, "mode": "partial", "then": "submit", **said}
    with unit_of_work():
        organisation = find(Organisation, str(editor.org_id), editor, lock=True)
        return actions.import_listings(organisation, editor, file=file, **given)


def work(job: ImportJob, *, most: int = MOST_PIECES) -> ImportJob:
    """Let the worker do whatever the import owes, one piece after the other."""
    for _ in range(most):
        with clock_at(LATER * next(_PIECES)):  # the next piece is owed a moment after this one
            if not deliver():
                break
    result: ImportJob = again(job)
    return result


def checked(world: World, *rows: Sequence[object], **said: Any) -> ImportJob:
    """A table that was read and checked."""
    return work(sent(world, table(*rows or (GOOD, BAD)), **said))


def imported(world: World, *rows: Sequence[object], **said: Any) -> ImportJob:
    """A table that is in the catalogue, as far as it is sound."""
    job = checked(world, *rows, **said)
    do(actions.start, job, world.actor(EDITOR))
    return work(job)


def problems(job: ImportJob) -> list[tuple[int, str, str]]:
    """(row, heading, source text of the reason) of all that is wrong."""
    with reading():
        ordered = sa.select(ImportProblem).where(ImportProblem.job_id == job.id).order_by(ImportProblem.place)
        return [(one.row_number, one.heading, one.reason["say"]) for one in db.session.scalars(ordered)]
