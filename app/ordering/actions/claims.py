"""Claim: a rejected quantity, and what both sides do about it. How each remedy ends:

replace: the quantity may be packed again; the claim is done when as much of the line has been accepted.
repair: the quantity is up for decision again; accepted, the claim is done; rejected, the claim is open again.
reduce: the quantity is accepted, and less is owed for it. refund: the quantity is given up.
withdrawn: the quantity is up for decision again. Ruled for the supplier: the quantity counts as accepted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.lifecycle import find, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, Money, now
from app.kernel.work import current, note
from app.ordering.actions import acceptances
from app.ordering.actions.orders import advance, give_up
from app.ordering.lifecycles import ACCEPTANCE, ACCEPTOR, CLAIM, RULER, SELLER
from app.ordering.models import Acceptance, Claim, Order, OrderLine
from app.ordering.pointing import at_field
from app.ordering.quantities import hold, shift
from app.ordering.schemas import AgreeInput, AskInput, RulingInput

ANSWER_WITHIN: Final = timedelta(days=5)
"""How long a supplier has to answer a claim."""
REMEDY_WITHIN: Final = timedelta(days=30)
"""How long an agreed remedy may take, unless a date is agreed."""

REDUCTION_NEEDED = refusal("reduction_needed", INVALID, N_("Say by how much the price is to be reduced."))
REDUCTION_CURRENCY = refusal("reduction_currency", INVALID, N_("The order is in %(currency)s."))
REDUCTION_TOO_LARGE = refusal(
    "reduction_too_large", INVALID, N_("The reduction is at most %(most)s, the price of the quantity.")
)
REPLACED_ALREADY = refusal(
    "replaced_already", CONFLICT, N_("Its replacement is packed already. Decide on it when it arrives.")
)
REPAIR_IS_DECIDED = refusal(
    "repair_is_decided", CONFLICT, N_("The quantity is up for acceptance again: reject it there.")
)
OPERATOR_RULES = refusal(
    "operator_rules", CONFLICT, N_("The operator rules on this; the owner only where the operator is the buyer.")
)
NOT_OPEN_ANY_MORE = refusal("remedy_done", CONFLICT, N_("What was agreed is done; only a new claim can follow."))


def impartial(claim: Claim, actor: Actor) -> None:
    """Whoever rules belongs to neither side; where the operator is the buyer, the owner rules in its place."""
    if actor.org_ids & {claim.buyer_id, claim.supplier_id}:
        raise OWN_DEALING()
    if "owner" in actor.kinds and not db.session.get_one(Order, claim.order_id).rule["owner_only"]:
        raise OPERATOR_RULES()


@ACCEPTANCE.action("pending|conditional -> =", by=SYSTEM, makes=CLAIM, title=N_("Open a claim"))
def open_claim(acceptance: Acceptance, actor: Actor, *, wanted: str, reduction: Money | None) -> Claim:
    """A rejected quantity becomes a claim on the supplier."""
    del actor
    claim = fresh(
        Claim, buyer_id=acceptance.buyer_id, supplier_id=acceptance.supplier_id, order_id=acceptance.order_id,
        order_line_id=acceptance.order_line_id, acceptance_id=acceptance.id,
        quantity_micro=acceptance.quantity_micro, wanted=wanted, due_at=now() + ANSWER_WITHIN, reduction_minor=0,
    )  # fmt: skip
    claim.reduction_minor = _reduction(claim, wanted, reduction)
    current().number("CL", claim)
    note(order_line=claim.order_line_id, quantity_micro=claim.quantity_micro, wanted=wanted)
    return claim


def _reduction(claim: Claim, wanted: str, reduction: Money | None) -> int:
    """The amount asked for with a reduction, in minor units; zero with any other remedy."""
    if wanted != "reduce":
        return 0
    if reduction is None:
        raise at_field(REDUCTION_NEEDED, "reduction")
    order = db.session.get_one(Order, claim.order_id)
    line = db.session.get_one(OrderLine, claim.order_line_id)
    if reduction.currency != order.currency:
        raise at_field(REDUCTION_CURRENCY, "reduction", currency=order.currency)
    most = Money(line.amount_minor * claim.quantity_micro // line.quantity_micro, order.currency)
    if most < reduction:
        raise at_field(REDUCTION_TOO_LARGE, "reduction", most=most)
    return reduction.minor


@CLAIM.action("open|disputed -> open", by=ACCEPTOR, takes=AskInput, title=N_("Ask for something else"))
def ask(claim: Claim, actor: Actor, *, wanted: str, reduction: Money | None = None) -> None:
    """The buyer asks for another remedy."""
    del actor
    claim.reduction_minor = _reduction(claim, wanted, reduction)
    claim.wanted, claim.due_at = wanted, now() + ANSWER_WITHIN
    note(wanted=wanted)


@CLAIM.action("open -> agreed", by=SELLER, takes=AgreeInput, title=N_("Agree to it"), primary=True)
def agree(claim: Claim, actor: Actor, *, until: datetime | None = None) -> None:
    """The supplier agrees to what the buyer asks for."""
    del actor
    _grant(claim, claim.wanted, until)


@CLAIM.action("open -> disputed", by=SELLER | ACCEPTOR, takes=ReasonInput, title=N_("Dispute it"))
def dispute(claim: Claim, actor: Actor, *, reason: str) -> None:
    """One side disputes the claim and the operator is called to rule."""
    del claim, actor
    say(reason)


@CLAIM.action("disputed -> agreed", by=RULER, needs=[impartial], takes=RulingInput, title=N_("Rule for the buyer"))
def rule_for_buyer(claim: Claim, actor: Actor, *, wanted: str, reason: str, reduction: Money | None = None) -> None:
    """The operator rules for the buyer and says which remedy is due."""
    del actor
    say(reason)
    claim.reduction_minor = _reduction(claim, wanted, reduction)
    claim.wanted = wanted
    _grant(claim, wanted, None)


@CLAIM.action("disputed -> refused", by=RULER, needs=[impartial], takes=ReasonInput, title=N_("Rule for the supplier"))
def rule_for_supplier(claim: Claim, actor: Actor, *, reason: str) -> None:
    """The operator rules for the supplier: the quantity counts as accepted."""
    del actor
    say(reason)
    acceptance = _acceptance(claim)
    acceptances.hand_back(acceptance, SYSTEM_ACTOR)
    acceptances.accept(acceptance, SYSTEM_ACTOR)


def _acceptance(claim: Claim) -> Acceptance:
    hold(claim.order_id)
    return find(Acceptance, claim.acceptance_id, SYSTEM_ACTOR, lock=True)


def _grant(claim: Claim, remedy: str, until: datetime | None) -> None:
    """Let the quantities follow from the remedy (see the head of this module)."""
    claim.remedy, claim.due_at = remedy, until or now() + REMEDY_WITHIN
    note(order=claim.order_id, order_line=claim.order_line_id, quantity_micro=claim.quantity_micro, remedy=remedy)
    order = hold(claim.order_id)
    if remedy == "replace":
        if shift(claim.order_line_id, replacing=claim.quantity_micro) is None:
            raise RuntimeError(f"{claim.id}: claims more than was rejected")
    elif remedy == "refund":
        give_up(order, SYSTEM_ACTOR, line_id=claim.order_line_id, quantity_micro=claim.quantity_micro, rejected=True)
    else:
        acceptance = _acceptance(claim)
        acceptances.hand_back(acceptance, SYSTEM_ACTOR)
        if remedy == "reduce":
            acceptances.accept(acceptance, SYSTEM_ACTOR)
    advance(order)


@CLAIM.action("agreed -> open", by=ACCEPTOR | SYSTEM, takes=ReasonInput, title=N_("Raise it again"))
def reopen(claim: Claim, actor: Actor, *, reason: str) -> None:
    """What was agreed was not done: the claim is open again."""
    say(reason)
    if claim.remedy == "replace":
        order = hold(claim.order_id)
        if shift(claim.order_line_id, replacing=-claim.quantity_micro) is None:
            raise REPLACED_ALREADY()
        advance(order)
    elif claim.remedy == "repair" and not actor.system:
        raise REPAIR_IS_DECIDED()
    elif claim.remedy in ("reduce", "refund"):
        raise NOT_OPEN_ANY_MORE()
    claim.remedy, claim.due_at = None, now() + ANSWER_WITHIN


@CLAIM.action("agreed -> done", by=SYSTEM, title=N_("Note that it is settled"))
def finish(claim: Claim, actor: Actor) -> None:
    """What was agreed has been done."""
    del actor
    note(order=claim.order_id, order_line=claim.order_line_id, quantity_micro=claim.quantity_micro,
         remedy=claim.remedy, reduction_minor=claim.reduction_minor)  # fmt: skip


@CLAIM.action("open|disputed -> withdrawn", by=ACCEPTOR, takes=ReasonInput, title=N_("Withdraw the claim"))
def withdraw(claim: Claim, actor: Actor, *, reason: str) -> None:
    """The buyer withdraws the claim: the quantity is up for acceptance again."""
    del actor
    say(reason)
    acceptances.hand_back(_acceptance(claim), SYSTEM_ACTOR)
