"""Who approves a transaction: the rules in force when an order is made, frozen on it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.kernel.db import db
from app.kernel.values import Money
from app.ordering.models import Order, TransactionRule


def frozen(currency: str, whole_minor: int, buyer_id: str) -> dict[str, Any]:
    """What is frozen on an order: the active rule of its currency and the amount of the whole award or requisition.

    Without a rule for the currency the operator approves always, and the owner nothing. A purchase whose buyer is the
    operator goes to the owner whatever it costs; one whose buyer is the owner never does, for nobody decides for
    an organisation to which they belong.
    """
    rule = db.session.scalar(
        sa.select(TransactionRule).where(TransactionRule.currency == currency, TransactionRule.state == "active")
    )
    buyer = db.session.get_one(Organisation, buyer_id)
    owner_from = rule.owner_from_minor if rule is not None and buyer.platform != "owner" else None
    return {
        "rule_id": rule.id if rule else None,
        "operator_from": rule.operator_from_minor if rule else 0,
        "owner_from": owner_from,
        "owner_only": buyer.platform == "operator",
        "whole": whole_minor,
    }


def asks_operator(order: Order) -> bool:
    """Whether the frozen rule asks anybody of the platform at all."""
    return bool(order.rule["owner_only"] or order.rule["whole"] >= order.rule["operator_from"])


def asks_owner(order: Order) -> bool:
    """Whether the frozen rule asks the owner too."""
    limit = order.rule["owner_from"]
    return bool(order.rule["owner_only"] or (limit is not None and order.rule["whole"] >= limit))


def owner_limit(order: Order) -> Money | None:
    """From which amount on the owner approves."""
    limit = order.rule["owner_from"]
    return None if limit is None else Money(limit, order.currency)


def operator_limit(order: Order) -> Money:
    """From which amount on the operator approves."""
    return Money(order.rule["operator_from"], order.currency)


def whole(order: Order) -> Money:
    """The award or requisition that the order is a part of: what thresholds look at."""
    return Money(order.rule["whole"], order.currency)
