"""Items of a cXML Index, alone or in a message.

Elements, their meaning and their order: cXML 1.2 Reference Guide, "Catalog definitions" (Index, IndexItemAdd), and the
DTD of version 1.2.063, module Index.mod. What is not named here is left out.

A price there has no word about tax; it is taken as ours are, tax included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from .common import OWN_NAME, Asked, FeedRefused, Product, category_of, day, language_of, number, pairs_text, unit_of

Node = Any
"""An element as the door gives it (app/kernel/locked_xml.py)."""

ROOTS: Final = ("cXML", "Index")
ITEM: Final = "IndexItem"
WANTED: Final = ("IndexItemAdd", "IndexItemDelete", "IndexItemPunchout")
_NO_OFFER: Final = {"IndexItemDelete": "deletion", "IndexItemPunchout": "punchout"}
NAME_CHARS: Final = 200
"""What a description without a short name is cut to, where that name has to stand."""


def reads(root: Node) -> bool:
    """Whether a document may hold an Index, as far as its root element shows."""
    return root.name in ROOTS and not root.namespace


def products(root: Node, nodes: Iterable[Node], asked: Asked) -> Iterator[Product]:
    """The items; FeedRefused in a cXML document of another kind."""
    there = False
    for node in nodes:
        if node.within == ITEM:
            there = True
            yield product(node, asked)
    if not there and root.name == ROOTS[0]:
        raise FeedRefused("not_a_feed")


def product(node: Node, asked: Asked) -> Product:
    """One item of the index."""
    found = Product()
    found.say("supplier_sku", node.said("ItemID", "SupplierPartID"))
    if node.name in _NO_OFFER:
        found.notes.append(("", _NO_OFFER[node.name]))
        return found
    detail, index = node.first("ItemDetail"), node.first("IndexItemDetail")
    if detail is not None:
        _item(found, detail, asked)
    if index is not None:
        if "lead_time_days" not in found.said:
            found.say("lead_time_days", index.said("LeadTime"))
        found.say("valid_from", day(index.said("EffectiveDate")))
        found.say("valid_until", day(index.said("ExpirationDate")))
        found.say("specs", pairs_text(_searched(index)))
    return found


def _item(found: Product, detail: Node, asked: Asked) -> None:
    own = _extrinsics(detail, asked)
    money = detail.first("UnitPrice", "Money")
    if money is not None:
        found.say("price", money.text)
        found.say("price_currency", money.attributes.get("currency"))
    for one in detail.all("Description"):
        _description(found, one)
    unit = detail.said("UnitOfMeasure")
    found.say("unit", unit_of(unit, own.pop("unit", None)))
    _basis(found, detail.first("PriceBasisQuantity"), unit)
    groups = ((one.attributes.get("domain", ""), _code(one)) for one in detail.all("Classification"))
    found.say("category", category_of(groups))
    found.say("part_no", detail.said("ManufacturerPartID"))
    found.say("brand", detail.said("ManufacturerName"))
    found.say("lead_time_days", detail.said("LeadTime"))
    found.said = own | found.said


def _code(classification: Node) -> str:
    return str(classification.attributes.get("code") or classification.text)


def _extrinsics(detail: Node, asked: Asked) -> dict[str, str]:
    """What stands in our own extrinsics, by column."""
    before = f"{OWN_NAME}."
    named = ((str(one.attributes.get("name", "")), one.text) for one in detail.all("Extrinsic"))
    pairs = ((name.removeprefix(before), text) for name, text in named if name.startswith(before))
    return {code: text for code, text in pairs if code in asked.codes}


def _description(found: Product, one: Node) -> None:
    """The short name is the name; without one, the beginning of the description is."""
    language = language_of(one.attributes.get("lang"))
    if not language:
        return
    short, text = one.said("ShortName"), one.text
    if short is not None:
        found.said.setdefault(f"name_{language}", short)
    else:
        found.said.setdefault(f"name_{language}", text[:NAME_CHARS])
    if text and (short is not None or len(text) > NAME_CHARS):
        found.said.setdefault(f"summary_{language}", text)


def _basis(found: Product, basis: Node | None, unit: str | None) -> None:
    """How many units the price is for; in another unit than the item's it cannot be told."""
    if basis is None:
        return
    factor = number(basis.attributes.get("conversionFactor", "1"))
    if basis.said("UnitOfMeasure") != unit or factor != 1:
        found.notes.append(("price_basis", "basis_unit"))
    else:
        found.say("price_basis", basis.attributes.get("quantity"))


def _searched(index: Node) -> Iterator[tuple[str, str, str]]:
    """(name, value, "") of what may be searched for."""
    seen: set[str] = set()
    for one in index.all("SearchGroupData", "SearchDataElement"):
        name = one.attributes.get("name", "").strip()
        if name.casefold() not in seen:
            seen.add(name.casefold())
            yield name, one.attributes.get("value", "").strip(), ""
