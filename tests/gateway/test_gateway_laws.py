"""Many payments and refunds against a gateway that loses, repeats, delays and reorders: 0 duplicates, 0 lost.

What really happened stands in the stand-in's books; LabPark's books have to say the same once it answers again.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.kernel.db import db
from app.kernel.values import clock_at
from app.ordering.models import Order
from app.payments.actions import refunds
from app.payments.models import CardRefund, Payment, Refund
from tests.gateway.test_webhooks import forgeries, message, sent, traces
from tests.kernel.rounds import rounds
from tests.payments.stand_in import KEY, Faults, StandIn, Tally, signature
from tests.world import World
from tests.worlds.cards import asked
from tests.worlds.ordering import do
from tests.worlds.payments import bought, faults, proposed_refund, run, stands

pytestmark = [pytest.mark.database_matters, pytest.mark.prove, pytest.mark.timeout(1_800)]

PAYMENTS = rounds(24, 1_400)
REFUNDS = rounds(8, 600)
ORDERS = rounds(4, 20)
WEATHER = Faults(refused=6, broken=8, lost=14, spoilt=6)
STEP = timedelta(minutes=10)
CALM = timedelta(days=2)


class Story:
    """Payers and settlement at work while the gateway misbehaves."""

    def __init__(self, world: World, stripe: StandIn, address: str) -> None:
        self.world, self.stripe, self.address, self.tally = world, stripe, address, Tally()
        self.orders = [bought(world, "9000.00", 1, model=f"L{place}") for place in range(ORDERS)]
        self.now = timedelta(0)

    def pass_time(self) -> None:
        """Messages arrive in some order, if at all; then the worker does what is due."""
        self.now += STEP
        with clock_at(self.now):
            self.stripe.post_all(self.address, lost=15, twice=25, late=20)
            run()

    def begin(self, wave: int) -> None:
        """Where nothing is under way, somebody begins a card payment."""
        for order in self.orders:
            if self.tally.done["payments"] < PAYMENTS and not _live(order):
                with clock_at(self.now):
                    asked(self.world, order, f"{1 + wave % 3}.{wave % 100:02d}")
                self.tally.done["payments"] += 1

    def at_the_page(self) -> None:
        """Most payers pay, some let the page expire; some money is taken back late."""
        for payment in _payments("submitted"):
            if payment.pay_at is None:
                continue
            reference, roll = str(payment.gateway_reference), self.stripe.dice.randrange(100)
            if self.stripe.sessions[reference]["status"] != "open":
                continue
            if roll < 80:
                self.stripe.pay(reference)
            elif roll < 95:
                self.stripe.expire(reference)
        if self.stripe.dice.randrange(3) == 0:
            for payment in [one for one in _unrefunded() if not self._taken_back(one)][-1:]:
                self.stripe.fail_late(str(payment.gateway_reference))
                self.tally.done["late failures"] += 1

    def back(self) -> None:
        """Settlement gives some of it back."""
        settler, second = self.world.actor("shu"), self.world.actor("sen")
        for payment in _unrefunded():
            if self.tally.done["refunds"] >= REFUNDS:
                break
            if self.stripe.dice.randrange(4) == 0 and not self._taken_back(payment):
                order = db.session.get_one(Order, payment.order_id)
                with clock_at(self.now):
                    refund = proposed_refund(self.world, order, "0.50")
                    do(refunds.approve, refund, second)
                self.tally.done["refunds"] += 1
        for refund in _refunds("failed"):
            with clock_at(self.now):
                do(refunds.retry, refund, settler)

    def _taken_back(self, payment: Payment) -> bool:
        intent = self.stripe.intent_of(str(payment.gateway_reference))
        return bool(intent["latest_charge"]["failure_balance_transaction"])

    def settle_down(self) -> None:
        """The gateway answers again; messages that were lost stay lost, and two days pass."""
        self.stripe.faults = Faults()
        for day in (1, 2):
            self.now += timedelta(days=day)
            with clock_at(self.now):
                for session in list(self.stripe.sessions.values()):
                    if session["status"] == "open":
                        self.stripe.expire(session["id"])
                self.stripe.post_all(self.address)
                run()


def _live(order: Order) -> bool:
    statement = sa.select(Payment.id).where(
        Payment.order_id == order.id, Payment.state.in_(("created", "submitted", "unknown"))
    )
    return db.session.scalar(statement.limit(1)) is not None


def _payments(state: str) -> list[Payment]:
    db.session.rollback()
    statement = sa.select(Payment).where(Payment.state == state, Payment.method == "gateway").order_by(Payment.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def _refunds(state: str) -> list[Refund]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Refund).where(Refund.state == state, Refund.method == "gateway")))


def _unrefunded() -> list[Payment]:
    """Card payments that arrived and of which nothing went back, oldest first."""
    db.session.rollback()
    back = sa.exists().where(CardRefund.payment_id == Payment.id)
    statement = sa.select(Payment).where(Payment.state == "succeeded", Payment.method == "gateway", ~back)
    return list(db.session.scalars(statement.order_by(Payment.id).execution_options(populate_existing=True)))


def test_every_payment_and_refund_is_booked_once_and_none_is_lost(world: World, stripe: StandIn, address: str) -> None:
    story = Story(world, stripe, address)
    stripe.faults = WEATHER
    wave = 0
    while story.tally.done["payments"] < PAYMENTS or story.tally.done["refunds"] < REFUNDS:
        wave += 1
        assert wave < 100 * PAYMENTS, "it does not come to an end"
        story.begin(wave)
        story.pass_time()
        with clock_at(story.now):  # one clock for both sides, or the gateway's own list would be of other days
            story.at_the_page()
        story.pass_time()
        story.back()
    story.settle_down()

    states = Counter(one.state for state in ("created", "submitted", "unknown") for one in _payments(state))
    assert states == Counter(), "something is still unknown or open"
    assert [_refunds(state) for state in ("submitted", "unknown")] == [[], []]
    charged = stripe.charged()
    assert all(len(units) == 1 for units in charged.values()), "somebody was charged twice"
    arrived = {one.id: one.amount_minor for state in ("succeeded", "reversed") for one in _payments(state)}
    assert arrived == {payment: units[0] for payment, units in charged.items()}
    taken = {
        intent["metadata"]["payment"] for intent in stripe.intents.values()
        if intent["latest_charge"] and intent["latest_charge"]["failure_balance_transaction"]
    }  # fmt: skip
    known = {one.id for one in _payments("reversed")}
    assert known == taken, "a message was lost, and what it would have told was never learned"
    returned = stripe.returned()
    assert all(len(units) == 1 for units in returned.values()), "somebody was paid back twice"
    assert {one.id: one.amount_minor for one in _refunds("succeeded")} == {
        one: units[0] for one, units in returned.items()
    }
    expected = sum(arrived.values()) - sum(arrived[one] for one in known) - sum(units[0] for units in returned.values())
    assert stands("gateway") == f"{expected // 100}.{expected % 100:02d}"
    assert faults() == []
    print(f"{story.tally}; met: {dict(sorted(stripe.met.items()))}")  # into the log of `make prove`
    assert KEY not in json.dumps(stripe.events)


def test_no_forged_stale_replayed_or_foreign_message_has_any_effect(
    world: World, stripe: StandIn, client: FlaskClient
) -> None:
    order = bought(world, "250.00", 2)
    payment = asked(world, order, "500.00")
    run()
    (payment,) = _payments("submitted")
    genuine = message({"id": payment.gateway_reference})
    assert sent(client, genuine, signature(genuine)) == 200
    run()
    before, asked_before = traces(), sum(stripe.requests.values())
    for place in range(rounds(2, 40)):
        body = message({"id": payment.gateway_reference}, id=f"evt_{place:06d}x")
        for header in forgeries(body).values():
            assert sent(client, body, header) == 400
        assert sent(client, genuine, signature(genuine)) == 200
    run()
    assert (traces(), sum(stripe.requests.values())) == (before, asked_before)
    for place in range(rounds(2, 40)):
        foreign = message({"id": f"cs_test_foreign{place}", "payment_intent": "pi_foreign"}, id=f"evt_f{place:06d}")
        assert sent(client, foreign, signature(foreign)) == 200
    run()
    assert (traces()[0], sum(stripe.requests.values())) == (before[0], asked_before)
    assert stands("gateway") == "0.00"
