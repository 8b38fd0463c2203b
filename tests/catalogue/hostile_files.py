"""Files that mean harm, each made here: what safety.md (rule 12 and its list) and the library's own bugs name."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import xlsxwriter

SHEET: Final = "xl/worksheets/sheet1.xml"
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MEGABYTE: Final = 1024 * 1024


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """A sound workbook."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def parts(path: Path) -> dict[str, bytes]:
    """The parts of a sound workbook with one heading and one row."""
    with zipfile.ZipFile(workbook(path, [["supplier_sku", "name_zh"], ["A-1", "离心机"]])) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def packed(path: Path, content: dict[str, bytes]) -> Path:
    """The parts as an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return path


def _sheet(cells: bytes) -> bytes:
    return b'<?xml version="1.0"?><worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN.encode(), cells)


def far_cell(path: Path) -> Path:
    """Two cells, the second in the last corner: a library that lays out the grid takes the process down."""
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return packed(path, parts(path) | {SHEET: _sheet(far)})


def far_row(path: Path) -> Path:
    """A row far below the limit."""
    return packed(path, parts(path) | {SHEET: _sheet(b'<row r="900000"><c r="A900000"><v>1</v></c></row>')})


def broad_grid(path: Path) -> Path:
    """Every number within its limit, and still a grid of seventy million cells."""
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="99999"><c r="ZZ99999"><v>1</v></c></row>'
    return packed(path, parts(path) | {SHEET: _sheet(cells)})


def entities(path: Path) -> Path:
    """A billion laughs."""
    levels = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + levels + b"]>"
    return packed(path, parts(path) | {SHEET: doctype + _sheet(b'<row r="1"><c r="A1"><v>&l9;</v></c></row>')})


def outside_entity(path: Path) -> Path:
    """An entity that reads a file of the server."""
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    shared = b'<sst xmlns="%s"><si><t>&f;</t></si></sst>' % MAIN.encode()
    return packed(path, parts(path) | {"xl/sharedStrings.xml": doctype + shared})


def hidden_entity(path: Path) -> Path:
    """The same in UTF-16, where a search for bytes would not see it."""
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    return packed(path, parts(path) | {"xl/sharedStrings.xml": text.encode("utf-16")})


def bomb(path: Path) -> Path:
    """A gigabyte of nothing in a megabyte."""
    content = parts(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            if name != SHEET:
                archive.writestr(name, body)
        with archive.open(zipfile.ZipInfo(SHEET), "w", force_zip64=False) as out:
            for _ in range(200):
                out.write(b" " * MEGABYTE)
    return path


def lying_bomb(path: Path) -> Path:
    """The directory says that the sheet is small; it is not."""
    content = packed(path, parts(path) | {SHEET: _sheet(b" " * 400 * MEGABYTE)}).read_bytes()
    true_size = struct.pack("<L", len(_sheet(b" " * 400 * MEGABYTE)))
    path.write_bytes(content.replace(true_size, struct.pack("<L", 4_000)))
    return path


def many_entries(path: Path) -> Path:
    """More parts than any workbook has."""
    return packed(path, parts(path) | {f"xl/media/{n}.xml": b"" for n in range(3_000)})


def huge_directory(path: Path) -> Path:
    """An end record that promises sixty-five thousand parts."""
    content = bytearray(packed(path, parts(path)).read_bytes())
    at = content.rfind(b"PK\x05\x06")
    content[at + 8 : at + 12] = struct.pack("<HH", 65_535, 65_535)
    path.write_bytes(content)
    return path


def overlapping(path: Path) -> Path:
    """Two entries of the directory that share the bytes of one part (David Fifield's better zip bomb)."""
    content = parts(path)
    kernel = content.pop(SHEET)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
        archive.writestr(SHEET, kernel)
        twin = zipfile.ZipInfo("xl/worksheets/sheet2.xml")
        first = archive.getinfo(SHEET)
        for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type", "flag_bits"):
            setattr(twin, name, getattr(first, name))
        archive.filelist.append(twin)
        archive.NameToInfo[twin.filename] = twin
    return path


def macros(path: Path) -> Path:
    """A workbook that brings a program."""
    return packed(path, parts(path) | {"xl/vbaProject.bin": b"\0" * 64})


def outside_link(path: Path) -> Path:
    """A workbook that reads another one."""
    return packed(path, parts(path) | {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def climbing_name(path: Path) -> Path:
    """A part that wants to lie elsewhere."""
    return packed(path, parts(path) | {"../../tmp/owned.xml": b"<x/>"})


def twin_names(path: Path) -> Path:
    """Two parts of one name: one program checks the first, another reads the second."""
    content = parts(path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in content.items():
            archive.writestr(name, body)
        archive.writestr(SHEET.upper(), content[SHEET])
    return path


def encrypted(path: Path) -> Path:
    """A compound file, as a workbook with a password is one."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000)
    return path


def truncated(path: Path) -> Path:
    """Half of a workbook."""
    content = packed(path, parts(path)).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def broken_stream(path: Path) -> Path:
    """A part whose packed bytes are noise."""
    content = bytearray(packed(path, parts(path)).read_bytes())
    at = content.find(SHEET.encode()) + len(SHEET)
    content[at : at + 40] = b"\xff" * 40
    path.write_bytes(content)
    return path


def repeated_string(path: Path) -> Path:
    """One long text to which a million cells refer: small as a file, gigabytes as a table."""
    text = b"<sst xmlns='%s'><si><t>%s</t></si></sst>" % (MAIN.encode(), b"x" * 32_000)
    row = b"".join(b'<c t="s"><v>0</v></c>' for _ in range(250))
    rows = b"".join(b'<row r="%d">%s</row>' % (n, row) for n in range(1, 4_001))
    content = parts(path) | {"xl/sharedStrings.xml": text, SHEET: _sheet(rows)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return path


def not_a_workbook(path: Path) -> Path:
    """An archive of something else."""
    return packed(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})


HOSTILE: Final[dict[str, tuple[Callable[[Path], Path], set[str]]]] = {
    "a cell in the last corner": (far_cell, {"too_many_columns"}),
    "a row far below": (far_row, {"too_many_rows"}),
    "a grid of seventy million cells": (broad_grid, {"too_large", "too_many_columns"}),
    "nested entities": (entities, {"unsafe_parts"}),
    "an outside entity": (outside_entity, {"unsafe_parts"}),
    "an entity in UTF-16": (hidden_entity, {"unsafe_parts"}),
    "a bomb": (bomb, {"swells"}),
    "a bomb that lies": (lying_bomb, {"swells", "not_a_table"}),
    "thousands of parts": (many_entries, {"swells"}),
    "a huge directory": (huge_directory, {"swells"}),
    "parts in each other": (overlapping, {"swells"}),
    "a program": (macros, {"unsafe_parts"}),
    "a link to another workbook": (outside_link, {"unsafe_parts"}),
    "a climbing name": (climbing_name, {"unsafe_parts"}),
    "two parts of one name": (twin_names, {"swells"}),
    "a password": (encrypted, {"locked"}),
    "half a file": (truncated, {"not_a_table"}),
    "noise inside": (broken_stream, {"not_a_table"}),
    "one text a million times": (repeated_string, {"too_large", "too_long", "swells"}),
    "an archive of something else": (not_a_workbook, {"not_a_table"}),
}
"""What it is -> (how it is made, the reasons that may be given)."""


def hostile_texts() -> Iterator[tuple[str, bytes, set[str]]]:
    """Delimited files that mean harm."""
    yield "no text", zlib.compress(bytes(range(256))) + b"\xff\xff\x80", {"encoding", "empty", "not_a_table"}
    yield "nothing", b"", {"empty"}
    yield "blanks", b"\n\n  \n", {"empty"}
    yield "a thousand columns", b",".join(b"c%d" % n for n in range(1_000)) + b"\n1\n", {"too_many_columns"}
    yield "too many rows", b"a\n" + b"1\n" * 100_002, {"too_many_rows"}
