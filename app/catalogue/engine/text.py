"""Tokens: how names, models and questions become the words of the index, the same way on both sides.

Chinese is indexed as characters, pairs of characters and segmented words, because segmentation alone loses what it
tears apart (移液 was found in none of the listings that sell 移液器). Models are indexed as written, in their parts and
squeezed, so that "CR-22N", "CR22N" and "cr 22n" are one word. Pinyin is kept in suffixes, so that a query is a prefix.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import rjieba

from .words import SYNONYMS, WHOLE_WORDS

MAX_QUERY_CHARS = 200  # of a question; the rest is cut
MAX_FIELD_CHARS = 20_000  # of one text of a listing
MAX_TOKEN_CHARS = 64
MAX_UNITS = 12  # words of a question
MAX_WINDOW = 4  # neighbouring words tried as one ("cr 22n", "li xin ji")
REMEMBERED = 4_000  # texts whose tokens are kept: brands, categories and suppliers come again and again
MAX_SYLLABLES = 8  # of one pinyin suffix
MIN_CODE_CHARS = 3  # a model inside a longer question has at least these, and a digit
FILLERS = frozenset({"的", "与", "和", "及", "或", "台", "个", "a", "an", "and", "for", "of", "or", "the", "with"})

_HAN = (
    r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # ideographs
    r"\u3041-\u30ff\uac00-\ud7af"  # kana, hangul: written without spaces or with too many
)
_PIECE = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>\d+\.\d+(?:(?![{_HAN}])[^\W_])*|(?:(?![{_HAN}])[^\W_])+)")
_IDEOGRAPHS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # controls; lone surrogates stop an UTF-8 writer
_TIGHT = re.compile(r"[-_./·'’°]{1,2}")  # what may stand inside a word or model
_BY = re.compile(r"(?<=\d)\s?[x×]\s?(?=\d)")  # 4.6 x 250 is two numbers, however it is written
_HAS_DIGIT = re.compile(r"\d")
_CAS = re.compile(r"(?<![\d-])(\d{2,7})-(\d{2})-(\d)(?![\d-])", re.ASCII)


def normalise(text: str) -> str:
    """NFKC, case folded, without accents and control characters, with single spaces."""
    folded = _BY.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", folded)))
    return " ".join(_UNWRITABLE.sub(" ", folded).split())


def squeeze(text: str) -> str:
    """A model or part number without anything but letters and digits: CR-22N, "cr 22n" and CR22N are one."""
    return "".join(c for c in normalise(text) if c.isalnum())[:MAX_TOKEN_CHARS]


def has_digit(text: str) -> bool:
    return _HAS_DIGIT.search(text) is not None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of ideographs, or a word between separators."""

    text: str
    han: bool
    gap: str  # what stood between this piece and the one before


def pieces(text: str) -> Iterator[Piece]:
    """Runs and words of a *normalised* text."""
    end = 0
    for match in _PIECE.finditer(text):
        han = match["han"] is not None
        raw = match[0]
        yield Piece(raw if han else singular(raw[:MAX_TOKEN_CHARS]), han, text[end : match.start()])
        end = match.end()


def singular(word: str) -> str:
    """Centrifuges and centrifuge are one word; rough, but the same for listing and question."""
    if len(word) < 4 or not word.isalpha() or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=REMEMBERED)
def tokens(text: str) -> tuple[str, ...]:
    """All tokens of one text of a listing, for a field that is searched by terms."""
    out: list[str] = []
    words: list[str] = []  # neighbours that may be one model
    for piece in pieces(normalise(text[:MAX_FIELD_CHARS])):
        if piece.han:
            words.clear()
            out += han_tokens(piece.text)
            continue
        if words and not _neighbours(words[-1], piece):
            words.clear()
        words.append(piece.text)
        out.append(piece.text)
        out += ["".join(words[-size:])[:MAX_TOKEN_CHARS] for size in range(2, min(len(words), MAX_WINDOW) + 1)]
    return tuple(out)


def _neighbours(before: str, piece: Piece) -> bool:
    if _TIGHT.fullmatch(piece.gap):
        return True
    return piece.gap in {"", " "} and (has_digit(before) or has_digit(piece.text))


def han_tokens(run: str) -> list[str]:
    """Characters, pairs, and the words of three and more characters that the segmenter sees."""
    _taught()
    words = [word for word in rjieba.cut_for_search(run) if len(word) > 2]
    return [*run, *pairs(run), *words]


def pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


@cache
def _taught() -> None:
    """The library's own instance is taught, since a second one would take another 25 MB per process."""
    for word in WHOLE_WORDS:
        rjieba.add_word(word, None, None)


def cas_numbers(text: str) -> list[str]:
    """The CAS numbers in a text, as digits: those whose check digit fits."""
    found = [match.groups() for match in _CAS.finditer(normalise(text[:MAX_FIELD_CHARS]))]
    return ["".join(parts) for parts in found if _check_digit(parts[0] + parts[1]) == int(parts[2])]


def miswritten_cas(text: str) -> list[str]:
    """What looks like a CAS number, but has another check digit than it should."""
    found = (match[0] for match in _CAS.finditer(normalise(text[:MAX_QUERY_CHARS])))
    return [written for written in found if not cas_numbers(written)]


def _check_digit(digits: str) -> int:
    """Each digit times its place from the right, modulo ten."""
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits), start=1)) % 10


