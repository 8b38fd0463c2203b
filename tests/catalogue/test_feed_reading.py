"""Catalogues in XML are read by the child within limits: what the two standards say is understood, harm stops there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.catalogue.exchange import noted, tables
from app.catalogue.exchange.feeds import common, cxml
from app.catalogue.exchange.tables import NotRead, Table, read_table
from app.kernel.locked_xml import Limits, XmlRefused, records, written
from tests.catalogue.hostile_xml import HOSTILE_XML, NAMESPACE, bmecat, index, item, product

SOON = 30.0
ROOT = Path(__file__).resolve().parents[2]


def read(text: str | bytes, folder: Path) -> Table:
    path = folder / "a.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(path, "xml", folder / "a.rows")


def said(table: Table) -> list[dict[str, str]]:
    """What each product says, by column."""
    return [
        {code: cell for code, cell in zip(table.headings, row.cells or [], strict=True) if cell is not None}
        for row in table.read()
    ]


def only(text: str | bytes, folder: Path) -> dict[str, str]:
    (found,) = said(read(text, folder))
    return found


def notes(text: str, folder: Path) -> list[list[list[str]]]:
    return [row.notes for row in read(text, folder).read()]


@pytest.mark.parametrize("what", HOSTILE_XML)
def test_a_document_that_means_harm_is_refused_within_limits(what: str, tmp_path: Path) -> None:
    make, reasons = HOSTILE_XML[what]
    path = make(tmp_path / "hostile.xml")
    began = time.monotonic()
    with pytest.raises(NotRead) as refused:
        read_table(path, "xml", tmp_path / "rows")
    assert refused.value.code in reasons
    assert time.monotonic() - began < SOON
    assert [one.name for one in tmp_path.iterdir()] == ["hostile.xml"], "nothing is left behind"


def test_what_is_included_or_instructed_is_not_there(tmp_path: Path) -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    style = '<?xml-stylesheet href="file:///etc/passwd"?>'
    found = only(bmecat(product(name=f"管{include}{style}<!-- x -->子")), tmp_path)
    assert found["name_zh"] == "管子"
    assert "root:" not in (tmp_path / "a.rows").read_text(encoding="utf-8")


def test_a_document_that_names_a_dtd_is_read_without_it(tmp_path: Path) -> None:
    canary = tmp_path / "canary.dtd"
    canary.write_text('<!ENTITY name "taken from the canary"><!ATTLIST PRODUCT mode CDATA "delete">', encoding="utf-8")
    head = f'<!DOCTYPE BMECAT SYSTEM "{canary.as_uri()}">'
    assert only(bmecat(head=head), tmp_path)["name_zh"] == "离心管 50 mL"
    assert notes(bmecat(product().replace(' mode="new"', ""), head=head), tmp_path) == [[]]
    with pytest.raises(NotRead, match="xml_broken"):
        read(bmecat(product(name="a&name;b"), head=head), tmp_path)


def test_the_door_counts_whatever_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<a>" + "<b><c/></b>" * 200 + "</a>", encoding="utf-8")
    assert [node.name for node in records(path, ["b"])] == ["a", *["b"] * 200]
    for limits in (Limits(elements=300), Limits(depth=2), Limits(record_elements=0), Limits(file_bytes=50)):
        with pytest.raises(XmlRefused, match="xml_excess"):
            list(records(path, ["b"], limits))


def test_nobody_else_reads_xml() -> None:
    """One door: no other module takes a parser in, and the one that writes charts parses nothing."""
    parsers = re.compile(r"^\s*(?:from|import)\s+(lxml|xml\.|defusedxml|xmltodict|bs4)", re.MULTILINE)
    users = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if parsers.search(path.read_text(encoding="utf-8"))
    }
    assert users == {"app/kernel/locked_xml.py", "app/web/charts.py"}
    charts = (ROOT / "app/web/charts.py").read_text(encoding="utf-8")
    assert not re.search(r"ET\.(parse|fromstring|iterparse|XML)\b", charts)


def test_the_child_reads_without_the_program(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(bmecat(), encoding="utf-8")
    order = {"path": str(path), "codes": ["supplier_sku"], "digits": {}, "rows": 5, "cell_chars": 9}
    script = (
        "import json, sys, runpy; child = runpy.run_path(sys.argv[1]); "
        "child['from_feed'](json.loads(sys.argv[2]), sys.stdout); assert not any(m.split('.')[0] in "
        "('app', 'flask', 'sqlalchemy') for m in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(tables.CHILD), json.dumps(order)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ['{"headings": ["supplier_sku"], "row": 1}', '[2,["A-1"],[]]', '{"rows": 1}']


def test_a_large_catalogue_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    """KiB of the child's own; 25,000 products as a tree would be more than forty thousand."""
    script = (
        "import json, sys, runpy, resource; child = runpy.run_path(sys.argv[1]); "
        "child['from_feed'](json.loads(sys.argv[2]), open('/dev/null', 'w')); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    taken = []
    for number in (100, 25_000):
        path = tmp_path / f"{number}.xml"
        short = "<PRODUCT><SUPPLIER_PID>A</SUPPLIER_PID><MIME_INFO><MIME/><MIME/><MIME/></MIME_INFO></PRODUCT>"
        path.write_text(bmecat(short * number), encoding="utf-8")
        order = {"path": str(path), "codes": ["supplier_sku"], "digits": {}, "rows": number, "cell_chars": 9}
        # By way of a small shell: what a forked process takes counts as its child's own until that begins.
        command = ["/bin/sh", "-c", '"$0" "$@"; exit $?', sys.executable, "-I", "-c", script, str(tables.CHILD)]
        done = subprocess.run([*command, json.dumps(order)], capture_output=True, text=True, check=True)
        taken.append(int(done.stdout))
    assert taken[1] - taken[0] < 15_000


def test_every_reason_of_a_reader_has_words() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(common.__file__).parent.glob("*.py"))
    noted_there = set(re.findall(r'notes\.append\(\("\w*", "(\w+)"\)\)', source))
    assert noted_there | set(cxml._NO_OFFER.values()) == set(noted.NOTED)


