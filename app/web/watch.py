"""The security page of those who watch: alarms, what rests at this moment, who lacks a second factor."""

from __future__ import annotations

from flask import Blueprint, render_template

from app import i18n
from app.accounts import second_factors, watching
from app.accounts.models import Organisation
from app.http import signed_in
from app.kernel.actors import ROLE_TITLES
from app.kernel.db import db
from app.kernel.lifecycle import visible

pages = Blueprint("watch", __name__)


@pages.get("/security")
def security() -> str:
    """The page itself; for everybody else it does not exist."""
    asking = signed_in()
    watching.admit(asking)
    lacking = watching.without_factor()
    named = {
        one.id: one.name(i18n.language())
        for one in db.session.scalars(
            visible(Organisation, asking).where(Organisation.id.in_({one.org_id for one in lacking}))
        )
    }
    return render_template(
        "work/security.html",
        required=second_factors.required(),
        resting=[(i18n.say(watching.RESTING_TITLES[kind]), number) for kind, number in watching.resting().items()],
        alarms=[
            [i18n.say(watching.ALARM_TITLES[one.kind]), i18n.when(one.at), one.address or None, one.account[:8]]
            for one in watching.alarms()
        ],
        lacking=[
            [one.name, named.get(one.org_id), i18n.speak([ROLE_TITLES[role] for role in one.roles])] for one in lacking
        ],
        days=watching.SHOWN_DAYS,
    )
