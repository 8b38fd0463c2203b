"""Changes of published listings in any state, and price rules, by performing the actions that lead there."""

from __future__ import annotations

from typing import Any

from app.catalogue.changes import actions as changes
from app.catalogue.changes import price_rules
from app.catalogue.changes.difference import form, stated
from app.catalogue.changes.lifecycle import withdraw
from app.catalogue.changes.models import ListingChange, PriceRule
from app.catalogue.models import Listing
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.parks import remembered
from tests.world import World
from tests.worlds.catalogue import EDITORS, REVIEWER, listing


def as_it_is(made: Listing, **differing: Any) -> dict[str, Any]:
    """The keywords of an edit that says what the listing says, but for what differs (in the trade form)."""
    loaded: dict[str, Any] = form().load({**stated(made), **differing})
    return loaded


@remembered
def change(
    world: World, state: str = "submitted", *, of: Listing | None = None, supplier: str = "supplier",
    model: str = "H2100R", **differing: Any,
) -> ListingChange:  # fmt: skip
    """A change that has reached a state; without `of`, of a published listing of its own."""
    about = of if of is not None else listing(world, "published", supplier=supplier, model=model)
    editor, reviewer = world.actor(EDITORS[supplier]), world.actor(REVIEWER)
    with unit_of_work():
        found = find(Listing, about.id, editor, lock=True)
        wanted = as_it_is(found, **(differing or {"warranty_months": 36, "summary_zh": "台式，六转子"}))
        made = changes.change(found, editor, remark="厂家更新了配置", **wanted)
        if state in ("submitted", "applied", "declined"):
            changes.submit(made, editor)
        if state == "applied":
            changes.apply(made, reviewer)
        if state == "declined":
            notes = [{"field": "warranty_months", "reason": "请附上厂家的质保声明"}]
            changes.decline(made, reviewer, reason="质保期需要证明", notes=notes)
        if state == "withdrawn":
            withdraw(made, editor)
    return made


@remembered
def price_rule(
    world: World, *, rise: int = 1_000, fall: int = 2_000, window_days: int = 30, retired: bool = False
) -> PriceRule:
    """A price rule in force, or one that was retired."""
    reviewer = world.actor(REVIEWER)
    with unit_of_work():
        made = price_rules.set_price_rule(
            world.org("operator"), reviewer, rise=rise, fall=fall, window_days=window_days, reason="日常调价"
        )
        if retired:
            price_rules.retire(made, reviewer)
    return made
