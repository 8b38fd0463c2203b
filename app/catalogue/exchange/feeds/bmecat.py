"""Products of a BMEcat catalogue: version 2005 (PRODUCT), and 1.2 as far as its names are the same (ARTICLE).

Elements, their meaning and their order: Specification BMEcat 2005 (BME e.V., 2005), transaction T_NEW_CATALOG; for 1.2
the Specification BMEcat 1.2 (BME e.V., 2001). What is not named here is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from .common import (
    Asked,
    FeedRefused,
    Product,
    amount,
    category_of,
    day,
    language_of,
    measure,
    number,
    pairs_text,
    plain,
    unit_of,
)

Node = Any
"""An element as the door gives it (app/kernel/locked_xml.py)."""

ROOT: Final = "BMECAT"
NAMESPACE: Final = "http://www.bmecat.org/bmecat/2005"
NAMESPACES: Final = (
    "", NAMESPACE, f"{NAMESPACE}fd", f"{NAMESPACE}.1", "http://www.bmecat.org/XMLSchema/1.2/bmecat_new_catalog",
)  # fmt: skip
VERSIONS: Final = ("2005", "1.2")
TRANSACTION: Final = "T_NEW_CATALOG"
HEADER: Final = "HEADER"
WANTED: Final = (HEADER, "PRODUCT", "ARTICLE")
EXTENSION: Final = "UDX.LABPARK."
"""Before the code of a column of ours, in capitals: user-defined extensions are named UDX.<company>.<field>."""

NET: Final = ("net_customer", "net_list")
GROSS: Final = ("gross_list", "gros_list")
PRICE_TYPES: Final = (NET[0], *GROSS, NET[1])
"""The types that are taken, the best first: what this customer pays, then what everybody pays. Version 1.2 writes
gros_list. Recommended and express prices (nrp, net_customer_exp, udp_...) are no prices of an offer."""

_DETAILS: Final = {"brand": "MANUFACTURER_NAME", "lead_time_days": "DELIVERY_TIME"}
_ORDER: Final = {
    "price_basis": "PRICE_QUANTITY", "min_quantity": "QUANTITY_MIN", "order_multiple": "QUANTITY_INTERVAL"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Usual:
    """What the header says for all products."""

    language: str = ""
    currency: str = ""


def reads(root: Node) -> bool:
    """Whether a document is such a catalogue, as far as its root element shows."""
    version = str(root.attributes.get("version", VERSIONS[0]))
    return root.name == ROOT and root.namespace in NAMESPACES and version.startswith(VERSIONS)


def products(nodes: Iterable[Node], asked: Asked) -> Iterator[Product]:
    """The products of the elements behind the root; FeedRefused in an update of a catalogue, which is no whole one."""
    usual = Usual()
    for node in nodes:
        if node.name == HEADER:
            usual = _usual(node)
        elif node.within != TRANSACTION:
            raise FeedRefused("not_a_feed")
        else:
            yield product(node, usual, asked)


def _usual(header: Node) -> Usual:
    languages = header.all("CATALOG", "LANGUAGE")
    marked = [one for one in languages if one.attributes.get("default", "").lower() == "true"]
    first = next(iter(marked or languages), None)
    language = language_of(first.text) if first is not None else ""
    return Usual(language, header.said("CATALOG", "CURRENCY") or "")


def product(node: Node, usual: Usual, asked: Asked) -> Product:
    """One PRODUCT or ARTICLE."""
    found, kind = Product(), str(node.name)
    number_name = "PID" if kind == "PRODUCT" else "AID"
    own = _extensions(node, asked)
    found.say("supplier_sku", node.said(f"SUPPLIER_{number_name}"))
    if node.attributes.get("mode", "new") == "delete":
        found.notes.append(("", "deletion"))
        return found
    _details(found, node.first(f"{kind}_DETAILS"), number_name, usual)
    blocks = node.all(f"{kind}_FEATURES")
    found.say("category", category_of(_groups(blocks)))
    found.say("specs", pairs_text(_features(blocks)))
    order = node.first(f"{kind}_ORDER_DETAILS")
    for code, name in _ORDER.items() if order is not None else ():
        found.say(code, order.said(name))
    found.say("unit", unit_of(order.said("ORDER_UNIT") if order is not None else None, own.pop("unit", None)))
    _price(found, node.all(f"{kind}_PRICE_DETAILS"), kind, usual, asked)
    found.say("origin", node.said(f"{kind}_LOGISTIC_DETAILS", "COUNTRY_OF_ORIGIN"))
    found.said = own | found.said
    return found


def _extensions(node: Node, asked: Asked) -> dict[str, str]:
    """What stands in our own extensions, by column."""
    around = node.first("USER_DEFINED_EXTENSIONS")
    named = [(str(one.name), one) for one in around.children] if around is not None else []
    pairs = [(name.removeprefix(EXTENSION).lower(), one.text) for name, one in named if name.startswith(EXTENSION)]
    return {code: text for code, text in pairs if code in asked.codes}


def _details(found: Product, details: Node | None, number_name: str, usual: Usual) -> None:
    if details is None:
        return
    for code, name in (("name", "DESCRIPTION_SHORT"), ("summary", "DESCRIPTION_LONG")):
        for one in details.all(name):
            language = language_of(one.attributes.get("lang"), usual.language)
            if language:
                found.said.setdefault(f"{code}_{language}", one.text)
    for code, name in _DETAILS.items():
        found.say(code, details.said(name))
    found.say("part_no", details.said(f"MANUFACTURER_{number_name}"))
    types = _spoken(details.all("MANUFACTURER_TYPE_DESCR"))
    found.say("model", types[0].text if types else None)


def _spoken(nodes: Sequence[Node]) -> list[Node]:
    """Of elements that say the same in several languages those in one: Chinese, none, English, or whatever there is."""
    by_language: dict[str, list[Node]] = {}
    for one in nodes:
        tag = one.attributes.get("lang") or ""
        by_language.setdefault(language_of(tag) or tag, []).append(one)
    chosen = next((tag for tag in ("zh", "", "en") if tag in by_language), next(iter(by_language), ""))
    return by_language.get(chosen, [])


def _groups(blocks: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        for group in block.all("REFERENCE_FEATURE_GROUP_ID"):
            yield block.said("REFERENCE_FEATURE_SYSTEM_NAME") or "", group.text


def _features(blocks: Iterable[Node]) -> Iterator[tuple[str, str, str]]:
    """(name, value, unit) of features; of one that several classifications ask, the first."""
    seen: set[str] = set()
    for feature in (one for block in blocks for one in block.all("FEATURE")):
        names = _spoken(feature.all("FNAME"))
        name = names[0].text if names else ""
        value = ", ".join(one.text for one in _spoken(feature.all("FVALUE")) if one.text)
        if name.casefold() not in seen:
            seen.add(name.casefold())
            yield name, value, measure(feature.said("FUNIT") or "")


def _price(found: Product, around: Sequence[Node], kind: str, usual: Usual, asked: Asked) -> None:
    """The price of the smallest quantity, tax included: our prices are gross, and a net one is raised by its tax."""
    offered = [(details, one) for details in around for one in details.all(f"{kind}_PRICE")]
    for wanted in PRICE_TYPES:
        those = [pair for pair in offered if pair[1].attributes.get("price_type") == wanted]
        if not those:
            continue
        details, price = min(those, key=lambda pair: number(pair[1].said("LOWER_BOUND") or "1") or 0)
        found.say("valid_from", day(_date(details, "START")))
        found.say("valid_until", day(_date(details, "END")))
        _amount(found, price, usual, asked, net=wanted in NET)
        return


def _date(details: Node, end: str) -> str | None:
    """VALID_START_DATE, or as version 1.2 has it: DATETIME of this type with a DATE in it."""
    old = (one for one in details.all("DATETIME") if one.attributes.get("type") == f"valid_{end.lower()}_date")
    found: str | None = details.said(f"VALID_{end}_DATE") or next((one.said("DATE") for one in old), None)
    return found


def _amount(found: Product, price: Node, usual: Usual, asked: Asked, *, net: bool) -> None:
    currency = price.said("PRICE_CURRENCY") or usual.currency
    tax = price.said("TAX") or price.said("TAX_DETAILS", "TAX")
    rate, value, factor = number(tax), number(price.said("PRICE_AMOUNT")), number(price.said("PRICE_FACTOR"))
    found.say("price_currency", currency or None)
    if tax and (rate is None or rate >= 1):
        found.notes.append(("vat_rate", "tax_factor"))
        return
    found.say("vat_rate", plain(rate * 100) if rate is not None else None)
    if value is None or not (net or factor):
        found.say("price", price.said("PRICE_AMOUNT"))
    elif net and rate is None:
        found.notes.append(("price", "net_untaxed"))
    else:
        one = Decimal(1)
        factors = (value, factor or one, one + rate if net and rate is not None else one)
        found.say("price", amount(factors, currency, asked.digits))
