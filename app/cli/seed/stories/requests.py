"""Requests for quotation that end otherwise than bought, or that stand somewhere on their way today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.cli.seed.calendar import Chapter, Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import Stage, in_days
from app.cli.seed.stories import course, trade
from app.cli.seed.stories.sourcing import OPEN_DAYS, ask, choose, line, place_orders, propose, quote

Offers = dict[str, Sequence[str | None]]
"""Supplier -> its price for each line, None for no offer."""


def centrifuges(stage: Stage) -> Story:
    """Goods, bottles in words and an installation in one request; two suppliers share it."""
    rfq = ask(stage, "lab", "高速离心系统", [
        line(stage, Wanted("HG-22R", 1)), line(stage, Wanted("HG-R20A", 2)),
        {"title": "离心瓶 500 mL（6 只/套）", "quantity": "3", "unit": "套"},
        {"title": "安装与 IQ/OQ 验证", "quantity": "1", "unit": "次", "kind": "service"},
    ], ["huayi", "zhongyuan", "hengxin"])  # fmt: skip
    yield 2
    stage.do("zhongyuan.sales", "rfq.ask", rfq, question="是否接受转子最高转速 20 000 r/min？")
    yield 1
    question = stage.see("rfq", rfq).questions[0].id
    stage.do("lab.purchaser", "rfq.answer", rfq, question=question, answer="接受，离心力须达到要求。")
    quote(stage, rfq, "huayi", ("172000", "9500", "1260", "6000"), days=15)
    yield 1
    quote(stage, rfq, "zhongyuan", ("198500", "8900", None, "9800"), days=60)
    quote(stage, rfq, "hengxin", (None, None, "1000", None), days=7)
    yield OPEN_DAYS
    award = propose(stage, rfq)
    yield 1
    trade.sign(stage, "award", award)
    yield 1
    for order in place_orders(stage, award):
        yield course.carried_out(stage, order)


def opened(stage: Stage, lab: str, title: str, lines: list[dict[str, Any]], offers: Offers) -> Chapter:
    """A request whose quotes lie open: the purchaser compares them. Its id is this story's value."""
    rfq = ask(stage, lab, title, lines, list(offers))
    yield 2
    for supplier, prices in offers.items():
        quote(stage, rfq, supplier, prices)
    yield OPEN_DAYS
    return rfq


def undecided(stage: Stage, lab: str, title: str, wanted: Wanted, offers: Offers, until: str) -> Story:
    """A request of which the decision stands at `until`: a state of the award, or "closed" for none yet."""
    rfq = yield from opened(stage, lab, title, [line(stage, wanted)], offers)
    if until == "closed":
        return
    if until == "draft":
        choose(stage, rfq)
        return
    award = propose(stage, rfq)
    if until == "awaiting_approval":
        return
    yield 1
    if until == "rejected":
        stage.do(f"{lab}.approver", "award.reject", award, reason="交货期过长，请与第二名议价后重新定标。")
        return
    trade.sign(stage, "award", award)
    if until == "cancelled":
        yield 1
        stage.do(f"{lab}.purchaser", "award.cancel", award)


def half_signed(stage: Stage, lab: str, title: str, wanted: Wanted, offers: Offers) -> Story:
    """A dear award: the approver has signed, finance is asked next."""
    rfq = yield from opened(stage, lab, title, [line(stage, wanted)], offers)
    award = propose(stage, rfq)
    yield 1
    stage.do(f"{lab}.approver", "award.approve", award)


def refused_by_supplier(stage: Stage, lab: str, title: str, wanted: Wanted, offers: Offers) -> Story:
    """The cheapest supplier refuses its order; the second one gets it."""
    rfq = yield from opened(stage, lab, title, [line(stage, wanted)], offers)
    award = propose(stage, rfq)
    yield 1
    trade.sign(stage, "award", award)
    yield 1
    (order,) = place_orders(stage, award)
    yield from trade.approve(stage, order)
    _, first = trade.parties(stage, order)
    stage.do(f"{first}.sales", "order.refuse", order, reason="核心部件停产，无法按报价供货。")
    yield 2
    second = propose(stage, rfq, only=next(key for key in offers if key != first))
    yield 1
    trade.sign(stage, "award", second)
    yield 1
    for other in place_orders(stage, second):
        yield course.carried_out(stage, other)


def failed(stage: Stage) -> Story:
    """The one quote is far beyond the budget; another supplier never finished its own."""
    rfq = ask(stage, "agri", "便携式近红外分析仪", [line(stage, Wanted("HP-N17", 2))], ["hongpu", "qingjing"])
    yield 3
    quote(stage, rfq, "hongpu", ("298000",))
    quote(stage, rfq, "qingjing", ("176000",), submit=False)
    yield OPEN_DAYS
    stage.do("agri.purchaser", "rfq.fail", rfq, reason="有效报价不足且超出预算，改为与邻近单位共享机时。")


def cancelled(stage: Stage) -> Story:
    """The project was called off while quotes were coming in or being written; they stay sealed."""
    rfq = ask(stage, "coating", "盐雾试验箱", [
        {"title": "盐雾试验箱 270 L", "quantity": "1", "unit": "台"},
    ], ["hengwen", "liheng"])  # fmt: skip
    yield 2
    quote(stage, rfq, "hengwen", ("26800",))
    quote(stage, rfq, "liheng", ("29500",), submit=False)
    yield 2
    stage.do("coating.purchaser", "rfq.cancel", rfq, reason="项目任务书调整，本年度不再采购。")


def never_published(stage: Stage) -> Story:
    """A purchaser still writes."""
    ask(stage, "smart", "工业相机与镜头", [
        {"title": "工业相机 2000 万像素", "quantity": "4", "unit": "台"},
        {"title": "远心镜头", "quantity": "4", "unit": "只"},
    ], ["mingshi", "ceyuan"], publish=False)  # fmt: skip
    yield 0


def sealed(stage: Stage) -> Story:
    """Open today: one quote is in, one is being written, one was taken back."""
    rfq = ask(stage, "lab", "高效液相色谱仪", [
        line(stage, Wanted("LP-LC20", 1)), line(stage, Wanted("LP-C18A", 2)),
    ], ["lanpu", "zhipu", "huayi"], days=12)  # fmt: skip
    yield 1
    quote(stage, rfq, "lanpu", ("312000", "2880"), days=45)
    withdrawn = quote(stage, rfq, "huayi", ("356000", "3200"), days=60)
    yield 1
    quote(stage, rfq, "zhipu", ("328000", None), submit=False)
    stage.do("huayi.sales", "quote.withdraw", withdrawn, remark="上游交期无法保证，本次退出。")


def amended(stage: Stage) -> Story:
    """Open today and amended: one supplier has confirmed its quote anew, another one has not."""
    rfq = ask(stage, "pharma", "超纯水系统", [line(stage, Wanted("QY-UP40B", 1))], ["qingyuan", "hengwen"], days=8)
    yield 1
    kept = quote(stage, rfq, "qingyuan", ("55800",))
    quote(stage, rfq, "hengwen", ("61200",))
    yield 1
    stage.do("pharma.purchaser", "rfq.amend", rfq, reason="增加一年滤芯耗材。", deadline=in_days(10),
             description="含首年滤芯耗材。")  # fmt: skip
    yield 1
    stage.do("qingyuan.sales", "quote.reconfirm", kept, valid_until=in_days(60))
