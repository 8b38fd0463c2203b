"""Products: the same make and model of several suppliers stands in one place, with prices for whoever looks."""

from __future__ import annotations

import pytest
from flask import Flask

from app.catalogue.actions import products
from app.catalogue.models import Listing
from app.catalogue.products.queries import others
from app.kernel import worker
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds.catalogue import listing
from tests.worlds.offers import contract_price
from tests.worlds.ordering import again, do, refuses

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def two_offers(world: World, **second: object) -> tuple[Listing, Listing]:
    """The supplier's centrifuge, and another supplier's offer of the same, cheaper and written otherwise."""
    given = {"brand": "Xiangyi", "model": "h2100-r", "price": {"amount": "66000.00", "currency": "CNY"}, **second}
    one, two = listing(world), listing(world, supplier="supplier2", **given)
    worker.settle()
    return again(one), again(two)


def test_two_suppliers_offers_of_a_model_become_one_product(world: World) -> None:
    one, two = two_offers(world)
    assert one.product_id is not None
    assert one.product_id == two.product_id
    assert others(one) == others(two) == 1


@pytest.mark.parametrize("second", [
    {"model": "H2100"}, {"brand": "IKA"}, {"brand": ""}, {"configuration": "4×100 mL"}, {"model": ""},
])  # fmt: skip
def test_another_make_model_or_configuration_stands_alone(world: World, second: dict[str, str]) -> None:
    one, two = two_offers(world, **second)
    assert (one.product_id, two.product_id) == (None, None)


def test_the_operator_puts_offers_together_and_takes_them_apart(world: World) -> None:
    keeper = world.actor("rui")
    one, two = two_offers(world, model="H2100R-II")
    made = do(products.found_product, one, keeper)
    do(products.join, made, keeper, listing=two.id)
    assert again(two).product_id == again(one).product_id == made.id
    with refuses("product_there"):
        do(products.found_product, again(two), keeper)
    do(products.separate, made, keeper, listing=two.id)
    assert again(two).product_id is None
    assert do(products.dissolve, made, keeper).state == "dissolved"
    assert again(one).product_id is None


def test_the_page_and_programs_show_every_offer_at_the_readers_own_price(world: World, app: Flask) -> None:
    one, two = two_offers(world)
    contract_price(world, one, amount="60000.00")
    anyone = Api(app, None).get(f"products/{one.product_id}/offers").json["items"]
    assert [(row["listing"], row["price"]["amount"]) for row in anyone] == [
        (two.id, "66000.00"), (one.id, "68500.00"),
    ]  # fmt: skip
    own = Api(app, world.key("pu")).get(f"products/{one.product_id}/offers").json["items"]
    assert [(row["listing"], row["price"]["amount"], row["rule"]) for row in own] == [
        (one.id, "60000.00", "contract"), (two.id, "66000.00", "list"),
    ]  # fmt: skip
    visitor = Visitor(app, world, "pu")
    assert f"/products/{one.product_id}" in visitor.get(f"/listings/{two.id}").links.values()
    page = visitor.get(f"/products/{one.product_id}")
    assert page.status == 200
    assert page.text.index("60,000.00") < page.text.index("66,000.00")
    assert "Contract price" in page.text
