"""Filters, sideways counts, order, pages and cursors."""

from __future__ import annotations

import base64
import collections
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.catalogue.engine import Card, Found, Index, Search, Writer
from tests.catalogue.test_engine_corpus import CARDS, card, many


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("engine")
    with Writer(folder) as writer:
        for start in range(0, len(CARDS), 7):  # several segments, as in life
            writer.apply(CARDS[start : start + 7], cursor=start)
    return Index(folder)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, list[Card]]:
    folder = tmp_path_factory.mktemp("crowd")
    cards = many(400)
    with Writer(folder) as writer:
        writer.apply(cards[:250], cursor=1)
        writer.apply(cards[250:], cursor=2)
    return Index(folder), cards


def ids(found: Found) -> list[str]:
    return [hit.id for hit in found.rows]


# Filters and facets


def brute(cards: list[Card] | tuple[Card, ...], search: Search, without: str | None = None) -> list[Card]:
    """The filters of a search in plain Python (no text)."""

    def passes(c: Card) -> bool:
        price_ok = search.include_on_request
        if c.price_minor is not None:
            low, high = search.price_from_minor, search.price_to_minor
            price_ok = (low is None or c.price_minor >= low) and (high is None or c.price_minor <= high)
        in_range = all(
            isinstance(v := c.attributes.get(k), float) and (lo is None or v >= lo) and (hi is None or v <= hi)
            for k, (lo, hi) in search.ranges.items()
        )
        return (
            (without == "category" or search.category is None or search.category in c.category)
            and (without == "brand" or not search.brands or c.brand in search.brands)
            and (without == "supplier" or not search.suppliers or c.supplier_id in search.suppliers)
            and (without == "kind" or not search.kinds or c.kind in search.kinds)
            and (search.currency is None or c.currency == search.currency)
            and price_ok
            and (
                search.max_lead_time_days is None
                or (c.lead_time_days is not None and c.lead_time_days <= search.max_lead_time_days)
            )
            and in_range
        )

    return [c for c in cards if passes(c)]


def expected_counts(cards: list[Card], facet: str) -> dict[str, int]:
    values = {
        "category": lambda c: c.category,
        "brand": lambda c: (c.brand,) if c.brand else (),
        "supplier": lambda c: (c.supplier_id,),
        "kind": lambda c: (c.kind,),
    }[facet]
    return dict(collections.Counter(value for c in cards for value in values(c)))


FILTERS = [
    Search(),
    Search(category="A0210"),
    Search(brands=("Thermo Fisher",)),
    Search(brands=("Thermo Fisher", "Hitachi"), category="CENT"),
    Search(suppliers=("sup-1", "sup-2"), kinds=("goods",)),
    Search(kinds=("service",)),
    Search(kinds=("service", "goods"), brands=("Agilent",)),
    Search(currency="USD"),
    Search(price_from_minor=100_000, price_to_minor=10_000_000),
    Search(price_from_minor=100_000, include_on_request=False),
    Search(include_on_request=False),
    Search(max_lead_time_days=7),
    Search(ranges={"max_speed_rpm": (6_000.0, 14_000.0)}),
    Search(ranges={"max_speed_rpm": (None, 6_000.0), "volume_max_m3": (2e-8, None)}),
    Search(ranges={"volume_max_m3": (1e-8, 3e-7)}),
    Search(ranges={"temperature_min_k": (None, 200.0)}, brands=("Haier",), category="A02"),
    Search(ranges={"unheard_of": (1.0, 2.0)}),
    Search(ranges={"max_speed_rpm": (None, None)}, brands=("Nobody",)),
    Search(category="A02", brands=("Haier", "Corning"), suppliers=("sup-3",), kinds=("goods",), max_lead_time_days=60),
]


