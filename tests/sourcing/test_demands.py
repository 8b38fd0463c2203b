"""Typed demands: read in units, refused where they fit no parameter, measured against what is offered."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.catalogue.comparing import table
from app.catalogue.comparing.common import in_common
from app.kernel.actors import ANONYMOUS
from app.kernel.errors import Refusal
from app.kernel.values import MICRO, clock_at
from app.sourcing import demands
from app.sourcing.comparison import comparison
from app.sourcing.models import Rfq
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds.catalogue import listing
from tests.worlds.sourcing import BACK, answer, close, quote, rfq

CENTRIFUGES = "instruments.centrifuges"

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def demand(attribute: str, operator: str, value: str, unit: str = "", **more: Any) -> dict[str, Any]:
    return {"attribute": attribute, "name": "", "operator": operator, "value": value, "unit": unit, **more}


@pytest.mark.parametrize(
    "wanted,offered,verdict",
    [
        (demand("max_speed", "at_least", "20", "krpm"), "20000 rpm", "none"),
        (demand("max_speed", "at_least", "20000", "rpm"), "21 krpm", "positive"),
        (demand("max_speed", "at_least", "20000", "rpm"), "19999 rpm", "negative"),
        (demand("max_speed", "at_most", "20000", "rpm"), "19999 rpm", "positive"),
        (demand("max_speed", "equal", "20000", "rpm"), "20 krpm", "none"),
        (demand("max_speed", "range", "10 - 20", "krpm"), "15000 rpm", "none"),
        (demand("max_speed", "range", "10 - 20", "krpm"), "25000 rpm", "negative"),
        (demand("max_speed", "one_of", "15000, 20000", "rpm"), "20 krpm", "none"),
        (demand("max_speed", "at_least", "20000", "rpm"), "very fast", None),
        (demand("max_speed", "at_least", "20000", "rpm"), "20000", "none"),
        (demand("capacity", "at_least", "3", "L"), "4 × 750 mL", "none"),
        (demand("temperature", "range", "-10 - 40", "°C"), "-20 – 40 °C", "positive"),
        (demand("temperature", "range", "-10 - 40", "°C"), "0 – 40 °C", "negative"),
        (demand("temperature", "at_least", "40", "°C"), "-20 – 60 °C", "positive"),
        (demand("temperature", "at_most", "-10", "°C"), "0 – 40 °C", "negative"),
        ({"name": "颜色", "operator": "equal", "value": "白", "unit": ""}, "白", None),
    ],
)
def test_what_is_offered_is_measured(world: World, wanted: dict[str, Any], offered: str, verdict: str | None) -> None:
    del world
    assert demands.measured(CENTRIFUGES, wanted, offered) == verdict


@pytest.mark.parametrize(
    "category,wanted,code",
    [
        (None, demand("max_speed", "at_least", "1", "rpm"), "demand_category_missing"),
        (CENTRIFUGES, demand("no_such", "at_least", "1"), "demand_attribute_unknown"),
        (CENTRIFUGES, demand("max_speed", "at_least", "fast"), "demand_value_unreadable"),
        (CENTRIFUGES, demand("rotor_type", "at_least", "角转子"), "demand_operator_unfit"),
    ],
)
def test_what_fits_no_parameter_is_refused_at_its_field(
    app: Flask, world: World, category: str | None, wanted: dict[str, Any], code: str
) -> None:
    body = body_of([{"title": "离心机", "quantity": "1", "category": category, "demands": [wanted]}])
    answer = Api(app, world.key("pu")).post("rfqs", body)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["errors"]


def test_free_text_still_works_and_has_no_attribute(app: Flask, world: World) -> None:
    words = {"name": "颜色", "operator": "equal", "value": "白"}
    body = body_of([{"title": "离心机", "quantity": "1", "demands": [words]}])
    answer = Api(app, world.key("pu")).post("rfqs", body)
    assert answer.status_code == 201, answer.json
    assert "attribute" not in answer.json["lines"][0]["demands"][0]
    body["lines"][0]["demands"] = [{"operator": "equal", "value": "白"}]
    assert Api(app, world.key("pu")).post("rfqs", body).status_code == 422


def body_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": "离心机", "deadline": "2100-01-01T00:00:00+08:00", "lines": lines}


def asked(world: World, state: str = "open") -> Rfq:
    """A request with two typed demands, the first mandatory."""
    line = {
        "title": "离心机", "quantity": MICRO, "unit": "台", "category": CENTRIFUGES,
        "demands": [demand("max_speed", "at_least", "20000", "rpm", mandatory=True),
                    demand("capacity", "at_least", "3", "L")],
    }  # fmt: skip
    made: Rfq = rfq(world, state, lines=[line], invite=("supplier",))
    return made


def answered(world: World, request: Rfq, *deviations: dict[str, Any], submit: bool = False) -> Any:
    line = answer(request.lines[0], "100.00", deviations=list(deviations))
    return quote(world, request, lines=[line], submit=submit).versions[-1].lines[0]


def test_a_supplier_need_not_say_what_can_be_measured(world: World) -> None:
    rfq = asked(world)
    line = answered(world, rfq, {"index": 0, "offered": "21 krpm"}, {"index": 1, "offered": "4×500 mL"})
    assert [entry["deviation"] for entry in line.deviations] == ["positive", "negative"]


def test_a_supplier_cannot_say_more_than_is_measured(world: World) -> None:
    rfq = asked(world)
    with pytest.raises(Refusal) as refused:
        answered(world, rfq, {"index": 0, "offered": "15000 rpm", "deviation": "none"})
    assert refused.value.code == "worse_than_said"


def test_what_cannot_be_read_is_the_suppliers_word(world: World) -> None:
    line = answered(world, asked(world), {"index": 0, "offered": "见附件", "deviation": "none"})
    assert line.deviations[0]["deviation"] == "none"


def test_compared_listings_become_a_line_with_the_demands_they_share(app: Flask, world: World) -> None:
    made = [
        listing(world, model=model, specs=[{"key": "最高转速", "value": speed, "unit": "rpm"}])
        for model, speed in (("A", "21000"), ("B", "16000"))
    ]
    found = table.compared([one.id for one in made], ANONYMOUS)
    assert [(code, words) for code, _one, words in in_common(found, (), "en")] == [
        ("max_speed", {"operator": "at_least", "value": "16000", "unit": "rpm"})
    ]
    pu = Visitor(app, world, "pu")
    page = pu.get("/rfqs/new", compared=[one.id for one in made])
    form = page.forms["/rfqs/new"]
    assert form["lines-0-demands-0-value"] == "16000"
    assert 'value="max_speed" selected' in page.html
    assert f'value="{CENTRIFUGES}" selected' in page.html


def test_the_comparison_of_quotes_says_what_is_met_and_shuts_out_what_is_not(app: Flask, world: World) -> None:
    with clock_at(BACK):
        request = asked(world)
        answered(world, request, {"index": 0, "offered": "15000 rpm"}, {"index": 1, "offered": "3.2 L"}, submit=True)
    request = close(request)
    cell = comparison(request, world.actor("pu")).columns[0].cells[0]
    assert (cell.selectable, cell.reason is not None and cell.reason.code) == (False, "negative_deviation")
    page = Visitor(app, world, "pu").get(f"/rfqs/{request.id}/compare")
    assert "measured: 1 of 2 demands met" in page.text
    assert "not met: Maximum speed ≥ 20000 rpm" in page.text


def test_a_request_edited_on_its_page_keeps_its_typed_demands(app: Flask, world: World) -> None:
    request = asked(world, "draft")
    pu = Visitor(app, world, "pu")
    page = pu.get(f"/rfqs/{request.id}/edit")
    assert 'value="max_speed" selected' in page.html
    typed = {name: value for name, value in page.forms[f"/rfqs/{request.id}/edit"].items() if name.startswith("lines")}
    assert typed["lines-0-demands-1-value"] == "3"
