"""Delimited files from spreadsheets (CSV) as rows of tidy texts: encoding, delimiter, headings and hostile cells.

Row numbers are those a spreadsheet shows: the headings are row 1, a cell with line breaks is still one row. Text that
looks like a formula is text; who writes it into a spreadsheet again has to guard it there.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from app.exchange.texts import tidy
from app.kernel.values import N_

FILE_LIMIT: Final = 64 * 1024 * 1024  # bytes
ROWS_LIMIT: Final = 200_000
CELL_LIMIT: Final = 20_000  # characters
LINE_LIMIT: Final = 1_000_000  # characters
COLUMNS_LIMIT: Final = 100
ERRORS_LIMIT: Final = 5_000
VALUE_SHOWN: Final = 80  # characters of the refused value in an error

_DELIMITERS: Final = (",", ";", "\t")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was left out. `reason` is a source text for translation; `column` is "" when it is the whole row."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class RowErrors:
    """The errors of one file, at most ERRORS_LIMIT and one that says so."""

    listed: list[RowError] = field(default_factory=list)
    full: bool = False

    def report(self, row: int, column: str, value: str, reason: str) -> None:
        if self.full:
            return
        if len(self.listed) >= ERRORS_LIMIT:
            self.full = True
            self.listed.append(RowError(row, "", "", N_("There are more errors; only the first 5,000 are listed.")))
            return
        shown = tidy(value[: 4 * VALUE_SHOWN])[:VALUE_SHOWN]
        self.listed.append(RowError(row, tidy(column[: 4 * VALUE_SHOWN])[:VALUE_SHOWN], shown, reason))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings in lower case, and the rows with their numbers; what cannot be read is reported and skipped."""

    headings: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]


def read_sheet(stream: BinaryIO, errors: RowErrors, *, expected: frozenset[str]) -> Sheet | None:
    """The sheet in a file, or None and an error. `expected` headings tell which character separates the cells."""
    content = stream.read(FILE_LIMIT + 1)
    if len(content) > FILE_LIMIT:
        errors.report(0, "", "", N_("The file is larger than allowed; nothing was read."))
        return None
    text = _decoded(content)
    if text is None:
        errors.report(0, "", "", N_("The file is neither UTF-8 nor GB18030 text."))
        return None
    if not text.strip():
        errors.report(0, "", "", N_("The file is empty."))
        return None
    if any(len(line) > LINE_LIMIT for line in io.StringIO(text, newline="")):
        errors.report(0, "", "", N_("A line of the file is longer than allowed; nothing was read."))
        return None
    delimiter = max(_DELIMITERS, key=lambda character: len(expected.intersection(_headings(text, character))))
    headings = _headings(text, delimiter)
    if len(headings) > COLUMNS_LIMIT:
        errors.report(1, "", headings[0], N_("There are more columns than allowed; nothing was read."))
        return None
    return Sheet(headings, _rows(text, delimiter, headings, errors))


def _decoded(content: bytes) -> str | None:
    """UTF-16 only with its mark; GB18030 only when it is not UTF-8, because nearly every file is valid GB18030."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _headings(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(_reader(text, delimiter), [])
    except csv.Error:
        return ()
    headings = [tidy(cell[:CELL_LIMIT]).lower() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return tuple(headings)


def _rows(
    text: str, delimiter: str, headings: tuple[str, ...], errors: RowErrors
) -> Iterator[tuple[int, dict[str, str]]]:
    reader = _reader(text, delimiter)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            reason = N_("The row cannot be read: quotation marks do not match, or a cell is far too long.")
            errors.report(row, "", "", reason)
            continue
        if row == 1 or not any(cell.strip() for cell in cells):
            continue
        if row > ROWS_LIMIT + 1:
            errors.report(row, "", "", N_("The file has more rows than allowed; the rest was left out."))
            return
        if _is_sound(row, cells, headings, errors):
            yield row, {heading: tidy(cell) for heading, cell in zip(headings, cells, strict=False)}


def _is_sound(row: int, cells: list[str], headings: tuple[str, ...], errors: RowErrors) -> bool:
    surplus = [cell for cell in cells[len(headings) :] if cell.strip()]
    if surplus:
        errors.report(row, "", surplus[0], N_("The row has more cells than there are headings."))
        return False
    if len(cells) < len(headings):
        errors.report(row, "", cells[0], N_("The row has fewer cells than there are headings."))
        return False
    sound = True
    for heading, cell in zip(headings, cells, strict=False):
        if len(cell) > CELL_LIMIT:
            errors.report(row, heading, cell, N_("The cell is longer than 20,000 characters."))
            sound = False
        elif _CONTROL.search(cell):
            errors.report(row, heading, cell, N_("The cell holds characters that cannot be shown."))
            sound = False
    return sound
