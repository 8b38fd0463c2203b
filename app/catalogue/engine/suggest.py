"""Suggestions while typing: brands and categories first, then names and models of listings.

Brands and categories are few, so their keys are read straight from the term dictionary; listings are many, so they are
found by a search whose last word is a prefix. Chinese is found by characters, full pinyin and initials.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from . import text
from .schema import SEPARATOR
from .terms import TYPO_MIN_CHARS, prefix, term, typo

MAX_LIMIT = 20
MAX_PREFIX_CHARS = 64
HITS_PER_ANSWER = 4  # listings read per suggestion asked for: many have the same name
SHORTEST = 2  # letters before listings are asked


class Suggestion(NamedTuple):
    """What the typed beginning may become, and whether that is a brand or category (or else a listing's name)."""

    text: str
    vocabulary: bool


def run(index: tantivy.Index, searcher: tantivy.Searcher, typed: str, limit: int) -> list[Suggestion]:
    key = text.normalise(typed[:MAX_PREFIX_CHARS])
    limit = max(1, min(limit, MAX_LIMIT))
    asked = text.question(key)
    if not key or not asked.units:
        return []
    answers = _Answers(limit)
    for entry, _ in searcher.terms_with_prefix("vocabulary", key, limit=limit * 2):
        answers.add(entry.partition(SEPARATOR)[2], vocabulary=True)
    last = asked.units[-1]
    if last.han or len(key) >= SHORTEST:
        for guess in (False, True):
            if answers.missing and not (guess and (answers.found or last.han or len(last.text) < TYPO_MIN_CHARS)):
                _add_listings(answers, index, searcher, asked, key, guess=guess)
    return answers.found


class _Answers:
    def __init__(self, limit: int) -> None:
        self.found: list[Suggestion] = []
        self._seen: set[str] = set()
        self._limit = limit

    @property
    def missing(self) -> int:
        return self._limit - len(self.found)

    def add(self, answer: str, *, vocabulary: bool = False) -> None:
        folded = text.normalise(answer)
        if folded and folded not in self._seen and self.missing:
            self._seen.add(folded)
            self.found.append(Suggestion(answer, vocabulary))


def _add_listings(
    answers: _Answers,
    index: tantivy.Index,
    searcher: tantivy.Searcher,
    asked: text.Question,
    key: str,
    *,
    guess: bool,
) -> None:
    query = _query(index.schema, asked, guess=guess)
    hits = searcher.search(query, limit=answers.missing * HITS_PER_ANSWER, count=False, weight_by_field="weight").hits
    shown = [_shown(json.loads(searcher.doc(address)["label"][0]), asked, key, guess=guess) for _, address in hits]
    for starts in (True, False):  # what begins with the typed text comes first
        for answer in shown:
            if text.normalise(answer).startswith(key) is starts:
                answers.add(answer)


def _query(schema: tantivy.Schema, asked: text.Question, *, guess: bool) -> Query:
    *before, last = asked.units
    clauses = [(Occur.Must, term(schema, "title", each)) for unit in before if unit.han for each in unit.terms]
    words = [(Occur.Must, _word(schema, unit)) for unit in before if not unit.han]
    if last.han:
        clauses += [(Occur.Must, term(schema, "title", each)) for each in last.terms]
    else:
        words.append((Occur.Must, _last_word(schema, last, guess=guess)))
    return Query.boolean_query([*clauses, *words])


def _word(schema: tantivy.Schema, unit: text.Unit) -> Query:
    ways = [term(schema, "title", unit.text)]
    ways += [prefix(schema, "code", text.squeeze(window)) for window in unit.windows]
    ways += [prefix(schema, "sound", window) for window in unit.windows]
    return _any_of(ways)


def _last_word(schema: tantivy.Schema, unit: text.Unit, *, guess: bool) -> Query:
    if guess:
        return typo(schema, "title", unit.text, whole=False)
    ways: list[Query] = []
    for written in (unit.text, *unit.windows):
        ways += [prefix(schema, field, written) for field in ("title", "sound", "initial")]
        ways.append(prefix(schema, "code", text.squeeze(written)))
    return _any_of(ways)


def _any_of(ways: list[Query]) -> Query:
    return Query.const_score_query(Query.boolean_query([(Occur.Should, way) for way in ways]), 1.0)


def _shown(label: list[str], asked: text.Question, key: str, *, guess: bool) -> str:
    """The name that says what was typed: model, English, or Chinese by characters or pinyin; "" where none does
    (the listing was found by its brand's other name, which the suggestion would not show)."""
    chinese, english, brand, model, spoken = label
    code = text.squeeze(key)
    if model and code and (text.squeeze(model).startswith(code) or text.squeeze(brand + model).startswith(code)):
        return model if text.normalise(model).startswith(text.normalise(brand)) else f"{brand} {model}".strip()
    last = asked.units[-1]
    if guess or (not last.han and any(word.startswith(last.text) for word in _english_words(english))):
        return english
    said = text.normalise(chinese)
    if last.han:
        return chinese if all(unit.text in said for unit in asked.units if unit.han) else ""
    return chinese if _sounds_like(spoken.split(), "".join(key.split())) else ""


def _english_words(name: str) -> list[str]:
    return [piece.text for piece in text.pieces(text.normalise(name)) if not piece.han]


def _sounds_like(spoken: list[str], typed: str) -> bool:
    tails = (spoken[start:] for start in range(len(spoken)))
    return any("".join(t).startswith(typed) or "".join(s[0] for s in t).startswith(typed) for t in tails)
