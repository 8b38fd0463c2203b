"""The whole purchase in a real browser, in Chinese, by every person whose role it is; then the same over the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app.catalogue import index as catalogue_index
from app.kernel import events, worker
from app.kernel.db import db, mode
from app.kernel.work import reading
from app.ledger import verification
from app.ordering.models import Acceptance, Order, Receipt, Requisition, Shipment
from app.payments.models import Payment, Payout
from tests import journeys
from tests.journeys import Cast
from tests.live import Caller, serve
from tests.world import PASSWORD, World, build
from tests.worlds.catalogue import listing
from tests.worlds.ordering import approval_rule, transaction_rule
from tests.worlds.payments import bank_account, rate

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PATIENCE_MS = 15_000


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """The small park with its rules: the approver signs everything, the owner approves from 10,000 on."""
    del app
    token = mode.set("read")
    made = build()
    approval_rule(made, roles=["approver"])
    transaction_rule(made, "0.00", "10000.00")
    rate(made)
    bank_account(made)
    listing(made)
    catalogue_index.sync_once()
    yield made
    mode.reset(token)


class Desk:
    """One person at a browser: signs in once, opens records, presses what the page offers."""

    def __init__(self, browser: Browser, url: str, world: World, name: str) -> None:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.url = url
        self.page.goto(f"{url}/login")
        self.page.fill("main input[name=email]", world.email(name))
        self.page.fill("main input[name=password]", PASSWORD)
        self.page.click("main form[action*=login] button[type=submit], main form button[type=submit]")
        self.page.wait_for_url("**/work")

    def open(self, path: str) -> Page:
        """A page by its address; it has to be there and be Chinese."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        assert self.page.get_attribute("html", "lang") in ("zh", "zh-CN", "zh-Hans-CN")
        return self.page

    def press(self, path: str, action: str, **fields: str) -> Page:
        """Open a record, press one of its actions, fill in its form where it has one, and send it."""
        page = self.open(path)
        link = f'main a[href$="/{action}"], main a[href*="/{action}?"], main form[action$="/{action}"] button'
        offered = page.locator(link).first
        offered.click()
        page.wait_for_load_state()
        form = page.locator(f'main form[action$="/{action}"]').first
        if _path(page).endswith(f"/{action}"):
            for name, value in fields.items():
                form.locator(f'[name="{name}"]').first.fill(value)
            inside = form.locator("button[type=submit]:not([name]), button:not([type]):not([name])")
            beside = page.locator(f'button[form="{form.get_attribute("id")}"]:not([name])')  # in the bar at the bottom
            (inside if inside.count() else beside).first.click()
        page.wait_for_load_state()
        trouble = page.locator(".error-summary, [role=alert]")
        assert not trouble.count(), trouble.first.inner_text()
        assert not _path(page).endswith(f"/{action}"), page.locator("main").inner_text()
        return page


def _path(page: Page) -> str:
    return page.url.partition("?")[0]


def _newest(model: type[Any]) -> Any:
    with reading() as session:
        return session.scalars(db.select(model).order_by(model.id.desc()).limit(1)).unique().one()


def _line_ids(order_id: str) -> list[str]:
    with reading() as session:
        return [line.id for line in session.get_one(Order, order_id).lines]


def test_the_whole_purchase_in_chinese_in_a_real_browser(app: Flask, world: World, browser: Browser) -> None:
    with serve(app) as url:
        desks = {
            name: Desk(browser, url, world, name)
            for name in ("mei", "an", "pu", "tao", "wang", "xiao", "fa", "cai", "shu", "sen", "rong", "qiu", "jin")
        }
        _demand(desks)
        order = _order(desks)
        _pay(desks, order)
        _deliver(desks, order)
        _settle(desks, world)
        page = desks["pu"].open(f"/orders/{order}")
        assert "已验收" in page.locator("main").inner_text()
        assert "人民币" in page.locator("main").inner_text()
        faults = {name: desk.faults for name, desk in desks.items() if desk.faults}
        assert faults == {}
    with reading() as session:
        assert list(events.verify(session)) == []
        assert list(verification.verify(session)) == []


def _demand(desks: dict[str, Desk]) -> None:
    """A member searches, fills the basket and asks; the approver agrees."""
    mei = desks["mei"]
    page = mei.open("/catalogue?q=离心机")
    page.get_by_role("link", name="高速冷冻离心机").first.click()
    page.locator("main form[action*=basket] button").first.click()
    page.wait_for_load_state()
    mei.open("/basket")
    page.locator("main a[href*=checkout]").first.click()
    page.get_by_role("button", name="由清单生成采购申请").click()
    page.wait_for_url("**/requisitions/*")
    made = _newest(Requisition)
    mei.press(f"/requisitions/{made.id}", "submit")
    desks["an"].press(f"/requisitions/{made.id}", "approve")
    assert _newest(Requisition).state == "approved"


