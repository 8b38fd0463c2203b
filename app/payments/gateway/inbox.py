"""Messages of a gateway: verified on the raw body, stored once, and then only a reason to go and look.

Nothing that a message says is booked. Its references lead to our own payment or refund, whose gateway is then asked;
a message about somebody else's object, whatever it says, leads nowhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
import stripe
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel.db import db
from app.kernel.errors import MALFORMED, refusal
from app.kernel.events import courier, owe
from app.kernel.values import N_, now
from app.kernel.work import unit_of_work
from app.payments.models import CardPayment, CardRefund, GatewayEvent, Payment

MOST_BYTES: Final = 256 * 1024
"""Messages of Stripe have a few kilobytes."""
TOLERANCE: Final = timedelta(minutes=5)
"""How far the clocks may differ; an older message is a recording."""
MOST_REFERENCES: Final = 20
REFERENCE: Final = re.compile(r"[a-z]{2,4}_[0-9A-Za-z_]{3,76}", re.ASCII)
EVENT_ID: Final = re.compile(r"evt_[0-9A-Za-z_]{3,76}", re.ASCII)
_SIGNED_AT: Final = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)", re.ASCII)

NOT_GENUINE = refusal("webhook_not_genuine", MALFORMED, N_("The signature of the message does not fit."))
TOO_OLD = refusal("webhook_stale", MALFORMED, N_("The message was signed too long ago, or in the future."))


@dataclass(frozen=True, slots=True)
class Message:
    """A genuine message: which one, of what kind, when it was made, and the ids that it mentions."""

    event_id: str
    kind: str
    made_at: datetime
    about: tuple[str, ...]
    digest: str


def genuine(body: bytes, signature: str | None) -> Message:
    """The message, if Stripe has signed exactly these bytes just now; else a refusal (400)."""
    secret, key = current_app.config["STRIPE_WEBHOOK_SECRET"], current_app.config["STRIPE_SECRET_KEY"]
    if not secret or not signature or not signature.isascii():  # the SDK stumbles over other letters
        raise NOT_GENUINE()
    try:
        # The SDK's tolerance knows only the system's clock and no future: the moment is looked at below.
        stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=None)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        raise NOT_GENUINE() from None
    signed = _SIGNED_AT.search(signature)
    if signed is None or abs(now() - datetime.fromtimestamp(int(signed[1]), UTC)) > TOLERANCE:
        raise TOO_OLD()
    return _read(body, live="_live_" in key)


def _read(body: bytes, *, live: bool) -> Message:
    try:
        return message_of(json.loads(body), live=live, digest=hashlib.sha256(body).hexdigest())
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        raise NOT_GENUINE() from None


def message_of(told: Any, *, live: bool, digest: str) -> Message:
    """What matters of an event; ValueError, KeyError and the like where it is none."""
    event_id, kind, about = told["id"], told["type"], told["data"]["object"]
    made_at = datetime.fromtimestamp(int(told["created"]), UTC)
    if bool(told["livemode"]) is not live:
        raise ValueError("of the other mode")
    if not EVENT_ID.fullmatch(event_id) or not isinstance(kind, str) or not isinstance(about, dict):
        raise ValueError("no event")
    return Message(event_id, kind[:80], made_at, _references(about), digest)


def _references(about: dict[str, Any]) -> tuple[str, ...]:
    """Ids that a message mentions: of its object, of that object's payment, and ours where the gateway kept them."""
    metadata = about.get("metadata")
    told = [about.get("id"), about.get("payment_intent"), about.get("client_reference_id")]
    ours = list(metadata.values())[:MOST_REFERENCES] if isinstance(metadata, dict) else []
    told += [one.partition("-")[0] for one in ours if isinstance(one, str)]  # `{refund}-{attempt}`
    return tuple(dict.fromkeys(one for one in told if isinstance(one, str) and REFERENCE.fullmatch(one)))


def store(message: Message) -> bool:
    """Keep a message and owe a look at what it is about, once; False where it was there already. In a unit of work."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {
        "gateway": "stripe", "event_id": message.event_id, "kind": message.kind, "about": list(message.about),
        "digest": message.digest, "made_at": message.made_at, "received_at": now(), "handled_at": None,
    }  # fmt: skip
    new = db.session.execute(insert(GatewayEvent).values(row).on_conflict_do_nothing().returning(GatewayEvent.event_id))
    if new.scalar() is None:
        return False
    owe(db.session(), "gateway.event", {"event": message.event_id})
    return True


@courier("gateway.event")
def follow(payload: dict[str, Any]) -> None:
    """Find our records that a message is about, and owe a look at each."""
    with unit_of_work():
        event = db.session.get_one(GatewayEvent, ("stripe", payload["event"]), with_for_update=True)
        if event.handled_at is not None:
            return
        for payment_id in _payments(event.about):
            owe(db.session(), "gateway.payment", {"payment": payment_id})
        for refund_id in _refunds(event.about):
            owe(db.session(), "gateway.refund", {"refund": refund_id})
        event.handled_at = now()


def _payments(about: list[str]) -> list[str]:
    """Our payments at Stripe among the references: by the gateway's own ids, or by ours."""
    known = sa.or_(Payment.id.in_(about), Payment.gateway_reference.in_(about), CardPayment.intent.in_(about))
    statement = sa.select(Payment.id).join(CardPayment, CardPayment.payment_id == Payment.id)
    return list(db.session.scalars(statement.where(CardPayment.gateway == "stripe", known).order_by(Payment.id)))


def _refunds(about: list[str]) -> list[str]:
    """Our refunds at Stripe among the references."""
    known = sa.or_(CardRefund.reference.in_(about), CardRefund.refund_id.in_(about))
    statement = sa.select(CardRefund.refund_id).where(CardRefund.gateway == "stripe", known)
    return list(db.session.scalars(statement.order_by(CardRefund.refund_id)))
