"""Signing an organisation up: it applies, and its first admin is invited by mail, which proves the address.

Nothing is said of people: whether the address is known, the answer is the same.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, g, make_response, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.actions import memberships, organisations
from app.accounts.actions.organisations import CREDIT_CODE_TAKEN
from app.accounts.models import Organisation
from app.accounts.schemas import OrganisationInput
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import ALREADY_THERE, Refusal
from app.kernel.shapes import EmailAddress
from app.kernel.values import N_, new_id
from app.kernel.work import unit_of_work
from app.web.core import forms, throttle

pages = Blueprint("joining", __name__)

FIRST_ROLES: Final = ["org_admin"]


class SignUpInput(OrganisationInput):
    """A new organisation and the address of its first admin."""

    email = EmailAddress(
        required=True,
        metadata={
            "title": N_("E-mail of the first administrator"),
            "hint": N_("A link goes there, which proves that the address is yours."),
            "kind": "email",
        },
    )


@pages.get("/join")
def join() -> BaseResponse:
    """The form."""
    return _page({})


@pages.post("/join")
def apply() -> BaseResponse:
    """Take the application and mail the link."""
    given = forms.decode(SignUpInput, request.form)
    try:
        throttle.check_sign_ups()
        applied = forms.load(SignUpInput, given)
        _apply(applied)
    except Refusal as refused:
        if refused.code == ALREADY_THERE.code:  # two applied at once with one credit code
            refused = CREDIT_CODE_TAKEN(fields={"credit_code": [CREDIT_CODE_TAKEN.words]})
        return _page(given, refused)
    return make_response(render_template("work/join.html", sent_to=applied["email"]))


def _apply(applied: dict[str, Any]) -> None:
    email, kinds = applied.pop("email"), applied.pop("kinds")
    with unit_of_work():
        taken = db.session.scalar(db.select(Organisation.id).where(Organisation.credit_code == applied["credit_code"]))
        if taken is not None:
            raise CREDIT_CODE_TAKEN(fields={"credit_code": [CREDIT_CODE_TAKEN.words]})
        throttle.note_sign_up()
        held = {f"is_{kind}": True for kind in kinds}
        applicant = Actor(person_id=_person_id(), request_id=g.get("request_id"))
        made = organisations.found(applicant, state="applied", **applied, **held)
        # Nobody is there yet who could invite: the applicant does, for the one address that was given.
        founder = Actor(person_id=applicant.person_id, org_id=made.id, roles=frozenset(FIRST_ROLES))
        memberships.invite(made, founder, email=email, roles=FIRST_ROLES)
        applied["email"] = email


def _person_id() -> str:
    return str(current_user.person_id) if current_user.is_authenticated else new_id("per")


def _page(given: dict[str, Any], refused: Refusal | None = None) -> BaseResponse:
    errors = forms.error_list(refused) if refused is not None else []
    controls = forms.form_fields(SignUpInput, given, errors)
    page = render_template("work/join.html", controls=controls, errors=forms.anchored(errors, controls))
    response = make_response(page, refused.kind.status if refused is not None else 200)
    if refused is not None and "retry_after" in refused.params:
        response.headers["Retry-After"] = str(refused.params["retry_after"])
    return response
