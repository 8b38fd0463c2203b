"""The basket: whose it is, what may be put in, and what it comes to."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Organisation
from app.catalogue import basket
from app.catalogue.actions import listings
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import MAX_QUANTITY_MICRO, MICRO, Money
from app.kernel.work import unit_of_work
from tests.world import Api, World, build
from tests.worlds.catalogue import listing, listings_of

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def put(actor: Actor, **quantities: int) -> None:
    with unit_of_work():
        basket.put(actor, quantities)


def refused(actor: Actor, **quantities: int) -> str:
    with pytest.raises(Refusal) as caught:
        put(actor, **quantities)
    return caught.value.code


def test_lines_are_grouped_by_supplier_with_a_total_per_currency(world: World) -> None:
    one = listing(world, price={"amount": "29.00", "currency": "CNY"}, price_basis="30")
    two = listing(world, price={"amount": "100.00", "currency": "USD"})
    three = listing(world, supplier="supplier2", price={"amount": "10.00", "currency": "CNY"})
    actor = world.actor("mei")
    put(actor, **{one.id: 31 * MICRO, two.id: 2 * MICRO, three.id: MICRO})
    held = basket.contents(actor)
    assert [(group.supplier.id, str(group.total.amount), group.currency) for group in held.groups] == [
        (one.supplier_id, "29.97", "CNY"),
        (one.supplier_id, "200.00", "USD"),
        (three.supplier_id, "10.00", "CNY"),
    ]
    assert held.totals == {"CNY": Money(3_997, "CNY"), "USD": Money(20_000, "USD")}
    assert held.lines[0].tax == Money(345, "CNY")


def test_a_basket_is_one_persons_in_one_organisation(world: World) -> None:
    made = listing(world)
    put(world.actor("mei"), **{made.id: MICRO})
    assert basket.count(world.actor("mei")) == 1
    for name in ("pu", "lab2pu"):
        assert basket.contents(world.actor(name)).groups == ()


def test_adding_again_adds_up_and_never_overflows(world: World) -> None:
    made, actor = listing(world), world.actor("mei")
    with unit_of_work():
        basket.add(actor, made.id, 2 * MICRO)
    with unit_of_work():
        basket.add(actor, made.id, MICRO // 2)
    assert basket.contents(actor).lines[0].quantity_micro == 2_500_000
    cheap = listing(world, price={"amount": "0.01", "currency": "CNY"})
    for _ in range(2):
        with unit_of_work():
            basket.add(actor, cheap.id, MAX_QUANTITY_MICRO)
    assert {line.quantity_micro for line in basket.contents(actor).lines} == {2_500_000, MAX_QUANTITY_MICRO}


def test_removing_what_is_not_there_is_no_error(world: World) -> None:
    one, two = listings_of(world, 2)
    actor = world.actor("mei")
    put(actor, **{one.id: MICRO, two.id: MICRO})
    with unit_of_work():
        basket.remove(actor, [one.id, "lst_" + "0" * 26])
    assert [line.listing.id for line in basket.contents(actor).lines] == [two.id]


def test_what_cannot_be_bought_is_refused_in_words(world: World) -> None:
    on_request = listing(world, price=None)
    draft, sold = listing(world, "draft"), listing(world)
    assert refused(world.actor("mei"), **{on_request.id: MICRO}) == "basket_on_request"
    assert refused(world.actor("mei"), **{draft.id: MICRO}) == "basket_off_catalogue"
    assert refused(world.actor("mei"), **{"lst_" + "0" * 26: MICRO}) == "basket_off_catalogue"
    assert refused(world.actor("xiao2"), **{sold.id: MICRO}) == "basket_for_labs"
    assert refused(world.actor("mei"), **{sold.id: MAX_QUANTITY_MICRO}) == "basket_line_too_large"


def test_nobody_buys_from_their_own_organisation(world: World) -> None:
    made = listing(world)
    with unit_of_work():
        db.session.execute(db.update(Organisation).where(Organisation.id == made.supplier_id).values(is_lab=True))
    assert refused(world.actor("xiao"), **{made.id: MICRO}) == "basket_own_offer"


def test_a_basket_holds_a_hundred_listings(world: World) -> None:
    made = listings_of(world, 101)
    actor = world.actor("mei")
    put(actor, **{one.id: MICRO for one in made[:100]})
    assert refused(actor, **{made[100].id: MICRO}) == "basket_full"
    assert basket.count(actor) == 100


def test_what_is_off_the_catalogue_stands_apart_and_counts_nothing(world: World) -> None:
    kept, lost = listings_of(world, 2)
    actor = world.actor("mei")
    put(actor, **{kept.id: MICRO, lost.id: MICRO})
    with unit_of_work():
        listings.withdraw(find(Listing, lost.id, world.actor("mu")), world.actor("mu"))
    held = basket.contents(actor)
    assert held.gone == (lost.id,)
    assert held.totals == {"CNY": Money(100_000, "CNY")}


def test_the_basket_over_the_api_is_read_and_replaced(app: Flask, world: World) -> None:
    one, two = listings_of(world, 2)
    api = Api(app, world.key("mei"))

    def replace(*lines: dict[str, str]) -> tuple[int, dict[str, object]]:
        answer = api.client.put("/api/v1/basket", json={"lines": list(lines)}, headers=api.headers)
        return answer.status_code, answer.get_json()

    status, body = replace({"listing": one.id, "quantity": "2"}, {"listing": two.id, "quantity": "0.5"})
    assert status == 200, body
    assert body["totals"] == [{"amount": "2500.50", "currency": "CNY"}]
    assert api.get("basket").get_json() == body
    assert replace({"listing": one.id, "quantity": "1"})[1]["totals"] == [{"amount": "1000.00", "currency": "CNY"}]
    assert replace()[1] == {"groups": [], "totals": [], "gone": []}
    assert replace({"listing": one.id, "quantity": "0"})[0] == 422
    assert replace({"listing": one.id, "quantity": "1"}, {"listing": one.id, "quantity": "2"})[0] == 422
    assert replace({"listing": "lst_" + "0" * 26, "quantity": "1"})[0] == 409
    read_only = Api(app, world.key("mei", scope="read"))
    answer = read_only.client.put("/api/v1/basket", json={"lines": []}, headers=read_only.headers)
    assert answer.get_json()["code"] == "read_only_key"
    assert Api(app, None).get("basket").status_code == 401
    supplier = Api(app, world.key("xiao"))
    assert supplier.client.put("/api/v1/basket", json={"lines": []}, headers=supplier.headers).status_code == 403
