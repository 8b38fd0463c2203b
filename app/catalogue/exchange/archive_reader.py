"""The child that reads one archive of pictures: its entries as JSON lines, each file unpacked under its place.

It is run by its path, on its own (`python -I archive_reader.py`), and imports nothing of LabPark but the child beside
it, whose limits and checks of a container it shares. A row is `[place, [name, bytes, SHA-256, mark]]`: the place in the
archive's directory from 1, in the order of the names, in which 2 stands before 10. The mark is "archive" for a file
that is an archive itself, which nobody opens, "large" for one that is not unpacked because of its size, else empty.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import re
import stat
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn


def _beside(name: str) -> Any:
    """A module of this folder: python -I does not look into it by itself."""
    found = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert found is not None
    assert found.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


container: Final = _beside("table_reader")

FAILURES: Final = {
    20: "no_archive", 21: "archive_locked", 22: "archive_swells", 23: "archive_names", 24: "archive_links",
    25: "too_many_files", 26: "archive_empty", 18: "too_large",
}  # fmt: skip
"""Exit code -> why the archive was not read."""
EXITS: Final = {word: code for code, word in FAILURES.items()}
OF_A_CONTAINER: Final = {"locked": "no_archive", "not_a_table": "no_archive", "swells": "archive_swells"}
"""What the shared checks say -> what it means of an archive."""

CHUNK_BYTES: Final = 64 * 1024
NAME_CHARS: Final = 400
FOLDERS: Final = 8
ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
"""Flags of an entry: encrypted, strongly encrypted, header masked (APPNOTE.TXT, 4.4.4)."""
UTF8: Final = 0x800
PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What every program writes; others need memory that the directory does not tell."""
JUNK: Final = frozenset({"thumbs.db", "desktop.ini"})
"""What systems put into folders by themselves, besides names that begin with a dot and __MACOSX."""
ARCHIVES: Final = (
    b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00",
    b"MSCF", b"\x28\xb5\x2f\xfd",
)  # fmt: skip
"""How archives begin: ZIP, RAR, 7z, gzip, bzip2, xz, cabinet, Zstandard."""

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_FIGURES: Final = re.compile(r"([0-9]+)")


class Entry(NamedTuple):
    """One file of an archive: its place from 1, its name as people read it."""

    place: int
    name: str
    info: zipfile.ZipInfo


def stop(word: str) -> NoReturn:
    """Give up on the archive."""
    raise container.Stop(word)


# The directory --------------------------------------------------------------------------------------------------------


def name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: programs of Chinese offices write GB18030 and say nothing, those of Apple UTF-8."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        written = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = written.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name)


def check_name(name: str) -> None:
    """A name is one of a file below here, or nothing of the archive is read."""
    parts = name.removesuffix("/").split("/")
    # An absolute name begins with an empty part.
    if "\\" in name or _DRIVE.match(name) or any(part in ("", ".", "..") for part in parts):
        stop("archive_names")
    if len(name) > NAME_CHARS or len(parts) > FOLDERS + 1 or any(unicodedata.category(one) == "Cc" for one in name):
        stop("archive_names")


def check_kind(info: zipfile.ZipInfo) -> None:
    """An entry is a plain file or a folder, packed as every program can unpack it."""
    if info.flag_bits & ENCRYPTED:
        stop("archive_locked")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (info.is_dir() and info.file_size):
        stop("archive_links")
    if info.compress_type not in PACKED:
        stop("no_archive")


def entries_of(archive: zipfile.ZipFile, order: dict[str, Any]) -> list[Entry]:
    """The files of an archive in the order of their names, after every entry was checked."""
    infos = archive.infolist()
    container.check_room(infos, order)
    names: set[str] = set()
    found = []
    for place, info in enumerate(infos, start=1):
        name = name_of(info)
        check_kind(info)
        check_name(name)
        told = unicodedata.normalize("NFC", name.removesuffix("/").casefold())
        if told in names:
            stop("archive_names")
        names.add(told)
        if not info.is_dir() and not is_junk(name):
            found.append(Entry(place, name, info))
    return sorted(found, key=lambda one: in_order(one.name))


def is_junk(name: str) -> bool:
    """Whether a system has put it there and not the person."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith(".") or parts[-1].casefold() in JUNK


def in_order(name: str) -> list[list[tuple[int, int, str]]]:
    """A key by which people look for a name: folder by folder, figures by what they count."""
    return [
        [(0, int(one), "") if one.isdecimal() else (1, 0, one) for one in _FIGURES.split(part.casefold()) if one]
        for part in name.split("/")
    ]


# The files ------------------------------------------------------------------------------------------------------------


def unpack(archive: zipfile.ZipFile, entry: Entry, left: int, order: dict[str, Any]) -> tuple[int, list[str]]:
    """(bytes that it really has, its row); a file that may be a picture or document lies under its place then."""
    size, digest, head = 0, hashlib.sha256(), b""
    target = Path(order["folder"]) / str(entry.place)
    try:
        with archive.open(entry.info) as packed, target.open("xb") as out:
            while chunk := packed.read(CHUNK_BYTES):
                size += len(chunk)
                if size > left:
                    stop("archive_swells")
                head = head or chunk[:8]
                digest.update(chunk)
                if size <= order["file_bytes"]:
                    out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except (container.Stop, MemoryError):
        raise
    except Exception as error:  # zipfile's, zlib.error: broken inside, or not as long as the directory says
        stop(container._broken(error))
    mark = "archive" if head.startswith(ARCHIVES) else "large" if size > order["file_bytes"] else ""
    if mark:
        target.unlink()
    return size, [entry.name, str(size), digest.hexdigest(), mark]


def read(order: dict[str, Any], out: Any) -> None:
    """All entries, or Stop."""
    with open(order["path"], "rb") as stream:
        check_end(stream, order)
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            stop(container._broken(error))
        with archive:
            entries = entries_of(archive, order)
            if not entries:
                stop("archive_empty")
            if len(entries) > order["entries"]:
                stop("too_many_files")
            out.write(json.dumps({"headings": [], "row": 0}) + "\n")
            left = order["unpacked_bytes"]
            for entry in entries:
                size, cells = unpack(archive, entry, left, order)
                left -= size
                out.write(json.dumps([entry.place, cells], ensure_ascii=False, separators=(",", ":")) + "\n")
            out.write(json.dumps({"rows": len(entries)}) + "\n")


def check_end(stream: io.BufferedReader, order: dict[str, Any]) -> None:
    """As of a workbook; too many entries are named so."""
    try:
        container._check_end(stream, order)
    except container.Stop as why:
        stop("too_many_files" if str(why) == "swells" else str(why))


def main() -> int:
    """The exit code."""
    order = json.load(sys.stdin)
    container.limit(order)
    try:
        with open(1, "w", encoding="utf-8", errors="replace", newline="\n", closefd=False) as out:
            read(order, out)
    except container.Stop as why:
        return EXITS[OF_A_CONTAINER.get(str(why), str(why))]
    except (MemoryError, ImportError, OSError):
        return EXITS["too_large"]
    return 0


if __name__ == "__main__":
    sys.exit(main())
