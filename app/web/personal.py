"""What the account page says and does beyond signing in: lent signatures, consents, the own data, leaving for good."""

from __future__ import annotations

import json
from typing import Any, Final

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import consents
from app.accounts.consents import EDITIONS
from app.accounts.models import Delegation, Membership, Person
from app.accounts.models.delegations import LENT_ROLES
from app.accounts.privacy import erasing, giving
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import SIGN_IN
from app.kernel.lifecycle import visible
from app.kernel.values import N_, now
from app.kernel.work import unit_of_work
from app.web.core.protection import local_path
from app.web.organisation.inside import delegation_rows

pages = Blueprint("personal", __name__)

DOCUMENT_TITLES: Final = {"terms": N_("Terms of use"), "privacy": N_("Privacy")}
LENT_MOST: Final = 50


@pages.before_request
def _somebody() -> None:
    if not current_user.is_authenticated:
        raise SIGN_IN()


@pages.get("/account/data")
def data() -> BaseResponse:
    """Everything that is held of the reader, as a download (PIPL, art. 45)."""
    held = giving.everything_of(db.session.get_one(Person, current_user.person_id))
    body = json.dumps(held, ensure_ascii=False, indent=2)
    name = f"labpark-{now():%Y%m%d}.json"
    return BaseResponse(
        body, mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )  # fmt: skip


@pages.post("/account/erasure")
def erasure() -> BaseResponse:
    """Ask the operator to be erased, or take that back (PIPL, art. 47)."""
    wanted = request.form.get("wanted") == "1"
    with unit_of_work():
        erasing.ask_for_erasure(db.session.get_one(Person, current_user.person_id), wanted=wanted)
    flash(_("The operator has your request.") if wanted else _("Your request is taken back."), "good")
    return redirect("/account#privacy", 303)


@pages.post("/account/consents")
def consent() -> BaseResponse:
    """Agree to the present edition of one document, or of both, or take that back."""
    documents = [name for name in EDITIONS if request.form.get("document") in (name, "all")]
    given = request.form.get("given") == "1"
    with unit_of_work():
        for name in documents:
            consents.answer(current_user.person_id, name, EDITIONS[name], given=given, channel="account")
    flash(_("Saved."), "good")
    return redirect(local_path(request.form.get("next")) or "/account#privacy", 303)


def more_of(person: Person, asking: Actor) -> dict[str, Any]:
    """The parts of the account page that stand here."""
    held = _membership(person.id, asking)
    log = consents.log_of(person.id)
    return {
        "lent": delegation_rows(_lent(person.id, asking)),
        "lend": f"/memberships/{held.id}/lend?next=/account" if held and set(LENT_ROLES) & asking.roles else None,
        "leave": f"/memberships/{held.id}/leave" if held else None,
        "consents": [_answer(name, consents.in_force(log)) for name in EDITIONS],
        "consent_log": [
            {"title": i18n.say(DOCUMENT_TITLES[one.document]), "edition": one.edition, "given": one.given,
             "when": i18n.when(one.at)}
            for one in log
        ],
        "erasure_asked": i18n.when(person.erasure_asked_at) if person.erasure_asked_at else None,
    }  # fmt: skip


def _membership(person_id: str, asking: Actor) -> Membership | None:
    own = visible(Membership, asking).where(
        Membership.person_id == person_id, Membership.org_id == asking.org_id, Membership.state == "active"
    )
    found: Membership | None = db.session.scalars(own).one_or_none()
    return found


def _lent(person_id: str, asking: Actor) -> list[Delegation]:
    """One's own delegations that are not over, given and received."""
    mine = visible(Delegation, asking).where(
        sa.or_(Delegation.person_id == person_id, Delegation.deputy_id == person_id),
        Delegation.state.in_(("planned", "active")),
    )
    return list(db.session.scalars(mine.order_by(Delegation.starts_at).limit(LENT_MOST)))


def _answer(name: str, answers: dict[str, Any]) -> dict[str, Any]:
    last = answers.get(name)
    current = last if last is not None and last.edition == EDITIONS[name] else None
    return {
        "name": name,
        "title": i18n.say(DOCUMENT_TITLES[name]),
        "edition": EDITIONS[name],
        "agreed": current is not None and current.given,
        "asked": current is None,
        "when": i18n.when(current.at) if current is not None else None,
    }
