"""Transaction rule: proposed by the operator, decided by the owner; the new one retires the former one."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import INVALID, refusal
from app.kernel.lifecycle import find, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money
from app.kernel.work import note
from app.ordering.lifecycles import OWNER, RULE
from app.ordering.models import TransactionRule
from app.ordering.pointing import at_field
from app.ordering.schemas import TransactionRuleInput

TWO_CURRENCIES = refusal("two_currencies", INVALID, N_("Both amounts are in one currency."))
OWNER_BELOW_OPERATOR = refusal("owner_below_operator", INVALID, N_("The owner's amount is not below the operator's."))


@ORGANISATION.action(
    "admitted -> =", by=who("system_admin|transaction_approver", "self"), takes=TransactionRuleInput,
    makes=RULE, title=N_("Propose a transaction rule"),
)  # fmt: skip
def propose_rule(
    operator: Organisation, actor: Actor, *, operator_from: Money, owner_from: Money, reason: str
) -> TransactionRule:
    """The operator proposes above which amounts it, and the owner too, approve transactions in a currency."""
    del operator
    if operator_from.currency != owner_from.currency:
        raise at_field(TWO_CURRENCIES, "owner_from")
    if owner_from < operator_from:
        raise at_field(OWNER_BELOW_OPERATOR, "owner_from")
    note(currency=operator_from.currency, operator_from=operator_from.minor, owner_from=owner_from.minor)
    return fresh(
        TransactionRule, currency=operator_from.currency, operator_from_minor=operator_from.minor,
        owner_from_minor=owner_from.minor, proposer_id=actor.person_id, reason=reason,
    )  # fmt: skip


@RULE.action("proposed -> active", by=OWNER, title=N_("Put in force"), primary=True)
def approve(rule: TransactionRule, actor: Actor) -> None:
    """The owner puts the rule in force for orders made from now on; the former one is retired."""
    del actor
    former = db.session.scalar(
        sa.select(TransactionRule.id).where(
            TransactionRule.currency == rule.currency, TransactionRule.state == "active"
        )
    )
    if former is not None:
        retire(find(TransactionRule, former, SYSTEM_ACTOR, lock=True), SYSTEM_ACTOR)
        db.session.flush()  # at most one is active: the former one leaves before the new one enters


@RULE.action("proposed -> declined", by=OWNER, takes=ReasonInput, title=N_("Decline the rule"))
def decline(rule: TransactionRule, actor: Actor, *, reason: str) -> None:
    """The owner declines the proposal with a reason."""
    del rule, actor
    say(reason)


@RULE.action("active -> retired", by=OWNER | SYSTEM, title=N_("Retire the transaction rule"), dangerous=True)
def retire(rule: TransactionRule, actor: Actor) -> None:
    """The rule ends; without another one for its currency the operator approves every transaction."""
    del rule, actor
