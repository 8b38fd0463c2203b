"""Real European tenders with their real awards, and real products, bought from the first click to the statement.

Everything after the import goes over HTTP. The awarded amounts and currencies are the published ones. An ordinary run
drives twenty tenders on SQLite and some of them on PostgreSQL, with one award each; PROVE=1 all on both, with several.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import people
from app.accounts.actions import bank_accounts, memberships, organisations
from app.accounts.models import Organisation
from app.catalogue.imports import import_listings
from app.exchange.foreign import ForeignTender
from app.exchange.products import read_products
from app.exchange.tenders import read_tenders
from app.kernel import events, worker
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db, mode
from app.kernel.lifecycle import LIFECYCLES, find
from app.kernel.values import Money, clock_at, now
from app.kernel.work import reading, unit_of_work
from app.ledger import verification
from app.ledger.models import EntryLine
from app.ordering.models import Shipment
from app.sourcing.imports import import_tender
from tests import journeys
from tests.conftest import ENGINE
from tests.journeys import Cast
from tests.kernel.rounds import PROVING
from tests.live import Caller, serve
from tests.web.visitor import Visitor
from tests.world import World, build
from tests.worlds.payments import bank_account

pytestmark = [pytest.mark.prove, pytest.mark.slow, pytest.mark.timeout(1200)]

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NOTICES = DATA / "tenders" / "ted_lab_notices.jsonl"
PRODUCTS = DATA / "catalogue" / "lab_products.csv"
EVERY = 1 if PROVING or ENGINE == "sqlite" else 5
LEAST_TENDERS = 20 if EVERY == 1 else 4
PRODUCTS_BOUGHT = 200
LISTINGS_PER_REQUISITION = 25
LINES_PER_TENDER = 3 if PROVING else 2

GOODS: Final = {
    "zh": ("验收合格", "登记到货", "登记送达", "发货", "确认接单", "批准"),
    "en": ("Accept as good", "Record the receipt", "Note the arrival", "Ship", "Confirm the order", "Approve"),
}
SERVICES: Final = {
    "zh": ("提交报告", "签字确认", "离场签退", "到场签到", "同意该时间", "确认接单", "批准"),
    "en": ("Submit the report", "Sign for the work", "Check out", "Check in", "Agree to the time", "Confirm the order",
           "Approve"),
}  # fmt: skip
"""The steps of an order's history as a reader of each language finds them, newest first."""

ALL_ACCEPTED: Final = {"zh": "登记全部验收", "en": "Note the acceptance"}
HISTORY_BEGINS: Final = {"zh": " 办理记录 ", "en": " What happened "}

CODES: Final = re.compile(rf"\b(?:{'|'.join(LIFECYCLES)})\.[a-z_]+\b|\b[a-z]{{3}}_[0-9a-z]{{26}}\b")
"""Names of events and ids, which are for programs."""


def _file(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"the real data is not beside this checkout: {path.name}")
    return path


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    del app
    token = mode.set("read")  # this thread looks while others write
    yield build()
    mode.reset(token)


@pytest.fixture
def cast(app: Flask, world: World) -> Iterator[Cast]:
    keys = {name: world.key(name) for name in ("qiu", "an", "rong", "cai", "tao", "wang", "shu", "sen", "xiao", "fa")}
    with serve(app) as url:
        people = {name: Caller(url, key) for name, key in keys.items()}
        yield Cast(
            purchaser=people["qiu"], approver=people["an"], receiver=people["rong"], finance=people["cai"],
            operator=people["tao"], owner=people["wang"], settlement=people["shu"], settlement2=people["sen"],
            settle=worker.settle,
        )  # fmt: skip