# BMEcat ---------------------------------------------------------------------------------------------------------------

RICH = """<PRODUCT mode="new"><SUPPLIER_PID type="supplier_specific"> C-9 </SUPPLIER_PID><PRODUCT_DETAILS>
<DESCRIPTION_SHORT lang="zho">高速离心机</DESCRIPTION_SHORT><DESCRIPTION_SHORT lang="eng">Centrifuge</DESCRIPTION_SHORT>
<DESCRIPTION_SHORT lang="deu">Zentrifuge</DESCRIPTION_SHORT><DESCRIPTION_LONG lang="en-GB"><![CDATA[Fast & <quiet>]]>
</DESCRIPTION_LONG><MANUFACTURER_PID>0001</MANUFACTURER_PID><MANUFACTURER_NAME>Tecan</MANUFACTURER_NAME>
<MANUFACTURER_TYPE_DESCR lang="eng">TX-1</MANUFACTURER_TYPE_DESCR><DELIVERY_TIME>14</DELIVERY_TIME></PRODUCT_DETAILS>
<PRODUCT_FEATURES><REFERENCE_FEATURE_SYSTEM_NAME>ECLASS-12.0</REFERENCE_FEATURE_SYSTEM_NAME>
<REFERENCE_FEATURE_GROUP_ID>32119001</REFERENCE_FEATURE_GROUP_ID>
<FEATURE><FNAME lang="deu">Drehzahl</FNAME><FNAME lang="eng">Speed</FNAME><FVALUE>15000</FVALUE><FUNIT>RPM</FUNIT>
</FEATURE>
<FEATURE><FNAME>Colours</FNAME><FVALUE>red; dark</FVALUE><FVALUE>blue</FVALUE></FEATURE>
<FEATURE><FT_IDREF>0173</FT_IDREF><FVALUE>1</FVALUE></FEATURE></PRODUCT_FEATURES>
<PRODUCT_FEATURES><REFERENCE_FEATURE_SYSTEM_NAME>CPV 2008</REFERENCE_FEATURE_SYSTEM_NAME>
<REFERENCE_FEATURE_GROUP_ID>42931100-2</REFERENCE_FEATURE_GROUP_ID>
<FEATURE><FNAME>speed</FNAME><FVALUE>2</FVALUE></FEATURE></PRODUCT_FEATURES>
<PRODUCT_ORDER_DETAILS><ORDER_UNIT>SET</ORDER_UNIT><CONTENT_UNIT>C62</CONTENT_UNIT><PRICE_QUANTITY>2</PRICE_QUANTITY>
<QUANTITY_MIN>4</QUANTITY_MIN><QUANTITY_INTERVAL>2</QUANTITY_INTERVAL></PRODUCT_ORDER_DETAILS>
<PRODUCT_PRICE_DETAILS><VALID_START_DATE>2026-01-01</VALID_START_DATE><VALID_END_DATE>2026-12-31T00:00:00</VALID_END_DATE>
<PRODUCT_PRICE price_type="net_list"><PRICE_AMOUNT>9</PRICE_AMOUNT><TAX>0.13</TAX></PRODUCT_PRICE>
<PRODUCT_PRICE price_type="net_customer"><PRICE_AMOUNT>30</PRICE_AMOUNT><PRICE_CURRENCY>EUR</PRICE_CURRENCY>
<TAX>0.13</TAX><LOWER_BOUND>10</LOWER_BOUND></PRODUCT_PRICE>
<PRODUCT_PRICE price_type="net_customer"><PRICE_AMOUNT>33.35</PRICE_AMOUNT><PRICE_CURRENCY>EUR</PRICE_CURRENCY>
<TAX>0.13</TAX><PRICE_FACTOR>0.9</PRICE_FACTOR></PRODUCT_PRICE></PRODUCT_PRICE_DETAILS>
<USER_DEFINED_EXTENSIONS><UDX.LABPARK.WARRANTY_MONTHS>24</UDX.LABPARK.WARRANTY_MONTHS><UDX.OTHER.KIND>service</UDX.OTHER.KIND>
<UDX.LABPARK.NOTHING>x</UDX.LABPARK.NOTHING><UDX.LABPARK.CONFIGURATION></UDX.LABPARK.CONFIGURATION>
</USER_DEFINED_EXTENSIONS>
<PRODUCT_LOGISTIC_DETAILS><COUNTRY_OF_ORIGIN>CH</COUNTRY_OF_ORIGIN></PRODUCT_LOGISTIC_DETAILS></PRODUCT>"""


