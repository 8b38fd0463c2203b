"""The pages of money: what each reader finds, and what is not for them; a constant number of queries."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.values import now
from tests.web.visitor import Visitor
from tests.world import World
from tests.worlds.ordering import again
from tests.worlds.payments import (
    bank_account,
    bought,
    paid,
    paid_out,
    parts,
    proposed_refund,
    stands,
    statement,
    told,
)


def questions(visitor: Visitor, path: str) -> int:
    """How many statements a page sends to the database."""
    asked: list[str] = []

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    db.session.remove()  # what the test has read must not be at hand
    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert visitor.get(path).status == 200
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)
    return len(asked)


def test_finance_finds_what_is_due_and_records_the_transfer(app: Flask, world: World) -> None:
    order = bought(world)
    finance = Visitor(app, world, "cai")
    page = finance.get("/payments")
    assert "Advance payment" in page.text
    assert "CNY 30,000.00" in page.text
    (path,) = re.findall(rf'href="(/orders/{order.id}/record_transfer[^"]*)"', page.html)
    form = finance.get(unescape(path))
    assert form.forms[f"/orders/{order.id}/record_transfer"]["amount-amount"] == "30000.00"
    done = finance.send(
        f"/orders/{order.id}/record_transfer", on=form, **{"amount-amount": "30,000.00", "amount-currency": "CNY"},
        bank_reference="ICBC-77", paid_on=now().date().isoformat(),
    )  # fmt: skip
    assert done.status == 303, done.text
    assert "PM-" in finance.get("/payments").text


def test_settlement_confirms_from_its_queue(app: Flask, world: World) -> None:
    order = bought(world)
    payment = told(world, order, "30000.00")
    settlement = Visitor(app, world, "shu")
    page = settlement.get("/payments")
    assert payment.number in page.text
    path = f"/payments/{payment.id}/succeed"
    assert path in page.links.values()
    done = settlement.do(
        path, **{"amount-amount": "30000.00", "amount-currency": "CNY", "statement_reference": "2026-11-23/17"}
    )
    assert done.status == 303, done.text
    assert stands(f"payable:{order.supplier_id}") == "-29400.00"
    assert payment.number in settlement.get("/payments", view="received").text
    assert payment.number not in settlement.get("/payments").text


def test_a_payment_says_what_it_counts_for(app: Flask, world: World) -> None:
    order = bought(world)
    payment = paid(world, order, "40000.00")
    page = Visitor(app, world, "cai").get(f"/payments/{payment.id}")
    assert "Counts for" in page.text
    assert "10,000.00" in page.text
    assert "Payment on acceptance" in page.text


def test_the_order_shows_its_money_and_hides_the_commission_from_the_buyer(app: Flask, world: World) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    proposed_refund(world, order, "10000.00")
    seen = {name: Visitor(app, world, name).get(f"/orders/{order.id}") for name in ("cai", "jin", "wang", "shen")}
    for page in seen.values():
        assert page.status == 200
        assert "Instalments" in page.text
        assert "29,400.00" in page.text or page is seen["cai"]
    assert "Commission" not in seen["cai"].text
    assert "VAT on the commission" in seen["jin"].text
    assert "RF-" in seen["cai"].text
    chinese = Visitor(app, world, "jin", language="zh").get(f"/orders/{order.id}")
    assert "预付款" in chinese.text
    assert "Advance" not in chinese.text


def test_before_confirmation_the_order_shows_its_plan(app: Flask, world: World) -> None:
    order = bought(world, state="awaiting_supplier")
    page = Visitor(app, world, "cai").get(f"/orders/{order.id}")
    assert page.status == 200
    assert "Payment plan" in page.text


def test_settlement_pays_out_what_is_payable(app: Flask, world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    settlement = Visitor(app, world, "shu")
    page = settlement.get("/payouts")
    assert "CNY 29,400.00" in page.text
    assert "No bank account is named." in page.text
    bank_account(world)
    page = settlement.get("/payouts")
    path = next(link for link in page.links.values() if link.startswith("/payouts/new"))
    form = settlement.get(path)
    assert form.forms["/payouts/new"]["supplier"] == order.supplier_id
    done = settlement.send("/payouts/new", on=form, supplier=order.supplier_id, currency="CNY")
    assert done.status == 303, done.text
    shown = settlement.get(str(done.location))
    assert "Release" in shown.text
    assert again(order).number in shown.text
    assert "A payout is under way." not in shown.text
    assert "PT-" in settlement.get("/payouts").text


def test_the_supplier_sees_its_payouts_and_not_what_others_are_owed(app: Flask, world: World) -> None:
    paid(world, bought(world), "30000.00")
    payout = paid_out(world)
    paid(world, bought(world, supplier="supplier2", model="B1"), "30000.00")
    page = Visitor(app, world, "jin").get("/payouts")
    assert payout.number in page.text
    assert "Payable" not in page.text
    mine = Visitor(app, world, "jin").get(f"/payouts/{payout.id}")
    assert "1709020009000012345" in mine.text
    assert "Approved by" not in mine.text
    assert Visitor(app, world, "jin2").get(f"/payouts/{payout.id}").status == 404


def test_a_statement_shows_its_figures_and_can_be_reckoned_from_its_csv(app: Flask, world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    paid_out(world)
    one = statement(world)
    supplier = Visitor(app, world, "jin")
    page = supplier.get(f"/statements/{one.id}")
    for words in ("Opening balance", "30,000.00", "566.04", "33.96", "29,400.00", "Closing balance"):
        assert words in page.text
    assert one.number in supplier.get("/statements").text
    response = supplier.client.get(f"/statements/{one.id}/lines.csv")
    assert response.headers["Content-Disposition"].endswith(f'{one.number}.csv"')
    rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["kind"] for row in rows] == ["opening", "release", "payout"]
    assert [row["amount"] for row in rows[1:]] == ["29400.00", "-29400.00"]
    assert rows[-1]["balance"] == one.closing.amount
    for stranger in ("jin2", "cai"):
        visitor = Visitor(app, world, stranger)
        assert visitor.get(f"/statements/{one.id}").status == 404
        assert visitor.client.get(f"/statements/{one.id}/lines.csv").status_code == 404


def test_an_open_statement_has_no_figures_yet(app: Flask, world: World) -> None:
    paid(world, bought(world), "30000.00")
    one = statement(world, "open")
    page = Visitor(app, world, "jin").get(f"/statements/{one.id}")
    assert "frozen when the statement is issued" in page.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_owner_and_auditor_see_the_whole_and_nobody_else_does(app: Flask, world: World, language: str) -> None:
    order = bought(world)
    paid(world, order, "40000.00")
    for name in ("wang", "shen", "shu"):
        page = Visitor(app, world, name, language=language).get("/money")
        assert page.status == 200
        for figure in ("10,000.00", "29,400.00", "339.62", "226.42", "33.96", "40,000.00"):
            assert figure in page.text
    for name in ("cai", "jin"):
        assert Visitor(app, world, name).get("/money").status == 404


def test_nothing_moved_and_nothing_due_are_said_so(app: Flask, world: World) -> None:
    assert "No money has moved yet." in Visitor(app, world, "wang").get("/money").text
    assert "There is no payment yet." in Visitor(app, world, "cai").get("/payments").text
    assert "Nothing is payable." in Visitor(app, world, "shu").get("/payouts").text
    assert "There is no statement yet." in Visitor(app, world, "jin").get("/statements").text
    assert Visitor(app, world, "cai").get("/payments", view="nonsense").status == 422


@pytest.mark.database_matters
def test_lists_ask_a_constant_number_of_questions(app: Flask, world: World) -> None:
    first = bought(world)
    paid(world, first, "30000.00")
    paid_out(world)
    statement(world)
    readers = [("cai", "/payments"), ("shu", "/payments?view=all"), ("shu", "/payouts"), ("jin", "/statements")]
    visitors = {name: Visitor(app, world, name) for name, _ in readers}
    before = [questions(visitors[name], path) for name, path in readers]
    for number in range(4):
        order = bought(world, model=f"Q{number}", supplier="supplier2" if number % 2 else "supplier")
        paid(world, order, "30000.00")
        told(world, order, "100.00")
    after = [questions(visitors[name], path) for name, path in readers]
    assert after == before


def test_an_instalment_is_called_by_its_orders_number(app: Flask, world: World) -> None:
    order = bought(world)
    one = parts(order)[0]
    assert one.number == f"{again(order).number}-1"
    page = Visitor(app, world, "cai").get(f"/instalments/{one.id}")
    assert str(one.number) in page.text
    assert "Advance payment" in page.text


def test_what_waits_for_finance_and_settlement_stands_on_their_first_page(app: Flask, world: World) -> None:
    order = bought(world)
    payment = told(world, order, "30000.00")
    assert str(parts(order)[0].number) in Visitor(app, world, "cai").get("/work").text
    assert payment.number in Visitor(app, world, "shu").get("/work").text


def test_the_head_of_an_order_says_what_is_paid_and_held(app: Flask, world: World) -> None:
    order = bought(world)
    finance = Visitor(app, world, "cai")
    page = finance.get(f"/orders/{order.id}")
    assert "Paid / still to be paid CNY 0.00 / CNY 100,000.00" in page.text
    paid(world, order, "40000.00")
    page = finance.get(f"/orders/{order.id}")
    assert "Paid / still to be paid CNY 40,000.00 / CNY 60,000.00" in page.text
    assert "held CNY 10,000.00" in page.text, "the advance of 30,000.00 has gone to the supplier"


def test_a_supplier_finds_no_link_that_is_not_for_it_and_no_raw_table(app: Flask, world: World) -> None:
    order = bought(world)
    page = Visitor(app, world, "xiao", language="zh").get(f"/orders/{order.id}/attach")
    assert page.status == 200
    assert not [href for href in page.links.values() if "/requisitions/req_" in href or "/awards/awd_" in href]
    assert "rate_bp" not in page.text
    assert not re.search(r"[a-z]{3}_[0-9a-z]{26}", page.text)


def test_whoever_proposed_a_payout_is_not_asked_to_approve_it(app: Flask, world: World) -> None:
    paid(world, bought(world), "30000.00")
    bank_account(world)
    payout = paid_out(world, "created")
    mine, others = Visitor(app, world, "shu").get("/work"), Visitor(app, world, "sen").get("/work")
    assert f"/payouts/{payout.id}/approve" not in mine.links.values()
    assert f"/payouts/{payout.id}" in mine.links.values()
    assert others.links["Approve"] == f"/payouts/{payout.id}/approve"