class Sellers:
    """The real suppliers' names as organisations of the park, each with one person who does everything."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.url = world, url
        self.ids: dict[str, str] = {}

    def of(self, cast: Cast, name: str) -> tuple[str, Caller]:
        """The organisation and the caller of a supplier's name, founded on first sight."""
        if name not in self.ids:
            with unit_of_work():
                org = organisations.found(
                    SYSTEM_ACTOR, state="admitted", name_en=name[:120], is_supplier=True
                )  # fmt: skip
                admin = Actor(
                    person_id="per_" + "0" * 26, org_id=org.id, roles=frozenset({"org_admin"}), kinds=org.kinds
                )
                nick = f"s{secrets.token_hex(4)}"
                member = memberships.invite(
                    org, admin, email=f"{nick}@foreign.example", roles=["sales", "fulfilment", "finance", "catalogue"]
                )
                memberships.join(member, SYSTEM_ACTOR, name=nick, language="en")
                finance = people.actor_for(str(member.person_id), org.id, channel="web")
                named = bank_accounts.name_account(org, finance, bank_name="Bank", account_no="6222000000000001")
                bank_accounts.confirm(named, self.world.actor("sen"))
            self.world.organisations[nick], self.world.people[nick] = org.id, str(member.person_id)
            self.world.homes[nick] = nick
            self.ids[name] = org.id
            cast.sellers[org.id] = Caller(self.url, self.world.key(nick))
        return self.ids[name], cast.sellers[self.ids[name]]


def _usable(tender: ForeignTender) -> dict[str, list[tuple[str, Money]]]:
    """line key -> (supplier, awarded amount) in the tender's own currency, one award per line."""
    usable: dict[str, list[tuple[str, Money]]] = defaultdict(list)
    for award in tender.awards:
        if award.currency == tender.currency and not usable[award.line_key] and len(usable) <= LINES_PER_TENDER:
            usable[award.line_key].append((award.supplier.name, Money(award.amount_minor, award.currency)))
    return {key: found for key, found in usable.items() if found}


def _drive(cast: Cast, sellers: Sellers, rfq_id: str, tender: ForeignTender) -> list[tuple[str, Money, str]]:
    """One tender from draft to closed-and-paid orders; returns (order, awarded amount, supplier)."""
    wanted = _usable(tender)
    rfq = cast.purchaser.get(f"rfqs/{rfq_id}")
    line_of = {key: rfq["lines"][place]["id"] for place, key in enumerate(line.key for line in tender.lines)}
    by_supplier: dict[str, dict[str, tuple[Money, str]]] = defaultdict(dict)
    for key, found in wanted.items():
        name, amount = found[0]
        quantity = next(line for line in rfq["lines"] if line["id"] == line_of[key])["quantity"]
        by_supplier[name][line_of[key]] = (amount, quantity)
    invited = [sellers.of(cast, name)[0] for name in by_supplier]
    cast.purchaser.do(f"rfqs/{rfq_id}", "invite", {"suppliers": invited})
    cast.purchaser.do(f"rfqs/{rfq_id}", "publish")
    for name, lines in by_supplier.items():
        _quote(sellers.of(cast, name)[1], rfq, lines)
    with clock_at(timedelta(days=15)):
        worker.settle()
        award = _award(cast, rfq_id, by_supplier)
        orders = [one for one in cast.purchaser.all("orders") if one["award"] == award["id"]]
        assert sum(Money.parse(one["total"]["amount"], tender.currency).minor for one in orders) == sum(
            found[0][1].minor for found in wanted.values()
        )
        for order in orders:
            done = journeys.through_to_accepted(cast, order["id"])
            assert done["state"] in ("accepted", "closed"), done["state"]
    return [(one["id"], Money.parse(one["total"]["amount"], tender.currency), one["supplier"]) for one in orders]


def _quote(seller: Caller, rfq: dict[str, Any], lines: dict[str, tuple[Money, str]]) -> None:
    """The awarded amount as the price of the whole quantity; every other line is "no offer"."""
    quote = seller.do(f"rfqs/{rfq['id']}", "quote")
    answers: list[dict[str, Any]] = []
    for line in rfq["lines"]:
        if line["id"] in lines:
            amount, quantity = lines[line["id"]]
            price = {"amount": amount.amount, "currency": amount.currency}
            answers.append({"line": line["id"], "price": price, "basis": quantity, "quantity": quantity, "vat": "0"})
        else:
            answers.append({"line": line["id"], "no_offer": True})
    valid = (now() + timedelta(days=90)).isoformat()
    seller.do(f"quotes/{quote['id']}", "edit", {"valid_until": valid, "lines": answers})
    seller.do(f"quotes/{quote['id']}", "submit")


