"""Listings as a BMEcat 2005 catalogue.

The order of elements is that of the Specification BMEcat 2005 (BME e.V., 2005), transaction T_NEW_CATALOG. Prices are
gross_list, tax included, as ours are; tiers are further prices with a LOWER_BOUND. A listing whose price is on request
has no PRODUCT_PRICE_DETAILS, for the standard has no word for it. What the standard does not carry stands in
USER_DEFINED_EXTENSIONS as UDX.LABPARK.<column>. Lengths are ours, which may be longer than the standard recommends.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Final

from app.accounts.models import Organisation
from app.catalogue.exchange.feeding import Offer, offers
from app.catalogue.exchange.feeds.bmecat import EXTENSION, GROSS, NAMESPACE, ROOT, TRANSACTION, VERSIONS
from app.catalogue.exchange.feeds.common import OWN_NAME, OWN_SYSTEM, plain
from app.catalogue.models import Listing
from app.catalogue.taxonomy.tree import Tree
from app.kernel.locked_xml import Writer, written
from app.kernel.values import now

LANGUAGES: Final = (("zh", "zho"), ("en", "eng"))
"""Ours and its code in ISO 639-2; the first is the usual one of the document."""
_ORDER: Final = (("PRICE_QUANTITY", "price_basis"), ("QUANTITY_MIN", "min_quantity"),
                 ("QUANTITY_INTERVAL", "order_multiple"))  # fmt: skip


def write(stream: IO[bytes], supplier: Organisation, listings: Iterable[Listing], tree: Tree) -> None:
    """Write a catalogue, one product after the other."""
    with written(stream, ROOT, namespace=NAMESPACE, version=VERSIONS[0]) as out:
        _header(out, supplier)
        with out.element(TRANSACTION):
            for one in offers(listings, tree):
                out.line()
                _product(out, one)


def _header(out: Writer, supplier: Organisation) -> None:
    with out.element("HEADER"):
        out.leaf("GENERATOR_INFO", OWN_NAME)
        with out.element("CATALOG"):
            for place, (_ours, code) in enumerate(LANGUAGES):
                out.leaf("LANGUAGE", code, **({} if place else {"default": "true"}))
            out.leaf("CATALOG_ID", OWN_SYSTEM)
            out.leaf("CATALOG_VERSION", "001.000")
            out.leaf("GENERATION_DATE", now().isoformat(timespec="seconds"))
        with out.element("SUPPLIER"):
            out.leaf("SUPPLIER_ID", supplier.id, type=OWN_SYSTEM.lower())
            out.leaf("SUPPLIER_NAME", supplier.name_zh or supplier.name_en)


def _product(out: Writer, one: Offer) -> None:
    with out.element("PRODUCT", mode="new"):
        out.leaf("SUPPLIER_PID", one.sku)
        _details(out, one)
        _features(out, one)
        with out.element("PRODUCT_ORDER_DETAILS"):
            out.leaf("ORDER_UNIT", one.unit())
            for name, code in _ORDER:
                _optional(out, name, one.take(code))
        if one.price is not None:
            _prices(out, one, one.price)
        origin = one.take("origin")
        rest = list(one.rest())
        if rest:
            with out.element("USER_DEFINED_EXTENSIONS"):
                for code, text in rest:
                    out.leaf(f"{EXTENSION}{code.upper()}", text)
        if origin:
            with out.element("PRODUCT_LOGISTIC_DETAILS"):
                out.leaf("COUNTRY_OF_ORIGIN", origin)


def _optional(out: Writer, name: str, text: str, **attributes: str) -> None:
    if text:
        out.leaf(name, text, **attributes)


def _details(out: Writer, one: Offer) -> None:
    with out.element("PRODUCT_DETAILS"):
        for name, code in (("DESCRIPTION_SHORT", "name"), ("DESCRIPTION_LONG", "summary")):
            for ours, language in LANGUAGES:
                _optional(out, name, one.take(f"{code}_{ours}"), lang=language)
        _optional(out, "MANUFACTURER_PID", one.take("part_no"))
        _optional(out, "MANUFACTURER_NAME", one.take("brand"))
        _optional(out, "MANUFACTURER_TYPE_DESCR", one.take("model"))
        _optional(out, "DELIVERY_TIME", one.take("lead_time_days"))


def _features(out: Writer, one: Offer) -> None:
    with out.element("PRODUCT_FEATURES"):
        out.leaf("REFERENCE_FEATURE_SYSTEM_NAME", OWN_SYSTEM)
        out.leaf("REFERENCE_FEATURE_GROUP_ID", one.category)
        for place, spec in enumerate(one.specs, start=1):
            with out.element("FEATURE"):
                out.leaf("FNAME", spec["key"])
                out.leaf("FVALUE", spec["value"])
                _optional(out, "FUNIT", str(spec["unit"] or ""))
                out.leaf("FORDER", place)


def _prices(out: Writer, one: Offer, price: dict[str, str]) -> None:
    """The price of a small quantity and the tiers; where a tier begins at one or below, the price begins at nothing."""
    tax = plain(Decimal(one.take("vat_rate")) / 100)
    bounds = [str(tier["from_quantity"]) for tier in one.tiers]
    first = "0" if any(Decimal(bound) <= 1 for bound in bounds) else ""
    with out.element("PRODUCT_PRICE_DETAILS"):
        _optional(out, "VALID_START_DATE", one.take("valid_from"))
        _optional(out, "VALID_END_DATE", one.take("valid_until"))
        _price(out, price, tax, first)
        for tier, bound in zip(one.tiers, bounds, strict=True):
            _price(out, tier["price"], tax, bound)


def _price(out: Writer, price: dict[str, str], tax: str, bound: str) -> None:
    with out.element("PRODUCT_PRICE", price_type=GROSS[0]):
        out.leaf("PRICE_AMOUNT", price["amount"])
        out.leaf("PRICE_CURRENCY", price["currency"])
        out.leaf("TAX", tax)
        _optional(out, "LOWER_BOUND", bound)
