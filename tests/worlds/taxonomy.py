"""Categories and attributes in any state, by performing the actions that lead there."""

from __future__ import annotations

from typing import Any, Final

from app.catalogue.actions import attributes, categories
from app.catalogue.taxonomy.models import Attribute, Category
from app.catalogue.taxonomy.schemas import AttributeInput, CategoryInput
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.world import World

KEEPER: Final = "rui"


def category(
    world: World, state: str = "active", *, code: str, parent: str = "instruments", **changes: Any
) -> Category:
    """A category of the operator's own that has reached a state."""
    keeper = world.actor(KEEPER)
    given = {"code": code, "parent": parent, "name_zh": f"品类 {code}", "name_en": f"Category {code}", **changes}
    with unit_of_work():
        made = categories.add_category(world.org("operator"), keeper, **CategoryInput().load(given))
        if state in ("active", "retired"):
            categories.activate(made, keeper)
        if state == "retired":
            categories.retire(made, keeper, successor="")
    return made


def known_category(code: str) -> Category:
    """A category by its code."""
    found = db.session.scalar(db.select(Category.id).where(Category.code == code))
    return find(Category, str(found), SYSTEM_ACTOR)


def known_attribute(category_code: str, code: str) -> Attribute:
    """An attribute by the code of its category and its own."""
    there = db.select(Attribute.id).join(Category).where(Category.code == category_code, Attribute.code == code)
    return find(Attribute, str(db.session.scalar(there)), SYSTEM_ACTOR)


def attribute(world: World, asked_by: Category, **changes: Any) -> Attribute:
    """An attribute that a category asks for: a length unless something else is said."""
    given: dict[str, Any] = {
        "name_zh": "某长度", "name_en": "Some length", "type": "number", "dimension": "length", "places": 2, **changes
    }  # fmt: skip
    loaded = AttributeInput().load(given)
    with unit_of_work():
        return attributes.define(find(Category, asked_by.id, SYSTEM_ACTOR), world.actor(KEEPER), **loaded)
