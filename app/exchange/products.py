"""Products from a file: our own import template, or the open list of laboratory products; recognised by its headings.

A row with an error is left out and every error in it is told. A file whose headings are not understood is not read at
all: a misspelt "price" would otherwise make every price "on request".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO, Final

from app.exchange import lab_products
from app.exchange.lab_products import PriceOf
from app.exchange.product_rows import (
    CATEGORY_LIMIT,
    DAYS_LIMIT,
    DEFAULT_CURRENCY,
    MONTHS_LIMIT,
    NAME_LIMIT,
    SHORT_LIMIT,
    SUMMARY_LIMIT,
    UNIT_LIMIT,
    VAT_PERCENT,
    ProductRow,
    Spec,
    parse_specs,
)
from app.exchange.sheets import RowError, RowErrors, Sheet, read_sheet
from app.kernel.values import CURRENCIES, N_, Money, micro

__all__ = ["COLUMNS", "ProductRow", "RowError", "Spec", "from_lab_products", "read_products"]

COLUMNS: Final = (
    "kind", "category", "name_zh", "name_en", "brand", "model", "part_no", "summary_zh", "summary_en", "price",
    "currency", "price_basis", "unit", "lead_time_days", "warranty_months", "vat_rate", "specs", "supplier_sku",
)  # fmt: skip
"""Headings of the template; their order is free."""
REQUIRED: Final = ("kind", "category", "unit", "supplier_sku")
UNKNOWN_COLUMN: Final = N_(
    "This column is not known. Columns are: kind, category, name_zh, name_en, brand, model, part_no, summary_zh, "
    "summary_en, price, currency, price_basis, unit, lead_time_days, warranty_months, vat_rate, specs, supplier_sku."
)

_TOO_LONG: Final = {
    UNIT_LIMIT: N_("At most 20 characters are allowed."),
    CATEGORY_LIMIT: N_("At most 60 characters are allowed."),
    SHORT_LIMIT: N_("At most 120 characters are allowed."),
    NAME_LIMIT: N_("At most 200 characters are allowed."),
    SUMMARY_LIMIT: N_("At most 2,000 characters are allowed."),
}
_KINDS: Final = {"goods": "goods", "service": "service", "商品": "goods", "货物": "goods", "服务": "service"}
_DECIMAL = re.compile(r"([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.[0-9]{1,12})?")


def read_products(
    stream: BinaryIO, *, categories: Mapping[str, str] | None = None, price: PriceOf | None = None
) -> tuple[list[ProductRow], list[RowError]]:
    """The products of a file, and what is wrong by row and column. `categories` and `price` serve the open list."""
    errors = RowErrors()
    expected = frozenset(COLUMNS) | lab_products.HEADINGS | lab_products.OTHER_HEADINGS
    sheet = read_sheet(stream, errors, expected=expected)
    rows: Iterable[tuple[int, ProductRow]] = ()
    if sheet and set(sheet.headings) >= lab_products.HEADINGS:
        rows = lab_products.translate(sheet, errors, categories=categories or {}, price=price)
    elif sheet and _understood(sheet.headings, errors):
        rows = _template_rows(sheet, errors)
    return list(_first_of_each(rows, errors)), sorted(errors.listed, key=lambda error: error.row)


def from_lab_products(
    stream: BinaryIO, *, categories: Mapping[str, str] | None = None, price: PriceOf | None = None
) -> Iterator[ProductRow]:
    """The good rows of the open list; `read_products` tells about the others."""
    errors = RowErrors()
    sheet = read_sheet(stream, errors, expected=lab_products.HEADINGS | lab_products.OTHER_HEADINGS)
    if sheet and set(sheet.headings) >= lab_products.HEADINGS:
        rows = lab_products.translate(sheet, errors, categories=categories or {}, price=price)
        yield from _first_of_each(rows, errors)


def _understood(headings: tuple[str, ...], errors: RowErrors) -> bool:
    before = len(errors.listed)
    for number, heading in enumerate(headings):
        if heading not in COLUMNS:
            errors.report(1, heading, heading, UNKNOWN_COLUMN)
        elif heading in headings[:number]:
            errors.report(1, heading, heading, N_("This column is there twice."))
    for column in REQUIRED:
        if column not in headings:
            errors.report(1, column, "", N_("This column is missing."))
    if "name_zh" not in headings and "name_en" not in headings:
        errors.report(1, "name_zh", "", N_("A column name_zh or name_en is needed."))
    return len(errors.listed) == before


def _first_of_each(rows: Iterable[tuple[int, ProductRow]], errors: RowErrors) -> Iterator[ProductRow]:
    seen: set[str] = set()
    for row, product in rows:
        if product.supplier_sku in seen:
            errors.report(row, "supplier_sku", product.supplier_sku, N_("This number is in an earlier row already."))
            continue
        seen.add(product.supplier_sku)
        yield product


def _template_rows(sheet: Sheet, errors: RowErrors) -> Iterator[tuple[int, ProductRow]]:
    for row, cells in sheet.rows:
        reader = _Cells(row, cells, errors)
        product = _product(reader)
        if reader.is_good:
            yield row, product


@dataclass(slots=True)
class _Cells:
    """One row of the template. Every reader answers something, so that all errors of a row are found at once."""

    row: int
    cells: dict[str, str]
    errors: RowErrors
    is_good: bool = True

    def refuse(self, column: str, reason: str) -> None:
        self.is_good = False
        self.errors.report(self.row, column, self.cells.get(column, ""), reason)

    def text(self, column: str, limit: int, *, needed: bool = False) -> str:
        value = self.cells.get(column, "")
        if needed and not value:
            self.refuse(column, N_("This cell must be filled."))
        if len(value) > limit:
            self.refuse(column, _TOO_LONG[limit])
        return value

    def decimal(self, column: str, suffix: str = "") -> Decimal | None:
        """A number as people write it, full-width digits and thousands separators included; None when empty."""
        written = unicodedata.normalize("NFKC", self.cells.get(column, "")).removesuffix(suffix).rstrip()
        if not written:
            return None
        if not _DECIMAL.fullmatch(written):
            self.refuse(column, N_("Expected a number such as 1234.50."))
            return None
        return Decimal(written.replace(",", ""))

    def whole(self, column: str, limit: int, reason: str) -> int | None:
        number = self.decimal(column)
        if number is not None and (number != number.to_integral_value() or number > limit):
            self.refuse(column, reason)
            return None
        return None if number is None else int(number)

    def kind(self) -> str:
        kind = _KINDS.get(self.text("kind", SHORT_LIMIT, needed=True).lower(), "")
        if not kind and self.cells["kind"]:
            self.refuse("kind", N_("Expected goods or service."))
        return kind or "goods"

    def currency(self) -> str:
        code = self.cells.get("currency", "").upper() or DEFAULT_CURRENCY
        if code not in CURRENCIES:
            self.refuse("currency", N_("This is not a current ISO 4217 currency."))
            return DEFAULT_CURRENCY
        return code

    def price(self, currency: str) -> int | None:
        number = self.decimal("price")
        if number is None:
            return None
        if number == 0:
            self.refuse("price", N_("A price is more than zero; leave it empty for a price on request."))
            return None
        try:
            return Money.parse(number, currency).minor
        except ValueError:
            self.refuse("price", N_("The price is too large or has more decimals than its currency."))
            return None

    def basis(self) -> Decimal:
        number = self.decimal("price_basis")
        try:
            if number is not None and micro(number) <= 0:
                raise ValueError("not positive")
        except ValueError:
            self.refuse("price_basis", N_("Expected a quantity above zero with at most six decimals."))
        return Decimal(1) if number is None else number

    def vat_rate(self, kind: str) -> Decimal:
        number = self.decimal("vat_rate", "%")
        if number is not None and (number > 100 or number * 100 != (number * 100).to_integral_value()):
            self.refuse("vat_rate", N_("Expected a percentage such as 13."))
        return VAT_PERCENT[kind] if number is None else number

    def specs(self) -> tuple[Spec, ...]:
        try:
            return parse_specs(self.cells.get("specs", ""))
        except ValueError:
            self.refuse("specs", N_("Expected pairs such as: speed=15000 rpm; rotor=fixed angle."))
            return ()


def _product(cells: _Cells) -> ProductRow:
    kind, currency = cells.kind(), cells.currency()
    if not cells.cells.get("name_zh") and not cells.cells.get("name_en"):
        cells.refuse("name_zh", N_("A Chinese or an English name is needed."))
    return ProductRow(
        kind=kind,
        category=cells.text("category", CATEGORY_LIMIT, needed=True),
        name_zh=cells.text("name_zh", NAME_LIMIT),
        name_en=cells.text("name_en", NAME_LIMIT),
        brand=cells.text("brand", SHORT_LIMIT),
        model=cells.text("model", SHORT_LIMIT),
        part_no=cells.text("part_no", SHORT_LIMIT),
        summary_zh=cells.text("summary_zh", SUMMARY_LIMIT),
        summary_en=cells.text("summary_en", SUMMARY_LIMIT),
        price_minor=cells.price(currency),
        currency=currency,
        price_basis=cells.basis(),
        unit=cells.text("unit", UNIT_LIMIT, needed=True),
        lead_time_days=cells.whole("lead_time_days", DAYS_LIMIT, N_("Expected whole days, at most 3,650.")),
        warranty_months=cells.whole("warranty_months", MONTHS_LIMIT, N_("Expected whole months, at most 600.")),
        vat_rate=cells.vat_rate(kind),
        specs=cells.specs(),
        supplier_sku=cells.text("supplier_sku", SHORT_LIMIT, needed=True),
    )
