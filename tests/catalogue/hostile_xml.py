"""Documents in XML that mean harm, and sound ones to make them of; each made here."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Final

NAMESPACE: Final = "http://www.bmecat.org/bmecat/2005"
DTD: Final = "http://xml.cxml.org/schemas/cXML/1.2.063/cXML.dtd"
HEADER: Final = (
    '<HEADER><CATALOG><LANGUAGE default="true">zho</LANGUAGE><LANGUAGE>eng</LANGUAGE><CATALOG_ID>C1</CATALOG_ID>'
    "<CATALOG_VERSION>001.000</CATALOG_VERSION><CURRENCY>CNY</CURRENCY></CATALOG>"
    "<SUPPLIER><SUPPLIER_NAME>S</SUPPLIER_NAME></SUPPLIER></HEADER>"
)


def product(number: str = "A-1", *, name: str = "离心管 50 mL", price: str = "29.00", more: str = "") -> str:
    """A PRODUCT with what every one has; `more` stands at the end of it."""
    return (
        f'<PRODUCT mode="new"><SUPPLIER_PID>{number}</SUPPLIER_PID>'
        f"<PRODUCT_DETAILS><DESCRIPTION_SHORT>{name}</DESCRIPTION_SHORT></PRODUCT_DETAILS>"
        "<PRODUCT_FEATURES><REFERENCE_FEATURE_SYSTEM_NAME>LABPARK</REFERENCE_FEATURE_SYSTEM_NAME>"
        "<REFERENCE_FEATURE_GROUP_ID>labware.tubes</REFERENCE_FEATURE_GROUP_ID></PRODUCT_FEATURES>"
        "<PRODUCT_ORDER_DETAILS><ORDER_UNIT>TU</ORDER_UNIT></PRODUCT_ORDER_DETAILS>"
        f'<PRODUCT_PRICE_DETAILS><PRODUCT_PRICE price_type="gross_list"><PRICE_AMOUNT>{price}</PRICE_AMOUNT>'
        f"<TAX>0.13</TAX></PRODUCT_PRICE></PRODUCT_PRICE_DETAILS>{more}</PRODUCT>"
    )


def bmecat(
    *products: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>', attributes: str = f'xmlns="{NAMESPACE}"'
) -> str:
    """A catalogue."""
    inside = "".join(products or (product(),))
    return f'{head}<BMECAT version="2005" {attributes}>{HEADER}<T_NEW_CATALOG>{inside}</T_NEW_CATALOG></BMECAT>'


def item(number: str = "A-1", *, detail: str = "", index: str = "<LeadTime>7</LeadTime>") -> str:
    """An IndexItem with one item to add; `detail` stands at the end of its ItemDetail."""
    return (
        f"<IndexItem><IndexItemAdd><ItemID><SupplierPartID>{number}</SupplierPartID></ItemID><ItemDetail>"
        '<UnitPrice><Money currency="CNY">29.00</Money></UnitPrice>'
        '<Description xml:lang="zh-CN"><ShortName>离心管</ShortName>灭菌，<b/>50 mL</Description>'
        '<Description xml:lang="en-US">Tube</Description><Description xml:lang="de">Röhrchen</Description>'
        f'<UnitOfMeasure>TU</UnitOfMeasure><Classification domain="LABPARK">labware.tubes</Classification>{detail}'
        f"</ItemDetail><IndexItemDetail>{index}</IndexItemDetail></IndexItemAdd></IndexItem>"
    )


def index(*items: str, head: str = f'<?xml version="1.0"?><!DOCTYPE cXML SYSTEM "{DTD}">') -> str:
    """An Index in a cXML message."""
    return (
        f'{head}<cXML payloadID="1@x" timestamp="2026-12-01T08:00:00+08:00" xml:lang="en-US"><Header/><Message><Index>'
        f'<SupplierID domain="DUNS">1</SupplierID>{"".join(items or (item(),))}</Index></Message></cXML>'
    )


def _write(text: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(text.encode(encoding))
        return path

    return make


def _laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE BMECAT [<!ENTITY l0 "ha">{levels}]>'
    return bmecat(product(name="&l9;"), head=head)


def _outside() -> str:
    head = '<?xml version="1.0"?><!DOCTYPE BMECAT [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return bmecat(product(name="&f;"), head=head)


def _gigabyte(path: Path) -> Path:
    """A sound beginning, and a gigabyte of nothing behind it that takes no place on the disk."""
    path.write_text(bmecat()[:-20], encoding="utf-8")
    with path.open("r+b") as stream:
        stream.truncate(1024**3)
    return path


def _endless(path: Path) -> Path:
    """One product after the other, more than a table may have."""
    one = "<PRODUCT><SUPPLIER_PID>A</SUPPLIER_PID></PRODUCT>"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f'<BMECAT version="2005">{HEADER}<T_NEW_CATALOG>')
        for _ in range(101):
            stream.write(one * 1_000)
        stream.write("</T_NEW_CATALOG></BMECAT>")
    return path


def _packed(path: Path) -> Path:
    path.write_bytes(gzip.compress(bmecat().encode()))
    return path


_COMMENTED: Final = '<?xml version="1.0"?><!-- [ > --><?x [ ?><!DOCTYPE BMECAT PUBLIC "a>b" "c[d"'
_UTF16: Final = bmecat(head='<?xml version="1.0" encoding="UTF-16"?>')

HOSTILE_XML: Final[dict[str, tuple[Callable[[Path], Path], set[str]]]] = {
    "a billion laughs": (_write(_laughs()), {"unsafe_parts"}),
    "an outside entity": (_write(_outside()), {"unsafe_parts"}),
    "a parameter entity": (
        _write(bmecat(head='<!DOCTYPE BMECAT [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]>')), {"unsafe_parts"},
    ),
    "an element declared": (_write(bmecat(head="<!DOCTYPE BMECAT [<!ELEMENT BMECAT ANY>]>")), {"unsafe_parts"}),
    "an empty internal subset": (_write(bmecat(head="<!DOCTYPE BMECAT []>")), {"unsafe_parts"}),
    "a subset behind signs that look like its end": (
        _write(bmecat(head=f'{_COMMENTED} [<!ENTITY a "b">]>')), {"unsafe_parts"},
    ),
    "an entity that nobody declared": (_write(bmecat(product(name="&nobody;"))), {"xml_broken"}),
    "deep nesting": (_write(bmecat(product(more="<X>" * 60 + "</X>" * 60))), {"xml_excess"}),
    "deep nesting of another namespace": (
        _write(bmecat(product(more='<X xmlns="x">' * 60 + "</X>" * 60))), {"xml_excess"},
    ),
    "a huge text": (_write(bmecat(product(name="x" * 3_000_000))), {"xml_excess"}),
    "a huge text outside of all products": (_write(bmecat("y" * 3_000_000)), {"xml_excess"}),
    "a huge attribute": (_write(bmecat(product(more=f'<X a="{"x" * 100_000}"/>'))), {"xml_excess"}),
    "a thousand attributes": (
        _write(bmecat(product(more="<X " + " ".join(f'a{n}="1"' for n in range(1_000)) + "/>"))), {"xml_excess"},
    ),
    "a product of ten thousand parts": (_write(bmecat(product(more="<X/>" * 10_000))), {"xml_excess"}),
    "an endless catalogue": (_endless, {"too_many_rows"}),
    "a gigabyte": (_gigabyte, {"xml_excess"}),
    "UTF-16 with its mark": (_write(_UTF16, "utf-16"), {"xml_encoding"}),
    "UTF-16 without a mark": (_write(_UTF16, "utf-16-le"), {"xml_encoding"}),
    "a lie about UTF-16": (_write(_UTF16), {"xml_encoding"}),
    "UTF-7": (
        _write('<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AFs-+AF0APg-' + bmecat(head="")),
        {"xml_encoding"},
    ),
    "a mark that says otherwise": (
        _write("\ufeff" + bmecat(product(name="a"), head='<?xml version="1.0" encoding="GB18030"?>')), {"xml_encoding"},
    ),
    "EBCDIC": (_write(bmecat(product(name="a"), head='<?xml version="1.0" encoding="cp037"?>'), "cp037"),
               {"xml_encoding", "xml_broken"}),
    "bytes that are no UTF-8": (_write(bmecat(), "gb18030"), {"xml_encoding"}),
    "half a document": (_write(bmecat()[:-40]), {"xml_broken"}),
    "two roots": (_write(bmecat() + "<x/>"), {"xml_broken"}),
    "no element": (_write("<!-- only this -->"), {"xml_broken"}),
    "no XML": (_write("supplier_sku,name_zh\nA-1,x\n"), {"xml_broken"}),
    "nothing": (_write(""), {"xml_broken"}),
    "an archive by another name": (_packed, {"xml_broken", "xml_encoding"}),
    "a page": (_write("<!DOCTYPE html><html><body/></html>"), {"not_a_feed"}),
    "an order": (
        _write(f'<!DOCTYPE cXML SYSTEM "{DTD}"><cXML payloadID="1"><Request><OrderRequest/></Request></cXML>'),
        {"not_a_feed"},
    ),
    "an update of prices": (_write(bmecat().replace("T_NEW_CATALOG", "T_UPDATE_PRICES")), {"not_a_feed"}),
    "another version": (_write(bmecat().replace('version="2005"', 'version="3"')), {"not_a_feed"}),
    "another namespace": (_write(bmecat(attributes='xmlns="http://example.com"')), {"not_a_feed"}),
    "a catalogue of nothing": (_write(bmecat("<x/>")), {"empty"}),
}  # fmt: skip
"""What it is -> (how it is made, the reasons that may be given)."""
