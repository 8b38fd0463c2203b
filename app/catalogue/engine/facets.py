"""Counts around a search: values of facets and attributes, spreads of numbers, each as if its own filter were not set.

One pass counts everything that has no filter of its own; each applied filter costs one more pass for itself.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import tantivy
from tantivy import Query

from .schema import FACETS
from .shapes import Bucket, Counted, FacetCount, Spread

MAX_FACET_VALUES = 1_000  # counted values of one facet, the most frequent ones
REMEMBERED_COUNTS = 64  # searches whose counts are kept until the next commit
MAX_KEY_CHARS = 4_000  # of a search whose counts are kept
LEAD_EDGES = (8, 15, 31, 61, 91)  # a bucket ends before the next day: within 7, 14, 30, 60, 90 days
PARTS = (20.0, 40.0, 60.0, 80.0)  # percentiles between the buckets of an attribute
LEAST_VALUES = 10  # of an attribute that is divided into buckets
DIGITS = 2  # significant ones of an edge
STALE = 1.25  # growth of the index after which edges are drawn anew

SIZE = {"size": MAX_FACET_VALUES, "segment_size": MAX_FACET_VALUES}
Values = Mapping[str, tuple[FacetCount, ...]]
Spreads = Mapping[str, Spread]
Both = tuple[Values, Spreads]


class Clauses(Protocol):
    """What is searched, with the filters apart."""

    @property
    def by_facet(self) -> Mapping[str, Query]: ...

    def query(self, *, without: str | None = None) -> Query: ...


class Counts:
    """Counts of one commit: further pages and the start page count nothing again."""

    def __init__(self) -> None:
        self._known: dict[str, Both] = {}

    def of(self, key: str, count: Callable[[], Both]) -> Both:
        known = self._known.get(key)
        if known is None:
            known = count()
            if len(key) <= MAX_KEY_CHARS:
                self._known[key] = known
            while len(self._known) > REMEMBERED_COUNTS:
                with contextlib.suppress(KeyError, RuntimeError, StopIteration):  # another thread was faster
                    self._known.pop(next(iter(self._known)))
        return known


class Edges:
    """Where the buckets of each attribute end: by how its values lie in the whole catalogue, so that they stay put."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, tuple[float, ...]]] = {}

    def of(self, searcher: tantivy.Searcher, keys: Iterable[str]) -> dict[str, tuple[float, ...]]:
        size = searcher.num_docs
        missing = [key for key in keys if not self._fresh(key, size)]
        if missing:
            asked = {key: {"percentiles": {"field": f"attributes.{key}", "percents": PARTS}} for key in missing}
            asked |= {f"{key}.n": {"stats": {"field": f"attributes.{key}"}} for key in missing}
            found = searcher.aggregate(Query.all_query(), asked)
            for key in missing:
                enough = found[f"{key}.n"]["count"] >= LEAST_VALUES
                self._known[key] = (size, _edges(found[key]["values"].values()) if enough else ())
        return {key: self._known[key][1] for key in keys}

    def _fresh(self, key: str, size: int) -> bool:
        known = self._known.get(key)
        return known is not None and known[0] <= size * STALE and size <= known[0] * STALE


def _edges(values: Iterable[float | None]) -> tuple[float, ...]:
    rounded = {_short(value) for value in values if value is not None and math.isfinite(value)}
    return tuple(sorted(rounded))


