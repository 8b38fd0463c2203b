"""What has to happen to the money of an order now: one function, called after everything that can change the answer.

It compares what the instalments should be with what they are and does the difference, so that calling it twice does
nothing the second time. It holds the order and its instalments, in that order, like whatever else moves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.values import Money, now
from app.ordering.actions import acceptances, orders
from app.ordering.lifecycles import LIVE_CLAIM
from app.ordering.models import Acceptance, Claim, Order
from app.ordering.quantities import hold
from app.payments.actions import instalments
from app.payments.actions.returns import return_excess, ways_back
from app.payments.arithmetic import portion, portions, refundable, releasable, shifts, unbacked
from app.payments.lifecycles import REFUND_LIVE
from app.payments.models import Instalment, Refund
from app.payments.terms import freeze
from app.payments.worth import Worth, worth_of

PAYMENT_TERM: Final = timedelta(days=14)
"""How long a buyer has to pay what has fallen due."""

PARK_OFFSET: Final = timedelta(hours=8)
"""Days of a plan begin on the park's wall."""

BOUND: Final = ("confirmed", "delivered", "accepted")
"""States of an order in which its payment plan is made."""


def settle(order_id: str) -> list[Instalment]:
    """Bring plan, dues, releases, refunds and the end of an order up to date; returns its instalments."""
    order = hold(order_id)
    rows = instalments.of_order(order_id, lock=True)
    if not rows:
        if order.state not in BOUND:
            return []
        rows = _plan(order)
    worth = worth_of(order)
    _reckon(rows, worth)
    _shift(rows)
    for row in rows:
        if (much := unbacked(row.standing)) > 0:
            instalments.claw_back(row, SYSTEM_ACTOR, amount=much)
    _release(order, rows, worth)
    for row in rows:
        instalments.settle_state(row)
    _return_excess(order, rows)
    _close(order, rows)
    return rows


def _plan(order: Order) -> list[Instalment]:
    freeze(order)
    made = [
        instalments.plan_instalment(order, SYSTEM_ACTOR, position=position, part=part)
        for position, part in enumerate(order.plan, start=1)
    ]
    db.session.flush()
    return made


def _shares(rows: list[Instalment]) -> list[int]:
    return [row.share_bp for row in rows]


@dataclass(frozen=True, slots=True)
class _Day:
    """A date of a plan: whether it has come, and the moment at which it does."""

    moment: datetime | None

    @property
    def come(self) -> bool:
        return self.moment is not None and self.moment <= now()

    @property
    def ahead(self) -> datetime | None:
        return None if self.come else self.moment


def _when(moment: str, day: date | None, worth: Worth) -> _Day:
    """The moment at which time alone makes a part due or lets it go; none where time has nothing to do with it."""
    if moment == "warranty_end":
        return _Day(worth.warranty_ends_at)
    if moment == "date" and day is not None:
        return _Day(datetime.combine(day, time(), UTC) - PARK_OFFSET)
    return _Day(None)


def _share(rows: list[Instalment], place: int, worth: Worth, moment: str, day: date | None) -> int:
    """What of one part is due, or may go to the supplier, by a moment of the plan."""
    if moment == "date" and not _when(moment, day, worth).come:
        return 0
    return portion(worth.at(moment), _shares(rows), place)


def _reckon(rows: list[Instalment], worth: Worth) -> None:
    amounts = portions(worth.base, _shares(rows))
    for place, row in enumerate(rows):
        due = min(_share(rows, place, worth, row.due_on, row.due_date), amounts[place])
        days = [_when(row.due_on, row.due_date, worth), _when(row.release_on, row.release_date, worth)]
        if place == len(rows) - 1:  # the order waits out its warranty even where no part of the plan does
            days.append(_Day(worth.warranty_ends_at))
        ripens_at = min((day.ahead for day in days if day.ahead is not None), default=None)
        due_by = row.due_by if due <= row.due_minor else now() + PAYMENT_TERM
        if (amounts[place], due, ripens_at) != (row.amount_minor, row.due_minor, row.ripens_at):
            instalments.reckon(
                row, SYSTEM_ACTOR, amount=amounts[place], due=due, due_by=due_by, ripens_at=ripens_at
            )  # fmt: skip


def _shift(rows: list[Instalment]) -> None:
    for one in shifts([row.standing for row in rows]):
        instalments.shift(rows[one.source], SYSTEM_ACTOR, target=rows[one.target], paid=one.paid, released=one.released)
        db.session.flush()


def _release(order: Order, rows: list[Instalment], worth: Worth) -> None:
    released = False
    for place, row in enumerate(rows):
        entitlement = min(_share(rows, place, worth, row.release_on, row.release_date), row.amount_minor)
        amount = releasable(row.standing, entitlement)
        if amount > 0:
            instalments.release(row, SYSTEM_ACTOR, amount=amount)
            db.session.flush()
            released = released or row.release_on == "accepted"
    if released:
        _mark_acceptances(order)


def _mark_acceptances(order: Order) -> None:
    """What was accepted cannot be undone once money has gone for it (states.md, Acceptance)."""
    statement = visible(Acceptance, SYSTEM_ACTOR).where(
        Acceptance.order_id == order.id, Acceptance.state == "accepted", Acceptance.released.is_(False)
    )
    for acceptance in db.session.scalars(statement.order_by(Acceptance.id)).all():
        acceptances.mark_released(acceptance, SYSTEM_ACTOR)


def _return_excess(order: Order, rows: list[Instalment]) -> None:
    """Propose to give back what is too much, less what is proposed already."""
    excess = refundable([row.standing for row in rows], cause="excess")
    statement = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
        Refund.order_id == order.id, Refund.cause == "excess", Refund.state == "created"
    )
    missing = excess - int(db.session.scalar(statement) or 0)
    if missing > 0:
        for payment, part in ways_back(order.id, missing):
            return_excess(order, SYSTEM_ACTOR, amount=Money(part, order.currency), payment=payment)
            db.session.flush()


def _refund_open(order: Order) -> bool:
    live = sa.select(Refund.id).where(Refund.order_id == order.id, Refund.state.in_(REFUND_LIVE)).limit(1)
    return db.session.scalar(live) is not None


def _close(order: Order, rows: list[Instalment]) -> None:
    """Close the order when its instalments are settled, nothing is held or owed, and no refund or claim is open."""
    if order.state != "accepted":
        return
    if any(row.state not in ("released", "cancelled") or row.standing.held or row.owed_minor for row in rows):
        return
    claim = sa.select(Claim.id).where(Claim.order_id == order.id, Claim.state.in_(LIVE_CLAIM)).limit(1)
    if _refund_open(order) or db.session.scalar(claim) is not None or not _warranty_over(order):
        return
    orders.close(order, SYSTEM_ACTOR)


def _warranty_over(order: Order) -> bool:
    return order.warranty_ends_at is None or order.warranty_ends_at <= now()
