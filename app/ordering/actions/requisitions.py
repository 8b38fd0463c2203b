"""Requisition: a lab's demand, priced from the catalogue, approved inside the lab, then ordered or put to quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.approvals import plans
from app.approvals.schemas import DelegateInput
from app.catalogue.models import BasketLine, Listing, on_offer
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now
from app.kernel.work import current, note
from app.ordering.lifecycles import DEAD, PURCHASER, REQUESTER, REQUISITION, SIGNATORY
from app.ordering.models import Order, OrderLine, Requisition, RequisitionLine
from app.ordering.pricing import differs, snapshot, with_listings, write_lines
from app.ordering.schemas import CheckoutInput, RequisitionInput
from app.ordering.whereabouts import placed
from app.sharing.purchases import booking_ruled_out
from app.sharing.schemas import NeverthelessInput

PRICE_HOLD: Final = timedelta(days=14)
"""How long the prices of a submitted requisition are held."""

NO_LAB = refusal("no_lab", CONFLICT, N_("Only laboratories buy. Ask the operator to admit you as one."))
BASKET_EMPTY = refusal("basket_empty", CONFLICT, N_("Nothing in %(currency)s is in your basket."))
PRICES_CHANGED = refusal(
    "prices_changed", CONFLICT, N_("Prices or offers have changed since (%(count)s lines). Take today's first.")
)
REST_ONLY = refusal("partly_ordered", CONFLICT, N_("Part of it is ordered. Order the rest, or give the rest up."))
ORDERED_BEFORE = refusal(
    "ordered_before", CONFLICT, N_("Orders were made from it before: its lines stand. Begin a new requisition instead.")
)
NOT_THEIRS = refusal("not_their_requisition", FORBIDDEN, N_("This is done by whoever asked for it, or by a purchaser."))
NOTHING_ORDERED = refusal("nothing_ordered", CONFLICT, N_("Nothing of it is ordered. Cancel it instead."))


def is_lab(organisation: Organisation, actor: Actor) -> None:
    """The organisation is a laboratory."""
    del actor
    if not organisation.is_lab:
        raise NO_LAB()


def prices_current(requisition: Requisition, actor: Actor) -> None:
    """Every priced line still costs what was seen, and is still on offer."""
    del actor
    changed = sum(differs(line, today) for line, today in with_listings(requisition))
    if changed:
        raise PRICES_CHANGED(count=changed)


def nothing_ordered(requisition: Requisition, actor: Actor) -> None:
    """No order of this requisition is alive."""
    del actor
    if ordered_line_ids(requisition.id):
        raise REST_ONLY()


def theirs(requisition: Requisition, actor: Actor) -> None:
    """A member handles their own requests; a purchaser everybody's."""
    if not actor.system and "purchaser" not in actor.roles_on(requisition) and requisition.person_id != actor.person_id:
        raise NOT_THEIRS()


def never_ordered(requisition: Requisition, actor: Actor) -> None:
    """No order was ever made from it: orders, even those that came to nothing, refer to its lines."""
    del actor
    if db.session.scalar(sa.select(Order.id).where(Order.requisition_id == requisition.id).limit(1)) is not None:
        raise ORDERED_BEFORE()


def something_ordered(requisition: Requisition, actor: Actor) -> None:
    """At least one order of this requisition is alive."""
    del actor
    if not ordered_line_ids(requisition.id):
        raise NOTHING_ORDERED()


def ordered_line_ids(requisition_id: str, *, but: str | None = None) -> set[str]:
    """Ids of the lines that stand in an order which has not come to nothing; `but` leaves one order out."""
    statement = (
        sa.select(OrderLine.requisition_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.requisition_id == requisition_id, Order.state.not_in(DEAD))
    )
    return set(db.session.scalars(statement.where(Order.id != but) if but else statement))


def open_lines(requisition: Requisition) -> list[RequisitionLine]:
    """The lines that are still to be ordered."""
    taken = ordered_line_ids(requisition.id)
    return [line for line in requisition.lines if line.id not in taken]


@ORGANISATION.action(
    "admitted -> =", by=who("member|purchaser", "self"), needs=[is_lab], takes=RequisitionInput, makes=REQUISITION,
    title=N_("New requisition"),
)  # fmt: skip
def requisition(
    organisation: Organisation, actor: Actor, /, *, lines: Sequence[dict[str, Any]], title: str = "", purpose: str = "",
    delivery_place: str = "", currency: str = "CNY", **where_for: str | None,
) -> Requisition:  # fmt: skip
    """A member of the lab writes down what is needed, from the catalogue or in words."""
    made = made_for(organisation, actor.person_id, lines=lines, title=title, purpose=purpose,
                    delivery_place=delivery_place, currency=currency)  # fmt: skip
    return placed(made, actor, **where_for)


