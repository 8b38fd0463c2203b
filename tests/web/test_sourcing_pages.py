"""Pages of sourcing in front of a person: asking, quoting, comparing, deciding; without script, in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask

from app.kernel.db import db
from app.kernel.values import MICRO, clock_at, now
from app.sourcing.models import Award, Quote, Rfq
from tests.web.visitor import Page, Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.sourcing import (
    BACK,
    SALES,
    again,
    answer,
    approval_rule,
    award,
    close,
    do,
    evaluated,
    quote,
    refused,
    rfq,
    worse,
)


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def visitors(app: Flask, world: World, *names: str) -> list[Visitor]:
    return [Visitor(app, world, name) for name in names]


def newest(model: Any) -> Any:
    return db.session.scalars(db.select(model).order_by(model.created_at.desc())).first()


def fields_of(page: Page, action: str) -> dict[str, str]:
    """What a browser would send of a form as it stands on the page."""
    return {name: value for name, value in page.forms[action].items() if name != "add"}


def test_a_purchase_goes_from_the_form_to_the_award_without_script(world: World, app: Flask) -> None:
    buyer, seller = visitors(app, world, "pu", "xiao")
    with clock_at(BACK):
        page = buyer.get("/rfqs/new")
        assert page.status == 200
        sent = buyer.send(
            "/rfqs/new", on=page, title="Centrifuge", currency="CNY", deadline=page.forms["/rfqs/new"]["deadline"],
            **{"lines-0-title": "Centrifuge", "lines-0-quantity": "2", "lines-0-unit": "pcs", "lines-0-kind": "goods",
               "lines-0-demands-0-name": "Speed", "lines-0-demands-0-operator": "at_least",
               "lines-0-demands-0-value": "20000", "lines-0-demands-0-unit": "rpm",
               "lines-0-demands-0-mandatory": "1", "lines-1-kind": "goods", "lines-1-title": ""},
        )  # fmt: skip
        assert sent.status == 303, sent.text
        asked = newest(Rfq)
        assert sent.location == f"/rfqs/{asked.id}"
        assert [line.title for line in asked.lines] == ["Centrifuge"]
        do(asked, "edit", world.actor("pu"), title="Centrifuge", deadline=now() + (-BACK / 2))
        base = f"/rfqs/{asked.id}"
        assert buyer.do(f"{base}/invite", suppliers=world.organisations["supplier"]).status == 303
        assert buyer.do(f"{base}/publish").status == 303
        begun = seller.do(f"{base}/quote")
        assert begun.status == 303, begun.text
        offer = newest(Quote)
        own = f"/quotes/{offer.id}"
        form = seller.get(f"{own}/edit")
        assert "Speed ≥ 20000 rpm" in form.text
        typed = {
            **fields_of(form, f"{own}/edit"), "lines-0-price-amount": "93,000.00", "lines-0-no_offer": "",
            "lines-0-deviations-0-offered": "21000", "lines-0-deviations-0-deviation": "positive",
            "lines-0-alternative": "", "valid_until": "2100-01-01T00:00",
        }  # fmt: skip
        assert seller.send(f"{own}/edit", on=form, **typed).status == 303
        assert seller.do(f"{own}/submit").status == 303
        receipt = again(offer).current.digest
        assert receipt[:8] in seller.get(own).text
    close(asked)
    compared = buyer.get(f"{base}/compare")
    assert compared.status == 200
    assert "CNY 186,000.00" in compared.text
    line, bid = again(asked).lines[0], again(offer).current.lines[0]
    marked = {f"line-{line.id}": f"{bid.id}:2"}
    decided = buyer.send(f"{base}/compare", on=compared, do="award", reason="only quote", **marked)
    assert decided.status == 303, decided.text
    made = newest(Award)
    assert decided.location == f"/awards/{made.id}"
    assert buyer.do(f"/awards/{made.id}/propose").status == 303
    page = buyer.get(f"/awards/{made.id}")
    assert "only quote" in page.text
    assert again(made).state == "approved"


def test_a_request_begins_from_a_listing_and_from_the_basket(world: World, app: Flask) -> None:
    offered = listing(world)
    (buyer,) = visitors(app, world, "pu")
    page = buyer.get("/rfqs/new", listing=offered.id)
    form = page.forms["/rfqs/new"]
    assert "H2100R" in form["lines-0-title"]
    assert form["lines-0-listing"] == offered.id
    assert form["lines-0-quantity"] == "1"
    buyer.send("/basket", on=f"/listings/{offered.id}", listing=offered.id, quantity="3")
    assert buyer.get("/rfqs/new", basket="1").forms["/rfqs/new"]["lines-0-quantity"] == "3"
    assert buyer.get("/rfqs/new", listing="lst_" + "0" * 26).status == 200


def test_one_more_line_keeps_what_was_typed(world: World, app: Flask) -> None:
    (buyer,) = visitors(app, world, "pu")
    page = buyer.send("/rfqs/new", on="/rfqs/new", title="Balance", add="lines",
                      **{f"lines-{at}-title": f"line {at}" for at in range(3)})  # fmt: skip
    assert page.status == 200
    form = page.forms["/rfqs/new"]
    assert form["title"] == "Balance"
    assert [form[f"lines-{at}-title"] for at in range(4)] == ["line 0", "line 1", "line 2", ""]
    assert db.session.scalar(db.select(db.func.count()).select_from(Rfq)) == 0


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(world: World, app: Flask) -> None:
    (buyer,) = visitors(app, world, "pu")
    page = buyer.send("/rfqs/new", on="/rfqs/new", title="", deadline="2020-01-01T10:00", currency="CNY",
                      **{"lines-0-title": "Balance", "lines-0-quantity": "many"})  # fmt: skip
    assert page.status == 422
    assert "Line 1, Quantity: Expected a number, such as 2 or 2.5." in page.text
    assert page.forms["/rfqs/new"]["lines-0-title"] == "Balance"


def test_the_request_page_of_a_rival_tells_nothing_of_others(world: World, app: Flask) -> None:
    asked = rfq(world, "open", invite=tuple(SALES))
    offer = quote(world, asked)
    do(asked, "ask", world.actor("xiao"), question="含运费吗？")
    buyer, rival = Visitor(app, world, "pu", language="zh"), Visitor(app, world, "xiao2", language="zh")
    page = rival.get(f"/rfqs/{asked.id}")
    assert page.status == 200
    assert "含运费吗？" in page.text
    for secret in ("华仪科学仪器", "恒准计量服务", "Xiao<", offer.number, offer.id, world.organisations["supplier"]):
        assert secret not in page.html, secret
    seen = buyer.get(f"/rfqs/{asked.id}")
    assert "恒准计量服务" in seen.text
    assert offer.number not in seen.html
    assert offer.id not in seen.html
    assert buyer.get(f"/quotes/{offer.id}").status == 404
    assert buyer.get(f"/rfqs/{asked.id}/compare").forms.get(f"/rfqs/{asked.id}/compare") is None
    assert rival.get(f"/rfqs/{asked.id}/compare").status == 200
    assert offer.id not in rival.get(f"/rfqs/{asked.id}/compare").html


def test_the_buyer_page_is_the_same_with_and_without_sealed_quotes(world: World, app: Flask) -> None:
    asked = rfq(world, "open")
    (buyer,) = visitors(app, world, "pu")

    def read() -> list[str]:
        pages = [buyer.get(path).html for path in (f"/rfqs/{asked.id}", "/rfqs", "/work", "/quotes")]
        return [re.sub(r'value="[^"]{20,}"|\d+ (hours|minutes) left', "", html) for html in pages]

    before = read()
    quote(world, asked)
    assert read() == before


def test_the_inbox_is_the_suppliers_list_and_a_lab_sees_its_own(world: World, app: Flask) -> None:
    asked = rfq(world, "open")
    offer = quote(world, asked)
    seller, buyer, other = visitors(app, world, "xiao", "pu", "lab2pu")
    inbox = seller.get("/rfqs")
    assert asked.number in inbox.text
    assert offer.number in inbox.text
    assert asked.number in buyer.get("/rfqs").text
    assert asked.number not in other.get("/rfqs").text
    assert buyer.get("/rfqs", view="inbox").status == 422
    assert buyer.get("/rfqs", state="nonsense").status == 422


def four(world: World) -> tuple[Rfq, dict[str, Quote]]:
    lines: list[dict[str, Any]] = [
        {"title": "Centrifuge", "quantity": MICRO, "unit": "pcs", "demands": [
            {"name": "Volume", "operator": "at_least", "value": "4", "unit": "L", "mandatory": True}]},
        {"title": "Rotor", "quantity": 2 * MICRO, "unit": "pcs"},
    ]  # fmt: skip
    prices: dict[str, Sequence[str | None]] = {
        "supplier": ("186000.00", "9800.00"), "supplier2": ("198500.00", None), "service": ("172000.00", "8600.00"),
    }  # fmt: skip
    with clock_at(BACK):
        asked = rfq(world, "open", invite=tuple(SALES), lines=lines)
        made = {}
        for name, pair in prices.items():
            answers = [answer(line, price) for line, price in zip(asked.lines, pair, strict=True)]
            if name == "service":
                answers[0]["deviations"] = worse(asked.lines[0], 0)
            made[name] = quote(world, asked, name, lines=answers)
    close(asked)
    return again(asked), {name: again(one) for name, one in made.items()}


def test_the_comparison_marks_the_missing_the_excluded_and_the_lowest(world: World, app: Flask) -> None:
    asked, _offers = four(world)
    (buyer,) = visitors(app, world, "pu")
    page = buyer.get(f"/rfqs/{asked.id}/compare")
    assert "1 line missing; not ranked as a whole." in page.text
    assert "Line 1: the offer does not meet the mandatory demand Volume." in page.text
    assert page.text.count("Lowest for this line") == 2
    assert "No offer for this line" in page.text
    assert "2 suppliers, 2 orders" in page.text
    assert "CNY 203,200.00" in page.text
    assert "Saved against the lowest complete quote" in page.text


def test_a_split_is_recalculated_and_what_stands_in_the_way_is_said(world: World, app: Flask) -> None:
    asked, offers = four(world)
    (buyer,) = visitors(app, world, "pu")
    path = f"/rfqs/{asked.id}/compare"
    rotor = asked.lines[1]
    mine, theirs = offers["supplier"].current.lines[1].id, offers["service"].current.lines[1].id
    page = buyer.get(path)
    split = {f"quantity-{mine}": "1", f"quantity-{theirs}": "1", f"skip-{asked.lines[0].id}": "1"}
    again_page = buyer.send(path, on=page, do="recalculate", **split)
    assert again_page.status == 200
    assert "CNY 18,400.00" in again_page.text
    assert again_page.forms[path][f"quantity-{mine}"] == "1"
    too_much = buyer.send(path, on=page, do="award", **{**split, f"quantity-{mine}": "2"})
    assert too_much.status == 409
    assert f"Line {rotor.position}, Rotor: less is open than you award." in too_much.text
    assert buyer.send(path, on=page, do="recalculate", **{f"quantity-{mine}": "two"}).status == 422
    done = buyer.send(path, on=page, do="award", **split)
    assert done.status == 303, done.text
    made = newest(Award)
    assert sorted(line.quantity_micro for line in made.lines) == [MICRO, MICRO]
    twice = buyer.send(path, on=page, do="award", **split)  # a double click
    assert (twice.status, twice.location) == (303, done.location)
    assert db.session.scalar(db.select(db.func.count()).select_from(Award)) == 1


def test_only_the_purchaser_is_offered_the_decision(world: World, app: Flask) -> None:
    asked, _ = four(world)
    for name in ("mei", "shen"):
        (reader,) = visitors(app, world, name)
        page = reader.get(f"/rfqs/{asked.id}/compare")
        assert page.status == 200
        assert "Recalculate" not in page.text
    (stranger,) = visitors(app, world, "lab2pu")
    assert stranger.get(f"/rfqs/{asked.id}/compare").status == 404


def test_the_quote_builder_keeps_a_half_written_draft(world: World, app: Flask) -> None:
    asked = rfq(world, "open")
    offer = quote(world, asked, lines=[answer(asked.lines[0], "1.00")], submit=False)
    (seller,) = visitors(app, world, "xiao")
    path = f"/quotes/{offer.id}/edit"
    page = seller.get(path)
    form = fields_of(page, path)
    assert form["lines-0-price-amount"] == "1.00"
    assert form["lines-1-price-amount"] == ""
    assert "1 of 2 lines answered" in page.text
    sent = seller.send(path, on=page, **{**form, "lines-0-price-amount": "2.00", "lines-0-no_offer": "",
                                         "lines-0-alternative": "", "lines-1-no_offer": "", "lines-1-alternative": "",
                                         "lines-0-deviations-0-deviation": "none",
                                         "lines-0-deviations-1-deviation": "none"})  # fmt: skip
    assert sent.status == 303, sent.text
    written = again(offer).drafted
    assert [(line.price_minor, len(line.deviations)) for line in written.lines] == [(200, 2)]
    assert "not answered yet" in seller.get(f"/quotes/{offer.id}").text


def test_a_price_that_cannot_be_read_is_said_at_its_line(world: World, app: Flask) -> None:
    asked = rfq(world, "open")
    offer = quote(world, asked, prices=("1.00",), submit=False)
    (seller,) = visitors(app, world, "xiao")
    path = f"/quotes/{offer.id}/edit"
    page = seller.get(path)
    typed = {"lines-1-line": asked.lines[1].id, "lines-1-price-amount": "cheap", "lines-1-price-currency": "CNY",
             "lines-1-vat": "6"}  # fmt: skip
    wrong = seller.send(path, on=page, **typed)
    assert wrong.status == 422
    assert wrong.forms[path]["lines-1-price-amount"] == "cheap"
    assert 'id="f-lines-1-price-amount"' in wrong.html
    assert "Expected an amount such as 12.30" in wrong.text


def test_after_the_deadline_the_form_says_so(world: World, app: Flask) -> None:
    with clock_at(BACK):
        asked = rfq(world, "open")
        offer = quote(world, asked, submit=False)
    (seller,) = visitors(app, world, "xiao")
    page = seller.get(f"/quotes/{offer.id}/edit")
    assert page.status == 409
    assert "Too late: the deadline was" in page.text


def test_the_approver_decides_on_the_award_page_and_the_proposer_reads_why_not(world: World, app: Flask) -> None:
    approval_rule(world, ["approver"])
    asked, offers = evaluated(world)
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "proposed")
    proposer, approver = visitors(app, world, "pu", "an")
    assert "1. approver" in proposer.get(f"/awards/{made.id}").text
    page = approver.get(f"/awards/{made.id}")
    assert f"/awards/{made.id}/approve" in page.html
    assert approver.do(f"/awards/{made.id}/approve").status == 303
    assert again(made).state == "approved"
    assert refused(made, "approve", world.actor("an")) == "wrong_state"
    assert "An" in proposer.get(f"/awards/{made.id}").text


def test_amending_is_a_form_with_the_lines_as_they_are(world: World, app: Flask) -> None:
    asked = rfq(world, "open")
    (buyer,) = visitors(app, world, "pu")
    path = f"/rfqs/{asked.id}/amend"
    page = buyer.get(path)
    form = fields_of(page, path)
    assert form["lines-0-line"] == asked.lines[0].id
    kept = {name: value for name, value in form.items() if not name.endswith("mandatory")}
    sent = buyer.send(path, on=page, **{**kept, "reason": "three of them", "lines-0-quantity": "3"})
    assert sent.status == 303, sent.text
    amended = again(asked)
    assert (amended.amendment, amended.lines[0].quantity_micro, len(amended.lines)) == (1, 3 * MICRO, 2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(world: World, app: Flask, language: str) -> None:
    asked, offers = four(world)
    made = award(world, asked, [(offers["supplier"], 0, MICRO)])
    draft, opened = rfq(world, "draft"), rfq(world, "open")
    writing = quote(world, opened, submit=False)
    paths = {
        "pu": ("/rfqs", "/rfqs/new", f"/rfqs/{asked.id}", f"/rfqs/{asked.id}/compare", f"/rfqs/{draft.id}",
               f"/rfqs/{draft.id}/edit", f"/rfqs/{draft.id}/invite", f"/rfqs/{opened.id}/amend",
               f"/rfqs/{opened.id}/answer", f"/rfqs/{asked.id}/give_up_line", f"/rfqs/{asked.id}/award",
               f"/quotes/{offers['supplier'].id}", f"/awards/{made.id}", "/awards", "/quotes"),
        "xiao": ("/rfqs", f"/rfqs/{opened.id}", f"/rfqs/{opened.id}/ask", f"/quotes/{writing.id}",
                 f"/quotes/{writing.id}/edit", f"/quotes/{offers['supplier'].id}"),
        "shen": ("/rfqs", f"/rfqs/{asked.id}", f"/quotes/{offers['supplier'].id}", f"/awards/{made.id}"),
    }  # fmt: skip
    for name, wanted in paths.items():
        reader = Visitor(app, world, name, language=language)
        for path in wanted:
            page = reader.get(path)
            assert page.status == 200, (name, path, page.text[:300])
            assert "%(" not in page.text
            if language == "zh":
                assert "·" not in page.text, path


def test_what_is_awarded_in_full_is_compared_but_not_awarded_again(app: Flask, world: World) -> None:
    asked, offers = evaluated(world)
    award(world, asked, [(offers["supplier"], at, line.quantity_micro) for at, line in enumerate(asked.lines)])
    purchaser = Visitor(app, world, "pu")
    page = purchaser.get(f"/rfqs/{asked.id}/compare")
    assert page.status == 200
    assert "Recalculate" not in page.text
    assert "What follows stands at the awards." in purchaser.get(f"/rfqs/{asked.id}").text
    assert f"/rfqs/{asked.id}/award" not in purchaser.get("/work").links.values()


def test_a_quote_reads_as_chinese(app: Flask, world: World) -> None:
    _asked, offers = evaluated(world)
    page = Visitor(app, world, "pu", language="zh").get(f"/quotes/{offers['supplier'].id}")
    assert "；" in page.text
    half_width = re.compile(r"[\u4e00-\u9fff] ?\(|; [\u4e00-\u9fff]|。 [\u4e00-\u9fff]")
    assert [words for words in page.words if half_width.search(words)] == []
