"""Qualification: prepared and handed in by an organisation, reviewed by the operator, ended by its date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION, REVIEWER, refresh
from app.accounts.actions.organisations import impartial as organisation_apart
from app.accounts.admission_schemas import AssessmentInput, EvidenceInput, QualificationInput, QualificationOut
from app.accounts.files import StoredFile, attach
from app.accounts.models import OPEN_STATES, Organisation, Qualification, Requirement
from app.accounts.standing import apart
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say
from app.kernel.numbers import PARK_OFFSET
from app.kernel.shapes import FileInput, ReasonInput, RemarkInput, Upload
from app.kernel.values import N_, now
from app.kernel.work import current, note

SUBMITTERS = who("org_admin|catalogue", "self")

NO_SUCH_REQUIREMENT = refusal(
    "no_such_requirement", INVALID, N_("This is not asked of your organisation, or not any more.")
)
OPERATOR_LOOKS = refusal(
    "operator_looks", INVALID, N_("The operator looks at this itself. There is nothing to hand in.")
)
NOT_LOOKED_AT = refusal("not_looked_at", INVALID, N_("The organisation hands this in; it is reviewed, not entered."))
SUBMISSION_OPEN = refusal(
    "submission_open", CONFLICT, N_("A submission for this is open already. Complete or withdraw that one.")
)
FILE_MISSING = refusal("file_missing", CONFLICT, N_("Add the document as a file first."))
ANSWER_MISSING = refusal("answer_missing", CONFLICT, N_("Write the answer first."))
NOT_AFFIRMED = refusal("not_affirmed", CONFLICT, N_("Affirm the statement first."))
VALIDITY_UNSAID = refusal("validity_unsaid", CONFLICT, N_("Say first until which day it is valid."))
VALIDITY_OVER = refusal("validity_over", CONFLICT, N_("It is not valid any more. Hand in one that is."))

QUALIFICATION = Lifecycle(
    "qualification",
    Qualification,
    [
        State("draft", N_("being prepared"), "draft", N_("The organisation completes and submits it."), SUBMITTERS),
        State("submitted", N_("under review"), "waiting", N_("The operator reviews it."), REVIEWER),
        State("returned", N_("returned"), "waiting", N_("The organisation corrects and submits it again."), SUBMITTERS),
        State("approved", N_("approved"), "good", N_("It counts until it expires or is replaced.")),
        State("rejected", N_("rejected"), "stop", final=True),
        State("expired", N_("expired"), "stop", N_("A new one has to be handed in."), final=True),
        State("superseded", N_("replaced"), "draft", N_("A newer one counts."), final=True),
        State("revoked", N_("revoked"), "stop", final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
    ],
    title=N_("Qualification"),
    collection="qualifications",
    main_path="draft submitted approved",
    shape=QualificationOut,
)


def last_moment(day: date) -> datetime:
    """The end of a day on the park's wall: a document that is valid until a day is valid all that day."""
    return datetime.combine(day + timedelta(days=1), time(0), UTC) - PARK_OFFSET


def _asked(organisation: Organisation, requirement_id: str) -> Requirement:
    found = db.session.get(Requirement, requirement_id)
    if found is None or found.state == "retired" or found.kind not in organisation.kinds:
        raise NO_SUCH_REQUIREMENT(fields={"requirement": [NO_SUCH_REQUIREMENT.words]})
    return found


def _evidence(given: dict[str, Any]) -> dict[str, Any]:
    """The input as columns."""
    until = given.get("valid_until")
    same = ("subject", "document_no", "issuer", "valid_from", "valid_until", "statement", "attested")
    return {name: given[name] for name in same if name in given} | {"expires_at": last_moment(until) if until else None}


def _none_open(org_id: str, requirement_id: str, subject: str, *, but: str | None = None) -> None:
    there = db.session.scalar(
        sa.select(Qualification.id).where(
            Qualification.org_id == org_id, Qualification.requirement_id == requirement_id,
            Qualification.subject == subject, Qualification.state.in_(OPEN_STATES),
        )
    )  # fmt: skip
    if there is not None and there != but:
        raise SUBMISSION_OPEN(fields={"requirement" if but is None else "subject": [SUBMISSION_OPEN.words]})