@lru_cache(maxsize=REMEMBERED)
def sounds(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Pinyin of a Chinese text from every character on, joined and as initials: lixinji, xinji, ji; lxj, xj."""
    joined: set[str] = set()
    initials: set[str] = set()
    for run in _IDEOGRAPHS.findall(normalise(text[:MAX_FIELD_CHARS])):
        said = spoken(run)
        for start in range(len(said)):
            part = said[start : start + MAX_SYLLABLES]
            joined.add("".join(part)[:MAX_TOKEN_CHARS])
            initials.add("".join(s[0] for s in part))
    return frozenset(joined), frozenset(i for i in initials if len(i) > 1)


def syllables(text: str) -> list[str]:
    return [s for run in _IDEOGRAPHS.findall(normalise(text[:MAX_FIELD_CHARS])) for s in spoken(run)]


_import_lock = threading.Lock()


@lru_cache(maxsize=REMEMBERED)
def spoken(run: str) -> tuple[str, ...]:
    """The syllables of a Chinese run, in pinyin without tones."""
    with _import_lock:
        # its phrase table takes more than 50 MB; only the writer needs it, web processes never load it
        from pypinyin import lazy_pinyin  # noqa: PLC0415
    return tuple(s for s in lazy_pinyin(run, errors="ignore") if s)


@cache
def groups() -> tuple[dict[str, set[int]], re.Pattern[str]]:
    """Which groups a word is in, and a pattern that finds the longest word at each place."""
    table: dict[str, set[int]] = {}
    for number, group in enumerate(SYNONYMS):
        for word in group:
            table.setdefault(normalise(word), set()).add(number)
    longest_first = sorted(table, key=len, reverse=True)
    ways = [rf"(?<![a-z0-9]){re.escape(w)}(?=s?(?![a-z0-9]))" if w.isascii() else re.escape(w) for w in longest_first]
    return table, re.compile(f"(?=({'|'.join(ways)}))")


def synonyms(texts: Iterable[str]) -> list[str]:
    """The other words for what these names say. A pipette tip is no pipette: the longest word at a place counts."""
    table, pattern = groups()
    present = {match[1] for name in texts for match in pattern.finditer(normalise(name))}
    numbers = sorted({number for word in present for number in table[word]})
    return [word for number in numbers for word in SYNONYMS[number] if normalise(word) not in present]


@dataclass(frozen=True, slots=True)
class Unit:
    """One word of a question; all of them have to be found, each anywhere."""

    text: str
    han: bool
    windows: tuple[str, ...] = ()  # this word joined with its neighbours

    @property
    def terms(self) -> list[str]:
        """Terms that have to stand together in one field."""
        if not self.han:
            return [self.text]
        return pairs(self.text) if len(self.text) > 1 else [self.text]


@dataclass(frozen=True, slots=True)
class Question:
    units: tuple[Unit, ...]
    codes: tuple[str, ...]  # what may be a whole model or part number
    runs: tuple[str, ...]  # Chinese runs as typed; found in one piece they count more
    head: str = ""  # all of the words in one, as the name of a thing


def question(text: str, words: str | None = None) -> Question:
    """The words of what a user typed; nothing of it ever reaches the engine's query language.

    `words` is the text without the quantities in it: a model may look like one, so codes are read from all of it.
    """
    cut = text[:MAX_QUERY_CHARS]
    parts = list(pieces(_CAS.sub(_joined_cas, normalise(cut if words is None else words[:MAX_QUERY_CHARS]))))
    units: list[Unit] = []
    row: list[str] = []
    for piece in parts:
        if piece.han:
            units += _joined(row)
            row = []
            units += [Unit(word, han=True) for word in han_words(piece.text)]
        else:
            row.append(piece.text)
    units += _joined(row)
    distinct = list(dict.fromkeys(units))
    unique = tuple([u for u in distinct if u.text not in FILLERS] or distinct)[:MAX_UNITS]
    codes = {squeeze(cut), *cas_numbers(cut)}
    codes |= {squeeze(w) for u in unique for w in (u.text, *u.windows) if has_digit(w)}
    kept = tuple(sorted(c for c in codes if c and (len(c) >= MIN_CODE_CHARS or c == squeeze(cut))))
    head = _head(parts)
    return Question(unique, kept, tuple(p.text for p in parts if p.han and len(p.text) > 2), head)


def _joined_cas(match: re.Match[str]) -> str:
    """A CAS number is one word, not three."""
    return "".join(match.groups()) if cas_numbers(match[0]) else match[0]


def _head(parts: list[Piece]) -> str:
    """The words as `heads` writes them: Chinese in one piece, Latin with blanks between them."""
    words = [part for part in parts if part.text not in FILLERS]
    glue = "" if any(part.han for part in words) else " "
    return glue.join(part.text for part in words)[:MAX_TOKEN_CHARS]


def _joined(row: list[str]) -> list[Unit]:
    row = row[:MAX_UNITS]
    windows: list[list[str]] = [[] for _ in row]
    for start in range(len(row)):
        for end in range(start + 2, min(start + MAX_WINDOW, len(row)) + 1):
            joined = "".join(row[start:end])
            if len(joined) <= MAX_TOKEN_CHARS:
                for at in range(start, end):
                    windows[at].append(joined)
    return [Unit(word, han=False, windows=tuple(w)) for word, w in zip(row, windows, strict=True)]


def han_words(run: str) -> list[str]:
    """Words of a Chinese question; single characters in a row are one word (most often a name)."""
    _taught()
    words: list[str] = []
    loose = ""
    for word in rjieba.cut(run[:MAX_QUERY_CHARS]):
        if len(word) == 1:
            loose += word
            continue
        if loose:
            words.append(loose)
            loose = ""
        words.append(word)
    return [*words, loose] if loose else words
