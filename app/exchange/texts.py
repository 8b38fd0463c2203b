"""Texts written by strangers: what to do about their encoding, their control characters and their spaces."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

COMBINING_LIMIT: Final = 30  # combining characters in a row (the stream-safe form of UAX #15)

_BROKEN = re.compile("[\u00c2\u00c3\u00e2][\u0080-\u00bf\u0152-\u2122]")
_SPACES = re.compile(r"[^\S\n]+")
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def tidy(text: str, *, lines: bool = False) -> str:
    """NFC, single spaces, no control, direction or surrogate characters; `lines` keeps line breaks."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    whole = unicodedata.normalize("NFC", _stream_safe(text)).replace("\r\n", "\n").replace("\r", "\n")
    whole = whole.replace("\t", " ") if lines else whole.replace("\t", " ").replace("\n", " ")
    clean = "".join(character for character in whole if _is_kept(character))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in clean.split("\n")).strip()


def repair_encoding(text: str) -> str:
    """UTF-8 that was once read as Windows-1252 ("\u00c2\u00ae" for "\u00ae"), put right where the whole text can be."""
    if not _BROKEN.search(text):
        return text
    try:
        return b"".join(_windows_byte(character) for character in text).decode()
    except UnicodeError:
        return text


def _windows_byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")  # the five bytes that Windows-1252 leaves undefined


def _is_kept(character: str) -> bool:
    if character == "\n":
        return True
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in _DIRECTION


def _stream_safe(text: str) -> str:
    """Without endless runs of combining characters: they print over the page and take quadratic time to normalise."""
    if text.isascii():
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= COMBINING_LIMIT:
            kept.append(character)
    return "".join(kept)