@pytest.mark.parametrize("search", FILTERS, ids=lambda s: repr(dataclasses.asdict(s))[-60:])
def test_filters_total_and_sideways_counts_agree_with_counting_by_hand(
    crowd: tuple[Index, list[Card]], search: Search
) -> None:
    index, cards = crowd
    found = index.search(dataclasses.replace(search, limit=100))
    wanted = brute(cards, search)
    assert found.total == len(wanted)
    assert set(ids(found)) <= {c.id for c in wanted}
    for facet, counts in found.facets.items():
        by_hand = expected_counts(brute(cards, search, without=facet), facet)
        assert {c.value: c.count for c in counts} == by_hand, facet
        assert [c.count for c in counts] == sorted(by_hand.values(), reverse=True)


def test_the_chosen_brand_leaves_the_counts_of_the_other_brands_alone(index: Index) -> None:
    free = index.search(Search(text="离心机"))
    chosen = index.search(Search(text="离心机", brands=("Hitachi",)))
    assert set(ids(chosen)) == {"cen-1", "cen-5"}
    assert chosen.facets["brand"] == free.facets["brand"]
    assert {c.value: c.count for c in chosen.facets["supplier"]} == {"sup-a": 2}


def test_a_filter_does_not_change_the_score(index: Index) -> None:
    free = {h.id: h.score for h in index.search(Search(text="离心机")).rows}
    narrow = index.search(Search(text="离心机", kinds=("goods",), category="CENT", max_lead_time_days=60))
    assert narrow.rows
    assert all(h.score == pytest.approx(free[h.id]) for h in narrow.rows)


def test_stored_values_come_back_verbatim(index: Index) -> None:
    hit = index.search(Search(text="CR22N")).rows[0]
    assert hit.stored == {"title": "高速冷冻离心机", "nested": {"n": [1, 2.5, None, True]}}
    assert hit.version == 1


# Order and pages


def pages(index: Index, search: Search) -> Iterator[Found]:
    while True:
        found = index.search(search)
        yield found
        if found.next is None:
            return
        search = dataclasses.replace(search, after=found.next)


def sort_key(sort: str, c: Card) -> tuple[bool, int]:
    if sort == "lead_time":
        return c.lead_time_days is None, c.lead_time_days or 0
    sign = -1 if sort == "-price" else 1
    return c.price_minor is None, sign * (c.price_minor or 0)


@pytest.mark.parametrize("limit", [1, 7, 24, 100])
@pytest.mark.parametrize("sort", ["price", "-price", "lead_time"])
def test_sorted_pages_hold_every_row_once_and_put_the_unknown_last(
    crowd: tuple[Index, list[Card]], sort: str, limit: int
) -> None:
    index, cards = crowd
    narrow = Search(sort=sort, limit=limit, kinds=("goods",), category="A0210" if limit == 1 else None)
    all_pages = list(pages(index, narrow))
    rows = [i for page in all_pages for i in ids(page)]
    wanted = brute(cards, narrow)
    assert sorted(rows) == sorted(c.id for c in wanted)
    by_id = {c.id: c for c in cards}
    keys = [sort_key(sort, by_id[i]) for i in rows]
    assert keys == sorted(keys)
    assert {page.total for page in all_pages} == {len(wanted)}
    assert len({json.dumps({k: list(v) for k, v in p.facets.items()}) for p in all_pages}) == 1


@pytest.mark.parametrize("limit", [1, 9, 100])
@pytest.mark.parametrize("typed", ["离心机", "pipette", ""])
def test_pages_by_relevance_hold_every_row_once(crowd: tuple[Index, list[Card]], typed: str, limit: int) -> None:
    index, _ = crowd
    narrow = Search(text=typed, limit=limit, suppliers=("sup-1", "sup-2", "sup-3") if limit == 1 else ())
    all_pages = list(pages(index, narrow))
    rows = [i for page in all_pages for i in ids(page)]
    assert len(rows) == len(set(rows)) == all_pages[0].total > 0
    scores = [hit.score for page in all_pages for hit in page.rows]
    assert scores == sorted(scores, reverse=True)


def test_rows_of_equal_score_are_paged_once_each_across_segments(tmp_path: Path) -> None:
    cards = [card(f"twin-{n}", "摇床", "Shaker", "analysis") for n in range(90)]
    with Writer(tmp_path) as writer:
        for start in range(0, 90, 30):
            writer.apply(cards[start : start + 30], cursor=start)
    rows = [i for page in pages(Index(tmp_path), Search(text="shaker", limit=4)) for i in ids(page)]
    assert sorted(rows) == sorted(c.id for c in cards)


