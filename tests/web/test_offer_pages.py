"""Offers in the browser: the form of their terms, what a buyer reads of prices, and agreeing to one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.catalogue import index
from app.catalogue.models import Listing
from app.kernel.db import db
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.offers import contract_price
from tests.worlds.ordering import again

TIERS = [{"from_quantity": "10", "price": {"amount": "9.00", "currency": "CNY"}}]
TEN = {"price": {"amount": "10.00", "currency": "CNY"}, "tiers": TIERS}


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def test_the_form_shows_the_terms_that_are_stored_and_keeps_what_was_typed(app: Flask, world: World) -> None:
    accessory = listing(world, model="ACC")
    made = listing(
        world, "draft", **TEN, min_quantity="5", stock="0", valid_until="2099-12-31",
        goes_with=[{"kind": "accessory", "listing": accessory.id}],
    )  # fmt: skip
    where = f"/listings/{made.id}/edit"
    visitor = Visitor(app, world, "mu")
    page = visitor.get(where)
    stored = page.forms[where]
    assert (stored["tiers-0-from_quantity"], stored["tiers-0-price-amount"]) == ("10", "9.00")
    assert (stored["min_quantity"], stored["stock"], stored["valid_until"]) == ("5", "0", "2099-12-31")
    assert stored["goes_with-0-listing"] == accessory.id
    unread = {"kind": "goods", "category": "instruments.centrifuges", "tax_class": "standard", "origin": "DE",
              "regulated": "medical", "goes_with-0-kind": "accessory"}  # fmt: skip
    typed = {name: value for name, value in stored.items() if name not in ("summary_en", "add", "imported")} | unread
    wrong = visitor.send(where, on=page, **{**typed, "tiers-0-price-amount": "11.00"})
    assert wrong.status == 422
    assert "below CNY 10.00" in wrong.text
    assert wrong.forms[where]["tiers-0-price-amount"] == "11.00"
    sent = visitor.send(where, on=page, **{**typed, "tiers-0-price-amount": "8.00"})
    assert sent.status == 303, sent.text
    kept: Listing = again(made)
    assert [(one["from_quantity"], one["price"].minor) for one in kept.tiers] == [(10_000_000, 800)]
    assert (kept.origin, kept.regulated, kept.tax_class) == ("DE", ["medical"], "standard")
    assert kept.goes_with == [{"kind": "accessory", "listing": accessory.id}]


def test_a_buyer_reads_the_price_with_its_reason_and_orders_the_smallest_quantity(app: Flask, world: World) -> None:
    made = listing(world, **TEN, min_quantity="5", order_multiple="5", unit="pc")
    contract_price(world, made, amount="8.50")
    index.rebuild()
    own, other = Visitor(app, world, "pu"), Visitor(app, world, "lab2pu")
    page = own.get(f"/listings/{made.id}")
    assert "Contract price, until" in page.text
    assert "CNY 8.50" in page.text
    assert page.forms["/basket"]["quantity"] == "5"
    assert "8.50" not in other.get(f"/listings/{made.id}").text
    results = own.get("/catalogue")
    assert "CNY 8.50" in results.text
    assert "smallest order 5 pc" in results.text
    assert results.forms["/basket"]["quantity"] == "5"
    assert "8.50" not in other.get("/catalogue").text
    few = own.send("/basket", on=page, listing=made.id, quantity="3", next="/basket")
    assert "Below the smallest order of 5 pc." in own.get(str(few.location)).text
    own.send("/basket", on=page, listing=made.id, quantity="10", next="/basket")
    assert "Contract price" in own.get("/basket").text


def test_an_offer_that_is_over_is_read_and_not_bought(app: Flask, world: World) -> None:
    made = listing(world, valid_until="2026-01-31")
    index.rebuild()
    page = Visitor(app, world, "pu").get(f"/listings/{made.id}")
    assert "The offer held until" in page.text
    assert "/basket" not in page.forms


def test_a_purchaser_agrees_to_a_proposed_price(app: Flask, world: World) -> None:
    proposed = contract_price(world, listing(world), "proposed")
    visitor = Visitor(app, world, "pu", language="zh")
    page = visitor.get(f"/contract-prices/{proposed.id}")
    assert "待采购方确认" in page.text
    assert visitor.do(f"/contract-prices/{proposed.id}/agree").status == 303
    assert again(proposed).state == "agreed"
    assert visitor.get("/contract-prices").status == 200


def test_the_operator_merges_a_brand_by_choosing_the_other(app: Flask, world: World) -> None:
    made = listing(world, brand="Thermo Electron")
    visitor = Visitor(app, world, "rui")
    where = f"/brands/{made.brand_id}/merge"
    assert "Thermo Fisher" in visitor.get(where).text
    from_book = db.session.execute(db.text("SELECT brand_id FROM brand_spelling WHERE spelling = 'thermo'")).scalar()
    db.session.rollback()
    assert visitor.do(where, into=str(from_book)).status == 303
    assert again(made).brand_id == from_book
    assert "Thermo Fisher" in visitor.get(f"/listings/{made.id}").text
