"""Tables of listings going out: a template per category, and a supplier's own listings in the same columns.

What is exported is what `cells.row_of` says, so that importing it again changes nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import xlsxwriter
from marshmallow import fields

from app import i18n
from app.catalogue.exchange import guarding
from app.catalogue.exchange.columns import CATEGORY, SPECS, Column, asked_columns, guess, own_columns
from app.catalogue.exchange.marking import BOOK, COLUMN_WIDTH, SHEET
from app.catalogue.exchange.notation import row_of
from app.catalogue.models import Listing
from app.catalogue.taxonomy.definitions import MEASURED
from app.catalogue.taxonomy.tree import Tree, tree
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import visible
from app.kernel.shapes import Choice, MoneyField, Percent, Quantity
from app.kernel.values import N_

EXPORT_MOST: Final = 20_000
"""Listings of one file."""
ROWS_WITH_CHOICES: Final = 5_000
"""Rows of a template in which a spreadsheet offers the choices."""
FETCHED: Final = 500
BYTE_ORDER_MARK: Final = "\ufeff"
NEEDED_COLOUR, FREE_COLOUR = "#D6E4F0", "#F2F2F2"

EXPORT_TOO_LARGE = refusal(
    "export_too_large", CONFLICT, N_("These are more than %(most)s listings. Export one category after the other.")
)

CHOICES: Final = N_("Choices")
HELP: Final = N_("How to fill this in")
_YES_NO: Final = (N_("Yes"), N_("No"))
_SAID: Final = (
    N_("Each row below the headings of the first sheet is a listing. Rows are known by your own number."),
    N_("Columns marked * are needed. Columns that you delete are left as they are; cells that you empty are emptied."),
    N_("A bare number in a column with a unit is in that unit; other units may be written behind the number."),
)


def codes_of(category: str | None) -> list[str]:
    """The columns of a category: those of every listing, those that it asks, and the rest in one."""
    own = [code for code in own_columns() if code != SPECS]
    return [*own, *(asked_columns(tree(), category) if category else ()), SPECS]


def headings_of(codes: Sequence[str], category: str | None, language: str) -> list[str]:
    """What the columns are called; where a title would be taken for another column, the code stands behind it."""
    today = tree()
    columns = columns_of(codes, category)
    plain = [_title(column, language) for column in columns]
    marked = [f"{title}*" if column.needed else title for title, column in zip(plain, columns, strict=True)]
    meant = guess(marked, today, category)
    return [
        title if understood == code else f"{title} [{code}]"
        for title, understood, code in zip(marked, meant, codes, strict=True)
    ]


def columns_of(codes: Sequence[str], category: str | None) -> list[Column]:
    """The columns of some codes that there are."""
    known = own_columns() | asked_columns(tree(), category)
    return [known[code] for code in codes]


def _title(column: Column, language: str) -> str:
    one = column.definition
    if one is None:
        return _words(column.title, language)
    unit = one.unit_label(language) if one.type in MEASURED else ""
    return f"{one.name(language)} ({unit})" if unit else one.name(language)


def _words(source: str, language: str) -> str:
    return i18n.catalogue("zh").gettext(source) if language == "zh" and source else source


# Rows -----------------------------------------------------------------------------------------------------------------


def own_listings(actor: Actor, *, category: str | None, state: str | None = None) -> Iterator[Listing]:
    """The listings that the actor's organisation keeps, oldest first; those of a category with all below it."""
    statement = visible(Listing, actor).where(Listing.supplier_id == actor.org_id)
    if category is not None:
        below = {node.code for node in tree().all_below(category)}
        statement = statement.where(Listing.category.in_(tree().landing_in(below)))
    if state is not None:
        statement = statement.where(Listing.state == state)
    number = db.session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0
    if number > EXPORT_MOST:
        raise EXPORT_TOO_LARGE(most=f"{EXPORT_MOST:,}")
    ordered = statement.order_by(Listing.id).execution_options(yield_per=FETCHED)
    return iter(db.session.scalars(ordered))


