"""The rules by which notices of TED become tenders, and their defects."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.exchange.foreign import ForeignAwardLine, ForeignLine, ForeignParty
from app.exchange.tenders import read_tenders
from tests.exchange.foreign_samples import NOTICE, assert_sound, notice, read, reasons

ALPHA = {"name": "Alpha", "country": "FR", "national_id": None}
BETA = {"name": "Beta", "country": "EL", "national_id": None}


def award(amount: Any, *suppliers: dict[str, Any], lot: str | None = None, currency: str = "EUR") -> dict[str, Any]:
    value = None if amount is None else {"amount": amount, "currency": currency}
    return {"lot": lot, "unsuccessful": False, "suppliers": list(suppliers or [ALPHA]), "value": value}


def one_lot(**changes: Any) -> dict[str, Any]:
    return notice(lots=NOTICE["lots"][:1], total_value=None, **changes)


def amounts(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    (tender,), _ = read(document)
    assert_sound(tender)
    return [(line.line_key, line.supplier.name, line.amount_minor) for line in tender.awards]


def test_a_notice_becomes_a_tender_with_its_lots_and_awards() -> None:
    (tender,), problems = read(NOTICE)
    assert problems == []
    assert tender.buyer == ForeignParty("Université", "FR", "18")
    assert (tender.source, tender.reference, tender.language) == ("ted", "2020/S 001-000001", "fr")
    assert (tender.published_on, tender.currency) == (date(2020, 1, 2), "EUR")
    assert tender.deadline == datetime(2020, 2, 3, 12, tzinfo=UTC)
    assert tender.lines == (
        ForeignLine("1", "Balance", "Fine", Decimal(1), "lot", "38311000"),
        ForeignLine("2", "Poids", "Lourds", Decimal(1), "lot", "38310000"),
    )
    assert tender.awards == (
        ForeignAwardLine("1", ForeignParty("Alpha", "FR", "1"), 10050, "EUR"),
        ForeignAwardLine("2", ForeignParty("Beta", "GB", ""), 19950, "EUR"),
    )


def test_a_deadline_without_a_time_is_the_end_of_its_day() -> None:
    (tender,), _ = read(notice(tender_deadline="2020-02-03"))
    assert tender.deadline == datetime(2020, 2, 3, 23, 59, tzinfo=UTC)


def test_several_awards_of_one_lot_keep_their_own_amounts() -> None:
    document = one_lot(awards=[award(1000), award(1000, BETA)])
    assert amounts(document) == [("1", "Alpha", 100000), ("1", "Beta", 100000)]


def test_awards_above_the_published_total_are_kept_and_reported() -> None:
    _, problems = read({**one_lot(awards=[award(1000), award(1000, BETA)]), "total_value": NOTICE["total_value"]})
    assert reasons(problems) == ["The awards add up to more than the published total; each may repeat it."]


def test_an_award_to_several_suppliers_goes_to_the_first_so_that_money_counts_once() -> None:
    document = one_lot(awards=[award(50, ALPHA, BETA)])
    assert amounts(document) == [("1", "Alpha", 5000)]
    assert reasons(read(document)[1]) == ["The award names several suppliers; its amount went to the first."]


@pytest.mark.parametrize("lot", [None, "1", "01", "Lot 1", "7"])
def test_an_award_belongs_to_the_only_lot_whatever_it_calls_it(lot: str | None) -> None:
    assert amounts(one_lot(awards=[award(50, lot=lot)])) == [("1", "Alpha", 5000)]


@pytest.mark.parametrize("lot, told", [(None, False), ("9", True)])
def test_an_award_without_a_known_lot_among_several_gets_a_line_of_its_own(lot: str | None, told: bool) -> None:
    (tender,), problems = read(notice(awards=[award(50, lot=lot)]))
    assert [line.title for line in tender.lines] == ["Balance", "Poids", "Whole contract"]
    assert [line.line_key for line in tender.awards] == ["whole"]
    assert ("The award names a lot that is not in the notice." in reasons(problems)) is told


def test_a_notice_without_lots_is_one_line() -> None:
    (tender,), problems = read(notice(lots=[], awards=[award(50)], total_value=None))
    assert [(line.key, line.title) for line in tender.lines] == [("1", "Balances")]
    assert [line.line_key for line in tender.awards] == ["1"]
    assert reasons(problems) == ["There are no lots; the whole notice became one line."]


def test_the_total_serves_the_only_award_without_an_amount() -> None:
    assert amounts(notice(awards=[award(None, lot="1")])) == [("1", "Alpha", 30000)]
    rest = notice(awards=[award(None, lot="1"), award(100, BETA, lot="2")])
    assert amounts(rest) == [("1", "Alpha", 20000), ("2", "Beta", 10000)]


@pytest.mark.parametrize(
    "changes",
    [
        {"awards": [award(None, lot="1"), award(None, BETA, lot="2")]},
        {"awards": [award(None, lot="1"), {"lot": "2", "unsuccessful": False, "suppliers": [], "value": None}]},
        {"awards": [award(None, lot="1")], "framework": True},
        {"awards": [award(None, lot="1")], "total_value": None},
        {"awards": [award(None, lot="1"), award(5, BETA, lot="2", currency="CZK")][:1], "total_value": {"amount": 0.5}},
    ],
)
def test_the_total_serves_nobody_when_it_is_not_certain_whose_it_is(changes: dict[str, Any]) -> None:
    (tender,), problems = read(notice(**changes))
    assert tender.awards == ()
    assert "The award has no amount; it was left out." in reasons(problems)


def test_unsuccessful_lots_are_nothing_to_report() -> None:
    (tender,), problems = read(notice(awards=[{"lot": "1", "unsuccessful": True, "suppliers": [], "value": None}]))
    assert (tender.awards, problems) == ((), [])


@pytest.mark.parametrize(
    "amount, reason",
    [
        ("-1", "The number is negative."),
        ("0", "The amount is zero or only symbolic; it was left out."),
        ("0.01", "The amount is zero or only symbolic; it was left out."),
        ("1.0", "The amount is zero or only symbolic; it was left out."),
        ("NaN", "The number is not finite."),
        ("-Infinity", "The number is not finite."),
        ("1e400", "The amount is absurdly large; it was left out."),
        ("1e99999999999999999999", "The number is not finite."),
        ("10000000000000.01", "The amount is absurdly large; it was left out."),
        ("9" * 5000, "The amount is absurdly large; it was left out."),
        ("true", "A number is expected here."),
        ("[]", "A number is expected here."),
        ('"viel"', "A number is expected here."),
    ],
)
def test_an_unusable_amount_is_reported_and_its_award_left_out(amount: str, reason: str) -> None:
    (tender,), problems = read(_with_amount(amount))
    assert tender.awards == ()
    assert [(problem.field, problem.reason) for problem in problems] == [("awards[0].value.amount", reason)]


@pytest.mark.parametrize(
    "amount, minor", [("1.01", 101), ("2.005", 201), ('"1200.50"', 120050), ("10000000000000.00", 10**15)]
)
def test_amounts_are_exact_and_rounded_half_up(amount: str, minor: int) -> None:
    (tender,), _ = read(_with_amount(amount))
    assert [line.amount_minor for line in tender.awards] == [minor]


def _with_amount(amount: str) -> str:
    """The document with a number in it that Python itself would not write."""
    return json.dumps(one_lot(awards=[award("@")])).replace('"@"', amount)


@pytest.mark.parametrize("currency, minor", [("JPY", 1235), ("EUR", 123450), ("KWD", 1234500), (" eur ", 123450)])
def test_minor_units_follow_the_currency(currency: str, minor: int) -> None:
    assert amounts(one_lot(awards=[award(1234.5, currency=currency)])) == [("1", "Alpha", minor)]


@pytest.mark.parametrize("currency", ["XYZ", "", 5, "EURO", "HRK"])
def test_a_currency_that_is_none_today_is_reported(currency: Any) -> None:
    (tender,), problems = read(one_lot(awards=[award(5, currency=currency)]))
    assert (tender.awards, tender.currency) == ((), "EUR")
    assert reasons(problems) == ["This is not a current ISO 4217 currency."]


def test_without_any_value_the_currency_is_that_of_the_country() -> None:
    (tender,), _ = read(notice(country="CZ", awards=[], total_value=None))
    assert tender.currency == "CZK"


def test_a_notice_given_twice_counts_as_published_last() -> None:
    newer = notice(publication_date="2020-05-01", title_original="Newer")
    for documents in ((NOTICE, newer), (newer, NOTICE)):
        (tender,), problems = read(*documents)
        assert tender.title == "Newer"
        assert reasons(problems) == ["The notice is there twice; the one published last was taken."]


@pytest.mark.parametrize("missing", ["notice_id", "buyer"])
def test_a_notice_without_number_or_buyer_is_left_out_and_reported(missing: str) -> None:
    document = notice(form="F03")
    del document[missing]
    found, problems = read(document)
    assert found == []
    assert len(problems) == 1


def test_lots_with_the_same_number_are_told_apart() -> None:
    lots = [{**NOTICE["lots"][0], "lot": number} for number in ("1", "1", None, "whole")]
    (tender,), problems = read(notice(lots=lots, awards=[]))
    assert [line.key for line in tender.lines] == ["1", "1.2", "3", "whole.2"]
    assert problems[0].field == "lots[1, 3].lot"


def test_texts_are_cut_cleaned_and_composed() -> None:
    title = "e\u0301" + "\x00\u202e a\tb\nc " + "x" * 500
    (tender,), problems = read(notice(title_original=title, short_description="one\r\ntwo\x07"))
    assert tender.title.startswith("é a b c xxx")
    assert len(tender.title) == 200
    assert tender.description == "one\ntwo"
    assert reasons(problems) == ["The text is longer than allowed and was cut."]


def test_texts_encoded_twice_and_texts_with_entities_are_repaired() -> None:
    (tender,), problems = read(notice(title_original="AcusorbÂ® 5 â€¢ A&amp;B", short_description="Â£5 for Ö"))
    assert tender.title == "Acusorb® 5 • A&B"
    assert tender.description == "Â£5 for Ö"  # not the whole text was encoded twice, so it stays as published
    assert reasons(problems) == ["The text had been encoded twice; it was repaired."]


def test_lone_surrogates_and_endless_accents_do_no_harm() -> None:
    (tender,), _ = read(notice(title_original="a\ud800b", short_description="e" + "\u0301\u0323" * 5_000))
    assert tender.title == "ab"
    assert len(tender.description) <= 31
    assert_sound(tender)


def test_the_same_problem_in_many_awards_is_told_once() -> None:
    unnamed = {"lot": "1", "unsuccessful": False, "suppliers": [], "value": None}
    _, problems = read(notice(awards=[unnamed] * 40))
    assert [problem.field for problem in problems] == ["awards[0, 1, 2, 3, 4, +35].suppliers"]


def test_more_lots_than_allowed_are_left_out_and_told() -> None:
    (tender,), problems = read(notice(lots=[{"lot": str(n)} for n in range(1_200)], awards=[]))
    assert len(tender.lines) == 1_000
    assert reasons(problems) == ["The list is longer than allowed; the rest was left out."]


@pytest.mark.parametrize("value", ["0001-01-01", "2020-13-01", "soon", 20200101, "9999-12-31T23:59:59-14:00", "x" * 99])
def test_a_date_that_cannot_be_is_reported(value: Any) -> None:
    (tender,), problems = read(notice(tender_deadline=value))
    assert tender.deadline is None
    assert [problem.field for problem in problems] == ["tender_deadline"]


def test_real_lots_and_awards_meet(real_file: Callable[[str], Path]) -> None:
    with real_file("tenders/ted_lab_notices.jsonl").open("rb") as stream:
        found, _ = read_tenders(stream)
    by_reference = {tender.reference: tender for tender in found}
    dental = by_reference["2020/S 165-400386"]
    assert (len(dental.lines), len(dental.awards)) == (301, 50)
    assert "whole" not in {line.key for line in dental.lines}
    building = by_reference["2019/S 226-553366"]
    assert [line.amount_minor for line in building.awards][:2] == [18920800, 6530000]
    assert sum(line.amount_minor for line in building.awards) == 100638500
    assert by_reference["2021/S 128-340875"].awards == ()  # published with 1.00 EUR
