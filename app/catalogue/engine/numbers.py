"""Limits of typed attributes, and quantities that somebody typed among the words, as queries over the JSON field."""

from __future__ import annotations

import decimal
import re
from collections.abc import Iterable

import tantivy
from tantivy import Occur, Query

from . import text
from .shapes import Limits, Measure

SAME, SAID, REACHES = 8.0, 5.0, 2.0
"""What a quantity adds to a score: the value itself, the words of it, a value that reaches over it."""


def attribute_range(index: tantivy.Index, key: str, low: float | None, high: float | None) -> Query:
    """The binding's range_query knows no paths inside a JSON field, its parser does: it is given a checked name and
    two numbers that we write ourselves, never text of a user."""
    return index.parse_query(f"attributes.{key}:[{_number(low)} TO {_number(high)}]", [])


BOOLEANS = frozenset({"true", "false"})
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


def attribute_choice(index: tantivy.Index, key: str, codes: Iterable[str]) -> Query:
    """One of some codes, or "true" and "false"; key and codes have been checked (CODE), so nothing needs escaping."""
    one_of = [f"attributes.{key}:{code if code in BOOLEANS else chr(34) + code + chr(34)}" for code in codes]
    return index.parse_query(" OR ".join(one_of), [])


def _number(value: float | None) -> str:
    """Without an exponent, and with a point, so that it is read as a float."""
    if value is None:
        return "*"
    plain = format(decimal.Decimal(repr(float(value))), "f")
    return plain if "." in plain else f"{plain}.0"


def ways(index: tantivy.Index, measure: Measure) -> list[Query]:
    """All that answers a typed quantity: the value, one that reaches over it, or the same words in name or text."""
    found = [_weighed(_within(index, limits), SAME) for limits in measure.exact]
    found += [_weighed(_within(index, limits), REACHES) for limits in measure.reach]
    return [*found, *(_weighed(way, SAID) for way in _said(index.schema, measure.said))]


def _weighed(query: Query, weight: float) -> Query:
    return Query.const_score_query(query, weight)


def _within(index: tantivy.Index, limits: Limits) -> Query:
    clauses = [(Occur.Must, attribute_range(index, key, low, high)) for key, low, high in limits.bounds]
    if limits.absent:
        clauses.append((Occur.MustNot, Query.exists_query(f"attributes.{limits.absent}")))
    return Query.boolean_query(clauses)


def _said(schema: tantivy.Schema, said: str) -> list[Query]:
    words = [piece.text for piece in text.pieces(text.normalise(said))]
    if not words:
        return []
    return [
        Query.boolean_query([(Occur.Must, Query.term_query(schema, field, word)) for word in tokens])
        for field in ("title", "body")
        for tokens in ({"".join(words)}, words)
    ]
