"""The steps that every purchase has: asked for, signed, approved, confirmed, delivered, accepted, paid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from app.approvals import plans
from app.cli.seed.calendar import Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import Stage, today, together
from app.kernel.values import Money, quantity_text

MOST_LEAD_DAYS: Final = 18
DAYS_SPARED: Final = 5
"""So much sooner than promised goods are sent, for paying the advance and the carrier take days too."""
CARRIERS: Final = (("顺丰速运", "SF"), ("京东物流", "JD"), ("德邦快递", "DPK"))
"""Names and the beginnings of their numbers; the numbers themselves are invented."""


def want(
    stage: Stage, lab: str, title: str, lines: Iterable[Wanted], *, by: str = "member", submit: bool = True
) -> str:
    """A member of a lab asks for something out of the catalogue."""
    with together():
        demand = stage.do(
            f"{lab}.{by}", "organisation.requisition", stage.org(lab), title=title,
            lines=[{"listing": stage.listings[one.code], "quantity": str(one.quantity)} for one in lines],
        )  # fmt: skip
        if submit:
            stage.do(f"{lab}.{by}", "requisition.submit", demand)
    return demand


def sign(stage: Stage, kind: str, record_id: str, *, most: int = 9) -> None:
    """Whoever's turn it is signs, until everybody has."""
    for _ in range(most):
        record = stage.see(kind, record_id)
        if record.state != "awaiting_approval":
            return
        lab, role = stage.key(record.buyer_id), str(plans.waiting_role(record_id))
        stage.do(f"{lab}.{role}", f"{kind}.approve", record_id)


def orders_of(stage: Stage, **source: str) -> list[str]:
    """Ids of the orders of a requisition or an award."""
    return [one.id for one in stage.all("order", **source)]


def order_from(stage: Stage, demand: str) -> list[str]:
    """The purchaser orders what was approved."""
    lab = stage.key(stage.see("requisition", demand).buyer_id)
    stage.do(f"{lab}.purchaser", "requisition.order", demand)
    return orders_of(stage, requisition_id=demand)


def parties(stage: Stage, order: str) -> tuple[str, str]:
    """Keys of buyer and supplier."""
    record = stage.see("order", order)
    return stage.key(record.buyer_id), stage.key(record.supplier_id)


def approve(stage: Stage, order: str) -> Story:
    """The platform approves the transaction, the owner too where the rule asks."""
    record = stage.see("order", order)
    if record.state == "awaiting_operator":
        limit = record.rule["owner_from"]
        verb = "pass_to_owner" if limit is not None and record.rule["whole"] >= limit else "approve"
        stage.do("operator.approver", f"order.{verb}", order)
        yield 1
    if stage.see("order", order).state == "awaiting_owner":
        stage.do("owner.owner", "order.approve_as_owner", order, reason="同意。")
        yield 1


def confirmed(stage: Stage, order: str) -> Story:
    """Until the supplier has confirmed."""
    yield from approve(stage, order)
    if stage.see("order", order).state == "awaiting_supplier":
        stage.do(f"{parties(stage, order)[1]}.sales", "order.confirm", order)
        yield 1


def tell(stage: Stage, order: str, amount: Money) -> str:
    """The buyer's finance records a transfer."""
    return stage.do(
        f"{parties(stage, order)[0]}.finance", "order.record_transfer", order, amount=trade_form(amount),
        bank_reference=f"{today().replace('-', '')}{order[-6:].upper()}", paid_on=today(),
    )  # fmt: skip


def find_transfer(stage: Stage, payment: str, **given: Any) -> None:
    """Settlement finds it on the bank statement."""
    told = stage.see("payment", payment).told
    given = given or {"statement_reference": f"{today()}/{payment[-4:].upper()}"}
    stage.do("operator.settlement", "payment.succeed", payment, amount=trade_form(told), **given)


def trade_form(money: Money) -> dict[str, str]:
    """An amount as the API takes it."""
    return {"amount": money.amount, "currency": money.currency}


def due(stage: Stage, order: str) -> Money | None:
    """What the buyer owes now, or nothing."""
    rows = stage.all("instalment", order_id=order)
    minor = sum(row.standing.open_now for row in rows)
    return Money(minor, rows[0].currency) if minor else None


def pay(stage: Stage, order: str) -> Story:
    """The buyer pays what is due, settlement finds it a day later."""
    amount = due(stage, order)
    if amount is None:
        return
    payment = tell(stage, order, amount)
    yield 1
    find_transfer(stage, payment)
    yield 1


def send(stage: Stage, order: str, quantities: dict[str, str] | None = None) -> str:
    """The supplier packs everything that is owed (or so much of each line) and hands it to the carrier."""
    shipment = pack(stage, order, quantities)
    stage.do(f"{parties(stage, order)[1]}.fulfilment", "shipment.ship", shipment)
    return shipment


def pack(stage: Stage, order: str, quantities: dict[str, str] | None = None) -> str:
    """The supplier packs."""
    if quantities is None:
        quantities = {
            line.id: quantity_text(line.packable_micro) for line in goods(stage, order) if line.packable_micro
        }
    carrier, letters = CARRIERS[len(stage.all("shipment")) % len(CARRIERS)]
    return stage.do(
        f"{parties(stage, order)[1]}.fulfilment", "order.pack", order, carrier=carrier,
        tracking=f"{letters}{int(order[-8:], 36) % 10**12:012d}",
        lines=[{"order_line": line, "quantity": quantity} for line, quantity in quantities.items()],
    )  # fmt: skip


def goods(stage: Stage, order: str) -> list[Any]:
    """The lines that come by carrier."""
    return [line for line in stage.see("order", order).lines if line.kind == "goods"]


def count(stage: Stage, shipment: str, *, rejected: dict[str, str] | None = None, remark: str = "") -> str:
    """The receiver counts a shipment; it is not recorded yet."""
    record = stage.see("shipment", shipment)
    bad = rejected or {}
    return stage.do(
        f"{stage.key(record.buyer_id)}.receiver", "shipment.receive", shipment, remark=remark,
        lines=[
            {"order_line": line.order_line_id, "received": quantity_text(line.quantity_micro),
             "rejected": bad.get(line.order_line_id, "0")}
            for line in record.lines
        ],
    )  # fmt: skip


def receive(stage: Stage, shipment: str, **given: Any) -> str:
    """The receiver counts a shipment and records it."""
    receipt = count(stage, shipment, **given)
    lab = stage.key(stage.see("receipt", receipt).buyer_id)
    return stage.do(f"{lab}.receiver", "receipt.record", receipt)


def accept(stage: Stage, order: str) -> None:
    """The purchaser accepts whatever waits."""
    lab, _ = parties(stage, order)
    for waiting in stage.all("acceptance", order_id=order, state="pending"):
        stage.do(f"{lab}.purchaser", "acceptance.accept", waiting.id)


def delivered(stage: Stage, order: str) -> Story:
    """Until everything that comes by carrier is counted."""
    lines = goods(stage, order)
    if not lines:
        return
    yield max(1, min(MOST_LEAD_DAYS, max(line.lead_time_days or 1 for line in lines)) - DAYS_SPARED)
    shipment = send(stage, order)
    yield 2
    receive(stage, shipment)
    yield 1
