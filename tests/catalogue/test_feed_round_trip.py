"""Catalogues in XML out and in again: nothing is changed by what was exported, one thing by one that was edited."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from lxml import etree

from app.accounts import files
from app.accounts.models import Organisation
from app.catalogue.exchange import actions, outgoing, workbooks
from app.catalogue.exchange.feeds.bmecat import NAMESPACE
from app.catalogue.exchange.models import ImportJob
from app.catalogue.models import Listing
from app.catalogue.taxonomy.models import Category, CategoryMapping
from app.catalogue.taxonomy.tree import tree
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.work import reading
from tests.catalogue.hostile_xml import HOSTILE_XML, bmecat, index, item, product
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.imports import EDITOR, problems, sent, work
from tests.worlds.ordering import again, do

pytestmark = pytest.mark.database_matters

NASTY = "<b>&amp; \"'\u2028]]>"
CXML_DTD = Path(__file__).resolve().parents[3] / "shared" / "data" / "standards" / "cxml" / "cXML.dtd"
KINDS = ("bmecat", "cxml")


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def counts(job: ImportJob) -> tuple[str, int, int, int, int]:
    return job.state, job.created_rows, job.changed_rows, job.unchanged_rows, job.refused_rows


def exported(world: World, kind: str) -> bytes:
    """The supplier's listings as a catalogue."""
    actor, out = world.actor(EDITOR), io.BytesIO()
    with reading():
        supplier = find(Organisation, str(actor.org_id), actor)
        outgoing.WRITERS[kind](out, supplier, workbooks.own_listings(actor, category=None), tree())
    return out.getvalue()


def checked(world: World, content: bytes | str, **said: str) -> ImportJob:
    """A catalogue that was sent, read and checked."""
    raw = content.encode() if isinstance(content, str) else content
    return work(sent(world, files.stored(raw, "目录.xml", "application/xml"), **{"then": "draft", **said}))


def stored() -> dict[str, Listing]:
    with reading():
        return {str(one.supplier_sku): one for one in db.session.scalars(sa.select(Listing))}


def stock(world: World) -> None:
    """Drafts with whatever makes a round trip hard."""
    listing(world, "draft", supplier_sku="A-1", name_en="", summary_en="only English, no English name")
    listing(
        world, "draft", supplier_sku="A-2", summary_zh="两行\n=1+1", brand=NASTY, part_no="000123", price=None,
        model="-20", unit="盒", lead_time_days=None, valid_from="2026-01-01", valid_until="2026-12-31", specs=[
            {"key": "最高转速", "value": "21000", "unit": "rpm"}, {"key": "自选", "value": "a; b = c\\", "unit": ""},
            {"key": "备注", "value": NASTY, "unit": ""}, {"key": "容量", "value": "6 × 50 mL", "unit": ""},
        ],
    )  # fmt: skip
    listing(
        world, "draft", supplier_sku="A-3", unit="件", min_quantity="0.5", order_multiple="0.5", stock="0",
        price={"amount": "10.00", "currency": "USD"}, valid_from="2026-01-01", incoterm="DAP", delivery_point="园区",
        origin="CH", imported=True, regulated=["medical"], vat_rate="9.5", warranty_months=18, tax_class="reduced",
        configuration="定角转子", tiers=[
            {"from_quantity": "0.75", "price": {"amount": "9.00", "currency": "USD"}},
            {"from_quantity": "100", "price": {"amount": "8.00", "currency": "USD"}},
        ],
    )  # fmt: skip
    listing(world, "published", supplier_sku="A-4", vat_rate="0", tax_class="zero")
    listing(world, "draft", supplier_sku="S-1", kind="service", price_basis="2.5", vat_rate="6", specs=[])


@pytest.mark.parametrize("kind", KINDS)
def test_a_catalogue_that_comes_back_changes_nothing(world: World, kind: str) -> None:
    stock(world)
    job = checked(world, exported(world, kind))
    assert (counts(job), problems(job)) == (("checked", 0, 0, 5, 0), [])


