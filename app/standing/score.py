"""A supplier's score: counted from events of the last year, row by row, and never typed in by anybody.

Each criterion is a select of the records that count, with the event by which each of them counts. Rows that were
contested with success are left out. A criterion with fewer rows than MIN_SAMPLE says nothing yet, and neither does a
score without any criterion that says something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.periods import park_day, seconds_between
from app.kernel.values import half_up, now
from app.ordering.models import Acceptance, Claim, Order, OrderLine
from app.standing.models import CRITERIA, Contest

WINDOW: Final = timedelta(days=365)
"""What is older does not count any more."""
MIN_SAMPLE: Final = 5
"""Rows below which a criterion says nothing."""
WEIGHTS: Final = {"on_time": 40, "accepted_first": 30, "response": 15, "disputes": 15}
ROWS_SHOWN: Final = 200
FULL: Final = 100
DAY_SECONDS: Final = 86_400
PROMPT_DAYS: Final = 1
"""An order confirmed within so many days counts in full ..."""
SLOW_DAYS: Final = 8
"""... and after so many not at all; in between evenly."""

Counted = sa.Select[Any]
"""id, event id, moment, points (0 to 100 or seconds for `response`)."""


@dataclass(frozen=True, slots=True)
class Point:
    """One row: the record, the event by which it counts, its points of 100, and whether it is contested."""

    object_id: str
    event_id: str
    at: datetime
    points: int
    contest_id: str | None = None
    contest_state: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion: how many rows count, their mean points, and whether there are enough of them."""

    criterion: str
    count: int
    points: int | None

    @property
    def enough(self) -> bool:
        """Whether it counts in the score."""
        return self.count >= MIN_SAMPLE


@dataclass(frozen=True, slots=True)
class Score:
    """The whole: 0 to 100, or None while nothing has enough rows."""

    parts: tuple[Part, ...]
    points: int | None

    @property
    def rows(self) -> int:
        """How many rows stand behind it."""
        return sum(part.count for part in self.parts if part.enough)


def _last(*names: str) -> sa.Subquery:
    """Per record the last of these events within the window."""
    newest = (
        sa.select(sa.func.max(Event.seq).label("seq"))
        .where(Event.name.in_(names), Event.at >= now() - WINDOW)
        .group_by(Event.object_id)
        .subquery()
    )
    return (
        sa.select(Event.object_id.label("id"), Event.id.label("event"), Event.at.label("at"), Event.name.label("name"))
        .join(newest, newest.c.seq == Event.seq)
        .subquery()
    )


def _hit(condition: Any) -> sa.ColumnElement[int]:
    return sa.case((condition, FULL), else_=0)


def _on_time(supplier_id: str) -> Counted:
    """Orders delivered whole: by the day that was agreed, else within the longest lead time from confirmation."""
    delivered = _last("order.deliver")
    lead = sa.select(sa.func.max(OrderLine.lead_time_days)).where(OrderLine.order_id == Order.id).scalar_subquery()
    by_lead = seconds_between(Order.confirmed_at, delivered.c.at) <= lead * DAY_SECONDS
    in_time = sa.case((Order.deliver_by.is_not(None), park_day(delivered.c.at) <= Order.deliver_by), else_=by_lead)
    return (
        sa.select(Order.id, delivered.c.event, delivered.c.at, _hit(in_time))
        .join(delivered, delivered.c.id == Order.id)
        .where(Order.supplier_id == supplier_id, sa.or_(Order.deliver_by.is_not(None), lead.is_not(None)))
    )


def _accepted_first(supplier_id: str) -> Counted:
    """Quantities decided: accepted without a claim ever."""
    decided = _last("acceptance.accept", "acceptance.reject", "acceptance.fail")
    claimed = sa.exists().where(Claim.acceptance_id == Acceptance.id, Claim.state != "withdrawn")
    good = sa.and_(Acceptance.state == "accepted", sa.not_(claimed))
    return (
        sa.select(Acceptance.id, decided.c.event, decided.c.at, _hit(good))
        .join(decided, decided.c.id == Acceptance.id)
        .where(Acceptance.supplier_id == supplier_id, Acceptance.state.in_(("accepted", "rejected")))
    )


def _response(supplier_id: str) -> Counted:
    """Orders confirmed, refused or lapsed: the sooner the answer, the more points; without one, none."""
    answered = _last("order.confirm", "order.refuse", "order.lapse")
    took = seconds_between(Order.sent_at, answered.c.at)
    span = (SLOW_DAYS - PROMPT_DAYS) * DAY_SECONDS
    points = sa.case(
        (answered.c.name == "order.lapse", 0),
        (took <= PROMPT_DAYS * DAY_SECONDS, FULL),
        (took >= SLOW_DAYS * DAY_SECONDS, 0),
        else_=(SLOW_DAYS * DAY_SECONDS - took) * FULL / sa.literal(span, sa.BigInteger),
    )
    return (
        sa.select(Order.id, answered.c.event, answered.c.at, sa.cast(points, sa.Integer))
        .join(answered, answered.c.id == Order.id)
        .where(Order.supplier_id == supplier_id, Order.sent_at.is_not(None))
    )


def _disputes(supplier_id: str) -> Counted:
    """Claims that the platform ruled on: lost to the buyer, or not."""
    ruled = _last("claim.rule_for_buyer", "claim.rule_for_supplier")
    return (
        sa.select(Claim.id, ruled.c.event, ruled.c.at, _hit(ruled.c.name == "claim.rule_for_supplier"))
        .join(ruled, ruled.c.id == Claim.id)
        .where(Claim.supplier_id == supplier_id)
    )


_SELECTS: Final[dict[str, Callable[[str], Counted]]] = {
    "on_time": _on_time, "accepted_first": _accepted_first, "response": _response, "disputes": _disputes,
}  # fmt: skip


def points_of(supplier_id: str, criterion: str, *, limit: int = ROWS_SHOWN) -> list[Point]:
    """The rows of a criterion, newest first, contested ones with how that stands."""
    counted = _SELECTS[criterion](supplier_id).subquery()
    record, event, at, points = counted.c
    mine = sa.and_(
        Contest.object_id == record, Contest.criterion == criterion, Contest.supplier_id == supplier_id,
        Contest.state != "withdrawn",
    )  # fmt: skip
    rows = db.session.execute(
        sa.select(record, event, at, points, Contest.id, Contest.state)
        .outerjoin(Contest, mine)
        .order_by(at.desc(), record)
        .limit(limit)
    )
    return [Point(*row) for row in rows]


def score_of(supplier_id: str) -> Score:
    """The score of a supplier now, in one query per criterion."""
    parts = tuple(_part(supplier_id, criterion) for criterion in CRITERIA)
    said = [(part, WEIGHTS[part.criterion]) for part in parts if part.enough and part.points is not None]
    weight = sum(share for _, share in said)
    return Score(parts, half_up(sum((part.points or 0) * share for part, share in said), weight) if weight else None)


def _part(supplier_id: str, criterion: str) -> Part:
    counted = _SELECTS[criterion](supplier_id).subquery()
    record, _event, _at, points = counted.c
    left_out = sa.exists().where(
        Contest.object_id == record, Contest.criterion == criterion, Contest.supplier_id == supplier_id,
        Contest.state == "upheld",
    )  # fmt: skip
    total, count = db.session.execute(
        sa.select(sa.func.coalesce(sa.func.sum(points), 0), sa.func.count()).select_from(counted).where(~left_out)
    ).one()
    return Part(criterion, int(count), half_up(int(total), int(count)) if count else None)