def complete(qualification: Qualification, actor: Actor) -> None:
    """Guard: what the requirement asks for is there."""
    del actor
    if qualification.form == "document" and not _has_file(qualification):
        raise FILE_MISSING()
    if qualification.form == "field" and not qualification.statement:
        raise ANSWER_MISSING()
    if qualification.form == "attestation" and not qualification.attested:
        raise NOT_AFFIRMED()
    if qualification.requirement.expires and qualification.expires_at is None:
        raise VALIDITY_UNSAID()


def still_valid(qualification: Qualification, actor: Actor) -> None:
    """Guard: what has run out cannot count."""
    del actor
    if qualification.expires_at is not None and qualification.expires_at <= now():
        raise VALIDITY_OVER()


def _has_file(qualification: Qualification) -> bool:
    held = sa.select(StoredFile.id).where(StoredFile.object_id == qualification.id).limit(1)
    return db.session.scalar(held) is not None


@ORGANISATION.action(
    "applied|correcting|admitted|suspended -> =", by=who("org_admin|catalogue", "self"), takes=QualificationInput,
    makes=QUALIFICATION, title=N_("Hand in a qualification"),
)  # fmt: skip
def hand_in(
    organisation: Organisation, actor: Actor, /, *, requirement: str, file: Upload | None = None, **given: Any
) -> Qualification:
    """The organisation begins to answer one requirement, with a document, a statement or an answer."""
    del actor
    asked = _asked(organisation, requirement)
    if asked.form == "review":
        raise OPERATOR_LOOKS(fields={"requirement": [OPERATOR_LOOKS.words]})
    _none_open(organisation.id, asked.id, given.get("subject", ""))
    made = fresh(Qualification, org_id=organisation.id, requirement_id=asked.id, form=asked.form, **_evidence(given))
    made.requirement = asked
    if file is not None:
        attach(file, org_id=organisation.id, object_id=made.id)
    note(requirement=asked.id)
    return made


@ORGANISATION.action(
    "applied|correcting|admitted|suspended -> =", by=REVIEWER, needs=[organisation_apart], takes=AssessmentInput,
    makes=QUALIFICATION, born="approved", title=N_("Enter what was found"),
)  # fmt: skip
def assess(
    organisation: Organisation, actor: Actor, *, requirement: str, finding: str, subject: str = "",
    valid_until: date | None = None,
) -> Qualification:  # fmt: skip
    """The operator has looked itself, on site or in a register, and enters that the requirement is met."""
    asked = _asked(organisation, requirement)
    if asked.form != "review":
        raise NOT_LOOKED_AT(fields={"requirement": [NOT_LOOKED_AT.words]})
    ends = last_moment(valid_until) if valid_until else None
    if ends is None and asked.expires:
        raise VALIDITY_UNSAID(fields={"valid_until": [VALIDITY_UNSAID.words]})
    if ends is not None and ends <= now():
        raise VALIDITY_OVER(fields={"valid_until": [VALIDITY_OVER.words]})
    say(finding)
    made = fresh(
        Qualification, org_id=organisation.id, requirement_id=asked.id, form=asked.form, subject=subject,
        valid_until=valid_until, expires_at=ends, reviewer_id=actor.person_id, reviewed_at=now(),
    )  # fmt: skip
    made.requirement = asked
    _replace_former(made)
    QUALIFICATION.enter(made, "approved")
    db.session.add(made)
    refresh(organisation)
    return made


@QUALIFICATION.action("draft|returned -> =", by=SUBMITTERS, takes=EvidenceInput, title=N_("Edit"))
def edit(qualification: Qualification, actor: Actor, /, *, file: Upload | None = None, **given: Any) -> None:
    """The organisation corrects what it says, or adds a file."""
    del actor
    subject = given.get("subject", qualification.subject)
    _none_open(qualification.org_id, qualification.requirement_id, subject, but=qualification.id)
    columns = _evidence(given)
    changed = sorted(name for name, value in columns.items() if getattr(qualification, name) != value)
    for name in changed:
        setattr(qualification, name, columns[name])
    if file is not None:
        attach(file, org_id=qualification.org_id, object_id=qualification.id)
    note(changed=changed)


