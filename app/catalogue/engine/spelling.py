"""The nearest spelling of a question that found nothing: words and models that exist, one letter away."""

from __future__ import annotations

import json

import tantivy

from . import text
from .terms import WORD_FIELDS, any_of, prefix, typo

HITS = 12  # listings looked at for one word
SHORTEST = 4  # letters of a word that is looked for


def nearest(index: tantivy.Index, searcher: tantivy.Searcher, typed: str) -> str | None:
    """The question with its unknown words replaced by the nearest known ones; None where there are none."""
    words = typed[: text.MAX_QUERY_CHARS].split()
    spelled = [_known(index, searcher, word) or word for word in words]
    return " ".join(spelled) if spelled != words else None


def _known(index: tantivy.Index, searcher: tantivy.Searcher, word: str) -> str | None:
    code = text.squeeze(word)
    if len(code) < SHORTEST or not code.isascii() or _is_there(index, searcher, text.normalise(word), code):
        return None
    found = searcher.search(any_of([typo(index.schema, "title", code), typo(index.schema, "code", code)]), limit=HITS)
    for _, address in found.hits:
        for candidate in _spellings(json.loads(searcher.doc(address)["label"][0])):
            if _one_off(code, text.squeeze(candidate)):
                return candidate
    return None


def _is_there(index: tantivy.Index, searcher: tantivy.Searcher, word: str, code: str) -> bool:
    if any(searcher.doc_freq(field, one) for field in WORD_FIELDS for one in (word, text.singular(word))):
        return True
    return bool(searcher.search(prefix(index.schema, "code", code), limit=1, count=False).hits)


def _spellings(label: list[str]) -> list[str]:
    """The model, the brand, and the words of the English name of a listing."""
    _chinese, english, brand, model, _spoken = label
    return [model, brand, *brand.split(), *model.split(), *english.split()]


def _one_off(one: str, other: str) -> bool:
    """Whether one letter is another, missing, too many, or two have changed places."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
