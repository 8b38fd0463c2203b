"""What happens in the demo park: purchases at different points of their lives, told in the order of their days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from app.cli.demo_stage import Stage
from app.kernel import worker
from app.kernel.db import db
from app.kernel.values import Money, clock_at, now, quantity_text
from app.ordering.models import Acceptance, Order, Shipment
from app.sourcing.models import Quote

PURCHASER: Final = "purchaser@lab.example"
OPERATOR: Final = "approver@operator.example"
OWNER: Final = "owner@owner.example"


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """Let something happen then; whatever the clocks and reactions owe is done before the day ends."""
    with clock_at(-timedelta(days=days)):
        yield
        worker.settle()


def yuan(amount: str) -> dict[str, str]:
    """An amount as the API takes it."""
    return {"amount": amount, "currency": "CNY"}


def rules(stage: Stage) -> None:
    """The park's rules: who approves transactions, what the platform earns, what the labs' approvers sign."""
    operator, admin = stage.organisations["operator"], "admin@operator.example"
    rule = stage.do(admin, "organisation.propose_rule", operator, {
        "operator_from": yuan("5000"), "owner_from": yuan("230000"), "reason": "园区交易审批办法（演示）",
    })  # fmt: skip
    stage.do(OWNER, "transaction_rule.approve", rule)
    rate = stage.do(admin, "organisation.propose_rate", operator, {
        "rate": "2", "vat": "6", "owner_share": "40", "reason": "平台服务费率（演示）",
        "valid_from": (now() + timedelta(hours=1)).isoformat(),
    })  # fmt: skip
    stage.do(OWNER, "commission_rate.approve", rate)
    for lab in ("lab", "chem"):
        for subject, least in (("award", "0"), ("requisition", "500")):
            stage.do(f"admin@{lab}.example", "organisation.set_approval_rule", stage.organisations[lab], {
                "subject": subject, "from_amount": yuan(least), "roles": ["approver"],
            })  # fmt: skip


def tell(stage: Stage) -> None:
    """Run the purchases."""
    with days_ago(26):
        rfq = _ask(stage)
    with days_ago(23):
        _three_quotes(stage, rfq)
    with days_ago(18):
        worker.settle()
        orders = _award_and_order(stage, rfq)
    with days_ago(16):
        _confirm_and_pay_advance(stage, orders)
    with days_ago(9):
        _ship(stage, orders)
    with days_ago(6):
        _receive_and_accept(stage, orders)
    with days_ago(4):
        _waiting_purchases(stage)
    with days_ago(3):
        _ask_and_close(stage)
    with days_ago(1):
        worker.settle()
        _open_request(stage)
        _listing_in_review(stage)


def _line(title: str, quantity: str, unit: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "quantity": quantity, "unit": unit, **more}


def _request(stage: Stage, title: str, days: float, lines: list[dict[str, Any]], *suppliers: str) -> str:
    rfq = stage.do(PURCHASER, "organisation.ask_for_quotes", stage.organisations["lab"], {
        "title": title, "deadline": (now() + timedelta(days=days)).isoformat(), "delivery_place": "一号园 B 座 210",
        "lines": lines,
    })  # fmt: skip
    stage.do(PURCHASER, "rfq.invite", rfq, {"suppliers": [stage.organisations[key] for key in suppliers]})
    stage.do(PURCHASER, "rfq.publish", rfq)
    return rfq


def _ask(stage: Stage) -> str:
    force = {"name": "最大离心力", "operator": "at_least", "value": "20000", "unit": "×g", "mandatory": True}
    return _request(stage, "高速离心系统", 7, [
        _line("高速冷冻离心机", "1", "台", demands=[force]),
        _line("角转子 6×50 mL", "2", "只"),
        _line("离心瓶 500 mL（6 只/套）", "3", "套"),
        _line("安装与 IQ/OQ 验证", "1", "次", kind="service"),
    ], "huayi", "zhongyuan", "hengxin")  # fmt: skip


Prices = tuple[str | None, ...]


def _quote(stage: Stage, rfq: str, email: str, prices: Prices, *, days: int, models: tuple[str, ...] = ()) -> str:
    """Answer the lines in order; None is "no offer"."""
    quote = stage.do(email, "rfq.quote", rfq)
    lines: list[dict[str, Any]] = []
    for place, (line, price) in enumerate(zip(stage.see("rfq", rfq).lines, prices, strict=True)):
        answer: dict[str, Any] = {"line": line.id, "no_offer": price is None}
        if price is not None:
            answer |= {
                "price": yuan(price), "quantity": quantity_text(line.quantity_micro), "lead_time_days": days,
                "warranty_months": 12 if line.kind == "goods" else 0, "vat": "13" if line.kind == "goods" else "6",
                "model": models[place] if place < len(models) else "",
                "deviations": [{"index": i, "offered": "符合", "deviation": "none"} for i in range(len(line.demands))],
            }  # fmt: skip
        lines.append(answer)
    valid = (now() + timedelta(days=60)).isoformat()
    stage.do(email, "quote.edit", quote, {"valid_until": valid, "lines": lines})
    stage.do(email, "quote.submit", quote)
    return quote


def _three_quotes(stage: Stage, rfq: str) -> None:
    _quote(stage, rfq, "sales@huayi.example", ("172000", "9500", "1260", "6000"), days=15, models=("HG-22R", "HG-R20A"))
    _quote(stage, rfq, "sales@zhongyuan.example", ("198500", "8600", None, "9800"), days=60, models=("XT-26", "XT-25"))
    _quote(stage, rfq, "sales@hengxin.example", (None, None, "1000", None), days=7, models=("", "", "WZ-B500"))


def _award_and_order(stage: Stage, rfq: str) -> list[str]:
    """The instrument from one supplier, the bottles from the cheapest: two orders."""
    record = stage.see("rfq", rfq)
    chosen = {}
    for supplier, places in (("huayi", (0, 1, 3)), ("hengxin", (2,))):
        quote = next(q for q in _quotes(rfq) if q.supplier_id == stage.organisations[supplier])
        for place in places:
            line = record.lines[place]
            answer = next(one for one in quote.current.lines if one.rfq_line_id == line.id)
            chosen[answer.id] = quantity_text(line.quantity_micro)
    award = stage.do(PURCHASER, "rfq.award", rfq, {
        "lines": [{"quote_line": key, "quantity": quantity} for key, quantity in chosen.items()],
        "reason": "离心机、转子与安装同一供应商；离心瓶取最低价。",
    })  # fmt: skip
    stage.do(PURCHASER, "award.propose", award)
    stage.do("approver@lab.example", "award.approve", award)
    stage.do(PURCHASER, "award.order", award)
    orders = list(db.session.scalars(db.select(Order.id).where(Order.award_id == award).order_by(Order.id)))
    worker.settle()
    for order in orders:
        _approve_transaction(stage, order)
    return orders


def _quotes(rfq: str) -> list[Quote]:
    return list(db.session.scalars(db.select(Quote).where(Quote.rfq_id == rfq)))


def _approve_transaction(stage: Stage, order: str) -> None:
    if stage.see("order", order).state == "awaiting_operator":
        stage.do(OPERATOR, "order.approve", order)


def _seller(stage: Stage, order: str, role: str) -> str:
    supplier = stage.see("order", order).supplier_id
    return next(email for email, (_, org, _, roles) in stage.people.items() if org == supplier and role in roles)


def _confirm_and_pay_advance(stage: Stage, orders: list[str]) -> None:
    for order in orders:
        stage.do(_seller(stage, order, "sales"), "order.confirm", order)
    worker.settle()
    large = max(orders, key=lambda one: stage.see("order", one).total_minor)
    advance = Money(stage.see("order", large).total_minor * 30 // 100, "CNY")
    _pay(stage, large, advance)


def _pay(stage: Stage, order: str, amount: Money) -> None:
    paid = {"amount": amount.amount, "currency": amount.currency}
    payment = stage.do("finance@lab.example", "order.record_transfer", order, {
        "amount": paid, "bank_reference": f"2026{order[-8:].upper()}", "paid_on": now().date().isoformat(),
    })  # fmt: skip
    stage.do(
        "settlement@operator.example",
        "payment.succeed",
        payment,
        {"amount": paid, "statement_reference": f"BS-{payment[-8:].upper()}"},
    )


def _ship(stage: Stage, orders: list[str]) -> None:
    for order in orders:
        lines = [line for line in stage.see("order", order).lines if line.kind == "goods"]
        seller = _seller(stage, order, "fulfilment")
        shipment = stage.do(seller, "order.pack", order, {
            "lines": [{"order_line": one.id, "quantity": quantity_text(one.quantity_micro)} for one in lines],
            "carrier": "顺丰", "tracking": "SF1380000000001",
        })  # fmt: skip
        stage.do(seller, "shipment.ship", shipment, {"carrier": "顺丰", "tracking": "SF1380000000001"})


def _receive_and_accept(stage: Stage, orders: list[str]) -> None:
    """Everything arrives; the bottles and one rotor are accepted, the rest waits for the purchaser."""
    for order in orders:
        for shipment in db.session.scalars(db.select(Shipment.id).where(Shipment.order_id == order)).all():
            lines = stage.see("shipment", shipment).lines
            receipt = stage.do("receiver@lab.example", "shipment.receive", shipment, {"lines": [
                {"order_line": one.order_line_id, "received": quantity_text(one.quantity_micro)} for one in lines
            ]})  # fmt: skip
            stage.do("receiver@lab.example", "receipt.record", receipt)
    small = min(orders, key=lambda one: stage.see("order", one).total_minor)
    for acceptance in db.session.scalars(db.select(Acceptance.id).where(Acceptance.order_id == small)).all():
        stage.do(PURCHASER, "acceptance.accept", acceptance)


def _want(stage: Stage, title: str, name: str, quantity: str) -> str:
    requisition = stage.do("member@lab.example", "organisation.requisition", stage.organisations["lab"], {
        "title": title, "delivery_place": "一号园 B 座 210",
        "lines": [{"listing": stage.listings[name], "quantity": quantity}],
    })  # fmt: skip
    stage.do("member@lab.example", "requisition.submit", requisition)
    return requisition


def _waiting_purchases(stage: Stage) -> None:
    """One waits for the lab's approver, one for the operator, one for the owner."""
    _want(stage, "移液器更新", "单道可调移液器 100–1000 µL", "6")
    for title, name, quantity in (("天平", "分析天平 0.1 mg", "1"), ("样品库扩容", "超低温冰箱 −86 °C", "4")):
        requisition = _want(stage, title, name, quantity)
        stage.do("approver@lab.example", "requisition.approve", requisition)
        stage.do(PURCHASER, "requisition.order", requisition)
    worker.settle()
    large = db.session.scalar(db.select(Order.id).order_by(Order.total_minor.desc()).limit(1))
    if stage.see("order", str(large)).state == "awaiting_operator":
        stage.do(OPERATOR, "order.pass_to_owner", str(large))


