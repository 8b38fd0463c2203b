"""The catalogue as people see it: search and a listing."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue import index
from app.catalogue.actions import listings
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.web.visitor import Page, Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing, listings_of

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def rows(page: Page) -> list[str]:
    """The listings that a page links to, in order."""
    return list(dict.fromkeys(re.findall(r'href="/listings/(lst_[0-9a-z]{26})"', page.html)))


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


# Search


def test_anybody_searches_without_signing_in(app: Flask, world: World) -> None:
    made = listing(world)
    index.sync_once()
    page = Visitor(app).get("/catalogue", q="离心机")
    assert page.status == 200
    assert rows(page) == [made.id]
    assert "CNY 68,500.00" in page.text
    assert "tax 13% included" in page.text
    assert "Listings: 1, suppliers: 1" in page.text


def test_it_speaks_chinese(app: Flask, world: World) -> None:
    listing(world, price=None)
    index.sync_once()
    page = Visitor(app, language="zh").get("/catalogue", category="instruments.centrifuges")
    for words in ("离心机", "1 件商品，1 家供应商", "面议", "最高转速", "应用筛选", "供货周期"):
        assert words in page.text
    assert "·" not in page.text


def test_filters_are_links_to_take_away_and_boxes_that_stay_ticked(app: Flask, world: World) -> None:
    listings_of(world, 2)
    listing(world, supplier="supplier2", brand="IKA")
    index.sync_once()
    page = Visitor(app).get("/catalogue?brand=IKA&lead_time=7&max_speed_from=20000&category=instruments.centrifuges")
    assert len(rows(page)) == 1
    assert "Maximum speed ≥ 20000 rpm" in page.text
    assert 'value="IKA" checked' in page.html
    without = page.links["IKA"]
    assert "brand" not in without
    assert "max_speed_from=20000" in without
    assert len(rows(Visitor(app).get(without))) == 3


def test_an_empty_result_says_which_filter_to_drop_and_with_what_gain(app: Flask, world: World) -> None:
    listings_of(world, 2)
    index.sync_once()
    page = Visitor(app, world, "mei").get("/catalogue?q=离心机&brand=Nobody")
    assert "Nothing in the catalogue fits this search." in page.text
    assert page.links["Without Nobody"] == "/catalogue?q=%E7%A6%BB%E5%BF%83%E6%9C%BA"
    assert "Listings: 2" in page.text
    ask = page.links["Ask suppliers for quotes"]
    assert ask == "/rfqs/new?wanted=%E7%A6%BB%E5%BF%83%E6%9C%BA"
    assert 'value="离心机"' in Visitor(app, world, "pu").get(ask).html


def test_an_empty_result_knows_the_nearest_spelling_and_where_to_look(app: Flask, world: World) -> None:
    listing(world)
    index.sync_once()
    page = Visitor(app).get("/catalogue?q=H2l00R&brand=Nobody")
    assert page.links["H2100R"] == "/catalogue?q=H2100R"
    page = Visitor(app).get("/catalogue?q=67-56-2")
    assert "67-56-2 is no CAS number" in page.text
    page = Visitor(app).get("/catalogue?q=冷冻干燥箱体")
    assert page.links["Freeze dryers"].startswith("/catalogue?category=preparation.freeze_dryers")
    assert "Ask suppliers for quotes" not in page.text


def test_attributes_are_filtered_in_the_unit_of_the_readers_choice(app: Flask, world: World) -> None:
    made = listing(world)
    listing(world, model="SLOW", specs=[{"key": "最高转速", "value": "4000", "unit": "rpm"}])
    index.sync_once()
    there = "/catalogue?category=instruments.centrifuges&"
    for asked in ("max_speed_from=15&max_speed_unit=krpm", "max_speed_from=15 krpm", "max_speed_from=15,000 转/分"):
        page = Visitor(app).get(there + asked)
        assert rows(page) == [made.id], asked
    page = Visitor(app).get(there + "max_speed_from=15&max_speed_unit=krpm")
    assert "Maximum speed ≥ 15 krpm" in page.text
    assert "On offer: 4 – 21 krpm" in page.text
    assert "Maximum speed ≥ 15 km" not in page.text
    page = Visitor(app).get(there + "rotor_type=fixed_angle")
    assert rows(page) == [made.id]
    assert Visitor(app).get(there + "max_speed_unit=parsec&rotor_type=none").status == 200


def test_a_quantity_in_the_words_is_told_as_it_was_read(app: Flask, world: World) -> None:
    made = listing(world)
    index.sync_once()
    page = Visitor(app).get("/catalogue?q=离心机 ≥ 15 krpm")
    assert rows(page) == [made.id]
    assert "Read as a quantity, whatever the unit: ≥ 15 krpm" in page.text


def test_bad_parameters_are_told_and_the_rest_is_shown(app: Flask, world: World) -> None:
    made = listing(world)
    index.sync_once()
    page = Visitor(app).get("/catalogue?q=离心机&price_from=cheap&sort=colour&unknown=1&category=x")
    assert page.status == 200
    assert rows(page) == [made.id]
    assert "Lowest price: Expected an amount such as 12.30" in page.text
    assert "Sort by: Not one of the choices." in page.text


def test_a_broken_page_link_is_a_page_and_no_failure(app: Flask, world: World) -> None:
    del world
    assert Visitor(app).get("/catalogue?after=broken").status == 422


def test_pages_follow_each_other_and_lead_back(app: Flask, world: World) -> None:
    made = {one.id for one in listings_of(world, 30)}
    index.sync_once()
    first = Visitor(app).get("/catalogue")
    second = Visitor(app).get(first.links["Next page"])
    assert len(rows(first)) == 24
    assert {*rows(first), *rows(second)} == made
    assert second.links["Previous page"] == "/catalogue"


def test_without_an_index_the_page_works_and_says_so(app: Flask, world: World) -> None:
    made = listing(world)
    page = Visitor(app).get("/catalogue?q=H2100R")
    assert rows(page) == [made.id]
    assert "The search index is being built." in page.text


def test_what_was_suspended_a_moment_ago_is_not_shown(app: Flask, world: World) -> None:
    made = listing(world)
    index.sync_once()
    with unit_of_work():
        listings.suspend(find(Listing, made.id, world.actor("rui")), world.actor("rui"), reason="核实中")
    page = Visitor(app).get("/catalogue")
    assert rows(page) == []
    assert "no longer on offer" in page.text


def test_the_filters_have_a_page_of_their_own_for_the_phone(app: Flask, world: World) -> None:
    listing(world)
    index.sync_once()
    page = Visitor(app).get("/catalogue/filters?category=instruments.centrifuges&q=离心机")
    assert page.status == 200
    assert page.forms["/catalogue"].keys() >= {"q", "category", "brand", "price_from", "max_speed_from", "lead_time"}


def test_a_search_asks_the_database_as_often_for_one_row_as_for_many(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "mei")
    listings_of(world, 1)
    index.sync_once()
    once = questions(visitor, "/catalogue")
    listings_of(world, 20)
    listings_of(world, 10, supplier="supplier2")
    index.sync_once()
    assert questions(visitor, "/catalogue") == once


# A listing


def test_a_lab_sees_what_it_is_and_how_to_get_it(app: Flask, world: World) -> None:
    made = listing(world)
    page = Visitor(app, world, "mei").get(f"/listings/{made.id}")
    for words in ("High-speed refrigerated centrifuge", "CNY 68,500.00", "7 days", "24 months", "Maximum speed",
                  "Fixed angle", "Add to basket"):  # fmt: skip
        assert words in page.text
    assert "What happened" not in page.text


def test_a_price_on_request_leads_to_a_request_for_quotation(app: Flask, world: World) -> None:
    made = listing(world, price=None)
    page = Visitor(app, world, "mei").get(f"/listings/{made.id}")
    assert page.links["Ask for a quote"] == f"/rfqs/new?listing={made.id}"
    assert "/basket" not in page.forms


def test_strangers_read_it_and_are_asked_to_sign_in_to_buy(app: Flask, world: World) -> None:
    made = listing(world)
    page = Visitor(app).get(f"/listings/{made.id}")
    assert page.status == 200
    assert "Sign in for a laboratory" in page.text


def test_a_draft_is_not_there_for_others_and_has_its_course_for_its_supplier(app: Flask, world: World) -> None:
    made = listing(world, "draft")
    assert Visitor(app, world, "mei").get(f"/listings/{made.id}").status == 404
    assert Visitor(app, world, "rui").get(f"/listings/{made.id}").status == 404
    assert Visitor(app).get(f"/listings/{made.id}").status == 303
    page = Visitor(app, world, "mu").get(f"/listings/{made.id}")
    assert page.links["Submit for review"] == f"/listings/{made.id}/submit"
    assert "What happened" in page.text


def test_a_published_one_is_changed_by_its_supplier_and_not_edited(app: Flask, world: World) -> None:
    made = listing(world)
    visitor = Visitor(app, world, "mu")
    assert "Change" in visitor.get(f"/listings/{made.id}").links
    refused = visitor.get(f"/listings/{made.id}/edit")
    assert refused.status == 409
    assert "Not possible while it is: in the catalogue." in refused.text
