"""Pages with pictures and documents: results, gallery, forms, review, what was ordered, printing."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import FileStorage

from app.catalogue.changes.models import ListingChange
from app.catalogue.models import Listing
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.papers.models import Paper
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.media import hang, image, pdf, with_picture


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def sent(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), name)


def test_results_and_the_page_of_a_listing_show_its_picture_without_script(app: Flask, world: World) -> None:
    made = with_picture(world)
    picture = made.media[0]["id"]
    visitor = Visitor(app, world, "pu")
    assert f'src="/listings/{made.id}/media/{picture}/160"' in visitor.get("/catalogue").html
    page = visitor.get(f"/listings/{made.id}")
    assert f'src="/listings/{made.id}/media/{picture}/1600"' in page.html
    assert "<script" not in page.html.split("<main")[1].split("</main")[0]


def test_a_gallery_opens_each_picture_by_its_own_address(app: Flask, world: World) -> None:
    made = hang(world, hang(world, listing(world, "draft")), content=image(300, 200), title="背面")
    second = made.media[1]["id"]
    page = Visitor(app, world, "mu").get(f"/listings/{made.id}?picture={second}")
    assert f'src="/listings/{made.id}/media/{second}/1600" alt="背面"' in page.html
    assert page.html.count('aria-current="true"') == 1
    assert Visitor(app, world, "mu").get(f"/listings/{made.id}?picture=nonsense").status == 200


def test_the_supplier_adds_a_document_and_a_new_version_with_a_form(app: Flask, world: World) -> None:
    made = listing(world, "draft")
    visitor, action = Visitor(app, world, "mu"), f"/listings/{made.id}/add_medium"
    page = visitor.get(action)
    first = visitor.send(action, on=page, kind="data_sheet", title="A", file=sent(pdf(), "a.pdf"), replaces="")
    assert first.status == 303, first.text
    held = find(Listing, made.id, SYSTEM_ACTOR).media[0]["id"]
    again = visitor.get(action)
    assert held in again.html
    second = visitor.send(action, on=again, kind="data_sheet", file=sent(pdf(), "b.pdf"), replaces=held)
    assert second.status == 303, second.text
    db.session.expire_all()
    assert find(Listing, made.id, SYSTEM_ACTOR).media[0]["number"] == 2
    shown = visitor.get(f"/listings/{made.id}")
    assert "version 2" in shown.text
    assert "Earlier versions" in shown.text


def test_a_hostile_file_is_told_at_its_field_and_the_rest_is_kept(app: Flask, world: World) -> None:
    made = listing(world, "draft")
    visitor, action = Visitor(app, world, "mu"), f"/listings/{made.id}/add_medium"
    acts = pdf(b"/OpenAction << /S /JavaScript >>")
    page = visitor.send(action, on=action, kind="manual", title="说明书", file=sent(acts, "m.pdf"))
    assert page.status == 422
    assert "This PDF contains scripts" in page.text
    assert 'value="说明书"' in page.html


def test_the_reviewer_sees_what_comes_with_a_change(app: Flask, world: World) -> None:
    made = listing(world)
    visitor, action = Visitor(app, world, "mu"), f"/listings/{made.id}/propose_medium"
    begun = visitor.send(action, on=action, kind="certificate", title="CE", file=sent(pdf(), "ce.pdf"), replaces="")
    assert begun.status == 303, begun.text
    change = db.session.scalars(sa.select(ListingChange)).one()
    path = f"/listing-changes/{change.id}"
    assert "Documents and pictures that come with it" in visitor.get(path).text
    assert visitor.send(f"{path}/submit", on=f"{path}/submit").status == 303
    assert "Certificate CE" in Visitor(app, world, "rui").get("/queues/changes").text
    assert "Certificate CE" not in Visitor(app, world, "pu").get(f"/listings/{made.id}").text


@pytest.mark.parametrize("kind", ["data_sheet", "label"])
def test_whoever_reads_a_listing_prints_it(app: Flask, world: World, kind: str) -> None:
    made = with_picture(world)
    visitor = Visitor(app, world, "pu")
    page = visitor.get(f"/listings/{made.id}")
    asked = visitor.send("/papers/new", on=page, listing=made.id, kind=kind)
    assert asked.status == 303, asked.text
    paper = db.session.scalars(sa.select(Paper)).one()
    assert (paper.kind, paper.object_id) == (kind, made.id)
    assert paper.content["name"]["en"] == made.name_en
    assert made.supplier_sku is None or made.supplier_sku not in str(paper.content)
    if kind == "data_sheet":
        assert bytes(paper.content["picture"]).startswith(b"\xff\xd8\xff")


def test_a_listing_that_one_may_not_read_is_not_printed(app: Flask, world: World) -> None:
    made = listing(world, "draft")
    visitor = Visitor(app, world, "pu")
    assert "There is no such listing" in visitor.send("/papers/new", on="/papers/new", listing=made.id).text


def test_the_code_of_a_listing_is_a_drawing(app: Flask, world: World) -> None:
    made = listing(world)
    page = Visitor(app, world, "pu").get(f"/listings/{made.id}/code.svg")
    assert page.headers["Content-Type"].startswith("image/svg+xml")
    assert "<path" in page.html
