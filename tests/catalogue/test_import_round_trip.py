"""Out and in again: what was exported changes nothing when it comes back, an edited cell changes one field."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook

from app.catalogue.exchange import actions, columns, workbooks
from app.catalogue.exchange.guarding import for_text, for_workbook
from app.catalogue.exchange.models import ImportJob
from app.catalogue.exchange.notation import pairs_text, parse_pairs
from app.catalogue.exchange.table_reader import natural
from app.catalogue.models import Listing
from app.catalogue.taxonomy.tree import tree
from app.kernel.db import db
from app.kernel.work import reading
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.imports import EDITOR, received, sent, work
from tests.worlds.ordering import do

pytestmark = pytest.mark.database_matters

CENTRIFUGES = "instruments.centrifuges"
NASTY = '=HYPERLINK("http://x";"y")'


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def counts(job: ImportJob) -> tuple[str, int, int, int, int]:
    return job.state, job.created_rows, job.changed_rows, job.unchanged_rows, job.refused_rows


def exported(world: World, path: Path, kind: str, category: str | None, language: str) -> Path:
    """The supplier's listings as a file."""
    codes = workbooks.codes_of(category)
    with reading():
        rows = list(workbooks.rows_of(workbooks.own_listings(world.actor(EDITOR), category=category), codes, language))
        if kind == "xlsx":
            workbooks.write_workbook(path, codes, category, rows, language)
        else:
            text = "".join(workbooks.csv_lines(workbooks.headings_of(codes, category, language), rows))
            path.write_text(text, encoding="utf-8", newline="")
    return path


def stock(world: World) -> None:
    """Drafts with whatever makes a round trip hard."""
    listing(world, "draft", supplier_sku="A-1")
    listing(
        world, "draft", supplier_sku="A-2", summary_zh="两行\n=1+1", brand=NASTY, part_no="000123", price=None,
        model="-20", specs=[
            {"key": "最高转速", "value": "21000", "unit": "rpm"}, {"key": "自选", "value": "a; b = c\\", "unit": ""},
            {"key": "备注", "value": "'=x", "unit": ""}, {"key": "容量", "value": "6 × 50 mL", "unit": ""},
        ],
    )  # fmt: skip
    listing(world, "draft", supplier_sku="S-1", kind="service", price_basis="2.5", vat_rate="6")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_export_that_comes_back_changes_nothing(world: World, tmp_path: Path, kind: str, language: str) -> None:
    stock(world)
    for number, category in enumerate((CENTRIFUGES, None)):
        path = exported(world, tmp_path / f"{number}.{kind}", kind, category, language)
        job = work(sent(world, received(path, f"{number}.{kind}"), then="draft"))
        assert counts(job) == ("checked", 0, 0, 2 if category else 3, 0), job.columns


def test_an_edited_cell_changes_one_field(world: World, tmp_path: Path) -> None:
    stock(world)
    with reading():
        before = {one.supplier_sku: one for one in db.session.scalars(sa.select(Listing))}
    path = exported(world, tmp_path / "a.csv", "csv", CENTRIFUGES, "zh")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("68500.00", '"65,000"').replace("21000 rpm", "22000"), encoding="utf-8", newline="")
    job = work(sent(world, received(path, "a.csv"), then="draft"))
    assert counts(job) == ("checked", 0, 2, 0, 0)
    do(actions.start, job, world.actor(EDITOR))
    assert work(job).state == "done"
    with reading():
        after = {one.supplier_sku: one for one in db.session.scalars(sa.select(Listing))}
    assert after["A-1"].price_minor == 6_500_000
    assert after["A-1"].specs[0] == {"key": "最高转速", "value": "22000", "number": "22000", "unit": "转/分"}
    assert after["A-1"].specs[1:] == before["A-1"].specs[1:]
    assert (after["A-2"].brand, after["A-2"].summary_zh) == (before["A-2"].brand, before["A-2"].summary_zh)


def test_the_columns_of_every_category_are_known_by_their_headings(world: World) -> None:
    del world
    with reading():
        categories = list(tree().open)
    for category in categories:
        with reading():
            codes = workbooks.codes_of(category)
            for language in ("zh", "en"):
                headings = workbooks.headings_of(codes, category, language)
                assert columns.guess(headings, tree(), category) == codes, (category, language)


def test_a_template_offers_its_choices_and_explains_itself(world: World, tmp_path: Path) -> None:
    del world
    path = tmp_path / "a.xlsx"
    with reading():
        workbooks.write_workbook(path, workbooks.codes_of(CENTRIFUGES), CENTRIFUGES, (), "zh")
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<dataValidation ") >= 2
    assert "<f>" not in sheet.replace("<formula1>", "")
    sheets = CalamineWorkbook.from_path(str(path))
    assert len(sheets.sheet_names) == 3
    headings = sheets.get_sheet_by_index(0).to_python()[0]
    assert any("*" in str(one) for one in headings)


@pytest.mark.parametrize("cell", ["=1", "'=1", "''@x", "-20", "+8.5%", " =1", "\t=1", "'", "'a", "a", "", "-a", "@"])
def test_a_guarded_cell_is_read_as_it_was(cell: str) -> None:
    for guarded in (for_text(cell), for_workbook(cell)):
        assert natural(guarded) == cell
    figure = cell.strip("-+").replace(".", "").rstrip("%").isdigit()
    assert figure or not for_text(cell).startswith(("=", "+", "-", "@", "\t", " ="))


@pytest.mark.parametrize("value", ["a; b", "a=b", "x\\", "\\;", "两；三", "21000", "a\nb"])
def test_further_properties_survive_their_own_signs(value: str) -> None:
    specs = [{"key": "k=1", "value": value, "unit": ""}, {"key": "z", "value": "1", "unit": "mL"}]
    assert parse_pairs(pairs_text(specs)) == specs


def test_both_faces_give_the_files_to_their_owners_only(world: World, app: Flask) -> None:
    stock(world)
    client = app.test_client()
    for path in ("/api/v1/listings/template?category=" + CENTRIFUGES, "/api/v1/listings/export"):
        own = client.get(path, headers={"Authorization": f"Bearer {world.key('mu')}"})
        other = client.get(path, headers={"Authorization": f"Bearer {world.key('pu')}"})
        assert (own.status_code, other.status_code) == (200, 403)
        assert zipfile.ZipFile(io.BytesIO(own.data)).testzip() is None
    bad = client.get("/api/v1/listings/export?format=pdf", headers={"Authorization": f"Bearer {world.key('mu')}"})
    assert (bad.status_code, bad.json["code"]) == (422, "bad_table")
