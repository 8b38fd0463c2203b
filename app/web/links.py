"""Links that came by mail: a new password, and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import consents, people
from app.accounts.actions import memberships
from app.accounts.consents import EDITIONS
from app.accounts.models import Membership, Organisation, Person, SingleUseLink
from app.accounts.passwords import PASSWORD_LEAST
from app.accounts.people import LINK_DEAD, SIGN_IN_FAILED
from app.accounts.schemas import JoinInput
from app.kernel.actors import ROLE_TITLES, SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import history, owe
from app.kernel.lifecycle import find
from app.kernel.values import N_
from app.kernel.work import unit_of_work
from app.web.auth import TOKEN_MOST_CHARS, pages, remember, typed
from app.web.core import throttle
from app.web.core.devices import device_hint
from app.web.core.directory import names
from app.web.core.forms import error_list, load

AGAIN_DIFFERS: Final = N_("The two passwords differ.")

Errors = list[tuple[str | None, str]]

# A new password ------------------------------------------------------------------------------------------------------


@pages.get("/forgotten")
def forgotten() -> str:
    """Ask for a link."""
    return render_template("auth/forgotten.html", email="")


@pages.post("/forgotten")
def send_link() -> BaseResponse:
    """Have a link mailed, if the address has an account. Answer, work and time are the same for every address: whether
    there is anybody is looked up by the worker.
    """
    email = typed("email").lower()
    try:
        with unit_of_work():
            if throttle.take_reset(email):
                owe(db.session(), "reset_link", {"to": email})
    except Refusal as refused:
        page = render_template("auth/forgotten.html", email=email, error=i18n.speak(refused))
        response = make_response(page, refused.kind.status)
        throttle.retry_after(response, refused)
        return response
    minutes = int(people.RESET_LIFE.total_seconds() // 60)
    return make_response(render_template("auth/forgotten.html", sent=True, valid_minutes=minutes))


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
        owner = db.session.get_one(Person, link.person_id)
        hashed = hashed_twice_typed(owner.email, *people.known_of(owner))
        with unit_of_work():
            link = people.use_link("reset", token)
            owner = db.session.get_one(Person, link.person_id)
            people.set_password(owner, hashed)
    except Refusal as refused:
        if refused.code == LINK_DEAD.code:
            return _set_password_page(token, dead=refused)
        return _set_password_page(token, errors=error_list(refused), status=refused.kind.status)
    flash(_("Your new password is saved. Sign in with it."), "good")
    response = redirect(url_for("auth.login"), 303)
    throttle.know_device(response, owner.email)  # so that strangers who try the account do not keep its owner out
    return response


def hashed_twice_typed(email: str, *about: str) -> str:
    """The hash of the new password of the form, typed twice; outside any transaction, for it takes its time."""
    password = request.form.get("password", "")
    if people.normal(password) != people.normal(request.form.get("again", "")):
        raise people.WEAK_PASSWORD(fields={"again": [AGAIN_DIFFERS]})
    db.session.rollback()
    return people.hash_password(password, email=email, about=about)


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
    """An identity provider speaks for its own organisation: it accepts no invitation to another one."""
    mine = current_user.is_authenticated and current_user.person_id == person.id
    return bool(mine and current_user.sign_on_org_id is None)


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
    organisation = db.session.get_one(Organisation, membership.org_id)
    about = (given["name"], organisation.name_zh, organisation.name_en)
    return given | {"password_hash": hashed_twice_typed(email, *about)}


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
        agreed = EDITIONS if request.form.get("agree") else consents.agreed_when_applying(person.email)
        for name, edition in agreed.items():
            consents.answer(person.id, name, edition, given=True, channel="invitation")
        login_token = current_user.token if known else _first_session(person)
        db.session.flush()
        people.switch(login_token, membership.org_id, person.id)
    return person, login_token


def _first_session(person: Person) -> str:
    if current_user.is_authenticated:
        people.close_session(current_user.token)
    return people.open_session(person, device=device_hint(), address=throttle.address())


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
        agreed=consents.agreed_when_applying(membership.email) == EDITIONS,
        values={"name": request.form.get("name", "")},
        errors=error_list(refused) if refused is not None else [],
        min_length=PASSWORD_LEAST,
    )
    return make_response(page, refused.kind.status if refused is not None else 200)