def test_a_bmecat_catalogue_is_understood(tmp_path: Path) -> None:
    assert only(bmecat(RICH), tmp_path) == {
        "supplier_sku": "C-9", "category": "cpv_2008:42931100-2", "name_zh": "高速离心机", "name_en": "Centrifuge",
        "summary_en": "Fast & <quiet>", "brand": "Tecan", "model": "TX-1", "part_no": "0001", "unit": "套",
        "price": "33.92", "price_currency": "EUR", "price_basis": "2", "vat_rate": "13", "lead_time_days": "14",
        "min_quantity": "4", "order_multiple": "2", "valid_from": "2026-01-01", "valid_until": "2026-12-31",
        "origin": "CH", "warranty_months": "24", "configuration": "",
        "specs": "Speed=15000 rpm; Colours=red\\; dark, blue",
    }  # fmt: skip


@pytest.mark.parametrize("attributes", ["", f'xmlns="{NAMESPACE}"', f'xmlns:b="{NAMESPACE}"', 'xmlns="urn:x"'])
def test_names_count_in_the_namespace_of_the_document(attributes: str, tmp_path: Path) -> None:
    foreign = '<PRODUCT_DETAILS xmlns="urn:y"><DESCRIPTION_SHORT>no</DESCRIPTION_SHORT></PRODUCT_DETAILS>'
    text = bmecat(product(more=foreign), attributes=attributes)
    if ":b=" in attributes:  # everything but what is foreign gets the prefix
        text = re.sub(r"<(/?)(?=[A-Z])(?!PRODUCT_DETAILS xmlns)", r"<\1b:", text)
        text = text.replace('<PRODUCT_DETAILS xmlns="urn:y"><b:', "<c:PRODUCT_DETAILS xmlns:c='urn:y'><b:")
        text = text.replace(
            "no</b:DESCRIPTION_SHORT></b:PRODUCT_DETAILS>", "no</b:DESCRIPTION_SHORT></c:PRODUCT_DETAILS>"
        )
    if "urn:x" in attributes:
        with pytest.raises(NotRead, match="not_a_feed"):
            read(text, tmp_path)
    else:
        assert only(text, tmp_path)["name_zh"] == "离心管 50 mL"


