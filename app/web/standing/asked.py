"""What is asked of whom, for everybody; and an organisation's own qualifications, requirement by requirement."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.actions.qualifications import QUALIFICATION, SUBMITTERS
from app.accounts.models import Qualification, Requirement
from app.accounts.models.requirements import ASKED_KINDS
from app.accounts.schemas import KIND_TITLES
from app.http import actor, own_organisation, signed_in
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.pages import page
from app.standing.actions.requirements import REQUIREMENT
from app.web.core import pages as usual
from app.web.core.directory import url_of
from app.web.core.record import badge
from app.web.standing.blueprint import pages
from app.web.standing.shown import Answer, answers, described, hand_in_path, note_of, state_of


@pages.get("/requirements")
def requirements() -> str:
    """What is asked of whom; whoever thinks of applying reads it without signing in, the operator keeps it."""
    asking = actor()
    if asking.is_staff and "state" in request.args:
        return usual.index("requirements")
    live = visible(Requirement, asking).where(Requirement.state != "retired")
    found = list(db.session.scalars(live.order_by(Requirement.category, Requirement.id)))
    keeps = "operator" in asking.kinds and bool(asking.roles & {"reviewer", "system_admin"})
    return render_template(
        "standing/requirements.html",
        groups=[
            (i18n.say(KIND_TITLES[kind]), [_shown(one) for one in found if one.kind == kind]) for kind in ASKED_KINDS
        ],
        new="/requirements/new" if keeps else None,
        all="/requirements?state=retired" if asking.is_staff else None,
        signed_in=asking.person_id is not None,
    )


def _shown(one: Requirement) -> dict[str, Any]:
    return {
        "label": one.label(i18n.language()),
        "href": url_of(one),
        "note": described(one, one.guidance(i18n.language())),
        "badge": None if one.state == "active" else badge(REQUIREMENT, one.state),
    }


@pages.get("/qualifications")
def qualifications() -> str:
    """What is asked of the reader's organisation and what it has handed in; for staff everything by state."""
    asking = signed_in()
    if asking.is_staff or "state" in request.args or request.args.get("after"):
        return usual.index("qualifications")
    organisation = own_organisation(asking)
    may = SUBMITTERS.roles & asking.roles
    found = page(visible(Qualification, asking), Qualification)
    return render_template(
        "standing/qualifications.html",
        tasks=[_task(one, may=bool(may)) for one in answers(organisation)],
        rows=[_row(one) for one in found.items],
        new=("/qualifications/new", _("Hand in a qualification")) if may else None,
        more="/qualifications?state=approved" if found.next else None,
        score="/standing" if organisation.kinds & {"supplier", "service"} else None,
    )


def _task(one: Answer, *, may: bool) -> dict[str, Any]:
    current = one.open or one.counts
    href = url_of(current[0]) if current else hand_in_path(one.requirement)
    known = bool(current) or (may and one.requirement.form != "review")
    return {
        "label": one.requirement.label(i18n.language()),
        "href": href if known else None,
        "note": described(one.requirement, note_of(one)),
        "badge": state_of(one),
    }


def _row(one: Qualification) -> list[Any]:
    return [
        {"text": one.label(i18n.language()), "href": url_of(one)},
        {"badge": badge(QUALIFICATION, one.state)},
        one.document_no or None,
        one.issuer or None,
        i18n.day(one.valid_until) if one.valid_until else None,
        i18n.when(one.updated_at),
    ]
