"""Price rules: the operator sets how far a price may move without review; the new one retires the former one."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION, REVIEWER
from app.accounts.models import Organisation
from app.catalogue.changes.lifecycle import PRICE_RULE
from app.catalogue.changes.models import PriceRule
from app.catalogue.changes.schemas import PriceRuleInput
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import find, fresh
from app.kernel.values import N_
from app.kernel.work import note

RULE_ELSEWHERE = refusal(
    "price_rule_elsewhere", CONFLICT, N_("Only the operator sets how far prices move without review.")
)


def of_the_operator(organisation: Organisation, actor: Actor) -> None:
    """The rule holds for the whole catalogue, which the operator keeps."""
    del actor
    if organisation.platform != "operator":
        raise RULE_ELSEWHERE()


def in_force() -> PriceRule | None:
    """The rule that holds now; without one, every price that moves is reviewed."""
    return db.session.scalar(sa.select(PriceRule).where(PriceRule.state == "active"))


@ORGANISATION.action(
    "admitted -> =", by=who("reviewer", "self"), needs=[of_the_operator], takes=PriceRuleInput, makes=PRICE_RULE,
    title=N_("Set the price rule"),
)  # fmt: skip
def set_price_rule(
    operator: Organisation, actor: Actor, *, rise: int, fall: int, window_days: int, reason: str
) -> PriceRule:
    """The operator sets how far the price of a published listing may move without review."""
    del operator
    former = in_force()
    if former is not None:
        retire(find(PriceRule, former.id, SYSTEM_ACTOR, lock=True), SYSTEM_ACTOR)
        db.session.flush()  # at most one is active: the former one leaves before the new one enters
    note(rise_bp=rise, fall_bp=fall, window_days=window_days)
    return fresh(
        PriceRule, rise_bp=rise, fall_bp=fall, window_days=window_days, reason=reason, person_id=actor.person_id
    )


@PRICE_RULE.action("active -> retired", by=REVIEWER | SYSTEM, title=N_("Retire the price rule"), dangerous=True)
def retire(rule: PriceRule, actor: Actor) -> None:
    """The rule ends; without another one every price that moves is reviewed."""
    del rule, actor
