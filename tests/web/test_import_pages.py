"""A supplier's editor with a table: sends it, says what its columns mean, reads what is wrong, starts it, looks on."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask

from app.catalogue.exchange.models import ImportJob
from app.kernel.db import db
from app.kernel.work import reading
from tests.web.visitor import Page, Visitor
from tests.world import World, build
from tests.worlds.imports import BAD, GOOD, checked, sent, table, work
from tests.worlds.ordering import again

pytestmark = pytest.mark.database_matters

CSV = "编号,叫法,含税单价,销售单位\nA-1,=离心管,29.00,支\nA-2,,ab,支\n"


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def send(visitor: Visitor, content: bytes, name: str, **typed: str) -> Page:
    file = (io.BytesIO(content), name)
    return visitor.send("/imports/new", on="/imports/new", file=file, mode="partial", then="draft", **typed)


def newest() -> ImportJob:
    with reading():
        return db.session.scalars(db.select(ImportJob).order_by(ImportJob.id.desc()).limit(1)).one()


def test_a_table_goes_its_way_on_pages_alone(app: Flask, world: World) -> None:
    editor = Visitor(app, world, "mu")
    assert editor.get("/listings").links["Import"] == "/imports/new"
    page = send(editor, CSV.encode("gb18030"), "价目.csv", category="labware.tubes")
    assert page.status == 303, page.text
    here = str(page.location)
    assert 'http-equiv="refresh"' in editor.get(here).html
    work(newest())
    page = editor.get(here)
    assert "Some headings are not known yet" in page.text
    form = editor.get(f"{here}/assign_columns")
    assert "=离心管" in form.text, "the first rows stand beside the headings"
    said = {f"columns-{at}-heading": one for at, one in enumerate(("编号", "叫法", "含税单价", "销售单位"))}
    codes = ("supplier_sku", "name_zh", "price", "price")
    wrong = editor.send(
        f"{here}/assign_columns", on=form, mode="partial", category="labware.tubes", **said,
        **{f"columns-{at}-column": code for at, code in enumerate(codes)},
    )  # fmt: skip
    assert wrong.status == 422
    assert "Another heading has this meaning already." in wrong.text
    right = editor.send(
        f"{here}/assign_columns", on=wrong, mode="partial", category="labware.tubes", **said,
        **{f"columns-{at}-column": code for at, code in enumerate((*codes[:3], "unit"))},
    )  # fmt: skip
    assert right.status == 303, right.text
    work(newest())
    page = editor.get(here)
    assert "2 errors were found." in page.text
    assert "Expected an amount such as 12.30" in page.text
    marked = editor.client.get(f"{here}/marked")
    assert zipfile.ZipFile(io.BytesIO(marked.data)).testzip() is None
    assert "attachment" in marked.headers["Content-Disposition"]
    assert editor.do(f"{here}/start").status == 303
    work(newest())
    page = editor.get(here)
    assert "imported" in page.text
    assert again(newest()).created_rows == 1
    assert "价目.csv" in editor.get("/imports").text
    chinese = Visitor(app, world, "mu", language="zh").get(here)
    assert "应为金额，如 12.30" in chinese.text


def test_what_is_no_table_is_refused_at_the_form(app: Flask, world: World) -> None:
    editor = Visitor(app, world, "mu")
    page = send(editor, b"%PDF-1.7", "a.pdf")
    assert page.status == 422
    assert "Accepted here: CSV, XLSX, XML, ZIP. The content has to be what the name says." in page.text
    page = send(editor, b"\x00\x01", "a.csv")
    assert page.status == 422
    page = send(editor, b"PK\x03\x04", "a.xlsx")
    assert page.status == 422


def test_a_foreign_import_is_not_there(app: Flask, world: World) -> None:
    job = checked(world, GOOD, BAD)
    for name, status in (("mu", 200), ("mu2", 404), ("pu", 404), ("rui", 404)):
        visitor = Visitor(app, world, name)
        for path in (f"/imports/{job.id}", f"/imports/{job.id}/marked"):
            assert visitor.client.get(path).status_code == status, (name, path)
    assert Visitor(app, world, "mu2").get(f"/imports/{job.id}/assign_columns").status == 404


def test_programs_read_errors_in_their_language(app: Flask, world: World) -> None:
    job = checked(world, GOOD, BAD)
    client = app.test_client()
    own = {"Authorization": f"Bearer {world.key('mu')}"}
    found = client.get(f"/api/v1/imports/{job.id}/problems", headers=own | {"Accept-Language": "zh"}).json
    assert found["total"] == len(found["items"]) == 2
    assert found["items"][0] == {
        "row": 3, "column": 3, "heading": "价格", "value": "ab",
        "reason": "应为金额，如 12.30，小数位数不超过该币种的规定。",
    }  # fmt: skip
    body = client.get(f"/api/v1/imports/{job.id}", headers=own).json
    assert body["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert [one["name"] for one in body["actions"] if one["enabled"]] == ["start", "assign_columns", "cancel"]
    foreign = {"Authorization": f"Bearer {world.key('mu2')}"}
    assert client.get(f"/api/v1/imports/{job.id}/problems", headers=foreign).status_code == 404
    assert client.get(f"/api/v1/imports/{job.id}/problems?after=x", headers=own).status_code == 422


def test_a_program_sends_a_table_in_one_request(app: Flask, world: World) -> None:
    client = app.test_client()
    answer = client.post(
        "/api/v1/imports", headers={"Authorization": f"Bearer {world.key('mu')}"},
        data={"file": (io.BytesIO(CSV.encode()), "a.csv"), "category": "labware.tubes"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.json
    assert answer.json["state"] == "uploaded"


def test_pages_of_an_import_ask_few_questions(app: Flask, world: World) -> None:
    work(sent(world, table(*[(f"N-{n}", "x", "", "ab", "") for n in range(30)])))
    visitor = Visitor(app, world, "mu")
    page = visitor.get(f"/imports/{newest().id}")
    assert page.status == 200
    assert page.html.count("<tr") > 50