def _short(value: float) -> float:
    return value if not value else round(value, DIGITS - 1 - math.floor(math.log10(abs(value))))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One thing to count: under which name, by which aggregations, and how the answer is read."""

    facet: str
    aggregations: Mapping[str, Mapping[str, Any]]
    read: Callable[[Mapping[str, Any]], tuple[FacetCount, ...] | Spread]


def count(searcher: tantivy.Searcher, clauses: Clauses, counted: Counted, edges: Edges) -> Both:
    """All counts of a search."""
    asked = [_terms(facet, field) for facet, field in FACETS.items()]
    asked += [_terms(key, f"attributes.{key}") for key in counted.choices]
    asked.append(_numbers("lead_time", ("lead_days", "lead_days"), tuple(map(float, LEAD_EDGES))))
    asked.append(_prices(counted))
    drawn = edges.of(searcher, counted.numbers)
    asked += [_numbers(key, (f"attributes.{key}",) * 2, drawn[key]) for key in counted.numbers]
    asked += [_numbers(key, (f"attributes.{key}_min", f"attributes.{key}_max"), ()) for key in counted.spans]
    open_ones = [one for one in asked if one.facet not in clauses.by_facet]
    found = _pass(searcher, clauses.query(), open_ones)
    for one in asked:
        if one.facet in clauses.by_facet:
            found |= _pass(searcher, clauses.query(without=one.facet), [one])
    values = {one.facet: found[one.facet] for one in asked if not isinstance(found[one.facet], Spread)}
    return values, {facet: spread for facet, spread in found.items() if isinstance(spread, Spread)}


def _pass(searcher: tantivy.Searcher, query: Query, asked: list[_Asked]) -> dict[str, Any]:
    if not asked:
        return {}
    wanted = {f"{at}.{name}": agg for at, one in enumerate(asked) for name, agg in one.aggregations.items()}
    result = searcher.aggregate(query, wanted)
    return {
        one.facet: one.read({name: result[f"{at}.{name}"] for name in one.aggregations}) for at, one in enumerate(asked)
    }


def _terms(facet: str, field: str) -> _Asked:
    def read(result: Mapping[str, Any]) -> tuple[FacetCount, ...]:
        buckets = result["t"]["buckets"]
        counted = [FacetCount(str(one.get("key_as_string", one["key"])), int(one["doc_count"])) for one in buckets]
        return tuple(sorted(counted, key=lambda one: (-one.count, one.value)))

    return _Asked(facet, {"t": {"terms": {"field": field, **SIZE}}}, read)


def _numbers(facet: str, fields: tuple[str, str], edges: tuple[float, ...]) -> _Asked:
    low, high = fields
    wanted: dict[str, Mapping[str, Any]] = {"low": {"stats": {"field": low}}, "high": {"stats": {"field": high}}}
    if edges:
        wanted["parts"] = {"range": {"field": low, "ranges": _ranges(edges)}}

    def read(result: Mapping[str, Any]) -> Spread:
        lowest, highest = result["low"], result["high"]
        buckets = _buckets(result["parts"]["buckets"]) if edges else ()
        return Spread(max(lowest["count"], highest["count"]), lowest["min"], highest["max"], buckets)

    return _Asked(facet, wanted, read)


def _prices(counted: Counted) -> _Asked:
    """Within one currency: minor units of two currencies are not compared."""
    edges = tuple(map(float, counted.price_edges))
    inner = {"s": {"stats": {"field": "price"}}, "r": {"range": {"field": "price", "ranges": _ranges(edges)}}}

    def read(result: Mapping[str, Any]) -> Spread:
        own = next((one for one in result["c"]["buckets"] if one["key"] == counted.currency), None)
        if own is None:
            return Spread(0, None, None, ())
        stats = own["s"]
        return Spread(stats["count"], stats["min"], stats["max"], _buckets(own["r"]["buckets"]))

    return _Asked("price", {"c": {"terms": {"field": "currency", "size": 100}, "aggs": inner}}, read)


def _ranges(edges: tuple[float, ...]) -> list[dict[str, float]]:
    ends: list[float | None] = [None, *edges, None]
    return [{k: v for k, v in (("from", low), ("to", high)) if v is not None} for low, high in pairwise(ends)]


def _buckets(found: Iterable[Mapping[str, Any]]) -> tuple[Bucket, ...]:
    return tuple(Bucket(one.get("from"), one.get("to"), int(one["doc_count"])) for one in found)
