"""How one proves who one is: the authenticator app, recovery codes, passkeys. Changed only by who has just proved it.

These are the only pages that a session sees which lacks the second factor that its role needs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec

import segno
from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import guessing, passkeys, people, second_factors
from app.accounts.guessing import Attempt
from app.accounts.models import Person
from app.accounts.passkeys import PASSKEY_REFUSED
from app.accounts.people import SIGN_IN_FAILED
from app.accounts.second_factors import LAST_FACTOR, WRONG_CODE
from app.http import lacks_factor
from app.kernel.db import db
from app.kernel.errors import NOT_THERE, SIGN_IN, Refusal
from app.kernel.values import N_, now
from app.kernel.work import unit_of_work
from app.web.auth import remember, typed
from app.web.core import throttle as here
from app.web.core.forms import error_list
from app.web.core.protection import local_path
from app.web.second_step import CEREMONY, CODE_MOST_CHARS

pages = Blueprint("own_security", __name__, url_prefix="/account/security")

HOME: Final = "/account/security"
QR_SCALE: Final = 4
OWN_PROOFS: Final = ("app", "recovery", "passkey")
WRONG_PASSWORD: Final = N_("This is not your current password.")
NAMELESS: Final = N_("Give the passkey a name by which you will know it.")

P = ParamSpec("P")


@pages.before_request
def _somebody() -> None:
    if not current_user.is_authenticated:
        raise SIGN_IN()


def proved() -> bool:
    """Whether this person has just proved themselves, by a factor where they have one, else by their password."""
    fresh = current_user.proved_at is not None and current_user.proved_at > now() - people.FRESH
    return fresh and (current_user.proof in OWN_PROOFS or not second_factors.has_any(current_user.person_id))


def by_who_has_just_proved_it(view: Callable[P, BaseResponse]) -> Callable[P, BaseResponse]:
    """A borrowed browser changes nothing here: it is asked for the password or a factor first."""

    @wraps(view)
    def guarded(*args: P.args, **given: P.kwargs) -> BaseResponse:
        if not proved():
            return redirect(url_for("own_security.confirm", next=HOME), 303)
        return view(*args, **given)

    return guarded


def _me() -> Person:
    return db.session.get_one(Person, current_user.person_id)


@pages.get("")
def home() -> BaseResponse:
    """What there is, and what may be added."""
    return _page()


def _page(errors: list[tuple[str | None, str]] | None = None, status: int = 200) -> BaseResponse:
    person_id = current_user.person_id
    app = second_factors.app_of(person_id)
    page = render_template(
        "auth/security.html",
        needed=lacks_factor(),
        demanded=second_factors.required() and _demanded(person_id),
        has_app=app is not None and app.confirmed_at is not None,
        codes_left=second_factors.recovery_codes_left(person_id),
        has_any=second_factors.has_any(person_id),
        passkeys=passkeys.of(person_id),
        passkeys_possible=passkeys.possible(),
        errors=errors or [],
    )
    return make_response(page, status)


def _demanded(person_id: str) -> bool:
    """Whether any place that the person holds needs a second factor."""
    held = people.memberships_of(person_id)
    return any(second_factors.demanded(one.organisation.kinds, set(one.roles)) for one in held)


# Proving it once more -------------------------------------------------------------------------------------------------


@pages.get("/confirm")
def confirm() -> BaseResponse:
    """Ask for the password, or for the second factor where there is one."""
    return _confirm_page()


@pages.post("/confirm")
def confirmed() -> BaseResponse:
    """Proved: the session goes on under a new token."""
    person_id, email, token = current_user.person_id, _me().email, current_user.token
    by_code = second_factors.has_any(person_id)
    try:
        attempt = _attempt(person_id, email, by_code=by_code)
        with unit_of_work():
            proof = second_factors.prove(person_id, typed("code", CODE_MOST_CHARS)) if by_code else None
            attempt.succeeded()
            token = people.elevate(token, proof=proof)
            person = _me()
    except Refusal as refused:
        if refused.code in (SIGN_IN_FAILED.code, WRONG_CODE.code):
            here.note_failure(email)
            words = WRONG_PASSWORD if refused.code == SIGN_IN_FAILED.code else WRONG_CODE.words
            return _confirm_page([("code" if by_code else "current", i18n.say(words))], 422)
        response = _confirm_page(error_list(refused), refused.kind.status)
        here.retry_after(response, refused)
        return response
    remember(token, person)
    return redirect(local_path(request.form.get("next")) or HOME, 303)


def _attempt(person_id: str, email: str, *, by_code: bool) -> Attempt:
    """Count the attempt; a password is looked at here, for its hash takes its time, a code inside the transaction."""
    if by_code:
        return guessing.guess_code(person_id)
    attempt = here.begin(email)
    people.check_password(email, request.form.get("current", ""))
    return attempt


def _confirm_page(errors: list[tuple[str | None, str]] | None = None, status: int = 200) -> BaseResponse:
    page = render_template(
        "auth/confirm.html",
        by_code=second_factors.has_any(current_user.person_id),
        email=_me().email,
        next_url=local_path(request.values.get("next")),
        passkeys=passkeys.possible(),
        errors=errors or [],
    )
    return make_response(page, status)


# The authenticator app ------------------------------------------------------------------------------------------------


@pages.post("/app")
@by_who_has_just_proved_it
def begin_app() -> BaseResponse:
    """Make a secret for an app to scan."""
    try:
        with unit_of_work():
            second_factors.begin_app(current_user.person_id)
    except Refusal as refused:
        return _page(error_list(refused), refused.kind.status)
    return redirect(url_for("own_security.show_app"), 303)


@pages.get("/app")
@by_who_has_just_proved_it
def show_app() -> BaseResponse:
    """The secret as a picture and as text, until its first code has come."""
    return _app_page()


@pages.post("/app/confirm")
@by_who_has_just_proved_it
def confirm_app() -> BaseResponse:
    """The first code: the app counts from now on, and the recovery codes are shown, this once."""
    person_id = current_user.person_id
    try:
        attempt = guessing.guess_code(person_id)
        with unit_of_work():
            codes = second_factors.confirm_app(person_id, typed("code", CODE_MOST_CHARS))
            attempt.succeeded()
            token = people.elevate(current_user.token, proof="app")
            person = _me()
    except Refusal as refused:
        response = _app_page(error_list(refused), refused.kind.status)
        here.retry_after(response, refused)
        return response
    remember(token, person)
    return _codes_page(codes)


def _app_page(errors: list[tuple[str | None, str]] | None = None, status: int = 200) -> BaseResponse:
    me = _me()
    app = second_factors.app_of(me.id)
    if app is None or app.confirmed_at is not None:
        return redirect(HOME, 303)
    code = segno.make(second_factors.uri_of(app, email=me.email), error="m")
    secret = second_factors.secret_of(app)
    page = render_template(
        "auth/app.html",
        picture=code.svg_data_uri(scale=QR_SCALE),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        errors=errors or [],
    )
    return make_response(page, status)


@pages.post("/app/remove")
@by_who_has_just_proved_it
def remove_app() -> BaseResponse:
    """The app's codes count no more."""
    return _remove(second_factors.remove_app)


