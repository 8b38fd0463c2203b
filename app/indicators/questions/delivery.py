"""Questions about what follows an order: confirmation, delivery, acceptance, claims."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from app.indicators.questions.registry import DAY_SECONDS, Counted, happened, hit, one_each, question
from app.kernel.events import Event
from app.kernel.periods import Period, park_day, seconds_between
from app.kernel.values import N_
from app.ordering.models import Acceptance, Claim, Order, OrderLine

Given = Mapping[str, int]


@question("supplier_confirmation", N_("Days until the supplier confirms"), unit="days", direction="down", model=Order)
def supplier_confirmation(period: Period, given: Given) -> Counted:
    """Orders confirmed in the period, since they were sent to their supplier."""
    del given
    took = seconds_between(Order.sent_at, Order.confirmed_at).label("part")
    within = sa.and_(Order.confirmed_at >= period.since, Order.confirmed_at < period.until)
    return sa.select(Order.id, took, one_each()).where(within, Order.sent_at.is_not(None))


@question("on_time_delivery", N_("Share of orders delivered in time"), unit="percent", direction="up", model=Order)
def on_time_delivery(period: Period, given: Given) -> Counted:
    """Orders delivered whole in the period, against the agreed day, or else the longest lead time from confirmation."""
    del given
    delivered = happened(period, "order.deliver")
    lead = sa.select(sa.func.max(OrderLine.lead_time_days)).where(OrderLine.order_id == Order.id).scalar_subquery()
    by_lead = seconds_between(Order.confirmed_at, delivered.c.at) <= lead * DAY_SECONDS
    in_time = sa.case((Order.deliver_by.is_not(None), park_day(delivered.c.at) <= Order.deliver_by), else_=by_lead)
    return (
        sa.select(Order.id, hit(in_time), one_each())
        .join(delivered, delivered.c.id == Order.id)
        .where(sa.or_(Order.deliver_by.is_not(None), lead.is_not(None)))
    )


@question("delivery_time", N_("Days from confirmation to delivery"), unit="days", direction="down", model=Order)
def delivery_time(period: Period, given: Given) -> Counted:
    """Orders delivered whole in the period."""
    del given
    delivered = happened(period, "order.deliver")
    took = seconds_between(Order.confirmed_at, delivered.c.at).label("part")
    return sa.select(Order.id, took, one_each()).join(delivered, delivered.c.id == Order.id)


@question("cancelled_orders", N_("Share of orders that came to nothing"), unit="percent", direction="down", model=Order)
def cancelled_orders(period: Period, given: Given) -> Counted:
    """Orders sent to their supplier in the period; those refused, lapsed or cancelled by now count."""
    del given
    lost = hit(Order.state.in_(("refused", "lapsed", "cancelled")))
    return sa.select(Order.id, lost, one_each()).where(Order.sent_at >= period.since, Order.sent_at < period.until)


@question(
    "first_time_acceptance", N_("Share of quantities accepted at once"), unit="percent", direction="up",
    model=Acceptance,
)  # fmt: skip
def first_time_acceptance(period: Period, given: Given) -> Counted:
    """Acceptances decided in the period; those accepted without a claim ever count."""
    del given
    decided = happened(period, "acceptance.accept", "acceptance.reject", "acceptance.fail")
    claimed = sa.exists().where(Claim.acceptance_id == Acceptance.id)
    good = hit(sa.and_(Acceptance.state == "accepted", sa.not_(claimed)))
    return (
        sa.select(Acceptance.id, good, one_each())
        .join(decided, decided.c.id == Acceptance.id)
        .where(Acceptance.state.in_(("accepted", "rejected")))
    )


@question("acceptance_time", N_("Days from arrival to acceptance"), unit="days", direction="down", model=Acceptance)
def acceptance_time(period: Period, given: Given) -> Counted:
    """Acceptances accepted in the period, since the quantity was counted."""
    del given
    accepted = happened(period, "acceptance.accept")
    took = seconds_between(Acceptance.created_at, accepted.c.at).label("part")
    return (
        sa.select(Acceptance.id, took, one_each())
        .join(accepted, accepted.c.id == Acceptance.id)
        .where(Acceptance.state == "accepted")
    )


@question(
    "claims_per_order", N_("Share of delivered orders with a claim"), unit="percent", direction="down", model=Order
)
def claims_per_order(period: Period, given: Given) -> Counted:
    """Orders delivered whole in the period; those with a claim that was not withdrawn count."""
    del given
    delivered = happened(period, "order.deliver")
    claimed = sa.exists().where(Claim.order_id == Order.id, Claim.state != "withdrawn")
    return sa.select(Order.id, hit(claimed), one_each()).join(delivered, delivered.c.id == Order.id)


@question("disputed_claims", N_("Share of claims that were disputed"), unit="percent", direction="down", model=Claim)
def disputed_claims(period: Period, given: Given) -> Counted:
    """Claims opened in the period; those ever put before the operator count."""
    del given
    disputed = sa.exists().where(Event.object_id == Claim.id, Event.name == "claim.dispute")
    within = sa.and_(Claim.created_at >= period.since, Claim.created_at < period.until)
    return sa.select(Claim.id, hit(disputed), one_each()).where(within)


@question("claim_settlement", N_("Days until a claim is settled"), unit="days", direction="down", model=Claim)
def claim_settlement(period: Period, given: Given) -> Counted:
    """Claims that came to an end in the period, since they were opened."""
    del given
    ended = happened(period, "claim.finish", "claim.rule_for_supplier", "claim.withdraw")
    took = seconds_between(Claim.created_at, ended.c.at).label("part")
    return (
        sa.select(Claim.id, took, one_each())
        .join(ended, ended.c.id == Claim.id)
        .where(Claim.state.in_(("done", "refused", "withdrawn")))
    )
