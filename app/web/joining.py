"""Signing an organisation up: apply, prove the address by the mailed link, then come in as its administrator.

Nothing is said of people: whether the address is known, the answer is the same. A link is opened by a button and not
by looking at it, because mail scanners look at links too.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import applications
from app.accounts.actions.organisations import CREDIT_CODE_TAKEN
from app.accounts.admission_schemas import SignUpInput
from app.accounts.schemas import KIND_TITLES
from app.kernel.errors import ALREADY_THERE, Refusal
from app.kernel.work import unit_of_work
from app.web.core import forms

pages = Blueprint("joining", __name__)

TOKEN_MOST_CHARS = 100


@pages.get("/join")
def join() -> BaseResponse:
    """The form."""
    return _page({})


@pages.post("/join")
def apply() -> BaseResponse:
    """Take the application and mail the link."""
    given = forms.decode(SignUpInput, request.form)
    try:
        applied = forms.load(SignUpInput, given)
        with unit_of_work():
            applications.apply(applied, network_address=request.remote_addr or "")
    except Refusal as refused:
        return _page(given, refused)
    return make_response(render_template("work/join.html", sent_to=applied["email"]))


@pages.get("/applications/<token>")
def application(token: str) -> str:
    """What was applied for, and the button that proves the address."""
    return _application_page(token)


@pages.post("/applications/<token>")
def confirm(token: str) -> BaseResponse:
    """The address is proved: the application goes to the operator, and its sender becomes the administrator."""
    person_id = str(current_user.person_id) if current_user.is_authenticated else None
    try:
        with unit_of_work():
            invitation = applications.confirm(
                token[:TOKEN_MOST_CHARS], person_id=person_id, request_id=g.get("request_id")
            )
    except Refusal as refused:
        if refused.code == ALREADY_THERE.code:  # two were confirmed at once with one credit code
            refused = CREDIT_CODE_TAKEN()
        if refused.code != CREDIT_CODE_TAKEN.code:
            raise
        return make_response(_application_page(token, refused), refused.kind.status)
    return redirect(url_for("auth.invitation", token=invitation), 303)


def _application_page(token: str, refused: Refusal | None = None) -> str:
    found = applications.peek(token[:TOKEN_MOST_CHARS])
    given = found.given
    return render_template(
        "work/application.html",
        action=f"/applications/{token}",
        about=[
            (_("Name in Chinese"), given["name_zh"]),
            (_("Name in English"), given["name_en"] or None),
            (_("Kinds"), i18n.speak([KIND_TITLES[kind] for kind in given["kinds"]])),
            (_("Unified social credit code"), given["credit_code"]),
            (_("E-mail of the first administrator"), found.email),
        ],
        errors=forms.error_list(refused) if refused is not None else [],
    )


def _page(given: dict[str, Any], refused: Refusal | None = None) -> BaseResponse:
    errors = forms.error_list(refused) if refused is not None else []
    controls = forms.form_fields(SignUpInput, given, errors)
    page = render_template("work/join.html", controls=controls, errors=forms.anchored(errors, controls))
    response = make_response(page, refused.kind.status if refused is not None else 200)
    if refused is not None and "retry_after" in refused.params:
        response.headers["Retry-After"] = str(refused.params["retry_after"])
    return response
