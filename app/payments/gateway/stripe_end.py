"""Stripe's end of the port, through its own SDK: Checkout sessions, PaymentIntents, refunds.

Requests are made once each, without the SDK's own retries: the delivery that makes them is what is tried again. What
decides about money is read from the PaymentIntent and its charge, never from a message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

import requests
import stripe
from flask import current_app
from stripe import StripeClient

from app.kernel.values import Money
from app.payments.gateway.amounts import NotCountable, of_units, to_units
from app.payments.gateway.port import (
    FAILED,
    OPEN,
    PAID,
    PENDING,
    REVERSED,
    SUCCEEDED,
    Asked,
    Declined,
    Mismatch,
    NotDone,
    RefundAsked,
    RefundWord,
    Unclear,
    Word,
)

T = TypeVar("T")

SESSION: Final = "cs_"
CHARGE: Final = "latest_charge.balance_transaction"
MOST_LISTED: Final = 100
WHY_CHARS: Final = 200

stripe.enable_telemetry = False  # nobody needs to be told how long our requests took


class StripeGateway:
    """Stripe under one secret key."""

    def __init__(self, key: str, *, base: str, version: str, timeout_seconds: float) -> None:
        session = requests.Session()
        session.trust_env = False  # a proxy from the environment must not see the key
        http = stripe.RequestsClient(timeout=timeout_seconds, session=session)
        self.client = StripeClient(
            key, stripe_version=version, base_addresses={"api": base}, max_network_retries=0, http_client=http
        )

    def begin(self, asked: Asked) -> Word:
        """Open a Checkout session, or a PaymentIntent for a program of the payer's own."""
        options: Any = {"idempotency_key": asked.key}
        units, currency = to_units(asked.amount), asked.amount.currency.lower()
        about = {"payment": asked.payment_id, "order": asked.order}
        if asked.mode == "program":
            intent: Any = {
                "amount": units, "currency": currency, "automatic_payment_methods": {"enabled": True},
                "description": asked.order, "metadata": about,
            }  # fmt: skip
            return _of_intent(_call(lambda: self.client.v1.payment_intents.create(intent, options)))
        page: Any = {
            "mode": "payment",
            "client_reference_id": asked.payment_id,
            "line_items": [
                {"quantity": 1,
                 "price_data": {"currency": currency, "unit_amount": units, "product_data": {"name": asked.order}}}
            ],
            "metadata": about,
            "payment_intent_data": {"metadata": about, "description": asked.order},
            "success_url": f"{asked.back}?back=paid",
            "cancel_url": f"{asked.back}?back=left",
        }  # fmt: skip
        return _of_session(_call(lambda: self.client.v1.checkout.sessions.create(page, options)))

    def word(self, reference: str) -> Word:
        """Read the session or the intent with its charge."""
        try:
            if reference.startswith(SESSION):
                expand: Any = {"expand": [f"payment_intent.{CHARGE}"]}
                found = _call(lambda: self.client.v1.checkout.sessions.retrieve(reference, expand))
                return self._lately(_of_session(found), found.get("payment_intent"))
            expand = {"expand": [CHARGE]}
            found = _call(lambda: self.client.v1.payment_intents.retrieve(reference, expand))
            return self._lately(_of_intent(found), found)
        except Declined as no:
            raise NotDone(no.why) from no  # a question is never a decision about the payment

    def _lately(self, word: Word, intent: Any) -> Word:
        """The same, unless the money was taken back after it had come."""
        charge = intent.get("latest_charge") if isinstance(intent, dict) else None
        if not isinstance(charge, dict):
            return word
        taken = _money(charge["amount"], charge["currency"])
        if charge.get("failure_balance_transaction"):
            return replace(word, status=REVERSED, amount=taken)
        if not charge.get("disputed"):
            return word
        found = _call(lambda: self.client.v1.disputes.list({"payment_intent": intent["id"], "limit": MOST_LISTED}))
        lost = [one for one in found["data"] if one["status"] == "lost"]
        if not lost:
            return word
        if sum(one["amount"] for one in lost) + charge.get("amount_refunded", 0) < charge["amount"]:
            raise Mismatch(f"{word.reference}: a part of it was lost in a dispute")
        return replace(word, status=REVERSED, amount=taken)

    def call_off(self, reference: str) -> Word:
        """Expire the session, or cancel the intent; if it is too late for that, what has become of it."""
        try:
            if reference.startswith(SESSION):
                _call(lambda: self.client.v1.checkout.sessions.expire(reference))
            else:
                _call(lambda: self.client.v1.payment_intents.cancel(reference))
        except Declined:
            pass  # paid or expired meanwhile: the next line says which
        return self.word(reference)

    def refund(self, asked: RefundAsked) -> RefundWord:
        """Give back to the card that the intent charged."""
        what: Any = {
            "payment_intent": asked.intent, "amount": to_units(asked.amount), "metadata": {"refund": asked.key},
        }  # fmt: skip
        options: Any = {"idempotency_key": asked.key}
        return _of_refund(_call(lambda: self.client.v1.refunds.create(what, options)))

    def find_refund(self, asked: RefundAsked) -> RefundWord | None:
        """Stripe forgets keys after a day, but not what stands in the metadata."""
        after: dict[str, str] = {}
        while True:
            query: Any = {"payment_intent": asked.intent, "limit": MOST_LISTED, **after}
            found = _asked(lambda query=query: self.client.v1.refunds.list(query))  # type: ignore[misc]
            for one in found["data"]:
                if (one.get("metadata") or {}).get("refund") == asked.key:
                    return _of_refund(one)
            if not found.get("has_more") or not found["data"]:
                return None
            after = {"starting_after": found["data"][-1]["id"]}

    def refund_word(self, reference: str) -> RefundWord:
        """Read the refund."""
        return _of_refund(_asked(lambda: self.client.v1.refunds.retrieve(reference)))

    def told_since(self, moment: datetime) -> Iterator[dict[str, Any]]:
        """Stripe keeps its messages for thirty days."""
        after: dict[str, str] = {}
        while True:
            query: Any = {"created": {"gte": int(moment.timestamp())}, "limit": MOST_LISTED, **after}
            found = _asked(lambda query=query: self.client.v1.events.list(query))  # type: ignore[misc]
            yield from found["data"]
            if not found.get("has_more") or not found["data"]:
                return
            after = {"starting_after": found["data"][-1]["id"]}


