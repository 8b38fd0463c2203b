"""Plans: which signatures a document needs, whose turn it is, and signing. Documents call this; it knows none of them.

A plan is computed once, when the document is submitted, and frozen: rules changed later do not touch it. A person
signs a plan once, so that two signatures are always two people, and nobody signs what they asked for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.approvals.actions import steps
from app.approvals.actions.steps import APPROVAL_STEP, OTHER_ROLE_SIGNS
from app.approvals.models import ApprovalPlan, ApprovalRule, ApprovalStep
from app.kernel.actors import ROLE_TITLES, SYSTEM_ACTOR, Actor
from app.kernel.db import Record, db
from app.kernel.errors import CONFLICT, FORBIDDEN, refusal
from app.kernel.lifecycle import fresh
from app.kernel.values import N_, Money, new_id

NOTHING_TO_SIGN = refusal("nothing_to_sign", CONFLICT, N_("No signature is awaited here."))
OWN_REQUEST = refusal("own_request", FORBIDDEN, N_("Nobody approves what they asked for themselves."))
SIGNED_ALREADY = refusal(
    "signed_already", FORBIDDEN, N_("You have signed an earlier step. This one needs another person.")
)


def make_plan(document: Record, *, org_id: str, subject: str, amount: Money, requester_id: str | None) -> ApprovalPlan:
    """Freeze the signatures that the organisation's rules ask for; without a rule the plan is empty and done at once.

    The active rule of the same subject and currency with the highest amount reached applies. An earlier plan of the
    same document, if one still runs, is dropped.
    """
    drop(document.id)
    plan = ApprovalPlan(
        id=new_id("apl"), org_id=org_id, document_id=document.id, requester_id=requester_id,
        currency=amount.currency, amount_minor=amount.minor, closed=False,
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    for position, role in enumerate(_roles(org_id, subject, amount), start=1):
        step = fresh(ApprovalStep, org_id=org_id, plan_id=plan.id, position=position, role=role)
        APPROVAL_STEP.enter(step, "planned")
        plan.steps.append(step)
    db.session.flush()
    _go_on(plan)
    return plan


def _roles(org_id: str, subject: str, amount: Money) -> list[str]:
    rule = db.session.scalar(
        sa.select(ApprovalRule)
        .where(
            ApprovalRule.org_id == org_id, ApprovalRule.subject == subject, ApprovalRule.state == "active",
            ApprovalRule.currency == amount.currency, ApprovalRule.from_minor <= amount.minor,
        )
        .order_by(ApprovalRule.from_minor.desc())
        .limit(1)
    )  # fmt: skip
    return list(rule.roles) if rule else []


def _go_on(plan: ApprovalPlan) -> None:
    """Start the next signature, or close the plan after the last one."""
    following = next((step for step in plan.steps if step.state == "planned"), None)
    if following is None:
        plan.closed = True
    else:
        steps.start(following, SYSTEM_ACTOR)


def needs_signature(plan: ApprovalPlan) -> bool:
    """Whether somebody still has to sign."""
    return not plan.closed


def plan_of(document_id: str, *, lock: bool = False) -> ApprovalPlan | None:
    """The newest plan of a document with its steps."""
    statement = (
        sa.select(ApprovalPlan).where(ApprovalPlan.document_id == document_id).order_by(ApprovalPlan.id.desc()).limit(1)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).one_or_none()


def plans_of(document_ids: Iterable[str]) -> dict[str, ApprovalPlan]:
    """The newest plan of each document, for lists; two queries whatever the number."""
    found = db.session.scalars(
        sa.select(ApprovalPlan).where(ApprovalPlan.document_id.in_(list(document_ids))).order_by(ApprovalPlan.id)
    )
    return {plan.document_id: plan for plan in found}


def _waiting(plan: ApprovalPlan | None) -> ApprovalStep:
    step = next((step for step in plan.steps if step.state == "waiting"), None) if plan else None
    if step is None:
        raise NOTHING_TO_SIGN()
    return step


def waiting_role(document_id: str) -> str | None:
    """The role whose signature is awaited, or None."""
    plan = plan_of(document_id)
    return next((step.role for step in plan.steps if step.state == "waiting"), None) if plan else None


def may_sign(document: Record, actor: Actor) -> None:
    """Guard: it is this person's turn; not their own request, not a second signature (reads only)."""
    _judge(plan_of(document.id), actor)


def _judge(plan: ApprovalPlan | None, actor: Actor) -> ApprovalStep:
    step = _waiting(plan)
    assert plan is not None
    if actor.person_id is not None and actor.person_id == plan.requester_id:
        raise OWN_REQUEST()
    if any(earlier.decided_by == actor.person_id for earlier in plan.steps if earlier.decided_by):
        raise SIGNED_ALREADY()
    if step.role not in actor.roles:
        raise OTHER_ROLE_SIGNS(role=ROLE_TITLES[step.role])
    return step


def sign(document_id: str, actor: Actor) -> bool:
    """Sign the awaited step; True when that was the last one and the document may move."""
    plan = plan_of(document_id, lock=True)
    steps.approve(_judge(plan, actor), actor)
    assert plan is not None
    _go_on(plan)
    return plan.closed


def refuse(document_id: str, actor: Actor) -> None:
    """Say no at the awaited step: the plan ends, later signatures are not asked for."""
    plan = plan_of(document_id, lock=True)
    steps.reject(_judge(plan, actor), actor)
    assert plan is not None
    _end(plan)


def drop(document_id: str) -> None:
    """End a plan that still runs, because its document was taken back or submitted anew."""
    plan = plan_of(document_id, lock=True)
    if plan is not None and not plan.closed:
        _end(plan)


def _end(plan: ApprovalPlan) -> None:
    for step in plan.steps:
        if step.state in ("planned", "waiting"):
            steps.skip(step, SYSTEM_ACTOR)
    plan.closed = True
