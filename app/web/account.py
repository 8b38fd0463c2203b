"""The person's own page: name and language, password, sessions, memberships, API keys. Factors: own_security."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, flash, g, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import people, second_factors
from app.accounts.areas import AREAS
from app.accounts.models import ApiKey, Person
from app.accounts.people import PASSWORD_LEAST, SIGN_IN_FAILED
from app.accounts.schemas import JoinInput
from app.http import actor
from app.kernel.actors import ROLE_TITLES
from app.kernel.db import db
from app.kernel.errors import SIGN_IN, Refusal
from app.kernel.lifecycle import visible
from app.kernel.values import N_
from app.kernel.work import unit_of_work
from app.web.auth import keep_language, remember, typed
from app.web.core import throttle
from app.web.core.forms import error_list, load
from app.web.links import hashed_twice_typed
from app.web.personal import more_of

pages = Blueprint("account", __name__)

HASH_CHARS: Final = 64
KEYS_SHOWN: Final = 50
WRONG_PASSWORD: Final = N_("This is not your current password.")


@pages.before_request
def _somebody() -> None:
    if not current_user.is_authenticated:
        raise SIGN_IN()


@pages.get("/account")
def account() -> BaseResponse:
    """The page itself."""
    return _page()


@pages.post("/account")
def change() -> BaseResponse:
    """Name and language."""
    try:
        given = load(JoinInput, {"name": request.form.get("name", ""), "language": request.form.get("lang", "")})
    except Refusal as refused:
        renamed = [("lang" if name == "language" else name, words) for name, words in error_list(refused)]
        return _page(errors=renamed, status=refused.kind.status, name=request.form.get("name", ""))
    with unit_of_work():
        person = db.session.get_one(Person, current_user.person_id)
        person.name, person.language = given["name"], given["language"]
    g.language = given["language"]
    refresh()  # the answer is in the language just chosen
    flash(_("Saved."), "good")
    response = redirect("/account", 303)
    keep_language(response, given["language"])
    return response


@pages.post("/account/password")
def change_password() -> BaseResponse:
    """A new password for the old one; every other device is signed out, this one gets a new session."""
    me = db.session.get_one(Person, current_user.person_id)
    email, known = me.email, people.known_of(me)
    try:
        attempt = throttle.begin(email)
        people.check_password(email, request.form.get("current", ""))
        hashed = hashed_twice_typed(email, *known)
    except Refusal as refused:
        if refused.code == SIGN_IN_FAILED.code:
            throttle.note_failure(email)
            return _page(errors=[("current", i18n.say(WRONG_PASSWORD))], status=422)
        response = _page(errors=error_list(refused), status=refused.kind.status)
        throttle.retry_after(response, refused)
        return response
    with unit_of_work():
        attempt.succeeded()
        person = db.session.get_one(Person, current_user.person_id)
        people.set_password(person, hashed, keep=current_user.token)
        token = people.elevate(current_user.token)
    remember(token, person)
    flash(_("Your new password is saved. All other devices are signed out."), "good")
    return redirect("/account", 303)


@pages.post("/account/sessions/end")
def end_sessions() -> BaseResponse:
    """Sign out one other device, or all others."""
    person_id, token = current_user.person_id, current_user.token
    with unit_of_work():
        if request.form.get("all"):
            people.close_sessions(person_id, but=token)
        else:
            people.end_session(person_id, typed("id", HASH_CHARS))
    flash(_("Signed out there."), "good")
    return redirect("/account", 303)


def _page(
    *, errors: list[tuple[str | None, str]] | None = None, status: int = 200, name: str | None = None
) -> BaseResponse:
    asking = actor()
    person = db.session.get_one(Person, current_user.person_id)
    page = render_template(
        "work/account.html",
        person={"name": name if name is not None else person.name, "email": person.email},
        memberships=_memberships(person.id, asking.org_id),
        sessions=_sessions(person.id),
        keys=[_key(key) for key in _keys()],
        new_key=_new_key(person.id, asking.org_id),
        second_factor=second_factors.has_any(person.id),
        errors=errors or [],
        min_length=PASSWORD_LEAST,
        **more_of(person, asking),
    )
    return make_response(page, status)


def _memberships(person_id: str, org_id: str | None) -> list[dict[str, Any]]:
    return [
        {
            "org": one.organisation.name(i18n.language()),
            "id": one.org_id,
            "roles": [i18n.say(ROLE_TITLES[role]) for role in one.roles],
            "current": one.org_id == org_id,
        }
        for one in people.memberships_of(person_id)
    ]


def _sessions(person_id: str) -> list[dict[str, Any]]:
    mine = people.hashed(current_user.token)
    return [
        {
            "id": one.token_hash,
            "device": one.device or _("Unknown device"),
            "place": one.address,
            "when": _(
                "since %(begun)s, last used %(seen)s", begun=i18n.when(one.created_at), seen=i18n.when(one.seen_at)
            ),
            "current": one.token_hash == mine,
        }
        for one in people.sessions_of(person_id)
    ]


def _keys() -> list[ApiKey]:
    """One's own live keys for the organisation acted for."""
    asking = actor()
    own = visible(ApiKey, asking).where(
        ApiKey.person_id == asking.person_id, ApiKey.state == "active", ApiKey.account_id.is_(None)
    )
    return list(db.session.scalars(own.order_by(ApiKey.id.desc()).limit(KEYS_SHOWN)))


def _key(key: ApiKey) -> dict[str, Any]:
    """A key for its row: what it may do and where, until when, and when it was last used."""
    scope = _("Read only") if key.scope == "read" else _("Read and write")
    everywhere = set(key.areas) >= set(AREAS)
    areas = [] if everywhere else [i18n.say(AREAS[area]) for area in key.areas if area in AREAS]
    used = _("last used %(when)s", when=i18n.when(key.used_at)) if key.used_at else _("never used")
    until = _("until %(when)s", when=i18n.day(key.expires_at))
    return {"title": key.title, "href": f"/api-keys/{key.id}", "bits": [scope, *areas, until, used]}


def _new_key(person_id: str, org_id: str | None) -> str | None:
    """Where a new key is made: the membership's own action."""
    held = next((one for one in people.memberships_of(person_id) if one.org_id == org_id), None)
    return f"/memberships/{held.id}/issue_key" if held is not None else None
