"""Files on an order, a receipt and a claim: contracts, signed delivery notes, photographs. Both sides read them."""

from __future__ import annotations

from app.accounts import files
from app.kernel.actors import Actor, who
from app.kernel.shapes import FileInput, Upload
from app.kernel.values import N_
from app.ordering.lifecycles import ACCEPTOR, CLAIM, ORDER, RECEIPT, SELLER
from app.ordering.models import Claim, Order, Receipt

BUYERS_STAFF = who("purchaser|receiver|finance", "buyer")
SELLERS_STAFF = who("sales|fulfilment|finance", "supplier")


@ORDER.action(
    "awaiting_buyer|awaiting_operator|awaiting_owner|returned|awaiting_supplier|confirmed|delivered|accepted -> =",
    by=BUYERS_STAFF | SELLERS_STAFF, takes=FileInput, name="attach", title=N_("Attach a file"),
)  # fmt: skip
def attach_to_order(order: Order, actor: Actor, *, file: Upload) -> None:
    """Either side hangs a file on the order; the other side reads it, too."""
    files.attach(file, org_id=str(actor.org_id), object_id=order.id)


@RECEIPT.action(
    "open|recorded -> =", by=ACCEPTOR | SELLERS_STAFF, takes=FileInput, name="attach", title=N_("Attach a file")
)
def attach_to_receipt(receipt: Receipt, actor: Actor, *, file: Upload) -> None:
    """Either side adds the signed delivery note or photographs to what arrived."""
    files.attach(file, org_id=str(actor.org_id), object_id=receipt.id)


@CLAIM.action(
    "open|agreed|disputed -> =", by=ACCEPTOR | SELLER, takes=FileInput, name="attach", title=N_("Attach a file")
)
def attach_to_claim(claim: Claim, actor: Actor, *, file: Upload) -> None:
    """Either side adds evidence while the claim is not settled."""
    files.attach(file, org_id=str(actor.org_id), object_id=claim.id)
