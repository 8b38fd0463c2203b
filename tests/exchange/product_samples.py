"""Short product files for tests."""

from __future__ import annotations

import io

from app.exchange.products import ProductRow, RowError, read_products

HEADINGS = "kind,category,name_zh,name_en,price,unit,specs,supplier_sku"
LAB_HEADINGS = "source,source_id,name,brand,model,manufacturer_part_no,category_en,description,specs"


def read(content: str | bytes) -> tuple[list[ProductRow], list[RowError]]:
    return read_products(io.BytesIO(content.encode() if isinstance(content, str) else content))


def rows(*lines: str, headings: str = HEADINGS) -> tuple[list[ProductRow], list[RowError]]:
    return read("\n".join((headings, *lines)))


def lab(*lines: str) -> tuple[list[ProductRow], list[RowError]]:
    return rows(*lines, headings=LAB_HEADINGS)
