"""Work order, the appointment: agreed, moved, missed, and the expert who is sent.

Proposing and cancelling stand in `ordering`, because they take and give back a quantity of the order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from app.accounts.models import Membership
from app.booking.lifecycles import ANSWERING, BOOKED, CUSTOMER, SELLER, SERVICE, WORK_ORDER
from app.booking.models import SIDES, WorkOrder
from app.booking.queries import EXPERT_ROLES, busy
from app.booking.schemas import AssignInput, MissInput, MoveInput
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, Code, Refusal, refusal
from app.kernel.lifecycle import say
from app.kernel.values import N_, now
from app.kernel.work import current, note

LONGEST: Final = timedelta(days=60)
"""How long one appointment may last; what takes longer is several."""
HORIZON: Final = timedelta(days=366)
"""How far ahead an appointment may lie."""
GRACE: Final = timedelta(minutes=30)
"""How late somebody may be before the appointment counts as missed."""

TIME_PAST = refusal("appointment_past", INVALID, N_("An appointment begins in the future."))
TIME_BACKWARDS = refusal("appointment_backwards", INVALID, N_("An appointment ends after it begins."))
TIME_LONG = refusal("appointment_long", INVALID, N_("An appointment lasts at most 60 days. Make several."))
TIME_FAR = refusal("appointment_far", INVALID, N_("An appointment lies at most a year ahead."))
TIME_OVER = refusal("appointment_over", CONFLICT, N_("The proposed time has passed. Propose another one."))
NO_EXPERT_OF_THEIRS = refusal(
    "not_an_expert", INVALID, N_("Only an expert or a fulfilment clerk of the service organisation can be sent.")
)
EXPERT_BUSY = refusal(
    "expert_busy", CONFLICT, N_("The expert has another appointment at that time. Send somebody else or move it.")
)
NOT_MISSED_YET = refusal("not_missed_yet", CONFLICT, N_("Wait until %(when)s: half an hour is allowed for being late."))


def at(code: Code, field: str) -> Refusal:
    """The refusal, its words standing at the field too."""
    return code(fields={field: [code.words]})


def check_time(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a time that lies behind, ends before it begins, or is out of measure."""
    if starts_at <= now():
        raise at(TIME_PAST, "starts_at")
    if starts_at > now() + HORIZON:
        raise at(TIME_FAR, "starts_at")
    if ends_at <= starts_at:
        raise at(TIME_BACKWARDS, "ends_at")
    if ends_at - starts_at > LONGEST:
        raise at(TIME_LONG, "ends_at")


def other_side(work: WorkOrder, org_id: str | None) -> str:
    """Who answers what an organisation proposes."""
    return work.supplier_id if org_id == work.buyer_id else work.buyer_id


def still_ahead(work: WorkOrder, actor: Actor) -> None:
    """The proposed time has not passed."""
    del actor
    if work.starts_at <= now():
        raise TIME_OVER()


def expert_free(work: WorkOrder, actor: Actor) -> None:
    """Whoever is to be sent has no other agreed appointment then."""
    del actor
    if work.expert_id is not None and busy(work.expert_id, work.starts_at, work.ends_at, but=work.id):
        raise EXPERT_BUSY()


def late_enough(work: WorkOrder, actor: Actor) -> None:
    """The time for being late has passed too."""
    del actor
    if now() < work.starts_at + GRACE:
        raise NOT_MISSED_YET(when=work.starts_at + GRACE)


def _hold(work: WorkOrder, person_id: str | None) -> Membership | None:
    """The expert's place in the service organisation, held: two appointments of one person are looked at in turn."""
    place: Membership | None = db.session.scalars(
        sa.select(Membership)
        .where(Membership.org_id == work.supplier_id, Membership.person_id == person_id, Membership.state == "active")
        .order_by(Membership.id)
    ).first()
    if place is not None:
        current().lock(place)
    return place


@WORK_ORDER.action("proposed -> agreed", by=ANSWERING, needs=[still_ahead, expert_free], title=N_("Agree to the time"),
                   primary=True)  # fmt: skip
def agree(work: WorkOrder, actor: Actor) -> None:
    """The side that was asked agrees: the appointment stands."""
    _hold(work, work.expert_id)
    expert_free(work, actor)  # again, now that nobody else can book the same person


@WORK_ORDER.action(
    "proposed|agreed|missed -> proposed", by=CUSTOMER | SELLER, takes=MoveInput,
    title=N_("Propose another time"),
)  # fmt: skip
def move(
    work: WorkOrder, actor: Actor, *, starts_at: datetime, ends_at: datetime, mode: str, place: str, reason: str
) -> None:
    """Either side proposes another time or place; the appointment stands once the other side agrees."""
    check_time(starts_at, ends_at)
    say(reason)
    work.starts_at, work.ends_at, work.mode, work.place = starts_at, ends_at, mode, place
    work.answering_id, work.proposed_by = other_side(work, actor.org_id), actor.person_id
    work.moves += 1
    work.missed_by = None
    note(changed=["starts_at", "ends_at", "mode", "place"])


@WORK_ORDER.action("proposed|agreed|started|missed -> =", by=SELLER, takes=AssignInput, title=N_("Choose the expert"))
def assign(work: WorkOrder, actor: Actor, *, expert: str) -> None:
    """The service organisation says who comes: one of its experts, whose time is free."""
    place = _hold(work, expert)
    if place is None or not EXPERT_ROLES & set(place.roles):
        raise at(NO_EXPERT_OF_THEIRS, "expert")
    work.expert_id = expert
    if work.state in BOOKED:
        expert_free(work, actor)
    note(expert=expert)


@WORK_ORDER.action("agreed -> missed", by=CUSTOMER | SERVICE, needs=[late_enough], takes=MissInput,
                   title=N_("Report it missed"), dangerous=True)  # fmt: skip
def miss(work: WorkOrder, actor: Actor, *, at_fault: str, reason: str) -> None:
    """Half an hour after the time one side reports that the appointment was not kept, and by whom."""
    del actor
    say(reason)
    assert at_fault in SIDES
    work.missed_by = at_fault
    work.answering_id = str(work.party(at_fault))
    note(at_fault=at_fault)
