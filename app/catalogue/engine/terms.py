"""From the words of a question to the engine's queries. Built from terms only: no user text meets a query parser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import Occur, Query

from . import text

# A hit's score is a step plus the words' BM25: an exact model beats what the thing is,
# that beats brand and name words, and those beat text.
EXACT_STEP = 4096.0
NAME_STEP = 1024.0
HEAD_STEP, LAST_STEP = 1536.0, 256.0  # the words are what the thing is; their last one is
TITLE, ALSO, PATH, BODY, PREFIX, TYPO, SOUND, INITIAL, RUN = 3.0, 1.5, 1.5, 1.0, 2.0, 0.5, 0.8, 0.6, 2.0
OTHER_FIELDS = 0.1  # what a second matching field adds

WORD_FIELDS = ("title", "also", "path", "body")
RARE = 3  # a word in at most this many listings may be a typo or pinyin
TYPO_MIN_CHARS = 5
HEAD_TYPO_MIN_CHARS = 3
SOUND_MIN_CHARS, INITIAL_MAX_CHARS = 2, text.MAX_SYLLABLES
REQUIRED_PER = 4  # of this many words one may be missing; of fewer, none


class Words:
    """The words of a question as a query: with the score for the page, and without it for counting and sorting."""

    def __init__(
        self,
        asked: text.Question,
        schema: tantivy.Schema,
        searcher: tantivy.Searcher,
        measured: Sequence[list[Query]] = (),
    ) -> None:
        self._asked = asked
        self._schema = schema
        self._units = [_Word(unit, schema, searcher) for unit in asked.units]
        self._measured = measured
        self._required = len(self._units) - len(self._units) // REQUIRED_PER
        self._exact = any_of([term(schema, "code", code) for code in asked.codes])
        self._misspelled = _misspelled(asked, schema, searcher)

    def matching(self) -> Query:
        """What has (nearly) all words, each anywhere, or is the exact model."""
        return any_of([self._all([any_of(ways) for ways in self._ways()]), self._exact, *self._misspelled])

    def _ways(self) -> list[list[Query]]:
        return [unit.ways() for unit in self._units]

    def scored(self) -> Query:
        best = [Query.disjunction_max_query(ways, OTHER_FIELDS) for ways in self._ways()]
        clauses = [(Occur.Must, any_of([self._all(best), self._exact, *self._misspelled]))]
        clauses.append((Occur.Should, Query.const_score_query(self._exact, EXACT_STEP)))
        named = [unit.in_name() for unit in self._units]
        if named:
            whole = Query.boolean_query([(Occur.Must, query) for query in named])
            clauses.append((Occur.Should, Query.const_score_query(whole, NAME_STEP)))
        clauses += self._things()
        # a centrifuge among centrifuges comes before its rotor and its calibration
        clauses += [(Occur.Should, unit.in_field("path", PATH)) for unit in self._units]
        for run in self._asked.runs:
            together = Query.boolean_query([(Occur.Must, term(self._schema, "title", p)) for p in text.pairs(run)])
            clauses.append((Occur.Should, Query.boost_query(together, RUN)))
        return Query.boolean_query(clauses)

    def _things(self) -> list[tuple[Occur, Query]]:
        """A 离心机 comes before what is only for one: the words, or the last of them, are what the thing is."""
        head = self._asked.head
        wanted = [(one, HEAD_STEP) for one in {head, head.replace(" ", "")}]
        wanted += [(unit.text, LAST_STEP) for unit in self._asked.units[-1:]]
        return [
            (Occur.Should, Query.const_score_query(term(self._schema, "head", head), step))
            for head, step in wanted
            if head
        ]

    def _all(self, queries: list[Query]) -> Query:
        """The words, of many all but one; and every quantity."""
        words = [(Occur.Must, Query.boolean_query([(Occur.Should, query) for query in queries], self._required))]
        measured = [(Occur.Must, Query.disjunction_max_query(ways, OTHER_FIELDS)) for ways in self._measured]
        return Query.boolean_query([*(words if queries else []), *measured])


def _misspelled(asked: text.Question, schema: tantivy.Schema, searcher: tantivy.Searcher) -> list[Query]:
    """A thing whose name is one sign away, where nothing is called what was typed: 离芯机, lixingji."""
    head = asked.head
    if not len(head) >= HEAD_TYPO_MIN_CHARS or text.has_digit(head) or searcher.doc_freq("head", head):
        return []
    if head.isascii() and (len(head) < TYPO_MIN_CHARS or _is_said(searcher, head)):
        return []
    if not head.isascii() and all(searcher.doc_freq("title", pair) for pair in text.pairs(head)):
        return []
    return [Query.const_score_query(typo(schema, "head", head), HEAD_STEP)]


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


def _is_said(searcher: tantivy.Searcher, head: str) -> bool:
    return not _is_rare(searcher, head) or bool(searcher.terms_with_prefix("sound", head.replace(" ", ""), limit=1))


def _is_rare(searcher: tantivy.Searcher, word: str) -> bool:
    return sum(int(searcher.doc_freq(field, word)) for field in WORD_FIELDS) <= RARE
