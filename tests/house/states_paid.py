"""Instalments, payments, refunds, payouts, bank lines and statements, one in every state."""

from __future__ import annotations

from datetime import timedelta

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.values import now
from app.payments.actions import bank_entries, payments, payouts, refunds, statements
from tests.house.kept import REASON, Kept, kept
from tests.world import World
from tests.worlds.ordering import do
from tests.worlds.payments import (
    arrived,
    bank_line,
    bought,
    give_up,
    paid,
    paid_out,
    parts,
    proposed_refund,
    refunded,
    told,
)


def every_payment(world: World) -> Kept:
    """Payments and instalments: nothing paid, the advance and the main part paid, everything given up."""
    settler = world.actor("shu")
    unpaid = bought(world, model="M1")
    for part in parts(unpaid)[:2]:
        yield kept(part)
    order = bought(world, model="M2")
    yield kept(paid(world, order, "95000.00"))
    for part in parts(order)[:2]:
        yield kept(part)
    nothing = bought(world, model="M3")
    give_up(nothing, 10)
    yield kept(parts(nothing)[0])
    yield kept(told(world, unpaid, "10.00"))
    submitted = do(payments.submit, told(world, unpaid, "10.00"), SYSTEM_ACTOR)
    yield kept(submitted)
    lost = do(payments.submit, told(world, unpaid, "10.00"), SYSTEM_ACTOR)
    yield kept(do(payments.lose_sight, lost, SYSTEM_ACTOR))
    yield kept(do(payments.fail, told(world, unpaid, "10.00"), settler, reason=REASON))
    yield kept(do(payments.reverse, arrived(world, told(world, unpaid, "10.00")), settler, reason=REASON))


def every_refund(world: World) -> Kept:
    """Refunds of an order that was paid in advance."""
    order = bought(world, model="B")
    paid(world, order, "100000.00")
    yield kept(proposed_refund(world, order, "100.00"))
    for state in ("approved", "submitted", "unknown", "succeeded", "failed"):
        yield kept(refunded(world, proposed_refund(world, order, "100.00"), state))
    yield kept(do(refunds.cancel, proposed_refund(world, order, "100.00"), world.actor("sen"), reason=REASON))


def every_payout(world: World) -> Kept:
    """One payout at a time and currency: so each in a currency of its own."""
    states = ("created", "approved", "submitted", "unknown", "succeeded", "failed", "cancelled")
    for state, currency in zip(states, ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD"), strict=True):
        paid(world, bought(world, model=f"P-{state}", currency=currency), "30000.00")
        payout = paid_out(world, "created" if state == "cancelled" else state, currency=currency)
        if state == "cancelled":
            do(payouts.cancel, payout, world.actor("shu"), reason=REASON)
        yield kept(payout)


def every_bank_line(world: World) -> Kept:
    """Bank lines, and statements each in a currency of its own."""
    yield kept(bank_line(world, "unmatched", "60.00", booked=False))
    yield kept(bank_line(world, "unmatched", "61.00"))
    other = bank_line(world, "unmatched", "62.00", booked=False)
    yield kept(do(bank_entries.decline, other, world.actor("sen"), reason=REASON))
    found = bank_line(world, "unmatched", "63.00")
    arrived(world, told(world, bought(world, model="K"), "63.00"), unmatched=found.id)
    yield kept(found)
    settler, supplier = world.actor("shu"), world.actor("jin")
    for state, currency in (("open", "USD"), ("issued", "EUR"), ("agreed", "GBP"), ("disputed", "CHF")):
        one = do(
            statements.open_statement, world.org("operator"), settler, supplier=world.organisations["supplier"],
            currency=currency, until=(now() - timedelta(days=3)).date(),
        )  # fmt: skip
        if state != "open":
            do(statements.issue, one, settler)
        if state == "agreed":
            do(statements.agree, one, supplier)
        if state == "disputed":
            do(statements.dispute, one, supplier, reason=REASON)
        yield kept(one)
