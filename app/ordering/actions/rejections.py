"""Rejecting a quantity: a decision of the acceptance that opens a claim, or opens an agreed repair again."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.lifecycle import find, say
from app.kernel.values import N_, Money
from app.ordering.actions import claims
from app.ordering.actions.acceptances import decide, take_part
from app.ordering.actions.orders import advance
from app.ordering.lifecycles import ACCEPTANCE, ACCEPTOR
from app.ordering.models import Acceptance, Claim
from app.ordering.quantities import hold
from app.ordering.schemas import RejectInput


@ACCEPTANCE.action(
    "pending|conditional -> rejected", by=ACCEPTOR | SYSTEM, takes=RejectInput, title=N_("Reject as bad"),
    dangerous=True,
)  # fmt: skip
def reject(
    acceptance: Acceptance, actor: Actor, *, reason: str, wanted: str = "replace", reduction: Money | None = None,
    quantity: int | None = None,
) -> None:  # fmt: skip
    """The buyer rejects the quantity or a part of it, says why, and what is asked for; a claim is opened."""
    say(reason)
    take_part(acceptance, quantity)
    acceptance.decided_by = actor.person_id
    _to_claim(acceptance, reason=reason, wanted=wanted, reduction=reduction)


@ACCEPTANCE.action("conditional -> rejected", by=SYSTEM, after="condition_until", title=N_("Let the condition fail"))
def fail(acceptance: Acceptance, actor: Actor) -> None:
    """The condition was not met by its date: the quantity counts as rejected."""
    del actor
    hold(acceptance.order_id)
    _to_claim(acceptance, reason=acceptance.condition, wanted="repair", reduction=None)


def _to_claim(acceptance: Acceptance, *, reason: str, wanted: str, reduction: Money | None) -> None:
    part = acceptance.quantity_micro
    decide(acceptance, rejected=part, pending=-part)
    acceptance.condition_until = acceptance.silent_at = None
    agreed = db.session.scalar(sa.select(Claim.id).where(Claim.acceptance_id == acceptance.id, Claim.state == "agreed"))
    if agreed is not None:  # the agreed repair did not help
        claims.reopen(find(Claim, agreed, SYSTEM_ACTOR, lock=True), SYSTEM_ACTOR, reason=reason)
    else:
        claims.open_claim(acceptance, SYSTEM_ACTOR, wanted=wanted, reduction=reduction)
    advance(hold(acceptance.order_id))
