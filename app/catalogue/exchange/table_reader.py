"""The child that reads one table: an order on standard input, limits on itself, rows as JSON lines on standard output.

It is run by its path, on its own (`python -I table_reader.py`), and imports nothing of LabPark. A file that somebody
sent may swell, loop or crash the reader; then this process ends, and nothing else notices. The first line holds the
headings, each further one `[row number, cells]` (null: the row cannot be read), the last one how many rows there were.
Rows of a catalogue in XML have a third part: `[[column, reason], ...]`, what is wrong with them.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import errno
import importlib
import importlib.util
import io
import json
import os
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

FAILURES: Final = {
    10: "not_a_table", 11: "locked", 12: "swells", 13: "unsafe_parts", 14: "too_many_rows", 15: "too_many_columns",
    16: "empty", 17: "encoding", 18: "too_large", 30: "not_a_feed", 31: "xml_broken", 32: "xml_encoding",
    33: "xml_excess",
}  # fmt: skip
"""Exit code -> why the file was not read."""
EXITS: Final = {word: code for code, word in FAILURES.items()}

CHUNK_BYTES: Final = 64 * 1024
TAIL_BYTES: Final = 128
END_BYTES: Final = 22 + 65_535
MOST_RATIO: Final = 200
RATIO_FROM_BYTES: Final = 1024 * 1024
"""Smaller parts may be packed as well as they like."""

_DELIMITERS: Final = (",", ";", "\t")
_UNSAFE_PART = re.compile(
    r"(^|/)(vbaproject\.bin|externallinks/|activex/|embeddings/|connections\.xml|macrosheets/|querytables/)"
)
_DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_FAR = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{3,}[0-9]|[A-Za-z]{1,2}[0-9]{6,})")
_WIDE = re.compile(rb"[A-Za-z]{3}")


class Stop(Exception):
    """The file is not read; the argument is one of FAILURES."""


def stop(word: str) -> NoReturn:
    """Give up on the file."""
    raise Stop(word)


def limit(order: dict[str, Any]) -> None:
    """From here on the process cannot take more than this, and steps aside for everybody else."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (order["cpu_seconds"], order["cpu_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (order["memory_bytes"], order["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (order["most_bytes"], order["most_bytes"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# The container --------------------------------------------------------------------------------------------------------


def check_container(path: str, order: dict[str, Any]) -> None:
    """Refuse an archive by its directory and by what is really inside it, before anything understands its XML."""
    with open(path, "rb") as stream:
        _check_end(stream, order)
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            stop(_broken(error))
        with archive:
            entries = archive.infolist()
            _check_directory(entries, order)
            left = order["unpacked_bytes"]
            for entry in entries:
                left -= _check_part(archive, entry, left, order)


def _check_end(stream: io.BufferedReader, order: dict[str, Any]) -> None:
    """The end record says how long the directory is, so that a huge one is never unfolded."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - END_BYTES))
    tail = stream.read()
    stream.seek(0)
    if tail.startswith(b"\xd0\xcf\x11\xe0") or _begins(stream, b"\xd0\xcf\x11\xe0"):
        stop("locked")  # a compound file: an encrypted workbook, or one of the last century
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        stop("not_a_table")
    number, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    if number > order["entries"] or length > order["entries"] * 512:
        stop("swells")


def _begins(stream: io.BufferedReader, mark: bytes) -> bool:
    head = stream.read(len(mark))
    stream.seek(0)
    return head == mark


def _check_directory(entries: list[zipfile.ZipInfo], order: dict[str, Any]) -> None:
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) < len(names):
        stop("swells")
    if "xl/workbook.xml" not in names:
        stop("not_a_table")
    for entry in entries:
        if entry.flag_bits & 1:
            stop("locked")
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or _UNSAFE_PART.search(name.lower()):
            stop("unsafe_parts")
    check_room(entries, order)


def check_room(entries: list[zipfile.ZipInfo], order: dict[str, Any]) -> None:
    """No two entries of a container share bytes, and unpacked it is no larger than it looks."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            stop("swells")  # parts that lie in each other, so that one byte is unpacked many times
        end = entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            stop("swells")
    if sum(entry.file_size for entry in entries) > order["unpacked_bytes"]:
        stop("swells")


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, order: dict[str, Any]) -> int:
    """How many bytes a part really has; in XML no declarations and no cell beyond the limits."""
    text = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    size, tail = 0, b""
    try:
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK_BYTES):
                size += len(chunk)
                if size > left:
                    stop("swells")
                if text:
                    _check_xml(tail + chunk, order, first=not tail)
                    tail = chunk[-TAIL_BYTES:]
    except (Stop, MemoryError):
        raise
    except Exception as error:  # zipfile's, zlib.error, lzma.LZMAError: broken inside
        stop(_broken(error))
    return size


def _broken(error: Exception) -> str:
    """What an error in an archive means: mostly that it is none, unless memory has run out (ENOMEM, zlib's -4)."""
    starved = getattr(error, "errno", None) == errno.ENOMEM or str(error).startswith("Error -4 ")
    return "too_large" if starved else "not_a_table"


def _check_xml(piece: bytes, order: dict[str, Any], *, first: bool) -> None:
    if first and (piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in piece[:64]):
        stop("unsafe_parts")  # not UTF-8: what stands there would pass the search below unseen
    if _DTD.search(piece):
        stop("unsafe_parts")
    for far in _FAR.finditer(piece):
        reference = far[1]
        if _WIDE.match(reference):
            stop("too_many_columns")
        row = re.match(rb"[A-Za-z]+([0-9]+)", piece[far.start(1) : far.start(1) + 32])
        if row is not None and int(row[1]) > order["rows"] + 1:
            stop("too_many_rows")


