"""One search: what is asked for, filters, total, sideways facets."""

from __future__ import annotations

import contextlib
import decimal
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import tantivy
from tantivy import FieldType, Occur, Query

from . import paging, text
from .schema import ATTRIBUTE_KEY, FACETS, LARGEST, NO_CURRENCY, SORTS
from .shapes import FacetCount, Found, Search
from .terms import Words, any_of

MAX_LIMIT = 100  # rows of a page
MAX_VALUES = 64  # of one facet filter
MAX_RANGES = 16  # attribute ranges of one search
MAX_FACET_VALUES = 1_000  # counted values of one facet, the most frequent ones
REMEMBERED_COUNTS = 64  # searches whose counts are kept until the next commit
MAX_KEY_CHARS = 4_000  # of a search whose counts are kept

Facets = Mapping[str, tuple[FacetCount, ...]]
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
        asked = text.question(search.text)
        words = bool(asked.units or asked.codes)
        if search.sort == "relevance":  # browsing without words: what can be had soonest
            order = paging.BY_SCORE if words else SORTS["lead_time"]
        else:
            order = SORTS[search.sort]
        after = None if search.after is None else paging.read_cursor(search.after, order)
        return cls(search, asked, order, after, bool(search.text.strip()) and not words)

    @property
    def size(self) -> int:
        return max(1, min(self.search.limit, MAX_LIMIT))


class Counts:
    """Facets already counted of one commit: further pages and the start page count nothing again."""

    def __init__(self) -> None:
        self._known: dict[str, Facets] = {}

    def of(self, searcher: tantivy.Searcher, parts: _Parts, plan: Plan) -> Facets:
        key = repr((plan.asked, replace(plan.search, text="", sort="", after=None, limit=0)))
        known = self._known.get(key)
        if known is None:
            known = _facets(searcher, parts)
            if len(key) <= MAX_KEY_CHARS:
                self._known[key] = known
            while len(self._known) > REMEMBERED_COUNTS:
                with contextlib.suppress(KeyError, RuntimeError, StopIteration):  # another thread was faster
                    self._known.pop(next(iter(self._known)))
        return known


def run(index: tantivy.Index, searcher: tantivy.Searcher, plan: Plan, counts: Counts) -> Found:
    if plan.pointless:
        return NOTHING
    parts = _Parts.of(plan.search, plan.asked, index, searcher)
    if plan.order == paging.BY_SCORE:
        page = paging.by_score(searcher, parts.query(scored=True), plan.size, plan.after)
    else:
        page = paging.by_field(index.schema, searcher, parts.query(), plan.order, plan.size, plan.after)
    return Found(rows=page.rows, total=page.total, facets=counts.of(searcher, parts, plan), next=page.next)


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
        always = [_silent(q) for q in _limits(search, index, schema)]
        words = Words(asked, schema, searcher) if asked.units or asked.codes else None
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


def _limits(search: Search, index: tantivy.Index, schema: tantivy.Schema) -> list[Query]:
    out: list[Query] = []
    on_request = Query.term_query(schema, "on_request", True)
    if search.price_from_minor is not None or search.price_to_minor is not None:
        priced = _between(schema, "price", search.price_from_minor, search.price_to_minor)
        out.append(any_of([priced, on_request]) if search.include_on_request else priced)
    elif not search.include_on_request:
        out.append(Query.term_query(schema, "on_request", False))
    if search.currency:
        out.append(Query.term_set_query(schema, "currency", [search.currency, NO_CURRENCY]))
    if search.max_lead_time_days is not None:
        out.append(_between(schema, "lead_days", None, search.max_lead_time_days))
    for key, (low, high) in sorted(search.ranges.items()):
        if low is not None or high is not None:
            out.append(_attribute_range(index, key, low, high))
    return out


def _between(schema: tantivy.Schema, field: str, low: int | None, high: int | None) -> Query:
    low, high = (None if bound is None else max(-LARGEST, min(bound, LARGEST)) for bound in (low, high))
    return Query.range_query(schema, field, FieldType.Integer, lower_bound=low, upper_bound=high)


def _attribute_range(index: tantivy.Index, key: str, low: float | None, high: float | None) -> Query:
    """The binding's range_query knows no paths inside a JSON field, its parser does: it is given a checked name and
    two numbers that we write ourselves, never text of a user."""
    return index.parse_query(f"attributes.{key}:[{_number(low)} TO {_number(high)}]", [])


def _number(value: float | None) -> str:
    """Without an exponent, and with a point, so that it is read as a float."""
    if value is None:
        return "*"
    plain = format(decimal.Decimal(repr(float(value))), "f")
    return plain if "." in plain else f"{plain}.0"


# Facets


def _facets(searcher: tantivy.Searcher, parts: _Parts) -> dict[str, tuple[FacetCount, ...]]:
    """Sideways: one pass for all facets without a filter of their own, one more for each that has one."""
    open_facets = [facet for facet in FACETS if facet not in parts.by_facet]
    counts = _counted(searcher, parts.query(), open_facets)
    for facet in parts.by_facet:
        counts |= _counted(searcher, parts.query(without=facet), [facet])
    return {facet: counts[facet] for facet in FACETS}


def _counted(searcher: tantivy.Searcher, query: Query, facets: list[str]) -> dict[str, tuple[FacetCount, ...]]:
    if not facets:
        return {}
    size = {"size": MAX_FACET_VALUES, "segment_size": MAX_FACET_VALUES}
    result = searcher.aggregate(query, {facet: {"terms": {"field": FACETS[facet], **size}} for facet in facets})
    return {
        facet: tuple(
            sorted(
                (FacetCount(str(bucket["key"]), int(bucket["doc_count"])) for bucket in result[facet]["buckets"]),
                key=lambda counted: (-counted.count, counted.value),
            )
        )
        for facet in facets
    }