@pages.post("/codes")
@by_who_has_just_proved_it
def new_codes() -> BaseResponse:
    """Ten new recovery codes; the old ones count no more."""
    if not second_factors.has_any(current_user.person_id):
        raise NOT_THERE()
    with unit_of_work():
        codes = second_factors.new_recovery_codes(current_user.person_id)
    return _codes_page(codes)


def _codes_page(codes: list[str]) -> BaseResponse:
    return make_response(render_template("auth/recovery_codes.html", codes=codes))


def _remove(what: Callable[[str], Any]) -> BaseResponse:
    """Take a factor away, unless the person's role needs one and this is the last."""
    person_id = current_user.person_id
    try:
        with unit_of_work():
            what(person_id)
            if second_factors.required() and _demanded(person_id) and not second_factors.has_any(person_id):
                raise LAST_FACTOR()
            second_factors.forget_codes_of_nothing(person_id)
    except Refusal as refused:
        return _page(error_list(refused), refused.kind.status)
    flash(_("Removed."), "good")
    return redirect(HOME, 303)


# Passkeys -------------------------------------------------------------------------------------------------------------


@pages.post("/passkeys/begin")
def begin_passkey() -> BaseResponse:
    """A challenge for a new passkey, as the script hands it to the authenticator."""
    if not passkeys.possible() or not proved():
        raise NOT_THERE()
    with unit_of_work():
        token, options = passkeys.begin_registration(_me())
    session[CEREMONY] = token
    return jsonify(options)


@pages.post("/passkeys")
@by_who_has_just_proved_it
def register_passkey() -> BaseResponse:
    """Keep what the authenticator has made; it counts as both factors."""
    name, first = typed("name", passkeys.NAME_MOST), not second_factors.has_any(current_user.person_id)
    if not name:
        return _page([("name", i18n.say(NAMELESS))], 422)
    codes: list[str] = []
    with unit_of_work():  # whatever comes of it, the challenge is spent
        person = _me()
        made = passkeys.register(person, str(session.pop(CEREMONY, "")), request.form.get("answer", ""), name=name)
        if made is not None and first:
            codes = second_factors.new_recovery_codes(person.id)
        token = people.elevate(current_user.token, proof="passkey") if made is not None else ""
    if made is None:
        return _page(error_list(PASSKEY_REFUSED()), 422)
    remember(token, person)
    if codes:
        return _codes_page(codes)
    flash(_("The passkey is saved."), "good")
    return redirect(HOME, 303)


@pages.post("/passkeys/remove")
@by_who_has_just_proved_it
def remove_passkey() -> BaseResponse:
    """Forget one of one's own passkeys."""
    passkey_id = typed("id", 40)

    def remove(person_id: str) -> None:
        if not passkeys.remove(person_id, passkey_id):
            raise NOT_THERE()

    return _remove(remove)