# Cells ----------------------------------------------------------------------------------------------------------------


def from_workbook(path: str) -> Iterator[list[str]]:
    """The rows of the first sheet that can be seen."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - limits come first

    try:
        book = CalamineWorkbook.from_path(path)
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not shown:
            stop("empty")
        sheet = book.get_sheet_by_name(shown[0])
    except (Stop, MemoryError):
        raise
    except Exception as error:  # whatever the library says of a broken book
        stop(_broken(error))
    lead = [""] * (sheet.start[1] if sheet.start else 0)
    skipped: Iterable[list[str]] = ([] for _ in range(sheet.start[0] if sheet.start else 0))
    yield from skipped
    for row in sheet.iter_rows():
        yield lead + [natural(written(cell)) for cell in row]


def written(value: object) -> str:
    """A cell as a person would type it; what a formula came to is its value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else _decimal(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _decimal(value: float) -> str:
    """Fifteen digits, which is what a spreadsheet keeps: 0.1 + 0.2 is 0.3 there."""
    text = format(value, ".15g")
    return format(float(text), ".10f").rstrip("0").rstrip(".") if "e" in text and abs(value) < 1e15 else text


def from_text(path: str, order: dict[str, Any]) -> Iterator[list[str] | None]:
    """The rows of a delimited file: UTF-8, UTF-16 with its mark, else GB18030."""
    encoding = encoding_of(path)
    with open(path, encoding=encoding, newline="") as stream:
        head = stream.read(CHUNK_BYTES)
        counts = {mark: head.splitlines()[0].count(mark) if head.splitlines() else 0 for mark in _DELIMITERS}
        delimiter = max(_DELIMITERS, key=lambda mark: counts[mark])
        stream.seek(0)
        csv.field_size_limit(order["cell_chars"] * 2)
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield None
                continue
            yield [natural(cell) for cell in cells]


_GUARDED = re.compile(r"'+\s*[=+\-@\t\r\n]")


def natural(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a text as a formula."""
    return cell[1:] if _GUARDED.match(cell) else cell


def encoding_of(path: str) -> str:
    """Nearly every file is valid GB18030, so it comes last."""
    with open(path, "rb") as stream:
        head = stream.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            with open(path, encoding=encoding, newline="") as text:
                while text.read(CHUNK_BYTES):
                    pass
            return encoding
        except UnicodeError:
            continue
    stop("encoding")


# Catalogues in XML ----------------------------------------------------------------------------------------------------


def from_feed(order: dict[str, Any], out: Any) -> None:
    """Read a catalogue in XML and write its rows. What knows the formats, and the door through which XML is read, are
    loaded by their paths: this process imports nothing of LabPark."""
    here = Path(__file__).resolve().parent
    door = _loaded("locked_xml", here.parents[1] / "kernel" / "locked_xml.py")
    _loaded("feeds", here / "feeds" / "__init__.py")
    reading = importlib.import_module("feeds.reading")
    try:
        reading.write(order, door, out)
    except (door.XmlRefused, reading.FeedRefused) as why:
        stop(why.code)


def _loaded(name: str, path: Path) -> Any:
    folder = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folder)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Out ------------------------------------------------------------------------------------------------------------------


def write(rows: Iterable[list[str] | None], order: dict[str, Any], out: Any) -> None:
    """Headings, rows, and how many there were."""
    headings: list[str] | None = None
    number = 0
    for row, cells in enumerate(rows, start=1):
        if cells is not None:
            cells = shortened(cells, order["cell_chars"])
            if not cells:
                continue
            if len(cells) > order["columns"]:
                stop("too_many_columns")
        if headings is None:
            headings = cells if cells is not None else stop("not_a_table")
            out.write(json.dumps({"headings": headings, "row": row}, ensure_ascii=False) + "\n")
            continue
        number += 1
        if number > order["rows"]:
            stop("too_many_rows")
        out.write(json.dumps([row, cells], ensure_ascii=False, separators=(",", ":")) + "\n")
    if headings is None or not number:
        stop("empty")
    out.write(json.dumps({"rows": number}) + "\n")


def shortened(cells: list[str], most: int) -> list[str]:
    """Tidy cells, none longer than one character too many, without the blank ones at the end."""
    tidy = [cell[: most + 1].strip() for cell in cells]
    while tidy and not tidy[-1]:
        tidy.pop()
    return tidy


def _rows(order: dict[str, Any]) -> Iterable[list[str] | None]:
    if order["kind"] == "xlsx":
        check_container(order["path"], order)
        return from_workbook(order["path"])
    return from_text(order["path"], order)


def main() -> int:
    """The exit code."""
    order = json.load(sys.stdin)
    limit(order)
    try:
        with open(1, "w", encoding="utf-8", errors="replace", newline="\n", closefd=False) as out:
            if order["kind"] == "xml":
                from_feed(order, out)
            else:
                write(_rows(order), order, out)
    except Stop as why:
        return EXITS[str(why)]
    except (MemoryError, ImportError):  # the library itself did not fit
        return EXITS["too_large"]
    except OSError:  # the output has grown past its limit
        return EXITS["too_large"]
    return 0


if __name__ == "__main__":
    sys.exit(main())
