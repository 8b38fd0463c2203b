"""Work order, the work itself: the expert checks in and out, the customer signs, and both talk about it.

The signature is the customer's own: somebody of the laboratory confirms the work with their own account and types
their name under it. Signing on the expert's device is not offered, for a name that the expert could have typed proves
nothing. A customer who never signs does not block the report: after three days the work counts as done, unsigned.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.accounts import files
from app.booking.actions.reports import open_report
from app.booking.lifecycles import CUSTOMER, EXPERT, SERVICE, WORK_ORDER
from app.booking.models import WorkOrder
from app.booking.schemas import CheckInInput, CheckOutInput, MessageInput, SignInput
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import at_sight, say
from app.kernel.shapes import Upload
from app.kernel.values import N_, now

EARLY: Final = timedelta(hours=12)
"""How long before the appointment an expert may check in."""
SIGN_WITHIN: Final = timedelta(days=3)
"""How long the customer has to sign after the expert has left."""

NOBODY_SENT = refusal("nobody_sent", CONFLICT, N_("The service organisation has not said yet who comes."))
ANOTHER_IS_SENT = refusal("another_expert", CONFLICT, N_("Somebody else is sent to this appointment."))
TOO_EARLY = refusal("check_in_early", CONFLICT, N_("The appointment begins at %(when)s: that is too far off."))
LEFT_ALREADY = refusal("checked_out_already", CONFLICT, N_("The expert has checked out already."))
STILL_THERE = refusal("not_checked_out", CONFLICT, N_("The expert is still at work: sign after they have checked out."))


@at_sight
def the_one_sent(work: WorkOrder, actor: Actor) -> None:
    """Whoever checks in or out is the expert who was chosen."""
    if work.expert_id is None:
        raise NOBODY_SENT()
    if work.expert_id != actor.person_id:
        raise ANOTHER_IS_SENT()


@at_sight
def near_enough(work: WorkOrder, actor: Actor) -> None:
    """The appointment is today, or nearly."""
    del actor
    if now() < work.starts_at - EARLY:
        raise TOO_EARLY(when=work.starts_at)


def still_there(work: WorkOrder, actor: Actor) -> None:
    """The expert has not checked out."""
    del actor
    if work.checked_out_at is not None:
        raise LEFT_ALREADY()


def left(work: WorkOrder, actor: Actor) -> None:
    """The expert has checked out."""
    del actor
    if work.checked_out_at is None:
        raise STILL_THERE()


@WORK_ORDER.action("agreed -> started", by=EXPERT, needs=[the_one_sent, near_enough], takes=CheckInInput,
                   title=N_("Check in"), primary=True)  # fmt: skip
def check_in(work: WorkOrder, actor: Actor, *, place: str) -> None:
    """The expert is there and begins; time and place are kept, and the report is opened."""
    del actor
    work.checked_in_at, work.checked_in_place = now(), place
    work.answering_id = work.supplier_id
    open_report(work, SYSTEM_ACTOR)


@WORK_ORDER.action("started -> started", by=EXPERT, needs=[the_one_sent, still_there], takes=CheckOutInput,
                   title=N_("Check out"), primary=True)  # fmt: skip
def check_out(work: WorkOrder, actor: Actor, *, place: str, remark: str = "") -> None:
    """The expert has finished and leaves; now the customer looks at the work and signs for it."""
    del actor
    say(remark)
    work.checked_out_at, work.checked_out_place = now(), place
    work.sign_by = now() + SIGN_WITHIN
    work.answering_id = work.buyer_id


@WORK_ORDER.action("started -> done", by=CUSTOMER, needs=[left], takes=SignInput, title=N_("Sign for the work"),
                   primary=True)  # fmt: skip
def finish(work: WorkOrder, actor: Actor, *, name: str) -> None:
    """Somebody of the laboratory signs, with their own account and name, that the expert was there and did the work."""
    work.signed_at, work.signed_by, work.signed_name = now(), actor.person_id, name


@WORK_ORDER.action("started -> done", by=SYSTEM, after="sign_by", title=N_("Count as done without a signature"))
def finish_unsigned(work: WorkOrder, actor: Actor) -> None:
    """Nobody has signed for three days: the work counts as done, and the report says that it is unsigned."""
    del work, actor


@WORK_ORDER.action("proposed|agreed|started|done|missed -> =", by=CUSTOMER | SERVICE, takes=MessageInput, touches=False,
                   title=N_("Write a message"))  # fmt: skip
def message(work: WorkOrder, actor: Actor, *, text: str, file: Upload | None = None) -> None:
    """Either side asks, answers or advises about the work, perhaps with a file; both sides and the operator read it."""
    say(text)
    if file is not None:
        files.attach(file, org_id=str(actor.org_id), object_id=work.id)
