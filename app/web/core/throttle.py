"""How often an account may be tried: counted in the security log, per address and not per browser, never for good."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from flask import current_app, g, request

from app.kernel import security
from app.kernel.db import db
from app.kernel.errors import TOO_MANY, refusal
from app.kernel.security import SecurityNote
from app.kernel.values import N_, new_id, now

WINDOW: Final = timedelta(minutes=15)
MOST_FAILURES: Final = 10
MOST_RESETS: Final = 3
MARK_CHARS: Final = 32

FAILED: Final = "sign_in_failed"
RESET_ASKED: Final = "reset_asked"

TOO_MANY_TRIES = refusal(
    "too_many_tries", TOO_MANY, N_("Too many failed sign-ins for this account. Try again in %(minutes)s minutes.")
)


def mark(email: str) -> str:
    """What the log calls an account: a keyed hash, so that the log holds no addresses, not even unknown ones."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, email.strip().lower().encode(), hashlib.sha256).hexdigest()[:MARK_CHARS]


def recent(kind: str, email: str, most: int) -> list[datetime]:
    """When this happened to the account within the window, newest first, at most so many."""
    statement = (
        sa.select(SecurityNote.at)
        .where(
            SecurityNote.kind == kind,
            SecurityNote.at > now() - WINDOW,
            SecurityNote.detail["account"].as_string() == mark(email),
        )
        .order_by(SecurityNote.at.desc())
        .limit(most)
    )
    return list(db.session.scalars(statement))


def check(email: str) -> None:
    """Refusal `too_many_tries` after MOST_FAILURES failures within the window; it lifts by itself."""
    failures = recent(FAILED, email, MOST_FAILURES)
    if len(failures) == MOST_FAILURES:
        seconds = math.ceil((failures[-1] + WINDOW - now()).total_seconds())
        raise TOO_MANY_TRIES(minutes=math.ceil(seconds / 60), retry_after=seconds)


def note_failure(email: str) -> None:
    """Write a failed sign-in down; outside any unit of work."""
    db.session.rollback()
    address, request_id = request.remote_addr or "", g.get("request_id")
    security.note(FAILED, address=address, request_id=request_id, account=mark(email))


def note_reset(email: str) -> None:
    """Write down, in the running unit of work, that a new password was asked for."""
    db.session.add(
        SecurityNote(
            id=new_id("sec"),
            kind=RESET_ASKED,
            address=(request.remote_addr or "")[:45],
            request_id=g.get("request_id"),
            detail={"account": mark(email)},
        )
    )
