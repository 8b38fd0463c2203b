"""The lifecycle of an import, and how it is read."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app import i18n
from app.catalogue.actions.listings import EDITOR
from app.catalogue.exchange.columns import PROPERTY, column_of
from app.catalogue.exchange.models import FILE_KINDS, HEADING_CHARS, ImportJob
from app.catalogue.schemas import CategoryCode
from app.catalogue.taxonomy.tree import tree
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.shapes import Choice, File, Input, Moment, RecordOut, Text
from app.kernel.values import N_

COLUMN_CHARS: Final = 80
MOST_COLUMNS: Final = 256

MODE_TITLES: Final = {
    "partial": N_("Import the rows without errors, leave out the others"),
    "whole": N_("Import all rows or none"),
}
THEN_TITLES: Final = {"submit": N_("Submit the listings for review"), "draft": N_("Leave them as drafts")}

FAILURES: Final = {
    "not_a_table": N_("It is no table that can be read: not a workbook or text inside, or damaged."),
    "locked": N_("It is encrypted or from an old program. Save it as XLSX without a password."),
    "swells": N_("Unpacked it is far larger than it looks, as no honest table is."),
    "unsafe_parts": N_("It holds what a table does not need: a program, links to other files or XML declarations."),
    "too_many_rows": N_("It has more than 100,000 rows. Send it in parts."),
    "too_many_columns": N_("It has more than 256 columns."),
    "empty": N_("It has no rows beneath its headings."),
    "encoding": N_("Its text is neither UTF-8 nor GB18030."),
    "too_large": N_("Reading it takes more memory than a table may take."),
    "too_long": N_("Reading it took too long and was stopped."),
    "not_allowed": N_("Whoever began the import may no longer list for this organisation."),
    "not_whole": N_("A row could no longer be taken, so that nothing was imported. Send the file again to see which."),
    "no_archive": N_("It is no ZIP archive that can be read: damaged, or packed in an unusual way."),
    "archive_locked": N_("The archive is encrypted. Make it without a password."),
    "archive_swells": N_("Unpacked the archive is far larger than it looks, or its files lie in each other."),
    "archive_names": N_(
        "A name in the archive leads elsewhere, is not to be read, or comes twice but for capital letters."
    ),
    "archive_links": N_("The archive holds links or devices instead of files."),
    "too_many_files": N_("The archive has more than 2,000 files. Send it in parts."),
    "archive_empty": N_("The archive has no files."),
    "not_a_feed": N_("It is neither a BMEcat 2005 catalogue (T_NEW_CATALOG) nor a cXML Index."),
    "xml_broken": N_("It is no well-formed XML, or is cut off."),
    "xml_encoding": N_("Its characters are not in UTF-8, GB18030 or ISO 8859-1, or not in what it declares."),
    "xml_excess": N_("It nests more deeply, or has more or longer parts, than a catalogue of listings."),
    "gone": N_("The file is no longer there."),
}
"""Why an import failed: code -> words."""

UNKNOWN_COLUMN: Final = N_("There is no such column.")
COLUMN_TWICE: Final = N_("Another heading has this meaning already.")
TOO_MANY_COLUMNS: Final = N_("At most 256 columns.")


class ImportedFile(File):
    """A table, or an archive of pictures and documents."""

    takes = FILE_KINDS


class ImportInput(Input):
    """A table or catalogue of listings, or an archive of what hangs on them, and what is to become of it."""

    file = ImportedFile(
        required=True,
        metadata={
            "title": N_("File"), "kind": "file",
            "hint": N_(
                "A table as XLSX or CSV, a catalogue as XML (BMEcat 2005, cXML Index), or pictures and documents as"
                " ZIP; at most 10 MB."
            ),
        },
    )  # fmt: skip
    category = CategoryCode(
        load_default=None, allow_none=True,
        metadata={
            "title": N_("Category"), "kind": "select",
            "hint": N_("For rows that name none themselves; its properties are known as columns."),
        },
    )  # fmt: skip
    mode = Choice(MODE_TITLES, load_default="partial", metadata={"title": N_("Where some rows have errors")})
    then = Choice(THEN_TITLES, load_default="submit", metadata={"title": N_("After the import")})


class HeadingInput(Input):
    """What one heading means; an empty column leaves it out."""

    heading = Text(load_default="", most=HEADING_CHARS, metadata={"title": N_("Heading")})
    column = Text(load_default="", most=COLUMN_CHARS, metadata={"title": N_("Meaning")})


class ColumnsInput(Input):
    """What all headings mean, in the order of the table."""

    columns = fields.List(
        fields.Nested(HeadingInput), required=True, metadata={"title": N_("Columns of the file")},
        validate=validate.Length(min=1, max=MOST_COLUMNS, error=TOO_MANY_COLUMNS),
    )  # fmt: skip
    category = CategoryCode(load_default=None, allow_none=True, metadata={"title": N_("Category"), "kind": "select"})
    mode = Choice(MODE_TITLES, load_default="partial", metadata={"title": N_("Where some rows have errors")})

    @validates_schema
    def _sound(self, data: dict[str, Any], **_: Any) -> None:
        seen: set[str] = set()
        for number, one in enumerate(data["columns"]):
            code = one["column"]
            if code and column_of(code, tree(), None) is None:
                raise ValidationError({number: {"column": [UNKNOWN_COLUMN]}}, "columns")
            if code in seen:
                raise ValidationError({number: {"column": [COLUMN_TWICE]}}, "columns")
            seen |= {code} - {"", PROPERTY}


class CountsOut(Schema):
    """How many rows had which outcome."""

    created = fields.Integer(attribute="created_rows")
    changed = fields.Integer(attribute="changed_rows")
    unchanged = fields.Integer(attribute="unchanged_rows")
    refused = fields.Integer(attribute="refused_rows")


class PromisedOut(Schema):
    """What the check had found."""

    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()


class ImportOut(RecordOut):
    """An import. `counts` are those of the check until the import runs; what the check found is then in `promised`."""

    supplier = fields.String(attribute="supplier_id")
    person = fields.String(attribute="person_id")
    file_name = fields.String(metadata={"title": N_("File")})
    kind = fields.String(metadata={"title": N_("File type")})
    category = fields.String(allow_none=True)
    mode = fields.String(metadata={"title": N_("Where some rows have errors")})
    submits = fields.Boolean(metadata={"title": N_("Submits for review")})
    headings = fields.List(fields.String(), metadata={"seldom": True})
    columns = fields.List(fields.String(), metadata={"seldom": True})
    total_rows = fields.Integer(metadata={"title": N_("Rows of the file")})
    done_rows = fields.Integer(metadata={"title": N_("Rows done")})
    counts = fields.Nested(CountsOut, attribute="counts", metadata={"seldom": True})
    promised = fields.Nested(PromisedOut, metadata={"seldom": True})
    file_bytes = fields.Integer(metadata={"seldom": True})
    problem_count = fields.Integer(metadata={"title": N_("Errors")})
    started_at = Moment(allow_none=True, metadata={"title": N_("Started on")})
    ended_at = Moment(allow_none=True, metadata={"title": N_("Ended on")})
    error = fields.String(allow_none=True, metadata={"seldom": True})
    reason = fields.Function(lambda job: i18n.say(FAILURES[job.error]) if job.error else "")


IMPORT: Final = Lifecycle(
    "import_job",
    ImportJob,
    [
        State(
            "uploaded",
            N_("being read"),
            "active",
            N_("The file is being read; that takes a few seconds."),
            step=N_("read"),
        ),
        State(
            "mapping", N_("columns open"), "waiting", N_("The supplier says what the columns of the file mean."), EDITOR
        ),
        State("checking", N_("being checked"), "active", N_("Every row is looked at; nothing is changed by that.")),
        State("checked", N_("checked"), "waiting", N_("The supplier looks at the findings and starts it."), EDITOR),
        State(
            "running",
            N_("being imported"),
            "active",
            N_("The rows go into the catalogue, batch by batch."),
            step=N_("started"),
        ),
        State("done", N_("imported"), "good", N_("What was imported is among the listings."), final=True),
        State("failed", N_("failed"), "stop", N_("Its page says why; the file may be sent again."), final=True),
        State("cancelled", N_("cancelled"), "draft", N_("What was imported before stays."), final=True),
    ],
    title=N_("Import"),
    collection="imports",
    main_path="uploaded checked running done",
    shape=ImportOut,
)
"""`checked` and `mapping` wait for the supplier; all else is the worker's."""
