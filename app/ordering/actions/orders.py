"""Order: approved by the platform, confirmed by the supplier, delivered and accepted, closed when settled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, platform
from app.kernel.db import db
from app.kernel.errors import CONFLICT, OWN_DEALING, refusal
from app.kernel.lifecycle import find, hush, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import act_for, note
from app.ordering import thresholds
from app.ordering.actions import requisitions
from app.ordering.lifecycles import APPROVER, LIVE_CLAIM, ORDER, OWNER, PURCHASER, REQUISITION, SELLER
from app.ordering.models import Claim, Order, Requisition
from app.ordering.quantities import shift
from app.ordering.schemas import OpinionInput, TermsInput
from app.sourcing.actions import awards
from app.sourcing.models import Award

CONFIRM_WITHIN: Final = timedelta(days=5)
"""How long a supplier has to confirm."""

OWNER_APPROVES = refusal(
    "owner_approves", CONFLICT, N_("From %(limit)s on the owner approves as well: approve and pass it on.")
)
OWNER_APPROVES_OPERATOR = refusal(
    "owner_approves_operator", CONFLICT, N_("The operator buys for itself here: the owner approves.")
)
OPERATOR_ALONE = refusal("operator_alone", CONFLICT, N_("Below %(limit)s the operator decides alone."))
OPERATOR_ALONE_ALWAYS = refusal(
    "operator_alone_always", CONFLICT, N_("No rule in force asks the owner about this purchase.")
)
OWNER_DECIDES = refusal("owner_decides", CONFLICT, N_("The owner decides about it now."))
OPERATOR_DECIDES = refusal("operator_decides", CONFLICT, N_("The operator decides about it first."))
TOO_LATE = refusal("confirmation_late", CONFLICT, N_("Too late: it was to be confirmed by %(deadline)s."))
APPROVAL_FIRST = refusal(
    "approval_first", CONFLICT, N_("Your organisation has not approved the requisition yet: it is %(state)s.")
)
CLAIM_OPEN = refusal("claim_open", CONFLICT, N_("A claim is still open."))
NOT_TO_GIVE_UP = refusal("not_to_give_up", CONFLICT, N_("Only what is neither packed nor accepted can be given up."))


def impartial(order: Order, actor: Actor) -> None:
    """Whoever approves belongs neither to the buyer nor to the supplier."""
    if actor.org_ids & {order.buyer_id, order.supplier_id}:
        raise OWN_DEALING()


def within_operators_limit(order: Order, actor: Actor) -> None:
    """The rule frozen on the order does not ask the owner."""
    del actor
    if order.rule["owner_only"]:
        raise OWNER_APPROVES_OPERATOR()
    if thresholds.asks_owner(order):
        raise OWNER_APPROVES(limit=thresholds.owner_limit(order))


def beyond_operators_limit(order: Order, actor: Actor) -> None:
    """The rule frozen on the order asks the owner."""
    del actor
    if thresholds.asks_owner(order):
        return
    limit = thresholds.owner_limit(order)
    raise OPERATOR_ALONE(limit=limit) if limit is not None else OPERATOR_ALONE_ALWAYS()


def whose_turn(order: Order, actor: Actor) -> None:
    """The operator decides while it waits for the operator, the owner while it waits for the owner."""
    if order.state == "awaiting_owner" and "owner" not in actor.kinds:
        raise OWNER_DECIDES()
    if order.state == "awaiting_operator" and "operator" not in actor.kinds:
        raise OPERATOR_DECIDES()


def in_time(order: Order, actor: Actor) -> None:
    """The time to confirm has not passed; the clock of the server counts."""
    del actor
    if order.confirm_by is not None and order.confirm_by <= now():
        raise TOO_LATE(deadline=order.confirm_by)


def requisition_approved(order: Order, actor: Actor) -> None:
    """An order entered offline is affirmed under the buyer's own approval rules, as any other."""
    del actor
    requisition = find(Requisition, str(order.requisition_id), SYSTEM_ACTOR)
    if requisition.state != "approved":
        raise APPROVAL_FIRST(state=REQUISITION.states[requisition.state].title)


def no_claim(order: Order, actor: Actor) -> None:
    """Every claim of the order is settled."""
    del actor
    live = sa.select(Claim.id).where(Claim.order_id == order.id, Claim.state.in_(LIVE_CLAIM)).limit(1)
    if db.session.scalar(live) is not None:
        raise CLAIM_OPEN()


@ORDER.action("awaiting_buyer -> =", by=PURCHASER, needs=[requisition_approved], title=N_("Affirm"), primary=True)
def affirm(order: Order, actor: Actor) -> None:
    """The purchaser affirms an order that the operator entered for them; from here on it goes the usual way."""
    bind(order, actor.person_id, "purchaser")


