"""Emergency access: two people of two organisations let the operator's system administrator in, for a few hours.

The one who asks never allows it, the one who allows it belongs to the owner, the organisation and the auditor are told
at once, and every event under it names it. It ends by the clock, whether the worker runs or not.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.emergency_schemas import EmergencyInput
from app.accounts.lifecycles import EMERGENCY_ACCESS
from app.accounts.models import EmergencyAccess, Organisation
from app.kernel.actors import STAFF_KINDS, SYSTEM, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import fresh, say, visible
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import note

SYSTEM_ADMIN = who("system_admin", "operator")
OWNER = platform("owner", "owner")
ALLOWED_TO_END = OWNER | SYSTEM_ADMIN | who("org_admin", "subject")

NOT_BY_MACHINE = refusal("in_person_only", FORBIDDEN, N_("This is done in person, signed in with a browser."))
NO_SUCH_ORGANISATION = refusal("no_such_organisation", INVALID, N_("Choose an admitted or suspended organisation."))
NEVER_INTO_STAFF = refusal(
    "never_into_staff", INVALID, N_("Operator, owner and auditor exclude one another, in an emergency too.")
)
MEMBER_THERE = refusal("member_there", CONFLICT, N_("You belong to this organisation."))
ROLE_THERE_IS_NOT = refusal("role_there_is_not", INVALID, N_("This organisation does not give one of these roles."))
TOO_MANY_HOURS = refusal("too_many_hours", INVALID, N_("An emergency access lasts %(hours)s hours at most."))
ASKED_ALREADY = refusal("emergency_asked", CONFLICT, N_("You have asked for access to this organisation already."))
ASKED_BY_YOU = refusal("asked_by_you", FORBIDDEN, N_("Nobody allows what they asked for themselves."))
NOT_YOUR_REQUEST = refusal("not_your_request", FORBIDDEN, N_("A request is withdrawn by whoever made it."))


def _in_person(organisation: Organisation, actor: Actor) -> None:
    del organisation
    if actor.channel != "web":
        raise NOT_BY_MACHINE()


def _subject(subject_id: str, actor: Actor, roles: list[str]) -> Organisation:
    found: Organisation | None = db.session.scalar(visible(Organisation, actor).where(Organisation.id == subject_id))
    if found is None or found.state not in ("admitted", "suspended"):
        raise NO_SUCH_ORGANISATION(fields={"subject": [NO_SUCH_ORGANISATION.words]})
    if found.kinds & STAFF_KINDS:
        raise NEVER_INTO_STAFF(fields={"subject": [NEVER_INTO_STAFF.words]})
    if found.id in actor.org_ids:
        raise MEMBER_THERE(fields={"subject": [MEMBER_THERE.words]})
    if not frozenset(roles) <= found.roles_possible:
        raise ROLE_THERE_IS_NOT(fields={"roles": [ROLE_THERE_IS_NOT.words]})
    return found


@ORGANISATION.action(
    "admitted -> =", by=who("system_admin", "self"), needs=[_in_person], takes=EmergencyInput, makes=EMERGENCY_ACCESS,
    title=N_("Ask for emergency access"),
)  # fmt: skip
def ask_emergency_access(
    operator: Organisation, actor: Actor, *, subject: str, roles: list[str], hours: int, reason: str
) -> EmergencyAccess:
    """The operator's system administrator asks to act inside an organisation for some hours, and says why."""
    most = int(current_app.config["EMERGENCY_MOST_HOURS"])
    if hours > most:
        raise TOO_MANY_HOURS(hours=str(most), fields={"hours": [TOO_MANY_HOURS(hours=str(most))]})
    there = _subject(subject, actor, roles)
    pending = sa.select(EmergencyAccess.id).where(
        EmergencyAccess.person_id == actor.person_id, EmergencyAccess.subject_id == there.id,
        EmergencyAccess.state.in_(("requested", "active")),
    )  # fmt: skip
    if db.session.scalar(pending) is not None:
        raise ASKED_ALREADY()
    say(reason)
    note(subject=there.id, roles=sorted(set(roles)), hours=hours)
    return fresh(
        EmergencyAccess, operator_id=operator.id, subject_id=there.id, auditor_id=_auditor(), person_id=actor.person_id,
        roles=sorted(set(roles)), hours=hours,
    )  # fmt: skip


def _another_person(access: EmergencyAccess, actor: Actor) -> None:
    if access.person_id == actor.person_id:
        raise ASKED_BY_YOU()
    if access.subject_id in actor.org_ids:
        raise OWN_DEALING()
    if actor.channel != "web":
        raise NOT_BY_MACHINE()


@EMERGENCY_ACCESS.action(
    "requested -> active", by=OWNER, needs=[_another_person], title=N_("Allow the access"), primary=True
)
def allow(access: EmergencyAccess, actor: Actor) -> None:
    """A second person, of the owner, allows it: it counts from now and ends by the clock."""
    moment = now()
    access.allowed_by, access.starts_at = actor.person_id, moment
    access.ends_at = moment + timedelta(hours=access.hours)
    note(ends_at=access.ends_at.isoformat())


def _auditor() -> str | None:
    """The oldest of the organisations that audit the platform; the others read of it all the same."""
    return db.session.scalar(
        sa.select(Organisation.id)
        .where(Organisation.platform == "auditor", Organisation.state == "admitted")
        .order_by(Organisation.id)
        .limit(1)
    )


@EMERGENCY_ACCESS.action(
    "requested -> refused", by=OWNER, needs=[_another_person], takes=ReasonInput, title=N_("Refuse the access"),
    dangerous=True,
)  # fmt: skip
def refuse(access: EmergencyAccess, actor: Actor, *, reason: str) -> None:
    """The second person says no, with a reason."""
    del access, actor
    say(reason)


def _their_request(access: EmergencyAccess, actor: Actor) -> None:
    if access.person_id != actor.person_id:
        raise NOT_YOUR_REQUEST()


@EMERGENCY_ACCESS.action(
    "requested -> withdrawn", by=SYSTEM_ADMIN, needs=[_their_request], title=N_("Withdraw the request"), dangerous=True
)
def withdraw(access: EmergencyAccess, actor: Actor) -> None:
    """Whoever asked needs it no longer."""
    del access, actor


@EMERGENCY_ACCESS.action(
    "active -> ended", by=ALLOWED_TO_END | SYSTEM, after="ends_at", title=N_("End the access"), dangerous=True
)
def end(access: EmergencyAccess, actor: Actor) -> None:
    """The access is over: by the clock, or earlier by the owner, the operator or the organisation itself."""
    del actor
    # Said for the reader of the record; what counts is the clock (acting.emergency).
    access.ends_at = min(access.ends_at or now(), now())
