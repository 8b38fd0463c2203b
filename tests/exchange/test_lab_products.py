"""The open list of laboratory products: brands, part numbers, categories and typed specifications."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange import lab_products
from app.exchange.lab_products import part_numbers, plain_words, tidy_brand
from app.exchange.products import Spec, from_lab_products, read_products
from tests.exchange.product_samples import LAB_HEADINGS, lab, read


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_specs_of_the_open_list_are_read_or_reported(specs: str) -> None:
    for cell in (specs, '{"a": ' + specs + "}", '{"' + specs + '": 1}'):
        quoted = '"' + cell.replace('"', '""') + '"'
        found, errors = read(f"{LAB_HEADINGS}\nX,1,Name,b,m,,plate,,{quoted}".encode("utf-8", "replace"))
        assert len(found) + len(errors) == 1


@pytest.mark.parametrize(
    "spelling, brand",
    [
        ("thermo_fisher", "Thermo Fisher"), ("Thermo Fisher Scientific", "Thermo Fisher"), ("tecan", "Tecan"),
        ("biorad", "Bio-Rad"), ("vwr", "VWR"), ("nest", "NEST"), ("NEST", "NEST"), ("ibidi", "ibidi"),
        ("Li-Cor", "Li-Cor"), ("", ""),
    ],
)  # fmt: skip
def test_brands_are_spelt_one_way(spelling: str, brand: str) -> None:
    assert tidy_brand(spelling) == brand


def test_part_numbers_are_told_from_pieces_of_addresses() -> None:
    text = "no.s | corning.com | 353077 | alog | ions-5994-6035en-agilent.pdf | RES-SW1-LP"
    assert part_numbers(text) == ["353077", "RES-SW1-LP"]


@pytest.mark.parametrize("identifier", ["wellPlate", "well_plate", "well plate"])
def test_categories_are_mapped_by_identifier_or_by_plain_words(identifier: str) -> None:
    assert plain_words(identifier) == "well plate"
    content = f"{LAB_HEADINGS}\nX,1,Name,b,m,,{identifier},,".encode()
    (mapped,) = from_lab_products(io.BytesIO(content), categories={"well plate": "plates"})
    (unmapped,) = from_lab_products(io.BytesIO(content))
    assert (mapped.category, unmapped.category) == ("plates", "other")


def test_a_price_is_given_by_the_caller_or_on_request() -> None:
    content = f"{LAB_HEADINGS}\nX,1,Name,b,m,,plate,,".encode()
    (priced,) = from_lab_products(io.BytesIO(content), price=lambda row: len(row.name_en) * 100)
    (unpriced,) = from_lab_products(io.BytesIO(content))
    assert (priced.price_minor, unpriced.price_minor) == (400, None)


def test_specs_of_the_open_list_are_typed_from_their_names() -> None:
    found, errors = lab(
        'X,1,Name,b,m,12-3 | 45-6,plate,,"{""size_x_mm"": 127.76, ""well_volume_ul"": 240, ""yDimension"": 1.50, '
        '""footprintXDimension"": 9, ""lidHeight"": 2, ""wells"": 96, ""sterile"": true, ""format"": ""96Standard""}"'
    )
    assert errors == []
    assert found[0].part_no == "12-3"
    assert found[0].specs == (
        Spec("size_x", "127.76", Decimal("127.76"), "mm"),
        Spec("well_volume", "240", Decimal(240), "µL"),
        Spec("size_y", "1.50", Decimal("1.50"), "mm"),
        Spec("footprint_size_x", "9", Decimal(9), "mm"),
        Spec("lid_height", "2", Decimal(2), "mm"),
        Spec("wells", "96", Decimal(96), ""),
        Spec("sterile", "yes", None, ""),
        Spec("format", "96Standard", None, ""),
        Spec("part_numbers", "45-6", None, ""),
    )


@pytest.mark.parametrize(
    "specs",
    ["{", '{""a"": NaN}', '{""a"": 1e999999999}', '{""a"": [1]}', '{"""": 1}', '{""a"": ' + "[" * 9000 + "}", "plate"],
)
def test_specs_that_cannot_be_read_are_reported_by_row(specs: str) -> None:
    found, errors = lab(f'X,1,Name,b,m,,plate,,"{specs}"', "X,2,Name,b,m,,plate,,a=1 mm")
    assert [row.supplier_sku for row in found] == ["X:2"]
    assert [(error.row, error.column) for error in errors] == [(2, "specs")]


def test_the_real_list_is_read_with_its_brands_merged(real_file: Callable[[str], Path]) -> None:
    with real_file("catalogue/lab_products.csv").open("rb") as stream:
        found, errors = read_products(stream)
    assert (len(found), errors) == (677, [])
    assert sorted(row.supplier_sku for row in found if "#" in row.supplier_sku) == [
        "Opentrons:module:magneticModuleV1#2",
        "Opentrons:module:magneticModuleV2#2",
        "Opentrons:module:temperatureModuleV2#2",
    ]
    brands = {row.brand for row in found}
    assert len(brands) == len({brand.casefold() for brand in brands}) == 56
    assert not any("_" in brand for brand in brands)
    assert len({row.supplier_sku for row in found}) == 677
    assert all(row.category == lab_products.DEFAULT_CATEGORY and row.price_minor is None for row in found)
    assert sum(bool(row.part_no) for row in found) > 150
    assert sum(any(spec.number is not None for spec in row.specs) for row in found) > 300


def test_real_rows_in_the_encoding_of_chinese_spreadsheets_are_read(real_file: Callable[[str], Path]) -> None:
    text = real_file("catalogue/lab_products.csv").read_text(encoding="utf-8")
    found, _ = read(text.encode("gb18030"))
    assert len(found) == 677