def made_for(
    organisation: Organisation, person_id: str | None, *, lines: Sequence[dict[str, Any]], title: str, purpose: str,
    delivery_place: str, currency: str,
) -> Requisition:  # fmt: skip
    """A new requisition with its lines as the catalogue prices them now."""
    made = fresh(
        Requisition, buyer_id=organisation.id, person_id=person_id, title=title, purpose=purpose, currency=currency,
        delivery_place=delivery_place or organisation.address, total_minor=0,
    )  # fmt: skip
    write_lines(made, lines)
    current().number("PR", made)
    return made


@ORGANISATION.action(
    "admitted -> =", by=who("member|purchaser", "self"), needs=[is_lab], takes=CheckoutInput, makes=REQUISITION,
    title=N_("Check out the basket"),
)  # fmt: skip
def checkout(
    organisation: Organisation, actor: Actor, /, *, title: str = "", purpose: str = "", delivery_place: str = "",
    currency: str = "CNY", **where_for: str | None,
) -> Requisition:  # fmt: skip
    """A member turns what is in the basket in one currency into a requisition; the basket keeps the rest."""
    held = db.session.scalars(
        sa.select(BasketLine)
        .join(Listing, Listing.id == BasketLine.listing_id)
        .where(BasketLine.person_id == actor.person_id, BasketLine.org_id == organisation.id,
               Listing.currency == currency, on_offer())
        .order_by(BasketLine.added_at, BasketLine.listing_id)
        .with_for_update(of=BasketLine)
    ).all()  # fmt: skip
    if not held:
        raise BASKET_EMPTY(currency=currency)
    lines = [{"listing": line.listing_id, "quantity": line.quantity_micro} for line in held]
    for line in held:
        db.session.delete(line)
    made = made_for(organisation, actor.person_id, lines=lines, title=title, purpose=purpose,
                    delivery_place=delivery_place, currency=currency)  # fmt: skip
    return placed(made, actor, **where_for)


@REQUISITION.action(
    "draft|returned -> =", by=REQUESTER, needs=[theirs, never_ordered], takes=RequisitionInput,
    title=N_("Edit the requisition"),
)  # fmt: skip
def edit(
    requisition: Requisition, actor: Actor, /, *, lines: Sequence[dict[str, Any]], title: str = "", purpose: str = "",
    delivery_place: str = "", currency: str = "CNY", **where_for: str | None,
) -> None:  # fmt: skip
    """The requester changes lines, purpose or place; the prices are today's."""
    requisition.title, requisition.purpose, requisition.currency = title, purpose, currency
    requisition.delivery_place = delivery_place
    placed(requisition, actor, **where_for)
    write_lines(requisition, lines)
    note(changed=["lines", "purpose", "title", "delivery_place"])


@REQUISITION.action(
    "draft|returned -> =", by=REQUESTER | SYSTEM, needs=[theirs, prices_current, booking_ruled_out],
    title=N_("Submit for approval"), primary=True,
)  # fmt: skip
def submit(requisition: Requisition, actor: Actor) -> None:
    """The requester submits it: the approval plan is frozen, the prices are held; an empty plan approves at once."""
    requisition.price_hold_until = now() + PRICE_HOLD
    put_up(requisition, SYSTEM_ACTOR)
    plan = plans.make_plan(
        requisition, org_id=requisition.buyer_id, subject="requisition", amount=requisition.total,
        requester_id=requisition.person_id or actor.person_id, unit_id=requisition.unit_id,
    )  # fmt: skip
    if plans.needs_signature(plan):
        plans.turn(requisition)
    else:
        settle_approved(requisition, SYSTEM_ACTOR)


@REQUISITION.action(
    "draft|returned -> =", by=REQUESTER, needs=[theirs], takes=NeverthelessInput,
    title=N_("Say why to buy nevertheless"),
)  # fmt: skip
def justify(requisition: Requisition, actor: Actor, *, why: str, explanation: str) -> None:
    """The requester says why it is bought although an instrument of the kind can be booked in the park."""
    del actor
    requisition.why, requisition.explanation = why, explanation
    say(explanation)


@REQUISITION.action("draft|returned|approved -> awaiting_approval", by=SYSTEM, title=N_("Put up for approval"))
def put_up(requisition: Requisition, actor: Actor) -> None:
    """The requisition goes to the approvers of the lab."""
    del requisition, actor


@REQUISITION.action("awaiting_approval -> =", by=SIGNATORY, needs=[plans.may_sign], title=N_("Approve"), primary=True)
def approve(requisition: Requisition, actor: Actor) -> None:
    """The approver whose turn it is signs; with the last signature the requisition is approved."""
    if plans.sign(requisition.id, actor):
        settle_approved(requisition, SYSTEM_ACTOR)
    else:
        plans.turn(requisition)


@REQUISITION.action(
    "awaiting_approval -> =", by=SIGNATORY, needs=[plans.may_sign], takes=DelegateInput,
    title=N_("Hand over the signature"),
)  # fmt: skip
def delegate(requisition: Requisition, actor: Actor, *, person: str) -> None:
    """Whoever is to sign asks a colleague to sign instead; both names stay on record."""
    plans.delegate(requisition, actor, person_id=person)
    note(delegate=person)


