"""What the operator should know of gateways: payments of unknown outcome, and those that nobody can ask about."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.values import now
from app.payments.models import CardPayment, CardRefund, Payment, Refund

OPEN = ("created", "submitted", "unknown")


def unheard(longer_than: timedelta) -> dict[str, int]:
    """Payments and refunds at a gateway -> how many have been unknown for longer than that; none is left out."""
    found = {}
    for kind, model in (("payments", Payment), ("refunds", Refund)):
        lost = (
            sa.select(sa.func.max(Event.at))
            .where(Event.object_id == model.id, Event.name == f"{kind.removesuffix('s')}.lose_sight")
            .scalar_subquery()
        )
        statement = sa.select(sa.func.count()).where(
            model.method == "gateway", model.state == "unknown", lost < now() - longer_than
        )
        if number := int(db.session.scalar(statement) or 0):
            found[kind] = number
    return found


def left_alone(*, keys_set: bool) -> dict[str, int]:
    """Payments and refunds -> how many are open at Stripe while its keys are not set."""
    if keys_set:
        return {}
    payments = (
        sa.select(sa.func.count())
        .select_from(Payment)
        .join(CardPayment, CardPayment.payment_id == Payment.id)
        .where(CardPayment.gateway == "stripe", Payment.state.in_(OPEN))
    )
    refunds = (
        sa.select(sa.func.count())
        .select_from(Refund)
        .join(CardRefund, CardRefund.refund_id == Refund.id)
        .where(CardRefund.gateway == "stripe", Refund.state.in_(OPEN[1:]))
    )
    found = {"payments": payments, "refunds": refunds}
    return {kind: int(number) for kind, one in found.items() if (number := db.session.scalar(one))}
