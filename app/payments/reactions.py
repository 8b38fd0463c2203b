"""What payments does about events of orders: whatever changes what an order is worth, its money is settled anew."""

from __future__ import annotations

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import Record
from app.kernel.events import Event, on
from app.kernel.lifecycle import LIFECYCLES, find
from app.ordering.models import Order
from app.payments.actions import refunds
from app.payments.models import Refund
from app.payments.settling import settle
from app.payments.terms import freeze

SETTLING = (
    "order.confirm",
    "order.give_up",
    "order.accept",
    "order.step_back",
    "order.cancel",
    "order_change.apply",
    "shipment.ship",
    "shipment.report_lost",
    "acceptance.accept",
    "acceptance.undo",
    "claim.agree",
    "claim.rule_for_buyer",
    "claim.rule_for_supplier",
    "claim.withdraw",
    "claim.finish",
    "instalment.mature",
    "refund.succeed",
    "refund.cancel",
)  # fmt: skip
"""Everything that can change what is due, what may be released, or whether the order is settled."""


@on("payments", "order.create")
def freeze_commission(event: Event) -> None:
    """The commission in force when an order is made is frozen on it."""
    freeze(find(Order, event.object_id, SYSTEM_ACTOR, lock=True))


@on("payments", *SETTLING)
def settle_order(event: Event) -> None:
    """Make and reckon instalments, release, propose refunds, close: the difference to what is there already."""
    settle(_order_of(event.object_id))


@on("payments", "refund.approve")
def send_back_to_card(event: Event) -> None:
    """A refund to a card needs no person at the bank: once approved it goes to the gateway, if its money is there."""
    refund = find(Refund, event.object_id, SYSTEM_ACTOR, lock=True)
    if refund.card is not None and refund.state == "approved" and refunds.missing_cover(refund).minor <= 0:
        refunds.submit(refund, SYSTEM_ACTOR)


def _order_of(record_id: str) -> str:
    """The order that a record is, or belongs to."""
    if record_id.startswith(Order.__prefix__):
        return record_id
    prefix = record_id.partition("_")[0]
    model: type[Record] = next(one.model for one in LIFECYCLES.values() if one.model.__prefix__ == prefix)
    order_id: str = find(model, record_id, SYSTEM_ACTOR).order_id  # type: ignore[attr-defined] # all of them have one
    return order_id