def stripe_gateway() -> StripeGateway:
    """The gateway of the configured account."""
    config = current_app.config
    if not config["STRIPE_SECRET_KEY"]:
        raise NotDone("the keys of Stripe are not set any more")
    return StripeGateway(
        config["STRIPE_SECRET_KEY"], base=config["STRIPE_API_BASE"], version=config["STRIPE_API_VERSION"],
        timeout_seconds=config["GATEWAY_TIMEOUT_SECONDS"],
    )  # fmt: skip


def _call(request: Callable[[], Any]) -> dict[str, Any]:
    """The answer as plain values; or which of the four ways it went wrong."""
    try:
        answer: dict[str, Any] = request().to_dict()
    except (stripe.RateLimitError, stripe.AuthenticationError, stripe.PermissionError) as error:
        raise NotDone(type(error).__name__) from error
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        if error.http_status == 404:
            raise NotDone("no such object under these keys") from error
        raise Declined((error.user_message or type(error).__name__)[:WHY_CHARS]) from error
    except stripe.IdempotencyError as error:
        raise Mismatch("the key was used for another request") from error
    except stripe.StripeError as error:  # no connection, no answer in time, an internal error of theirs
        raise Unclear(type(error).__name__) from error
    return answer


def _asked(request: Callable[[], Any]) -> dict[str, Any]:
    """The same for questions, which decide nothing."""
    try:
        return _call(request)
    except Declined as no:
        raise NotDone(no.why) from no


def _of_session(session: dict[str, Any]) -> Word:
    """A Checkout session with its PaymentIntent, where it has one already."""
    intent = session.get("payment_intent")
    inner = intent if isinstance(intent, dict) else {}
    word = Word(
        reference=session["id"],
        status=_status_of_session(session, inner),
        payment_id=session.get("client_reference_id") or "",
        amount=_money(session["amount_total"], session["currency"]),
        intent=inner.get("id") or (intent if isinstance(intent, str) else None),
        url=_https(session.get("url")),
        fee=_fee(inner),
    )
    return _received(word, inner)


def _status_of_session(session: dict[str, Any], intent: dict[str, Any]) -> str:
    if intent.get("status") == "succeeded":
        return PAID
    if session.get("status") == "expired" or intent.get("status") == "canceled":
        return FAILED
    if session.get("status") == "complete" and intent.get("status") == "requires_payment_method":
        return FAILED  # a slow way of paying, which was refused in the end
    return OPEN


def _of_intent(intent: dict[str, Any]) -> Word:
    status = {"succeeded": PAID, "canceled": FAILED}.get(intent["status"], OPEN)
    word = Word(
        reference=intent["id"],
        status=status,
        payment_id=(intent.get("metadata") or {}).get("payment") or "",
        amount=_money(intent["amount"], intent["currency"]),
        intent=intent["id"],
        secret=intent.get("client_secret"),
        fee=_fee(intent),
    )
    return _received(word, intent)


def _received(word: Word, intent: dict[str, Any]) -> Word:
    """Of what is paid, the amount is the one that came."""
    if word.status != PAID:
        return word
    return replace(word, amount=_money(intent["amount_received"], intent["currency"]))


def _fee(intent: dict[str, Any]) -> Money | None:
    charge = intent.get("latest_charge")
    moved = charge.get("balance_transaction") if isinstance(charge, dict) else None
    try:
        return of_units(moved["fee"], moved["currency"]) if isinstance(moved, dict) else None
    except NotCountable:
        return None  # a fraction of the smallest unit: the payout's line on the bank statement will say it in full


def _money(units: int, currency: str) -> Money:
    try:
        return of_units(units, currency)
    except NotCountable as error:
        raise Mismatch(str(error)) from error


def _https(url: Any) -> str | None:
    """The address of the page, if it is one that people may be sent to."""
    known = ("https://", f"{current_app.config['STRIPE_API_BASE']}/")
    return url if isinstance(url, str) and url.startswith(known) else None


def _of_refund(refund: dict[str, Any]) -> RefundWord:
    intent = refund.get("payment_intent")
    return RefundWord(
        reference=refund["id"],
        status={"succeeded": SUCCEEDED, "failed": FAILED, "canceled": FAILED}.get(refund["status"], PENDING),
        key=(refund.get("metadata") or {}).get("refund") or "",
        intent=intent["id"] if isinstance(intent, dict) else str(intent),
        amount=_money(refund["amount"], refund["currency"]),
        why=str(refund.get("failure_reason") or "")[:WHY_CHARS],
    )
