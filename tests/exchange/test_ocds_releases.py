"""The rules by which OCDS releases become tenders, and their defects."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.exchange.foreign import ForeignAwardLine, ForeignLine, ForeignParty
from app.exchange.tenders import read_tenders
from tests.exchange.foreign_samples import RELEASE, assert_sound, package, reasons, release

ROUNDED = "The amount has more decimals than its currency; it was rounded."


def with_award(**changes: Any) -> dict[str, Any]:
    return release(awards=[{**deepcopy(RELEASE["awards"][0]), "value": {"amount": 50, "currency": "GBP"}, **changes}])


def with_tender(**changes: Any) -> dict[str, Any]:
    return {**with_award(), "tender": {**deepcopy(RELEASE["tender"]), **changes}}


def test_a_release_becomes_a_tender_with_its_lots_and_awards() -> None:
    (tender,), problems = package(RELEASE)
    assert reasons(problems) == [ROUNDED]
    assert (tender.source, tender.reference, tender.language, tender.currency) == ("ocds", "ocds-000001-1", "en", "GBP")
    assert tender.buyer == ForeignParty("University", "GB", "GB-CFS-1")
    assert tender.published_on == date(2024, 1, 1)
    assert tender.deadline == datetime(2023, 12, 1, 11, tzinfo=UTC)
    assert tender.lines == (
        ForeignLine("a", "Upright", "", Decimal(3), "H87", "39711000"),
        ForeignLine("b", "Chest", "", Decimal(1), "lot", "39711000"),
    )
    assert tender.awards == (ForeignAwardLine("a", ForeignParty("Alpha Ltd", "GB", "GB-COH-007"), 1235, "GBP"),)


def test_releases_of_one_ocid_are_merged_by_date_whatever_their_order() -> None:
    planning = release(id="0", date="2023-01-01T00:00:00Z", tag=["planning"], awards=[], tender={"title": "Planned"})
    tender_out = release(id="1", date="2023-06-01T00:00:00Z", tag=["tender"], awards=[])
    award = with_award()
    award.update(id="2", date="2024-01-01T00:00:00Z", tender={"title": "Awarded", "status": "complete"})
    for releases in ((planning, tender_out, award), (award, planning, tender_out)):
        (tender,), problems = package(*releases)
        assert (tender.title, tender.published_on) == ("Awarded", date(2023, 1, 1))
        assert [line.key for line in tender.lines] == ["a", "b"]
        assert [line.amount_minor for line in tender.awards] == [5000]
        assert problems == []


def test_a_later_release_corrects_an_award_of_the_same_id() -> None:
    wrong = with_award(value={"amount": 5000000, "currency": "GBP"})
    right = {**with_award(), "id": "2", "date": "2024-02-01T00:00:00Z"}
    (tender,), _ = package(right, wrong)
    assert [line.amount_minor for line in tender.awards] == [5000]


def test_awards_of_several_releases_are_collected() -> None:
    other = {**with_award(id="A2", relatedLots=["b"]), "id": "2", "date": "2024-02-01T00:00:00Z"}
    (tender,), _ = package(with_award(), other)
    assert [line.line_key for line in tender.awards] == ["a", "b"]


def test_a_release_given_twice_is_reported() -> None:
    _, problems = package(with_award(), with_award())
    assert reasons(problems) == ["The release is there twice; the one published last was taken."]


@pytest.mark.parametrize(
    "missing, reason",
    [("id", "The release has no id."), ("date", "The release has no usable date; it counts as the earliest.")],
)
def test_a_release_without_id_or_date_is_read_and_reported(missing: str, reason: str) -> None:
    document = with_award()
    del document[missing]
    (tender,), problems = package(document)
    assert len(tender.awards) == 1
    assert reasons(problems) == [reason]


@pytest.mark.parametrize("missing", ["ocid", "tender"])
def test_a_release_without_ocid_or_tender_is_left_out_and_reported(missing: str) -> None:
    document = with_award()
    del document[missing]
    found, problems = package(document)
    assert found == []
    assert len(problems) == 1


def test_the_buyer_is_found_among_the_parties_when_the_release_does_not_name_one() -> None:
    (tender,), _ = package({**with_award(), "buyer": {"id": "unknown"}})
    assert tender.buyer.name == "University"
    found, problems = package({**with_award(), "buyer": None, "parties": []})
    assert found == []
    assert "The buyer is not named; the notice was left out." in reasons(problems)


def test_items_are_the_lines_where_there_are_no_lots() -> None:
    items = [
        {"id": "1", "description": "Freezer", "quantity": 2.5, "unit": {"name": "set"}},
        {"id": "2", "classification": {"scheme": "CPV", "id": "38000000-5"}},
    ]
    (tender,), _ = package({**with_tender(lots=[], items=items), "awards": []})
    assert tender.lines == (
        ForeignLine("1", "Freezer", "Freezer", Decimal("2.5"), "set", "39711000"),
        ForeignLine("2", "Freezers (2)", "Two kinds", Decimal(1), "item", "38000000"),
    )


def test_without_lots_and_items_the_tender_is_one_line() -> None:
    (tender,), _ = package(with_tender(lots=None, items=None))
    assert [(line.key, line.title, line.unit) for line in tender.lines] == [("1", "Freezers", "lot")]
    assert [line.line_key for line in tender.awards] == ["1"]


@pytest.mark.parametrize(
    "changes, key",
    [
        ({"relatedLots": ["b"]}, "b"),
        ({"relatedLots": None, "items": [{"id": "2"}]}, "b"),
        ({"relatedLots": None, "items": [{"id": "9", "relatedLot": "b"}]}, "b"),
        ({"relatedLots": None}, "whole"),
        ({"relatedLots": ["a", "b"]}, "whole"),
        ({"relatedLots": ["z"]}, "whole"),
    ],
)
def test_an_award_belongs_to_the_lot_it_names_or_to_the_whole_contract(changes: dict[str, Any], key: str) -> None:
    (tender,), problems = package(with_award(**changes))
    assert [line.line_key for line in tender.awards] == [key]
    assert (tender.lines[-1].title == "Whole contract") is (key == "whole")
    assert bool(problems) is (changes["relatedLots"] == ["z"])
    assert_sound(tender)


@pytest.mark.parametrize(
    "status, count", [("active", 1), (None, 1), ("pending", 0), ("cancelled", 0), ("unsuccessful", 0)]
)
def test_only_active_awards_count(status: str | None, count: int) -> None:
    (tender,), problems = package(with_award(status=status))
    assert (len(tender.awards), problems) == (count, [])


def test_an_award_without_a_value_has_that_of_its_only_contract() -> None:
    document = {
        **with_award(value=None),
        "contracts": [{"id": "C", "awardID": "A1", "value": RELEASE["tender"]["value"]}],
    }
    (tender,), problems = package(document)
    assert ([line.amount_minor for line in tender.awards], problems) == ([90000], [])


def test_the_estimate_of_the_tender_never_stands_in_for_an_award() -> None:
    (tender,), problems = package(with_award(value=None))
    assert tender.awards == ()
    assert reasons(problems) == ["The award has no amount; it was left out."]


def test_a_supplier_without_a_name_anywhere_is_reported() -> None:
    (tender,), problems = package(with_award(suppliers=[{"id": "S9", "name": None}]))
    assert tender.awards == ()
    assert reasons(problems) == ["The award names no supplier; it was left out."]


def test_a_tender_without_a_currency_has_the_usual_one_of_the_file() -> None:
    bare = release(ocid="bare", awards=[], tender={"title": "Something"})
    found, _ = package(with_award(), bare)
    assert [tender.currency for tender in found] == ["GBP", "GBP"]
    (alone,), _ = package(bare)
    assert alone.currency == "EUR"


@pytest.mark.parametrize("quantity", [0, -3, 1e30, float("nan"), "many"])
def test_an_impossible_quantity_is_reported_and_becomes_one(quantity: Any) -> None:
    items = [{"id": "1", "description": "Freezer", "quantity": quantity}]
    (tender,), problems = package(with_tender(lots=[], items=items))
    assert tender.lines[0].quantity == 1
    assert [problem.field for problem in problems] == ["tender.items[0].quantity"]


def test_the_official_example_is_read_through_all_its_stages(real_file: Callable[[str], Path]) -> None:
    with real_file("standards/ocds-sample/ocds-213czf-000-00001.json").open("rb") as stream:
        (tender,), problems = read_tenders(stream)
    assert problems == []
    assert tender.deadline == datetime(2010, 4, 8, 18, tzinfo=UTC)  # as amended
    assert [(line.quantity, line.unit, line.cpv) for line in tender.lines] == [(Decimal(8), "SMI", "45233130")]
    assert [(line.supplier.name, line.amount_minor) for line in tender.awards] == [
        ("AnyCorp Cycle Provision", 1100000000)
    ]


def test_corrected_real_awards_are_taken_as_corrected(real_file: Callable[[str], Path]) -> None:
    with real_file("tenders/ocds_uk_contracts_finder.json").open("rb") as stream:
        found, problems = read_tenders(stream)
    corrected = next(tender for tender in found if tender.reference.endswith("09a309a3-8541-48b9-91c4-411c52e5bd34"))
    assert [line.amount_minor for line in corrected.awards] == [10932000]
    assert "The award names no supplier; it was left out." in reasons(problems)
