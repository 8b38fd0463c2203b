"""Who you are: sign in and out, the organisation acted for, the language, passwords by link, invitations.

The slow hash of a password is computed between transactions: read, verify, then write in a unit of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import people
from app.accounts.actions import memberships
from app.accounts.models import LANGUAGES, Membership, Organisation, Person, SingleUseLink
from app.accounts.people import LINK_DEAD, PASSWORD_LEAST, SIGN_IN_FAILED
from app.accounts.schemas import JoinInput
from app.http import SignedIn
from app.kernel.actors import ROLE_TITLES, SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import NOT_THERE, SIGN_IN, Refusal
from app.kernel.events import history, owe
from app.kernel.lifecycle import find
from app.kernel.values import N_
from app.kernel.work import unit_of_work
from app.web.core import throttle
from app.web.core.directory import names
from app.web.core.forms import error_list, load
from app.web.core.protection import local_path

pages = Blueprint("auth", __name__)

EMAIL_MOST_CHARS: Final = 200
TOKEN_MOST_CHARS: Final = 100
LANGUAGE_COOKIE_SECONDS: Final = 365 * 24 * 3600
AGAIN_DIFFERS: Final = N_("The two passwords differ.")

Errors = list[tuple[str | None, str]]


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
    return _login_page(email="", where=where)


@pages.post("/login")
def sign_in() -> BaseResponse:
    """E-mail and password; one answer for every failure."""
    email, where = typed("email"), local_path(request.form.get("next"))
    try:
        throttle.check(email)
        person_id = people.check_password(email, request.form.get("password", "")).id
    except Refusal as refused:
        if refused.code == SIGN_IN_FAILED.code:
            throttle.note_failure(email)
        return _login_page(email=email, where=where, refused=refused)
    with unit_of_work():
        person = db.session.get_one(Person, person_id)
        if current_user.is_authenticated:
            people.close_session(current_user.token)
        token = people.open_session(person)
    remember(token, person)
    return redirect(where or "/work", 303)


def _login_page(*, email: str, where: str | None, refused: Refusal | None = None) -> BaseResponse:
    error = i18n.speak(refused) if refused is not None else None
    page = render_template("auth/login.html", email=email, next_url=where, error=error)
    response = make_response(page, refused.kind.status if refused is not None else 200)
    if refused is not None and "retry_after" in refused.params:
        response.headers["Retry-After"] = str(refused.params["retry_after"])
    return response


def remember(token: str, person: Person) -> None:
    """Let the browser carry a new session; nothing of the one before it stays, so none can be planted."""
    session.clear()
    login_user(SignedIn(token, person.id, None, person.name, person.language))


@pages.post("/logout")
def sign_out() -> BaseResponse:
    """End this browser's session, in the database too."""
    if current_user.is_authenticated:
        with unit_of_work():
            people.close_session(current_user.token)
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


# A new password ------------------------------------------------------------------------------------------------------


@pages.get("/forgotten")
def forgotten() -> str:
    """Ask for a link."""
    return render_template("auth/forgotten.html", email="")


