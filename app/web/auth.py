"""Who you are: sign in and out, the organisation acted for, the language.

The slow hash of a password is computed between transactions: count the attempt, read and verify, then write.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, current_app, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import passkeys, people, second_factors
from app.accounts.guessing import Attempt
from app.accounts.models import LANGUAGES, Person
from app.accounts.people import SIGN_IN_FAILED
from app.http import SignedIn
from app.kernel.db import db
from app.kernel.errors import NOT_THERE, SIGN_IN, Refusal
from app.kernel.work import unit_of_work
from app.web.core import throttle
from app.web.core.devices import device_hint
from app.web.core.protection import local_path

pages = Blueprint("auth", __name__)

EMAIL_MOST_CHARS: Final = 200
TOKEN_MOST_CHARS: Final = 100
LANGUAGE_COOKIE_SECONDS: Final = 365 * 24 * 3600
HALF: Final = "half"
"""Where the signed cookie keeps the token of a session that waits for its second factor."""


def typed(name: str, most: int = EMAIL_MOST_CHARS) -> str:
    """A short text of the form; NUL, which no database takes, is dropped."""
    return request.form.get(name, "").replace("\0", "").strip()[:most]


# Sign in and out -----------------------------------------------------------------------------------------------------


@pages.get("/login")
def login() -> BaseResponse:
    """The sign-in page; whoever is signed in goes on to where they wanted."""
    where = local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(where or "/work", 303)
    return login_page(email="", where=where)


@pages.post("/login")
def sign_in() -> BaseResponse:
    """E-mail and password; one answer for every failure. Who has a second factor is asked for it next."""
    email, where = typed("email"), local_path(request.form.get("next"))
    try:
        attempt = throttle.begin(email)
        person_id = people.check_password(email, request.form.get("password", "")).id
    except Refusal as refused:
        if refused.code == SIGN_IN_FAILED.code:
            throttle.note_failure(email)
        return login_page(email=email, where=where, refused=refused)
    if second_factors.has_any(person_id):
        return half_way(person_id, attempt, where)
    response = redirect(where or "/work", 303)
    enter(response, person_id, attempt)
    return response


def half_way(
    person_id: str, attempt: Attempt | None, where: str | None, *, sign_on_org_id: str | None = None
) -> BaseResponse:
    """The first factor is right; a session that opens nothing waits for the second."""
    with unit_of_work():
        if attempt is not None:
            attempt.succeeded()
        _close_present()
        person = db.session.get_one(Person, person_id)
        token = people.open_session(
            person, half=True, sign_on_org_id=sign_on_org_id, device=device_hint(), address=throttle.address()
        )
    logout_user()
    session.clear()
    session[HALF] = token
    return redirect(url_for("auth.second_step", next=where) if where else url_for("auth.second_step"), 303)


def enter(
    response: BaseResponse,
    person_id: str,
    attempt: Attempt | None = None,
    *,
    proof: str | None = None,
    sign_on_org_id: str | None = None,
) -> None:
    """Open a session in this browser and know it again; whatever session it had before ends."""
    with unit_of_work():
        if attempt is not None:
            attempt.succeeded()
        _close_present()
        person = db.session.get_one(Person, person_id)
        token = people.open_session(
            person, proof=proof, sign_on_org_id=sign_on_org_id, device=device_hint(), address=throttle.address()
        )
    remember(token, person)
    throttle.know_device(response, person.email)


def _close_present() -> None:
    """No session outlives a new sign-in in the same browser, a half one neither."""
    if current_user.is_authenticated:
        people.close_session(current_user.token)
    if HALF in session:
        people.close_session(str(session[HALF]))


def login_page(*, email: str, where: str | None, refused: Refusal | None = None) -> BaseResponse:
    """The page with what was typed and why it was refused."""
    error = i18n.speak(refused) if refused is not None else None
    page = render_template(
        "auth/login.html", email=email, next_url=where, error=error, passkeys=passkeys.possible(), organisations=True
    )
    response = make_response(page, refused.kind.status if refused is not None else 200)
    throttle.retry_after(response, refused)
    return response


def remember(token: str, person: Person) -> None:
    """Let the browser carry a new session; nothing of the one before it stays, so none can be planted."""
    session.clear()
    login_user(SignedIn(token, person))


@pages.post("/logout")
def sign_out() -> BaseResponse:
    """End this browser's session, in the database too."""
    if current_user.is_authenticated or HALF in session:
        with unit_of_work():
            _close_present()
        logout_user()
        session.clear()
    return redirect("/", 303)


# Organisation and language -------------------------------------------------------------------------------------------


@pages.post("/organisation")
def switch() -> BaseResponse:
    """Act for another of one's organisations."""
    if not current_user.is_authenticated:
        raise SIGN_IN()
    with unit_of_work():
        if not people.switch(current_user.token, typed("org"), current_user.person_id):
            raise NOT_THERE()
    return redirect(local_path(request.form.get("next")) or "/work", 303)


@pages.post("/language")
def speak() -> BaseResponse:
    """Read the pages in Chinese or English: kept with the person, and in a cookie for the next sign-in."""
    where = local_path(request.form.get("next")) or "/"
    chosen = request.form.get("lang", "")
    response = redirect(where, 303)
    if chosen not in LANGUAGES:
        return response
    if current_user.is_authenticated:
        with unit_of_work():
            db.session.get_one(Person, current_user.person_id).language = chosen
    keep_language(response, chosen)
    return response


def keep_language(response: BaseResponse, chosen: str) -> None:
    """Put the language into a cookie, which holds nothing else."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        "language", chosen, max_age=LANGUAGE_COOKIE_SECONDS, secure=secure, httponly=True, samesite="Lax"
    )
