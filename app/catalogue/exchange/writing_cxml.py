"""Listings as a cXML Index.

The order of elements is that of the DTD of cXML 1.2.063 (modules Transport.mod, Subscription.mod, Index.mod), described
in the cXML 1.2 Reference Guide. There an Index travels as the content of a subscription, which is the envelope here.
Prices include tax, which an Index has no word for; a price on request is an empty amount, and a lead time that is not
known an empty LeadTime, for both elements have to be there. Tiers are left out. What the standard does not carry stands
in an Extrinsic called LabPark.<column>.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import IO, Final

from app.accounts.models import Organisation
from app.catalogue.exchange.cells import USUAL_CURRENCY
from app.catalogue.exchange.feeding import Offer, offers
from app.catalogue.exchange.feeds.common import OWN_NAME, OWN_SYSTEM
from app.catalogue.exchange.feeds.cxml import ITEM, ROOTS
from app.catalogue.models import Listing
from app.catalogue.specs import text_of
from app.catalogue.taxonomy.tree import Tree
from app.kernel.locked_xml import Writer, written
from app.kernel.shapes import PARK_OFFSET
from app.kernel.values import now

DTD: Final = "http://xml.cxml.org/schemas/cXML/1.2.063/cXML.dtd"
VERSION: Final = "1.2.063"
LANGUAGES: Final = (("zh", "zh-CN"), ("en", "en-US"))
_BEGINS, _ENDS = f"T00:00:00{PARK_OFFSET}", f"T23:59:59{PARK_OFFSET}"


def write(stream: IO[bytes], supplier: Organisation, listings: Iterable[Listing], tree: Tree) -> None:
    """Write an index, one item after the other."""
    moment = now().isoformat(timespec="seconds")
    payload = f"{now().timestamp():.0f}.{secrets.token_hex(8)}@{OWN_SYSTEM.lower()}"
    head = written(stream, ROOTS[0], system=DTD, version=VERSION, payloadID=payload, timestamp=moment)
    with head as out, out.element("Response"):
        out.leaf("Status", "", code="200", text="OK")
        with out.element("SubscriptionContentResponse"):
            _subscription(out, supplier, moment)
            with out.element("SubscriptionContent"), out.element(ROOTS[1], loadmode="Incremental"):
                out.leaf("SupplierID", supplier.id, domain=OWN_NAME)
                for one in offers(listings, tree):
                    out.line()
                    with out.element(ITEM), out.element("IndexItemAdd"):
                        _item(out, one)


def _subscription(out: Writer, supplier: Organisation, moment: str) -> None:
    with out.element("Subscription"):
        out.leaf("InternalID", supplier.id)
        out.leaf("Name", supplier.name_zh or supplier.name_en, xml_lang=LANGUAGES[0][1])
        out.leaf("Changetime", moment)
        out.leaf("SupplierID", supplier.id, domain=OWN_NAME)


def _item(out: Writer, one: Offer) -> None:
    lead, begins, ends = one.take("lead_time_days"), one.take("valid_from"), one.take("valid_until")
    with out.element("ItemID"):
        out.leaf("SupplierPartID", one.sku)
    with out.element("ItemDetail"):
        _detail(out, one, lead)
    with out.element("IndexItemDetail"):
        out.leaf("LeadTime", lead)
        _optional(out, "ExpirationDate", f"{ends}{_ENDS}" if ends else "")
        _optional(out, "EffectiveDate", f"{begins}{_BEGINS}" if begins else "")
        if one.specs:
            with out.element("SearchGroupData"):
                out.leaf("Name", one.category, xml_lang=LANGUAGES[1][1])
                for spec in one.specs:
                    out.leaf("SearchDataElement", "", name=str(spec["key"]), value=text_of(spec))


def _optional(out: Writer, name: str, text: str) -> None:
    if text:
        out.leaf(name, text)


def _detail(out: Writer, one: Offer, lead: str) -> None:
    price = one.price or {"amount": "", "currency": USUAL_CURRENCY}
    with out.element("UnitPrice"):
        out.leaf("Money", price["amount"], currency=price["currency"])
    for ours, language in LANGUAGES:
        name, summary = one.take(f"name_{ours}"), one.take(f"summary_{ours}")
        if name or summary:
            with out.element("Description", xml_lang=language):
                out.leaf("ShortName", name)
                out.text(summary)
    unit = one.unit()
    out.leaf("UnitOfMeasure", unit)
    with out.element("PriceBasisQuantity", quantity=one.take("price_basis"), conversionFactor="1"):
        out.leaf("UnitOfMeasure", unit)
    out.leaf("Classification", one.category, domain=OWN_SYSTEM)
    _optional(out, "ManufacturerPartID", one.take("part_no"))
    _optional(out, "ManufacturerName", one.take("brand"))
    _optional(out, "LeadTime", lead)
    for code, text in one.rest():
        out.leaf("Extrinsic", text, name=f"{OWN_NAME}.{code}")