@REQUISITION.action(
    "awaiting_approval|approved -> =", by=SIGNATORY, needs=[plans.may_take_back, nothing_ordered],
    title=N_("Take the signature back"), dangerous=True,
)  # fmt: skip
def take_back(requisition: Requisition, actor: Actor) -> None:
    """Whoever signed last takes the signature back, before anything is ordered."""
    plans.take_back(requisition.id, actor)
    if requisition.state == "approved":
        put_up(requisition, SYSTEM_ACTOR)
    plans.turn(requisition)


@REQUISITION.action("awaiting_approval -> =", by=SYSTEM, after="sign_by", title=N_("Escalate"))
def escalate(requisition: Requisition, actor: Actor) -> None:
    """Nobody signed in time: the organisation's administrators may sign as well."""
    del actor
    plans.escalate(requisition)


@REQUISITION.action("awaiting_approval -> approved", by=SYSTEM, title=N_("Note the approval"))
def settle_approved(requisition: Requisition, actor: Actor) -> None:
    """Every signature of the plan is there: the purchaser may order."""
    del requisition, actor


@REQUISITION.action(
    "awaiting_approval -> rejected", by=SIGNATORY, needs=[plans.may_sign], takes=ReasonInput, title=N_("Reject"),
    dangerous=True,
)  # fmt: skip
def reject(requisition: Requisition, actor: Actor, *, reason: str) -> None:
    """The approver whose turn it is rejects the demand with a reason."""
    plans.refuse(requisition.id, actor)
    say(reason)


@REQUISITION.action(
    "awaiting_approval -> returned", by=SIGNATORY, needs=[plans.may_sign], takes=ReasonInput, name="return",
    title=N_("Return for correction"),
)  # fmt: skip
def return_(requisition: Requisition, actor: Actor, *, reason: str) -> None:
    """The approver whose turn it is returns the demand with what has to be corrected."""
    plans.refuse(requisition.id, actor)
    say(reason)


@REQUISITION.action("awaiting_approval|approved -> lapsed", by=SYSTEM, after="price_hold_until", title=N_("Let lapse"))
def lapse(requisition: Requisition, actor: Actor) -> None:
    """The time for which the prices were held has passed without an order."""
    del actor
    plans.drop(requisition.id)


@REQUISITION.action(
    "lapsed|draft|returned -> draft", by=REQUESTER, needs=[theirs], title=N_("Rebuild with today's prices")
)
def rebuild(requisition: Requisition, actor: Actor) -> None:
    """The requester takes today's prices; what is no longer on offer stays without a price, to be put out to quotes."""
    del actor
    changed = 0
    for line, today in with_listings(requisition):
        changed += differs(line, today)
        if today is not None:
            snapshot(line, *today)
        else:
            line.listing_id = line.supplier_id = line.price_minor = None
            line.amount_minor, line.price_rule = 0, {}
    requisition.total_minor = sum(line.amount_minor for line in requisition.lines)
    requisition.price_hold_until = None
    note(lines_changed=changed)


@REQUISITION.action(
    "draft|returned|awaiting_approval|approved -> cancelled", by=REQUESTER, needs=[theirs, nothing_ordered],
    takes=ReasonInput, title=N_("Cancel the requisition"), dangerous=True,
)  # fmt: skip
def cancel(requisition: Requisition, actor: Actor, *, reason: str) -> None:
    """The requester takes the demand back before anything of it is ordered."""
    del actor
    plans.drop(requisition.id)
    say(reason)


@REQUISITION.action(
    "approved -> ordered", by=PURCHASER, needs=[something_ordered], takes=ReasonInput, title=N_("Give the rest up")
)
def give_up_rest(requisition: Requisition, actor: Actor, *, reason: str) -> None:
    """The purchaser gives up what is not ordered yet, after an order of the requisition came to nothing."""
    del requisition, actor
    say(reason)


@REQUISITION.action("sourcing|approved -> ordered", by=SYSTEM, title=N_("Note the orders"))
def settle_ordered(requisition: Requisition, actor: Actor) -> None:
    """Its orders were made: by the award of the RFQ it went to, or by the buyer's word on an offline entry."""
    del requisition, actor


@REQUISITION.action("sourcing|ordered -> approved", by=SYSTEM, title=N_("Open again"))
def reopen(requisition: Requisition, actor: Actor, *, but: str | None = None) -> None:
    """The RFQ failed, or an order came to nothing: what it was for can be ordered again.

    While another order of it is alive the requisition does not lapse, for it is partly ordered.
    """
    del actor
    requisition.rfq_id = None
    alive = bool(ordered_line_ids(requisition.id, but=but))
    requisition.price_hold_until = None if alive else now() + PRICE_HOLD
