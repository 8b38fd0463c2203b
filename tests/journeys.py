"""Whole purchases over HTTP, step by step, each by the person whose role it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.kernel.values import now
from tests.live import Caller

Json = dict[str, Any]


def money(amount: str | Decimal, currency: str = "CNY") -> Json:
    """An amount as the API takes it."""
    return {"amount": str(amount), "currency": currency}


@dataclass
class Cast:
    """Who acts: callers by part, and how the time between steps passes (the worker's rounds)."""

    purchaser: Caller
    approver: Caller
    receiver: Caller
    finance: Caller
    operator: Caller
    owner: Caller
    settlement: Caller
    settlement2: Caller
    sellers: dict[str, Caller] = field(default_factory=dict)
    settle: Callable[[], object] = lambda: None

    def seller(self, order: Json) -> Caller:
        """Whoever sells this order."""
        return self.sellers[order["supplier"]]


def approve_transaction(cast: Cast, order_id: str) -> None:
    """The operator approves, or passes it on and the owner approves, as the rule on the order says."""
    order = cast.operator.get(f"orders/{order_id}")
    if order["state"] == "awaiting_operator":
        enabled = {action["name"] for action in order["actions"] if action["enabled"]}
        order = cast.operator.do(f"orders/{order_id}", "approve" if "approve" in enabled else "pass_to_owner")
    if order["state"] == "awaiting_owner":
        cast.owner.do(f"orders/{order_id}", "approve_as_owner")


def confirm(cast: Cast, order_id: str) -> Json:
    """The supplier confirms; the worker makes the instalments."""
    order = cast.purchaser.get(f"orders/{order_id}")
    confirmed: Json = cast.seller(order).do(f"orders/{order_id}", "confirm")
    cast.settle()
    return confirmed


def pay(cast: Cast, order_id: str, amount: Json) -> Json:
    """Finance records a transfer, settlement finds it on the bank statement."""
    body = {
        "amount": amount, "bank_reference": f"B{secrets.token_hex(8)}", "paid_on": date.today().isoformat(),  # noqa: DTZ011
    }  # fmt: skip
    payment = cast.finance.do(f"orders/{order_id}", "record_transfer", body)
    arrived = {"amount": amount, "statement_reference": f"S{secrets.token_hex(8)}"}
    done: Json = cast.settlement.do(f"payments/{payment['id']}", "succeed", arrived)
    cast.settle()
    return done


def halves(quantity: str) -> tuple[str, str]:
    """Two parts of a quantity that add up to it."""
    whole = Decimal(quantity)
    first = (whole / 2).quantize(Decimal("0.000001"))
    return str(first.normalize() + 0), str((whole - first).normalize() + 0)


def deliver(cast: Cast, order_id: str, quantities: dict[str, str]) -> Json:
    """Pack, ship, count and record one delivery of some lines; returns the receipt."""
    order = cast.purchaser.get(f"orders/{order_id}")
    lines = [{"order_line": line, "quantity": quantity} for line, quantity in quantities.items()]
    seller = cast.seller(order)
    shipment = seller.do(f"orders/{order_id}", "pack", {"lines": lines, "carrier": "SF", "tracking": "SF1"})
    seller.do(f"shipments/{shipment['id']}", "ship", {"carrier": "SF", "tracking": "SF1"})
    counted = [{"order_line": line, "received": quantity} for line, quantity in quantities.items()]
    receipt = cast.receiver.do(f"shipments/{shipment['id']}", "receive", {"lines": counted})
    recorded: Json = cast.receiver.do(f"receipts/{receipt['id']}", "record")
    return recorded


def serve(cast: Cast, order_id: str, line: str, quantity: str) -> Json:
    """One service done: agreed, the seller goes there itself, the receiver signs, the report is accepted."""
    seller = cast.seller(cast.purchaser.get(f"orders/{order_id}"))
    begins = now() + timedelta(hours=1)
    time = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat(), "place": "Lab 1"}
    work = seller.do(
        f"orders/{order_id}", "propose_appointment", {"order_line": line, "quantity": quantity, **time}
    )  # fmt: skip
    path = f"work-orders/{work['id']}"
    seller.do(path, "assign", {"expert": seller.get("me")["person"]["id"]})
    cast.receiver.do(path, "agree")
    seller.do(path, "check_in", {"place": "Lab 1"})
    seller.do(path, "check_out", {"place": "Lab 1"})
    cast.receiver.do(path, "finish", {"name": "Rong"})
    report = next(one for one in seller.all("work-reports", state="draft") if one["work_order"] == work["id"])
    seller.do(f"work-reports/{report['id']}", "write", {"summary": "as ordered"})
    seller.do(f"work-reports/{report['id']}", "submit")
    accepted: Json = cast.purchaser.do(f"work-reports/{report['id']}", "accept")
    cast.settle()
    return accepted


def accept_all(cast: Cast, order_id: str) -> int:
    """The purchaser accepts everything that waits for acceptance on the order."""
    waiting = [one for one in cast.purchaser.all("acceptances", state="pending") if one["order"] == order_id]
    for one in waiting:
        cast.purchaser.do(f"acceptances/{one['id']}", "accept", {})
    cast.settle()
    return len(waiting)


def deliver_in_two_parts(cast: Cast, order_id: str) -> None:
    """One part first, received and accepted, then the rest: half the lines, or half the quantity of a single one.

    Goods are shipped, services are done at appointments.
    """
    lines = cast.purchaser.get(f"orders/{order_id}")["lines"]
    if len(lines) > 1:
        middle = len(lines) // 2
        parts = [{line["id"]: line["quantity"] for line in some} for some in (lines[:middle], lines[middle:])]
    else:
        parts = [{lines[0]["id"]: quantity} for quantity in halves(lines[0]["quantity"])]
    services = {line["id"] for line in lines if line["kind"] == "service"}
    for part in parts:
        goods = {line: quantity for line, quantity in part.items() if line not in services}
        if goods:
            deliver(cast, order_id, goods)
            accept_all(cast, order_id)
        for line in part.keys() & services:
            serve(cast, order_id, line, part[line])


def pay_out(cast: Cast, supplier_id: str, currency: str) -> Json:
    """Everything payable to a supplier goes out: created by one person of settlement, approved by another."""
    payout = cast.settlement.create("payouts", {"supplier": supplier_id, "currency": currency})
    path = f"payouts/{payout['id']}"
    cast.settlement2.do(path, "approve")
    cast.settlement.do(path, "submit")
    done: Json = cast.settlement.do(path, "succeed", {"bank_reference": f"P{secrets.token_hex(8)}"})
    cast.settle()
    return done


def statement(cast: Cast, supplier_id: str, currency: str, until: date) -> Json:
    """The supplier's account of it all, issued."""
    made = cast.settlement.create(
        "statements", {"supplier": supplier_id, "currency": currency, "until": until.isoformat()}
    )
    issued: Json = cast.settlement.do(f"statements/{made['id']}", "issue")
    return issued


def through_to_accepted(cast: Cast, order_id: str) -> Json:
    """One order from the operator's queue to accepted and fully paid."""
    approve_transaction(cast, order_id)
    order = confirm(cast, order_id)
    pay(cast, order_id, order["total"])
    deliver_in_two_parts(cast, order_id)
    done: Json = cast.purchaser.get(f"orders/{order_id}")
    return done
