"""What the throttles of accounts ask of a request: from where it comes, and whether this browser is known here."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Final

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from app.accounts import guessing, throttle
from app.accounts.guessing import Attempt
from app.kernel import security
from app.kernel.db import db
from app.kernel.errors import Refusal

FAILED: Final = "sign_in_failed"
DEVICE_COOKIE: Final = "known"
DEVICE_SECONDS: Final = 180 * 24 * 3600
DEVICE_BYTES: Final = 16


def address() -> str:
    """The network address of the caller, as far as our own proxies vouch for it (PROXY_HOPS)."""
    return (request.remote_addr or "")[:45]


def begin(email: str) -> Attempt:
    """Count an attempt at an account, before anything is looked at; a refusal when the account or network rests."""
    db.session.rollback()
    return guessing.begin(email, address(), device=_device_of(email))


def note_failure(email: str) -> None:
    """Write a failed attempt down; outside any unit of work."""
    db.session.rollback()
    security.note(FAILED, address=address(), request_id=g.get("request_id"), account=throttle.mark(email))


# A browser in which the account has signed in before ------------------------------------------------------------------


def _signer() -> URLSafeTimedSerializer:
    keys = [*reversed(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="known device")


def _cookie_name() -> str:
    return f"__Host-{DEVICE_COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else DEVICE_COOKIE


def _device_of(email: str) -> str | None:
    """What this browser's cookie says, if it was given for this very account."""
    with suppress(BadData, ValueError, TypeError):
        account, device = _signer().loads(request.cookies.get(_cookie_name(), ""), max_age=DEVICE_SECONDS)
        if account == throttle.mark(email):
            return str(device)[:64]
    return None


def know_device(response: BaseResponse, email: str) -> None:
    """Remember that the account has signed in here: whoever tries it elsewhere does not lock this browser out."""
    value = _signer().dumps([throttle.mark(email), _device_of(email) or secrets.token_hex(DEVICE_BYTES)])
    response.set_cookie(
        _cookie_name(), str(value), max_age=DEVICE_SECONDS, path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]), httponly=True, samesite="Lax",
    )  # fmt: skip


def retry_after(response: Response | BaseResponse, refused: Refusal | None) -> None:
    """Say when the refusal lifts, where it does by itself."""
    if refused is not None and "retry_after" in refused.params:
        response.headers["Retry-After"] = str(refused.params["retry_after"])


# Mails that strangers ask for -----------------------------------------------------------------------------------------


def take_reset(email: str) -> bool:
    """Count a request for a link, in the running unit of work; False when the account gets no further mail now.

    Nothing is said of it to whoever asks; only a network that asks for very many is refused.
    """
    throttle.take(throttle.RESET_ADDRESS, throttle.site(address()))
    try:
        throttle.take(throttle.RESET, throttle.mark(email))
    except Refusal:
        return False
    return True
