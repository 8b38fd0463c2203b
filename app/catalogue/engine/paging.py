"""Pages and cursors: by score, or by a number of the listing; each row once, also while commits happen."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass
from typing import NamedTuple

import tantivy
from tantivy import FieldType, Occur, Order, Query

from .schema import LARGEST, TIE_BITS
from .shapes import Hit

MAX_DEPTH = 10_000  # rows that can be paged through by relevance; other sorts have no end
MAX_CURSOR_CHARS = 200
BY_SCORE = "score"  # the order's name in a cursor
TWINS = 16  # rows read beyond a sorted page, since twins (see schema.py) come in no order
SLACK_ROWS = 64  # read around a page by relevance, since rows of equal score come in no order


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Hit, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: by which order it came, at which key (by score: at which place), and which it was."""

    order: str
    place: int
    tie: int
    score: float


def by_score(searcher: tantivy.Searcher, query: Query, size: int, after: Cursor | None) -> Page:
    """By score, then tie-breaker. A row is looked up by its tie near its old place, since scores move with commits."""
    start = after.place if after else 0
    offset = max(0, start - SLACK_ROWS)
    ranked, total = _ranked(searcher, query, offset, start + size + SLACK_ROWS)
    begin = _begin(ranked, after, anywhere=offset == 0)
    if begin is None:  # the row is gone or has moved far
        offset = 0
        ranked, total = _ranked(searcher, query, 0, start + size + SLACK_ROWS)
        begin = _begin(ranked, after, anywhere=True) or 0
    rows = ranked[begin : begin + size]
    end = offset + begin + len(rows)
    more = None
    if rows and len(ranked) > begin + size and end < MAX_DEPTH:
        more = write_cursor(Cursor(BY_SCORE, end, rows[-1].tie, -rows[-1].key))
    return Page(tuple(hit(searcher, row.address, -row.key) for row in rows), more, total)


class _Row(NamedTuple):
    key: float  # what it is sorted by; the score, best first, is negative
    tie: int
    address: tantivy.DocAddress


def _rows(searcher: tantivy.Searcher, found: tantivy.SearchResult, sign: int) -> list[_Row]:
    addresses = [address for _, address in found.hits]
    ties = searcher.fast_field_values("tie", addresses) if addresses else []
    rows = [_Row(sign * key, int(tie or 0), address) for (key, address), tie in zip(found.hits, ties, strict=True)]
    return sorted(rows, key=lambda row: row[:2])


def _ranked(searcher: tantivy.Searcher, query: Query, start: int, end: int) -> tuple[list[_Row], int]:
    found = searcher.search(query, limit=end - start, offset=start, count=True, weight_by_field="weight")
    return _rows(searcher, found, -1), _count(found)


def _begin(ranked: list[_Row], after: Cursor | None, *, anywhere: bool) -> int | None:
    """Where the page starts: after the last row, or, where that is gone, after its score."""
    if after is None:
        return 0
    for place, row in enumerate(ranked):
        if row.tie == after.tie:
            return place + 1
    if not anywhere:
        return None
    last = (-after.score, after.tie)
    return next((place for place, row in enumerate(ranked) if row[:2] > last), len(ranked))


def by_field(
    schema: tantivy.Schema, searcher: tantivy.Searcher, query: Query, field: str, size: int, after: Cursor | None
) -> Page:
    """By price or lead time, then tie-breaker, as one number; "after" is a range: any depth costs the same."""
    rest = query
    if after is not None:
        from_there = Query.range_query(schema, field, FieldType.Integer, lower_bound=after.place)
        rest = Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.const_score_query(from_there, 0.0))])
    found = searcher.search(rest, limit=size + 1 + TWINS, count=True, order_by_field=field, order=Order.Asc)
    left = _rows(searcher, found, 1)
    if after is not None:
        left = [row for row in left if row[:2] > (after.place, after.tie)]
    rows = left[:size]
    more = write_cursor(Cursor(field, int(rows[-1].key), rows[-1].tie, 0.0)) if len(left) > size else None
    total = _count(found) if after is None else _count(searcher.search(query, limit=1, count=True))
    return Page(tuple(hit(searcher, row.address, 0.0) for row in rows), more, total)


def hit(searcher: tantivy.Searcher, address: tantivy.DocAddress, score: float) -> Hit:
    doc = searcher.doc(address)
    listing_id, version, stored = json.loads(doc["row"][0].decode("utf-8", "surrogatepass"))
    return Hit(listing_id, version, score, stored)


def _count(found: tantivy.SearchResult) -> int:
    return int(getattr(found, "count", 0) or 0)  # the binding's type stub does not name it


# Cursors: opaque for the caller, checked as strictly as any input.


def write_cursor(cursor: Cursor) -> str:
    raw = json.dumps([cursor.order, cursor.place, cursor.tie, cursor.score], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(written: str, order: str) -> Cursor:
    """ValueError("cursor") unless it is one of ours for this order, or looks exactly like it."""
    try:
        if len(written) > MAX_CURSOR_CHARS:
            raise ValueError("long")
        raw = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
        named, place, tie, score = json.loads(raw)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError("cursor") from error
    fits = (
        named == order
        and type(place) is int and 0 <= place <= (MAX_DEPTH if order == BY_SCORE else LARGEST)
        and type(tie) is int and 0 <= tie < 1 << TIE_BITS
        and type(score) is float and math.isfinite(score)
    )  # fmt: skip
    if not fits:
        raise ValueError("cursor")
    return Cursor(order, place, tie, score)
