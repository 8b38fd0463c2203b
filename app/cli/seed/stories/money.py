"""Money beyond the usual payment: told and not found, paid too early and given back, paid out, stated, misdirected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.cli.seed.calendar import Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import PARK_OFFSET, Stage, today, yuan
from app.cli.seed.stories import trade
from app.cli.seed.stories.deliveries import bought
from app.kernel.values import Money, now
from app.ledger.posting import balance
from app.payments import codes

FIRST = "operator.settlement"
SECOND = "operator.settlement2"


def _open(stage: Stage, order: str) -> Money:
    """What the buyer may still pay of an order."""
    rows = stage.all("instalment", order_id=order)
    return Money(sum(row.standing.open for row in rows), rows[0].currency)


def _share(money: Money, percent: int) -> Money:
    return Money(money.minor * percent // 100, money.currency)


def prepaid(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """A lab pays all but the retention before anything is delivered: the money is held."""
    order = yield from bought(stage, lab, title, wanted)
    payment = trade.tell(stage, order, _share(_open(stage, order), 95))
    yield 1
    trade.find_transfer(stage, payment)


def not_found(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """Transfers that settlement does not find: one failed, one was recorded twice, one is still looked for."""
    order = yield from bought(stage, lab, title, wanted)
    part = _share(_open(stage, order), 10)
    missing = trade.tell(stage, order, part)
    twice = trade.tell(stage, order, part)
    yield 2
    stage.do(f"{lab}.finance", "payment.cancel", twice, reason="同一笔汇款重复登记。")
    stage.do(FIRST, "payment.fail", missing, reason="户名有误，银行已退汇。")
    yield 2
    trade.tell(stage, order, part)


def taken_back(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """A payment that had arrived is called back by the bank."""
    order = yield from bought(stage, lab, title, wanted)
    payment = trade.tell(stage, order, _share(_open(stage, order), 20))
    yield 1
    trade.find_transfer(stage, payment)
    yield 3
    stage.do(FIRST, "payment.reverse", payment, reason="付款行来函：误汇，要求退回。")


def without_answer(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """Two transfers that were handed on to the bank, of which it has not said yet what became of them."""
    order = yield from bought(stage, lab, title, wanted)
    part = _share(_open(stage, order), 5)
    first, second = trade.tell(stage, order, part), trade.tell(stage, order, part)
    yield 1
    stage.system("payment.submit", first)
    stage.system("payment.submit", second)
    stage.system("payment.lose_sight", second)


REFUNDS = ("succeeded", "cancelled", "failed", "unknown", "submitted", "approved", "created")
"""How far the refunds of one prepaid order have come, the oldest first."""


def refunded(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """A lab that paid too early gets back parts of it; the bank is slow."""
    order = yield from bought(stage, lab, title, wanted)
    payment = trade.tell(stage, order, _share(_open(stage, order), 80))
    yield 1
    trade.find_transfer(stage, payment)
    for place, state in enumerate(REFUNDS):
        yield 1
        refund = stage.do(FIRST, "order.refund", order, cause="prepaid", amount=yuan(800 + 100 * place),
                          reason="采购单位申请退回提前支付的款项。")  # fmt: skip
        yield from _refund(stage, refund, state)


def _refund(stage: Stage, refund: str, state: str) -> Story:
    if state == "created":
        return
    if state == "cancelled":
        stage.do(SECOND, "refund.cancel", refund, reason="采购单位撤回申请。")
        return
    stage.do(SECOND, "refund.approve", refund)
    if state == "approved":
        return
    stage.do(SECOND, "refund.submit", refund)
    yield 1
    _bank_answers(stage, SECOND, "refund", refund, state)


def _bank_answers(stage: Stage, who: str, kind: str, record_id: str, state: str) -> None:
    if state == "succeeded":
        stage.do(who, f"{kind}.succeed", record_id, bank_reference=f"{today()}/{record_id[-4:].upper()}")
    elif state == "failed":
        stage.do(who, f"{kind}.fail", record_id, reason="收款账号与户名不符，银行退回。")
    elif state == "unknown":
        stage.do(who, f"{kind}.lose_sight", record_id)


def payable(stage: Stage) -> list[str]:
    """Suppliers to whom something is payable in yuan, as keys."""
    sellers = [key for key, one in stage.organisations.items() if {"supplier", "service"} & set(one.kinds)]
    return [key for key in sellers if balance(codes.payable(stage.org(key)), "CNY").minor < 0]


def pay_out(stage: Stage, supplier: str, state: str = "succeeded") -> Story:
    """Settlement pays a supplier all that is payable, or comes so far with it."""
    payout = stage.do(FIRST, "organisation.propose_payout", stage.org("operator"), supplier=stage.org(supplier),
                      currency="CNY")  # fmt: skip
    if state == "created":
        return
    if state == "cancelled":
        stage.do(FIRST, "payout.cancel", payout, reason="供应商申请变更收款账户，下期再付。")
        return
    stage.do(SECOND, "payout.approve", payout)
    if state == "approved":
        return
    stage.do(FIRST, "payout.submit", payout)
    if state == "submitted":
        return
    yield 1
    _bank_answers(stage, FIRST, "payout", payout, state)


def pay_all_out(stage: Stage) -> Story:
    """The payout of a month."""
    for supplier in payable(stage):
        yield pay_out(stage, supplier)
    yield 0


LAST_PAYOUTS = ("succeeded", "failed", "unknown", "submitted", "approved", "created", "cancelled")
"""How far the payouts of this month have come, one supplier each."""


def begin_to_pay_out(stage: Stage) -> Story:
    """The payout of this month is under way."""
    for supplier, state in zip(payable(stage), LAST_PAYOUTS, strict=False):
        yield pay_out(stage, supplier, state)
    yield 0


def stated(stage: Stage, supplier: str, answer: str) -> Story:
    """A statement up to yesterday, issued, and what the supplier says of it."""
    until = (now() + PARK_OFFSET).date() - timedelta(days=1)
    statement = stage.do(FIRST, "organisation.open_statement", stage.org("operator"), supplier=stage.org(supplier),
                         currency="CNY", until=until.isoformat())  # fmt: skip
    if answer == "open":
        return
    stage.do(FIRST, "statement.issue", statement)
    if answer == "issued":
        return
    yield 3
    if answer == "agreed":
        stage.do(f"{supplier}.finance", "statement.agree", statement)
        return
    stage.do(f"{supplier}.finance", "statement.dispute", statement, reason="缺少上月末一笔验收后放款，请核对。")
    if answer == "answered":
        yield 2
        stage.do(FIRST, "statement.answer", statement, reason="该笔放款日期在下一账期，已附明细。")


def bank_lines(stage: Stage) -> Story:
    """What stands on the bank statement beside payments: the operator's own money and a mistake."""
    _bank_line(stage, "float_in", "50000")
    yield 1
    _book(stage)
    yield 20
    entry = _bank_line(stage, "unmatched", "66")
    yield 1
    stage.do(SECOND, "bank_entry.decline", entry, reason="系银行手续费退回，已另行登记。")


def misdirected(stage: Stage, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """A transfer that names no order is booked as such and found to be a lab's payment."""
    order = yield from bought(stage, lab, title, wanted)
    part = _share(_open(stage, order), 30)
    entry = _bank_line(stage, "unmatched", part.amount, payer=stage.organisations[lab].zh)
    yield 1
    _book(stage)
    yield 1
    payment = trade.tell(stage, order, part)
    trade.find_transfer(stage, payment, unmatched=entry)


def unexplained(stage: Stage) -> Story:
    """One transfer without an order is booked, the next one waits for the second person."""
    _bank_line(stage, "unmatched", "1280", payer="附言不清")
    yield 1
    _book(stage)
    _bank_line(stage, "unmatched", "360", payer="个人账户")


def _bank_line(stage: Stage, kind: str, amount: str, **given: Any) -> str:
    return stage.do(FIRST, "organisation.enter_bank_line", stage.org("operator"), kind=kind, amount=yuan(amount),
                    statement_reference=f"{today()}/{len(stage.all('bank_entry')) + 1:03d}", **given)  # fmt: skip


def _book(stage: Stage) -> None:
    for entry in stage.all("bank_entry", state="proposed"):
        stage.do(SECOND, "bank_entry.book", entry.id)