def _ask_and_close(stage: Stage) -> None:
    rfq = _request(stage, "紫外可见分光光度计", 1.5, [_line("紫外可见分光光度计", "1", "台")], "huayi", "zhongyuan")
    _quote(stage, rfq, "sales@huayi.example", ("66800",), days=20, models=("PY-1900",))
    _quote(stage, rfq, "sales@zhongyuan.example", ("69900",), days=14, models=("LP-U19",))


def _open_request(stage: Stage) -> None:
    rfq = _request(stage, "高效液相色谱仪", 8, [_line("高效液相色谱仪", "1", "套"), _line("色谱柱 C18", "2", "支")],
                   "huayi", "zhongyuan")  # fmt: skip
    _quote(stage, rfq, "sales@huayi.example", ("312000", "3200"), days=45, models=("PY-LC20",))


def _listing_in_review(stage: Stage) -> None:
    listing = stage.do("catalogue@zhongyuan.example", "organisation.draft_listing", stage.organisations["zhongyuan"], {
        "kind": "goods", "category": "preparation.water_purification", "name_zh": "超纯水机",
        "name_en": "Ultrapure water system", "brand": "清源", "model": "QY-UP10", "unit": "台",
        "price": yuan("26800"), "lead_time_days": 10,
    })  # fmt: skip
    stage.do("catalogue@zhongyuan.example", "listing.submit", listing)
