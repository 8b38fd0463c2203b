"""Shipment: packed from what is still owed, shipped, arrived; lost or unpacked quantities may be packed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import at_sight, fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_, new_id, now, quantity_text
from app.kernel.work import current, note
from app.ordering.lifecycles import ORDER, RECEIVER, SELLER, SHIPMENT
from app.ordering.models import Order, OrderLine, Shipment, ShipmentLine
from app.ordering.pointing import at_field, at_line
from app.ordering.quantities import hold, shift
from app.ordering.schemas import PackInput, ShipInput

OVER_PACKED = refusal(
    "over_packed", INVALID, N_("Of %(line)s only %(left)s %(unit)s may still be packed, not %(asked)s.")
)
NOTHING_TO_PACK = refusal("nothing_to_pack", CONFLICT, N_("Everything that is owed is packed already."))
NO_GOODS = refusal("no_goods", CONFLICT, N_("There are only services on it: they are done at appointments."))
SERVICE_NOT_PACKED = refusal(
    "service_not_packed", INVALID, N_("%(line)s is a service: propose an appointment instead of packing it.")
)
NOTHING_PACKED = refusal("nothing_packed", INVALID, N_("Say how much of at least one line goes into it."))
LINE_UNKNOWN = refusal("order_line_unknown", INVALID, N_("This line is not part of the order."))
LINE_TWICE = refusal("order_line_twice", INVALID, N_("This line is named twice."))
PACKED_AGAIN = refusal(
    "packed_again", CONFLICT, N_("Meanwhile its goods were packed again. Cancel that shipment first.")
)


@at_sight
def something_to_pack(order: Order, actor: Actor) -> None:
    """At least one line of goods has a quantity that may be packed."""
    del actor
    goods = [line for line in order.lines if line.kind == "goods"]
    if not goods:
        raise NO_GOODS()
    if not any(line.packable_micro > 0 for line in goods):
        raise NOTHING_TO_PACK()


def known_lines(order: Order, given: Sequence[dict[str, Any]]) -> list[tuple[OrderLine, dict[str, Any]]]:
    """Each given line with its order line; refusals for a foreign or repeated one."""
    by_id = {line.id: line for line in order.lines}
    named: set[str] = set()
    pairs = []
    for place, one in enumerate(given):
        line = by_id.get(one["order_line"])
        if line is None or line.id in named:
            trouble = LINE_UNKNOWN if line is None else LINE_TWICE
            raise at_line(trouble, place, "order_line")
        named.add(line.id)
        pairs.append((line, one))
    return pairs


@ORDER.action(
    "confirmed -> =", by=SELLER, needs=[something_to_pack], takes=PackInput, makes=SHIPMENT, title=N_("Pack"),
    primary=True,
)  # fmt: skip
def pack(
    order: Order, actor: Actor, *, lines: Sequence[dict[str, Any]], carrier: str = "", tracking: str = ""
) -> Shipment:
    """The supplier packs quantities of the order into a shipment; never more than is owed."""
    del actor
    rows = []
    for place, (line, given) in enumerate(known_lines(order, lines)):
        asked: int = given["quantity"]
        if not asked:
            continue
        if line.kind == "service":
            raise at_line(SERVICE_NOT_PACKED, place, "order_line", line=line.title)
        if shift(line.id, packed=asked) is None:
            raise at_line(OVER_PACKED, place, "quantity", line=line.title, left=quantity_text(line.packable_micro),
                          unit=line.unit, asked=quantity_text(asked))  # fmt: skip
        rows.append(ShipmentLine(id=new_id("shl"), buyer_id=order.buyer_id, supplier_id=order.supplier_id,
                                 order_line_id=line.id, quantity_micro=asked))  # fmt: skip
    if not rows:
        raise at_field(NOTHING_PACKED, "lines")
    shipment = fresh(
        Shipment, buyer_id=order.buyer_id, supplier_id=order.supplier_id, order_id=order.id, carrier=carrier,
        tracking=tracking, lines=rows,
    )  # fmt: skip
    current().number("SH", shipment)
    note(lines=[{"line": row.order_line_id, "quantity_micro": row.quantity_micro} for row in rows])
    return shipment


@SHIPMENT.action("prepared -> shipped", by=SELLER, takes=ShipInput, title=N_("Ship"), primary=True)
def ship(shipment: Shipment, actor: Actor, *, carrier: str = "", tracking: str = "") -> None:
    """The supplier hands the shipment to the carrier."""
    del actor
    shipment.carrier, shipment.tracking = carrier or shipment.carrier, tracking or shipment.tracking
    shipment.shipped_at = now()


@SHIPMENT.action("shipped -> arrived", by=RECEIVER | SYSTEM, title=N_("Note the arrival"))
def arrive(shipment: Shipment, actor: Actor) -> None:
    """The receiver notes that the shipment is there; counting it comes next."""
    del shipment, actor


@SHIPMENT.action("shipped -> lost", by=SELLER, takes=ReasonInput, title=N_("Report it lost"), dangerous=True)
def report_lost(shipment: Shipment, actor: Actor, *, reason: str) -> None:
    """The supplier reports the shipment lost; its quantities may be packed again."""
    del actor
    say(reason)
    _unpack(shipment)


@SHIPMENT.action("lost -> shipped", by=SELLER, title=N_("It is found"), primary=True)
def find(shipment: Shipment, actor: Actor) -> None:
    """A lost shipment is found and goes on, unless its goods were packed again."""
    del actor
    hold(shipment.order_id)
    for line in shipment.lines:
        if shift(line.order_line_id, packed=line.quantity_micro) is None:
            raise PACKED_AGAIN()


@SHIPMENT.action("prepared -> cancelled", by=SELLER, title=N_("Unpack"))
def cancel(shipment: Shipment, actor: Actor) -> None:
    """The supplier unpacks a shipment that has not left; its quantities may be packed again."""
    del actor
    _unpack(shipment)


def _unpack(shipment: Shipment) -> None:
    hold(shipment.order_id)
    for line in shipment.lines:
        if shift(line.order_line_id, packed=-line.quantity_micro) is None:
            raise RuntimeError(f"{shipment.id}: more was unpacked than was packed")