def test_a_catalogue_of_version_1_2_is_understood(tmp_path: Path) -> None:
    text = bmecat(attributes="").replace("PRODUCT", "ARTICLE").replace("_PID", "_AID").replace('"2005"', '"1.2"')
    text = text.replace("gross_list", "gros_list").replace(
        '<LANGUAGE default="true">zho</LANGUAGE><LANGUAGE>eng', "<LANGUAGE>eng"
    )
    found = only(text, tmp_path)
    assert (found["supplier_sku"], found["name_en"], found["price"], found["unit"]) == (
        "A-1",
        "离心管 50 mL",
        "29.00",
        "支",
    )


@pytest.mark.parametrize(
    "encoding, name", [("UTF-8", "离心管"), ("GB2312", "离心管"), ("gb18030", "离心管𠮷"), ("ISO-8859-1", "Röhre")]
)
def test_encodings_that_can_be_searched_are_read(encoding: str, name: str, tmp_path: Path) -> None:
    text = bmecat(product(name=name), head=f'<?xml version="1.0" encoding="{encoding}"?>')
    assert only(text.encode(encoding), tmp_path)["name_zh"] == name
    if encoding == "UTF-8":
        assert only(text.encode("utf-8-sig"), tmp_path)["name_zh"] == name


@pytest.mark.parametrize(
    "price, expected, found_notes",
    [
        ('price_type="net_list"><PRICE_AMOUNT>100</PRICE_AMOUNT><TAX>0.13</TAX>', "113.00", []),
        ('price_type="net_list"><PRICE_AMOUNT>0.05</PRICE_AMOUNT><TAX>0.1</TAX>', "0.06", []),
        ('price_type="net_list"><PRICE_AMOUNT>100</PRICE_AMOUNT><PRICE_CURRENCY>JPY</PRICE_CURRENCY><TAX>0.105</TAX>',
         "111", []),
        ('price_type="net_list"><PRICE_AMOUNT>100</PRICE_AMOUNT>', None, [["price", "net_untaxed"]]),
        ('price_type="net_list"><PRICE_AMOUNT>100</PRICE_AMOUNT><TAX>13</TAX>', None, [["vat_rate", "tax_factor"]]),
        ('price_type="gross_list"><PRICE_AMOUNT>ab</PRICE_AMOUNT>', "ab", []),
        ('price_type="gross_list"><PRICE_AMOUNT>1.234</PRICE_AMOUNT>', "1.234", []),
        ('price_type="nrp"><PRICE_AMOUNT>100</PRICE_AMOUNT>', None, []),
    ],
)  # fmt: skip
def test_a_net_price_is_raised_by_its_tax_and_never_guessed(
    price: str, expected: str | None, found_notes: list[list[str]], tmp_path: Path
) -> None:
    text = re.sub(r"<PRODUCT_PRICE price_type.*?</PRODUCT_PRICE>", f"<PRODUCT_PRICE {price}</PRODUCT_PRICE>", bmecat())
    assert notes(text, tmp_path) == [found_notes]
    assert only(text, tmp_path).get("price") == expected


def test_our_own_unit_counts_as_long_as_its_code_does(tmp_path: Path) -> None:
    own = "<USER_DEFINED_EXTENSIONS><UDX.LABPARK.UNIT>台</UDX.LABPARK.UNIT></USER_DEFINED_EXTENSIONS>"
    for code, expected in (("C62", "台"), ("BX", "盒"), ("QQ", "QQ")):
        assert only(bmecat(product(more=own).replace(">TU<", f">{code}<")), tmp_path)["unit"] == expected


def test_every_unit_code_is_one_of_the_recommendation() -> None:
    listed = ROOT.parent / "shared" / "data" / "codelists" / "unece_rec20_units.csv"
    if not listed.exists():
        pytest.skip(f"{listed} is not here")
    codes = {line.partition(",")[0] for line in listed.read_text(encoding="utf-8").splitlines()}
    packages = {"PCE"} | {code for code in common.UNITS if code.startswith("X")}
    assert set(common.UNITS) - packages <= codes
    assert set(common._MEASURES) <= codes
    assert {common.unit_code(word) for word in common.UNIT_CODES} <= set(common.UNITS)


# cXML -----------------------------------------------------------------------------------------------------------------


