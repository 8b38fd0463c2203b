"""Approval steps: one signature each. They have no route of their own: the document's approve and reject call them."""

from __future__ import annotations

from app.approvals.models import ApprovalStep
from app.approvals.schemas import SIGNING_ROLES
from app.kernel.actors import ROLE_TITLES, SYSTEM, Actor, who
from app.kernel.errors import FORBIDDEN, refusal
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.values import N_, now
from app.kernel.work import note

SIGNER = who("|".join(SIGNING_ROLES), "self")

NOT_YOUR_SIGNATURE = refusal(
    "not_your_signature", FORBIDDEN, N_("A signature is taken back by whoever gave it, while it is the last one.")
)
OTHER_ROLE_SIGNS = refusal("other_role_signs", FORBIDDEN, N_("This signature is given by: %(role)s."))

APPROVAL_STEP = Lifecycle(
    "approval_step",
    ApprovalStep,
    [
        State("planned", N_("planned"), "draft"),
        State("waiting", N_("waiting"), "waiting"),
        State("approved", N_("approved"), "good", final=True),
        State("rejected", N_("rejected"), "stop", final=True),
        State("skipped", N_("skipped"), "draft", final=True),
    ],
    title=N_("Approval step"),
    collection="approval-steps",
    main_path="planned waiting approved",
)


def _signs_here(step: ApprovalStep, actor: Actor) -> None:
    if not step.roles & actor.roles_on(step) and actor.person_id != step.delegate_id:
        raise OTHER_ROLE_SIGNS(role=ROLE_TITLES[step.role])


@APPROVAL_STEP.action("planned -> waiting", by=SYSTEM, title=N_("Start the signature"))
def start(step: ApprovalStep, actor: Actor) -> None:
    """It is this signature's turn."""
    del step, actor


@APPROVAL_STEP.action("waiting -> approved", by=SIGNER, needs=[_signs_here], title=N_("Approve"))
def approve(step: ApprovalStep, actor: Actor, *, lender: str | None = None) -> None:
    """A person holding the role signs."""
    _decide(step, actor, lender)


@APPROVAL_STEP.action("waiting -> rejected", by=SIGNER, needs=[_signs_here], title=N_("Reject"))
def reject(step: ApprovalStep, actor: Actor, *, lender: str | None = None) -> None:
    """A person holding the role says no; the whole plan stops."""
    _decide(step, actor, lender)


def _decide(step: ApprovalStep, actor: Actor, lender: str | None) -> None:
    step.decided_by, step.decided_for, step.decided_at = actor.person_id, lender, now()
    if lender is not None:
        note(lender=lender)


@APPROVAL_STEP.action("waiting -> =", by=SIGNER, needs=[_signs_here], title=N_("Hand over the signature"))
def delegate(step: ApprovalStep, actor: Actor, *, person_id: str) -> None:
    """Whoever is to sign asks a colleague to sign instead; both names stay on record."""
    step.delegate_id, step.delegated_by = person_id, actor.person_id
    note(delegate=person_id)


def _gave_it(step: ApprovalStep, actor: Actor) -> None:
    if actor.person_id is None or step.decided_by != actor.person_id:
        raise NOT_YOUR_SIGNATURE()


@APPROVAL_STEP.action("approved -> waiting", by=SIGNER, needs=[_gave_it], title=N_("Take the signature back"))
def take_back(step: ApprovalStep, actor: Actor) -> None:
    """Whoever signed last takes the signature back, before anything is ordered."""
    del actor
    step.decided_by = step.decided_for = step.decided_at = None


@APPROVAL_STEP.action("waiting -> planned", by=SYSTEM, title=N_("Wait for an earlier signature"))
def postpone(step: ApprovalStep, actor: Actor) -> None:
    """The signature before this one was taken back."""
    del actor
    step.delegate_id = step.delegated_by = step.escalated_at = None


@APPROVAL_STEP.action("waiting -> =", by=SYSTEM, title=N_("Escalate"))
def escalate(step: ApprovalStep, actor: Actor) -> None:
    """Nobody answered in time, or nobody holds the role: the organisation's administrators may sign as well."""
    del actor
    step.escalated_at = now()


@APPROVAL_STEP.action("planned|waiting -> skipped", by=SYSTEM, title=N_("Skip the signature"))
def skip(step: ApprovalStep, actor: Actor) -> None:
    """The plan ended before this signature was needed."""
    del step, actor
