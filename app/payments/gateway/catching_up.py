"""Messages that never arrived: the gateway is asked for its own list, so that a failure that comes late is not missed.

One delivery at a time does it and owes the next one; every card payment that is looked at makes sure that there is one.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
import structlog
from flask import current_app

from app.kernel.db import db
from app.kernel.events import Delivery, canonical, courier, owe
from app.kernel.values import now
from app.kernel.work import unit_of_work
from app.payments.gateway import gateway_named
from app.payments.gateway.inbox import message_of, store
from app.payments.gateway.port import GatewayTrouble

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(hours=6)
OVERLAP: Final = timedelta(minutes=15)
"""Clocks differ, and lists may lag behind."""
FARTHEST: Final = timedelta(days=29)
"""Stripe keeps messages for thirty days."""
BATCH: Final = 100
KIND: Final = "gateway.catch_up"


def keep_catching_up() -> None:
    """See that a look at the gateway's list is owed. In a unit of work."""
    waiting = sa.select(Delivery.id).where(Delivery.kind == KIND, Delivery.state == "pending")
    if db.session.scalar(waiting.limit(1)) is None:
        _owe(now() - FARTHEST)


def _owe(since: datetime) -> None:
    owe(db.session(), KIND, {"since": since.isoformat()}).due_at = now() + EVERY


@courier(KIND)
def catch_up(payload: dict[str, Any]) -> None:
    """Keep every message of the list that never arrived, as if it had; then owe the next look."""
    began, since = now(), max(datetime.fromisoformat(payload["since"]), now() - FARTHEST)
    if not current_app.config["STRIPE_SECRET_KEY"]:
        return
    try:
        missed = _keep(since)
    except GatewayTrouble as trouble:
        log.warning("gateway's list not read", error=type(trouble).__name__)
        began = since + OVERLAP  # the next look goes back as far as this one should have
    else:
        log.info("gateway's list read", missed=missed)
    with unit_of_work():
        _owe(began - OVERLAP)


def _keep(since: datetime) -> int:
    live = "_live_" in current_app.config["STRIPE_SECRET_KEY"]
    told = list(gateway_named("stripe").told_since(since))
    missed = 0
    for start in range(0, len(told), BATCH):
        with unit_of_work():
            for one in told[start : start + BATCH]:
                try:
                    digest = hashlib.sha256(canonical(one).encode()).hexdigest()
                    missed += store(message_of(one, live=live, digest=digest))
                except (ValueError, KeyError, TypeError, OverflowError):
                    log.warning("gateway's list holds what is no message")
    return missed