@pages.post("/forgotten")
def send_link() -> str:
    """Mail a link, if the address has an account; the answer is the same for every address."""
    email = typed("email").lower()
    asked = len(throttle.recent(throttle.RESET_ASKED, email, throttle.MOST_RESETS))
    with unit_of_work():
        throttle.note_reset(email)
        person = db.session.scalar(db.select(Person).where(Person.email == email, Person.active))
        if person is not None and asked < throttle.MOST_RESETS:
            token = people.make_link("reset", person_id=person.id)
            link = f"{current_app.config['BASE_URL']}/password/{token}"
            owe(db.session(), "mail", {"to": person.email, "template": "reset", "link": link})
    minutes = int(people.RESET_LIFE.total_seconds() // 60)
    return render_template("auth/forgotten.html", sent=True, valid_minutes=minutes)


@pages.get("/password/<token>")
def new_password(token: str) -> BaseResponse:
    """The page behind the link."""
    try:
        people.peek_link("reset", token[:TOKEN_MOST_CHARS])
    except Refusal as refused:
        return _set_password_page(token, dead=refused)
    return _set_password_page(token)


@pages.post("/password/<token>")
def save_password(token: str) -> BaseResponse:
    """Take the link, store the password, end every session that the old one opened."""
    try:
        link = people.peek_link("reset", token[:TOKEN_MOST_CHARS])
        email = db.session.get_one(Person, link.person_id).email
        hashed = hashed_twice_typed(email)
        with unit_of_work():
            link = people.use_link("reset", token)
            people.set_password(db.session.get_one(Person, link.person_id), hashed)
    except Refusal as refused:
        if refused.code == LINK_DEAD.code:
            return _set_password_page(token, dead=refused)
        return _set_password_page(token, errors=error_list(refused), status=refused.kind.status)
    flash(_("Your new password is saved. Sign in with it."), "good")
    return redirect(url_for("auth.login"), 303)


def hashed_twice_typed(email: str) -> str:
    """The hash of the new password of the form, typed twice; outside any transaction, for it takes its time."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise people.WEAK_PASSWORD(fields={"again": [AGAIN_DIFFERS]})
    db.session.rollback()
    return people.hash_password(password, email=email)


def _set_password_page(
    token: str, *, errors: Sequence[tuple[str | None, str]] = (), status: int = 200, dead: Refusal | None = None
) -> BaseResponse:
    page = render_template(
        "auth/set_password.html",
        action=url_for("auth.save_password", token=token),
        errors=list(errors),
        min_length=PASSWORD_LEAST,
        expired=i18n.speak(dead) if dead is not None else None,
    )
    return make_response(page, dead.kind.status if dead is not None else status)


# Invitations ---------------------------------------------------------------------------------------------------------


@pages.get("/invitations/<token>")
def invitation(token: str) -> BaseResponse:
    """What one is invited to; whoever has an account signs in first."""
    membership, known = _invited(token)
    if known is not None and not _is_me(known):
        return _sign_in_first(token, known)
    return _invitation_page(token, membership, known=known is not None)


@pages.post("/invitations/<token>")
def accept_invitation(token: str) -> BaseResponse:
    """Take the place: as oneself, or as a new person with name and password; then signed in for the organisation."""
    membership, known = _invited(token)
    if known is not None and not _is_me(known):
        return _sign_in_first(token, known)
    try:
        given = _myself(known) if known is not None else _newcomer(membership)
        person, login_token = _join(token, given, known=known is not None)
    except Refusal as refused:
        membership, known = _invited(token)  # refuses for good if somebody used the link meanwhile
        return _invitation_page(token, membership, known=known is not None, refused=refused)
    remember(login_token, person)
    return redirect("/work", 303)


def _invited(token: str) -> tuple[Membership, Person | None]:
    """The membership behind the link and the person who has its address already."""
    link: SingleUseLink = people.peek_link("invite", token[:TOKEN_MOST_CHARS])
    membership = find(Membership, str(link.membership_id), SYSTEM_ACTOR)
    if membership.state != "invited":
        raise LINK_DEAD()
    return membership, db.session.scalar(db.select(Person).where(Person.email == membership.email))


def _is_me(person: Person) -> bool:
    return bool(current_user.is_authenticated and current_user.person_id == person.id)


def _sign_in_first(token: str, person: Person) -> BaseResponse:
    if current_user.is_authenticated:
        flash(_("This invitation is for %(email)s. Sign out, then open it again.", email=person.email), "waiting")
        return redirect("/work", 303)
    flash(_("Sign in as %(email)s to accept the invitation.", email=person.email), "info")
    return redirect(url_for("auth.login", next=url_for("auth.invitation", token=token)), 303)


def _myself(person: Person) -> dict[str, Any]:
    return {"name": person.name, "language": person.language}


def _newcomer(membership: Membership) -> dict[str, Any]:
    email = membership.email
    given: dict[str, Any] = load(JoinInput, {"name": request.form.get("name", ""), "language": i18n.language()})
    return given | {"password_hash": hashed_twice_typed(email)}


def _join(token: str, given: dict[str, Any], *, known: bool) -> tuple[Person, str]:
    """Link, membership, person and session in one transaction."""
    with unit_of_work():
        link = people.use_link("invite", token)
        membership = find(Membership, str(link.membership_id), SYSTEM_ACTOR, lock=True)
        there = db.session.scalar(db.select(Person.id).where(Person.email == membership.email)) is not None
        if there and not known:
            raise SIGN_IN_FAILED()  # somebody made an account with this address since: they have to prove it is theirs
        memberships.join(membership, SYSTEM_ACTOR, **given)
        person = db.session.get_one(Person, membership.person_id)
        if current_user.is_authenticated:
            people.close_session(current_user.token)
        login_token = people.open_session(person)
        db.session.flush()
        people.switch(login_token, membership.org_id, person.id)
    return person, login_token


def _invitation_page(
    token: str, membership: Membership, *, known: bool, refused: Refusal | None = None
) -> BaseResponse:
    organisation = db.session.get_one(Organisation, membership.org_id).name(i18n.language())
    heard = history(db.session(), [membership.id])
    host = heard[-1][0].person_id if heard else None
    page = render_template(
        "auth/set_password.html",
        action=url_for("auth.accept_invitation", token=token),
        invitation={
            "org": organisation,
            "by": names([host]).get(host or "") or organisation,
            "roles": [i18n.say(ROLE_TITLES[role]) for role in membership.roles],
            "email": membership.email,
        },
        known=known,
        values={"name": request.form.get("name", "")},
        errors=error_list(refused) if refused is not None else [],
        min_length=PASSWORD_LEAST,
    )
    return make_response(page, refused.kind.status if refused is not None else 200)