@pytest.mark.parametrize("sort", ["relevance", "price"])
def test_a_cursor_goes_on_after_its_row_when_rows_before_it_come_and_go(tmp_path: Path, sort: str) -> None:
    cards = [
        card(f"row-{n:02}", "摇床", "Shaker", "analysis", price_minor=1000 + n, lead_time_days=n) for n in range(40)
    ]
    with Writer(tmp_path) as writer:
        writer.apply(cards, cursor=1)
        index = Index(tmp_path)
        before = [i for page in pages(index, Search(text="shaker", sort=sort, limit=5)) for i in ids(page)]
        first = index.search(Search(text="shaker", sort=sort, limit=5))
        fresh = card("row-new", "摇床", "Shaker", "analysis", price_minor=1, lead_time_days=0)
        writer.apply([fresh], gone=before[1:3], cursor=2)
        index.reload()
        rest = list(pages(index, Search(text="shaker", sort=sort, limit=5, after=first.next)))
        assert [i for page in rest for i in ids(page) if i != "row-new"] == before[5:]
        writer.apply([], gone=[before[4]], cursor=3)  # the very row of the cursor
        index.reload()
        again = list(pages(index, Search(text="shaker", sort=sort, limit=5, after=first.next)))
        assert [i for page in again for i in ids(page) if i != "row-new"] == before[5:]


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "%%%", "💥", "a" * 100_000, _cursor(), _cursor("price_up", 1, 1), _cursor("price_up", -1, 1, 0.0),
        _cursor("price_up", 10**30, 1, 0.0), _cursor("price_up", True, 1, 0.0), _cursor("price_up", 1, "1", 0.0),
        _cursor("score", 10**9, 1, 1.0), _cursor("score", 1, 1, float("nan")), _cursor("id; drop", 1, 1, 0.0),
        _cursor(["score"], 1, 1, 1.0), _cursor("score", 1, 2**60, 1.0), _cursor("price_up", 1, 1, 1),
        base64.urlsafe_b64encode(b"[" * 140).decode(), base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)  # fmt: skip
def test_a_malformed_cursor_is_refused(index: Index, cursor: str, tmp_path: Path) -> None:
    for searched in (index, Index(tmp_path / "none")):
        with pytest.raises(ValueError, match=r"^cursor$"):
            searched.search(Search(after=cursor, sort="price"))


def test_a_cursor_of_another_order_is_refused(index: Index) -> None:
    cursor = index.search(Search(sort="price", limit=2)).next
    for other in (Search(sort="-price", after=cursor), Search(text="离心机", after=cursor), Search(after=cursor)):
        with pytest.raises(ValueError, match=r"^cursor$"):
            index.search(other)


@pytest.mark.parametrize(
    "search, word",
    [
        (Search(sort="name"), "sort"),
        (Search(ranges={"a b": (1.0, None)}), "range"),
        (Search(ranges={"x:[0 TO *] OR id": (1.0, None)}), "range"),
        (Search(ranges={"speed": (float("nan"), None)}), "range"),
        (Search(ranges={"speed": (None, float("inf"))}), "range"),
        (Search(ranges={f"a{n}": (1.0, None) for n in range(100)}), "range"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_one_word(index: Index, search: Search, word: str) -> None:
    with pytest.raises(ValueError, match=f"^{word}$"):
        index.search(search)


def test_counts_are_kept_for_further_pages_and_forgotten_after_a_commit(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer:
        writer.apply(CARDS, cursor=1)
        index = Index(tmp_path)
        first = index.search(Search(text="离心机", limit=2))
        second = index.search(Search(text="离心机", limit=2, after=first.next))
        assert second.facets is first.facets
        writer.apply([], gone=["cen-1"], cursor=2)
        index.reload()
        fresh = index.search(Search(text="离心机", limit=2))
        assert fresh.total == first.total - 1
        assert sum(c.count for c in fresh.facets["kind"]) == fresh.total
