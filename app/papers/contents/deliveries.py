"""Delivery note of a shipment, acceptance report of a receipt: quantities, never prices."""

from __future__ import annotations

from typing import Any

from app import i18n
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import find, visible
from app.ordering.lifecycles import ACCEPTANCE
from app.ordering.models import Acceptance, Order, Receipt, Shipment
from app.papers.contents.common import head, organisations, person_name
from app.papers.contents.orders import thing
from app.papers.words import breakable, day, minute, pair, party


def delivery_content(shipment: Shipment, asking: Actor) -> dict[str, Any]:
    """What stands on the delivery note: what is in the parcel, and room to count it."""
    order = find(Order, shipment.order_id, asking)
    lines = {line.id: line for line in order.lines}
    sides = organisations(shipment.buyer_id, shipment.supplier_id)
    rows = sorted(shipment.lines, key=lambda row: lines[row.order_line_id].position)
    return {
        **head(shipment, {"zh": "送货单", "en": "DELIVERY NOTE"}),
        "order": order.number or "",
        "shipped_at": minute(shipment.shipped_at),
        "carrier": breakable(shipment.carrier),
        "tracking": breakable(shipment.tracking),
        "delivery_place": breakable(order.delivery_place),
        "buyer": party(sides[shipment.buyer_id]),
        "supplier": party(sides[shipment.supplier_id]),
        "lines": [
            {
                **thing(line := lines[row.order_line_id]),
                "ordered": i18n.quantity(line.quantity_micro),
                "quantity": i18n.quantity(row.quantity_micro),
            }
            for row in rows
        ],
    }


def acceptance_content(receipt: Receipt, asking: Actor) -> dict[str, Any]:
    """What stands on the acceptance report: what arrived, what was decided about it, and by whom."""
    order = find(Order, receipt.order_id, asking)
    lines = {line.id: line for line in order.lines}
    sides = organisations(receipt.buyer_id, receipt.supplier_id)
    shipment = db.session.get(Shipment, receipt.shipment_id) if receipt.shipment_id else None
    rows = sorted(receipt.lines, key=lambda row: lines[row.order_line_id].position)
    decided = _decisions(receipt, asking)
    return {
        **head(receipt, {"zh": "验收报告", "en": "ACCEPTANCE REPORT"}),
        "order": order.number or "",
        "shipment": (shipment.number or "") if shipment is not None else "",
        "received_on": day(receipt.created_at),
        "counted_by": person_name(receipt.person_id),
        "remark": breakable(receipt.remark),
        "buyer": party(sides[receipt.buyer_id]),
        "supplier": party(sides[receipt.supplier_id]),
        "lines": [
            {
                **thing(lines[row.order_line_id]),
                "received": i18n.quantity(row.received_micro),
                "accepted": i18n.quantity(row.accepted_micro),
                "rejected": i18n.quantity(row.rejected_micro),
                "pending": i18n.quantity(row.pending_micro),
                "serials": breakable("、".join(row.serials)),
                "decisions": [_decision(one) for one in decided.get(row.id, [])],
            }
            for row in rows
        ],
        "good": all(row.accepted_micro == row.received_micro for row in receipt.lines),
    }


def _decisions(receipt: Receipt, asking: Actor) -> dict[str, list[Acceptance]]:
    """Receipt line -> what was decided about it, the oldest first."""
    ids = [row.id for row in receipt.lines]
    there = visible(Acceptance, asking).where(Acceptance.receipt_line_id.in_(ids), Acceptance.state != "void")
    found: dict[str, list[Acceptance]] = {}
    for one in db.session.scalars(there.order_by(Acceptance.id)):
        found.setdefault(one.receipt_line_id, []).append(one)
    return found


def _decision(one: Acceptance) -> dict[str, Any]:
    return {
        "quantity": i18n.quantity(one.quantity_micro),
        "state": pair(ACCEPTANCE.states[one.state].title),
        "by": person_name(one.decided_by),
        "condition": breakable(one.condition) if one.state == "conditional" else "",
        "until": day(one.condition_until) if one.state == "conditional" else "",
    }
