"""Which commission holds for an order: the rate in force when it was made, frozen on it by a SYSTEM action."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.ordering.actions.orders import freeze_commission
from app.ordering.models import Order
from app.payments.arithmetic import Terms
from app.payments.models import CommissionRate


def rate_at(moment: datetime) -> CommissionRate | None:
    """The rate in force at a moment: the latest that began by then and had not ended."""
    return db.session.scalars(
        sa.select(CommissionRate)
        .where(
            CommissionRate.state.in_(("active", "retired")),
            CommissionRate.valid_from <= moment,
            sa.or_(CommissionRate.ends_at.is_(None), CommissionRate.ends_at > moment),
        )
        .order_by(CommissionRate.valid_from.desc())
        .limit(1)
    ).first()


def freeze(order: Order) -> None:
    """Write the commission down on the order, once; without any rate in force it is nothing."""
    if order.commission:
        return
    rate = rate_at(order.created_at)
    frozen: dict[str, Any] = {
        "rate_id": rate.id if rate else None,
        "rate_bp": rate.rate_bp if rate else 0,
        "vat_bp": rate.vat_bp if rate else 0,
        "owner_share_bp": rate.owner_share_bp if rate else 0,
    }
    freeze_commission(order, SYSTEM_ACTOR, commission=frozen)


def terms_of(order: Order) -> Terms:
    """The frozen commission as the arithmetic takes it. An order without one is a defect (KeyError)."""
    frozen = order.commission
    return Terms(rate_bp=frozen["rate_bp"], vat_bp=frozen["vat_bp"], owner_share_bp=frozen["owner_share_bp"])
