"""Quantities of order and receipt lines move by conditional updates: of two racers the database lets one through.

The WHERE clause says beforehand what the CHECK constraints would say afterwards, so that a refusal has words instead
of a broken constraint.
"""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.ordering.models import Order, OrderLine, ReceiptLine

L = TypeVar("L", OrderLine, ReceiptLine)

KINDS = ("packed", "received", "accepted", "rejected", "replacing", "given_up")


def hold(order_id: str) -> Order:
    """The order with its row locked. Whatever moves quantities holds the order first, so that locks never cross."""
    return find(Order, order_id, SYSTEM_ACTOR, lock=True)


def shift(line_id: str, **deltas: int) -> OrderLine | None:
    """Add micro quantities (packed, received, accepted, rejected, replacing, given_up) to an order line at once.

    None when the line would then hold what cannot be: below zero, packed beyond what is owed, decided beyond received.
    """
    new: dict[str, Any] = {kind: getattr(OrderLine, f"{kind}_micro") + deltas.get(kind, 0) for kind in KINDS}
    owed = OrderLine.quantity_micro - new["given_up"]
    laws = (
        *(value >= 0 for value in new.values()),
        new["given_up"] <= OrderLine.quantity_micro,
        new["packed"] <= owed + new["replacing"],
        new["received"] <= new["packed"],
        new["accepted"] + new["rejected"] <= new["received"],
        new["replacing"] <= new["rejected"],
        new["accepted"] <= owed,
    )
    return _changed(OrderLine, line_id, laws, {f"{kind}_micro": new[kind] for kind in deltas})


def settle(line_id: str, **deltas: int) -> ReceiptLine | None:
    """Add micro quantities (accepted, rejected, pending) to a receipt line; None when one would fall below zero."""
    new: dict[str, Any] = {kind: getattr(ReceiptLine, f"{kind}_micro") + delta for kind, delta in deltas.items()}
    changed = {f"{kind}_micro": value for kind, value in new.items()}
    return _changed(ReceiptLine, line_id, tuple(value >= 0 for value in new.values()), changed)


def _changed(model: type[L], line_id: str, laws: tuple[Any, ...], changed: dict[str, Any]) -> L | None:
    db.session.flush()
    done = db.session.execute(
        sa.update(model)
        .where(model.id == line_id, *laws)
        .values(changed)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if done is None:
        return None
    return db.session.get_one(model, line_id, populate_existing=True)
