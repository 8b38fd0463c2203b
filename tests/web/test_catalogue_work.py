"""Work on the catalogue: the supplier's list and form, the operator's queue, the basket."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue import basket
from app.catalogue.actions import listings
from app.catalogue.models import Listing
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.web.visitor import Page, Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing, listings_of


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


# The supplier's own


def test_the_supplier_drafts_a_listing_with_a_form(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "mu")
    page = visitor.get("/listings/new")
    assert "分析" not in page.text
    assert "– Gas chromatographs" in page.text
    sent = visitor.send("/listings/new", on=page, **{
        "kind": "goods", "category": "labware.tubes", "name_zh": "离心管", "unit": "支", "price-amount": "29.00",
        "price-currency": "CNY", "price_basis": "30", "specs-0-key": "容量", "specs-0-value": "50",
        "specs-0-unit": "mL",
    })  # fmt: skip
    assert sent.status == 303, sent.text
    made = find(Listing, str(sent.location).rpartition("/")[2], SYSTEM_ACTOR)
    assert (made.state, made.price_minor, made.price_basis_micro) == ("draft", 2_900, 30_000_000)
    assert made.specs == [{"key": "容量", "value": "50", "number": "50", "unit": "mL"}]


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "mu")
    page = visitor.send("/listings/new", on="/listings/new", **{
        "kind": "service", "category": "labware.tubes", "name_en": "Tube", "unit": "", "price-amount": "x",
        "price-currency": "CNY", "specs-0-key": "color", "specs-0-value": "blue",
    })  # fmt: skip
    assert page.status == 422
    for words in ("Please fill this in.", "Expected an amount such as 12.30"):
        assert words in page.text
    assert 'value="Tube"' in page.html
    assert 'value="blue"' in page.html
    # A rule between fields is told once each field is sound.
    sound = {"kind": "service", "category": "labware.tubes", "name_en": "Tube", "unit": "piece"}
    assert "Services belong into a category of services" in visitor.send("/listings/new", on=page, **sound).text


def test_an_edit_begins_with_everything_that_is_stored(app: Flask, world: World) -> None:
    made = listing(world, "draft", vat_rate="9", price_basis="2.5")
    visitor = Visitor(app, world, "mu")
    page = visitor.get(f"/listings/{made.id}/edit")
    stored = page.forms[f"/listings/{made.id}/edit"]
    assert (stored["vat_rate"], stored["price_basis"], stored["price-amount"]) == ("9", "2.5", "68500.00")
    assert (stored["specs-0-key"], stored["specs-0-value"]) == ("最高转速", "21000")
    # The visitor does not read what textareas and selects hold.
    unread = {"kind": "goods", "category": "instruments.centrifuges", "summary_zh": made.summary_zh}
    typed = {name: value for name, value in stored.items() if name not in ("summary_en", "add")}
    sent = visitor.send(f"/listings/{made.id}/edit", on=page, **{**typed, **unread, "model": "NEW"})
    assert sent.status == 303, sent.text
    again = find(Listing, made.id, SYSTEM_ACTOR)
    db.session.refresh(again)
    assert (again.model, again.vat_bp, again.price_minor, len(again.specs)) == ("NEW", 900, 6_850_000, 2)


def test_a_stale_edit_keeps_the_typing_and_shows_what_happened(app: Flask, world: World) -> None:
    made = listing(world, "draft")
    visitor = Visitor(app, world, "mu")
    page = visitor.get(f"/listings/{made.id}/edit")
    with unit_of_work():
        actor = world.actor("mu")
        listings.submit(find(Listing, made.id, actor), actor)
        reviewer = world.actor("rui")
        listings.return_(find(Listing, made.id, reviewer), reviewer, reason="型号有误")
    again = visitor.send(f"/listings/{made.id}/edit", on=page, kind="goods", category="other", name_en="Mine", unit="x")
    assert again.status == 412
    assert 'value="Mine"' in again.html
    assert "型号有误" in again.text


def test_the_list_has_a_tab_per_state_with_counts_and_finds_by_number(app: Flask, world: World) -> None:
    draft, public = listing(world, "draft", supplier_sku="AB-77"), listing(world)
    other = listing(world, "draft", supplier="supplier2")
    visitor = Visitor(app, world, "mu")
    assert set(rows(visitor.get("/listings"))) == {draft.id, public.id}
    assert rows(visitor.get("/listings?state=draft")) == [draft.id]
    assert rows(visitor.get("/listings?q=ab-77")) == [draft.id]
    assert rows(visitor.get("/listings?q=%25")) == []
    assert visitor.get("/listings?state=nonsense").status == 422
    assert visitor.get("/listings").links["New listing"] == "/listings/new"
    everything = rows(Visitor(app, world, "rui").get("/listings"))
    assert public.id in everything
    assert not {draft.id, other.id} & set(everything)


def test_labs_are_led_to_the_catalogue_and_strangers_to_the_door(app: Flask, world: World) -> None:
    assert Visitor(app, world, "mei").get("/listings").location == "/catalogue"
    assert "/login" in str(Visitor(app).get("/listings").location)


@pytest.mark.database_matters
def test_the_list_asks_the_database_as_often_for_one_row_as_for_many(app: Flask, world: World) -> None:
    supplier, operator = Visitor(app, world, "mu"), Visitor(app, world, "rui")
    listings_of(world, 1)
    once = questions(supplier, "/listings"), questions(operator, "/listings")
    listings_of(world, 9)
    listings_of(world, 9, supplier="supplier2")
    assert (questions(supplier, "/listings"), questions(operator, "/listings")) == once


# The operator's queue


def test_the_queue_opens_the_longest_waiting_case_and_publishes_it(app: Flask, world: World) -> None:
    first, second = listing(world, "submitted"), listing(world, "submitted", supplier="supplier2", name_en="")
    visitor = Visitor(app, world, "rui")
    page = visitor.get("/queues/listings")
    assert "Waiting: 2" in page.text
    sent = visitor.send(f"/listings/{first.id}/publish", on=page)
    assert sent.location == "/queues/listings"
    page = visitor.get("/queues/listings")
    assert "The English name is missing." in page.text
    visitor.send(f"/listings/{second.id}/return", on=page, reason="缺少英文名称")
    assert "No listing waits for review." in visitor.get("/queues/listings").text
    states = {one.id: one.state for one in db.session.scalars(sa.select(Listing).execution_options(
        populate_existing=True))}  # fmt: skip
    assert states == {first.id: "published", second.id: "returned"}


def test_the_same_thing_twice_is_pointed_out(app: Flask, world: World) -> None:
    twin = listing(world)
    listing(world, "submitted")
    page = Visitor(app, world, "rui").get("/queues/listings")
    assert "The same brand and model stands in the catalogue already." in page.text
    assert page.links["Open"] == f"/listings/{twin.id}"


def test_the_queue_is_for_the_operator_and_those_who_watch(app: Flask, world: World) -> None:
    listing(world, "submitted")
    assert Visitor(app, world, "mu").get("/queues/listings").status == 403
    watching = Visitor(app, world, "shen").get("/queues/listings")
    assert watching.status == 200
    assert not [form for form in watching.forms if form.endswith("/publish")]


@pytest.mark.database_matters
def test_the_queue_asks_the_database_as_often_for_one_case_as_for_many(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "rui")
    listing(world, "submitted")
    once = questions(visitor, "/queues/listings")
    for supplier in ("supplier", "supplier2", "supplier2"):
        listing(world, "submitted", supplier=supplier)
    assert questions(visitor, "/queues/listings") == once


# The basket


def fill(world: World, name: str, *made: Listing) -> None:
    with unit_of_work():
        basket.put(world.actor(name), {one.id: 1_000_000 for one in made})


def test_a_listing_goes_into_the_basket_and_the_reader_stays_where_they_were(app: Flask, world: World) -> None:
    made = listing(world)
    visitor = Visitor(app, world, "mei")
    here = f"/listings/{made.id}"
    sent = visitor.send("/basket", on=here, listing=made.id, quantity="2.5")
    assert sent.location == here
    page = visitor.get(here)
    assert "It is in your basket." in page.text
    page = visitor.get("/basket")
    assert "CNY 171,250.00" in page.text
    assert 'value="2.5"' in page.html


@pytest.mark.parametrize("quantity", ["0", "-1", "many", "1" * 50])
def test_a_bad_quantity_is_told_in_words(app: Flask, world: World, quantity: str) -> None:
    made = listing(world)
    visitor = Visitor(app, world, "mei")
    visitor.send("/basket", on=f"/listings/{made.id}", listing=made.id, quantity=quantity)
    assert "Expected a" in visitor.get("/basket").text
    assert basket.count(world.actor("mei")) == 0


def test_quantities_change_and_lines_go(app: Flask, world: World) -> None:
    one, two = listings_of(world, 2)
    fill(world, "mei", one, two)
    visitor = Visitor(app, world, "mei")
    sent = visitor.send("/basket/lines", on="/basket", **{f"quantity-{one.id}": "3", f"quantity-{two.id}": "1"})
    assert sent.location == "/basket"
    assert "CNY 4,001.00" in visitor.get("/basket").text
    wrong = visitor.send("/basket/lines", on="/basket", **{f"quantity-{one.id}": "0", f"quantity-{two.id}": "7"})
    assert wrong.status == 422
    assert "Expected a quantity above 0" in wrong.text
    assert 'value="7"' in wrong.html
    visitor.send("/basket/lines", on="/basket", remove=one.id)
    assert [line.listing.id for line in basket.contents(world.actor("mei")).lines] == [two.id]


def test_what_left_the_catalogue_is_told_and_can_be_removed(app: Flask, world: World) -> None:
    made = listing(world)
    fill(world, "mei", made)
    with unit_of_work():
        listings.withdraw(find(Listing, made.id, world.actor("mu")), world.actor("mu"))
    visitor = Visitor(app, world, "mei")
    assert "no longer on offer" in visitor.get("/basket").text
    visitor.send("/basket/lines", on="/basket", remove=made.id)
    assert "Your basket is empty." in visitor.get("/basket").text


def test_the_basket_leads_to_one_requisition_per_currency(app: Flask, world: World) -> None:
    one, two = listing(world), listing(world, price={"amount": "10.00", "currency": "USD"})
    fill(world, "mei", one, two)
    page = Visitor(app, world, "mei").get("/basket")
    for currency in ("CNY", "USD"):
        where = page.links[f"Make a requisition in {currency}"]
        assert where.endswith((f"/checkout?currency={currency}", "/requisitions/new"))


def test_suppliers_have_no_basket_and_strangers_sign_in(app: Flask, world: World) -> None:
    made = listing(world)
    visitor = Visitor(app, world, "xiao")
    assert "A basket is kept by people who act for a laboratory." in visitor.get("/basket").text
    visitor.send("/basket", on="/basket", listing=made.id, quantity="1")
    assert "A basket is kept by people who act for a laboratory." in visitor.get("/catalogue").text
    assert "/login" in str(Visitor(app).get("/basket").location)


def test_a_form_from_elsewhere_changes_no_basket(app: Flask, world: World) -> None:
    made = listing(world)
    visitor = Visitor(app, world, "mei")
    assert visitor.client.post("/basket", data={"listing": made.id}).status_code == 400
    assert basket.count(world.actor("mei")) == 0


@pytest.mark.database_matters
def test_the_basket_asks_the_database_as_often_for_one_line_as_for_many(app: Flask, world: World) -> None:
    visitor = Visitor(app, world, "mei")
    fill(world, "mei", *listings_of(world, 1))
    once = questions(visitor, "/basket")
    fill(world, "mei", *listings_of(world, 9), *listings_of(world, 3, supplier="supplier2"))
    assert questions(visitor, "/basket") == once
