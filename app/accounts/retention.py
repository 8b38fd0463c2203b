"""What is kept no longer than it is needed: sessions, links, repeated commands, the security log, done deliveries.

How long is set in the configuration (docs/configuration.md, Retention); each sweep runs once a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from flask import current_app

from app.accounts.models import Ceremony, IdempotencyKey, LoginSession, SingleUseLink, TryCount
from app.kernel.chores import chore, sweep
from app.kernel.events import Delivery
from app.kernel.security import SecurityNote
from app.kernel.values import now

SWEEP_EVERY: Final = timedelta(days=1)


def _before(setting: str) -> datetime:
    return now() - timedelta(days=int(current_app.config[setting]))


@chore("accounts.sessions", SWEEP_EVERY)
def sweep_sessions() -> int:
    """Sessions that have expired; nobody can use them any more."""
    return sweep(LoginSession, LoginSession.expires_at < _before("RETENTION_SESSION_DAYS"))


@chore("accounts.ceremonies", SWEEP_EVERY)
def sweep_ceremonies() -> int:
    """Challenges that no passkey has answered in time."""
    return sweep(Ceremony, Ceremony.expires_at < now())


@chore("accounts.tries", SWEEP_EVERY)
def sweep_tries() -> int:
    """Counters whose window is long over."""
    return sweep(TryCount, TryCount.since < now() - SWEEP_EVERY)


@chore("accounts.links", SWEEP_EVERY)
def sweep_links() -> int:
    """Single-use links that were used or have expired."""
    limit = _before("RETENTION_LINK_DAYS")
    return sweep(SingleUseLink, sa.or_(SingleUseLink.expires_at < limit, SingleUseLink.used_at < limit))


@chore("accounts.commands", SWEEP_EVERY)
def sweep_commands() -> int:
    """Stored answers of commands that were sent with an Idempotency-Key and may not be repeated any more."""
    return sweep(IdempotencyKey, IdempotencyKey.expires_at < _before("RETENTION_IDEMPOTENCY_DAYS"))


@chore("accounts.security_log", SWEEP_EVERY)
def sweep_security_log() -> int:
    """Failed sign-ins, denials and throttles, once the law no longer asks for them."""
    return sweep(SecurityNote, SecurityNote.at < _before("RETENTION_SECURITY_DAYS"))


@chore("accounts.deliveries", SWEEP_EVERY)
def sweep_deliveries() -> int:
    """Deliveries that were made; what waits or is parked stays."""
    return sweep(Delivery, Delivery.state == "done", Delivery.created_at < _before("RETENTION_DELIVERY_DAYS"))