def _order(desks: dict[str, Desk]) -> str:
    """The purchaser orders, operator and owner approve the transaction, the supplier confirms."""
    desks["pu"].press(f"/requisitions/{_newest(Requisition).id}", "order")
    worker.settle()
    order: str = _newest(Order).id
    desks["tao"].press(f"/orders/{order}", "pass_to_owner")
    desks["wang"].press(f"/orders/{order}", "approve_as_owner")
    desks["xiao"].press(f"/orders/{order}", "confirm")
    worker.settle()
    assert _newest(Order).state == "confirmed"
    return order


def _pay(desks: dict[str, Desk], order: str) -> None:
    """Finance records the transfer, settlement finds it on the bank statement."""
    fields = {"amount-amount": "68500.00", "bank_reference": "GH20261123", "paid_on": "2026-11-20"}
    desks["cai"].press(f"/orders/{order}", "record_transfer", **fields)
    payment = _newest(Payment)
    fields = {"amount-amount": "68500.00", "statement_reference": "S1123"}
    desks["shu"].press(f"/payments/{payment.id}", "succeed", **fields)
    worker.settle()
    assert _newest(Payment).state == "succeeded"


def _deliver(desks: dict[str, Desk], order: str) -> None:
    """Fulfilment packs and ships, the receiver counts, somebody else accepts."""
    desks["fa"].press(f"/orders/{order}", "pack")
    desks["fa"].press(f"/shipments/{_newest(Shipment).id}", "ship", carrier="顺丰", tracking="SF1")
    desks["rong"].press(f"/shipments/{_newest(Shipment).id}", "receive")
    desks["rong"].press(f"/receipts/{_newest(Receipt).id}", "record")
    desks["qiu"].press(f"/acceptances/{_newest(Acceptance).id}", "accept")
    worker.settle()


def _settle(desks: dict[str, Desk], world: World) -> None:
    """Two people of settlement pay the supplier out; the supplier reads the account."""
    shu = desks["shu"]
    page = shu.open("/payouts/new")
    supplier = page.locator('main [name="supplier"]')
    if supplier.evaluate("field => field.tagName") == "SELECT":
        supplier.select_option(world.organisations["supplier"])
    else:
        supplier.fill(world.organisations["supplier"])
    currency = page.locator('main [name="currency"]')
    if currency.evaluate("field => field.tagName") == "SELECT":
        currency.select_option("CNY")
    else:
        currency.fill("CNY")
    page.locator("main form:has([name=supplier]) button[type=submit]:not([name])").click()
    page.wait_for_load_state()
    payout = f"/payouts/{_newest(Payout).id}"
    desks["sen"].press(payout, "approve")
    shu.press(payout, "submit")
    shu.press(payout, "succeed", bank_reference="P1123")
    worker.settle()
    assert _newest(Payout).state == "succeeded"
    desks["jin"].open(payout)


def test_the_same_purchase_over_the_api_in_english(app: Flask, world: World) -> None:
    with serve(app) as url:
        keys = {
            name: world.key(name)
            for name in ("mei", "qiu", "an", "rong", "cai", "tao", "wang", "shu", "sen", "xiao", "fa")
        }
        people = {name: Caller(url, key) for name, key in keys.items()}
        cast = Cast(
            purchaser=people["qiu"], approver=people["an"], receiver=people["rong"], finance=people["cai"],
            operator=people["tao"], owner=people["wang"], settlement=people["shu"], settlement2=people["sen"],
            settle=worker.settle,
        )  # fmt: skip
        cast.sellers[world.organisations["supplier"]] = _Seller(people["xiao"], people["fa"])  # type: ignore[assignment]
        (offer,) = people["mei"].get("catalogue", q="centrifuge")["items"]
        wanted = {"title": "centrifuge", "lines": [{"listing": offer["id"], "quantity": "1"}]}
        requisition = people["mei"].create("requisitions", wanted)
        path = f"requisitions/{requisition['id']}"
        people["mei"].do(path, "submit")
        people["an"].do(path, "approve")
        people["qiu"].do(path, "order")
        worker.settle()
        (order,) = people["qiu"].all("orders")
        refused = people["rong"].send(f"orders/{order['id']}/confirm", {}, version=order["version"])
        assert refused.status_code == 403
        assert refused.json()["detail"].startswith("This is done by")
        done = journeys.through_to_accepted(cast, order["id"])
        assert done["state"] == "accepted"
        paid = journeys.pay_out(cast, world.organisations["supplier"], "CNY")
        assert paid["state"] == "succeeded"


class _Seller:
    """Sales confirm, fulfilment delivers."""

    def __init__(self, sales: Caller, fulfilment: Caller) -> None:
        self.sales, self.fulfilment = sales, fulfilment

    def do(self, path: str, action: str, body: Any = None) -> Any:
        """Whoever's action it is."""
        return (self.sales if action == "confirm" else self.fulfilment).do(path, action, body)
