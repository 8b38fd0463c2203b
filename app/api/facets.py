"""Counts around a search as programs read them: values with counts, and where numbers lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import Schema, fields

from app.catalogue.engine import FacetCount, Spread


class FacetOut(Schema):
    """How many listings a further value of a filter would show."""

    value = fields.String()
    count = fields.Integer()


class FacetsOut(Schema):
    """The counts of each filter, as if it alone were not set."""

    category = fields.List(fields.Nested(FacetOut))
    brand = fields.List(fields.Nested(FacetOut))
    supplier = fields.List(fields.Nested(FacetOut))
    kind = fields.List(fields.Nested(FacetOut))


class BucketOut(Schema):
    """How many lie from one number on and below another; a missing end is open."""

    low = fields.Float(data_key="from")
    high = fields.Float(data_key="to")
    count = fields.Integer()


class SpreadOut(Schema):
    """Where the numbers lie: listings that state one, the ends, and how many are in each part."""

    count = fields.Integer()
    least = fields.Float(allow_none=True)
    most = fields.Float(allow_none=True)
    buckets = fields.List(fields.Nested(BucketOut))


class CountedAttribute(Schema):
    """An attribute that the category is filtered by: its values with counts, or where its numbers lie."""

    code = fields.String()
    values = fields.List(fields.Nested(FacetOut))
    numbers = fields.Nested(SpreadOut)


def counts_out(counts: Iterable[FacetCount]) -> list[dict[str, Any]]:
    """Counts in the shape of FacetOut."""
    return [{"value": one.value, "count": one.count} for one in counts]


def spread_out(spread: Spread | None) -> dict[str, Any]:
    """A spread in the shape of SpreadOut."""
    if spread is None:
        return {"count": 0, "least": None, "most": None, "buckets": []}
    buckets = [
        {name: end for name, end in (("from", one.low), ("to", one.high)) if end is not None} | {"count": one.count}
        for one in spread.buckets
    ]
    return {"count": spread.count, "least": spread.least, "most": spread.most, "buckets": buckets}
