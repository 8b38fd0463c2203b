"""The tree in pages: read by everybody who is signed in, kept by the operator."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue.taxonomy.tree import tree
from app.kernel.db import db
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing, listings_of
from tests.worlds.taxonomy import category, known_attribute, known_category


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def questions(visitor: Visitor, path: str) -> int:
    asked: list[str] = []

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert visitor.get(path).status == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)
    return len(asked)


@pytest.mark.parametrize(
    "language,words", [("zh", ("离心机", "新增类别", "已开放类别：391")), ("en", ("Centrifuges", "New category"))]
)
def test_the_operator_sees_the_tree_with_its_listings(
    app: Flask, world: World, language: str, words: tuple[str, ...]
) -> None:
    page = Visitor(app, world, "rui", language=language).get("/categories")
    assert page.status == 200
    assert all(one in page.text for one in words)


def test_the_tree_costs_as_many_questions_however_much_is_listed(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "rui")
    listings_of(world, 1)
    few = questions(visitor, "/categories"), questions(visitor, "/catalogue?category=instruments")
    listings_of(world, 12, category="instruments.centrifuges.mini")
    assert (questions(visitor, "/categories"), questions(visitor, "/catalogue?category=instruments")) == few


def test_a_supplier_sees_what_a_category_asks_but_changes_nothing(app: Flask, world: World) -> None:
    own = known_category("instruments.centrifuges.mini")
    page = Visitor(app, world, "mu").get(f"/categories/{own.id}")
    for words in ("Mini centrifuges", "Maximum speed", "What the categories above ask", "Harmonized System 2022"):
        assert words in page.text
    assert f"/categories/{own.id}/retire" not in page.html
    assert "New category" not in Visitor(app, world, "mu").get("/categories").text
    assert Visitor(app, world, "mu").get(f"/categories/{own.id}/retire").status == 403
    assert Visitor(app, world, "mu").get("/categories/new").status == 403


def test_the_operator_drafts_opens_and_retires_a_category_with_forms(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "rui")
    page = visitor.get("/categories/new")
    assert "– Centrifuges" in page.text
    sent = visitor.send("/categories/new", on=page, **{
        "code": "safety.lamps", "parent": "safety", "kind": "goods", "name_zh": "警示灯", "name_en": "Warning lamps",
        "position": "5", "mappings-0-system": "hs_2022", "mappings-0-code": "853180",
    })  # fmt: skip
    assert sent.status == 303, sent.text
    where = str(sent.location)
    assert visitor.send(f"{where}/activate", on=f"{where}/activate").status == 303
    listing(world, category="safety.lamps", specs=[])
    form = visitor.get(f"{where}/retire")
    assert "Listings in the catalogue 1" in form.text
    refused = visitor.send(f"{where}/retire", on=form)
    assert refused.status == 409
    assert "Listings stand in it: 1." in refused.text
    assert visitor.send(f"{where}/retire", on=form, successor="safety.signs").status == 303
    assert tree().path("safety.lamps")[-1] == "safety.signs"
    assert "Signs" in visitor.get(where).text


def test_the_operator_asks_for_something_more_and_changes_it(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "rui")
    own = known_category("safety.signs")
    page = visitor.get(f"/categories/{own.id}/define")
    given = {"code": "sign_side", "name_zh": "边长", "name_en": "Side", "type": "number", "dimension": "length",
             "filters": "1", "units": "mm\ncm"}  # fmt: skip
    sent = visitor.send(f"/categories/{own.id}/define", on=page, **given)
    assert sent.status == 303, sent.text
    made = known_attribute("safety.signs", "sign_side")
    assert (made.unit, made.units, made.filters, made.mandatory) == ("mm", ["mm", "cm"], True, False)
    shown = visitor.get(f"/attributes/{made.id}")
    assert "Listings that a change reaches" in shown.text
    form = visitor.get(f"/attributes/{made.id}/change")
    wrong = visitor.send(f"/attributes/{made.id}/change", on=form, name_zh="边长", name_en="Side", units="rpm")
    assert wrong.status == 422
    assert "Not a unit of this dimension." in wrong.text


def test_a_listings_properties_stand_in_groups_in_the_readers_words(app: Flask, world: World) -> None:
    made = listing(world, specs=[
        {"key": "最高转速", "value": "21", "unit": "krpm"}, {"key": "转子", "value": "角转子"},
        {"key": "噪声", "value": "≤60 dB(A)"}, {"key": "脾气", "value": "好"},
    ])  # fmt: skip
    page = Visitor(app, world, "pu").get(f"/listings/{made.id}")
    for words in ("Performance", "Maximum speed 21,000 21 krpm rpm", "Fixed angle", "≤ 60", "As the supplier writes"):
        assert words in page.text
    chinese = Visitor(app, world, "pu", language="zh").get(f"/listings/{made.id}")
    for words in ("性能", "转/分", "角转子", "供应商所述", "脾气"):
        assert words in chinese.text


def test_the_operator_finds_drafts_and_retired_ones_by_state(app: Flask, world: World) -> None:
    category(world, "draft", code="instruments.new_one")
    category(world, "retired", code="instruments.old_one")
    visitor = Visitor(app, world, "rui")
    assert "instruments.new_one" in visitor.get("/categories").text
    assert "instruments.old_one" in visitor.get("/categories?state=retired").text
    assert "instruments.old_one" not in visitor.get("/categories?state=draft").text
    assert "instruments.new_one" not in Visitor(app, world, "mu").get("/categories?state=draft").text