def bind(order: Order, person_id: str | None, way: str) -> None:
    """The buyer's word is given by this purchaser, in this way (offline_models.WAYS): the order goes its usual way."""
    order.person_id = person_id
    if order.entry is not None:
        order.entry.way, order.entry.confirmed_at = way, now()
        note(way=way, purchaser=person_id)
    requisition = find(Requisition, str(order.requisition_id), SYSTEM_ACTOR, lock=True)
    requisitions.settle_ordered(requisition, SYSTEM_ACTOR)
    put_up(order, SYSTEM_ACTOR)
    route(order)


@ORDER.action(
    "awaiting_buyer -> cancelled", by=platform("support", "operator"), takes=ReasonInput,
    title=N_("Take the entry back"), dangerous=True,
)  # fmt: skip
def take_back(order: Order, actor: Actor, *, reason: str) -> None:
    """The operator takes back an order that it entered by mistake, before the buyer has affirmed it."""
    del actor
    say(reason)
    act_for(order.buyer_id)
    give_back(order)


@ORDER.action("awaiting_buyer|returned -> awaiting_operator", by=SYSTEM, title=N_("Put up for approval"))
def put_up(order: Order, actor: Actor) -> None:
    """The order goes to the platform for approval of the transaction."""
    del order, actor


def route(order: Order) -> None:
    """Send an order on where the frozen rule asks nobody, or where the operator buys for itself."""
    if order.rule["owner_only"]:
        pass_to_owner(order, SYSTEM_ACTOR)
    elif not thresholds.asks_operator(order):
        approve(order, SYSTEM_ACTOR)


@ORDER.action(
    "awaiting_operator -> awaiting_supplier", by=APPROVER | SYSTEM, needs=[impartial, within_operators_limit],
    takes=OpinionInput, title=N_("Approve"), primary=True,
)  # fmt: skip
def approve(order: Order, actor: Actor, *, reason: str = "") -> None:
    """The operator approves the transaction and the supplier receives the order."""
    del actor
    say(reason)
    _send(order)


@ORDER.action(
    "awaiting_operator -> awaiting_owner", by=APPROVER | SYSTEM, needs=[impartial, beyond_operators_limit],
    takes=OpinionInput, title=N_("Approve and pass on to the owner"), primary=True,
)  # fmt: skip
def pass_to_owner(order: Order, actor: Actor, *, reason: str = "") -> None:
    """The operator approves a transaction above its limit and passes it on to the owner."""
    del order, actor
    say(reason)


@ORDER.action(
    "awaiting_owner -> awaiting_supplier", by=OWNER, needs=[impartial], takes=OpinionInput,
    title=N_("Approve as owner"), primary=True,
)  # fmt: skip
def approve_as_owner(order: Order, actor: Actor, *, reason: str = "") -> None:
    """The owner approves the transaction and the supplier receives the order."""
    del actor
    say(reason)
    _send(order)


def _send(order: Order) -> None:
    order.sent_at = now()
    order.confirm_by = now() + CONFIRM_WITHIN


@ORDER.action(
    "awaiting_operator|awaiting_owner -> returned", by=APPROVER | OWNER, needs=[impartial, whose_turn],
    takes=ReasonInput, name="return", title=N_("Return for correction"),
)  # fmt: skip
def return_(order: Order, actor: Actor, *, reason: str) -> None:
    """Whoever approves returns the order to the buyer with what has to be corrected."""
    del order, actor
    say(reason)


@ORDER.action(
    "awaiting_operator|awaiting_owner -> cancelled", by=APPROVER | OWNER, needs=[impartial, whose_turn],
    takes=ReasonInput, title=N_("Reject"), dangerous=True,
)  # fmt: skip
def reject(order: Order, actor: Actor, *, reason: str) -> None:
    """Whoever approves rejects the transaction; what was to be bought is open again."""
    del actor
    say(reason)
    give_back(order)


@ORDER.action("returned -> =", by=PURCHASER, takes=TermsInput, title=N_("Correct the order"))
def correct(order: Order, actor: Actor, *, delivery_place: str, deliver_by: date | None, terms: str) -> None:
    """The purchaser corrects place, date or terms of a returned order; price and quantity stay as agreed."""
    del actor
    order.delivery_place, order.deliver_by, order.terms = delivery_place, deliver_by, terms
    note(changed=["delivery_place", "deliver_by", "terms"])


@ORDER.action("returned -> =", by=PURCHASER, title=N_("Submit again"), primary=True)
def resubmit(order: Order, actor: Actor) -> None:
    """The corrected order goes back to whoever approves it."""
    del actor
    put_up(order, SYSTEM_ACTOR)
    route(order)


@ORDER.action("awaiting_supplier -> confirmed", by=SELLER, needs=[in_time], title=N_("Confirm the order"), primary=True)
def confirm(order: Order, actor: Actor) -> None:
    """The supplier confirms: from now on both sides are bound."""
    del actor
    order.confirmed_at = now()
    if order.award_id is not None:
        award = find(Award, order.award_id, SYSTEM_ACTOR, lock=True)
        for line in order.lines:
            awards.confirm_line(award, SYSTEM_ACTOR, award_line_id=str(line.award_line_id))


