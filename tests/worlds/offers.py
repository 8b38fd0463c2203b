"""Contract prices in any state, by performing the actions that lead there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.catalogue.actions import contract_prices, products
from app.catalogue.models import Listing
from app.catalogue.offers.models import ContractPrice
from app.catalogue.offers.pricing import park_today
from app.catalogue.offers.schemas import ContractPriceInput
from app.catalogue.products.models import Product
from tests.house.kept import REASON
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import do

SELLER, BUYER = "xiao", "pu"


def terms(world: World, *, days: int = 30, amount: str = "60000.00", buyer: str = "lab", **more: Any) -> dict[str, Any]:
    """The body of a proposal to a lab, from today on."""
    first = park_today()
    return {
        "buyer": world.organisations[buyer], "price": {"amount": amount, "currency": "CNY"},
        "valid_from": first.isoformat(),
        "valid_until": (first + timedelta(days=days)).isoformat(), **more,
    }  # fmt: skip


def contract_price(world: World, made: Listing, state: str = "agreed", **given: Any) -> ContractPrice:
    """A price between the supplier and the lab that has reached a state."""
    body = ContractPriceInput().load(terms(world, **given))
    price = do(contract_prices.propose_price, made, world.actor(SELLER), **body)
    if state in ("agreed", "ended"):
        price = do(contract_prices.agree, price, world.actor(BUYER))
    if state == "declined":
        price = do(contract_prices.decline, price, world.actor(BUYER), reason=REASON)
    if state == "withdrawn":
        price = do(contract_prices.withdraw, price, world.actor(SELLER))
    if state == "ended":
        price = do(contract_prices.end, price, world.actor(BUYER), reason=REASON)
    return price


def product(world: World, state: str = "active") -> Product:
    """A product that the operator has made of a listing of the supplier."""
    made = do(products.found_product, listing(world, model=f"P-{state}"), world.actor("rui"))
    return do(products.dissolve, made, world.actor("rui")) if state == "dissolved" else made
