"""Instalment: everything that happens to it is worked out by SYSTEM from payments, acceptance, refunds and clocks.

Figures change by verbs that stay in the state (reckon, pay, release, refund, ...); the state then follows from the
figures (`Standing.state`) by a verb of its own: fall_due, rest, complete, finish, cancel.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.lifecycle import fresh, visible
from app.kernel.values import N_, Money, new_id, now
from app.kernel.work import current, note
from app.ledger.posting import post
from app.ordering.lifecycles import ORDER
from app.ordering.models import Order
from app.payments import codes
from app.payments.arithmetic import released_between
from app.payments.lifecycles import INSTALMENT
from app.payments.models import Allocation, Instalment, Payment, Refund, RefundLine
from app.payments.terms import terms_of

MOMENT_OF: Final = {"signed": "confirmed"}
"""Words of a plan that mean the same moment here: a confirmed order is a signed contract."""


@ORDER.action("confirmed|delivered|accepted -> =", by=SYSTEM, makes=INSTALMENT, title=N_("Plan an instalment"))
def plan_instalment(order: Order, actor: Actor, *, position: int, part: dict[str, Any]) -> Instalment:
    """One part of the order's frozen payment plan becomes an instalment."""
    del actor
    return fresh(
        Instalment, buyer_id=order.buyer_id, supplier_id=order.supplier_id, order_id=order.id, position=position,
        number=f"{order.number}-{position}" if order.number else None, title=part["title"],
        share_bp=part["share_bp"], currency=order.currency, amount_minor=0, due_minor=0,
        due_on=MOMENT_OF.get(part["due_on"], part["due_on"]), due_date=_day(part.get("due_date")),
        release_on=MOMENT_OF.get(part["release_on"], part["release_on"]), release_date=_day(part.get("release_date")),
        paid_minor=0, reversed_minor=0, owed_minor=0, released_minor=0, refunded_minor=0, releases=0,
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def of_order(order_id: str, *, lock: bool = False) -> list[Instalment]:
    """The instalments of an order in the order of its plan; with `lock` they stay as they are to the end."""
    statement = visible(Instalment, SYSTEM_ACTOR).where(Instalment.order_id == order_id).order_by(Instalment.position)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    rows = list(db.session.scalars(statement))
    if lock:
        current().locked.update(row.id for row in rows)
    return rows


def released_of(order_id: str) -> int:
    """Everything released of an order, less what was taken back; the base of its commission."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(Instalment.released_minor), 0))
    return int(db.session.scalar(statement.where(Instalment.order_id == order_id)) or 0)


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Reckon anew"))
def reckon(
    instalment: Instalment, actor: Actor, *, amount: int, due: int, due_by: datetime | None, ripens_at: datetime | None
) -> None:
    """What it amounts to and what of it is due follow from the order as it stands now."""
    del actor
    instalment.amount_minor, instalment.due_minor = amount, due
    instalment.due_by, instalment.ripens_at = due_by, ripens_at


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Take in a payment"))
def pay(instalment: Instalment, actor: Actor, *, payment: Payment, amount: int) -> int:
    """Money that arrived counts for it, in whole or in part; what the buyer owed is settled first."""
    del actor
    settled = min(instalment.owed_minor, amount)
    instalment.paid_minor += amount
    instalment.owed_minor -= settled
    _allocate(instalment, payment.id, amount)
    note(payment=payment.id)
    return settled


def _allocate(instalment: Instalment, payment_id: str, amount: int) -> None:
    db.session.add(
        Allocation(
            id=new_id("all"), buyer_id=instalment.buyer_id, supplier_id=instalment.supplier_id, payment_id=payment_id,
            instalment_id=instalment.id, amount_minor=amount, at=now(),
        )
    )  # fmt: skip


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Release"))
def release(instalment: Instalment, actor: Actor, *, amount: int) -> None:
    """Held money goes to the supplier, less the commission, to whose parts the entitlement is reckoned cumulatively."""
    del actor
    order = db.session.get_one(Order, instalment.order_id)
    before = released_of(order.id)
    split = released_between(before, before + amount, terms_of(order))
    instalment.released_minor += amount
    instalment.releases += 1
    post(
        f"release:{instalment.id}:{instalment.releases}", "release",
        [(codes.held(order.id), Money(amount, order.currency)),
         *codes.credited(order.supplier_id, split, order.currency)],
    )  # fmt: skip


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Take back what nobody paid for"))
def claw_back(instalment: Instalment, actor: Actor, *, amount: int) -> None:
    """The supplier gives back what it has beyond the amount while the buyer owes it; the debt is gone."""
    del actor
    order = db.session.get_one(Order, instalment.order_id)
    before = released_of(order.id)
    split = released_between(before, before - amount, terms_of(order))
    instalment.released_minor -= amount
    instalment.owed_minor -= amount
    instalment.releases += 1
    post(
        f"claw:{instalment.id}:{instalment.releases}", "claw_back",
        [(codes.due_from(order.id), Money(-amount, order.currency)),
         *codes.credited(order.supplier_id, split, order.currency)],
    )  # fmt: skip


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Give back"))
def refund(instalment: Instalment, actor: Actor, *, refund: Refund, held: int, clawed: int) -> None:
    """Part of it goes back to the buyer: out of held money, and out of money that the supplier gives back."""
    del actor
    instalment.refunded_minor += held + clawed
    instalment.released_minor -= clawed
    refund.lines.append(
        RefundLine(
            buyer_id=instalment.buyer_id, supplier_id=instalment.supplier_id, refund_id=refund.id,
            instalment_id=instalment.id, held_minor=held, clawed_minor=clawed,
        )
    )  # fmt: skip
    note(refund=refund.id)


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Undo a refund"))
def undo_refund(instalment: Instalment, actor: Actor, *, refund: Refund, held: int, clawed: int) -> None:
    """A refund was cancelled before it was paid: its part is where it was."""
    del actor
    instalment.refunded_minor -= held + clawed
    instalment.released_minor += clawed
    note(refund=refund.id)


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Take a failed payment out"))
def reverse(instalment: Instalment, actor: Actor, *, payment: Payment, held: int, owed: int) -> None:
    """A payment failed after all: held money goes, and what had been released already is owed by the buyer."""
    del actor
    instalment.reversed_minor += held + owed
    instalment.owed_minor += owed
    _allocate(instalment, payment.id, -(held + owed))
    note(payment=payment.id)


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Count money for another instalment"))
def shift(instalment: Instalment, actor: Actor, *, target: Instalment, paid: int, released: int) -> None:
    """It became smaller after it was paid: what is too much counts for another instalment of the order."""
    moved = _newest_allocations(instalment, paid)
    instalment.paid_minor -= paid
    instalment.released_minor -= released
    for payment_id, amount in moved:
        _allocate(instalment, payment_id, -amount)
    take_over(target, actor, source=instalment, moved=moved, released=released)


@INSTALMENT.action("* -> =", by=SYSTEM, title=N_("Take over money of another instalment"))
def take_over(
    instalment: Instalment, actor: Actor, *, source: Instalment, moved: list[tuple[str, int]], released: int
) -> None:
    """Money that was paid for another instalment of the order counts for this one."""
    del actor
    instalment.paid_minor += sum(amount for _, amount in moved)
    instalment.released_minor += released
    for payment_id, amount in moved:
        _allocate(instalment, payment_id, amount)
    note(source=source.id)


def _newest_allocations(instalment: Instalment, amount: int) -> list[tuple[str, int]]:
    """Of which payments an amount of the instalment is, the newest payment first."""
    total = sa.func.sum(Allocation.amount_minor)
    rows = db.session.execute(
        sa.select(Allocation.payment_id, total)
        .where(Allocation.instalment_id == instalment.id)
        .group_by(Allocation.payment_id)
        .having(total > 0)
        .order_by(Allocation.payment_id.desc())
    )
    found, rest = [], amount
    for payment_id, there in rows:
        part = min(rest, int(there))
        if part > 0:
            found.append((payment_id, part))
            rest -= part
    if rest:
        raise RuntimeError(f"{instalment.id}: more is to be moved than was allocated")
    return found


@INSTALMENT.action(
    "planned|due|paid|released -> =", by=SYSTEM, after="ripens_at", title=N_("Note that its day has come")
)
def mature(instalment: Instalment, actor: Actor) -> None:
    """A date of the plan, or the end of the warranty, has come; what follows is worked out right after."""
    del actor
    instalment.ripens_at = None


# The state follows the figures.


@INSTALMENT.action("planned|paid|released|cancelled -> due", by=SYSTEM, title=N_("Let fall due"))
def fall_due(instalment: Instalment, actor: Actor) -> None:
    """Something of it is due and not paid."""
    del instalment, actor


@INSTALMENT.action("due|paid|released|cancelled -> planned", by=SYSTEM, title=N_("Let rest"))
def rest(instalment: Instalment, actor: Actor) -> None:
    """Nothing of it is to be paid at the moment, and it is not paid in full."""
    del instalment, actor


@INSTALMENT.action("planned|due|released|cancelled -> paid", by=SYSTEM, title=N_("Note that it is paid"))
def complete(instalment: Instalment, actor: Actor) -> None:
    """It is paid in full and not yet released in full."""
    del instalment, actor


@INSTALMENT.action("planned|due|paid|cancelled -> released", by=SYSTEM, title=N_("Note that it is released"))
def finish(instalment: Instalment, actor: Actor) -> None:
    """All of it has gone to the supplier."""
    del instalment, actor


@INSTALMENT.action("planned|due|paid|released -> cancelled", by=SYSTEM, title=N_("Cancel"))
def cancel(instalment: Instalment, actor: Actor) -> None:
    """Nothing of it is owed any more, and nothing of it is kept."""
    del instalment, actor


_MOVERS: Final = {"due": fall_due, "planned": rest, "paid": complete, "released": finish, "cancelled": cancel}


def settle_state(instalment: Instalment) -> None:
    """Move the instalment to the state that its figures are."""
    state = instalment.standing.state
    if state != instalment.state:
        _MOVERS[state](instalment, SYSTEM_ACTOR)
