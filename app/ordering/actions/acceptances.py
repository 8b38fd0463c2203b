"""Acceptance: a decision by quantity on what arrived. Rejecting stands in `rejections`, because it opens a claim."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, now, quantity_text
from app.kernel.work import note
from app.ordering.actions.orders import advance
from app.ordering.lifecycles import ACCEPTANCE, ACCEPTOR, RECEIPT
from app.ordering.models import Acceptance, OrderLine, Receipt, ReceiptLine
from app.ordering.pointing import at_field
from app.ordering.quantities import hold, settle, shift
from app.ordering.schemas import AcceptInput, ConditionInput

SILENCE: Final = timedelta(days=10)
"""After how long silence accepts goods without a warranty; equipment is never accepted by silence."""

NOT_THE_RECEIVER = refusal("not_the_receiver", CONFLICT, N_("Not the receiver: someone else signs this."))
NOT_THE_SAME = refusal("not_the_same_person", CONFLICT, N_("Not the person who accepted it: someone else undoes this."))
ALREADY_RELEASED = refusal(
    "already_released", CONFLICT, N_("The money for it has been released. Open a claim with the supplier instead.")
)
TOO_MUCH = refusal("more_than_pending", INVALID, N_("Only %(left)s is up for decision here, not %(asked)s."))
UNTIL_PAST = refusal("until_past", INVALID, N_("Give a time that is still to come."))


def not_the_receiver(acceptance: Acceptance, actor: Actor) -> None:
    """Whoever counted the goods does not accept them."""
    if actor.system:
        return
    recorder = db.session.scalar(
        sa.select(Receipt.person_id)
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .where(ReceiptLine.id == acceptance.receipt_line_id)
    )
    if recorder is not None and recorder == actor.person_id:
        raise NOT_THE_RECEIVER()


def by_another(acceptance: Acceptance, actor: Actor) -> None:
    """Whoever decided does not undo it."""
    if acceptance.decided_by is not None and acceptance.decided_by == actor.person_id:
        raise NOT_THE_SAME()


def not_released(acceptance: Acceptance, actor: Actor) -> None:
    """No money has moved for it."""
    del actor
    if acceptance.released:
        raise ALREADY_RELEASED()


@RECEIPT.action("open -> =", by=SYSTEM, makes=ACCEPTANCE, title=N_("Put up for acceptance"))
def open_acceptance(receipt: Receipt, actor: Actor, *, line: ReceiptLine, silent: bool, quantity: int) -> Acceptance:
    """A quantity that arrived waits for somebody's decision."""
    del actor
    return fresh(
        Acceptance, buyer_id=receipt.buyer_id, supplier_id=receipt.supplier_id, order_id=receipt.order_id,
        order_line_id=line.order_line_id, receipt_line_id=line.id, quantity_micro=quantity,
        silent_at=now() + SILENCE if silent else None,
    )  # fmt: skip


@ACCEPTANCE.action("pending|conditional -> =", by=SYSTEM, makes=ACCEPTANCE, title=N_("Split off the rest"))
def split_off(acceptance: Acceptance, actor: Actor, *, quantity: int) -> Acceptance:
    """The quantity that is not decided now waits on its own."""
    del actor
    acceptance.quantity_micro -= quantity
    return fresh(
        Acceptance, buyer_id=acceptance.buyer_id, supplier_id=acceptance.supplier_id, order_id=acceptance.order_id,
        order_line_id=acceptance.order_line_id, receipt_line_id=acceptance.receipt_line_id,
        work_report_id=acceptance.work_report_id, quantity_micro=quantity, silent_at=acceptance.silent_at,
    )  # fmt: skip


def take_part(acceptance: Acceptance, quantity: int | None) -> None:
    """Reduce the acceptance to the quantity decided on; the rest splits off. Holds the order for what follows."""
    hold(acceptance.order_id)
    if quantity is None or quantity == acceptance.quantity_micro:
        return
    if quantity > acceptance.quantity_micro:
        left = quantity_text(acceptance.quantity_micro)
        raise at_field(TOO_MUCH, "quantity", left=left, asked=quantity_text(quantity))
    split_off(acceptance, SYSTEM_ACTOR, quantity=acceptance.quantity_micro - quantity)
    db.session.flush()


