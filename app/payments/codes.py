"""The accounts of the ledger as payments names them (states.md, Postings)."""

from __future__ import annotations

from typing import Final

from app.kernel.values import Money
from app.payments.arithmetic import Split

BANK: Final = "bank"
GATEWAY: Final = "gateway"
GATEWAY_FEES: Final = "gateway_fees"
UNALLOCATED: Final = "unallocated"
VAT: Final = "vat"
OPERATOR: Final = "commission:operator"
OWNER: Final = "commission:owner"
FLOAT: Final = "float:operator"


def held(order_id: str) -> str:
    """What is kept for an order."""
    return f"held:{order_id}"


def due_from(order_id: str) -> str:
    """What the buyer of an order owes because a payment failed after its release."""
    return f"due_from:{order_id}"


def payable(supplier_id: str) -> str:
    """What the platform owes a supplier, or (in debit) the supplier the platform."""
    return f"payable:{supplier_id}"


def in_transit(supplier_id: str) -> str:
    """What the bank was ordered to pay a supplier."""
    return f"in_transit:{supplier_id}"


def refund_due(buyer_id: str) -> str:
    """What the platform owes a buyer."""
    return f"refund_due:{buyer_id}"


def source(method: str) -> str:
    """Where the money of a payment or refund lies: the bank, or the gateway."""
    return GATEWAY if method == "gateway" else BANK


def credited(supplier_id: str, split: Split, currency: str) -> list[tuple[str, Money]]:
    """The lines that give released money to those entitled to it; a negative split takes it back."""
    return [
        (payable(supplier_id), Money(-split.supplier, currency)),
        (OPERATOR, Money(-split.operator, currency)),
        (OWNER, Money(-split.owner, currency)),
        (VAT, Money(-split.vat, currency)),
    ]
