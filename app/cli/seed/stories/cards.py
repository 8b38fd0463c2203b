"""Payments by card, where the local stand-in takes them: real keys are never used for a demonstration."""

from __future__ import annotations

from app.cli.seed.calendar import Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import Stage, together
from app.cli.seed.stories import deliveries, trade
from app.payments.gateway import chosen
from app.payments.gateway.local_end import choose

STAND_IN = "local"


def by_card(stage: Stage, lab: str, title: str, wanted: list[Wanted], outcome: str | None) -> Story:
    """What was accepted is paid by card: the page shows `paid` or `failed`, or nobody has opened it yet."""
    order = yield from deliveries.arrived(stage, lab, title, wanted)
    trade.accept(stage, order)
    yield 1
    amount = trade.due(stage, order)
    if chosen() != STAND_IN or amount is None:
        return
    payment = stage.do(f"{lab}.finance", "order.pay_by_card", order, amount=trade.trade_form(amount))
    yield 1
    if outcome is not None:
        with together():
            choose(str(stage.see("payment", payment).gateway_reference), outcome)