@QUALIFICATION.action("draft|returned -> =", by=SUBMITTERS, takes=FileInput, title=N_("Add a file"))
def add_file(qualification: Qualification, actor: Actor, *, file: Upload) -> None:
    """Another page or another document is added."""
    del actor
    attach(file, org_id=qualification.org_id, object_id=qualification.id)


@QUALIFICATION.action(
    "draft|returned -> submitted", by=SUBMITTERS, needs=[complete, still_valid], title=N_("Submit for review"),
    primary=True,
)  # fmt: skip
def submit(qualification: Qualification, actor: Actor) -> None:
    """The organisation hands it to the operator; one that is approved already goes on counting meanwhile."""
    del qualification, actor


@QUALIFICATION.action("draft|submitted|returned -> withdrawn", by=SUBMITTERS, title=N_("Withdraw"), dangerous=True)
def withdraw(qualification: Qualification, actor: Actor) -> None:
    """The organisation takes the submission back."""
    del qualification, actor


@QUALIFICATION.action(
    "submitted -> approved", by=REVIEWER, needs=[apart, complete, still_valid], takes=RemarkInput, title=N_("Approve"),
    primary=True,
)  # fmt: skip
def approve(qualification: Qualification, actor: Actor, *, remark: str = "") -> None:
    """The operator finds that it meets the requirement: it counts from now on, in the place of an earlier one."""
    say(remark)
    _reviewed(qualification, actor)
    _replace_former(qualification)
    _follow(qualification, "approved")


@QUALIFICATION.action(
    "submitted -> returned", by=REVIEWER, needs=[apart], takes=ReasonInput, name="return",
    title=N_("Return for correction"),
)  # fmt: skip
def return_(qualification: Qualification, actor: Actor, *, reason: str) -> None:
    """The operator returns it with what has to be corrected."""
    say(reason)
    _reviewed(qualification, actor)


@QUALIFICATION.action(
    "submitted -> rejected", by=REVIEWER, needs=[apart], takes=ReasonInput, title=N_("Reject"), dangerous=True
)
def reject(qualification: Qualification, actor: Actor, *, reason: str) -> None:
    """The operator finds that it does not meet the requirement; what was approved before stays approved."""
    say(reason)
    _reviewed(qualification, actor)


@QUALIFICATION.action(
    "approved -> revoked", by=REVIEWER, needs=[apart], takes=ReasonInput, title=N_("Revoke the approval"),
    dangerous=True,
)  # fmt: skip
def revoke(qualification: Qualification, actor: Actor, *, reason: str) -> None:
    """The operator takes the approval back, for instance because the document turned out to be false."""
    say(reason)
    _reviewed(qualification, actor)
    _follow(qualification, "revoked")


@QUALIFICATION.action("approved -> expired", by=SYSTEM, after="expires_at", title=N_("Let it expire"))
def expire(qualification: Qualification, actor: Actor) -> None:
    """Its last day is over: what needs it is not offered any more, and what is ordered goes on."""
    del actor
    _follow(qualification, "expired")


@QUALIFICATION.action("approved -> superseded", by=SYSTEM, title=N_("Let a newer one count"))
def supersede(qualification: Qualification, actor: Actor) -> None:
    """A newer one was approved."""
    del qualification, actor


def _reviewed(qualification: Qualification, actor: Actor) -> None:
    qualification.reviewer_id, qualification.reviewed_at = actor.person_id, now()


def _replace_former(new: Qualification) -> None:
    """At most one counts: the former goes first, or the two would stand there together for a moment."""
    current().lock(db.session.get_one(Organisation, new.org_id))
    former = sa.select(Qualification).where(
        Qualification.org_id == new.org_id, Qualification.requirement_id == new.requirement_id,
        Qualification.subject == new.subject, Qualification.state == "approved", Qualification.id != new.id,
    )  # fmt: skip
    with db.session.no_autoflush:
        found = db.session.scalars(former).one_or_none()
    if found is not None:
        supersede(found, SYSTEM_ACTOR)
        db.session.flush()


def _follow(qualification: Qualification, state: str) -> None:
    """Enter the state before the standing is reckoned: it is reckoned from what is approved."""
    QUALIFICATION.enter(qualification, state)
    refresh(db.session.get_one(Organisation, qualification.org_id))
