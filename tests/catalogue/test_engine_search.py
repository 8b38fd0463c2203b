"""What is found, in which order, how it is counted and paged."""

from __future__ import annotations

import base64
import collections
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.catalogue.engine import Card, Found, Index, Search, Writer, query
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


def test_a_folder_that_does_not_exist_finds_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path / "none")
    assert index.search(Search(text="x")) == query.NOTHING
    assert index.suggest("x") == []
    assert (index.count(), index.versions()) == (0, {})


# Chinese


@pytest.mark.parametrize(
    "typed",
    [
        "移液",
        "箱",
        "离心机",
        "离",
        "离心",
        "冷冻离心机",
        "色谱",
        "液相色谱",
        "分光光度",
        "柜",
        "校准",
        "培养皿",
        "低温",
    ],
)
def test_every_listing_whose_chinese_name_says_it_is_found(index: Index, typed: str) -> None:
    expected = {c.id for c in CARDS if typed in c.names["zh"]}
    assert expected
    assert expected <= set(ids(index.search(Search(text=typed))))


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("移液枪", {"pip-1", "pip-2", "pip-3"}),
        ("冷柜", {"col-1", "col-2"}),
        ("pcr仪", {"ana-8"}),
        ("pH计", {"ana-6"}),
        ("lixinji", {"cen-1", "cen-2", "cen-3", "cen-4", "cen-5", "ser-1"}),
        ("li xin ji", {"cen-1", "cen-2", "cen-3", "cen-4", "cen-5", "ser-1"}),
        ("lxj", {"cen-1", "cen-2", "cen-3", "cen-4", "cen-5", "ser-1"}),
        ("yiyeqi", {"pip-1", "pip-2", "pip-3", "ser-2"}),
        ("chongqing", {"ser-4"}),
        ("赛默飞", {"cen-3", "pip-2", "ana-4", "ana-5", "ana-8"}),
        ("赛默飞离心机", {"cen-3"}),
        ("thermo", {"cen-3", "pip-2", "ana-4", "ana-5", "ana-8"}),
        ("日立 离心机", {"cen-1", "cen-5"}),
        ("-86℃", {"col-1"}),
        ("高速 冷冻 centrifuge", {"cen-1"}),
        ("焦作恒科 生物安全柜", {"saf-1"}),
    ],
)
def test_names_aliases_synonyms_and_pinyin_find_their_listings(index: Index, typed: str, expected: set[str]) -> None:
    found = ids(index.search(Search(text=typed)))
    assert expected <= set(found)
    assert set(found[: len(expected)]) == expected, "what is meant comes first"


# Models and typos


@pytest.mark.parametrize(
    "typed, first",
    [
        ("CR-22N", "cen-1"),
        ("CR22N", "cen-1"),
        ("cr 22n", "cen-1"),
        ("ｃｒ－２２ｎ", "cen-1"),
        ("hitachi cr 22n", "cen-1"),
        ("日立 CR22N 离心机", "cen-1"),
        ("5810R", "cen-2"),
        ("5811 000 010", "cen-2"),
        ("0030089421", "tip-1"),
        ("0030 089.421", "tip-1"),
        ("epTIPS", "tip-1"),
        ("hr1200 iia2", "saf-1"),
        ("cr22", "cen-1"),
        ("50ml", "sup-1"),
        ("50 ML", "sup-1"),
    ],
)
def test_a_model_is_found_however_it_is_typed(index: Index, typed: str, first: str) -> None:
    assert ids(index.search(Search(text=typed)))[0] == first


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("centrifgue", "cen-1"),
        ("centrifuge", "cen-1"),
        ("eppendrof", "pip-1"),
        ("sartorious", "ana-3"),
        ("ppette", "pip-1"),
        ("balanse", "ana-3"),
        ("buchi", "ana-7"),
        ("BÜCHI", "ana-7"),
        ("glove", "sup-3"),
    ],
)
def test_one_wrong_letter_and_other_endings_are_forgiven(index: Index, typed: str, expected: str) -> None:
    assert expected in ids(index.search(Search(text=typed)))


@pytest.mark.parametrize("typed", ["cr21n", "dw-86l578k", "fume zebra", "tuve"])
def test_models_and_short_words_are_not_guessed_at(index: Index, typed: str) -> None:
    assert index.search(Search(text=typed)).total == 0


