"""Approval steps: one signature each. They have no route of their own: the document's approve and reject call them."""

from __future__ import annotations

from app.approvals.models import ApprovalStep
from app.approvals.schemas import SIGNING_ROLES
from app.kernel.actors import ROLE_TITLES, SYSTEM, Actor, who
from app.kernel.errors import FORBIDDEN, refusal
from app.kernel.lifecycle import Lifecycle, State
from app.kernel.values import N_, now

SIGNER = who("|".join(SIGNING_ROLES), "self")

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
    if step.role not in actor.roles:
        raise OTHER_ROLE_SIGNS(role=ROLE_TITLES[step.role])


@APPROVAL_STEP.action("planned -> waiting", by=SYSTEM, title=N_("Start the signature"))
def start(step: ApprovalStep, actor: Actor) -> None:
    """It is this signature's turn."""
    del step, actor


@APPROVAL_STEP.action("waiting -> approved", by=SIGNER, needs=[_signs_here], title=N_("Approve"))
def approve(step: ApprovalStep, actor: Actor) -> None:
    """A person holding the role signs."""
    step.decided_by, step.decided_at = actor.person_id, now()


@APPROVAL_STEP.action("waiting -> rejected", by=SIGNER, needs=[_signs_here], title=N_("Reject"))
def reject(step: ApprovalStep, actor: Actor) -> None:
    """A person holding the role says no; the whole plan stops."""
    step.decided_by, step.decided_at = actor.person_id, now()


@APPROVAL_STEP.action("planned|waiting -> skipped", by=SYSTEM, title=N_("Skip the signature"))
def skip(step: ApprovalStep, actor: Actor) -> None:
    """The plan ended before this signature was needed."""
    del step, actor
