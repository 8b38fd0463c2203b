"""What an order is worth now: in all, dispatched, accepted. The bases of every share of its payment plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.values import line_minor, now
from app.ordering.lifecycles import DEAD
from app.ordering.models import Claim, Order, OrderLine, Shipment, ShipmentLine

_REDUCED = ("agreed", "done")


@dataclass(frozen=True, slots=True)
class Worth:
    """Minor units of the order's currency: all of it, what was dispatched, what was accepted, for good when."""

    base: int
    shipped: int
    accepted: int
    warranty_over: bool
    warranty_ends_at: datetime | None = None

    def at(self, moment: str) -> int:
        """The base of a share that depends on a moment of the plan; a date is the caller's to look at."""
        if moment == "shipped":
            return min(self.shipped, self.base)
        if moment == "accepted":
            return min(self.accepted, self.base)
        if moment == "warranty_end":
            return min(self.accepted, self.base) if self.warranty_over else 0
        return self.base


def worth_of(order: Order) -> Worth:
    """The order's worth from its lines, dispatched shipments and agreed price reductions. Needs the order's lock."""
    reduced = _reductions(order.id)
    shipped = _shipped(order.id)
    ends = order.warranty_ends_at or order.accepted_at
    base = (
        0
        if order.state in DEAD
        else sum(_price(line, line.quantity_micro - line.given_up_micro) for line in order.lines)
    )
    sent = sum(
        _price(line, min(shipped.get(line.id, 0), line.quantity_micro - line.given_up_micro)) for line in order.lines
    )
    accepted = sum(_price(line, line.accepted_micro) for line in order.lines)
    return Worth(
        base=max(0, base - reduced),
        shipped=max(0, sent - reduced),
        accepted=max(0, accepted - reduced),
        warranty_over=ends is not None and ends <= now(),
        warranty_ends_at=ends,
    )


def _price(line: OrderLine, quantity_micro: int) -> int:
    """The price of a quantity of a line; of all of it exactly the agreed amount."""
    if quantity_micro == line.quantity_micro:
        return line.amount_minor
    return line_minor(line.price_minor, quantity_micro, line.price_basis_micro)


def _reductions(order_id: str) -> int:
    """Price reductions that both sides agreed on, or the operator ruled."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(Claim.reduction_minor), 0)).where(
        Claim.order_id == order_id, Claim.remedy == "reduce", Claim.state.in_(_REDUCED)
    )
    return int(db.session.scalar(statement) or 0)


def _shipped(order_id: str) -> dict[str, int]:
    """Order line -> quantity that is on its way or has arrived."""
    statement = (
        sa.select(ShipmentLine.order_line_id, sa.func.sum(ShipmentLine.quantity_micro))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.state.in_(("shipped", "arrived")))
        .group_by(ShipmentLine.order_line_id)
    )
    return {line: int(quantity) for line, quantity in db.session.execute(statement)}
