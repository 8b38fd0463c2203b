"""What is frozen on an order when it is made: lines with tax, the payment plan, the total."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from app.kernel.values import CURRENCIES, N_, line_minor, new_id, tax_within
from app.ordering.models import OrderLine

PLAN_FROM_UNITS: Final = 10_000
"""From this amount on (in whole units of the order's currency) equipment is paid in parts."""

PARTS: Final[list[dict[str, Any]]] = [
    {"title": N_("Advance payment"), "share_bp": 3_000, "due_on": "signed", "release_on": "confirmed"},
    {"title": N_("Payment on acceptance"), "share_bp": 6_500, "due_on": "accepted", "release_on": "accepted"},
    {"title": N_("Retention"), "share_bp": 500, "due_on": "warranty_end", "release_on": "warranty_end"},
]
WHOLE: Final[list[dict[str, Any]]] = [
    {"title": N_("Payment on acceptance"), "share_bp": 10_000, "due_on": "accepted", "release_on": "accepted"}
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One agreed line, from an award or a requisition, on its way into an order."""

    buyer_id: str
    supplier_id: str
    kind: str
    title: str
    brand: str
    model: str
    unit: str
    quantity_micro: int
    price_minor: int
    price_basis_micro: int
    vat_bp: int
    lead_time_days: int | None
    warranty_months: int | None
    listing_id: str | None = None
    award_line_id: str | None = None
    requisition_line_id: str | None = None
    price_rule: dict[str, Any] = field(default_factory=dict)


def order_lines(agreed: Iterable[Agreed]) -> list[OrderLine]:
    """Rows of an order: amount = price x quantity half-up, tax = the VAT inside it half-up."""
    made = []
    for position, line in enumerate(agreed, start=1):
        amount = line_minor(line.price_minor, line.quantity_micro, line.price_basis_micro)
        made.append(
            OrderLine(
                id=new_id("orl"), buyer_id=line.buyer_id, supplier_id=line.supplier_id, position=position,
                kind=line.kind, title=line.title, brand=line.brand, model=line.model, unit=line.unit,
                listing_id=line.listing_id,
                award_line_id=line.award_line_id, requisition_line_id=line.requisition_line_id,
                quantity_micro=line.quantity_micro, price_minor=line.price_minor,
                price_basis_micro=line.price_basis_micro, price_rule=dict(line.price_rule), vat_bp=line.vat_bp,
                amount_minor=amount,
                tax_minor=tax_within(amount, line.vat_bp), lead_time_days=line.lead_time_days,
                warranty_months=line.warranty_months, packed_micro=0, received_micro=0, accepted_micro=0,
                rejected_micro=0, replacing_micro=0, given_up_micro=0,
            )
        )  # fmt: skip
    return made


def payment_plan(lines: Iterable[OrderLine], currency: str) -> list[dict[str, Any]]:
    """The usual plan of an instrument contract: 30 % in advance, 65 % at acceptance, 5 % at the end of the warranty.

    Only for goods under warranty and from PLAN_FROM_UNITS on; anything else is paid on acceptance.
    """
    lines = list(lines)
    guaranteed = any(line.kind == "goods" and line.warranty_months for line in lines)
    large = sum(line.amount_minor for line in lines) >= PLAN_FROM_UNITS * 10 ** CURRENCIES[currency]
    return [dict(part) for part in (PARTS if guaranteed and large else WHOLE)]


def by_supplier(agreed: Iterable[Agreed]) -> dict[str, list[Agreed]]:
    """Lines grouped by their supplier, in the order in which the suppliers first appear."""
    groups: dict[str, list[Agreed]] = {}
    for line in agreed:
        groups.setdefault(line.supplier_id, []).append(line)
    return groups
