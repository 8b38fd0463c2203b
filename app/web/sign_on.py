"""Signing in through an organisation's identity provider: choose it, go there, come back."""

from __future__ import annotations

import hmac
from typing import Final

from flask import redirect, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import second_factors, sign_on, throttle
from app.accounts.sign_on import SIGN_ON_REFUSED
from app.kernel.errors import Refusal
from app.kernel.work import unit_of_work
from app.web.auth import enter, half_way, login_page, pages, typed
from app.web.core import throttle as here
from app.web.core.protection import local_path

ON_THE_WAY: Final = "sign_on"
"""Where the signed cookie keeps state, nonce and verifier while the browser is at the provider."""
CODE_MOST_CHARS: Final = 2_000


@pages.get("/sign-on")
def choose_sign_on() -> str:
    """Ask for the mail address, whose domain says which organisation it is."""
    return render_template("auth/sign_on.html", email="", next_url=local_path(request.args.get("next")))


@pages.post("/sign-on")
def sign_ons() -> str:
    """The organisations that name this domain. Nothing is said of people, and a link leads on: forms stay here."""
    email = typed("email")
    found = [(one.id, one.title, org.name(i18n.language())) for one, org in sign_on.offered_for(email)]
    where = local_path(request.form.get("next"))
    error = None if found else _("No organisation here signs in with this mail domain.")
    return render_template("auth/sign_on.html", email=email, found=found, error=error, next_url=where)


@pages.get("/sign-on/<id:sign_on_id>")
def go_to_provider(sign_on_id: str) -> BaseResponse:
    """Lead the browser to the provider with a challenge that only this browser can answer."""
    try:
        with unit_of_work():  # each costs a call outside
            throttle.take(throttle.CEREMONY, throttle.site(here.address()))
        where, kept = sign_on.begin(sign_on.in_use(sign_on_id))
    except Refusal as refused:
        return _failed(refused)
    session[ON_THE_WAY] = kept | {"next": local_path(request.args.get("next")) or ""}
    return redirect(where, 303)


@pages.get("/sign-on/callback")
def come_back() -> BaseResponse:
    """Back from the provider: the answer counts once, in the browser that has asked, and opens a session.

    The one page that writes though it is opened by a link: the provider leads the browser here.
    """
    kept = session.pop(ON_THE_WAY, None)
    if not isinstance(kept, dict) or not _same(kept.get("state"), request.args.get("state")):
        return _failed(SIGN_ON_REFUSED())
    try:
        config = sign_on.in_use(str(kept.get("sign_on")))
        code = request.args.get("code", "")[:CODE_MOST_CHARS]
        if not code or "error" in request.args:
            raise SIGN_ON_REFUSED()
        claims = sign_on.finish(config, code=code, verifier=str(kept["verifier"]), nonce=str(kept["nonce"]))
        with unit_of_work():
            person_id, org_id, counts = sign_on.person_of(str(kept["sign_on"]), claims, language=i18n.language())
    except Refusal as refused:
        return _failed(refused)
    return _opened(person_id, org_id, counts=counts, where=local_path(str(kept.get("next") or "")))


def _opened(person_id: str, org_id: str, *, counts: bool, where: str | None) -> BaseResponse:
    """The session acts for the provider's organisation alone; a second factor of ours is asked for, if there is one."""
    if not counts and second_factors.has_any(person_id):
        return half_way(person_id, None, where, sign_on_org_id=org_id)
    response = redirect(where or "/work", 303)
    enter(response, person_id, proof="sign_on" if counts else None, sign_on_org_id=org_id)
    return response


def _same(kept: object, given: str | None) -> bool:
    return isinstance(kept, str) and bool(kept) and hmac.compare_digest(kept.encode(), (given or "").encode())


def _failed(refused: Refusal) -> BaseResponse:
    return login_page(email="", where=None, refused=refused)
