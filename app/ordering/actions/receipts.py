"""Goods receipt: what arrived of a shipment, counted by the receiver; recording it puts the goods up for acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import MICRO, N_, new_id, quantity_text
from app.kernel.work import current, note
from app.ordering.actions import acceptances, rejections, shipments
from app.ordering.actions.orders import advance
from app.ordering.actions.shipments import LINE_TWICE, LINE_UNKNOWN
from app.ordering.lifecycles import RECEIPT, RECEIVER, SHIPMENT
from app.ordering.models import Acceptance, Order, OrderLine, Receipt, ReceiptLine, Shipment
from app.ordering.pointing import at_line
from app.ordering.quantities import hold, shift
from app.ordering.schemas import CountInput

OVER_RECEIVED = refusal(
    "over_received", INVALID, N_("Of %(line)s %(sent)s %(unit)s were sent; %(asked)s cannot have arrived.")
)
OVER_REJECTED = refusal(
    "over_rejected", INVALID, N_("Of %(line)s %(received)s arrived; %(rejected)s of it cannot be rejected.")
)
TOO_MANY_SERIALS = refusal("too_many_serials", INVALID, N_("More serial numbers than pieces."))
COUNTED_ALREADY = refusal("counted_already", CONFLICT, N_("This shipment is being counted or was counted already."))
NOT_THE_RECORDER = refusal("not_the_recorder", CONFLICT, N_("Not the person who counted it: someone else voids it."))
DECIDED_ALREADY = refusal("decided_already", CONFLICT, N_("Some of it is accepted or rejected already: it stands."))
SHIPPED_AGAIN = refusal(
    "shipped_again", CONFLICT, N_("What was missing was packed again meanwhile: the receipt stands.")
)


def not_counted(shipment: Shipment, actor: Actor) -> None:
    """There is no live receipt of the shipment."""
    del actor
    live = sa.select(Receipt.id).where(Receipt.shipment_id == shipment.id, Receipt.state != "void").limit(1)
    if db.session.scalar(live) is not None:
        raise COUNTED_ALREADY()


def by_another(receipt: Receipt, actor: Actor) -> None:
    """A recorded receipt is voided by somebody else than the person who recorded it."""
    if receipt.state == "recorded" and receipt.person_id == actor.person_id:
        raise NOT_THE_RECORDER()


def nothing_decided(receipt: Receipt, actor: Actor) -> None:
    """Nothing of it is accepted or rejected."""
    del actor
    if any(row.state != "pending" for row in _acceptances(receipt)):
        raise DECIDED_ALREADY()


def _acceptances(receipt: Receipt) -> list[Acceptance]:
    ids = [line.id for line in receipt.lines]
    return list(
        db.session.scalars(sa.select(Acceptance).where(Acceptance.receipt_line_id.in_(ids), Acceptance.state != "void"))
    )


@SHIPMENT.action(
    "shipped|arrived -> =", by=RECEIVER, needs=[not_counted], takes=CountInput, makes=RECEIPT,
    title=N_("Count what arrived"), primary=True,
)  # fmt: skip
def receive(shipment: Shipment, actor: Actor, *, lines: Sequence[dict[str, Any]], remark: str = "") -> Receipt:
    """The receiver counts the shipment; what is visibly bad is rejected on the spot."""
    if shipment.state == "shipped":
        shipments.arrive(shipment, actor)
    receipt = fresh(
        Receipt, buyer_id=shipment.buyer_id, supplier_id=shipment.supplier_id, order_id=shipment.order_id,
        shipment_id=shipment.id, person_id=actor.person_id, remark=remark,
    )  # fmt: skip
    receipt.lines = _counted(shipment, lines)
    current().number("GR", receipt)
    return receipt


def _counted(shipment: Shipment, given: Sequence[dict[str, Any]]) -> list[ReceiptLine]:
    """Receipt lines from the count: never more than was sent, never more rejected than arrived."""
    order = db.session.get_one(Order, shipment.order_id)
    titles = {line.id: line for line in order.lines}
    sent = {line.order_line_id: line.quantity_micro for line in shipment.lines}
    rows: dict[str, ReceiptLine] = {}
    for place, one in enumerate(given):
        line_id, received, rejected = one["order_line"], one["received"], one.get("rejected", 0)
        if line_id not in sent or line_id in rows:
            trouble = LINE_TWICE if line_id in rows else LINE_UNKNOWN
            raise at_line(trouble, place, "order_line")
        _check_count(place, titles[line_id], sent[line_id], one)
        rows[line_id] = ReceiptLine(
            id=new_id("rcl"), buyer_id=shipment.buyer_id, supplier_id=shipment.supplier_id, order_line_id=line_id,
            received_micro=received, accepted_micro=0, rejected_micro=rejected, pending_micro=received - rejected,
            serials=list(one.get("serials", [])),
        )  # fmt: skip
    return list(rows.values())


def _check_count(place: int, line: OrderLine, sent: int, one: dict[str, Any]) -> None:
    received, rejected, serials = one["received"], one.get("rejected", 0), one.get("serials", [])
    if received > sent:
        raise at_line(OVER_RECEIVED, place, "received", line=line.title, sent=quantity_text(sent), unit=line.unit,
                      asked=quantity_text(received))  # fmt: skip
    if rejected > received:
        raise at_line(OVER_REJECTED, place, "rejected", line=line.title, received=quantity_text(received),
                      rejected=quantity_text(rejected))  # fmt: skip
    if len(serials) * MICRO > received:
        raise at_line(TOO_MANY_SERIALS, place, "serials")


@RECEIPT.action("open -> =", by=RECEIVER, takes=CountInput, title=N_("Count again"))
def count(receipt: Receipt, actor: Actor, *, lines: Sequence[dict[str, Any]], remark: str = "") -> None:
    """The receiver corrects the count before it is recorded."""
    shipment = db.session.get_one(Shipment, receipt.shipment_id)
    counted = _counted(shipment, lines)
    receipt.lines = []
    db.session.flush()  # (receipt, order line) is unique: the old lines go before the new ones come
    receipt.lines, receipt.remark, receipt.person_id = counted, remark, actor.person_id


@RECEIPT.action("open -> recorded", by=RECEIVER, title=N_("Record the receipt"), primary=True)
def record(receipt: Receipt, actor: Actor) -> None:
    """The receiver records the count: good quantities are put up for acceptance, bad ones become claims.

    What was sent but did not arrive may be packed again; a parcel that was empty is recorded too.
    """
    receipt.person_id = actor.person_id
    order = hold(receipt.order_id)
    sent = _sent(receipt)
    lines = {line.id: line for line in order.lines}
    for row in receipt.lines:
        if shift(row.order_line_id, received=row.received_micro) is None:
            raise RuntimeError(f"{receipt.id}: more arrived than was packed")
        _put_up(receipt, row, lines[row.order_line_id])
    for line_id, missing in _missing(receipt, sent).items():
        if shift(line_id, packed=-missing) is None:
            raise RuntimeError(f"{receipt.id}: more is missing than was packed")
    note(lines=[{"line": row.order_line_id, "quantity_micro": row.received_micro} for row in receipt.lines])
    advance(order)


def _sent(receipt: Receipt) -> dict[str, int]:
    shipment = db.session.get_one(Shipment, receipt.shipment_id)
    return {line.order_line_id: line.quantity_micro for line in shipment.lines}


def _missing(receipt: Receipt, sent: dict[str, int]) -> dict[str, int]:
    """What was sent and did not arrive, by order line."""
    arrived = {row.order_line_id: row.received_micro for row in receipt.lines}
    return {line_id: rest for line_id, size in sent.items() if (rest := size - arrived.get(line_id, 0))}


def _put_up(receipt: Receipt, row: ReceiptLine, line: OrderLine) -> None:
    """One waiting acceptance for what seems good, one rejected for what is visibly bad."""
    good, bad = row.pending_micro, row.rejected_micro
    row.pending_micro, row.rejected_micro = good + bad, 0
    silent = line.kind == "goods" and not line.warranty_months
    if good:
        acceptances.open_acceptance(receipt, SYSTEM_ACTOR, line=row, silent=silent, quantity=good)
    if bad:
        refused = acceptances.open_acceptance(receipt, SYSTEM_ACTOR, line=row, silent=False, quantity=bad)
        db.session.flush()
        rejections.reject(refused, SYSTEM_ACTOR, reason=receipt.remark)


@RECEIPT.action(
    "open|recorded -> void", by=RECEIVER, needs=[by_another, nothing_decided], takes=ReasonInput,
    title=N_("Void the receipt"), dangerous=True,
)  # fmt: skip
def void(receipt: Receipt, actor: Actor, *, reason: str) -> None:
    """Another receiver voids a wrong count while nothing of it is decided; the shipment can be counted again."""
    del actor
    say(reason)
    if receipt.state == "open":
        return
    order = hold(receipt.order_id)
    for waiting in _acceptances(receipt):
        acceptances.void(waiting, SYSTEM_ACTOR)
    for line_id, missing in _missing(receipt, _sent(receipt)).items():
        if shift(line_id, packed=missing) is None:
            raise SHIPPED_AGAIN()
    for row in receipt.lines:
        if shift(row.order_line_id, received=-row.received_micro) is None:
            raise RuntimeError(f"{receipt.id}: less is on the order than was received")
    advance(order)
