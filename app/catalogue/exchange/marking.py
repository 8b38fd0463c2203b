"""The supplier's table again with its wrong cells coloured and the reasons as comments; made by the worker.

Of an archive, which cannot be coloured, a table of its files.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

import sqlalchemy as sa
import xlsxwriter
from flask_babel import force_locale

from app import i18n
from app.catalogue.exchange.columns import WHAT
from app.catalogue.exchange.guarding import for_workbook
from app.catalogue.exchange.models import ImportProblem
from app.catalogue.exchange.reasons import unpack
from app.catalogue.exchange.tables import Table
from app.kernel.values import N_
from app.kernel.work import reading

COMMENT_CHARS: Final = 1_000
COLUMN_WIDTH: Final = 18
WRONG: Final = "#F8D7DA"
SHEET: Final = N_("Listings")
FILES: Final = N_("Files of the archive")
PLACE: Final = N_("Place in the archive")
FILE: Final = N_("File")

BOOK: Final = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "in_memory": False,
}  # fmt: skip
"""Nothing that a supplier wrote becomes a formula or a link."""

Reasons = dict[int, dict[int, str]]
"""Row -> column (-1: the whole row) -> sentences."""


def reasons_of(job_id: str, language: str) -> Reasons:
    """What is wrong with an import, in a language."""
    found: Reasons = {}
    with reading() as session, force_locale(language):
        ordered = sa.select(ImportProblem).where(ImportProblem.job_id == job_id).order_by(ImportProblem.place)
        for one in session.scalars(ordered):
            row = found.setdefault(one.row_number, {})
            before = row.get(one.column_place)
            said = i18n.speak(unpack(one.reason))
            row[one.column_place] = f"{before}\n{said}" if before else said
    return found


def write_copy(target: Path, table: Table, job_id: str, language: str) -> None:
    """Write the marked copy of a table; whoever looks meanwhile finds the earlier one or none."""
    _replace(target, lambda draft: _write(draft, table, reasons_of(job_id, language), language))


def write_list(target: Path, table: Table, job_id: str, language: str) -> None:
    """Write what an archive holds as a table, its wrong files coloured and with their reasons beside them."""
    _replace(target, lambda draft: _list(draft, table, reasons_of(job_id, language), language))


def _replace(target: Path, write: Callable[[Path], None]) -> None:
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    try:
        write(draft)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def _list(path: Path, table: Table, reasons: Reasons, language: str) -> None:
    with force_locale(language):
        title, headings = i18n.say(FILES), [i18n.say(one) for one in (PLACE, FILE, WHAT)]
    book = xlsxwriter.Workbook(str(path), BOOK)
    sheet = book.add_worksheet(title)
    bold, wrong = book.add_format({"bold": True}), book.add_format({"bg_color": WRONG})
    sheet.set_column(1, 2, 3 * COLUMN_WIDTH)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for at, row in enumerate(table.read(), start=1):
        said = reasons.get(row.number, {})
        sheet.write_number(at, 0, row.number)
        sheet.write_string(at, 1, for_workbook((row.cells or [""])[0] or ""), wrong if said else None)
        if said:
            sheet.write_string(at, 2, "\n".join(said.values()), wrong)
    book.close()


def _write(path: Path, table: Table, reasons: Reasons, language: str) -> None:
    with force_locale(language):
        title, what = i18n.say(SHEET), i18n.say(WHAT)
    book = xlsxwriter.Workbook(str(path), BOOK)
    sheet = book.add_worksheet(title)
    bold, wrong = book.add_format({"bold": True}), book.add_format({"bg_color": WRONG})
    wide = len(table.headings)
    sheet.set_column(0, wide, COLUMN_WIDTH)
    sheet.freeze_panes(table.heading_row, 0)
    for place, heading in enumerate([*table.headings, what]):
        sheet.write_string(table.heading_row - 1, place, heading, bold)
    for row in table.read():
        said = reasons.get(row.number, {})
        told = [cell or "" for cell in row.cells or []]
        cells = [*map(for_workbook, told), *[""] * (wide - len(told))]
        for place, cell in enumerate(cells[:wide]):
            if place in said:
                sheet.write_string(row.number - 1, place, cell, wrong)
                sheet.write_comment(row.number - 1, place, said[place][:COMMENT_CHARS])
            elif cell:
                sheet.write_string(row.number - 1, place, cell)
        if said:
            sentences = "\n".join(dict.fromkeys(said[place] for place in sorted(said)))
            sheet.write_string(row.number - 1, wide, sentences, wrong)
    book.close()