def test_exact_models_come_before_names_and_names_before_texts(tmp_path: Path) -> None:
    cards = [
        card("text", "泵", "Pump", "analysis", summary={"en": "Works with the Pioneer. Pioneer, Pioneer, Pioneer!"}),
        card("name", "天平", "Pioneer balance with a long name that says many other things as well", "analysis"),
        card("brand", "搅拌器", "Stirrer", "analysis", brand="Pioneer Instruments"),
        card("model", "天平", "Balance with weighing chamber, anti-static, for the bench", "analysis", model="PIONEER"),
    ]
    with Writer(tmp_path) as writer:
        writer.apply(cards, cursor=1)
    found = ids(Index(tmp_path).search(Search(text="pioneer")))
    assert found[0] == "model"
    assert set(found[1:3]) == {"name", "brand"}
    assert found[3] == "text"


def test_at_equal_words_what_can_be_had_sooner_comes_first(tmp_path: Path) -> None:
    days = {"never": None, "late": 90, "month": 30, "week": 5}
    with Writer(tmp_path) as writer:
        writer.apply([card(i, "摇床", "Shaker", "analysis", lead_time_days=d) for i, d in days.items()], cursor=1)
    assert ids(Index(tmp_path).search(Search(text="shaker"))) == ["week", "month", "late", "never"]


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


# Hostile input


@pytest.mark.parametrize(
    "typed",
    [
        "title:*", "id:[* TO *]", "(((((", '"unclosed', "a AND OR NOT", "\\", "* ? ~2 ^9", "离心机" * 5000,
        "a" * 1_000_000, "\x00\x01", "\ud800", "NULL", "'; DROP TABLE listing; --", "<script>alert(1)</script>",
        "٣٤", "ﷺ" * 500, "🧪🧫",
        "\u202etxt", " ".join("abcdefghijklmnopqrstuvwxyz"), "-" * 500, "9" * 500, "0.5.5.5.5", "e\u0301" * 300,
    ],
)  # fmt: skip
def test_hostile_and_huge_text_is_only_text(index: Index, typed: str) -> None:
    found = index.search(Search(text=typed))
    assert found.total <= len(CARDS)
    assert isinstance(index.suggest(typed), list)


def test_signs_alone_do_not_mean_everything(index: Index) -> None:
    assert index.search(Search(text="!?*")).total == 0
    assert index.search(Search(text="  \t")).total == len(CARDS)


def test_limits_and_numbers_out_of_bounds_are_cut(index: Index) -> None:
    assert len(index.search(Search(limit=10**9)).rows) == len(CARDS)
    assert len(index.search(Search(limit=-5)).rows) == 1
    assert index.search(Search(price_from_minor=-(10**40), price_to_minor=10**40)).total == len(CARDS)
    assert index.search(Search(max_lead_time_days=10**40)).total == sum(c.lead_time_days is not None for c in CARDS)
    assert index.search(Search(brands=tuple(f"b{n}" for n in range(10_000)))).total == 0


# Suggestions


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("离", "离心机"),
        ("离心", "高速冷冻离心机"),
        ("lix", "离心机"),
        ("lxj", "离心机"),
        ("cent", "Centrifuges"),
        ("CR-22", "Hitachi CR-22N"),
        ("cr2", "Hitachi CR-22N"),
        ("hit", "Hitachi"),
        ("赛默", "Thermo Fisher"),
        ("saimo", "Thermo Fisher"),
        ("refri", "High-speed refrigerated centrifuge"),
        ("eppendorf re", "Eppendorf Research plus"),
        ("microplete", "Microplate reader"),
        ("hitachi c", "Hitachi CR-22N"),
    ],
)
def test_suggestions_complete_what_is_being_typed(index: Index, typed: str, expected: str) -> None:
    assert expected in index.suggest(typed)


def test_suggestions_are_few_and_none_is_given_twice(index: Index) -> None:
    for typed in ("l", "离", "p", "re", "s"):
        answers = index.suggest(typed, limit=5)
        assert len(answers) == len(set(answers)) <= 5
    assert index.suggest("") == index.suggest("  ") == index.suggest("zzzzzz") == []