def test_a_cxml_index_is_understood(tmp_path: Path) -> None:
    detail = (
        "<ManufacturerPartID>0001</ManufacturerPartID><ManufacturerName>Tecan</ManufacturerName><URL>http://x/</URL>"
        '<Extrinsic name="LabPark.vat_rate">13</Extrinsic><Extrinsic name="Colour">red</Extrinsic>'
        '<Extrinsic name="LabPark.nothing">red</Extrinsic>'
    )
    more = (
        "<LeadTime>7</LeadTime><ExpirationDate>2026-12-31T23:59:59+08:00</ExpirationDate>"
        '<EffectiveDate>2026-01-01</EffectiveDate><SearchGroupData><Name xml:lang="en">x</Name>'
        '<SearchDataElement name="容量" value="50 mL"/><SearchDataElement name="" value="1"/></SearchGroupData>'
    )
    expected = {
        "supplier_sku": "A-1", "category": "labware.tubes", "name_zh": "离心管", "summary_zh": "灭菌，50 mL",
        "name_en": "Tube", "brand": "Tecan", "part_no": "0001", "price": "29.00", "price_currency": "CNY",
        "unit": "支", "vat_rate": "13", "lead_time_days": "7", "valid_from": "2026-01-01",
        "valid_until": "2026-12-31", "specs": "容量=50 mL",
    }  # fmt: skip
    text = index(item(detail=detail, index=more))
    assert only(text, tmp_path) == expected
    alone = re.search(r"<Index>.*</Index>", text)
    assert alone is not None
    assert only(f'<!DOCTYPE Index SYSTEM "http://x/cXML.dtd">{alone[0]}', tmp_path) == expected


def test_items_that_are_no_offers_are_refused_one_by_one(tmp_path: Path) -> None:
    gone = (
        "<IndexItem><IndexItemDelete><ItemID><SupplierPartID>B</SupplierPartID></ItemID></IndexItemDelete></IndexItem>"
    )
    shop = gone.replace("IndexItemDelete", "IndexItemPunchout")
    assert notes(index(gone, item(), shop), tmp_path) == [[["", "deletion"]], [], [["", "punchout"]]]
    deleted = bmecat(product().replace('"new"', '"delete"'), product("A-2"))
    assert notes(deleted, tmp_path) == [[["", "deletion"]], []]


def test_a_price_for_another_unit_is_told(tmp_path: Path) -> None:
    def basis(unit: str, more: str = "") -> str:
        inside = f"<UnitOfMeasure>{unit}</UnitOfMeasure>"
        return index(item(detail=f'<PriceBasisQuantity quantity="10"{more}>{inside}</PriceBasisQuantity>'))

    assert only(basis("TU"), tmp_path)["price_basis"] == "10"
    for text in (basis("BX"), basis("TU", ' conversionFactor="5"')):
        assert notes(text, tmp_path) == [[["price_basis", "basis_unit"]]]


def test_a_long_description_without_a_short_name_is_a_name_and_a_description(tmp_path: Path) -> None:
    found = only(index(item().replace(">Tube<", f">{'x' * 300}<")), tmp_path)
    assert (found["name_en"], found["summary_en"]) == ("x" * 200, "x" * 300)


def test_rows_are_counted_as_in_a_spreadsheet_and_columns_are_those_that_are_said(tmp_path: Path) -> None:
    table = read(bmecat(product("A"), product("B")), tmp_path)
    assert [row.number for row in table.read()] == [2, 3]
    assert table.headings == (
        "supplier_sku",
        "category",
        "name_zh",
        "name_en",
        "price",
        "price_currency",
        "unit",
        "vat_rate",
    )
    first, second = table.read()
    assert next(iter(table.read(first.then))) == second


@pytest.mark.parametrize("value", ["a&b", "&#38;", "&amp;amp;", "<b> \"'", "a\tb\u2028c"])
def test_what_is_written_is_read_again(value: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    with path.open("wb") as stream, written(stream, "a", namespace="urn:x", system="http://x/y.dtd") as out:
        out.leaf("b", value, name=value, xml_lang="zh-CN")
        out.leaf("b", f"\x00{value}\x0b\ufffe")
    _root, first, second = records(path, ["b"])
    assert (first.text, first.attributes) == (value, {"name": value, "lang": "zh-CN"})
    assert second.text == value, "what XML cannot hold is left out"