def _award(cast: Cast, rfq_id: str, by_supplier: dict[str, dict[str, tuple[Money, str]]]) -> dict[str, Any]:
    asked = {line: quantity for lines in by_supplier.values() for line, (_, quantity) in lines.items()}
    quotes = [one for one in cast.purchaser.all("quotes") if one["rfq"] == rfq_id]
    chosen = [
        {"quote_line": line["id"], "quantity": asked[line["line"]]}
        for quote in quotes
        for line in quote["current"]["lines"]
        if not line["no_offer"]
    ]
    award: dict[str, Any] = cast.purchaser.do(f"rfqs/{rfq_id}", "award", {"lines": chosen, "reason": "as published"})
    award = cast.purchaser.do(f"awards/{award['id']}", "propose")
    if award["state"] == "awaiting_approval":
        award = cast.approver.do(f"awards/{award['id']}", "approve")
    return dict(cast.purchaser.do(f"awards/{award['id']}", "order"))


def _books_balance() -> None:
    """Every entry sums to zero per currency, and the chain verifies."""
    with reading() as session:
        sums = session.execute(
            sa.select(EntryLine.entry_id, EntryLine.currency, sa.func.sum(EntryLine.amount_minor)).group_by(
                EntryLine.entry_id, EntryLine.currency
            )
        ).all()
        assert sums
        assert {total for _, _, total in sums} == {0}
        assert list(verification.verify(session)) == []
        assert list(events.verify(session)) == []


@pytest.mark.database_matters
def test_real_tenders_are_bought_from_quote_to_statement_at_the_awarded_amounts(
    app: Flask, world: World, cast: Cast
) -> None:
    with _file(NOTICES).open("rb") as stream:
        tenders, _ = read_tenders(stream)
    with_awards = [tender for tender in tenders if _usable(tender)]
    sellers = Sellers(world, cast.purchaser.url.removesuffix("/api/v1/"))
    driven, orders = [], []
    for tender in with_awards if PROVING else with_awards[: LEAST_TENDERS * EVERY : EVERY]:
        buyer = world.actor("qiu")
        with unit_of_work():
            lab = find(Organisation, world.organisations["lab"], SYSTEM_ACTOR, lock=True)
            rfq = import_tender(lab, buyer, tender, deadline=now() + timedelta(days=14))
        assert rfq is not None
        orders += _drive(cast, sellers, rfq.id, tender)
        driven.append(tender.reference)
    assert len(driven) >= LEAST_TENDERS
    owed: dict[tuple[str, str], int] = defaultdict(int)
    for order_id, amount, supplier in orders:
        owed[supplier, amount.currency] += amount.minor
        history = cast.purchaser.get(f"orders/{order_id}/history")["items"]
        names = [event["name"] for event in reversed(history)]
        assert names[0] == "order.create"
        assert {"order.approve", "order.confirm", "order.deliver", "order.accept"} <= set(names)
    _histories_read_well(app, world, [order_id for order_id, _, _ in orders])
    with clock_at(timedelta(days=20)):
        for supplier, currency in owed:
            payout = journeys.pay_out(cast, supplier, currency)
            assert 0 < Money.parse(payout["amount"]["amount"], currency).minor <= owed[supplier, currency]
    with clock_at(timedelta(days=22)):
        for supplier, currency in owed:
            issued = journeys.statement(cast, supplier, currency, (now() - timedelta(days=1)).date())
            assert issued["state"] == "issued"
    assert len({currency for _, currency in owed}) >= 2
    _books_balance()


