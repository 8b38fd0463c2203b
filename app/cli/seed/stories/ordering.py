"""Purchases from the catalogue: requisitions and the orders that they become."""

from __future__ import annotations

from app.cli.seed.calendar import Story
from app.cli.seed.facts import Purchase
from app.cli.seed.stage import Stage
from app.cli.seed.stories import course, trade


def purchase(stage: Stage, facts: Purchase) -> Story:
    """A member asks, the approvers sign, the purchaser orders, every order runs its usual course."""
    demand = trade.want(stage, facts.lab, facts.title, facts.lines)
    yield 1
    trade.sign(stage, "requisition", demand)
    yield 1
    for order in trade.order_from(stage, demand):
        yield course.carried_out(stage, order)
