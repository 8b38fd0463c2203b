"""The purchase order: lines, tax, payment plan and terms as they were frozen; never the commission."""

from __future__ import annotations

from typing import Any

from app import i18n
from app.kernel.actors import Actor
from app.kernel.values import MICRO, Money
from app.ordering.models import Order, OrderLine
from app.papers.contents.common import head, organisations, person_name
from app.papers.words import breakable, day, pair, party, sum_of


def order_content(order: Order, asking: Actor) -> dict[str, Any]:
    """What stands on the purchase order; the same for both sides."""
    del asking  # whoever reads the order reads all of this
    sides = organisations(order.buyer_id, order.supplier_id)
    return {
        **head(order, {"zh": "采购订单", "en": "PURCHASE ORDER"}),
        "ordered_on": day(order.created_at),
        "confirmed_on": day(order.confirmed_at),
        "delivery_place": breakable(order.delivery_place),
        "unit": breakable(order.unit_name),
        "entered": {"zh": "平台运营方代采购方录入", "en": "Entered by the operator for the buyer"}
        if order.entry is not None
        else None,
        "deliver_by": day(order.deliver_by),
        "buyer": party(sides[order.buyer_id], person_name(order.person_id)),
        "supplier": party(sides[order.supplier_id]),
        "lines": [order_line(line, order.currency) for line in order.lines],
        "tax": i18n.amount(Money(order.tax_minor, order.currency)),
        "total": sum_of(order.total),
        "plan": _plan(order),
        "terms": breakable(order.terms),
    }


def order_line(line: OrderLine, currency: str) -> dict[str, Any]:
    """One line with its price, its tax rate and its amount."""
    return {
        **thing(line),
        "quantity": i18n.quantity(line.quantity_micro),
        "price": i18n.amount(Money(line.price_minor, currency)),
        "basis": i18n.quantity(line.price_basis_micro) if line.price_basis_micro != MICRO else None,
        "vat": i18n.percent(line.vat_bp),
        "amount": i18n.amount(Money(line.amount_minor, currency)),
        "note": _note(line),
    }


def thing(line: OrderLine) -> dict[str, Any]:
    """What a line is about, on every paper of an order."""
    return {
        "position": line.position, "title": breakable(line.title), "brand": breakable(line.brand),
        "model": breakable(line.model), "unit": breakable(line.unit),
    }  # fmt: skip


def _note(line: OrderLine) -> dict[str, str] | None:
    zh, en = [], []
    if line.lead_time_days is not None:
        zh.append(f"交期 {line.lead_time_days} 天")
        en.append(f"lead time {line.lead_time_days} days")
    if line.warranty_months:
        zh.append(f"质保 {line.warranty_months} 个月")
        en.append(f"warranty {line.warranty_months} months")
    return {"zh": "，".join(zh), "en": ", ".join(en)} if zh else None


def _plan(order: Order) -> list[dict[str, Any]]:
    parts = order.total.split([part["share_bp"] for part in order.plan])
    return [
        {"title": pair(part["title"]), "share": i18n.percent(part["share_bp"]), "amount": i18n.amount(amount),
         "due_on": part["due_on"], "release_on": part["release_on"]}
        for part, amount in zip(order.plan, parts, strict=True)
    ]  # fmt: skip