def _histories_read_well(app: Flask, world: World, order_ids: list[str]) -> None:
    """On its page, in both languages, a history names every step in words, the newest first, and no code or id."""
    shipped = set(db.session.scalars(sa.select(Shipment.order_id)))
    db.session.rollback()
    for language, heading in HISTORY_BEGINS.items():
        reader = Visitor(app, world, "qiu", language=language)
        for order_id in order_ids:
            page = reader.get(f"/orders/{order_id}")
            assert page.status == 200
            history = page.text.rpartition(heading)[2]
            places = [history.find(step) for step in (GOODS if order_id in shipped else SERVICES)[language]]
            assert ALL_ACCEPTED[language] in history, (language, order_id, history)
            assert -1 not in places, (language, order_id, history)
            assert places == sorted(places), (language, order_id, history)
            assert not CODES.search(history), (language, order_id, history)


def _price(row: Any) -> int:
    """A plausible list price for a product whose source names none: 100.00 to 9,999.00 by its own name."""
    return 10_000 + sum(row.name_en.encode()) * 97 % 990_000


def test_200_real_products_are_listed_published_and_bought(app: Flask, world: World, cast: Cast) -> None:
    with _file(PRODUCTS).open("rb") as stream:
        rows, _ = read_products(stream, price=_price)
    rows = rows[:PRODUCTS_BOUGHT]
    assert len(rows) == PRODUCTS_BOUGHT
    bank_account(world)
    editor = world.actor("mu")
    supplier = world.org("supplier")
    import_listings(rows, supplier, editor)
    url = cast.purchaser.url.removesuffix("/api/v1/")
    reviewer, seller = (
        Caller(url, world.key("rui")),
        _Both(Caller(url, world.key("xiao")), Caller(url, world.key("fa"))),
    )
    cast.sellers[supplier.id] = seller  # type: ignore[assignment]
    submitted = reviewer.all("listings", state="submitted")
    assert len(submitted) == PRODUCTS_BOUGHT
    for listing in submitted:
        reviewer.do(f"listings/{listing['id']}", "publish")
    again = import_listings(rows, supplier, editor)
    assert again.changed == 0
    total = _buy_in_requisitions(cast, submitted, supplier.id)
    with clock_at(timedelta(days=40)):
        worker.settle()
        payout = journeys.pay_out(cast, supplier.id, "CNY")
    with clock_at(timedelta(days=42)):
        issued = journeys.statement(cast, supplier.id, "CNY", (now() - timedelta(days=1)).date())
    assert issued["state"] == "issued"
    assert 0 < Money.parse(payout["amount"]["amount"], "CNY").minor <= total
    _books_balance()


class _Both:
    """Sales confirm, fulfilment packs and ships: one seller made of two people."""

    def __init__(self, sales: Caller, fulfilment: Caller) -> None:
        self.sales, self.fulfilment = sales, fulfilment

    def do(self, path: str, action: str, body: Any = None) -> Any:
        """Whoever's action it is."""
        return (self.sales if action in ("confirm", "refuse") else self.fulfilment).do(path, action, body)


def _buy_in_requisitions(cast: Cast, listings: list[dict[str, Any]], supplier: str) -> int:
    total = 0
    for start in range(0, len(listings), LISTINGS_PER_REQUISITION):
        part = listings[start : start + LISTINGS_PER_REQUISITION]
        body = {"title": f"basket {start}", "lines": [{"listing": one["id"], "quantity": "2"} for one in part]}
        requisition = cast.purchaser.create("requisitions", body)
        path = f"requisitions/{requisition['id']}"
        requisition = cast.purchaser.do(path, "submit")
        if requisition["state"] == "awaiting_approval":
            cast.approver.do(path, "approve")
        cast.purchaser.do(path, "order")
        (order,) = [one for one in cast.purchaser.all("orders") if one["requisition"] == requisition["id"]]
        assert order["supplier"] == supplier
        expected = sum(2 * Decimal(one["price"]["amount"]) for one in part)
        assert Decimal(order["total"]["amount"]) == expected
        done = journeys.through_to_accepted(cast, order["id"])
        assert done["state"] in ("accepted", "closed")
        total += Money.parse(order["total"]["amount"], "CNY").minor
    return total
