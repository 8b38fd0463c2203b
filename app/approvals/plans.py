"""Plans: which signatures a document needs, whose turn it is, and signing. Documents call this; it knows none of them.

A plan is computed once, when the document is submitted, and frozen: rules changed later do not touch it. A person
signs a plan once, so that two signatures are always two people, and nobody signs what they asked for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts import acting
from app.accounts.models import Membership, Person
from app.accounts.models.delegations import BASE_CURRENCY
from app.approvals.actions import steps
from app.approvals.actions.steps import APPROVAL_STEP, NOT_YOUR_SIGNATURE, OTHER_ROLE_SIGNS
from app.approvals.models import ApprovalPlan, ApprovalRule, ApprovalStep
from app.approvals.schemas import SIGNING_ROLES
from app.kernel.actors import ROLE_TITLES, SYSTEM_ACTOR, Actor
from app.kernel.db import Record, db
from app.kernel.errors import CONFLICT, FORBIDDEN, refusal
from app.kernel.lifecycle import fresh
from app.kernel.values import N_, Money, new_id, now

NOTHING_TO_SIGN = refusal("nothing_to_sign", CONFLICT, N_("No signature is awaited here."))
OWN_REQUEST = refusal("own_request", FORBIDDEN, N_("Nobody approves what they asked for themselves."))
SIGNED_ALREADY = refusal(
    "signed_already", FORBIDDEN, N_("You have signed an earlier step. This one needs another person.")
)
NO_DEPUTY = refusal(
    "no_deputy", CONFLICT, N_("Choose a colleague who may sign, has not signed yet and did not ask for this.")
)

MACHINES_SIGN_NOTHING = refusal("machines_sign_nothing", FORBIDDEN, N_("A signature is given by a person."))
ABOVE_THE_CEILING = refusal(
    "above_the_ceiling", FORBIDDEN, N_("The signature was lent to you up to %(ceiling)s. This waits for its lender.")
)
LENT_NO_FURTHER = refusal("lent_no_further", FORBIDDEN, N_("What was lent to you is not handed on."))

SIGN_WITHIN: Final = timedelta(days=3)
"""How long a signature may take before the organisation's administrators are asked. Silence never approves."""


class Document(Protocol):
    """What a plan tells its document: whose turn it is, and until when."""

    id: str
    waits_role: str | None
    waits_until: datetime | None
    sign_by: datetime | None


