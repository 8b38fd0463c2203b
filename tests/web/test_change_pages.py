"""Pages of moderation: reasons beside fields, the difference, the operator's queue of changes, a correction."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue.changes.models import ListingChange
from app.catalogue.models import Listing
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from tests.web.visitor import Page, Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.changes import change, price_rule


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def whole(page: Page, action: str, **typed: str) -> dict[str, str]:
    """What a browser would send: all that the form holds, but for what is typed now."""
    held = {name: value for name, value in page.forms[action].items() if name != "add"}
    # The visitor does not read what textareas and selects hold.
    unread = {"kind": "goods", "category": "instruments.centrifuges", "summary_zh": "台式，四转子", "summary_en": ""}
    return {**held, **unread, **typed}


def test_the_form_of_a_returned_listing_shows_each_reason_beside_its_field(app: Flask, world: World) -> None:
    made = listing(world, "returned")
    page = Visitor(app, world, "mu").get(f"/listings/{made.id}/edit")
    assert page.status == 200
    assert 'id="f-name_en-error"' in page.html
    assert page.text.count("请补充英文名称") == 2  # in the summary, which leads to the field, and at the field
    assert 'href="#f-name_en"' in page.html
    assert "缺少英文名称" in Visitor(app, world, "mu").get(f"/listings/{made.id}").text


def test_the_reviewer_returns_with_reasons_by_field_without_script(app: Flask, world: World) -> None:
    made = listing(world, "submitted")
    visitor = Visitor(app, world, "rui")
    page, action = visitor.get("/queues/listings"), f"/listings/{made.id}/return"
    assert "notes-0-field" in page.forms[action]
    typed = {"reason": "", "notes-0-field": "price", "notes-0-reason": "请确认是否含税", "notes-1-reason": ""}
    grown = visitor.send(action, on=page, **typed, add="notes")
    assert grown.status == 200
    assert "notes-2-field" in grown.forms[action]
    sent = visitor.send(action, on=page, **typed)
    assert sent.status == 303, sent.text
    assert find(Listing, made.id, SYSTEM_ACTOR).review_notes == [{"field": "price", "reason": "请确认是否含税"}]
    own = Visitor(app, world, "mu").get(f"/listings/{made.id}/edit")
    assert 'id="f-price-amount-error"' in own.html


def test_a_return_without_any_reason_keeps_the_form(app: Flask, world: World) -> None:
    made = listing(world, "submitted")
    visitor = Visitor(app, world, "rui")
    page = visitor.send(f"/listings/{made.id}/return", on="/queues/listings", reason="")
    assert page.status == 422
    assert "Give a reason, for the whole or beside a field." in page.text


def test_a_supplier_changes_a_published_listing_and_sees_the_difference(app: Flask, world: World) -> None:
    made = listing(world)
    visitor = Visitor(app, world, "mu")
    assert "Change" in visitor.get(f"/listings/{made.id}").links
    action = f"/listings/{made.id}/change"
    page = visitor.get(action)
    assert page.forms[action]["price-amount"] == "68500.00"
    sent = visitor.send(action, on=page, **whole(page, action, model="H2200R", remark="新型号"))
    assert sent.status == 303, sent.text
    shown = visitor.get(str(sent.location))
    for words in ("H2100R", "H2200R", "Needs review", "新型号"):
        assert words in shown.text
    assert "Submit for review" in shown.links
    assert "A change is being drafted" in visitor.get(f"/listings/{made.id}").text
    assert "A change is being drafted" not in Visitor(app, world, "pu").get(f"/listings/{made.id}").text


def test_the_operator_sees_old_new_and_percent_and_applies(app: Flask, world: World) -> None:
    price_rule(world)
    staged = change(world, "submitted", price={"amount": "91790.00", "currency": "CNY"})
    visitor = Visitor(app, world, "rui")
    page = visitor.get("/queues/changes")
    for words in ("CNY 68,500.00", "CNY 91,790.00", "+34%", "it may rise by 10% and fall by 20%"):
        assert words in page.text.replace("\u00a0", " "), page.text
    sent = visitor.send(f"/listing-changes/{staged.id}/apply", on=page)
    assert sent.status == 303
    assert sent.location == "/queues/changes"
    assert find(Listing, staged.listing_id, SYSTEM_ACTOR).price_minor == 9_179_000
    assert "No change waits for review." in visitor.get("/queues/changes").text


def test_a_declined_change_is_taken_up_again_with_its_reasons(app: Flask, world: World) -> None:
    made = listing(world)
    change(world, "declined", of=made)
    page = Visitor(app, world, "mu").get(f"/listings/{made.id}/change")
    assert page.forms[f"/listings/{made.id}/change"]["warranty_months"] == "36"
    assert 'id="f-warranty_months-error"' in page.html


def test_a_correction_shows_who_and_why_to_the_supplier(app: Flask, world: World) -> None:
    made = listing(world)
    visitor, action = Visitor(app, world, "rui"), f"/listings/{made.id}/correct"
    page = visitor.get(action)
    assert visitor.send(action, on=page, **whole(page, action, model="X1", remark="")).status == 422
    assert visitor.send(action, on=page, **whole(page, action, model="X1", remark="型号写错")).status == 303
    corrected = db.session.scalars(sa.select(ListingChange)).one()
    shown = Visitor(app, world, "mu").get(f"/listing-changes/{corrected.id}").text
    assert "The operator corrected this for the supplier: 型号写错" in shown


def test_a_suspended_listing_is_gone_for_buyers_and_says_why_to_its_supplier(app: Flask, world: World) -> None:
    made = listing(world, "suspended")
    assert (
        "Suspended, so hidden from buyers: 等待厂家说明" in Visitor(app, world, "mu").get(f"/listings/{made.id}").text
    )
    assert Visitor(app, world, "pu").get(f"/listings/{made.id}").status == 404


def test_buyers_and_other_suppliers_see_no_change(app: Flask, world: World) -> None:
    staged = change(world, "submitted")
    for name in ("pu", "mu2"):
        assert Visitor(app, world, name).get(f"/listing-changes/{staged.id}").status == 404
    assert Visitor(app, world, "pu").get("/queues/changes").status == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages(app: Flask, world: World, language: str) -> None:
    staged = change(world, "submitted", price={"amount": "91790.00", "currency": "CNY"}, vat_rate="6", kind="goods")
    for path in (f"/listing-changes/{staged.id}", "/queues/changes", "/listing-changes", "/price-rules"):
        page = Visitor(app, world, "rui", language=language).get(path)
        assert page.status == 200
        assert ("变更" if language == "zh" else "hange") in page.text or "price-rules" in path
