"""The usual course of an order: approved, confirmed, delivered and done, accepted, paid."""

from __future__ import annotations

from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage
from app.cli.seed.stories import services, trade


def carried_out(stage: Stage, order: str) -> Story:
    """An order of goods, of services, or of both, to the last payment."""
    yield from trade.confirmed(stage, order)
    if stage.see("order", order).state != "confirmed":
        return
    yield from trade.pay(stage, order)
    yield from trade.delivered(stage, order)
    trade.accept(stage, order)
    yield from services.served(stage, order)
    yield 2
    yield from trade.pay(stage, order)