def make_plan(
    document: Record, *, org_id: str, subject: str, amount: Money, requester_id: str | None, unit_id: str | None = None
) -> ApprovalPlan:
    """Freeze the signatures that the organisation's rules ask for; without a rule the plan is empty and done at once.

    unit_id: the unit that the document is for; whoever holds a signing role there may sign beside those of the whole.

    The active rule of the same subject and currency with the highest amount reached applies. An earlier plan of the
    same document, if one still runs, is dropped.
    """
    drop(document.id)
    plan = ApprovalPlan(
        id=new_id("apl"), org_id=org_id, document_id=document.id, requester_id=requester_id,
        currency=amount.currency, amount_minor=amount.minor, unit_id=unit_id, closed=False,
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    for position, role in enumerate(_roles(org_id, subject, amount), start=1):
        step = fresh(ApprovalStep, org_id=org_id, plan_id=plan.id, unit_id=unit_id, position=position, role=role)
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
        return
    steps.start(following, SYSTEM_ACTOR)
    if not _deputies(plan, {following.role}):
        steps.escalate(following, SYSTEM_ACTOR)


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


def turn(document: Document) -> None:
    """Write on the document whose signature is awaited and until when."""
    step = _waiting(plan_of(document.id))
    roles = step.roles
    if step.delegate_id is not None:
        roles |= {role for one, held in _signers(step.org_id, step.unit_id) if one.person_id == step.delegate_id
                  for role in held}  # fmt: skip
    document.waits_role = ",".join(sorted(roles & set(SIGNING_ROLES)))
    document.sign_by = None if step.escalated_at else now() + SIGN_WITHIN  # there is nobody beyond the administrators
    document.waits_until = document.sign_by


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


@dataclass(frozen=True, slots=True)
class Turn:
    """The step that a person may sign, and whose standing delegation they sign it under, if not in their own right."""

    step: ApprovalStep
    lender: str | None = None


def _judge(plan: ApprovalPlan | None, actor: Actor) -> Turn:
    step = _waiting(plan)
    assert plan is not None
    if actor.machine is not None:
        raise MACHINES_SIGN_NOTHING()
    if actor.person_id is not None and actor.person_id == plan.requester_id:
        raise OWN_REQUEST()
    signed = {one for earlier in plan.steps for one in (earlier.decided_by, earlier.decided_for) if one}
    if actor.person_id in signed:
        raise SIGNED_ALREADY()
    if step.roles & (actor.roles | actor.roles_at(plan.unit_id)) or actor.person_id == step.delegate_id:
        return Turn(step)
    return Turn(step, _lender(plan, step, actor, signed))


def _lender(plan: ApprovalPlan, step: ApprovalStep, actor: Actor, signed: set[str]) -> str:
    """Who lent the actor this signature: somebody who might give it here, for amounts at least as large as this.

    What a person may not sign themselves, because they asked for it or have signed already, nobody signs for them.
    """
    lent = [
        one
        for one in acting.lent_to(str(actor.person_id), plan.org_id)
        if one.role in step.roles and one.person_id not in signed | {plan.requester_id}
    ]
    if not lent:
        raise OTHER_ROLE_SIGNS(role=ROLE_TITLES[step.role])
    enough = [one for one in lent if plan.currency == BASE_CURRENCY and plan.amount_minor <= one.ceiling_minor]
    if not enough:
        raise ABOVE_THE_CEILING(ceiling=max(lent, key=lambda one: one.ceiling_minor).ceiling)
    return enough[0].person_id  # the oldest


def sign(document_id: str, actor: Actor) -> bool:
    """Sign the awaited step; True when that was the last one and the document may move."""
    plan = plan_of(document_id, lock=True)
    its_turn = _judge(plan, actor)
    steps.approve(its_turn.step, actor, lender=its_turn.lender)
    assert plan is not None
    _go_on(plan)
    return plan.closed


def refuse(document_id: str, actor: Actor) -> None:
    """Say no at the awaited step: the plan ends, later signatures are not asked for."""
    plan = plan_of(document_id, lock=True)
    its_turn = _judge(plan, actor)
    steps.reject(its_turn.step, actor, lender=its_turn.lender)
    assert plan is not None
    _end(plan)


def deputies(document_id: str, actor: Actor) -> list[Person]:
    """The colleagues to whom this person may hand the awaited signature."""
    plan = plan_of(document_id)
    held = _deputies(plan, set(SIGNING_ROLES)) if plan is not None else []
    return [one.person for one in held if one.person is not None and one.person_id != actor.person_id]


def _deputies(plan: ApprovalPlan, roles: set[str]) -> list[Membership]:
    """Who of the organisation holds one of the roles, did not ask for the document and has not signed the plan."""
    out = {plan.requester_id, *(step.decided_by for step in plan.steps), *(step.decided_for for step in plan.steps)}
    return [one for one, held in _signers(plan.org_id, plan.unit_id) if roles & held and one.person_id not in out]


def _signers(org_id: str, unit_id: str | None) -> list[tuple[Membership, set[str]]]:
    """The members with a signing role, everywhere or for the unit, each with the signing roles that count there."""
    statement = (
        sa.select(Membership)
        .options(joinedload(Membership.person))
        .where(Membership.org_id == org_id, Membership.state == "active")
        .order_by(Membership.id)
    )
    beside = acting.roles_for_unit(unit_id)
    found = [(one, (set(one.roles) | beside.get(one.id, set())) & set(SIGNING_ROLES))
             for one in db.session.scalars(statement)]  # fmt: skip
    return [(one, roles) for one, roles in found if roles]


def delegate(document: Document, actor: Actor, *, person_id: str) -> None:
    """Hand the awaited signature to a colleague; refusal `no_deputy` where the rules would not let them sign."""
    plan = plan_of(document.id, lock=True)
    its_turn = _judge(plan, actor)
    if its_turn.lender is not None:
        raise LENT_NO_FURTHER()
    if person_id not in {one.id for one in deputies(document.id, actor)}:
        raise NO_DEPUTY(fields={"person": [NO_DEPUTY.words]})
    steps.delegate(its_turn.step, actor, person_id=person_id)
    turn(document)


def may_take_back(document: Record, actor: Actor) -> None:
    """Guard: this person gave the last signature (reads only)."""
    _last_signed(plan_of(document.id), actor)


def _last_signed(plan: ApprovalPlan | None, actor: Actor) -> ApprovalStep:
    given = [step for step in plan.steps if step.state == "approved"] if plan is not None else []
    if not given or actor.person_id is None or given[-1].decided_by != actor.person_id:
        raise NOT_YOUR_SIGNATURE()
    return given[-1]


def take_back(document_id: str, actor: Actor) -> None:
    """Take the last signature back: its step waits again, the one after it has not begun."""
    plan = plan_of(document_id, lock=True)
    step = _last_signed(plan, actor)
    assert plan is not None
    for later in plan.steps:
        if later.state == "waiting":
            steps.postpone(later, SYSTEM_ACTOR)
    steps.take_back(step, actor)
    plan.closed = False


def escalate(document: Document) -> None:
    """Ask the organisation's administrators for the signature that was not given in time."""
    plan = plan_of(document.id, lock=True)
    steps.escalate(_waiting(plan), SYSTEM_ACTOR)
    turn(document)


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
