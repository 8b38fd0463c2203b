"""Product files in our own template, and everything people do to a CSV file."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange import product_rows, sheets
from app.exchange.products import (
    COLUMNS,
    UNKNOWN_COLUMN,
    ProductRow,
    RowError,
    Spec,
)
from tests.exchange.product_samples import HEADINGS, LAB_HEADINGS, read, rows

GOOD = "goods,balance,电子天平,Balance,1234.5,台,max=220 g; mode=auto,S1"


def test_a_full_row_of_the_template_is_read_with_its_types() -> None:
    values = {
        "kind": "service", "category": "calibration", "name_zh": "校准", "name_en": "Calibration", "brand": "B",
        "model": "M", "part_no": "P-1", "summary_zh": "摘要", "summary_en": "Summary", "price": '"1,234"',
        "currency": "jpy", "price_basis": "30", "unit": "次", "lead_time_days": "14", "warranty_months": "12",
        "vat_rate": "9", "specs": "range=0-5; max=220 g", "supplier_sku": "S1",
    }  # fmt: skip
    found, errors = read(",".join(reversed(values)) + "\n" + ",".join(reversed(list(values.values()))))
    assert errors == []
    assert found == [
        ProductRow(
            kind="service", category="calibration", name_zh="校准", name_en="Calibration", brand="B", model="M",
            part_no="P-1", summary_zh="摘要", summary_en="Summary", price_minor=1234, currency="JPY",
            price_basis=Decimal(30), unit="次", lead_time_days=14, warranty_months=12, vat_rate=Decimal(9),
            specs=(Spec("range", "0-5", None, ""), Spec("max", "220", Decimal(220), "g")), supplier_sku="S1",
        )
    ]  # fmt: skip


def test_empty_cells_have_the_defaults_of_the_template() -> None:
    found, errors = rows("goods,x,天平,,,台,,S1", "服务,x,,Check,,time,,S2")
    assert errors == []
    assert [(row.price_minor, row.currency, row.price_basis, row.vat_rate) for row in found] == [
        (None, "CNY", Decimal(1), Decimal(13)),
        (None, "CNY", Decimal(1), Decimal(6)),
    ]
    assert (found[0].lead_time_days, found[0].warranty_months, found[0].specs) == (None, None, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(encoding: str, delimiter: str, ending: str) -> None:
    cells = ["goods", "balance", "电子天平", "Balance", "1234.50", "台", '"max=220 g; mode=auto"', "S1"]
    text = ending.join([delimiter.join(HEADINGS.split(",")), delimiter.join(cells), ""])
    found, errors = read(text.encode(encoding))
    assert errors == []
    assert [(row.name_zh, row.price_minor, len(row.specs)) for row in found] == [("电子天平", 123450, 2)]


def test_every_error_of_a_row_is_told_and_the_row_is_left_out() -> None:
    found, errors = rows(GOOD, "good,,,,面议,,a,")
    assert [row.supplier_sku for row in found] == ["S1"]
    assert {(error.row, error.column, error.value) for error in errors} == {
        (3, "kind", "good"),
        (3, "category", ""),
        (3, "name_zh", ""),
        (3, "price", "面议"),
        (3, "unit", ""),
        (3, "specs", "a"),
        (3, "supplier_sku", ""),
    }


def test_rows_have_the_numbers_a_spreadsheet_shows() -> None:
    text = f'{HEADINGS}\n{GOOD}\n\n,,,,,,,\n"goods",x,"two\nlines",,abc,台,,S2\ngoods,x,y,,abc,台,,S3\n'
    found, errors = read(text)
    assert len(found) == 1
    assert [(error.row, error.column) for error in errors] == [(5, "price"), (6, "price")]


def test_a_heading_nobody_knows_stops_the_file_and_names_those_we_know() -> None:
    found, errors = rows(GOOD, headings=HEADINGS.replace("price", "prize"))
    assert found == []
    assert errors == [RowError(1, "prize", "prize", UNKNOWN_COLUMN)]
    assert all(column in UNKNOWN_COLUMN for column in COLUMNS)


@pytest.mark.parametrize(
    "headings, columns",
    [
        ("kind,kind,category,name_en,unit,supplier_sku", ["kind"]),
        ("name_zh,price", ["kind", "category", "unit", "supplier_sku"]),
        ("kind,category,unit,supplier_sku", ["name_zh"]),
        ("\x00", ["kind", "category", "unit", "supplier_sku", "name_zh"]),
    ],
)
def test_missing_and_double_headings_are_named(headings: str, columns: list[str]) -> None:
    found, errors = rows("a,b,c,d,e,f", headings=headings)
    assert found == []
    assert [error.column for error in errors][-len(columns) :] == columns


def test_empty_columns_at_the_end_do_no_harm() -> None:
    found, errors = rows(GOOD + ",,", headings=HEADINGS + ",,")
    assert (len(found), errors) == (1, [])


@pytest.mark.parametrize(
    "price, currency, minor",
    [
        ("1234.5", "CNY", 123450),
        ('"1,234,567.89"', "CNY", 123456789),
        ("１２３４．５０", "CNY", 123450),
        ("0.005", "KWD", 5),
        ("0.0001", "UYW", 1),
        ("7", "JPY", 7),
        ("10000000000000.00", "CNY", 10**15),
    ],
)
def test_prices_are_exact_in_minor_units(price: str, currency: str, minor: int) -> None:
    found, errors = rows(
        f"goods,x,y,{price},{currency},台,S", headings="kind,category,name_zh,price,currency,unit,supplier_sku"
    )
    assert errors == []
    assert found[0].price_minor == minor


@pytest.mark.parametrize(
    "price",
    ["面议", "-1", "1e5", "1 000", "12,34", '"1,23"', "0", "1.234", "NaN", "¥5", "100000000000001", "=1+1", "1_000"],
)
def test_prices_that_are_none_are_refused(price: str) -> None:
    quoted = price if price.startswith('"') else f'"{price}"'
    found, errors = rows(f"goods,x,y,,{quoted},台,,S")
    assert found == []
    assert [(error.row, error.column) for error in errors] == [(2, "price")]


@pytest.mark.parametrize(
    "column, value",
    [
        ("currency", "RMB"), ("currency", "XAU"), ("price_basis", "0"), ("price_basis", "0.0000001"),
        ("lead_time_days", "1.5"), ("lead_time_days", "99999"), ("warranty_months", "-1"), ("warranty_months", "两年"),
        ("vat_rate", "101"), ("vat_rate", "13.005"), ("specs", "a=1; A=2"), ("specs", "a="), ("specs", "=1"),
        ("brand", "b" * 121), ("name_en", "n" * 201),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused_at_their_column(column: str, value: str) -> None:
    headings = "kind,category,name_zh,unit,supplier_sku"
    found, errors = rows(f"goods,x,y,台,S,{value}", headings=f"{headings},{column}")
    assert found == []
    assert [(error.row, error.column, error.value) for error in errors] == [(2, column, value[:80])]


def test_reasons_name_the_limits_as_they_are() -> None:
    limits = {product_rows.DAYS_LIMIT: "lead_time_days", product_rows.MONTHS_LIMIT: "warranty_months"}
    texts = {
        product_rows.UNIT_LIMIT: "unit",
        product_rows.CATEGORY_LIMIT: "category",
        product_rows.SHORT_LIMIT: "brand",
    }
    texts |= {product_rows.NAME_LIMIT: "name_zh", product_rows.SUMMARY_LIMIT: "summary_en"}
    headings = "kind,category,name_zh,unit,supplier_sku,brand,summary_en,lead_time_days,warranty_months"
    row = dict(zip(headings.split(","), ["goods", "x", "y", "台", "S", "", "", "", ""], strict=True))
    for limit, column in {**limits, **texts}.items():
        fitting = str(limit) if limit in limits else "a" * limit
        excessive = str(limit + 1) if limit in limits else "a" * (limit + 1)
        assert rows(",".join({**row, column: fitting}.values()), headings=headings)[1] == []
        _, (error,) = rows(",".join({**row, column: excessive}.values()), headings=headings)
        assert f"{limit:,}" in error.reason


def test_a_percent_sign_is_understood() -> None:
    found, _ = rows("goods,x,y,台,S,13 %", headings="kind,category,name_zh,unit,supplier_sku,vat_rate")
    assert found[0].vat_rate == 13


@pytest.mark.parametrize(
    "value, number, unit",
    [
        ("15000 rpm", "15000", "rpm"), ("0.1mg", "0.1", "mg"), ("-80 °C", "-80", "°C"), ("18.2 MΩ·cm", "18.2", "MΩ·cm"),
        ("96", "96", ""), ("10-200 µL", None, ""), ("fixed angle", None, ""), ("2022-01-31", None, ""),
        ("1e5", None, ""), ("1,000 g", None, ""), ("5 m/s", "5", "m/s"),
    ],
)  # fmt: skip
def test_specifications_are_typed_when_they_are_one_measure(value: str, number: str | None, unit: str) -> None:
    (found,) = product_rows.parse_specs(f"key={value}")
    assert found == Spec("key", number or value, Decimal(number) if number else None, unit)


def test_text_that_looks_like_a_formula_stays_text() -> None:
    found, errors = rows("goods,x,=HYPERLINK(1),@SUM(A1),,台,note=-cmd|x,+1")
    assert errors == []
    assert (found[0].name_zh, found[0].name_en, found[0].supplier_sku) == ("=HYPERLINK(1)", "@SUM(A1)", "+1")


@pytest.mark.parametrize(
    "line, column",
    [
        ("goods,x,a\x00b,,,台,,S", "name_zh"),
        ("goods,x,a\x1bb,,,台,,S", "name_zh"),
        (GOOD + ",surplus", ""),
        ("goods,x,y", ""),
        ('goods,x,"y"z,,,台,,S', ""),
        ("goods,x," + "y" * 20_001 + ",,,台,,S", "name_zh"),
        ("goods,x," + "y" * 140_000 + ",,,台,,S", ""),
    ],
)
def test_a_damaged_row_is_reported_and_the_next_one_read(line: str, column: str) -> None:
    found, errors = rows(line, GOOD)
    assert [row.supplier_sku for row in found] == ["S1"]
    assert [(error.row, error.column) for error in errors] == [(2, column)]
    assert all(len(error.value) <= 80 for error in errors)


def test_a_quotation_mark_that_never_closes_is_an_error_and_not_a_huge_cell() -> None:
    found, errors = rows(GOOD, 'goods,x,"y,,,台,,S', GOOD)
    assert len(found) == 1
    assert [error.row for error in errors] == [3]


def test_limits_of_file_line_rows_and_errors_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS_LIMIT", 3)
    monkeypatch.setattr(sheets, "ERRORS_LIMIT", 2)
    found, errors = rows(*(GOOD.replace("S1", f"S{number}") for number in range(9)))
    assert (len(found), [error.row for error in errors]) == (3, [5])
    _, errors = rows("a", "b", "c", "d")
    assert len(errors) == 3
    assert errors[-1].reason == "There are more errors; only the first 5,000 are listed."
    monkeypatch.setattr(sheets, "LINE_LIMIT", 200)
    assert [error.row for error in rows("y" * 300)[1]] == [0]
    monkeypatch.setattr(sheets, "FILE_LIMIT", 50)
    assert [error.row for error in rows(GOOD)[1]] == [0]
    monkeypatch.undo()
    assert (sheets.ERRORS_LIMIT, sheets.CELL_LIMIT) == (5_000, 20_000)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xff\xff", b"\xff\xfe\x00"])
def test_files_that_are_no_text_or_empty_are_reported(content: bytes) -> None:
    found, errors = read(content)
    assert found == []
    assert [error.row for error in errors] == [0]


def test_the_same_number_twice_is_refused_the_second_time() -> None:
    found, errors = rows(GOOD, GOOD)
    assert len(found) == 1
    assert [(error.row, error.column, error.value) for error in errors] == [(3, "supplier_sku", "S1")]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([b"", HEADINGS.encode() + b"\n", LAB_HEADINGS.encode() + b"\n"]), st.binary(max_size=300))
def test_any_bytes_give_rows_or_errors_but_never_an_exception(start: bytes, content: bytes) -> None:
    found, errors = read(start + content)
    assert all(len(error.value) <= 80 for error in errors)
    assert found or errors or not content.strip() or start


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=18, max_size=18), min_size=1, max_size=3))
def test_any_texts_in_the_cells_give_sound_rows_or_errors(lines: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    found, errors = read(("\n".join([",".join(COLUMNS), *quoted])).encode("utf-8", "replace"))
    for row in found:
        assert row.supplier_sku
        assert row.name_zh or row.name_en
    assert found or errors or not any(cell.strip() for line in lines for cell in line)
