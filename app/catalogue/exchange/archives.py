"""An archive that somebody sent, as rows and files on disk: read once by a child process with limits.

The rows are those of a table without headings (tables.py), so that whoever works through them remembers a byte offset
here as well; the files lie under their places in the archive.
"""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.accounts.files import FILE_MOST_BYTES
from app.catalogue.exchange.tables import (
    CPU_SECONDS,
    ENTRIES,
    MEMORY_BYTES,
    SPOOL_BYTES,
    UNPACKED_BYTES,
    WALL_SECONDS,
    Row,
    Table,
    run_child,
)

CHILD: Final = Path(__file__).with_name("archive_reader.py")

_FAILURES: Final = {
    20: "no_archive", 21: "archive_locked", 22: "archive_swells", 23: "archive_names", 24: "archive_links",
    25: "too_many_files", 26: "archive_empty", 18: "too_large",
}  # fmt: skip
"""The child's exit codes; a test compares them with its own list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive; `mark` is "archive", "large" or empty, and only what has none was unpacked."""

    row: Row
    name: str
    size_bytes: int
    sha256: str
    mark: str

    @property
    def place(self) -> int:
        """Where it stands in the archive, from 1."""
        return self.row.number


def entry_of(row: Row) -> Entry:
    """A row as the file that it tells of."""
    name, size, digest, mark = (cell or "" for cell in row.cells or ["", "0", "", ""])
    return Entry(row, name, int(size), digest, mark)


def read_archive(
    source: Path, target: Path, folder: Path, *, seconds: float = WALL_SECONDS, cpu_seconds: int = CPU_SECONDS,
    memory: int = MEMORY_BYTES, entries: int = ENTRIES,
) -> Table:  # fmt: skip
    """Read an archive into rows at `target` and files in `folder`; NotRead when it cannot be, or not within limits.

    Call it outside any transaction: it takes seconds. The folder comes last: rows without one are read again.
    """
    draft = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700, parents=True)
    order = {
        "path": str(source), "folder": str(draft), "entries": entries, "unpacked_bytes": UNPACKED_BYTES,
        "file_bytes": FILE_MOST_BYTES, "cpu_seconds": cpu_seconds, "memory_bytes": memory, "most_bytes": SPOOL_BYTES,
    }  # fmt: skip
    try:
        table = run_child(CHILD, order, target, _FAILURES, seconds=seconds, broken="no_archive")
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return table
