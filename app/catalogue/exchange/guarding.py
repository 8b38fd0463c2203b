"""Texts that a spreadsheet might run, written so that it does not, and so that reading them again gives the same text.

The reading half is `natural` in table_reader.py: it takes away one apostrophe where something that runs stands behind.
OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from typing import Final

_RUNS: Final = re.compile(r"'*\s*[=+\-@\t\r\n]")
_FIGURE: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*%?")
_APOSTROPHES: Final = re.compile(r"'+\s*[=+\-@\t\r\n]")


def for_text(cell: str) -> str:
    """A cell of a delimited file; plain figures stay figures."""
    return f"'{cell}" if _RUNS.match(cell) and not _FIGURE.fullmatch(cell) else cell


def for_workbook(cell: str) -> str:
    """A cell of a workbook, where a text is a text by its type; only a guard of its own has to survive."""
    return f"'{cell}" if _APOSTROPHES.match(cell) else cell


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take it for a formula if somebody typed it there."""
    return bool(_RUNS.match(cell)) and not _FIGURE.fullmatch(cell)