@pytest.mark.parametrize("kind", KINDS)
def test_an_edited_price_changes_one_listing(world: World, kind: str) -> None:
    stock(world)
    before = stored()
    text = exported(world, kind).decode()
    assert text.count("10.00<") == 1
    job = checked(world, text.replace("10.00<", "12.00<"))
    assert counts(job) == ("checked", 0, 1, 4, 0)
    do(actions.start, job, world.actor(EDITOR))
    assert work(job).state == "done"
    after = stored()
    assert after["A-3"].price_minor == 1_200
    told = ("regulated", "tiers", "specs", "unit", "stock_micro", "incoterm", "imported", "configuration", "origin")
    assert [getattr(after["A-3"], name) for name in told] == [getattr(before["A-3"], name) for name in told]
    assert [one.version for sku, one in after.items() if sku != "A-3"] == [
        one.version for sku, one in before.items() if sku != "A-3"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_catalogue_makes_the_same_listings_elsewhere(world: World, kind: str) -> None:
    """What the two formats carry is everything that a table carries, and as it was."""
    stock(world)
    before, text = stored(), exported(world, kind).decode()
    job = checked(world, re.sub(r">(A-[123]|S-1)<", r">N\1<", text))
    assert (counts(job), problems(job)) == (("checked", 4, 0, 1, 0), [])
    do(actions.start, job, world.actor(EDITOR))
    work(job)
    after = stored()
    own = [
        "kind", "category", "name_zh", "name_en", "summary_zh", "summary_en", "brand", "model", "configuration",
        "part_no", "price_minor", "currency", "price_basis_micro", "unit", "vat_bp", "tax_class", "lead_time_days",
        "warranty_months", "valid_from", "valid_until", "min_quantity_micro", "order_multiple_micro", "stock_micro",
        "incoterm", "delivery_point", "origin", "imported", "specs",
    ]  # fmt: skip
    for sku in ("A-1", "A-2", "A-3", "S-1"):
        pairs = {name: (getattr(before[sku], name), getattr(after[f"N{sku}"], name)) for name in own}
        assert {name: pair for name, pair in pairs.items() if pair[0] != pair[1]} == {}, sku


def test_an_export_has_the_elements_of_bmecat_in_their_order(world: World) -> None:
    stock(world)
    root = etree.fromstring(exported(world, "bmecat"))
    assert (root.tag, root.get("version")) == (f"{{{NAMESPACE}}}BMECAT", "2005")
    orders = {
        "HEADER": "GENERATOR_INFO CATALOG SUPPLIER",
        "CATALOG": "LANGUAGE CATALOG_ID CATALOG_VERSION GENERATION_DATE",
        "PRODUCT": "SUPPLIER_PID PRODUCT_DETAILS PRODUCT_FEATURES PRODUCT_ORDER_DETAILS PRODUCT_PRICE_DETAILS "
                   "USER_DEFINED_EXTENSIONS PRODUCT_LOGISTIC_DETAILS",
        "PRODUCT_DETAILS": "DESCRIPTION_SHORT DESCRIPTION_LONG MANUFACTURER_PID MANUFACTURER_NAME "
                           "MANUFACTURER_TYPE_DESCR DELIVERY_TIME",
        "PRODUCT_FEATURES": "REFERENCE_FEATURE_SYSTEM_NAME REFERENCE_FEATURE_GROUP_ID FEATURE",
        "FEATURE": "FNAME FVALUE FUNIT FORDER",
        "PRODUCT_ORDER_DETAILS": "ORDER_UNIT PRICE_QUANTITY QUANTITY_MIN QUANTITY_INTERVAL",
        "PRODUCT_PRICE_DETAILS": "VALID_START_DATE VALID_END_DATE PRODUCT_PRICE",
        "PRODUCT_PRICE": "PRICE_AMOUNT PRICE_CURRENCY TAX LOWER_BOUND",
    }  # fmt: skip
    for name, order in orders.items():
        found = list(root.iter(f"{{{NAMESPACE}}}{name}"))
        assert found, name
        for one in found:
            places = [order.split().index(etree.QName(child).localname) for child in one]
            assert places == sorted(places), (name, places)
            assert not one.findall("*[.='']"), "no empty element"
    languages = {one.get("lang") for one in root.iter(f"{{{NAMESPACE}}}DESCRIPTION_SHORT")}
    assert languages == {"zho", "eng"}


def test_an_export_is_valid_cxml(world: World) -> None:
    stock(world)
    content = exported(world, "cxml")
    head = content[:400].decode(errors="replace")
    assert '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/cXML.dtd">' in head
    assert re.search(r'<cXML version="1\.2\.063" payloadID="[^"]+@labpark" timestamp="2[^"]+\+00:00">', head)
    if not CXML_DTD.exists():
        pytest.skip(f"{CXML_DTD} is not here")
    document = etree.fromstring(content)
    dtd = etree.DTD(str(CXML_DTD))
    assert dtd.validate(document), dtd.error_log.filter_from_errors()
    broken = etree.fromstring(content.replace(b"UnitOfMeasure", b"UnitOfMess"))
    assert not dtd.validate(broken)


def test_what_a_document_leaves_out_is_left_alone_and_what_it_empties_is_emptied(world: World) -> None:
    listing(world, "draft", supplier_sku="A-1", warranty_months=24, brand="Tecan", configuration="x")
    own = "<USER_DEFINED_EXTENSIONS><UDX.LABPARK.CONFIGURATION/></USER_DEFINED_EXTENSIONS>"
    text = bmecat(product("A-1", more=own))
    job = checked(world, text)
    assert counts(job) == ("checked", 0, 1, 0, 0)
    do(actions.start, job, world.actor(EDITOR))
    work(job)
    after = stored()["A-1"]
    assert (after.warranty_months, after.brand, after.configuration, after.name_zh, after.price_minor) == (
        24, "Tecan", "", "离心管 50 mL", 2_900,
    )  # fmt: skip
    assert after.name_en, "the name in another language stays"
    assert after.specs, "properties of which nothing is said stay"
    assert counts(checked(world, text)) == ("checked", 0, 0, 1, 0)


def test_errors_are_told_by_row_and_column_and_the_rest_is_imported(world: World) -> None:
    number = "<ItemID><SupplierPartID>B</SupplierPartID></ItemID>"
    shop = f"<IndexItem><IndexItemPunchout>{number}</IndexItemPunchout></IndexItem>"
    job = checked(world, index(item("A"), shop, item("C").replace("29.00", "ab"), item("A")))
    assert counts(job) == ("checked", 1, 0, 0, 3)
    assert problems(job) == [
        (3, "", "This is bought in a shop of your own (PunchOut) and is no listing: give it with its price."),
        (4, "price", "Expected an amount such as 12.30, with no more decimals than the currency has."),
        (5, "supplier_sku", "This number is in an earlier row already."),
    ]
    net = bmecat(product().replace("gross_list", "net_list").replace("<TAX>0.13</TAX>", ""))
    job = checked(world, net)
    assert [(row, words[:22]) for row, _heading, words in problems(job)] == [(2, "Prices here include ta")]
    whole = checked(world, index(item("A"), shop), mode="whole")
    with pytest.raises(Refusal, match="1 rows have errors"):
        do(actions.start, whole, world.actor(EDITOR))


def test_a_foreign_classification_counts_where_the_tree_knows_it(world: World) -> None:
    with reading():
        once = (
            sa.select(CategoryMapping.code).where(CategoryMapping.system == "cpv_2008")
            .group_by(CategoryMapping.code).having(sa.func.count() == 1)
        )  # fmt: skip
        mapped, category = db.session.execute(
            sa.select(CategoryMapping.code, Category.code)
            .join(Category, Category.id == CategoryMapping.category_id)
            .where(CategoryMapping.system == "cpv_2008", CategoryMapping.code.in_(once), Category.kind == "goods")
            .limit(1)
        ).one()
    text = bmecat().replace(">LABPARK<", ">CPV<")
    for code, given, expected in (
        (mapped, None, category),
        (mapped[:8], None, category),
        ("1", "labware.tubes", "labware.tubes"),
    ):
        job = checked(world, text.replace(">labware.tubes<", f">{code}<").replace("A-1", f"A-{code}"), category=given)
        assert counts(job) == ("checked", 1, 0, 0, 0), problems(job)
        do(actions.start, job, world.actor(EDITOR))
        work(job)
        assert stored()[f"A-{code}"].category == expected
    job = checked(world, text.replace(">labware.tubes<", ">1<").replace("A-1", "A-9"))
    assert problems(job) == [(2, "category", "Give a category, or choose one for the whole file.")]


def test_a_hostile_document_ends_the_import_with_a_reason(world: World, tmp_path: Path) -> None:
    make, reasons = HOSTILE_XML["a billion laughs"]
    job = checked(world, make(tmp_path / "a.xml").read_bytes())
    assert (job.state, {job.error}) == ("failed", reasons)
    job = checked(world, "<html/>")
    assert (job.state, job.error) == ("failed", "not_a_feed")
    assert stored() == {}


# The two faces --------------------------------------------------------------------------------------------------------


def test_programs_send_and_fetch_catalogues(world: World, app: Flask) -> None:
    client = app.test_client()
    own = {"Authorization": f"Bearer {world.key('mu')}"}
    sending = {"file": (io.BytesIO(index().encode()), "index.xml"), "then": "draft"}
    answer = client.post("/api/v1/imports", data=sending, headers=own)
    assert answer.status_code == 201, answer.text
    with reading():
        job = db.session.scalars(sa.select(ImportJob)).one()
    do(actions.start, work(job), world.actor(EDITOR))
    assert counts(work(job)) == ("done", 1, 0, 0, 0)
    for kind in KINDS:
        answer = client.get(f"/api/v1/listings/export?format={kind}", headers=own)
        assert (answer.status_code, answer.mimetype) == (200, "application/xml")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="listings-{kind}.xml"'
        assert counts(checked(world, answer.data)) == ("checked", 0, 0, 1, 0)
        assert client.get(f"/api/v1/listings/export?format={kind}", headers={}).status_code == 401
        other = {"Authorization": f"Bearer {world.key('pu')}"}
        assert client.get(f"/api/v1/listings/export?format={kind}", headers=other).status_code == 403


def test_people_send_and_fetch_catalogues(world: World, app: Flask) -> None:
    editor = Visitor(app, world, "mu")
    page = editor.get("/imports/new")
    for kind, title in (("xlsx", "Workbook (XLSX)"), ("bmecat", "BMEcat 2005"), ("cxml", "cXML Index")):
        assert re.search(rf'<option value="{kind}"[^>]*>{re.escape(title)}</option>', page.html), kind
    sending = {"file": (io.BytesIO(bmecat().encode()), "目录.xml"), "then": "draft", "mode": "partial"}
    assert editor.send("/imports/new", on=page, **sending).status == 303
    with reading():
        job = db.session.scalars(sa.select(ImportJob)).one()
    assert counts(work(job)) == ("checked", 1, 0, 0, 0)
    do(actions.start, again(job), world.actor(EDITOR))
    work(job)
    for kind in KINDS:
        file = editor.client.get(f"/listings/export?format={kind}")
        assert (file.status_code, b"A-1" in file.data) == (200, True)
        assert Visitor(app, world, "pu").client.get(f"/listings/export?format={kind}").status_code == 403
    broken = {**sending, "file": (io.BytesIO(b"\x1f\x8b\x08\x00"), "a.xml")}
    assert editor.send("/imports/new", on="/imports/new", **broken).status == 422
