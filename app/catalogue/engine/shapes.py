"""What goes into the engine and what comes out of it: plain values, frozen, without Flask and without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Card:
    """One published listing (offer) as the index knows it."""

    id: str
    version: int
    kind: str  # goods | service
    names: Mapping[str, str]  # {"zh": ..., "en": ...}
    brand: str
    model: str
    part_no: str
    brand_aliases: tuple[str, ...]  # "Thermo", "赛默飞"
    summary: Mapping[str, str]  # longer texts, by language
    category: tuple[str, ...]  # path of category codes, root first
    category_names: tuple[str, ...]  # names of the path in all languages, searchable
    supplier_id: str
    supplier_name: str
    currency: str
    price_minor: int | None  # None = price on request
    lead_time_days: int | None
    attributes: Mapping[str, float | str | bool | tuple[str, ...]]  # in canonical units: {"max_speed": 15000.0}
    stored: Mapping[str, object]  # what a result row shows; given back verbatim (JSON)
    codes: tuple[str, ...] = ()  # further numbers that name it exactly: CAS


class Limits(NamedTuple):
    """Bounds of attributes that all have to hold, and an attribute that must not be there."""

    bounds: tuple[tuple[str, float | None, float | None], ...]  # (key, from, to) in canonical units
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity among the words of a question: what was typed, and which values answer it. Any one of them does."""

    said: str
    exact: tuple[Limits, ...]
    reach: tuple[Limits, ...] = ()  # "15000 rpm": what runs at 22,000 can do that too, and comes after what says 15,000


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted besides the facets that every listing has."""

    choices: tuple[str, ...] = ()  # attributes with codes or yes and no
    numbers: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()  # attributes with two ends, <key>_min and <key>_max
    currency: str = "CNY"  # whose prices
    price_edges: tuple[int, ...] = (10_000, 100_000, 1_000_000, 10_000_000)  # in minor units


@dataclass(frozen=True, slots=True)
class Search:
    """One question to the catalogue. Several values of one facet mean *or*; different facets mean *and*."""

    text: str = ""
    words: str | None = None  # the text without the quantities in it; None: there are none
    measures: tuple[Measure, ...] = ()
    ids: tuple[str, ...] = ()  # only among these
    category: str | None = None  # any code on the path
    brands: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    currency: str | None = None
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    include_on_request: bool = True
    max_lead_time_days: int | None = None
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # attribute -> codes, or "true", "false"
    counted: Counted = Counted()
    sort: str = "relevance"  # relevance | price | -price | lead_time
    after: str | None = None  # Found.next of the page before
    limit: int = 24


class Hit(NamedTuple):
    id: str
    version: int
    score: float
    stored: Mapping[str, object]


class FacetCount(NamedTuple):  # hundreds are made per search: a tuple costs a fifth of a frozen dataclass
    value: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls on it


class Bucket(NamedTuple):
    """How many lie from one number up to another; None is open. The upper end belongs to the next bucket."""

    low: float | None
    high: float | None
    count: int  # type: ignore[assignment]


class Spread(NamedTuple):
    """Where the numbers of a facet lie."""

    count: int  # type: ignore[assignment]  # listings that state it
    least: float | None
    most: float | None
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page, and the counts of everything that matched.

    The counts are *sideways*: the filter of a facet does not narrow its own counts, so that a buyer who chose one
    brand sees what a second one would add.
    """

    rows: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[FacetCount, ...]]  # "category", "brand", "supplier", "kind", and counted choices
    next: str | None
    spreads: Mapping[str, Spread] = field(default_factory=dict)  # "price", "lead_time", and counted numbers and spans


class WriterBusy(RuntimeError):
    """Another process writes to this index."""


class IndexDamaged(RuntimeError):
    """The index cannot be trusted or opened: it has to be rebuilt from the database."""