def rows_of(listings: Iterable[Listing], codes: Sequence[str], language: str) -> Iterator[list[str]]:
    """Each listing as cells."""
    today: Tree = tree()
    return (row_of(one, codes, today, language) for one in listings)


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A delimited file, as RFC 4180 and old spreadsheets have it, line by line."""
    text = io.StringIO()
    writer = csv.writer(text)
    yield BYTE_ORDER_MARK
    writer.writerow([guarding.for_text(heading) for heading in headings])
    for row in rows:
        writer.writerow([guarding.for_text(cell) for cell in row])
        if text.tell() > FETCHED * FETCHED:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


# Workbooks ------------------------------------------------------------------------------------------------------------


def write_workbook(
    path: Path, codes: Sequence[str], category: str | None, rows: Iterable[Sequence[str]], language: str
) -> None:
    """A template (no rows) or an export: the listings, the choices of their columns, and how to fill them in."""
    book = xlsxwriter.Workbook(str(path), BOOK)
    columns, headings = columns_of(codes, category), headings_of(codes, category, language)
    sheet = book.add_worksheet(_words(SHEET, language))
    _write_rows(book, sheet, columns, headings, rows)
    choices = {place: those for place, one in enumerate(columns) if (those := choices_of(one, category, language))}
    _offer(book, sheet, choices, headings, language)
    _explain(book, columns, headings, choices, language)
    book.close()


def _write_rows(
    book: Any, sheet: Any, columns: Sequence[Column], headings: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    head = {
        needed: book.add_format({"bold": True, "text_wrap": True, "bg_color": NEEDED_COLOUR if needed else FREE_COLOUR})
        for needed in (True, False)
    }
    text, quoted = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "quote_prefix": True})
    sheet.set_column(0, len(columns) - 1, COLUMN_WIDTH)
    sheet.freeze_panes(1, 1)
    for place, (column, heading) in enumerate(zip(columns, headings, strict=True)):
        sheet.write_string(0, place, heading, head[column.needed])
    counted = [isinstance(one.field, (MoneyField, Quantity, Percent, fields.Integer)) for one in columns]
    for at, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if not cell:
                continue
            if counted[place] and (number := exact(cell)) is not None:
                sheet.write_number(at, place, number)
            else:
                sheet.write_string(at, place, guarding.for_workbook(cell), quoted if guarding.runs(cell) else text)


def exact(cell: str) -> float | None:
    """A figure as the float that a workbook keeps, where that says the same."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if Decimal(repr(number)) == Decimal(cell) else None


def choices_of(column: Column, category: str | None, language: str) -> list[str]:
    """What may be chosen in a column; nothing where anything may be written."""
    one = column.definition
    if column.code == CATEGORY:
        today = tree()
        below = {node.code for node in today.all_below(category)} if category else set(today.open)
        return [f"{node.name(language)} [{code}]" for code, node in today.open.items() if code in below]
    if isinstance(column.field, Choice):
        return [_words(title, language) for title in column.field.titles.values()]
    if isinstance(column.field, fields.Boolean) or (one is not None and one.type == "flag"):
        return [_words(word, language) for word in _YES_NO]
    return [option.name(language) for option in one.choices] if one is not None and one.type == "choice" else []


def _offer(book: Any, sheet: Any, choices: dict[int, list[str]], headings: Sequence[str], language: str) -> None:
    """The choices on a sheet of their own, offered in the cells of their columns; other words may still be written."""
    name = _words(CHOICES, language)
    listed = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    listed.set_column(0, max(0, len(choices) - 1), COLUMN_WIDTH)
    for at, place in enumerate(choices):
        listed.write_string(0, at, headings[place], bold)
        letter = xlsxwriter.utility.xl_col_to_name(at)
        sheet.data_validation(
            1, place, ROWS_WITH_CHOICES, place,
            {"validate": "list", "source": f"='{name}'!${letter}$2:${letter}${len(choices[place]) + 1}",
             "error_type": "warning"},
        )  # fmt: skip
    for line in range(max((len(those) for those in choices.values()), default=0)):
        for at, those in enumerate(choices.values()):  # row by row: a workbook in constant memory is written downwards
            if line < len(those):
                listed.write_string(line + 1, at, those[line])


def _explain(
    book: Any, columns: Sequence[Column], headings: Sequence[str], choices: dict[int, list[str]], language: str
) -> None:
    sheet = book.add_worksheet(_words(HELP, language))
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 2 * COLUMN_WIDTH)
    sheet.set_column(1, 1, 5 * COLUMN_WIDTH)
    for at, words in enumerate(_SAID):
        sheet.write_string(at, 1, _words(words, language), wrapped)
    for at, (column, heading) in enumerate(zip(columns, headings, strict=True)):
        sheet.write_string(at + len(_SAID) + 1, 0, heading, wrapped)
        sheet.write_string(at + len(_SAID) + 1, 1, _meant(column, choices.get(at, []), language), wrapped)


MOST_SHOWN: Final = 12


def _meant(column: Column, choices: Sequence[str], language: str) -> str:
    """What may stand in a column, in a line."""
    between = "、" if language == "zh" else ", "
    parts = [_words(column.hint, language)] if column.hint else []
    if choices:
        parts.append(between.join(choices[:MOST_SHOWN]) + (" …" if len(choices) > MOST_SHOWN else ""))
    elif column.definition is not None and column.definition.type in MEASURED:
        parts.append(between.join(column.definition.unit_labels(language)))
    return " ".join(parts)
