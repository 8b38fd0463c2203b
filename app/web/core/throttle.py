"""How often an account may be tried, and an organisation apply: counted in the security log, and never for good."""

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
from app.kernel.errors import TOO_MANY, Code, refusal
from app.kernel.security import SecurityNote
from app.kernel.values import N_, new_id, now

WINDOW: Final = timedelta(minutes=15)
MOST_FAILURES: Final = 10
MOST_RESETS: Final = 3
MOST_SIGN_UPS: Final = 5
MARK_CHARS: Final = 32

FAILED: Final = "sign_in_failed"
RESET_ASKED: Final = "reset_asked"
SIGNED_UP: Final = "signed_up"

TOO_MANY_TRIES = refusal(
    "too_many_tries", TOO_MANY, N_("Too many failed sign-ins for this account. Try again in %(minutes)s minutes.")
)
TOO_MANY_APPLICATIONS = refusal(
    "too_many_applications", TOO_MANY, N_("Too many applications from here. Try again in %(minutes)s minutes.")
)


def mark(email: str) -> str:
    """What the log calls an account: a keyed hash, so that the log holds no addresses, not even unknown ones."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, email.strip().lower().encode(), hashlib.sha256).hexdigest()[:MARK_CHARS]


def recent(kind: str, email: str, most: int) -> list[datetime]:
    """When this happened to the account within the window, newest first, at most so many."""
    return _recent(kind, SecurityNote.detail["account"].as_string() == mark(email), most)


def _recent(kind: str, whose: sa.ColumnElement[bool], most: int) -> list[datetime]:
    statement = sa.select(SecurityNote.at).where(SecurityNote.kind == kind, SecurityNote.at > now() - WINDOW, whose)
    return list(db.session.scalars(statement.order_by(SecurityNote.at.desc()).limit(most)))


def check(email: str) -> None:
    """Refusal `too_many_tries` after MOST_FAILURES failures within the window; it lifts by itself."""
    _refuse(TOO_MANY_TRIES, recent(FAILED, email, MOST_FAILURES), MOST_FAILURES)


def check_sign_ups() -> None:
    """Refusal `too_many_applications` after MOST_SIGN_UPS from one network address within the window."""
    here = SecurityNote.address == _address()
    _refuse(TOO_MANY_APPLICATIONS, _recent(SIGNED_UP, here, MOST_SIGN_UPS), MOST_SIGN_UPS)


def _refuse(code: Code, moments: list[datetime], most: int) -> None:
    if len(moments) < most:
        return
    seconds = math.ceil((moments[-1] + WINDOW - now()).total_seconds())
    raise code(minutes=math.ceil(seconds / 60), retry_after=seconds)


def _address() -> str:
    return (request.remote_addr or "")[:45]


def note_failure(email: str) -> None:
    """Write a failed sign-in down; outside any unit of work."""
    db.session.rollback()
    security.note(FAILED, address=_address(), request_id=g.get("request_id"), account=mark(email))


def note_reset(email: str) -> None:
    """Write down, in the running unit of work, that a new password was asked for."""
    _add(RESET_ASKED, account=mark(email))


def note_sign_up() -> None:
    """Write down, in the running unit of work, that an organisation applied from here."""
    _add(SIGNED_UP)


def _add(kind: str, **detail: str) -> None:
    note = SecurityNote(id=new_id("sec"), kind=kind, address=_address(), request_id=g.get("request_id"), detail=detail)
    db.session.add(note)
