"""What payments knows of the ledger: refunds due by currency, and the figures of orders, suppliers and the platform."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.db import db
from app.payments.lifecycles import REFUND_BOOKED
from app.payments.models import Refund


def refunds_due_by_currency() -> dict[str, int]:
    """Currency -> minor units due to buyers that do not wait for cover (states.md, guard of outgoing legs)."""
    firm = sa.case((Refund.covered, Refund.amount_minor), else_=Refund.amount_minor - Refund.clawed_minor)
    rows = db.session.execute(
        sa.select(Refund.currency, sa.func.sum(firm)).where(Refund.state.in_(REFUND_BOOKED)).group_by(Refund.currency)
    )
    return {currency: int(total) for currency, total in rows}


def refunds_due(currency: str) -> int:
    """The same of one currency."""
    return refunds_due_by_currency().get(currency, 0)
