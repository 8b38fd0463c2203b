"""The second half of signing in: a code, a recovery code, or a passkey, which needs no first half."""

from __future__ import annotations

from typing import Final

from flask import flash, jsonify, make_response, redirect, render_template, request, session
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import guessing, passkeys, people, second_factors, throttle
from app.accounts.models import Person
from app.accounts.passkeys import PASSKEY_FAILED
from app.kernel.errors import NOT_THERE, UNAUTHENTICATED, Refusal, refusal
from app.kernel.values import N_
from app.kernel.work import unit_of_work
from app.web.auth import HALF, enter, login_page, pages, remember, typed
from app.web.core import throttle as here
from app.web.core.protection import local_path

CODE_MOST_CHARS: Final = 40
CEREMONY: Final = "ceremony"
"""Where the signed cookie keeps the token of a passkey's challenge."""

AGAIN_FROM_THE_START = refusal(
    "sign_in_again", UNAUTHENTICATED, N_("That took too long. Sign in again from the start.")
)


def _half() -> tuple[str, Person] | None:
    """The token and person of the session that waits in this browser for its second factor."""
    token = str(session.get(HALF, ""))
    found = people.session_of(token, half=True) if token else None
    return (token, found[1]) if found is not None else None


@pages.get("/login/code")
def second_step() -> BaseResponse:
    """Ask for the code; whoever has not given a password starts there."""
    where = local_path(request.args.get("next"))
    if _half() is None:
        return login_page(email="", where=where)
    return _page(where)


@pages.post("/login/code")
def show_code() -> BaseResponse:
    """A code of the app, or a recovery code: then the session opens, under a new token."""
    where = local_path(request.form.get("next"))
    waiting = _half()
    if waiting is None:
        return login_page(email="", where=where, refused=AGAIN_FROM_THE_START())
    token, person = waiting
    person_id, email = person.id, person.email
    try:
        attempt = guessing.guess_code(person_id)
        with unit_of_work():
            proof = second_factors.prove(person_id, typed("code", CODE_MOST_CHARS))
            attempt.succeeded()
            token = people.elevate(token, proof=proof)
    except Refusal as refused:
        if refused.kind is UNAUTHENTICATED:
            return login_page(email="", where=where, refused=AGAIN_FROM_THE_START())
        if refused.code == second_factors.WRONG_CODE.code:
            here.note_failure(email)
        return _page(where, refused)
    response = redirect(where or "/work", 303)
    remember(token, person)
    here.know_device(response, email)
    if proof == "recovery":
        left = second_factors.recovery_codes_left(person_id)
        flash(ngettext("%(num)d recovery code is left.", "%(num)d recovery codes are left.", left), "waiting")
    return response


def _page(where: str | None, refused: Refusal | None = None) -> BaseResponse:
    error = i18n.speak(refused) if refused is not None else None
    page = render_template("auth/second_factor.html", next_url=where, error=error, passkeys=passkeys.possible())
    response = make_response(page, refused.kind.status if refused is not None else 200)
    here.retry_after(response, refused)
    return response


# Passkeys, with script only -------------------------------------------------------------------------------------------


@pages.post("/login/passkey/begin")
def begin_passkey() -> BaseResponse:
    """A challenge for whatever passkey this browser has for us; no account is named."""
    if not passkeys.possible():
        raise NOT_THERE()
    with unit_of_work():
        throttle.take(throttle.CEREMONY, throttle.site(here.address()))
        token, options = passkeys.begin_sign_in()
    session[CEREMONY] = token
    return jsonify(options)


@pages.post("/login/passkey")
def show_passkey() -> BaseResponse:
    """The authenticator's answer: it stands for both factors."""
    where = local_path(request.form.get("next"))
    with unit_of_work():  # whatever comes of it, the challenge is spent
        person = passkeys.sign_in(str(session.pop(CEREMONY, "")), request.form.get("answer", ""))
        person_id = person.id if person is not None else None
    if person_id is None:
        return login_page(email="", where=where, refused=PASSKEY_FAILED())
    response = redirect(where or "/work", 303)
    enter(response, person_id, proof="passkey")
    return response
