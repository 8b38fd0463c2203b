"""Tables as CSV for spreadsheets: in an encoding that they guess right, and without cells that they would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from flask import Response

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it a spreadsheet opens Chinese as another encoding."""

_RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FIGURE: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def harmless(cell: Any) -> str:
    """The cell as text; what a spreadsheet would take for a formula gets an apostrophe before it, figures do not."""
    text = "" if cell is None else str(cell)
    runs = text.lstrip(" ").startswith(_RUNS) and not _FIGURE.fullmatch(text)
    return f"'{text}" if runs else text


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table with its head, as RFC 4180 has it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + text.getvalue()


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A table as a download; `name` is ours, without ending, in ASCII."""
    response = Response(csv_text(columns, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
