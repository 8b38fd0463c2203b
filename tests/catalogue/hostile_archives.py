"""Archives of pictures that mean harm, each made here; the sound ones that they are made of as well."""

from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from tests.worlds.media import image

MEGABYTE: Final = 1024 * 1024
PICTURE: Final = image(120, 120)


def zipped(content: Mapping[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of files by their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return out.getvalue()


def plainly_named(names: Mapping[str, bytes], contents: bytes = PICTURE) -> bytes:
    """An archive whose names are bytes without a word about their encoding, as old programs write them."""
    packed = zipped(dict.fromkeys(names, contents))
    for name, raw in names.items():
        assert len(raw) == len(name)
        packed = packed.replace(name.encode(), raw)
    return packed


def _entry(name: str, body: bytes, *, mode: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, mode << 16
        archive.writestr(info, body)
    return out.getvalue()


def symlink() -> bytes:
    """A link to a file of the server, called like a picture."""
    return _entry("A-1.jpg", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)


def device() -> bytes:
    """A device, called like a picture."""
    return _entry("A-1.jpg", b"", mode=stat.S_IFCHR | 0o666)


def encrypted() -> bytes:
    """The flag of a password on every entry, in the directory and before the file."""
    packed = bytearray(zipped({"A-1.jpg": PICTURE}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = packed.find(mark)
        packed[at + place] |= 1
    return bytes(packed)


def bomb() -> bytes:
    """Fifty megabytes of nothing: within what an archive may hold, far beyond what pictures are packed by."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("A-1.png", "w") as entry:
        for _ in range(50):
            entry.write(b"\0" * MEGABYTE)
    return out.getvalue()


def too_large() -> bytes:
    """A file beyond the ten megabytes of a file, which is packed no better than honest ones are."""
    chance = random.Random(1)
    return b"".join(chance.randbytes(200) + b"\0" * 9_800 for _ in range(1_100))


def many_bombs() -> bytes:
    """Each within the ratio that is allowed, all of them together not."""
    return zipped({f"A-{n}.png": b"\0" * MEGABYTE for n in range(170)})


def boasting() -> bytes:
    """Small files of which the directory says that they are a megabyte each."""
    packed = zipped({f"A-{n}.png": b"x" * 4_097 for n in range(170)})
    return packed.replace(struct.pack("<L", 4_097), struct.pack("<L", MEGABYTE))


def lying_bomb() -> bytes:
    """The directory and the header before it say a few bytes; it unpacks to many."""
    packed = zipped({"A-1.png": b"\0" * 50 * MEGABYTE})
    return packed.replace(struct.pack("<L", 50 * MEGABYTE), struct.pack("<L", 4_000))


def overlapping() -> bytes:
    """Two entries of the directory that share the bytes of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A-1.png", PICTURE)
        first, twin = archive.getinfo("A-1.png"), zipfile.ZipInfo("A-2.png")
        for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type", "flag_bits"):
            setattr(twin, name, getattr(first, name))
        archive.filelist.append(twin)
    return out.getvalue()


def huge_directory() -> bytes:
    """An end record that promises sixty-five thousand entries."""
    packed = bytearray(zipped({"A-1.png": PICTURE}))
    at = packed.rfind(b"PK\x05\x06")
    packed[at + 8 : at + 12] = struct.pack("<HH", 65_535, 65_535)
    return bytes(packed)


def unusual_packing() -> bytes:
    """LZMA, whose memory the file itself decides."""
    return zipped({"A-1.png": PICTURE}, packing=zipfile.ZIP_LZMA)


def noise() -> bytes:
    """A file whose packed bytes are noise."""
    packed = bytearray(zipped({"A-1.png": PICTURE}))
    packed[60:90] = b"\xff" * 30
    return bytes(packed)


def speaking_folder() -> bytes:
    """A folder that has bytes of its own."""
    return _entry("A-1/", b"hidden", mode=stat.S_IFDIR | 0o755)


HOSTILE: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "a name that climbs": (lambda: zipped({"../A-1.png": PICTURE}), "archive_names"),
    "a name that climbs further in": (lambda: zipped({"a/../../A-1.png": PICTURE}), "archive_names"),
    "an absolute name": (lambda: zipped({"/tmp/A-1.png": PICTURE}), "archive_names"),
    "a name on a drive": (lambda: zipped({"C:A-1.png": PICTURE}), "archive_names"),
    "a backslash": (lambda: zipped({"..\\A-1.png": PICTURE}), "archive_names"),
    "a nought in a name": (lambda: plainly_named({"A-1xpng.jpg": b"A-1\0png.jpg"}), "archive_names"),
    "a line in a name": (lambda: zipped({"A-1\n.png": PICTURE}), "archive_names"),
    "an endless name": (lambda: zipped({f"{'A' * 500}.png": PICTURE}), "archive_names"),
    "folders without end": (lambda: zipped({f"{'a/' * 40}A-1.png": PICTURE}), "archive_names"),
    "two names but for capitals": (lambda: zipped({"A-1.png": PICTURE, "a-1.PNG": PICTURE}), "archive_names"),
    "two names but for their accents": (
        lambda: zipped({"A-1 \u00e9.png": PICTURE, "A-1 e\u0301.png": PICTURE}), "archive_names",
    ),
    "a link": (symlink, "archive_links"),
    "a device": (device, "archive_links"),
    "a folder with bytes": (speaking_folder, "archive_links"),
    "a password": (encrypted, "archive_locked"),
    "a bomb": (bomb, "archive_swells"),
    "many small bombs": (many_bombs, "archive_swells"),
    "files that say they are large": (boasting, "archive_swells"),
    "a bomb that lies": (lying_bomb, "no_archive"),
    "files in each other": (overlapping, "archive_swells"),
    "thousands of files": (lambda: zipped({f"A-{n}.png": b"x" for n in range(2_001)}), "too_many_files"),
    "a huge directory": (huge_directory, "too_many_files"),
    "an unusual packing": (unusual_packing, "no_archive"),
    "noise inside": (noise, "no_archive"),
    "half a file": (lambda: zipped({"A-1.png": PICTURE, "A-2.png": PICTURE})[:200], "no_archive"),
    "nothing but folders": (lambda: zipped({"A-1/": b"", "__MACOSX/._A-1.png": b"x"}), "archive_empty"),
}  # fmt: skip
"""What it is -> (how it is made, the reason that is given)."""