@ORDER.action(
    "awaiting_supplier -> refused", by=SELLER, takes=ReasonInput, title=N_("Refuse the order"), dangerous=True
)
def refuse(order: Order, actor: Actor, *, reason: str) -> None:
    """The supplier refuses with a reason; what was to be bought is open again."""
    del actor
    say(reason)
    give_back(order)


@ORDER.action("awaiting_supplier -> lapsed", by=SYSTEM, after="confirm_by", title=N_("Let lapse"))
def lapse(order: Order, actor: Actor) -> None:
    """Without a confirmation in time the order lapses; what was to be bought is open again."""
    del actor
    give_back(order)


@ORDER.action(
    "awaiting_buyer|awaiting_operator|awaiting_owner|returned|awaiting_supplier -> cancelled", by=PURCHASER,
    takes=ReasonInput, title=N_("Cancel the order"), dangerous=True,
)  # fmt: skip
def cancel(order: Order, actor: Actor, *, reason: str) -> None:
    """The buyer cancels before the supplier has confirmed; what was to be bought is open again."""
    del actor
    say(reason)
    give_back(order)


def give_back(order: Order) -> None:
    """The quantities return to where the order came from: the lines of the award, or the requisition."""
    if order.award_id is not None:
        award = find(Award, order.award_id, SYSTEM_ACTOR, lock=True)
        for line in order.lines:
            awards.decline_line(award, SYSTEM_ACTOR, award_line_id=str(line.award_line_id))
        return
    requisition = find(Requisition, str(order.requisition_id), SYSTEM_ACTOR, lock=True)
    if requisition.state == "ordered":  # not so where the buyer never affirmed what was entered for them
        requisitions.reopen(requisition, SYSTEM_ACTOR, but=order.id)


@ORDER.action("* -> =", by=SYSTEM, title=N_("Freeze the commission"))
def freeze_commission(order: Order, actor: Actor, *, commission: dict[str, Any]) -> None:
    """The commission that holds for this order is written down with it; later rates never alter it."""
    del actor
    order.commission = dict(commission)
    hush()  # the buyer never hears of it


@ORDER.action("confirmed|delivered -> =", by=SYSTEM, title=N_("Give up a quantity"))
def give_up(order: Order, actor: Actor, *, line_id: str, quantity_micro: int, rejected: bool = False) -> None:
    """A quantity is given up for good: it is neither delivered nor owed any more.

    `rejected`: it had arrived and was rejected (a claim that ends in a refund); else it must not be packed yet.
    """
    del actor
    deltas = {"given_up": quantity_micro} | ({"replacing": quantity_micro} if rejected else {})
    if shift(line_id, **deltas) is None:
        raise NOT_TO_GIVE_UP()
    note(order_line=line_id, quantity_micro=quantity_micro)


@ORDER.action("confirmed -> delivered", by=SYSTEM, title=N_("Note the delivery"))
def deliver(order: Order, actor: Actor) -> None:
    """Everything that was ordered and not given up has arrived."""
    del order, actor


@ORDER.action("delivered -> accepted", by=SYSTEM, title=N_("Note the acceptance"))
def accept(order: Order, actor: Actor) -> None:
    """Everything that was ordered and not given up has been accepted; the warranty begins."""
    del actor
    order.accepted_at = now()
    months = max((line.warranty_months or 0 for line in order.lines if line.accepted_micro), default=0)
    order.warranty_ends_at = months_after(order.accepted_at, months) if months else None


@ORDER.action("delivered|accepted -> confirmed", by=SYSTEM, title=N_("Step back"))
def step_back(order: Order, actor: Actor) -> None:
    """An acceptance was undone or a replacement agreed: there is something to deliver or accept again."""
    del actor
    order.accepted_at = order.warranty_ends_at = None


@ORDER.action("accepted -> closed", by=SYSTEM, needs=[no_claim], title=N_("Close"))
def close(order: Order, actor: Actor) -> None:
    """Every instalment is settled and the warranty is over: the order is closed."""
    del order, actor


def advance(order: Order) -> None:
    """Derive delivery and acceptance from the quantities of the lines and store them by SYSTEM actions."""
    arrived = all(line.undelivered_micro == 0 for line in order.lines)
    done = arrived and all(line.unaccepted_micro == 0 for line in order.lines)
    if (order.state == "accepted" and not done) or (order.state == "delivered" and not arrived):
        step_back(order, SYSTEM_ACTOR)
    if order.state == "confirmed" and arrived:
        deliver(order, SYSTEM_ACTOR)
    if order.state == "delivered" and done:
        accept(order, SYSTEM_ACTOR)


def months_after(moment: datetime, months: int) -> datetime:
    """The same day and time some months later; a day that the month lacks becomes its last one."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    last = (following - timedelta(days=1)).day
    return moment.replace(year=year, month=month, day=min(moment.day, last))
