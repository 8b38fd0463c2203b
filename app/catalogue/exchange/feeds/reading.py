"""A document of one of the two formats as the lines that the child hands on: headings, then a row per product.

The document is read twice: first whether it is sound to its end and which columns it has, then for its rows. So nothing
has to be kept, and a column that no product speaks of is not there. A cell is null where its product does not speak of
the column; the first product is row 2, as it would be in a spreadsheet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from . import bmecat, cxml
from .common import Asked, FeedRefused, Product

ALWAYS: Final = ("supplier_sku", "name_zh", "name_en")
"""Columns without which no table is taken: a product that lacks them is told so in its row."""
_WANTED: Final = (*bmecat.WANTED, *cxml.WANTED)


def products(order: Mapping[str, Any], door: Any) -> Iterator[Product]:
    """The products of a document; FeedRefused or the door's XmlRefused where it is not read."""
    asked = Asked(tuple(order["codes"]), order["digits"])
    nodes = door.records(order["path"], _WANTED)
    root = next(nodes)
    if bmecat.reads(root):
        return bmecat.products(nodes, asked)
    if cxml.reads(root):
        return cxml.products(root, nodes, asked)
    raise FeedRefused("not_a_feed")


def columns(order: Mapping[str, Any], door: Any) -> list[str]:
    """The codes of the columns that the products have, in our order."""
    said, number = set(ALWAYS), 0
    for one in products(order, door):
        said |= one.said.keys()
        number += 1
        if number > order["rows"]:
            raise FeedRefused("too_many_rows")
    if not number:
        raise FeedRefused("empty")
    return [code for code in order["codes"] if code in said]


def write(order: Mapping[str, Any], door: Any, out: Any) -> None:
    """Headings, rows with what is wrong with them, and how many there were."""
    codes = columns(order, door)
    out.write(json.dumps({"headings": codes, "row": 1}) + "\n")
    number = 0
    for number, one in enumerate(products(order, door), start=1):
        cells = [_cell(one.said.get(code), order["cell_chars"]) for code in codes]
        out.write(json.dumps([number + 1, cells, one.notes], ensure_ascii=False, separators=(",", ":")) + "\n")
    out.write(json.dumps({"rows": number}) + "\n")


def _cell(text: str | None, most: int) -> str | None:
    """Tidy, and no longer than one character too many."""
    return None if text is None else text[: most + 1].strip()
