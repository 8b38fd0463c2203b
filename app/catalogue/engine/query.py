"""One search: what is asked for, filters, total, sideways facets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import tantivy
from tantivy import FieldType, Occur, Query

from . import facets, numbers, paging, text
from .schema import ATTRIBUTE_KEY, FACETS, LARGEST, NO_CURRENCY, SORTS
from .shapes import Found, Search
from .terms import Words, any_of

MAX_LIMIT = 100  # rows of a page
MAX_VALUES = 64  # of one facet filter
MAX_RANGES = 16  # attribute ranges of one search
MAX_MEASURES = 4  # quantities among the words

NOTHING = Found(rows=(), total=0, facets=dict.fromkeys(FACETS, ()), next=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked search. What is wrong is said here, with one word, before the engine is asked."""

    search: Search
    asked: text.Question
    order: str
    after: paging.Cursor | None
    pointless: bool  # only signs were typed: nobody meant "everything"

    @classmethod
    def of(cls, search: Search) -> Plan:
        if search.sort != "relevance" and search.sort not in SORTS:
            raise ValueError("sort")
        if len(search.ranges) > MAX_RANGES or not all(ATTRIBUTE_KEY.fullmatch(key) for key in search.ranges):
            raise ValueError("range")
        if any(bound is not None and not math.isfinite(bound) for pair in search.ranges.values() for bound in pair):
            raise ValueError("range")
        if not all(ATTRIBUTE_KEY.fullmatch(key) for key in search.choices) or not all(
            numbers.CODE.fullmatch(code) for codes in search.choices.values() for code in codes
        ):
            raise ValueError("choice")
        asked = text.question(search.text, search.words)
        words = bool(asked.units or asked.codes or search.measures)
        if search.sort == "relevance":  # browsing without words: what can be had soonest
            order = paging.BY_SCORE if words else SORTS["lead_time"]
        else:
            order = SORTS[search.sort]
        after = None if search.after is None else paging.read_cursor(search.after, order)
        return cls(search, asked, order, after, bool(search.text.strip()) and not words)

    @property
    def size(self) -> int:
        return max(1, min(self.search.limit, MAX_LIMIT))


def run(
    index: tantivy.Index, searcher: tantivy.Searcher, plan: Plan, counts: facets.Counts, edges: facets.Edges
) -> Found:
    if plan.pointless:
        return NOTHING
    parts = _Parts.of(plan.search, plan.asked, index, searcher)
    if plan.order == paging.BY_SCORE:
        page = paging.by_score(searcher, parts.query(scored=True), plan.size, plan.after)
    else:
        page = paging.by_field(index.schema, searcher, parts.query(), plan.order, plan.size, plan.after)
    key = repr((plan.asked, replace(plan.search, text="", sort="", after=None, limit=0)))
    values, spreads = counts.of(key, lambda: facets.count(searcher, parts, plan.search.counted, edges))
    return Found(rows=page.rows, total=page.total, facets=values, next=page.next, spreads=spreads)


# Filters


@dataclass(frozen=True, slots=True)
class _Parts:
    """The clauses of a search, apart, so that a facet can be counted without its own filter."""

    always: tuple[Query, ...]
    words: Words | None
    by_facet: Mapping[str, Query]

    @classmethod
    def of(cls, search: Search, asked: text.Question, index: tantivy.Index, searcher: tantivy.Searcher) -> _Parts:
        schema = index.schema
        always = [_silent(q) for q in _always(search, schema)]
        measured = [numbers.ways(index, measure) for measure in search.measures[:MAX_MEASURES]]
        words = Words(asked, schema, searcher, measured) if asked.units or asked.codes or measured else None
        chosen = {
            "category": (search.category,) if search.category else (),
            "brand": search.brands,
            "supplier": search.suppliers,
            "kind": search.kinds,
        }
        filters = {
            facet: _silent(Query.term_set_query(schema, FACETS[facet], list(values[:MAX_VALUES])))
            for facet, values in chosen.items()
            if values
        }
        filters |= {facet: _silent(query) for facet, query in _limits(search, index, schema).items()}
        return cls(tuple(always), words, filters)

    def query(self, *, without: str | None = None, scored: bool = False) -> Query:
        clauses = [*self.always, *(query for facet, query in self.by_facet.items() if facet != without)]
        if self.words is not None:
            clauses.append(self.words.scored() if scored else self.words.matching())
        if not clauses:
            return Query.all_query()
        return Query.boolean_query([(Occur.Must, query) for query in clauses])


def _silent(query: Query) -> Query:
    """A filter must not change the score."""
    return Query.const_score_query(query, 0.0)


def _always(search: Search, schema: tantivy.Schema) -> list[Query]:
    """What narrows every count."""
    out: list[Query] = []
    if search.ids:
        out.append(Query.term_set_query(schema, "id", list(search.ids)))
    if not search.include_on_request:
        out.append(Query.term_query(schema, "on_request", False))
    if search.currency:
        out.append(Query.term_set_query(schema, "currency", [search.currency, NO_CURRENCY]))
    return out


def _limits(search: Search, index: tantivy.Index, schema: tantivy.Schema) -> dict[str, Query]:
    """Filters by number and by attribute, each under the name of its facet."""
    out: dict[str, Query] = {}
    if search.price_from_minor is not None or search.price_to_minor is not None:
        priced = _between(schema, "price", search.price_from_minor, search.price_to_minor)
        on_request = Query.term_query(schema, "on_request", True)
        out["price"] = any_of([priced, on_request]) if search.include_on_request else priced
    if search.max_lead_time_days is not None:
        out["lead_time"] = _between(schema, "lead_days", None, search.max_lead_time_days)
    ranges: dict[str, list[Query]] = {}
    for key, (low, high) in sorted(search.ranges.items()):
        if low is not None or high is not None:
            code = key.removesuffix("_min").removesuffix("_max")
            facet = code if code in search.counted.spans else key
            ranges.setdefault(facet, []).append(numbers.attribute_range(index, key, low, high))
    out |= {facet: Query.boolean_query([(Occur.Must, one) for one in those]) for facet, those in ranges.items()}
    return out | {key: numbers.attribute_choice(index, key, codes) for key, codes in search.choices.items() if codes}


def _between(schema: tantivy.Schema, field: str, low: int | None, high: int | None) -> Query:
    low, high = (None if bound is None else max(-LARGEST, min(bound, LARGEST)) for bound in (low, high))
    return Query.range_query(schema, field, FieldType.Integer, lower_bound=low, upper_bound=high)
