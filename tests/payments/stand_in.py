"""A stand-in for Stripe behind a real socket: what LabPark uses of its API, and everything that goes wrong with it.

It speaks Stripe's form-encoded requests, keys, errors and signed messages, so that the real SDK drives it. A plan of
faults lets it lose answers after having done the work, refuse, fail and be slow; messages get lost, come twice, late
and in another order. What really happened stands in its own books: `charged`, `returned`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from flask import Flask, Response, jsonify, request

from app.kernel.db import db
from app.kernel.values import now
from tests.live import serve

KEY = "sk_test_" + "k" * 32
SECRET = "whsec_" + "s" * 32
VERSION = "2026-10-28.endive"
FEE_BP = 290
TIMEOUT_SECONDS = 10


@dataclass
class Faults:
    """How often (out of a hundred) a request meets each fault; `only` says which requests."""

    refused: int = 0  # 429, nothing done
    broken: int = 0  # 500, nothing done
    lost: int = 0  # done, and the connection breaks before the answer
    spoilt: int = 0  # done, and a 500 is the answer
    slow: int = 0  # done, and the answer comes after the caller has given up
    only: str = ".*"
    slow_seconds: float = 0.0

    def pick(self, dice: random.Random, path: str) -> str:
        """The fault of this request, if any."""
        if not re.fullmatch(self.only, path):
            return "none"
        roll = dice.randrange(100)
        for name in ("refused", "broken", "lost", "spoilt", "slow"):
            share = getattr(self, name)
            if roll < share:
                return name
            roll -= share
        return "none"


class Said(Exception):
    """An error as Stripe says it."""

    def __init__(self, status: int, kind: str, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": kind, "message": message, "code": code}}


class StandIn:
    """The books of the stand-in, and what payers and banks do there."""

    def __init__(self, seed: int = 1) -> None:
        self.dice, self.lock, self.faults = random.Random(seed), threading.RLock(), Faults()
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.disputes: list[dict[str, Any]] = []
        self.keys: dict[str, tuple[str, str]] = {}
        self.events: list[dict[str, Any]] = []
        self.unsent: list[dict[str, Any]] = []
        self.met: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.slow_refunds = False
        self.most = 99_999_999
        self.url = ""

    def id(self, prefix: str) -> str:
        """A fresh id such as cs_test_..."""
        return f"{prefix}_{self.dice.getrandbits(96):024x}"

    # What the outside does -------------------------------------------------------------------------------------------

    def pay(self, reference: str) -> None:
        """The payer pays on the page, or with the program's secret."""
        with self.lock:
            session = self.sessions.get(reference)
            if session is not None:
                assert session["status"] == "open", "nobody can pay on a closed page"
                intent = self._intent(session["amount_total"], session["currency"], session["_intent_data"])
                session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"], "url": None}
            else:
                intent = self.intents[reference]
            self._charge(intent)
            if session is not None:
                self.tell("checkout.session.completed", session)
            self.tell("payment_intent.succeeded", intent)

    def _charge(self, intent: dict[str, Any]) -> None:
        amount = intent["amount"]
        moved = {"id": self.id("txn"), "object": "balance_transaction", "amount": amount,
                 "fee": amount * FEE_BP // 10_000, "currency": intent["currency"]}  # fmt: skip
        charge = {"id": self.id("ch"), "object": "charge", "amount": amount, "currency": intent["currency"],
                  "payment_intent": intent["id"], "paid": True, "status": "succeeded", "disputed": False,
                  "amount_refunded": 0, "failure_balance_transaction": None, "balance_transaction": moved}  # fmt: skip
        intent |= {"status": "succeeded", "amount_received": amount, "latest_charge": charge}

    def expire(self, reference: str) -> None:
        """Nobody has paid for a day."""
        with self.lock:
            session = self.sessions[reference]
            session |= {"status": "expired", "url": None}
            self.tell("checkout.session.expired", session)

    def fail_late(self, reference: str) -> None:
        """The bank takes the money back after it had come."""
        with self.lock:
            intent = self.intent_of(reference)
            intent["latest_charge"]["failure_balance_transaction"] = self.id("txn")
            self.tell("charge.failed", intent["latest_charge"])

    def dispute(self, reference: str, status: str, amount: int | None = None) -> None:
        """The payer disputes the payment; the dispute stands at `status`."""
        with self.lock:
            intent = self.intent_of(reference)
            charge = intent["latest_charge"]
            charge["disputed"] = True
            one = {"id": self.id("du"), "object": "dispute", "payment_intent": intent["id"],
                   "amount": charge["amount"] if amount is None else amount, "status": status}  # fmt: skip
            self.disputes.append(one)
            self.tell("charge.dispute.closed", one)

    def decide_refund(self, reference: str, status: str) -> None:
        """The card's bank takes a refund, or does not."""
        with self.lock:
            one = self.refunds[reference]
            one["status"] = status
            one["failure_reason"] = "lost_or_stolen_card" if status == "failed" else None
            self.tell("refund.updated", one)

    def intent_of(self, reference: str) -> dict[str, Any]:
        """The intent of a session, or the intent itself."""
        session = self.sessions.get(reference)
        return self.intents[session["payment_intent"] if session else reference]

    # The books -------------------------------------------------------------------------------------------------------

    def charged(self) -> dict[str, list[int]]:
        """Our payment -> the units charged for it, once for each charge."""
        found: dict[str, list[int]] = {}
        for intent in self.intents.values():
            if intent["status"] == "succeeded":
                found.setdefault(intent["metadata"]["payment"], []).append(intent["amount_received"])
        return found

    def returned(self) -> dict[str, list[int]]:
        """Our refund (without its attempt) -> the units that went back, once for each refund that was not refused."""
        found: dict[str, list[int]] = {}
        for one in self.refunds.values():
            if one["status"] == "succeeded":
                found.setdefault(one["metadata"]["refund"].partition("-")[0], []).append(one["amount"])
        return found

    # Messages --------------------------------------------------------------------------------------------------------

    def tell(self, kind: str, about: dict[str, Any]) -> dict[str, Any]:
        """Make an event; `post` or `post_all` sends it."""
        shown = {name: value for name, value in about.items() if not name.startswith("_")}
        copied = json.loads(json.dumps(shown))
        event = {"id": self.id("evt"), "object": "event", "type": kind, "created": int(now().timestamp()),
                 "livemode": False, "api_version": VERSION, "data": {"object": copied}}  # fmt: skip
        self.events.append(event)
        self.unsent.append(event)
        return event

    def post(self, url: str, event: dict[str, Any], **signing: Any) -> requests.Response:
        """Send one message to LabPark at an address, signed."""
        db.session.rollback()  # what the test itself holds must not stand in its way
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": signature(body, **signing), "Content-Type": "application/json"}
        return requests.post(f"{url}/webhooks/stripe", data=body, headers=headers, timeout=TIMEOUT_SECONDS)

    def post_all(self, url: str, *, lost: int = 0, twice: int = 0, late: int = 0) -> None:
        """Send what is unsent in any order; of a hundred so many get lost, come twice, or come with the next lot."""
        with self.lock:
            lot, self.unsent = self.unsent, []
        self.dice.shuffle(lot)
        for event in lot:
            roll = self.dice.randrange(100)
            if roll < lost:
                self.met["message lost"] += 1
            elif roll < lost + late:
                self.met["message late"] += 1
                self.unsent.append(event)
            else:
                for _ in range(2 if roll < lost + late + twice else 1):
                    self.met["message"] += 1
                    assert self.post(url, event).status_code == 200

    # Requests --------------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str) -> Response:
        """One request, with the fault that it meets."""
        self.requests[f"{method} {path.rpartition('/')[0] if method == 'GET' else path}"] += 1
        with self.lock:
            fault = self.faults.pick(self.dice, f"{method} {path}")
        self.met[fault] += 1
        if fault == "refused":
            return said(Said(429, "invalid_request_error", "Too many requests", "rate_limit"))
        if fault == "broken":
            return said(Said(500, "api_error", "An error occurred"))
        with self.lock:
            done = self._do(method, path)
        if fault == "lost":
            hang_up()
        if fault == "spoilt":
            return said(Said(500, "api_error", "An error occurred"))
        if fault == "slow":
            time.sleep(self.faults.slow_seconds)
        return done

    def _do(self, method: str, path: str) -> Response:
        try:
            if request.headers.get("Authorization") != f"Bearer {KEY}":
                raise Said(401, "invalid_request_error", "Invalid API key")
            assert request.headers.get("Stripe-Version") == VERSION
            if method == "GET":
                return jsonify(self._read(path))
            key = request.headers.get("Idempotency-Key")
            if key is None:
                return jsonify(self._write(path, nested(request.form)))
            print_ = hashlib.sha256(f"{path}\n{sorted(request.form.items())}".encode()).hexdigest()
            if key in self.keys:
                kept, body = self.keys[key]
                if kept != print_:
                    raise Said(400, "idempotency_error", "Keys are for one request each")
                self.met["replayed"] += 1
                return Response(body, mimetype="application/json")
            body = json.dumps(self._write(path, nested(request.form)))
            self.keys[key] = (print_, body)
            return Response(body, mimetype="application/json")
        except Said as no:
            return said(no)

    def _write(self, path: str, given: dict[str, Any]) -> dict[str, Any]:
        if path == "checkout/sessions":
            return self._session(given)
        if path == "payment_intents":
            return self._intent(int(given["amount"]), given["currency"], given)
        if path == "refunds":
            return self._refund(given)
        kind, reference, verb = path.rsplit("/", 2)
        if (kind, verb) == ("checkout/sessions", "expire"):
            if self._there(self.sessions, reference)["status"] != "open":
                raise Said(400, "invalid_request_error", "Only open sessions can be expired")
            self.expire(reference)
            return shown(self.sessions[reference])
        assert (kind, verb) == ("payment_intents", "cancel")
        intent = self._there(self.intents, reference)
        if intent["status"] == "succeeded":
            raise Said(400, "invalid_request_error", "It has succeeded", "payment_intent_unexpected_state")
        intent["status"] = "canceled"
        self.tell("payment_intent.canceled", intent)
        return shown(intent)

    def _session(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given["mode"] == "payment"
        (line,) = given["line_items"]
        price = line["price_data"]
        amount = int(price["unit_amount"]) * int(line["quantity"])
        if amount > self.most:
            raise Said(400, "invalid_request_error", f"Amount must be no more than {self.most}", "amount_too_large")
        reference = self.id("cs_test")
        session = {
            "id": reference, "object": "checkout.session", "amount_total": amount, "currency": price["currency"],
            "client_reference_id": given["client_reference_id"], "metadata": given["metadata"], "status": "open",
            "payment_status": "unpaid", "payment_intent": None, "url": f"{self.url}/pay/{reference}",
            "success_url": given["success_url"], "_intent_data": given["payment_intent_data"],
        }  # fmt: skip
        self.sessions[reference] = session
        return shown(session)

    def _intent(self, amount: int, currency: str, given: dict[str, Any]) -> dict[str, Any]:
        reference = self.id("pi")
        self.intents[reference] = {
            "id": reference, "object": "payment_intent", "amount": amount, "amount_received": 0, "currency": currency,
            "status": "requires_payment_method", "metadata": given["metadata"], "latest_charge": None,
            "client_secret": f"{reference}_secret_{self.id('x')}",
        }  # fmt: skip
        return self.intents[reference]

    def _refund(self, given: dict[str, Any]) -> dict[str, Any]:
        intent = self._there(self.intents, given["payment_intent"])
        charge, amount = intent["latest_charge"], int(given["amount"])
        if charge is None or charge["amount_refunded"] + amount > charge["amount"]:
            raise Said(400, "invalid_request_error", "More than is left", "charge_already_refunded")
        charge["amount_refunded"] += amount
        reference = self.id("re")
        one = {"id": reference, "object": "refund", "amount": amount, "currency": charge["currency"],
               "payment_intent": intent["id"], "metadata": given["metadata"], "failure_reason": None,
               "status": "pending" if self.slow_refunds else "succeeded"}  # fmt: skip
        self.refunds[reference] = one
        self.tell("refund.created", one)
        return one

    def _read(self, path: str) -> dict[str, Any]:
        if path == "events":
            since, after = int(request.args["created[gte]"]), request.args.get("starting_after")
            made = [one for one in reversed(self.events) if one["created"] >= since]
            start = next((at + 1 for at, one in enumerate(made) if one["id"] == after), 0)
            end = start + int(request.args["limit"])
            return {"object": "list", "data": made[start:end], "has_more": end < len(made), "url": "/v1/events"}
        if path in ("refunds", "disputes"):
            every = list(self.refunds.values())[::-1] if path == "refunds" else self.disputes
            found = [one for one in every if one["payment_intent"] == request.args["payment_intent"]]
            after = request.args.get("starting_after")
            start = next((at + 1 for at, one in enumerate(found) if one["id"] == after), 0)
            end = start + int(request.args["limit"])
            return {"object": "list", "data": found[start:end], "has_more": end < len(found), "url": f"/v1/{path}"}
        kind, _, reference = path.rpartition("/")
        if kind == "checkout/sessions":
            session = shown(self._there(self.sessions, reference))
            if session["payment_intent"]:
                session["payment_intent"] = self.intents[session["payment_intent"]]
            return session
        return shown(self._there({"payment_intents": self.intents, "refunds": self.refunds}[kind], reference))

    @staticmethod
    def _there(kept: dict[str, dict[str, Any]], reference: str) -> dict[str, Any]:
        if reference not in kept:
            raise Said(404, "invalid_request_error", f"No such object: {reference}", "resource_missing")
        return kept[reference]

    @contextmanager
    def served(self) -> Iterator[StandIn]:
        """Answer on a free port."""
        face = Flask("stand_in")

        @face.route("/v1/<path:path>", methods=["GET", "POST"])
        def api(path: str) -> Response:
            return self.answer(request.method, path)

        with serve(face) as url:
            self.url = url
            yield self

    def settings(self) -> dict[str, Any]:
        """The settings with which LabPark takes it for Stripe."""
        return {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": self.url,
                "STRIPE_API_VERSION": VERSION, "GATEWAY_TIMEOUT_SECONDS": 5}  # fmt: skip


@dataclass
class Tally:
    """What a run has done, for its log."""

    done: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{number} {what}" for what, number in sorted(self.done.items()))


def shown(kept: dict[str, Any]) -> dict[str, Any]:
    """An object without what the stand-in keeps for itself."""
    return {name: value for name, value in kept.items() if not name.startswith("_")}


def said(no: Said) -> Response:
    """An error as an answer."""
    response = jsonify(no.body)
    response.status_code = no.status
    return response


def hang_up() -> None:
    """Break the connection, so that the caller never learns what was done."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)


def nested(form: Any) -> dict[str, Any]:
    """`a[b][0][c]=1` as {"a": {"b": [{"c": "1"}]}}."""
    tree: dict[str, Any] = {}
    for name, value in form.items():
        first, *rest = re.findall(r"[^\[\]]+", name)
        here = tree
        for outer, inner in zip([first, *rest], rest, strict=False):
            here = here.setdefault(outer, {})
            assert isinstance(here, dict), inner
        here[[first, *rest][-1]] = value
    return as_lists(tree)  # type: ignore[no-any-return]


def as_lists(tree: Any) -> Any:
    """Maps whose names are 0, 1, 2 are lists."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(name.isdigit() for name in tree):
        return [as_lists(tree[name]) for name in sorted(tree, key=int)]
    return {name: as_lists(value) for name, value in tree.items()}


def signature(body: bytes, *, secret: str = SECRET, at: int | None = None) -> str:
    """The header with which Stripe signs these bytes at a moment."""
    moment = int(now().timestamp()) if at is None else at
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"
