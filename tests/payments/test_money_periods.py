"""Money by month and quarter, from the postings alone: the figures, the page, the CSV and the API."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.kernel.periods import Period, period_at, period_named
from app.kernel.values import clock_at, now
from app.payments.periods import money_by_period
from tests.payments.test_money_pages import questions
from tests.web.visitor import Visitor
from tests.world import Api, World
from tests.worlds.ordering import again
from tests.worlds.payments import bought, deliver, paid, paid_out, proposed_refund, refunded

pytestmark = pytest.mark.database_matters


def figures(period: Period, *names: str, currency: str = "CNY") -> list[str]:
    (one,) = money_by_period(currency, period, 1)
    return [one.figures[name].amount for name in names]


def test_periods_begin_at_midnight_on_the_wall_of_the_park() -> None:
    november = period_named("2026-11")
    assert november is not None
    assert november.since == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert november.until == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert [one.label for one in november.back(3)] == ["2026-09", "2026-10", "2026-11"]
    assert period_at("month", datetime(2026, 12, 31, 15, 59, tzinfo=UTC)).label == "2026-12"
    assert period_at("month", datetime(2026, 12, 31, 16, tzinfo=UTC)).label == "2027-01"
    assert period_at("quarter", datetime(2026, 12, 31, 15, 59, tzinfo=UTC)).label == "2026-Q4"
    assert period_at("year", datetime(2026, 12, 31, 16, tzinfo=UTC)).label == "2027"
    assert [one.label for one in period_at("quarter", datetime(2026, 2, 1, tzinfo=UTC)).back(3)] == [
        "2025-Q3", "2025-Q4", "2026-Q1"
    ]  # fmt: skip
    for wrong in ("2026-13", "2026-Q5", "1999-01", "2026-1", "x", "2026-Q4\n", "٢٠٢٦"):
        assert period_named(wrong) is None


def test_each_month_tells_what_came_in_and_went_out_and_what_was_held_at_its_end(world: World) -> None:
    this, before = period_at("month"), period_at("month").earlier()
    begun = before.since + timedelta(days=3) - now()
    with clock_at(begun):
        order = bought(world)
        paid(world, order, "40000.00")
    order = again(order)
    paid_out(world)
    refunded(world, proposed_refund(world, order, "1000.00"))
    names = ("paid_in", "released", "refunded", "held", "commission_operator", "commission_owner", "vat", "payouts")
    # No rate was in force a month ago, so the advance went to the supplier whole.
    assert figures(before, *names) == ["40000.00", "30000.00", "0.00", "10000.00", "0.00", "0.00", "0.00", "0.00"]
    assert figures(this, *names) == ["0.00", "0.00", "1000.00", "9000.00", "0.00", "0.00", "0.00", "30000.00"]
    assert figures(before.earlier(), *names) == ["0.00"] * 8


def test_a_quarter_adds_its_months_up(world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    paid(world, order, "65000.00")
    deliver(world, order, 10)
    quarter = period_at("quarter")
    assert figures(quarter, "paid_in", "released", "held") == ["95000.00", "95000.00", "0.00"]
    assert figures(quarter, "commission_operator", "commission_owner", "vat") == ["1075.47", "716.98", "107.55"]


@pytest.mark.parametrize("language,words", [("en", "Paid in by buyers"), ("zh", "买方付入")])
def test_owner_operator_and_auditor_see_the_chart_and_the_table(
    app: Flask, world: World, language: str, words: str
) -> None:
    paid(world, bought(world), "40000.00")
    for name in ("wang", "shen", "shu"):
        page = Visitor(app, world, name, language=language).get("/money")
        assert page.status == 200
        assert words in page.text
        assert page.html.count("<svg viewBox") == 2
        assert "style=" not in page.html
        assert period_at("month").label in page.text
    quarters = Visitor(app, world, "wang").get("/money", by="quarter")
    assert period_at("quarter").label in quarters.text
    assert Visitor(app, world, "wang").get("/money", by="week").status == 422
    assert Visitor(app, world, "wang").get("/money", currency="XXX").status == 422
    assert Visitor(app, world, "wang").get("/money", to="2999-01").status == 422
    earlier = Visitor(app, world, "wang").get("/money", to=period_at("month").earlier(12).label)
    assert "Later" in earlier.text


def test_the_csv_has_exact_amounts_and_is_for_staff_alone(app: Flask, world: World) -> None:
    paid(world, bought(world), "40000.00")
    response = Visitor(app, world, "shen").client.get("/money/periods.csv")
    text = response.get_data(as_text=True)
    assert text.startswith("\ufeffperiod,currency,paid_in,released,refunded,held")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert len(rows) == 12
    assert (rows[-1]["paid_in"], rows[-1]["held"], rows[-2]["paid_in"]) == ("40000.00", "10000.00", "0.00")
    for stranger in ("cai", "jin"):
        assert Visitor(app, world, stranger).client.get("/money/periods.csv").status_code == 404


def test_programs_read_the_same(app: Flask, world: World) -> None:
    paid(world, bought(world), "40000.00")
    body = Api(app, world.key("shen")).get("money/periods", by="quarter").get_json()
    assert body["currency"] == "CNY"
    assert body["items"][-1]["period"] == period_at("quarter").label
    assert body["items"][-1]["paid_in"] == {"amount": "40000.00", "currency": "CNY"}
    assert body["items"][-1]["held"] == {"amount": "10000.00", "currency": "CNY"}
    assert len(body["items"]) == 8
    assert Api(app, world.key("cai")).get("money/periods").status_code == 404
    assert Api(app, None).get("money/periods").status_code == 401
    assert Api(app, world.key("wang")).get("money/periods", by="week").status_code == 422
    assert Api(app, world.key("wang")).get("money/periods", colour="red").status_code == 422


def test_an_empty_park_has_no_periods(app: Flask, world: World) -> None:
    page = Visitor(app, world, "wang").get("/money")
    assert "No money has moved yet." in page.text
    assert "<svg viewBox" not in page.html
    assert Visitor(app, world, "wang").client.get("/money/periods.csv").status_code == 200


def test_the_page_asks_a_constant_number_of_questions(app: Flask, world: World) -> None:
    paid(world, bought(world), "30000.00")
    owner = Visitor(app, world, "wang")
    before = questions(owner, "/money")
    for number in range(3):
        paid(world, bought(world, model=f"P{number}"), "30000.00")
    assert questions(owner, "/money") == before