def decide(acceptance: Acceptance, *, accepted: int = 0, rejected: int = 0, pending: int = 0) -> OrderLine:
    """Move a decided quantity on the order line and, of goods, on the receipt line together; their sums are CHECKed."""
    line = shift(acceptance.order_line_id, accepted=accepted, rejected=rejected)
    counted = acceptance.receipt_line_id
    if line is None or (counted and settle(counted, accepted=accepted, rejected=rejected, pending=pending) is None):
        raise RuntimeError(f"{acceptance.id}: its quantity is not on its lines")
    note(order=acceptance.order_id, order_line=acceptance.order_line_id, quantity_micro=acceptance.quantity_micro)
    return line


@ACCEPTANCE.action(
    "pending|conditional -> accepted", by=ACCEPTOR | SYSTEM, needs=[not_the_receiver], takes=AcceptInput,
    title=N_("Accept as good"), primary=True,
)  # fmt: skip
def accept(acceptance: Acceptance, actor: Actor, *, quantity: int | None = None) -> None:
    """Somebody other than the receiver accepts the quantity as good, or a part of it."""
    take_part(acceptance, quantity)
    part = acceptance.quantity_micro
    decide(acceptance, accepted=part, pending=-part)
    acceptance.decided_by = actor.person_id
    acceptance.condition_until = acceptance.silent_at = None
    advance(hold(acceptance.order_id))


@ACCEPTANCE.action(
    "pending -> conditional", by=ACCEPTOR, needs=[not_the_receiver], takes=ConditionInput,
    title=N_("Accept on a condition"),
)  # fmt: skip
def accept_conditionally(
    acceptance: Acceptance, actor: Actor, *, condition: str, until: datetime, quantity: int | None = None
) -> None:
    """It will be good once something is done by a date; after that date it counts as rejected."""
    if until <= now():
        raise at_field(UNTIL_PAST, "until")
    take_part(acceptance, quantity)
    acceptance.condition, acceptance.condition_until = condition, until
    acceptance.decided_by, acceptance.silent_at = actor.person_id, None


@ACCEPTANCE.action("pending -> =", by=SYSTEM, after="silent_at", title=N_("Accept by silence"))
def accept_by_silence(acceptance: Acceptance, actor: Actor) -> None:
    """Nobody has said anything for long: goods that are no equipment count as accepted."""
    accept(acceptance, actor)


@ACCEPTANCE.action(
    "accepted|conditional -> pending", by=ACCEPTOR, needs=[by_another, not_released], takes=ReasonInput,
    title=N_("Undo the acceptance"), dangerous=True,
)  # fmt: skip
def undo(acceptance: Acceptance, actor: Actor, *, reason: str) -> None:
    """Another person takes an acceptance back, as long as no money has moved for it."""
    del actor
    say(reason)
    if acceptance.state == "accepted":
        hold(acceptance.order_id)
        decide(acceptance, accepted=-acceptance.quantity_micro, pending=acceptance.quantity_micro)
        advance(hold(acceptance.order_id))
    acceptance.decided_by = acceptance.condition_until = None
    acceptance.condition = ""


@ACCEPTANCE.action("rejected -> pending", by=SYSTEM, title=N_("Put up for acceptance again"))
def hand_back(acceptance: Acceptance, actor: Actor) -> None:
    """Its claim ended without the goods going back: the quantity is up for decision again."""
    del actor
    hold(acceptance.order_id)
    decide(acceptance, rejected=-acceptance.quantity_micro, pending=acceptance.quantity_micro)
    acceptance.decided_by = None


@ACCEPTANCE.action("accepted -> =", by=SYSTEM, title=N_("Note the release"))
def mark_released(acceptance: Acceptance, actor: Actor) -> None:
    """Money was released for it: from now on it cannot be undone."""
    del actor
    acceptance.released = True


@ACCEPTANCE.action("pending -> void", by=SYSTEM, title=N_("Void with its receipt"))
def void(acceptance: Acceptance, actor: Actor) -> None:
    """Its receipt was voided: there is nothing to decide any more."""
    del acceptance, actor
