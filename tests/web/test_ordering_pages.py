"""The pages of ordering: what each reader finds there, that the forms work, and how many questions a list asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue import basket
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.work import unit_of_work
from app.ordering.actions import orders
from app.ordering.models import Order, Receipt, Requisition, Shipment
from tests.web.visitor import Page, Visitor
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    acceptances_of,
    again,
    approval_rule,
    do,
    pieces,
    placed,
    reach_claim,
    reach_order,
    refuses,
    reprice,
    requisition,
    send_all,
    transaction_rule,
)


@pytest.fixture
def world(app: Flask) -> World:
    """Named people and organisations in a fresh database."""
    del app
    return build()


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """How many statements are sent inside."""
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield lambda: len(seen)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def typed_in(page: Page, action: str) -> dict[str, str]:
    """What stands in the lines of a form when it opens."""
    return {name: value for name, value in page.forms[action].items() if name.startswith("lines-")}


def test_the_order_page_shows_amount_in_words_lines_plan_and_parties(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    page = Visitor(app, world, "pu", language="zh").get(f"/orders/{order.id}")
    assert page.status == 200
    for words in (order.number, "¥137,000.00", "人民币壹拾叁万柒仟元整", "湘仪 H2100R", "2 台", "华仪科学仪器"):
        assert words in page.text, words
    assert "30%" in page.text


def test_a_stranger_is_asked_to_sign_in_and_another_lab_finds_nothing(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    assert Visitor(app).get(f"/orders/{order.id}").status == 303
    assert Visitor(app, world, "lab2pu").get(f"/orders/{order.id}").status == 404


def test_the_supplier_finds_an_order_once_it_is_sent(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    xiao = Visitor(app, world, "xiao")
    assert xiao.get(f"/orders/{order.id}").status == 404
    do(orders.approve, order, world.actor("tao"))
    assert xiao.get(f"/orders/{order.id}").status == 200


def test_a_buyer_never_sees_the_commission(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    frozen = {"rate_id": "rat_x", "rate_bp": 277, "vat_bp": 600, "owner_share_bp": 4_000}
    do(orders.freeze_commission, order, SYSTEM_ACTOR, commission=frozen)
    pu = Visitor(app, world, "pu")
    # Bare digits are also found in a timestamp's microseconds; a rate is shown as a percentage or told by its name.
    assert "2.77%" not in pu.get(f"/orders/{order.id}").text
    told = pu.get(f"/api/v1/orders/{order.id}").html
    assert "rate_bp" not in told
    assert "commission" not in told
    assert re.search(r"[:\[,]277[,}\]]", told) is None
    case = Visitor(app, world, "tao").get("/queues/transactions")
    assert "2.77%" in case.text


@pytest.mark.database_matters
def test_the_list_of_orders_asks_the_same_number_of_questions_for_one_and_for_many(app: Flask, world: World) -> None:
    pu = Visitor(app, world, "pu")
    one = listing(world)
    numbers = []
    for many in (1, 6):
        for _ in range(many):
            placed(world, [(one, 1)])
        pu.get("/orders")
        with counted() as sent:
            assert pu.get("/orders").status == 200
            numbers.append(sent())
    assert numbers[0] == numbers[1], numbers


@pytest.mark.database_matters
def test_the_list_of_requisitions_asks_the_same_number_of_questions_for_one_and_for_many(
    app: Flask, world: World
) -> None:
    pu = Visitor(app, world, "pu")
    one = listing(world)
    numbers = []
    for many in (1, 6):
        for _ in range(many):
            requisition(world, [(one, 1)])
        pu.get("/requisitions")
        with counted() as sent:
            assert pu.get("/requisitions").status == 200
            numbers.append(sent())
    assert numbers[0] == numbers[1], numbers


@pytest.mark.database_matters
def test_the_queue_asks_the_same_number_of_questions_for_one_and_for_many(app: Flask, world: World) -> None:
    tao = Visitor(app, world, "tao")
    one = listing(world)
    numbers = []
    for many in (2, 6):
        for _ in range(many):
            placed(world, [(one, 1)])
        tao.get("/queues/transactions")
        with counted() as sent:
            assert tao.get("/queues/transactions").status == 200
            numbers.append(sent())
    assert numbers[0] == numbers[1], numbers


def test_views_of_a_list_are_tabs_with_counts_and_an_unknown_one_is_refused(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    pu = Visitor(app, world, "pu")
    assert order.number in pu.get("/orders", view="delivery").text
    assert order.number not in pu.get("/orders", view="closed").text
    assert pu.get("/orders", view="nonsense").status == 422
    assert pu.get("/requisitions", view="nonsense").status == 422


def test_a_requisition_is_written_in_words_grown_by_a_line_and_submitted(app: Flask, world: World) -> None:
    mei = Visitor(app, world, "mei")
    grown = mei.do("/requisitions/new", **{"lines-0-title": "真空泵", "lines-0-unit": "台", "lines-0-quantity": "1",
                                          "add": "lines"})  # fmt: skip
    assert "lines-1-title" in grown.html
    made = mei.send("/requisitions/new", on=grown, **{
        "lines-0-title": "真空泵", "lines-0-unit": "台", "lines-0-quantity": "1", "lines-0-kind": "goods",
        "lines-1-kind": "goods", "title": "真空系统", "currency": "CNY",
    })  # fmt: skip
    assert made.status == 303, made.text
    demand = db.session.scalars(db.select(Requisition)).one()
    assert [line.title for line in demand.lines] == ["真空泵"]
    page = mei.get(f"/requisitions/{demand.id}")
    assert "Submit for approval" in page.text
    assert mei.do(f"/requisitions/{demand.id}/submit").status == 303
    assert again(demand).state == "approved"


def test_a_line_from_the_catalogue_is_edited_by_its_name_not_by_an_id(app: Flask, world: World) -> None:
    demand = requisition(world)
    page = Visitor(app, world, "pu").get(f"/requisitions/{demand.id}/edit")
    assert "High-speed refrigerated centrifuge, quantity (台)" in page.text
    form = page.forms[f"/requisitions/{demand.id}/edit"]
    assert form["lines-0-listing"] == demand.lines[0].listing_id


def test_a_basket_is_checked_out_from_its_page(app: Flask, world: World) -> None:
    one = listing(world)
    with unit_of_work():
        basket.add(world.actor("mei"), one.id, pieces(2))
    mei = Visitor(app, world, "mei")
    path = f"/organisations/{world.organisations['lab']}/checkout"
    page = mei.get(path, currency="CNY")
    assert "CNY 137,000.00" in page.text
    assert mei.send(path, on=page, currency="CNY", title="离心机").status == 303
    assert db.session.scalars(db.select(Requisition)).one().title == "离心机"


def test_the_approver_finds_the_plan_and_approves_or_rejects_with_a_reason(app: Flask, world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = requisition(world)
    Visitor(app, world, "pu").do(f"/requisitions/{demand.id}/submit")
    an = Visitor(app, world, "an")
    page = an.get(f"/requisitions/{demand.id}")
    assert "Prices held until" in page.text
    assert an.do(f"/requisitions/{demand.id}/reject").status == 422
    assert an.do(f"/requisitions/{demand.id}/approve").status == 303
    assert again(demand).state == "approved"


def test_the_operator_approves_from_the_queue_with_an_opinion(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_operator")
    tao = Visitor(app, world, "tao")
    page = tao.get("/queues/transactions")
    assert order.number in page.text
    assert "Rules that were not triggered" in page.text
    assert "safe" not in page.text.lower()
    done = tao.send(f"/orders/{order.id}/approve", on=page, version=str(order.version), reason="价格合理",
                    next="/queues/transactions")  # fmt: skip
    assert (done.status, done.location) == (303, "/queues/transactions")
    assert "价格合理" in tao.get(f"/orders/{order.id}").text


def test_the_queue_says_in_words_what_speaks_against_a_transaction(app: Flask, world: World) -> None:
    transaction_rule(world, "10000.00", "200000.00")
    one = listing(world)
    placed(world, [(one, 2)])
    reprice(world, one, "90000.00")
    second = placed(world, [(one, 1)])[0]
    page = Visitor(app, world, "tao").get("/queues/transactions", id=second.id)
    assert "unit price 31% above the average of the last 12 months" in page.text
    assert "Perhaps split" in page.text


def test_only_staff_read_the_queues(app: Flask, world: World) -> None:
    for path in ("/queues/transactions", "/queues/exceptions", "/queues/disputes"):
        assert Visitor(app, world, "pu").get(path).status == 403
        assert Visitor(app, world, "shen").get(path).status == 200
    assert Visitor(app, world, "tao").get("/queues/orders").location == "/queues/transactions"


def test_above_the_owners_limit_the_operator_is_told_who_follows(app: Flask, world: World) -> None:
    transaction_rule(world, "10000.00", "50000.00")
    order = placed(world)[0]
    tao = Visitor(app, world, "tao")
    page = tao.get("/queues/transactions")
    assert "after you the owner approves" in page.text
    assert "From CNY 50,000.00 on the owner approves as well" in page.text
    assert tao.send(f"/orders/{order.id}/pass_to_owner", on=page, version=str(order.version)).status == 303
    wang = Visitor(app, world, "wang")
    case = wang.get("/queues/exceptions")
    version = str(again(order).version)
    assert wang.send(f"/orders/{order.id}/approve_as_owner", on=case, version=version).status == 303
    assert again(order).state == "awaiting_supplier"


def test_a_shipment_is_packed_shipped_and_counted_on_its_forms(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed", [(listing(world), 2), (listing(world, warranty_months=None), 5)])
    fa, rong = Visitor(app, world, "fa"), Visitor(app, world, "rong")
    page = fa.get(f"/orders/{order.id}/pack")
    assert "Ordered 5 units, still to be packed 5 units" in page.text
    filled = typed_in(page, f"/orders/{order.id}/pack")
    packed = fa.send(f"/orders/{order.id}/pack", on=page, **{**filled, "lines-1-quantity": "0", "carrier": "顺丰"})
    assert packed.status == 303, packed.text
    shipment = db.session.scalars(db.select(Shipment)).one()
    assert [line.quantity_micro for line in shipment.lines] == [pieces(2)]
    assert fa.do(f"/shipments/{shipment.id}/ship").status == 303
    count = rong.get(f"/shipments/{shipment.id}/receive")
    assert "Expected 2 units" in count.text
    filled = typed_in(count, f"/shipments/{shipment.id}/receive")
    wrong = rong.send(f"/shipments/{shipment.id}/receive", on=count, **{**filled, "lines-0-rejected": "3"})
    assert wrong.status == 422
    assert "3 of it cannot be rejected" in wrong.text
    counted_ = rong.send(f"/shipments/{shipment.id}/receive", on=wrong, **{**filled, "lines-0-serials": "HT-1\nHT-2"})
    assert counted_.status == 303, counted_.text
    receipt = db.session.scalars(db.select(Receipt)).one()
    assert receipt.lines[0].serials == ["HT-1", "HT-2"]
    recount = rong.get(f"/receipts/{receipt.id}/count")
    assert "HT-1" in recount.html
    assert rong.do(f"/receipts/{receipt.id}/record").status == 303
    assert "To be decided" in rong.get(f"/receipts/{receipt.id}").text


def test_more_than_is_owed_comes_back_to_the_line_with_the_reason(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    fa = Visitor(app, world, "fa")
    back = fa.do(f"/orders/{order.id}/pack", **{"lines-0-order_line": order.lines[0].id, "lines-0-quantity": "3"})
    assert back.status == 422
    assert "only 2 台 may still be packed, not 3" in back.text
    assert "#f-lines-0-quantity" in back.html


def test_the_receiver_reads_why_someone_else_accepts(app: Flask, world: World) -> None:
    order = reach_order(world, "delivered")
    pending = acceptances_of(order)[0]
    page = Visitor(app, world, "rong").get(f"/acceptances/{pending.id}")
    assert "Not the receiver: someone else signs this." in page.text
    zh = Visitor(app, world, "rong", language="zh").get(f"/acceptances/{pending.id}")
    assert "终验须由收货人以外的人签署。" in zh.text
    done = Visitor(app, world, "qiu").do(f"/acceptances/{pending.id}/accept", quantity="1")
    assert done.status == 303
    assert again(order).lines[0].accepted_micro == pieces(1)


def test_a_claim_is_answered_on_its_page_and_ruled_in_the_disputes(app: Flask, world: World) -> None:
    claim = reach_claim(world, "open")
    xiao = Visitor(app, world, "xiao")
    assert "Claim for a replacement" in xiao.get("/work").text
    assert "Asked for" in xiao.get(f"/claims/{claim.id}").text
    assert xiao.do(f"/claims/{claim.id}/dispute", reason="签收时完好").status == 303
    sup = Visitor(app, world, "sup")
    page = sup.get("/queues/disputes")
    assert claim.number in page.text
    assert "签收时完好" in page.text
    assert sup.do(f"/claims/{claim.id}/rule_for_supplier", reason="举证不足").status == 303
    assert again(claim).state == "refused"


def test_the_order_page_carries_everything_that_belongs_to_it(app: Flask, world: World) -> None:
    claim = reach_claim(world, "open")
    order = again(db.session.get_one(Order, claim.order_id))
    page = Visitor(app, world, "pu", language="zh").get(f"/orders/{order.id}")
    assert claim.number in page.text
    assert "1 台 拒收" in page.text
    for number in [*db.session.scalars(db.select(Shipment.number)), *db.session.scalars(db.select(Receipt.number))]:
        assert number in page.text


@pytest.mark.database_matters
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_of_ordering_is_there_for_its_readers(app: Flask, world: World, language: str) -> None:
    claim = reach_claim(world, "agreed")
    order = again(db.session.get_one(Order, claim.order_id))
    shipment = send_all(world, order)
    receipt = db.session.scalars(db.select(Receipt)).first()
    pending = acceptances_of(order)[0]
    paths = [
        "/orders", "/requisitions", f"/orders/{order.id}", f"/requisitions/{order.requisition_id}",
        f"/shipments/{shipment.id}", f"/receipts/{receipt.id}", f"/acceptances/{pending.id}", f"/claims/{claim.id}",
    ]  # fmt: skip
    for name in ("qiu", "an", "sup", "wang", "shen"):
        visitor = Visitor(app, world, name, language=language)
        for path in paths:
            assert visitor.get(path).status == 200, (name, path)
    supplier = Visitor(app, world, "fa", language=language)
    for path in paths:
        hidden = path.startswith("/requisitions/")
        assert supplier.get(path).status == (404 if hidden else 200), path
    for path in (f"/shipments/{shipment.id}/receive", f"/acceptances/{pending.id}/reject",
                 f"/acceptances/{pending.id}/accept_conditionally"):  # fmt: skip
        assert Visitor(app, world, "qiu", language=language).get(path).status == 200, path


def test_nothing_is_done_by_somebody_who_may_not(app: Flask, world: World) -> None:
    order = reach_order(world, "awaiting_supplier")
    assert Visitor(app, world, "pu").do(f"/orders/{order.id}/confirm").status == 403
    assert again(order).state == "awaiting_supplier"
    with refuses("not_yours"):
        do(orders.confirm, order, world.actor("pu"))


def test_a_step_that_lies_behind_is_not_said_to_be_waited_for(app: Flask, world: World) -> None:
    order = reach_order(world, "confirmed")
    page = Visitor(app, world, "pu").get(f"/orders/{order.id}")
    assert "supplier's confirmation (done)" in page.text
    assert "awaiting the supplier" not in page.text
    waiting = placed(world, [(listing(world), 1)])[0]
    assert "awaiting the operator (now here)" in Visitor(app, world, "pu").get(f"/orders/{waiting.id}").text


def test_nobody_who_rules_between_two_sides_is_led_to_one_of_them(app: Flask, world: World) -> None:
    claim = reach_claim(world, "disputed")
    operator = Visitor(app, world, "tao")
    page = operator.get("/work")
    assert page.links["Open"] == f"/claims/{claim.id}"
    assert "Rule for the buyer" not in page.text
    case = operator.get(f"/queues/disputes?id={claim.id}")
    assert {"Rule for the buyer", "Rule for the supplier"} <= set(case.links)
    assert not re.search(r'class="btn solid"[^>]*rule_for_', case.html)
