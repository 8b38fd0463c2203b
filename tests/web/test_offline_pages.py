"""Offline entry in front of staff: the list, the buyer, the form with its search, and the ways to the buyer's word."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask

from app.catalogue import index
from app.kernel.db import db
from app.ordering import offline
from app.ordering.actions import orders
from app.ordering.models import Order
from tests.house.everybody import hire
from tests.ordering.test_offline_entry import enter, mailed_code, second_purchaser_leaves
from tests.web.visitor import Page, Visitor
from tests.world import Api, World, build
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do, pieces, reach_order

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def form_path(world: World) -> str:
    return f"/organisations/{world.organisations['lab']}/enter_order"


def post(visitor: Visitor, action: str, page: Page, **typed: Any) -> Page:
    """Send the form of a page to an address of its own buttons, with a file where one is given."""
    hidden = {"csrf_token": next(form["csrf_token"] for form in page.forms.values() if "csrf_token" in form)}
    return Page(visitor.client.post(action, data={**hidden, **typed}, headers=visitor.headers))


def test_staff_reach_it_from_the_navigation_and_others_do_not(app: Flask, world: World) -> None:
    staff = Visitor(app, world, "sup")
    assert staff.get("/work").links["Offline entry"] == "/offline"
    page = staff.get("/offline")
    assert page.links["Enter an order for them"] == "/offline/new"
    assert "Nothing was entered yet." in page.text
    for name in ("pu", "xiao"):
        assert Visitor(app, world, name).get("/offline").status == 403
    reader = Visitor(app, world, "shen").get("/offline")
    assert reader.status == 200
    assert "Enter an order for them" not in reader.text
    assert Visitor(app, world, "shen").get("/offline/new").status == 403


def test_first_the_buyer_then_the_form(app: Flask, world: World) -> None:
    staff = Visitor(app, world, "sup")
    page = staff.get("/offline/new")
    assert world.organisations["lab"] in page.html
    assert world.organisations["supplier"] not in page.html
    chosen = staff.get("/offline/new", buyer=world.organisations["lab"])
    assert (chosen.status, chosen.location) == (303, form_path(world))
    assert staff.get("/offline/new", buyer=world.organisations["supplier"]).status == 422


def test_lines_are_searched_taken_and_sent_without_script_and_nothing_typed_is_lost(app: Flask, world: World) -> None:
    one = listing(world)
    index.rebuild()
    staff = Visitor(app, world, "sup")
    lines = f"/offline/{world.organisations['lab']}/lines"
    typed: dict[str, Any] = {"channel": "phone", "reason": "张老师来电订购", "title": "离心机"}
    found = post(staff, lines, staff.get(form_path(world)), find="离心机", **typed)
    assert found.status == 200
    assert one.id in found.html
    assert "张老师来电订购" in found.html
    taken = post(staff, lines, found, take=one.id, **typed)
    assert 'name="lines-0-listing"' in taken.html
    sent = post(staff, form_path(world), taken, **typed, **{"lines-0-listing": one.id, "lines-0-quantity": "2"})
    assert sent.status == 303, sent.text
    order = db.session.scalars(db.select(Order)).one()
    assert (order.state, order.channel, order.title) == ("awaiting_buyer", "phone", "离心机")
    assert [line.quantity_micro for line in order.lines] == [pieces(2)]
    assert db.session.scalars(db.select(Order)).all() == [order]


def test_on_paper_without_a_scan_is_refused_at_its_field_and_with_one_accepted(app: Flask, world: World) -> None:
    one = listing(world)
    staff = Visitor(app, world, "sup")
    typed: dict[str, Any] = {
        "channel": "paper", "reason": "柜台收到纸质订单", "lines-0-listing": one.id, "lines-0-quantity": "1",
    }  # fmt: skip
    refused = post(staff, form_path(world), staff.get(form_path(world)), **typed)
    assert refused.status == 422
    assert "An order on paper is entered with its scan." in refused.text
    sent = post(staff, form_path(world), refused, **typed, scan=(io.BytesIO(PDF), "订单.pdf"))
    assert sent.status == 303, sent.text
    page = staff.get(str(sent.location))
    assert "订单.pdf" in page.text
    assert "on paper" in page.text


def test_a_likely_double_is_named_and_a_box_says_that_it_is_another_order(app: Flask, world: World) -> None:
    one = listing(world)
    online = reach_order(world, "awaiting_operator", [(one, 2)])
    staff = Visitor(app, world, "sup")
    form = staff.get(form_path(world))
    assert str(online.number) in form.text, "the buyer's newest orders stand beside"
    assert 'name="another_order"' not in form.html
    typed: dict[str, Any] = {
        "channel": "phone", "reason": "来电", "lines-0-listing": one.id, "lines-0-quantity": "2",
    }  # fmt: skip
    refused = post(staff, form_path(world), form, **typed)
    assert refused.status == 409
    assert f"It looks like an order that exists already: {online.number}." in refused.text
    assert 'name="another_order"' in refused.html
    assert post(staff, form_path(world), refused, **typed, another_order="1").status == 303


def test_the_list_shows_how_each_came_in_and_whether_the_buyer_has_confirmed(app: Flask, world: World) -> None:
    second_purchaser_leaves(world)
    order = enter(world, came_in_on=offline.today() - offline.ONE_DAY)
    staff = Visitor(app, world, "sup")
    page = staff.get("/offline")
    for words in (str(order.number), "by phone", "dated back by 1 days", "Awaiting the buyer's word", "Sup"):
        assert words in page.text
    assert str(order.number) in staff.get("/offline", view="waiting").text
    assert "Nothing is in this view." in staff.get("/offline", view="form").text
    assert staff.get("/offline", view="nothing").status == 422


def test_the_whole_way_by_code_in_two_browsers(app: Flask, world: World) -> None:
    second_purchaser_leaves(world)
    order = enter(world)
    staff, buyer = Visitor(app, world, "sup"), Visitor(app, world, "pu", language="zh")
    assert staff.do(f"/orders/{order.id}/send_code").status == 303
    code = mailed_code(app)
    wrong = "000000" if code != "000000" else "111111"
    refused = buyer.do(f"/orders/{order.id}/confirm_by_code", code=wrong)
    assert refused.status == 422
    assert "与发出的确认码不符，还可尝试 4 次。" in refused.text
    assert buyer.do(f"/orders/{order.id}/confirm_by_code", code=code).status == 303
    assert again(order).state == "awaiting_operator"
    assert "confirmed by code" in staff.get("/offline").text
    assert "Entered by the operator: by phone" in Visitor(app, world, "tao").get("/queues/transactions").text


def test_the_whole_way_by_signed_form(app: Flask, world: World) -> None:
    second_purchaser_leaves(world)
    hire(world, "operator", "sup2", ["support"])
    order = enter(world)
    staff = Visitor(app, world, "sup")
    path = f"/orders/{order.id}/upload_form"
    form = staff.get(path)
    sent = post(staff, path, form, version=str(order.version), file=(io.BytesIO(PDF), "signed.pdf"))
    assert sent.status == 303, sent.text
    assert "Signed form to be checked" in staff.get("/offline", view="form").text
    assert "somebody else checks it" in staff.get(f"/orders/{order.id}/check_form").text
    with_key = Api(app, world.key("sup2"))
    assert with_key.do(f"orders/{order.id}", "check_form").status_code == 200
    assert "confirmed by signed form" in staff.get("/offline").text


def test_the_api_takes_scan_and_lines_in_one_multipart_request(app: Flask, world: World) -> None:
    one = listing(world)
    api = Api(app, world.key("sup"))
    lines = f'[{{"listing": "{one.id}", "quantity": "2"}}]'
    answer = api.client.post(
        f"/api/v1{form_path(world)}", headers=api.headers,
        data={"channel": "paper", "reason": "纸质订单", "lines": lines, "scan": (io.BytesIO(PDF), "scan.pdf")},
    )  # fmt: skip
    assert answer.status_code == 201, answer.get_data(as_text=True)
    body = answer.get_json()
    assert [file["name"] for file in body["files"]] == ["scan.pdf"]
    assert body["offline"]["backdated_days"] == 0
    broken = api.client.post(
        f"/api/v1{form_path(world)}", headers=api.headers,
        data={"channel": "paper", "reason": "x", "lines": "[{", "scan": (io.BytesIO(PDF), "scan.pdf")},
    )  # fmt: skip
    assert broken.status_code == 400
    assert broken.get_json()["errors"][0]["field"] == "lines"


def test_how_it_was_entered_is_for_the_buyer_and_staff_and_not_for_the_supplier(app: Flask, world: World) -> None:
    second_purchaser_leaves(world)
    order = enter(world)
    do(orders.affirm, order, world.actor("pu"))
    do(orders.approve, order, world.actor("tao"))
    assert Api(app, world.key("pu")).get(f"orders/{order.id}").get_json()["offline"]["way"] == "purchaser"
    assert "offline" not in Api(app, world.key("xiao")).get(f"orders/{order.id}").get_json()


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", "12 456", "１２３４５６"])
def test_what_is_no_six_digits_is_refused_without_costing_a_try(app: Flask, world: World, code: str) -> None:
    second_purchaser_leaves(world)
    order = enter(world)
    staff = Visitor(app, world, "sup")
    staff.do(f"/orders/{order.id}/send_code")
    refused = staff.do(f"/orders/{order.id}/confirm_by_code", code=code)
    assert refused.status == 422
    assert not re.search("Tries left", refused.text)
