"""Searching without an index: plain words over the newest listings, until the worker has built one.

Same question, same answer shape as the engine; no ranking beyond "newest first", and all words must be there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from app.catalogue.engine import Card, FacetCount, Found, Hit, Measure, Search

NEWEST_ROWS: Final = 500
MAX_PAGE_ROWS: Final = 100
_CURSOR: Final = re.compile(r"newest-(\d{1,3})", re.ASCII)
_LAST: Final = 10**15

Test = Callable[[Card], bool]


def search(cards: Sequence[Card], asked: Search) -> Found:
    """One page of the cards that match, with total and sideways counts. ValueError("cursor") for a broken cursor."""
    start = _start(asked.after)
    always = [*_words(asked.text if asked.words is None else asked.words), *_measures(asked), *_limits(asked)]
    by_facet = _facet_tests(asked)
    kinds = _FACETS | {key: partial(_codes, key=key) for key in asked.counted.choices}
    matching = [
        card
        for card in cards
        if (not asked.ids or card.id in asked.ids) and all(test(card) for test in (*always, *by_facet.values()))
    ]
    matching.sort(key=_order(asked.sort))
    size = max(1, min(asked.limit, MAX_PAGE_ROWS))
    rows = matching[start : start + size]
    more = f"newest-{start + size}" if len(matching) > start + size else None
    facets = {
        facet: _counts(cards, values, [*always, *(test for name, test in by_facet.items() if name != facet)])
        for facet, values in kinds.items()
    }
    return Found(tuple(Hit(card.id, card.version, 0.0, card.stored) for card in rows), len(matching), facets, more)


def is_cursor(after: str | None) -> bool:
    """Whether a page link was made here: it goes on here, even if an index has come meanwhile."""
    return after is not None and _CURSOR.fullmatch(after) is not None


def _start(after: str | None) -> int:
    if after is None:
        return 0
    match = _CURSOR.fullmatch(after)
    if match is None:
        raise ValueError("cursor")
    return int(match[1])


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words(text: str) -> list[Test]:
    return [lambda card, word=word: word in _text(card) for word in _fold(text).split()]  # type: ignore[misc]


def _text(card: Card) -> str:
    parts = (*card.names.values(), card.brand, *card.brand_aliases, card.model, card.part_no, *card.category_names,
             card.supplier_name, *card.summary.values())  # fmt: skip
    return _fold(" ".join(parts))


def _limits(asked: Search) -> list[Test]:
    tests: list[Test] = []
    low, high = asked.price_from_minor, asked.price_to_minor
    if low is not None or high is not None:
        tests.append(lambda card: card.price_minor is None or _between(card.price_minor, low, high))
    if not asked.include_on_request:
        tests.append(lambda card: card.price_minor is not None)
    if asked.currency:
        tests.append(lambda card: card.currency == asked.currency)
    days = asked.max_lead_time_days
    if days is not None:
        tests.append(lambda card: card.lead_time_days is not None and card.lead_time_days <= days)
    for key, bounds in asked.ranges.items():
        tests.append(lambda card, key=key, bounds=bounds: _measured(card, key, *bounds))  # type: ignore[misc]
    return tests


def _measures(asked: Search) -> list[Test]:
    return [partial(_answers, measure=measure) for measure in asked.measures]


def _answers(card: Card, measure: Measure) -> bool:
    """One of the values that answer a typed quantity, or its words."""
    if _fold(measure.said) in _text(card):
        return True
    return any(
        all(_measured(card, key, low, high) for key, low, high in limits.bounds)
        and limits.absent not in card.attributes
        for limits in (*measure.exact, *measure.reach)
    )


def _codes(card: Card, key: str) -> tuple[str, ...]:
    """The codes of an attribute; yes and no as the index writes them."""
    value = card.attributes.get(key)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return value if isinstance(value, tuple) else ()


def _between(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _measured(card: Card, key: str, low: float | None, high: float | None) -> bool:
    value = card.attributes.get(key)
    return isinstance(value, float) and _between(value, low, high)


_FACETS: Final[dict[str, Callable[[Card], tuple[str, ...]]]] = {
    "category": lambda card: card.category,
    "brand": lambda card: (card.brand,) if card.brand else (),
    "supplier": lambda card: (card.supplier_id,),
    "kind": lambda card: (card.kind,),
}


def _facet_tests(asked: Search) -> dict[str, Test]:
    chosen = {
        "category": {asked.category} if asked.category else set(),
        "brand": set(asked.brands),
        "supplier": set(asked.suppliers),
        "kind": set(asked.kinds),
    }
    tests: dict[str, Test] = {
        facet: lambda card, facet=facet, wanted=wanted: bool(wanted & set(_FACETS[facet](card)))  # type: ignore[misc]
        for facet, wanted in chosen.items()
        if wanted
    }
    for key, codes in asked.choices.items():
        tests[key] = lambda card, key=key, codes=codes: bool(set(codes) & set(_codes(card, key)))  # type: ignore[misc]
    return tests


def _counts(
    cards: Sequence[Card], values: Callable[[Card], tuple[str, ...]], tests: list[Test]
) -> tuple[FacetCount, ...]:
    counted = Counter(value for card in cards if all(test(card) for test in tests) for value in values(card))
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple(FacetCount(value, count) for value, count in ordered)


def _order(sort: str) -> Callable[[Card], tuple[int, ...]]:
    """Stable sorts over cards that come newest first; what has no price or time goes last."""
    if sort == "price":
        return lambda card: (_LAST if card.price_minor is None else card.price_minor,)
    if sort == "-price":
        return lambda card: (_LAST if card.price_minor is None else -card.price_minor,)
    if sort == "lead_time":
        return lambda card: (_LAST if card.lead_time_days is None else card.lead_time_days,)
    return lambda _card: ()
