"""Offers: which price applies and why, on which conditions, for whom alone, and that all faces say the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from marshmallow import ValidationError

from app.catalogue import basket, index
from app.catalogue.actions import contract_prices
from app.catalogue.engine import Search
from app.catalogue.offers.pricing import park_today, price
from app.catalogue.schemas import ListingInput
from app.kernel.actors import ANONYMOUS
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.values import MICRO, Money
from app.kernel.work import unit_of_work
from app.ordering.actions import requisitions
from app.ordering.models import Order
from tests.world import Api, World, build
from tests.worlds.catalogue import given, listing
from tests.worlds.offers import contract_price, terms
from tests.worlds.ordering import again, do, refuses

pytestmark = pytest.mark.database_matters

TIERS = [
    {"from_quantity": "50", "price": {"amount": "7.50", "currency": "CNY"}},
    {"from_quantity": "10", "price": {"amount": "9.00", "currency": "CNY"}},
]


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def cuvettes(world: World, **changes: Any) -> Any:
    """Ten yuan each, 9.00 from ten on, 7.50 from fifty on."""
    return listing(world, price={"amount": "10.00", "currency": "CNY"}, **{"tiers": TIERS, **changes})


@pytest.mark.parametrize("quantity,minor,rule", [
    (1, 1_000, "list"), (9, 1_000, "list"), (10, 900, "tier"), (49, 900, "tier"), (50, 750, "tier"), (999, 750, "tier"),
])  # fmt: skip
def test_each_quantity_has_one_price_without_gaps(world: World, quantity: int, minor: int, rule: str) -> None:
    found = price(world.organisations["lab"], cuvettes(world), quantity * MICRO)
    assert (found.price_minor, found.rule) == (minor, rule)
    assert found.amount == Money(minor * quantity, "CNY")


@pytest.mark.parametrize("changes,field", [
    ({"tiers": [{"from_quantity": "10", "price": {"amount": "68500.00", "currency": "CNY"}}]}, "tiers"),
    ({"tiers": [{"from_quantity": "10", "price": {"amount": "5.00", "currency": "USD"}}]}, "tiers"),
    ({"tiers": [TIERS[0], TIERS[0]]}, "tiers"),
    ({"tiers": TIERS, "price": None}, "price"),
    ({"tiers": TIERS, "min_quantity": "20"}, "tiers"),
    ({"min_quantity": "7", "order_multiple": "5"}, "min_quantity"),
    ({"valid_from": "2026-12-02", "valid_until": "2026-12-01"}, "valid_until"),
    ({"incoterm": "DDP"}, "delivery_point"), ({"delivery_point": "焦作"}, "incoterm"),
    ({"incoterm": "DAT"}, "incoterm"),
    ({"origin": "EU"}, "origin"), ({"origin": "ZZ"}, "origin"), ({"regulated": ["explosive"]}, "regulated"),
    ({"tax_class": "exempt"}, "tax_class"), ({"tax_class": "standard", "vat_rate": "0"}, "tax_class"),
])  # fmt: skip
def test_what_no_offer_says_is_refused_at_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    del world
    with pytest.raises(ValidationError) as caught:
        ListingInput().load(given(**changes))
    assert list(caught.value.messages_dict) == [field]


def test_terms_are_kept_and_come_back_as_they_were_said(world: World, app: Flask) -> None:
    own = listing(world, kind="service", category="services.calibration", supplier="service", model="C1")
    made = cuvettes(
        world, min_quantity="5", order_multiple="5", stock="0", valid_from="2026-01-01", valid_until="2099-12-31",
        incoterm="DAP", delivery_point="焦作", origin="de", imported=True, regulated=["metrology", "hazardous"],
        goes_with=[{"kind": "calibration", "listing": own.id}],
    )  # fmt: skip
    told = Api(app, None).get(f"listings/{made.id}").json
    assert [one["from_quantity"] for one in told["tiers"]] == ["10", "50"]
    assert (told["stock"], told["min_quantity"], told["origin"], told["incoterm"]) == ("0", "5", "DE", "DAP")
    assert told["regulated"] == ["hazardous", "metrology"]
    assert told["goes_with"] == [{"kind": "calibration", "listing": own.id}]
    assert told["tax_class"] == "standard"


def test_only_what_is_on_offer_goes_with_a_listing_and_goods_are_no_service(world: World) -> None:
    hidden, goods = listing(world, "draft", model="H"), listing(world, model="G")
    for kind, other, code in (("accessory", hidden, "link_not_on_offer"), ("training", goods, "link_no_service")):
        with pytest.raises(Refusal) as caught:
            listing(world, model=f"M{kind}", goes_with=[{"kind": kind, "listing": other.id}])
        assert caught.value.code == code


def test_a_contract_price_is_for_one_buyer_once_both_have_agreed(world: World) -> None:
    made = listing(world)
    lab, other = world.organisations["lab"], world.organisations["lab2"]
    proposed = contract_price(world, made, "proposed")
    assert price(lab, made, MICRO).rule == "list"
    do(contract_prices.agree, proposed, world.actor("pu"))
    found = price(lab, made, MICRO)
    assert (found.rule, found.price, found.contract_id) == ("contract", Money(6_000_000, "CNY"), proposed.id)
    assert price(other, made, MICRO).rule == price(None, made, MICRO).rule == "list"
    assert price(lab, made, MICRO, park_today() + timedelta(days=31)).rule == "list"


def test_the_lowest_price_that_applies_wins(world: World) -> None:
    made = cuvettes(world)
    contract_price(world, made, amount="8.00", from_quantity="20")
    lab = world.organisations["lab"]
    rules = [price(lab, made, quantity * MICRO).rule for quantity in (10, 19, 20, 49, 50)]
    assert rules == ["tier", "tier", "contract", "contract", "tier"]


def test_two_agreed_prices_never_hold_for_the_same_days(world: World) -> None:
    made = listing(world)
    contract_price(world, made)
    second = contract_price(world, made, "proposed", amount="59000.00")
    with refuses("contract_price_overlaps"):
        do(contract_prices.agree, second, world.actor("pu"))


def test_nobody_else_reads_a_contract_price(world: World, app: Flask) -> None:
    made = listing(world)
    agreed = contract_price(world, made)
    path = f"contract-prices/{agreed.id}"
    statuses = {name: Api(app, world.key(name)).get(path).status_code for name in ("pu", "xiao", "lab2pu", "mu2")}
    assert statuses == {"pu": 200, "xiao": 200, "lab2pu": 404, "mu2": 404}
    index.rebuild()
    anyone = Api(app, None).get("catalogue").json["items"][0]
    assert (anyone["price"], anyone["own_price"], anyone["price_rule"]) == (
        {"amount": "68500.00", "currency": "CNY"}, {"amount": "68500.00", "currency": "CNY"}, "list",
    )  # fmt: skip
    own = Api(app, world.key("pu")).get("catalogue", sort="price").json["items"][0]
    assert (own["price"]["amount"], own["own_price"]["amount"], own["price_rule"]) == (
        "68500.00", "60000.00", "contract",
    )  # fmt: skip
    stored = index.search(Search(), ANONYMOUS).rows[0].stored
    assert "60000" not in str(stored)


def test_a_page_of_results_asks_for_contract_prices_once(world: World, app: Flask) -> None:
    for place in range(3):
        contract_price(world, listing(world, model=f"Q{place}"))
    index.rebuild()
    asked: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    Api(app, world.key("pu")).get("catalogue")
    assert sum("FROM contract_price" in statement for statement in asked) == 1


@pytest.mark.parametrize("changes,quantity,code", [
    ({"min_quantity": "5"}, 4, "below_minimum_quantity"), ({"order_multiple": "5"}, 7, "not_a_multiple"),
    ({"valid_until": "2026-01-31"}, 1, "offer_no_longer_valid"),
    ({"valid_from": "2199-01-01"}, 1, "offer_not_yet_valid"),
])  # fmt: skip
def test_conditions_hold_wherever_something_is_bought(
    world: World, changes: dict[str, Any], quantity: int, code: str
) -> None:
    made = listing(world, **changes)
    with pytest.raises(Refusal) as caught, unit_of_work():
        basket.put(world.actor("mei"), {made.id: quantity * MICRO})
    assert caught.value.code == code
    lines = [{"listing": made.id, "quantity": quantity * MICRO}]
    with refuses(code):
        do(requisitions.requisition, world.org("lab"), world.actor("mei"), lines=lines)


def test_the_price_and_its_explanation_are_frozen_from_basket_to_order(world: World, app: Flask) -> None:
    made = cuvettes(world)
    mei = world.actor("mei")
    with unit_of_work():
        basket.put(mei, {made.id: 10 * MICRO})
    assert basket.contents(mei).lines[0].price.rule == "tier"
    demand = do(requisitions.checkout, world.org("lab"), mei)
    line = demand.lines[0]
    assert (line.price_minor, line.amount_minor, line.price_rule["rule"]) == (900, 9_000, "tier")
    do(requisitions.submit, demand, mei)
    told = Api(app, world.key("pu")).do(f"requisitions/{demand.id}", "order", {})
    assert told.status_code == 200, told.text
    order = db.session.scalars(sa.select(Order)).one()
    assert order.lines[0].price_rule == line.price_rule | {}
    assert order.lines[0].price_rule["from_micro"] == 10 * MICRO
    assert order.lines[0].price_rule["list_minor"] == 1_000


def test_a_changed_price_is_seen_at_submission(world: World) -> None:
    made = listing(world)
    agreed = contract_price(world, made)
    lines = [{"listing": made.id, "quantity": MICRO}]
    demand = do(requisitions.requisition, world.org("lab"), world.actor("mei"), lines=lines)
    assert demand.lines[0].price_rule["contract"] == agreed.id
    do(contract_prices.end, agreed, world.actor("xiao"), reason="x")
    with refuses("prices_changed"):
        do(requisitions.submit, demand, world.actor("mei"))
    rebuilt = do(requisitions.rebuild, demand, world.actor("mei"))
    assert (again(rebuilt).lines[0].price_minor, rebuilt.lines[0].price_rule["rule"]) == (6_850_000, "list")


def test_programs_ask_for_a_price_and_read_why(world: World, app: Flask) -> None:
    made = cuvettes(world, min_quantity="5")
    api = Api(app, world.key("pu"))
    told = api.get(f"listings/{made.id}/price", quantity="12").json
    assert (told["price"]["amount"], told["amount"]["amount"], told["rule"]) == ("9.00", "108.00", "tier")
    assert (told["tax"]["amount"], told["vat_rate"], told["can_be_ordered"]) == ("12.42", "13", True)
    assert api.get(f"listings/{made.id}/price").json["quantity"] == "5"
    few = api.get(f"listings/{made.id}/price", quantity="2").json
    assert (few["can_be_ordered"], "smallest order" in few["why_not"]) == (False, True)
    assert api.get(f"listings/{made.id}/price", quantity="x").status_code == 422
    assert Api(app, None).get(f"listings/{made.id}/price").json["rule"] == "list"


def test_a_supplier_proposes_in_the_listings_currency_to_a_lab_of_the_park(world: World, app: Flask) -> None:
    made = listing(world)
    api = Api(app, world.key("xiao"))
    where = f"listings/{made.id}"
    foreign = terms(world) | {"price": {"amount": "1.00", "currency": "USD"}}
    for body, code in ((foreign, "contract_currency"), (terms(world, buyer="supplier2"), "no_such_buyer"),
                       (terms(world, days=-1), "invalid_input")):  # fmt: skip
        assert api.do(where, "propose_price", body).json["code"] == code
    made_now = api.do(where, "propose_price", terms(world, reference="HT-7"))
    assert (made_now.status_code, made_now.json["state"]) == (201, "proposed")
    assert any(one["kind"] == "contract_price" for one in Api(app, world.key("pu")).get("worklist").json["items"])
