"""Brands in any state, by performing the actions that lead there."""

from __future__ import annotations

from typing import Any

from app.catalogue.actions import brands
from app.catalogue.brands.book import book
from app.catalogue.brands.models import Brand
from app.catalogue.brands.schemas import BrandInput
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.world import World
from tests.worlds.ordering import do

KEEPER = "rui"


def added(world: World, **given: Any) -> Brand:
    """A brand that the operator has entered."""
    return do(brands.add_brand, world.org("operator"), world.actor(KEEPER), **BrandInput().load(given))


def proposed(world: World, written: str) -> Brand:
    """A brand that a supplier's words have proposed."""
    with unit_of_work():
        brand_id = brands.brand_of(world.org("supplier"), written)
    return find(Brand, str(brand_id), SYSTEM_ACTOR)


def known(text: str) -> Brand:
    """The brand that a spelling leads to."""
    found = book().find(text)
    assert found is not None
    return find(Brand, found.id, SYSTEM_ACTOR)


def brand(world: World, state: str = "active", *, name: str) -> Brand:
    """A brand that has reached a state."""
    keeper = world.actor(KEEPER)
    if state == "active":
        return added(world, name_en=name)
    made = proposed(world, name)
    if state == "merged":
        return do(brands.merge, made, keeper, into=added(world, name_en=f"{name} heir").id)
    return do(brands.decline, made, keeper) if state == "declined" else made
