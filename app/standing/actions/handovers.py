"""Leaving the park: with nothing open, or by a written plan that whoever takes over has agreed to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION, REVIEWER, impartial
from app.accounts.models import LIVE_STATES, Organisation, Restriction
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import Lifecycle, State, fresh, say, visible
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import note
from app.ledger.models import LedgerAccount
from app.ordering.models import Order
from app.payments import codes
from app.standing.models import Handover
from app.standing.schemas import HandoverInput, HandoverOut

SUCCESSOR = who("org_admin", "successor")

ENDED_ORDERS = ("closed", "refused", "lapsed", "cancelled")

NO_SUCCESSOR = refusal(
    "no_takeover", INVALID, N_("Choose another admitted organisation. Operator, owner and auditor take over nothing.")
)
PLANNED_ALREADY = refusal("planned_already", CONFLICT, N_("There is a plan already. Withdraw it first."))
ORDERS_OPEN = refusal(
    "orders_open", CONFLICT,
    N_("%(count)s orders are still open. They are finished first, or whoever takes over agrees to a hand-over plan."),
)  # fmt: skip
BALANCE_OPEN = refusal(
    "balance_open", CONFLICT,
    N_("Money still stands on its account. It is paid out, or payouts are stopped without an end, or handed over."),
)  # fmt: skip

HANDOVER = Lifecycle(
    "handover",
    Handover,
    [
        State("proposed", N_("proposed"), "waiting", N_("Whoever shall take over agrees or declines."), SUCCESSOR),
        State("agreed", N_("agreed"), "active", N_("It is carried out when the organisation leaves.")),
        State("declined", N_("declined"), "stop", final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
        State("done", N_("carried out"), "good",
              N_("The organisation has left; its business goes on with the other one."), final=True),
    ],
    title=N_("Hand-over plan"),
    collection="handovers",
    main_path="proposed agreed done",
    shape=HandoverOut,
)  # fmt: skip


def heirs(organisation: Organisation, actor: Actor) -> Any:
    """A select of who could take over: others that are admitted, but for operator, owner and auditor."""
    return visible(Organisation, actor).where(
        Organisation.state == "admitted", Organisation.platform.is_(None), Organisation.id != organisation.id
    )


def _apart(handover: Handover, actor: Actor) -> None:
    if {handover.org_id, handover.successor_id} & actor.org_ids:
        raise OWN_DEALING()


@ORGANISATION.action(
    "admitted|suspended -> =", by=REVIEWER, needs=[impartial], takes=HandoverInput, makes=HANDOVER,
    title=N_("Plan the hand-over"),
)  # fmt: skip
def plan_handover(organisation: Organisation, actor: Actor, *, successor: str, plan: str) -> Handover:
    """The operator writes down who takes over the open orders, warranties and money of an organisation that leaves."""
    heir = db.session.scalar(heirs(organisation, actor).where(Organisation.id == successor))
    if heir is None:
        raise NO_SUCCESSOR(fields={"successor": [NO_SUCCESSOR.words]})
    if heir.id in actor.org_ids:
        raise OWN_DEALING(fields={"successor": [OWN_DEALING.words]})
    if _standing_plan(organisation) is not None:
        raise PLANNED_ALREADY()
    return fresh(Handover, org_id=organisation.id, successor_id=heir.id, plan=plan)


@HANDOVER.action("proposed -> agreed", by=SUCCESSOR, title=N_("Agree to take over"), primary=True)
def agree(handover: Handover, actor: Actor) -> None:
    """The organisation that takes over agrees to the plan as it is written."""
    del actor
    handover.agreed_at = now()


@HANDOVER.action("proposed -> declined", by=SUCCESSOR, takes=ReasonInput, title=N_("Decline"), dangerous=True)
def decline(handover: Handover, actor: Actor, *, reason: str) -> None:
    """The organisation that should take over does not want to."""
    del handover, actor
    say(reason)


@HANDOVER.action(
    "proposed|agreed -> withdrawn", by=REVIEWER, needs=[_apart], takes=ReasonInput, title=N_("Withdraw"),
    dangerous=True,
)  # fmt: skip
def withdraw(handover: Handover, actor: Actor, *, reason: str) -> None:
    """The operator takes the plan back."""
    del handover, actor
    say(reason)


@HANDOVER.action("agreed -> done", by=SYSTEM, title=N_("Carry out"))
def carry_out(handover: Handover, actor: Actor) -> None:
    """The organisation has left the park."""
    del handover, actor


def _standing_plan(organisation: Organisation) -> Handover | None:
    found = sa.select(Handover).where(Handover.org_id == organisation.id, Handover.state.in_(("proposed", "agreed")))
    return db.session.scalar(found)


def nothing_left(organisation: Organisation, actor: Actor) -> None:
    """Guard: nothing is open, or somebody has agreed to take it over."""
    del actor
    plan = _standing_plan(organisation)
    if plan is not None and plan.state == "agreed":
        return
    mine = sa.or_(Order.buyer_id == organisation.id, Order.supplier_id == organisation.id)
    count = db.session.scalar(sa.select(sa.func.count()).where(mine, Order.state.not_in(ENDED_ORDERS))) or 0
    if count:
        raise ORDERS_OPEN(count=str(count))
    if money_left(organisation) and not frozen(organisation):
        raise BALANCE_OPEN()


def money_left(organisation: Organisation) -> bool:
    """Whether the platform owes it something, or it the platform."""
    own = (codes.payable(organisation.id), codes.in_transit(organisation.id), codes.refund_due(organisation.id))
    left = sa.select(LedgerAccount.id).where(LedgerAccount.code.in_(own), LedgerAccount.balance_minor != 0)
    return db.session.scalar(left.limit(1)) is not None


def frozen(organisation: Organisation) -> bool:
    """Whether its payouts are stopped without an end."""
    stop = sa.select(Restriction.id).where(
        Restriction.org_id == organisation.id, Restriction.scope == "payout", Restriction.ends_at.is_(None),
        Restriction.state.in_(LIVE_STATES),
    )  # fmt: skip
    return db.session.scalar(stop.limit(1)) is not None


@ORGANISATION.action(
    "suspended -> terminated", by=REVIEWER, needs=[impartial, nothing_left], takes=ReasonInput, title=N_("Terminate"),
    dangerous=True,
)  # fmt: skip
def terminate(organisation: Organisation, actor: Actor, *, reason: str) -> None:
    """The operator ends a suspended organisation's membership of the park; what was handed over goes on elsewhere."""
    del actor
    say(reason)
    organisation.suspended_until = None
    plan = _standing_plan(organisation)
    if plan is not None and plan.state == "agreed":
        note(successor=plan.successor_id)
        carry_out(plan, SYSTEM_ACTOR)
