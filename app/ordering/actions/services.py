"""Services of an order: an appointment takes a quantity of a line, a cancelled one gives it back.

An appointment books its quantity as a shipment packs its own (`packed`), so that of two racers the database lets one
through; received and accepted it is when the report of the work is accepted (see `answers`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from app.booking.actions.appointments import at, check_time
from app.booking.lifecycles import CUSTOMER, SELLER, WORK_ORDER
from app.booking.models import SERVICES, WorkOrder
from app.booking.schemas import AppointmentInput
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, new_id, quantity_text
from app.kernel.work import current, note
from app.ordering.actions.shipments import LINE_UNKNOWN
from app.ordering.lifecycles import ORDER
from app.ordering.models import LineWork, Order, OrderLine
from app.ordering.pointing import at_field
from app.ordering.quantities import hold, shift
from app.sourcing.models import AwardLine, RfqLine

SERVICE_ROOT: Final = "services."

NO_SERVICE = refusal("no_service", CONFLICT, N_("There is no service on this order."))
ALL_BOOKED = refusal("all_booked", CONFLICT, N_("There is an appointment for every service that is owed."))
NOT_A_SERVICE = refusal("not_a_service", INVALID, N_("This line is goods: they are packed and shipped."))
OVER_BOOKED = refusal(
    "over_booked", INVALID, N_("Of %(line)s only %(left)s %(unit)s is open for an appointment, not %(asked)s.")
)


def something_to_book(order: Order, actor: Actor) -> None:
    """At least one service of the order has a quantity without an appointment."""
    del actor
    owed = [line for line in order.lines if line.kind == "service"]
    if not owed:
        raise NO_SERVICE()
    if not any(line.packable_micro > 0 for line in owed):
        raise ALL_BOOKED()


@ORDER.action("confirmed -> =", by=CUSTOMER | SELLER, needs=[something_to_book], takes=AppointmentInput,
              makes=WORK_ORDER, title=N_("Propose an appointment"))  # fmt: skip
def propose_appointment(
    order: Order, actor: Actor, *, order_line: str, starts_at: datetime, ends_at: datetime, mode: str, place: str,
    quantity: int | None = None, remark: str = "",
) -> WorkOrder:  # fmt: skip
    """Either side proposes when and where a service of the order is done; the other side agrees or moves it."""
    check_time(starts_at, ends_at)
    line = _service(order, order_line)
    asked = line.packable_micro if quantity is None else quantity
    if asked <= 0:
        raise at(ALL_BOOKED, "order_line")
    if shift(line.id, packed=asked) is None:
        raise at_field(OVER_BOOKED, "quantity", line=line.title, left=quantity_text(line.packable_micro),
                       unit=line.unit, asked=quantity_text(asked))  # fmt: skip
    say(remark)
    buying = actor.org_id == order.buyer_id
    work = fresh(
        WorkOrder, buyer_id=order.buyer_id, supplier_id=order.supplier_id, made_for=order.id, title=line.title,
        answering_id=order.supplier_id if buying else order.buyer_id, service=_kind(line), quantity_micro=asked,
        unit=line.unit, mode=mode, place=place, starts_at=starts_at, ends_at=ends_at, proposed_by=actor.person_id,
        moves=0,
    )  # fmt: skip
    db.session.add_all([work, LineWork(id=new_id("olw"), buyer_id=order.buyer_id, supplier_id=order.supplier_id,
                                       order_id=order.id, order_line_id=line.id, work_order_id=work.id)])  # fmt: skip
    current().number("WO", work)
    note(order_line=line.id, quantity_micro=asked)
    return work


def _service(order: Order, line_id: str) -> OrderLine:
    line = next((one for one in order.lines if one.id == line_id), None)
    if line is None:
        raise at(LINE_UNKNOWN, "order_line")
    if line.kind != "service":
        raise at(NOT_A_SERVICE, "order_line")
    return line


def _kind(line: OrderLine) -> str:
    """The kind of work by the category of what was ordered; "other" where neither listing nor request names one."""
    category = _category(line) or ""
    kind = category.removeprefix(SERVICE_ROOT).partition(".")[0]
    return kind if category.startswith(SERVICE_ROOT) and kind in SERVICES else "other"


def _category(line: OrderLine) -> str | None:
    """That of the listing, or of the line of the request that the award answers."""
    if line.listing_id is not None:
        return db.session.scalar(sa.select(Listing.category).where(Listing.id == line.listing_id))
    asked = (
        sa.select(sa.func.coalesce(RfqLine.category, Listing.category))
        .join(AwardLine, AwardLine.rfq_line_id == RfqLine.id)
        .outerjoin(Listing, Listing.id == RfqLine.listing_id)
    )
    return db.session.scalar(asked.where(AwardLine.id == line.award_line_id))


def link_of(work_order_id: str) -> LineWork:
    """Which order line a work order was made for."""
    return db.session.scalars(sa.select(LineWork).where(LineWork.work_order_id == work_order_id)).one()


def give_back(link: LineWork, quantity_micro: int) -> Order:
    """The booked quantity is open for another appointment again; the order, held."""
    order = hold(link.order_id)
    if shift(link.order_line_id, packed=-quantity_micro) is None:
        raise RuntimeError(f"{link.work_order_id}: more is given back than was booked")
    return order


@WORK_ORDER.action("proposed|agreed|missed -> cancelled", by=CUSTOMER | SELLER, takes=ReasonInput,
                   title=N_("Cancel the appointment"), dangerous=True)  # fmt: skip
def cancel(work: WorkOrder, actor: Actor, *, reason: str) -> None:
    """Either side cancels the appointment; the service is still owed, and another appointment can be proposed."""
    del actor
    say(reason)
    link = link_of(work.id)
    give_back(link, work.quantity_micro)
    note(order=link.order_id, order_line=link.order_line_id, quantity_micro=work.quantity_micro)
