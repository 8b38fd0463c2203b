"""A supplier's editor with an archive of pictures, on pages and as a program: the same door as tables go through."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue.exchange.models import ImportJob
from app.kernel.db import db
from app.kernel.work import reading
from tests.catalogue.hostile_archives import zipped
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds.archives import checked_archive, shown
from tests.worlds.catalogue import listing
from tests.worlds.imports import work
from tests.worlds.media import image, pdf

FILES = {"A-1_1.png": image(300, 200), "A-1 说明书.pdf": pdf(), "other.png": image()}


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def newest() -> ImportJob:
    with reading():
        return db.session.scalars(db.select(ImportJob).order_by(ImportJob.id.desc()).limit(1)).one()


def test_an_archive_goes_its_way_on_pages_alone(app: Flask, world: World) -> None:
    made = listing(world, "draft", supplier_sku="A-1")
    editor = Visitor(app, world, "mu")
    form = editor.get("/imports/new")
    assert "AB-100-manual.pdf" in form.text
    assert ".zip" in form.html
    file = (io.BytesIO(zipped(FILES)), "图片.zip")
    page = editor.send("/imports/new", on=form, file=file, mode="partial", then="draft")
    assert page.status == 303, page.text
    here = str(page.location)
    assert 'http-equiv="refresh"' in editor.get(here).html
    work(newest())
    page = editor.get(here)
    assert "1 error was found." in page.text
    for words in ("A-1 说明书.pdf", "Manual", "Neither this name nor its folder says th", "New pictures and documents"):
        assert words in page.text
    for words in ("Assign the columns", "Rows of the file", "whole row"):
        assert words not in page.text
    listed = editor.client.get(f"{here}/marked")
    assert zipfile.ZipFile(io.BytesIO(listed.data)).testzip() is None
    assert editor.do(f"{here}/start").status == 303
    work(newest())
    assert "imported" in editor.get(here).text
    assert shown(made) == [("manual", "A-1 说明书.pdf", 1), ("picture", "A-1_1.jpg", 1)]
    chinese = Visitor(app, world, "mu", language="zh")
    assert "都不对应贵机构任何商品的自有编号" in chinese.get(here).text
    assert "AB-100-说明书.pdf" in chinese.get("/imports/new").text


def test_a_program_sends_an_archive_and_starts_it(app: Flask, world: World) -> None:
    made = listing(world, "draft", supplier_sku="A-1")
    api = Api(app, world.key("mu"))
    answer = api.client.post(
        "/api/v1/imports", headers=api.headers, data={"file": (io.BytesIO(zipped(FILES)), "pictures.zip")}
    )
    assert (answer.status_code, answer.json["kind"]) == (201, "zip"), answer.json
    job = work(newest())
    body = api.get(f"imports/{job.id}").json
    assert (body["state"], body["counts"]["created"], body["counts"]["refused"]) == ("checked", 2, 1)
    assert [one["name"] for one in body["actions"] if one["enabled"]] == ["start", "cancel"]
    wrong = api.get(f"imports/{job.id}/problems").json["items"]
    assert [(one["row"], one["column"], one["value"]) for one in wrong] == [(3, None, "other.png")]
    started = api.client.post(
        f"/api/v1/imports/{job.id}/start", headers={**api.headers, "If-Match": f'"{body["version"]}"'}
    )
    assert started.status_code == 200, started.json
    work(newest())
    assert [one["kind"] for one in api.get(f"listings/{made.id}").json["media"]] == ["manual", "picture"]


def test_an_archive_is_taken_nowhere_else(app: Flask, world: World) -> None:
    made = listing(world, "draft", supplier_sku="A-1")
    api = Api(app, world.key("mu"))
    answer = api.client.post(
        f"/api/v1/listings/{made.id}/add_medium", headers={**api.headers, "If-Match": f'"{made.version}"'},
        data={"kind": "picture", "file": (io.BytesIO(zipped(FILES)), "pictures.zip")},
    )  # fmt: skip
    assert (answer.status_code, answer.json["code"]) == (422, "file_type")


def test_the_page_of_an_archive_asks_as_much_for_many_files_as_for_few(app: Flask, world: World) -> None:
    listing(world, "draft", supplier_sku="A-1")
    visitor = Visitor(app, world, "mu")
    asked = []
    for number in (2, 30):
        job = checked_archive(world, {f"A-1_{n}.txt": b"%d" % n for n in range(number)})
        visitor.get(f"/imports/{job.id}")
        with counted() as statements:
            assert visitor.get(f"/imports/{job.id}").html.count("<tr") > number
        asked.append(len(statements))
    assert asked[0] == asked[1]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    told: list[str] = []

    def hear(*asked: Any) -> None:
        told.append(asked[2])

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", hear)
