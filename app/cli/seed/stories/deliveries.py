"""Shipments that go astray, counts that were wrong, goods that are bad, and what both sides do about it."""

from __future__ import annotations

from app.cli.seed.calendar import Chapter, Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import Stage, in_days, yuan
from app.cli.seed.stories import trade
from app.kernel.values import MICRO, quantity_text


def bought(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Chapter:
    """A confirmed order, its advance paid. Its id is this story's value."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    trade.sign(stage, "requisition", demand)
    (order,) = trade.order_from(stage, demand)
    yield from trade.confirmed(stage, order)
    yield from trade.pay(stage, order)
    return order


def arrived(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Chapter:
    """An order whose goods are counted and wait for acceptance. Its id is this story's value."""
    order = yield from bought(stage, lab, title, wanted)
    yield 4
    shipment = trade.send(stage, order)
    yield 2
    trade.receive(stage, shipment)
    yield 1
    return order


def in_parcels(stage: Stage, lab: str, title: str, wanted: Wanted) -> Story:
    """One line in parcels: one was unpacked again, one got lost, one is packed today."""
    order = yield from bought(stage, lab, title, [wanted])
    _, supplier = trade.parties(stage, order)
    line = trade.goods(stage, order)[0].id
    unpacked = trade.pack(stage, order, {line: "1"})
    stage.do(f"{supplier}.fulfilment", "shipment.cancel", unpacked)
    yield 1
    lost = trade.send(stage, order, {line: "1"})
    yield 3
    stage.do(f"{supplier}.fulfilment", "shipment.report_lost", lost, reason="承运人确认包裹在中转站遗失，已理赔。")
    yield 1
    trade.send(stage, order, {line: "1"})
    yield 1
    trade.pack(stage, order, {line: "1"})


def miscounted(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """A wrong count is voided by a second person and counted anew; the new count is not recorded yet."""
    order = yield from bought(stage, lab, title, wanted)
    shipment = trade.send(stage, order)
    yield 2
    receipt = trade.receive(stage, shipment)
    yield 1
    stage.do(f"{lab}.receiver2", "receipt.void", receipt, reason="与送货单核对后发现少记一箱，重新清点。")
    trade.count(stage, shipment)


def conditionally(stage: Stage, lab: str, title: str, wanted: list[Wanted], *, met: bool) -> Story:
    """Accepted on a condition: a certificate is missing."""
    order = yield from arrived(stage, lab, title, wanted)
    waiting = stage.all("acceptance", order_id=order, state="pending")[0].id
    stage.do(f"{lab}.purchaser", "acceptance.accept_conditionally", waiting, condition="补交出厂校准证书原件。",
             until=in_days(12))  # fmt: skip
    if met:
        yield 5
        stage.do(f"{lab}.purchaser", "acceptance.accept", waiting)
        yield 2
        yield from trade.pay(stage, order)


def rejected(
    stage: Stage, lab: str, title: str, wanted: list[Wanted], outcome: str, *, remedy: str = "replace"
) -> Story:
    """One piece is bad; the rest is accepted. What becomes of the claim is its `outcome`."""
    order = yield from arrived(stage, lab, title, wanted)
    waiting = stage.all("acceptance", order_id=order, state="pending")[0]
    quantity = quantity_text(min(waiting.quantity_micro, MICRO))
    stage.do(f"{lab}.purchaser", "acceptance.reject", waiting.id, quantity=quantity,
             reason="开箱后外壳开裂，屏幕不亮，附照片。", wanted=remedy)  # fmt: skip
    trade.accept(stage, order)
    claim = stage.all("claim", order_id=order)[0].id
    yield 1
    yield from _claimed(stage, claim, lab, trade.parties(stage, order)[1], outcome)
    yield 2
    yield from trade.pay(stage, order)


def _claimed(stage: Stage, claim: str, lab: str, supplier: str, outcome: str) -> Story:
    if outcome == "open":
        return
    if outcome == "withdrawn":
        stage.do(f"{lab}.purchaser", "claim.withdraw", claim, reason="复测后确认为电源接触不良，已解决。")
    elif outcome in ("disputed", "for_buyer", "for_supplier"):
        stage.do(f"{supplier}.sales", "claim.dispute", claim, reason="出厂与签收影像均完好，应属使用不当。")
        yield 2
        _ruled(stage, claim, outcome)
    else:
        stage.do(f"{supplier}.sales", "claim.agree", claim)
    yield 1
    if outcome == "replaced":
        order = stage.see("claim", claim).order_id
        shipment = trade.send(stage, order)
        yield 2
        trade.receive(stage, shipment)
        yield 1
        trade.accept(stage, order)


def _ruled(stage: Stage, claim: str, outcome: str) -> None:
    if outcome == "for_buyer":
        stage.do("operator.support", "claim.rule_for_buyer", claim, wanted="reduce", reduction=yuan("300"),
                 reason="运输影像显示外包装受压，减价处理。")  # fmt: skip
    elif outcome == "for_supplier":
        stage.do("operator.support", "claim.rule_for_supplier", claim, reason="损伤痕迹与运输无关，按合格处理。")
