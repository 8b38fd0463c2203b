"""Requisitions and orders that do not run the usual course, or stand somewhere on it today."""

from __future__ import annotations

from app.cli.seed.calendar import Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import Stage, in_days
from app.cli.seed.stories import course, trade

REASONS = {
    "return": "请注明课题编号，并确认是否已有同类设备。",
    "reject": "同类设备利用率不足五成，建议先行共享。",
    "cancel": "课题组已从库存调剂，不再需要。",
}


def written(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """A member has not submitted it yet."""
    trade.want(stage, lab, title, wanted, submit=False)
    yield 0


def submitted(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """It waits for the first signature."""
    trade.want(stage, lab, title, wanted)
    yield 0


def approved(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """It is signed; nobody has ordered. After two weeks its prices are no longer held and it lapses."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    trade.sign(stage, "requisition", demand)


def refused(stage: Stage, lab: str, title: str, wanted: list[Wanted], verb: str) -> Story:
    """The approver returns or rejects it."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    stage.do(f"{lab}.approver", f"requisition.{verb}", demand, reason=REASONS[verb])


def cancelled(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """Whoever asked takes it back while it waits for a signature."""
    demand = trade.want(stage, lab, title, wanted)
    yield 2
    stage.do(f"{lab}.member", "requisition.cancel", demand, reason=REASONS["cancel"])


def sourced(stage: Stage, lab: str, title: str, wanted: list[Wanted], suppliers: list[str]) -> Story:
    """The purchaser asks for quotes instead of ordering."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    trade.sign(stage, "requisition", demand)
    yield 1
    stage.do(f"{lab}.purchaser", "requisition.source", demand, deadline=in_days(9))
    rfq = stage.see("requisition", demand).rfq_id
    stage.do(f"{lab}.purchaser", "rfq.invite", rfq, suppliers=[stage.org(key) for key in suppliers])
    stage.do(f"{lab}.purchaser", "rfq.publish", rfq)


def ordered(stage: Stage, lab: str, title: str, wanted: list[Wanted], until: str) -> Story:
    """An order that stands at `until`, or came to it."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    trade.sign(stage, "requisition", demand)
    (order,) = trade.order_from(stage, demand)
    if until == "awaiting_operator":
        return
    yield 1
    if until == "awaiting_owner":
        stage.do("operator.approver", "order.pass_to_owner", order, reason="金额较大，报请审批。")
    elif until == "returned":
        stage.do("operator.approver", "order.return", order, reason="请补充具体收货房间与联系人。")
    elif until == "rejected":
        stage.do("operator.approver", "order.reject", order, reason="与在途订单重复，请合并采购。")
    else:
        yield from trade.approve(stage, order)
        _answered(stage, order, until)


def _answered(stage: Stage, order: str, until: str) -> None:
    lab, supplier = trade.parties(stage, order)
    if until == "refused":
        stage.do(f"{supplier}.sales", "order.refuse", order, reason="该型号停产，替代型号价格不同，请重新下单。")
    elif until == "cancelled":
        stage.do(f"{lab}.purchaser", "order.cancel", order, reason="经费下达推迟，先行取消。")


def corrected(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """An order that was returned once, corrected, and then ran its course."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    trade.sign(stage, "requisition", demand)
    (order,) = trade.order_from(stage, demand)
    yield 1
    stage.do("operator.approver", "order.return", order, reason="收货地点写明到房间号。")
    yield 1
    place = stage.see("organisation", stage.org(lab)).address
    stage.do(f"{lab}.purchaser", "order.correct", order, delivery_place=f"{place}（联系收货人）", deliver_by=None,
             terms="工作日送货")  # fmt: skip
    stage.do(f"{lab}.purchaser", "order.resubmit", order)
    yield from course.carried_out(stage, order)


def by_phone(stage: Stage, lab: str, title: str, wanted: list[Wanted], *, affirmed: bool) -> Story:
    """The operator enters what was ordered by phone; it binds once the lab's purchaser affirms it."""
    order = stage.do(
        "operator.support", "organisation.enter_order", stage.org(lab), channel="phone", title=title,
        lines=[{"listing": stage.listings[one.code], "quantity": str(one.quantity)} for one in wanted],
        reason="采购人来电订购，已复述确认。",
    )  # fmt: skip
    if not affirmed:
        return
    yield 1
    demand = str(stage.see("order", order).requisition_id)
    trade.sign(stage, "requisition", demand)
    stage.do(f"{lab}.purchaser", "order.affirm", order)
    yield from course.carried_out(stage, order)


def passed_on(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """The approver hands the signature over to finance before a journey, and finance signs."""
    demand = trade.want(stage, lab, title, wanted)
    yield 1
    deputy = stage.who(f"{lab}.finance").person_id
    stage.do(f"{lab}.approver", "requisition.delegate", demand, person=deputy)
    yield 1
    stage.do(f"{lab}.finance", "requisition.approve", demand)
    for order in trade.order_from(stage, demand):
        yield course.carried_out(stage, order)
