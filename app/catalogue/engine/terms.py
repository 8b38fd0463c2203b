"""From the words of a question to the engine's queries. Built from terms only: no user text meets a query parser."""

from __future__ import annotations

from collections.abc import Iterable

import tantivy
from tantivy import Occur, Query

from . import text

# A hit's score is a step plus the words' BM25: an exact model beats brand and name words, those beat text.
EXACT_STEP = 4096.0
NAME_STEP = 1024.0
TITLE, ALSO, PATH, BODY, PREFIX, TYPO, SOUND, INITIAL, RUN = 3.0, 1.5, 1.5, 1.0, 2.0, 0.5, 0.8, 0.6, 2.0
OTHER_FIELDS = 0.1  # what a second matching field adds

WORD_FIELDS = ("title", "also", "path", "body")
RARE = 3  # a word in at most this many listings may be a typo or pinyin
TYPO_MIN_CHARS = 5
SOUND_MIN_CHARS, INITIAL_MAX_CHARS = 2, text.MAX_SYLLABLES
REQUIRED_PER = 4  # of this many words one may be missing; of fewer, none


class Words:
    """The words of a question as a query: with the score for the page, and without it for counting and sorting."""

    def __init__(self, asked: text.Question, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._asked = asked
        self._schema = schema
        self._units = [_Word(unit, schema, searcher) for unit in asked.units]
        self._required = len(self._units) - len(self._units) // REQUIRED_PER
        self._exact = any_of([term(schema, "code", code) for code in asked.codes])

    def matching(self) -> Query:
        """What has (nearly) all words, each anywhere, or is the exact model."""
        return any_of([self._all([any_of(unit.ways()) for unit in self._units]), self._exact])

    def scored(self) -> Query:
        best = [Query.disjunction_max_query(unit.ways(), OTHER_FIELDS) for unit in self._units]
        clauses = [(Occur.Must, any_of([self._all(best), self._exact]))]
        clauses.append((Occur.Should, Query.const_score_query(self._exact, EXACT_STEP)))
        named = Query.boolean_query([(Occur.Must, unit.in_name()) for unit in self._units])
        clauses.append((Occur.Should, Query.const_score_query(named, NAME_STEP)))
        # a centrifuge among centrifuges comes before its rotor and its calibration
        clauses += [(Occur.Should, unit.in_field("path", PATH)) for unit in self._units]
        for run in self._asked.runs:
            together = Query.boolean_query([(Occur.Must, term(self._schema, "title", p)) for p in text.pairs(run)])
            clauses.append((Occur.Should, Query.boost_query(together, RUN)))
        return Query.boolean_query(clauses)

    def _all(self, queries: list[Query]) -> Query:
        return Query.boolean_query([(Occur.Should, query) for query in queries], self._required)


def any_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def term(schema: tantivy.Schema, field: str, value: str) -> Query:
    return Query.term_query(schema, field, value, index_option="freq")


def prefix(schema: tantivy.Schema, field: str, value: str) -> Query:
    return Query.fuzzy_term_query(schema, field, value, distance=0, prefix=True)


def typo(schema: tantivy.Schema, field: str, value: str, *, whole: bool = True) -> Query:
    return Query.fuzzy_term_query(schema, field, value, distance=1, transposition_cost_one=True, prefix=not whole)


class _Word:
    """One word of the question and all the ways to find it."""

    def __init__(self, unit: text.Unit, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._unit = unit
        self._schema = schema
        self._searcher = searcher
        self._rare = not unit.han and _is_rare(searcher, unit.text)

    def ways(self) -> list[Query]:
        boosts = {"title": TITLE, "also": ALSO, "path": PATH, "body": BODY}
        ways = [self.in_field(field, boost) for field, boost in boosts.items()]
        if not self._unit.han:
            ways += self._codes() + self._guesses()
        return ways

    def in_name(self) -> Query:
        ways = [self.in_field("title", 1.0)]
        if not self._unit.han:
            ways += [term(self._schema, "title", window) for window in self._unit.windows]
        return any_of(ways)

    def in_field(self, field: str, boost: float) -> Query:
        clauses = [(Occur.Must, term(self._schema, field, each)) for each in self._unit.terms]
        if self._unit.han and len(self._unit.text) > 2:  # the segmenter's word, where the listing has it too
            clauses.append((Occur.Should, term(self._schema, field, self._unit.text)))
        return Query.boost_query(Query.boolean_query(clauses), boost)

    def _codes(self) -> list[Query]:
        """The word as a part or the beginning of a model, alone or joined with its neighbours."""
        ways: list[Query] = []
        for window in self._unit.windows:
            ways.append(Query.boost_query(term(self._schema, "title", window), TITLE))
            ways.append(term(self._schema, "body", window))
        for written in (self._unit.text, *self._unit.windows):
            code = text.squeeze(written)
            if len(code) >= text.MIN_CODE_CHARS and text.has_digit(code):
                ways.append(Query.boost_query(prefix(self._schema, "code", code), PREFIX))
        return ways

    def _guesses(self) -> list[Query]:
        """A rare word may be mistyped, or pinyin. Models are not guessed at: CR21 is another machine than CR22."""
        word = self._unit.text
        if not self._rare or text.has_digit(word):
            return []
        ways: list[Query] = []
        if len(word) >= TYPO_MIN_CHARS and not self._searcher.terms_with_prefix("sound", word, limit=1):
            ways += [Query.boost_query(typo(self._schema, field, word), TYPO) for field in WORD_FIELDS]
        for sound in (word, *self._unit.windows):
            if len(sound) >= SOUND_MIN_CHARS and sound.isascii() and sound.isalpha():
                ways.append(Query.boost_query(prefix(self._schema, "sound", sound), SOUND))
                if len(sound) <= INITIAL_MAX_CHARS:
                    ways.append(Query.boost_query(prefix(self._schema, "initial", sound), INITIAL))
        return ways


def _is_rare(searcher: tantivy.Searcher, word: str) -> bool:
    return sum(int(searcher.doc_freq(field, word)) for field in WORD_FIELDS) <= RARE
