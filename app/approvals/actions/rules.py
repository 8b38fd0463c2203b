"""Approval rules: an organisation's admin sets and retires them; running plans never change with them."""

from __future__ import annotations

from app.accounts.actions.organisations import ADMIN, ORGANISATION
from app.accounts.models import Organisation
from app.approvals.models import ApprovalRule
from app.approvals.schemas import ApprovalRuleOut, RuleInput
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh
from app.kernel.values import N_, Money
from app.kernel.work import note

RULES_ARE_FOR_LABS = refusal("rules_are_for_labs", CONFLICT, N_("Approval rules are for organisations that buy."))
RULE_THERE = refusal("approval_rule_there", CONFLICT, N_("There is a rule from this amount already. Retire it first."))

APPROVAL_RULE = Lifecycle(
    "approval_rule",
    ApprovalRule,
    [
        State("active", N_("active"), "good", N_("It applies to what is submitted from now on.")),
        State("retired", N_("retired"), "draft", final=True),
    ],
    title=N_("Approval rule"),
    collection="approval-rules",
    main_path="active",
    shape=ApprovalRuleOut,
)


def _buys(organisation: Organisation, actor: Actor) -> None:
    del actor
    if "lab" not in organisation.kinds:
        raise RULES_ARE_FOR_LABS()


@ORGANISATION.action(
    "admitted -> =", by=ADMIN, needs=[_buys], takes=RuleInput, makes=APPROVAL_RULE, title=N_("New approval rule")
)
def set_approval_rule(
    organisation: Organisation, actor: Actor, *, subject: str, from_amount: Money, roles: list[str]
) -> ApprovalRule:
    """The lab's admin says who signs requisitions or awards from an amount on."""
    del actor
    there = db.session.scalar(
        db.select(ApprovalRule.id).where(
            ApprovalRule.org_id == organisation.id, ApprovalRule.subject == subject, ApprovalRule.state == "active",
            ApprovalRule.currency == from_amount.currency, ApprovalRule.from_minor == from_amount.minor,
        )
    )  # fmt: skip
    if there is not None:
        raise RULE_THERE(fields={"from_amount": [RULE_THERE.words]})
    note(subject=subject, roles=roles)
    return fresh(
        ApprovalRule, org_id=organisation.id, subject=subject, currency=from_amount.currency,
        from_minor=from_amount.minor, roles=roles,
    )  # fmt: skip


@APPROVAL_RULE.action("active -> retired", by=ADMIN, title=N_("Retire the rule"), dangerous=True)
def retire(rule: ApprovalRule, actor: Actor) -> None:
    """The rule no longer applies to new documents; plans that are running keep their signatures."""
    del rule, actor
