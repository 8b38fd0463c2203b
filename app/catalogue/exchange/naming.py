"""What the names in an archive mean: the supplier's own number of a listing, then what kind of document it is.

    AB-100.jpg   AB-100_2.png   AB-100-manual.pdf   AB-100/1.jpg   pictures/AB-100/certificate CE.pdf

A file's own name begins with the number, or a folder is called like it. Numbers may hold hyphens and dots themselves:
the longest number of the supplier's that fits wins, and of two of one length the one in the file's own name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from app.catalogue.models import SHORT_CHARS

PICTURES: Final = frozenset({"jpg", "jpeg", "png"})
FOLDERS_IN_A_NUMBER: Final = 2
"""Slashes that a number may hold where it goes on in the file's own name."""
ENDINGS: Final = PICTURES | {"pdf"}

_KIND_WORDS: Final = {
    "data_sheet": "data sheet, data-sheet, datasheet, specification, spec, 技术资料, 数据页, 样本, 规格书, 彩页",
    "certificate": "certificate, cert, coa, 证书, 合格证, 检验报告, 授权书",
    "manual": "manual, instructions, ifu, 说明书, 使用手册, 操作手册, 手册",
    "safety_data_sheet": "safety data sheet, safety-data-sheet, msds, sds, 安全技术说明书, 安全数据单",
}
"""The words directly behind a number by which a file is no picture, whatever its type."""


class Meant(NamedTuple):
    """The own number that a name says, and what stands behind it."""

    number: str
    rest: str


def ending_of(name: str) -> str:
    """The ending in small letters; empty where there is none."""
    return name.rpartition("/")[2].rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""


def shown_as(name: str) -> str:
    """What the file is called once it hangs on a listing; a picture is drawn anew as JPEG."""
    last = name.rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    return f"{stem}.{'jpg' if ending_of(name) in PICTURES else ending_of(name)}"


def possible(name: str) -> list[Meant]:
    """Every number that a name may say, the one that wins first."""
    folders, _slash, last = unicodedata.normalize("NFC", name).rpartition("/")
    outer = folders.split("/") if folders else []
    stem = (last.rpartition(".")[0] or last).strip()
    found = [*_in_file(outer, stem), *_in_folders(outer, stem)]
    return sorted((one for one in found if 0 < len(one.number) <= SHORT_CHARS), key=lambda one: -len(one.number))


def _in_file(outer: list[str], stem: str) -> Iterator[Meant]:
    """The beginnings of the file's own name; with the folders before it, for numbers that hold a slash."""
    for cut in range(1, min(len(stem), SHORT_CHARS) + 1):
        if cut < len(stem) and _letter(stem[cut - 1]) and _letter(stem[cut]):
            continue  # AB-1000 is not AB-100 with a nought behind it
        for near in range(min(len(outer), FOLDERS_IN_A_NUMBER) + 1):
            yield Meant("/".join([*outer[len(outer) - near :], stem[:cut]]).strip(), stem[cut:])


def _in_folders(outer: list[str], stem: str) -> Iterator[Meant]:
    """Folders called exactly like a number."""
    for end in range(len(outer), 0, -1):
        for begin in range(end):
            yield Meant("/".join(outer[begin:end]).strip(), "/".join([*outer[end:], stem]))


def _letter(char: str) -> bool:
    return char.isascii() and char.isalnum()


def meant(name: str, known: Collection[str]) -> Meant | None:
    """The number that a name says, of those that the supplier has; None where it says none of them."""
    return next((one for one in possible(name) if one.number in known), None)


def kind_of(name: str, rest: str) -> str:
    """What kind of document or picture a file is: by the word behind its number, else by its type."""
    said = _spelled(rest.rpartition("/")[2])
    longest = max((word for word in _KINDS if _begins(said, word)), key=len, default=None)
    if longest is not None:
        return _KINDS[longest]
    return "picture" if ending_of(name) in PICTURES else "data_sheet"


def _begins(said: str, word: str) -> bool:
    """Whether it begins with the whole word: "specimen" does not with "spec"."""
    return said.startswith(word) and not re.match("[a-z]", said[len(word) :])


def _spelled(words: str) -> str:
    """Small letters, parted by single blanks, without figures and signs in front."""
    return re.sub(r"[\s_\-–.()（）]+", " ", words.casefold()).lstrip(" 0123456789")


_KINDS: Final = {_spelled(word): kind for kind, words in _KIND_WORDS.items() for word in words.split(", ")}
