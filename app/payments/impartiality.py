"""Nobody decides for an organisation to which they belong (states.md, Who): the guards that payments and refunds share.

Where the operator itself is the buyer, its settlement would decide for itself; the owner then takes its place.
"""

from __future__ import annotations

from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.errors import CONFLICT, OWN_DEALING, refusal
from app.kernel.lifecycle import find
from app.kernel.values import N_
from app.ordering.models import Order
from app.payments.models import Payment, Refund

OWNER_STANDS_IN = refusal(
    "owner_stands_in", CONFLICT, N_("The operator's settlement does this; the owner only where the operator buys.")
)


BY_GATEWAY = refusal("gateway_confirms", CONFLICT, N_("Only the payment gateway's own word moves this payment."))


def by_its_own_word(record: Payment | Refund, actor: Actor) -> None:
    """What the bank does is settlement's to look up; what lies at the gateway is only the gateway's to say."""
    if record.method == "gateway" and not actor.system:
        raise BY_GATEWAY()


def impartial(record: Order | Payment | Refund, actor: Actor) -> None:
    """Whoever decides on money belongs neither to the buyer nor to the supplier."""
    if actor.system:
        return
    if actor.org_ids & {record.buyer_id, record.supplier_id}:
        raise OWN_DEALING()
    if "owner" in actor.kinds and not _operator_buys(record):
        raise OWNER_STANDS_IN()


def _operator_buys(record: Order | Payment | Refund) -> bool:
    """The rule frozen on the order says so."""
    order = record if isinstance(record, Order) else find(Order, record.order_id, SYSTEM_ACTOR)
    return bool(order.rule.get("owner_only"))
