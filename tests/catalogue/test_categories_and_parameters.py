"""The category tree hangs together, and one property is one parameter however it is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.catalogue import categories, parameters
from app.catalogue.brands import aliases
from app.catalogue.models import CATEGORY_CHARS
from app.catalogue.question import read


def test_every_category_has_two_names_and_a_parent() -> None:
    for code, one in categories.CATEGORIES.items():
        assert all((one.zh, one.en)), code
        assert one.parent is None or one.parent in categories.CATEGORIES, code
        assert len(code) <= CATEGORY_CHARS
        assert categories.path(code)[-1] == code
        assert categories.path(code)[0] in categories.children(None)


def test_a_path_leads_from_the_root_down() -> None:
    assert categories.path("instruments.life_science.pcr") == (
        "instruments", "instruments.life_science", "instruments.life_science.pcr",
    )  # fmt: skip
    assert "instruments.life_science.pcr" in categories.children("instruments.life_science")
    assert categories.children("other") == ()
    assert categories.path("no.such") == ("other",)
    assert categories.name("instruments.centrifuges", "zh") == "离心机"
    assert categories.name("no.such", "en") == "no.such"


@pytest.mark.parametrize(
    "code,kind,fits",
    [
        ("services.testing", "service", True), ("services.testing", "goods", False), ("labware.tubes", "goods", True),
        ("labware.tubes", "service", False), ("other", "goods", True), ("other", "service", True),
    ],
)  # fmt: skip
def test_services_and_goods_have_roots_of_their_own(code: str, kind: str, fits: bool) -> None:
    assert categories.fits(code, kind) is fits


def spec(key: str, number: str | None, unit: str = "", value: str = "") -> dict[str, Any]:
    return {"key": key, "value": value or number, "number": number, "unit": unit}


@pytest.mark.parametrize(
    "given,typed",
    [
        (spec("最高转速", "21000", "r/min"), {"max_speed": 21_000.0}),
        (spec("Max_Speed", "21", "krpm"), {"max_speed": 21_000.0}),
        (spec("Capacity", "0.5", "L"), {"capacity": 500.0}),
        (spec("可读性", "0.1", "mg"), {"readability": 0.0001}),
        (spec("capacity", "3", "furlong"), {}),
        (spec("rotor", None, value="fixed angle"), {"rotor": "fixed angle"}),
        (spec("Rotor positions", "6"), {"rotor_positions": 6.0}),
        (spec("转子", None, value="角转子"), {}),
        (spec("x" * 80, "1"), {"x" * 64: 1.0}),
    ],
)
def test_properties_become_typed_parameters_in_base_units(given: dict[str, Any], typed: dict[str, Any]) -> None:
    assert parameters.typed([given]) == typed


def test_every_category_with_parameters_exists_and_every_base_unit_is_known() -> None:
    assert set(parameters.FOR_CATEGORY) <= set(categories.CATEGORIES)
    assert {one.code for code in parameters.FOR_CATEGORY for one in parameters.for_category(code)} <= set(
        parameters.PARAMETERS
    )
    for one in parameters.PARAMETERS.values():
        assert parameters.in_base_unit(Decimal(2), one.unit, one.unit) == 2.0


def test_a_subcategory_asks_what_its_parent_asks() -> None:
    assert parameters.for_category("cold_storage.ultra_low") == parameters.for_category("cold_storage")
    assert parameters.for_category(None) == ()


def test_a_brand_is_known_by_its_other_names() -> None:
    assert "赛默飞" in aliases("thermo fisher scientific")
    assert "Xiangyi" in aliases("湘仪")
    assert aliases("Nobody") == ()


def test_a_question_is_read_from_an_address() -> None:
    found = read({
        "q": ["  离心机 "], "category": ["instruments.centrifuges"], "brand": ["湘仪", "湘仪", "IKA"],
        "price_from": ["１,000.50"], "lead_time": ["30"], "max_speed_from": ["20,000"], "sort": ["price"],
        "priced": ["1"], "limit": ["10"],
    })  # fmt: skip
    search = found.search
    assert found.problems == {}
    assert (search.text, search.brands, search.price_from_minor) == ("离心机", ("湘仪", "IKA"), 100_050)
    assert (search.currency, search.max_lead_time_days, search.limit) == ("CNY", 30, 10)
    assert search.ranges == {"max_speed": (20_000.0, None)}
    assert not search.include_on_request


@pytest.mark.parametrize(
    "name,value",
    [
        ("category", "nonsense"), ("supplier", "org_1"), ("kind", "gadget"), ("currency", "XXX"), ("price_from", "-1"),
        ("price_to", "ten"), ("price_to", "1e9"), ("lead_time", "soon"), ("lead_time", "99999"), ("sort", "colour"),
        ("limit", "0"), ("limit", "101"), ("max_speed_from", "fast"), ("max_speed_to", "nan"), ("price_from", "0.001"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_and_left_out(name: str, value: str) -> None:
    found = read({name: [value], "q": ["x"]})
    assert list(found.problems) == [name]
    assert found.search.text == "x"


def test_hostile_lengths_and_numbers_of_values_are_cut() -> None:
    found = read({"q": ["x" * 10_000], "brand": [str(n) for n in range(1_000)], "after": ["y" * 1_000]})
    assert len(found.search.text) == 200
    assert len(found.search.brands) == 64
    assert len(found.search.after or "") == 200
