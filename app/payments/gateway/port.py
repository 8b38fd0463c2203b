"""The port: what LabPark asks a payment gateway, and what it understands of the answers.

The Protocol knows four questions and what can go wrong with each. Beside it stand two ends: Stripe, and a local one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from app.kernel.values import Money

OPEN: Final = "open"
"""Nothing is paid yet, and it can still be paid; or a payment is on its way and not decided."""
PAID: Final = "paid"
FAILED: Final = "failed"
"""It was not paid and cannot be paid any more."""
REVERSED: Final = "reversed"
"""It had been paid and was taken back: by the bank, late, or by the payer in a dispute that is lost."""
PENDING: Final = "pending"
SUCCEEDED: Final = "succeeded"


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment as the gateway is asked for it: frozen when it was made, so that asking twice is asking the same."""

    payment_id: str
    order: str  # its number: all that the payer's statement needs
    amount: Money
    mode: str
    back: str  # address of the payment's page

    @property
    def key(self) -> str:
        """The gateway makes one payment of all requests with the same key; derived from our row, never from time."""
        return f"{self.payment_id}-begin"


@dataclass(frozen=True, slots=True)
class Word:
    """What the gateway says of a payment. `payment_id` is ours, as the gateway was told it."""

    reference: str
    status: str
    payment_id: str
    amount: Money
    intent: str | None = None
    url: str | None = None
    secret: str | None = None
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """A refund of a card payment as the gateway is asked for it."""

    refund_id: str
    attempt: int
    intent: str
    amount: Money

    @property
    def key(self) -> str:
        """One refund for each attempt; the next attempt is only made when the gateway has said that this one failed."""
        return f"{self.refund_id}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class RefundWord:
    """What the gateway says of a refund."""

    reference: str
    status: str  # PENDING, SUCCEEDED or FAILED
    key: str  # of the request that made it
    intent: str
    amount: Money
    why: str = ""


class GatewayTrouble(Exception):
    """The gateway gave no answer that decides anything. The delivery is tried again."""


class NotDone(GatewayTrouble):
    """It certainly did nothing: too many requests, wrong keys, no such object under these keys."""


class Unclear(GatewayTrouble):
    """It may or may not have done it: no answer in time, a broken connection, an internal error."""


class Mismatch(GatewayTrouble):
    """It speaks of another amount, currency or payment than ours. Nothing is booked; a person has to look."""


class Declined(Exception):
    """It says no, for good, to this request."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Gateway(Protocol):
    """A payment gateway. Every call may raise GatewayTrouble; none is made inside a transaction."""

    def begin(self, asked: Asked) -> Word:
        """Open a payment, or say what has become of the one that was opened with the same key. May raise Declined."""

    def word(self, reference: str) -> Word:
        """What has become of a payment."""

    def call_off(self, reference: str) -> Word:
        """Let nobody pay it any more, unless somebody has; what has become of it then."""

    def refund(self, asked: RefundAsked) -> RefundWord:
        """Give back, once for the same key. May raise Declined."""

    def find_refund(self, asked: RefundAsked) -> RefundWord | None:
        """The refund that this request has made, if it has: before it is asked for again."""

    def refund_word(self, reference: str) -> RefundWord:
        """What has become of a refund."""

    def told_since(self, moment: datetime) -> Iterable[dict[str, Any]]:
        """The messages that it has made since a moment, whether they arrived or not."""
