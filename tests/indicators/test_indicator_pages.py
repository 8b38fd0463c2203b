"""Indicators in both faces: who sees them, what stands there, what a spreadsheet gets, and at what cost."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from app.indicators.measuring import measure_all
from app.kernel.periods import period_at
from app.kernel.values import MICRO, clock_at
from tests.payments.test_money_pages import questions
from tests.web.visitor import Visitor
from tests.world import Api, World
from tests.worlds.indicators import indicator
from tests.worlds.ordering import again
from tests.worlds.payments import bought


@pytest.mark.parametrize("language,words", [("en", "No data"), ("zh", "无数据")])
def test_the_list_tells_value_target_and_completion(app: Flask, world: World, language: str, words: str) -> None:
    bought(world, "500.00", 1)
    indicator(world, target=1_000 * MICRO)
    indicator(world, "on_time_delivery", target=90 * MICRO)
    measure_all()
    page = Visitor(app, world, "wang", language=language).get("/indicators")
    assert page.status == 200
    for text in (words, "500.00", "≥ ", "1,000.00", "50%", "≥ 90%", period_at("month").label):
        assert text in page.text, text
    assert ("指标 volume" if language == "zh" else "Indicator volume") in page.text
    assert '<svg class="spark"' in page.html
    assert "style=" not in page.html


def test_staff_see_indicators_and_nobody_else(app: Flask, world: World) -> None:
    one = indicator(world)
    measure_all()
    paths = ("/indicators", f"/indicators/{one.id}", "/indicators.csv", f"/indicators/{one.id}/rows.csv")
    for name in ("wang", "shen", "tao"):
        visitor = Visitor(app, world, name)
        assert "/indicators" in visitor.get("/work").links.values()
        assert [visitor.client.get(path).status_code for path in paths] == [200] * 4
    for name in ("pu", "xiao", "fuwu"):
        visitor = Visitor(app, world, name)
        assert "/indicators" not in visitor.get("/work").links.values()
        assert [visitor.client.get(path).status_code for path in paths] == [404] * 4
        assert Api(app, world.key(name)).get(f"indicators/{one.id}/rows").status_code == 404


def test_only_those_who_keep_the_list_are_offered_to_change_it(app: Flask, world: World) -> None:
    one = indicator(world)
    for name, may in (("wang", True), ("ops", True), ("shen", False), ("tao", False)):
        visitor = Visitor(app, world, name)
        assert ("/indicators/new" in visitor.get("/indicators").links.values()) is may
        assert (f"/indicators/{one.id}/set_target" in visitor.get(f"/indicators/{one.id}").links.values()) is may
        assert visitor.get("/indicators/new").status == (200 if may else 403)


def test_the_owner_defines_one_on_the_page_and_changes_its_target(app: Flask, world: World) -> None:
    owner = Visitor(app, world, "wang")
    done = owner.do(
        "/indicators/new", code="K1", title_zh="三家比价", source="rfqs_with_quotes", target="90",
        **{"parameters-0-name": "least", "parameters-0-value": "2", "span": "quarter"},
    )  # fmt: skip
    assert done.status == 303, done.text
    page = owner.get(str(done.location))
    for text in ("三家比价", "≥ 90%", "Quotes at least", "It has not been measured yet."):
        assert text in page.text, text
    path = f"{done.location}/set_target"
    form = owner.get(path)
    assert form.forms[path]["target"] == "90"
    assert owner.send(path, on=form, target="85.5", reason="年度调整").status == 303
    assert "≥ 85.5%" in owner.get(str(done.location)).text
    wrong = owner.send(path, on=path, target="0", reason="x")
    assert wrong.status == 422
    assert "would always be met" in wrong.text


def test_the_page_of_one_leads_from_the_value_to_the_records_counted(app: Flask, world: World) -> None:
    order = again(bought(world, "500.00", 1))
    one = indicator(world, target=1_000 * MICRO)
    measure_all()
    auditor = Visitor(app, world, "shen")
    page = auditor.get(f"/indicators/{one.id}")
    assert page.html.count("<svg viewBox") == 2
    for text in ("Value of confirmed orders", "CNY 500.00", "more is better", "Rows behind", str(order.number)):
        assert text in page.text, text
    assert f"/orders/{order.id}" in page.links.values()
    before = period_at("month").earlier().label
    assert "Nothing was there to be counted" in auditor.get(f"/indicators/{one.id}", period=before).text
    for wrong in ("2026-13", "1999-01", "2026-Q1", "x"):
        assert auditor.get(f"/indicators/{one.id}", period=wrong).status == 404
    assert auditor.get(f"/indicators/{one.id}", after="' OR 1").status == 422
    rows = list(csv.reader(io.StringIO(
        auditor.client.get(f"/indicators/{one.id}/rows.csv").get_data(as_text=True).lstrip("\ufeff")
    )))  # fmt: skip
    assert rows[1] == [order.id, order.number, "confirmed", "50000", "0"]


def test_programs_read_values_and_rows(app: Flask, world: World) -> None:
    order = bought(world, "500.00", 1)
    one = indicator(world, target=1_000 * MICRO)
    measure_all()
    api = Api(app, world.key("shen"))
    body = api.get(f"indicators/{one.id}").get_json()
    assert (body["code"], body["target"], body["unit"]) == ("volume", "1000", "yuan")
    newest = body["values"][0]
    assert (newest["period"], newest["value"], newest["completion"]) == (period_at("month").label, "500", "50")
    rows = api.get(f"indicators/{one.id}/rows").get_json()
    assert rows["items"] == [
        {"id": order.id, "href": f"/api/v1/orders/{order.id}", "state": "confirmed", "part": 50_000, "whole": 0}
    ]
    assert api.get(f"indicators/{one.id}/rows", period="x").status_code == 422
    assert api.get(f"indicators/{one.id}/rows", colour="red").status_code == 422
    assert api.get("indicators/idc_nothing/rows").status_code == 404
    made = Api(app, world.key("ops")).post(
        "indicators", {"code": "N", "title_zh": "新", "source": "active_labs", "target": "3"}
    )
    assert made.status_code == 201, made.get_json()
    assert made.get_json()["values"] == []


def test_what_a_spreadsheet_would_run_is_disarmed(app: Flask, world: World) -> None:
    bought(world, "500.00", 1)
    for number, title in enumerate(("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", " =1", "-12.5")):
        indicator(world, code=f"C{number}", title_zh=title, title_en=title)
    measure_all()
    text = Visitor(app, world, "wang").client.get("/indicators.csv").get_data(as_text=True)
    assert text.startswith("\ufeffcode,title_zh,")
    rows = [row for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
            if row["period"] == period_at("month").label]  # fmt: skip
    assert [row["title_en"] for row in rows] == [
        "'=HYPERLINK(1)", "'+1+1", "'-2+3", "'@SUM(A1)", "' =1", "-12.5"
    ]  # fmt: skip
    assert (rows[0]["value"], rows[0]["numerator"]) == ("500", "50000")
    assert not re.search(r"(?m)(^|,)\"?[=+@]", text)


def test_an_empty_park_has_no_indicators_and_says_how_to_begin(app: Flask, world: World) -> None:
    page = Visitor(app, world, "wang").get("/indicators")
    assert "No indicator is defined yet." in page.text
    assert "/indicators/new" in page.links.values()
    assert "No indicator was retired." in Visitor(app, world, "wang").get("/indicators", state="retired").text
    assert Visitor(app, world, "wang").get("/indicators", state="x").status == 422


@pytest.mark.database_matters
def test_list_and_page_ask_a_constant_number_of_questions(app: Flask, world: World) -> None:
    bought(world, "500.00", 1)
    one = indicator(world)
    measure_all()
    auditor = Visitor(app, world, "shen")
    paths = ("/indicators", f"/indicators/{one.id}")
    before = [questions(auditor, path) for path in paths]
    for number in range(3):
        indicator(world, code=f"M{number}")
        bought(world, "10.00", 1, model=f"M{number}", supplier="supplier2")
    measure_all()
    assert [questions(auditor, path) for path in paths] == before


def test_early_in_a_month_the_month_before_is_held_against_the_target(app: Flask, world: World) -> None:
    bought(world, "500.00", 1)
    one = indicator(world, target=1_000 * MICRO)
    month = period_at("month")
    with clock_at(month.until + timedelta(hours=9)):
        measure_all()
        owner = Visitor(app, world, "wang")
        listed, page = owner.get("/indicators"), owner.get(f"/indicators/{one.id}")
    for text in (month.label, "500.00", "50%", "CNY 0.00"):
        assert text in listed.text, text
    assert f"/indicators/{one.id}?period={month.earlier(-1).label}" not in listed.html
    assert "50%" in page.text
