"""Files of listings as answers: the template of a category, an organisation's own listings, a marked copy.

Both faces give the same; they differ in who may ask and in how a refusal looks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

from flask import Response

from app.accounts import files
from app.accounts.models import Organisation
from app.catalogue.exchange import writing_bmecat, writing_cxml
from app.catalogue.exchange.actions import import_listings
from app.catalogue.exchange.models import ImportJob
from app.catalogue.exchange.pieces import place_of
from app.catalogue.exchange.workbooks import codes_of, csv_lines, headings_of, own_listings, rows_of, write_workbook
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import Actor
from app.kernel.errors import INVALID, NOT_THERE, refusal
from app.kernel.lifecycle import find
from app.kernel.values import N_

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML: Final = "application/xml"
FORMATS: Final = {
    "xlsx": N_("Workbook (XLSX)"), "csv": N_("Text table (CSV)"), "bmecat": "BMEcat 2005", "cxml": "cXML Index"
}  # fmt: skip
"""Format of an export -> what it is called; the names of standards are the same in every language."""
WRITERS: Final = {"bmecat": writing_bmecat.write, "cxml": writing_cxml.write}
PIECE_BYTES: Final = 64 * 1024
TEMPLATE_NAMES: Final = frozenset({"category"})
EXPORT_NAMES: Final = frozenset({"category", "format"})

BAD_TABLE = refusal(
    "bad_table",
    INVALID,
    N_("There is no such table: name an open category, and xlsx, csv, bmecat or cxml as the format."),
)


def _admit(asking: Actor) -> None:
    """For those who keep the listings of their organisation."""
    import_listings.admit(find(Organisation, str(asking.org_id), asking), asking)


def _asked(args: Mapping[str, str], names: frozenset[str]) -> str | None:
    """The category that is asked for."""
    if set(args) - names:
        raise BAD_TABLE(fields={name: [N_("Unknown field.")] for name in sorted(set(args) - names)})
    category = args.get("category") or None
    if category is None:
        return None
    place = tree().place(category)
    if place not in tree().open:
        raise BAD_TABLE(fields={"category": [N_("There is no open category with this code.")]})
    return place


def template_response(asking: Actor, args: Mapping[str, str], language: str) -> Response:
    """An empty workbook with the columns of a category, or of no category in particular."""
    _admit(asking)
    category = _asked(args, TEMPLATE_NAMES)
    return _workbook(f"listings-{category or 'template'}", codes_of(category), category, (), language)


def export_response(asking: Actor, args: Mapping[str, str], language: str) -> Response:
    """The listings of the asking organisation, in the columns of the template."""
    _admit(asking)
    category, wanted = _asked(args, EXPORT_NAMES), args.get("format") or "xlsx"
    if wanted not in FORMATS:
        raise BAD_TABLE(fields={"format": [N_("Not one of the choices.")]})
    if wanted in WRITERS:
        return _feed(asking, wanted, category)
    codes = codes_of(category)
    rows = rows_of(own_listings(asking, category=category), codes, language)
    if wanted == "xlsx":
        return _workbook("listings", codes, category, rows, language)
    text = "".join(csv_lines(headings_of(codes, category, language), rows))
    response = Response(text, mimetype="text/csv")
    return _as_download(response, "listings.csv")


def _feed(asking: Actor, wanted: str, category: str | None) -> Response:
    """A catalogue in XML. It is written to disk as a stream while the database is asked, then handed on in pieces."""
    supplier = find(Organisation, str(asking.org_id), asking)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function by the answer
    try:
        WRITERS[wanted](file, supplier, own_listings(asking, category=category), tree())
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = Response(_pieces(file), mimetype=XML)
    response.call_on_close(file.close)
    return _as_download(response, f"listings-{wanted}.xml")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _workbook(name: str, codes: list[str], category: str | None, rows: Any, language: str) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "listings.xlsx"
        write_workbook(path, codes, category, rows, language)
        return _as_download(Response(path.read_bytes(), mimetype=XLSX), f"{name}.xlsx")


def marked_response(job: ImportJob) -> Response:
    """The marked copy of an import, while there is one."""
    try:
        content = place_of(job.id, "xlsx").read_bytes()
    except FileNotFoundError:
        raise NOT_THERE() from None
    return _as_download(Response(content, mimetype=XLSX), "marked.xlsx")


def _as_download(response: Response, name: str) -> Response:
    """Never run by a browser, never kept in between; `name` is ours, in ASCII."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = files.SHUT
    response.headers["Cache-Control"] = "private, no-store"
    return response
