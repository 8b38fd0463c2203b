"""A table that somebody sent, as rows on disk: read once by a child process with limits, then taken up anywhere.

The child writes JSON lines; whoever works through them remembers a byte offset, so that going on after a restart costs
nothing and no table is ever held in memory.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.catalogue.exchange.columns import own_columns
from app.kernel.values import CURRENCIES

CHILD: Final = Path(__file__).with_name("table_reader.py")
WALL_SECONDS: Final = 100
"""Less than the lease of a delivery, also where the machine has much else to do; the processor time is what stops."""
CPU_SECONDS: Final = 45
MEMORY_BYTES: Final = 1024 * 1024 * 1024
SPOOL_BYTES: Final = 256 * 1024 * 1024
ROWS: Final = 100_000
COLUMNS: Final = 256
CELL_CHARS: Final = 20_000
UNPACKED_BYTES: Final = 160 * 1024 * 1024
ENTRIES: Final = 2_000

_FAILURES: Final = {
    10: "not_a_table", 11: "locked", 12: "swells", 13: "unsafe_parts", 14: "too_many_rows", 15: "too_many_columns",
    16: "empty", 17: "encoding", 18: "too_large", 30: "not_a_feed", 31: "xml_broken", 32: "xml_encoding",
    33: "xml_excess",
}  # fmt: skip
"""The child's exit codes; a test compares them with its own list."""


class NotRead(Exception):
    """The file is not read; `code` is one of lifecycle.FAILURES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Row(NamedTuple):
    """One row: the number that a spreadsheet shows, its cells (None: unreadable; a cell that is None says nothing of
    its column), where the next one begins, and what its reader found wrong as (column or "", reason)."""

    number: int
    cells: list[str | None] | None
    then: int
    notes: list[list[str]] = []


@dataclass(frozen=True, slots=True)
class Table:
    """Rows on disk; `rows` leaves out the headings."""

    path: Path
    headings: tuple[str, ...]
    heading_row: int
    rows: int
    begin: int

    def read(self, offset: int = 0) -> Iterator[Row]:
        """The rows from an offset on; 0 is the first."""
        with self.path.open("rb") as lines:
            lines.seek(offset or self.begin)
            while line := lines.readline():
                found = json.loads(line)
                if isinstance(found, dict):
                    return
                yield Row(found[0], found[1], lines.tell(), found[2] if len(found) > 2 else [])


def read_table(
    source: Path, kind: str, target: Path, *, seconds: float = WALL_SECONDS, cpu_seconds: int = CPU_SECONDS,
    memory: int = MEMORY_BYTES, most_bytes: int = SPOOL_BYTES,
) -> Table:  # fmt: skip
    """Read a file (`kind`: models.FILE_KINDS) into rows at `target`; NotRead when it cannot be, or not within limits.

    Call it outside any transaction: it takes seconds.
    """
    order = {
        "path": str(source), "kind": kind, "rows": ROWS, "columns": COLUMNS, "cell_chars": CELL_CHARS,
        "unpacked_bytes": UNPACKED_BYTES, "entries": ENTRIES, "cpu_seconds": cpu_seconds, "memory_bytes": memory,
        "most_bytes": most_bytes, "codes": list(own_columns()), "digits": CURRENCIES,
    }  # fmt: skip
    return run_child(CHILD, order, target, _FAILURES, seconds=seconds, broken="not_a_table")


def run_child(
    script: Path, order: dict[str, Any], target: Path, failures: Mapping[int, str], *, seconds: float, broken: str
) -> Table:
    """Let a child write rows, which lie at `target` once they are whole; NotRead by its exit code, else `broken`."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as out:
            done = subprocess.run(  # noqa: S603 - our own script by its own path, no shell, no part of it from outside
                [sys.executable, "-I", str(script)], input=json.dumps(order).encode(), stdout=out,
                stderr=subprocess.DEVNULL, timeout=seconds, check=False, env={"RAYON_NUM_THREADS": "1"},
            )  # fmt: skip
            out.flush()
            os.fsync(out.fileno())
        if done.returncode != 0:
            raise NotRead(_why(done.returncode, failures, broken))
        os.replace(draft, target)
    except subprocess.TimeoutExpired:
        raise NotRead("too_long") from None
    finally:
        draft.unlink(missing_ok=True)
    table = open_table(target)
    if table is None:
        raise NotRead(broken)
    return table


def _why(code: int, failures: Mapping[int, str], broken: str) -> str:
    if code == -signal.SIGXCPU:
        return "too_long"
    return failures.get(code, "too_large" if code < 0 else broken)


def open_table(path: Path) -> Table | None:
    """A table that was read before, or None where it is gone or was not finished."""
    try:
        with path.open("rb") as lines:
            head = json.loads(lines.readline())
            begin = lines.tell()
            end = lines.seek(0, os.SEEK_END)
            lines.seek(max(begin, end - 64))
            last = json.loads(lines.read().rstrip(b"\n").rpartition(b"\n")[2])
    except (OSError, ValueError):
        return None
    return Table(path, tuple(head["headings"]), head["row"], last["rows"], begin)
