"""Documents on paper, and an indicator that was tried for a while."""

from __future__ import annotations

from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage

NOT_MADE = "too_long"


def ready(stage: Stage, lab: str) -> Story:
    """The lab's purchaser has an order and a comparison on paper."""
    mine = stage.org(lab)
    order = next(
        one for one in stage.all("order", buyer_id=mine) if one.state in ("confirmed", "delivered", "accepted")
    )
    stage.do(f"{lab}.purchaser", "order.print", order.id)
    request = next(one for one in stage.all("rfq", buyer_id=mine) if one.state == "concluded")
    stage.do(f"{lab}.purchaser", "rfq.print_comparison", request.id)
    yield 0


def not_made(stage: Stage, lab: str) -> Story:
    """A document whose making was given up; it can be tried again."""
    request = stage.all("rfq", buyer_id=stage.org(lab))[-1]
    paper = stage.do(f"{lab}.purchaser", "rfq.print", request.id)
    stage.system("paper.give_up", paper, error=NOT_MADE)
    yield 0


def being_made(stage: Stage, lab: str) -> None:
    """A document that the worker will make as soon as it runs."""
    stage.do(f"{lab}.finance", "order.print", stage.all("order", buyer_id=stage.org(lab))[-1].id)


def tried_indicator(stage: Stage) -> Story:
    """The owner tries an indicator by the quarter and gives it up: the monthly one says the same."""
    made = stage.do(
        "owner.owner", "organisation.define_indicator", stage.org("owner"), code="T01", title_zh="季度成交额（试行）",
        title_en="Value of orders by quarter (trial)", source="volume", span="quarter", target="3000000",
    )  # fmt: skip
    yield 45
    stage.do("owner.owner", "indicator.retire", made, reason="与月度成交额重复，停止试行。")
