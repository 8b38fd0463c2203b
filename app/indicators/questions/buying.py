"""Questions about how things are bought: demands, requests for quotation, competition, approval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.indicators.questions.registry import (
    DAY_SECONDS,
    Counted,
    Parameter,
    first_of,
    happened,
    hit,
    one_each,
    question,
)
from app.kernel.periods import Period, seconds_between
from app.kernel.values import N_
from app.ordering.models import Order, Requisition
from app.sourcing.models import Award, AwardLine, Quote, QuoteLine, QuoteVersion, Rfq, RfqInvitation

Given = Mapping[str, int]

CURRENCY = "CNY"
"""Shares by value compare amounts of one currency; there is no exchange rate in an indicator."""

LEAST_QUOTES = Parameter(N_("Quotes at least"), 3, 1, 20)
WITHIN_DAYS = Parameter(N_("Within days"), 2, 1, 90)


def opened_quotes(rfq_id: Any) -> Any:
    """How many quotes of a request were opened; nothing before that is counted anywhere."""
    number = sa.select(sa.func.count()).select_from(Quote)
    return number.where(Quote.rfq_id == rfq_id, Quote.opened_at.is_not(None)).scalar_subquery()


@question("quotes_per_rfq", N_("Quotes per request whose deadline came"), unit="each", direction="up", model=Rfq)
def quotes_per_rfq(period: Period, given: Given) -> Counted:
    """Requests that closed in the period, with their opened quotes."""
    del given
    closed = happened(period, "rfq.close")
    return sa.select(Rfq.id, opened_quotes(Rfq.id).label("part"), one_each()).join(closed, closed.c.id == Rfq.id)


@question(
    "rfqs_with_quotes", N_("Share of requests with enough quotes"), unit="percent", direction="up", model=Rfq,
    least=LEAST_QUOTES,
)  # fmt: skip
def rfqs_with_quotes(period: Period, given: Given) -> Counted:
    """Requests that closed in the period; those with enough opened quotes count."""
    closed = happened(period, "rfq.close")
    enough = hit(opened_quotes(Rfq.id) >= given["least"])
    return sa.select(Rfq.id, enough, one_each()).join(closed, closed.c.id == Rfq.id)


@question("rfq_response", N_("Share of invited suppliers who quoted"), unit="percent", direction="up", model=Rfq)
def rfq_response(period: Period, given: Given) -> Counted:
    """Requests that closed in the period, with their opened quotes and their invitations."""
    del given
    closed = happened(period, "rfq.close")
    invited = sa.select(sa.func.count()).select_from(RfqInvitation).where(RfqInvitation.rfq_id == Rfq.id)
    return sa.select(
        Rfq.id, opened_quotes(Rfq.id).label("part"), invited.scalar_subquery().label("whole")
    ).join(closed, closed.c.id == Rfq.id)  # fmt: skip


@question("failed_rfqs", N_("Share of requests that failed"), unit="percent", direction="down", model=Rfq)
def failed_rfqs(period: Period, given: Given) -> Counted:
    """Requests that were concluded or failed in the period."""
    del given
    ended = happened(period, "rfq.fail", "rfq.conclude")
    return sa.select(Rfq.id, hit(Rfq.state == "failed"), one_each()).join(ended, ended.c.id == Rfq.id)


@question("rfq_to_award", N_("Days from publication to approved award"), unit="days", direction="down", model=Award)
def rfq_to_award(period: Period, given: Given) -> Counted:
    """Awards approved in the period."""
    del given
    took = seconds_between(Rfq.published_at, Award.approved_at).label("part")
    within = sa.and_(Award.approved_at >= period.since, Award.approved_at < period.until)
    return sa.select(Award.id, took, one_each()).join(Rfq, Rfq.id == Award.rfq_id).where(within)


@question(
    "competitive_value", N_("Share of order value awarded in competition"), unit="percent", direction="up",
    model=Order, of="money", least=LEAST_QUOTES,
)  # fmt: skip
def competitive_value(period: Period, given: Given) -> Counted:
    """Orders in CNY confirmed in the period; those from a request with enough opened quotes count with their value."""
    competed = sa.exists().where(
        Award.id == Order.award_id, opened_quotes(Award.rfq_id) >= given["least"]
    )  # fmt: skip
    part = sa.case((competed, Order.total_minor), else_=0).label("part")
    return sa.select(Order.id, part, Order.total_minor.label("whole")).where(*confirmed_in(period))


def confirmed_in(period: Period) -> list[sa.ColumnElement[bool]]:
    """Orders in CNY that their supplier confirmed in the period and that were not cancelled since."""
    return [
        Order.confirmed_at >= period.since, Order.confirmed_at < period.until, Order.state != "cancelled",
        Order.currency == CURRENCY,
    ]  # fmt: skip


@question("savings", N_("Saving against the mean quote"), unit="percent", direction="up", model=Award, of="money")
def savings(period: Period, given: Given) -> Counted:
    """Awards in CNY approved in the period: what the mean of the quotes for the same lines would have cost more.

    Lines with one quote only have no mean to save against and are left out.
    """
    del given
    standing = (
        sa.select(QuoteVersion.quote_id, sa.func.max(QuoteVersion.revision).label("revision"))
        .where(QuoteVersion.submitted_at.is_not(None))
        .group_by(QuoteVersion.quote_id)
        .subquery()
    )
    at_quantity = (
        sa.cast(QuoteLine.price_minor, sa.Numeric(40)) * AwardLine.quantity_micro / QuoteLine.price_basis_micro
    )
    offers = (
        sa.select(AwardLine.id.label("line"), sa.func.avg(at_quantity).label("mean"))
        .join(QuoteLine, QuoteLine.rfq_line_id == AwardLine.rfq_line_id)
        .join(QuoteVersion, QuoteVersion.id == QuoteLine.version_id)
        .join(standing, sa.and_(standing.c.quote_id == QuoteVersion.quote_id,
                                standing.c.revision == QuoteVersion.revision))
        .join(Quote, Quote.id == QuoteVersion.quote_id)
        .where(QuoteLine.no_offer.is_(False), Quote.opened_at.is_not(None), QuoteVersion.currency == CURRENCY)
        .group_by(AwardLine.id)
        .having(sa.func.count() > 1)
        .subquery()
    )  # fmt: skip
    mean = sa.cast(sa.func.round(offers.c.mean), sa.BigInteger)
    return (
        sa.select(
            Award.id, sa.func.sum(mean - AwardLine.amount_minor).label("part"), sa.func.sum(mean).label("whole")
        )
        .join(AwardLine, AwardLine.award_id == Award.id)
        .join(offers, offers.c.line == AwardLine.id)
        .where(Award.approved_at >= period.since, Award.approved_at < period.until, Award.currency == CURRENCY,
               AwardLine.outcome != "declined")
        .group_by(Award.id)
    )  # fmt: skip


@question(
    "requisition_to_order", N_("Days from submitted requisition to order"), unit="days", direction="down",
    model=Requisition,
)  # fmt: skip
def requisition_to_order(period: Period, given: Given) -> Counted:
    """Requisitions that were ordered in the period, since they were first submitted."""
    del given
    ordered = happened(period, "requisition.order", "requisition.settle_ordered")
    submitted = first_of(Requisition.id, "requisition.submit")
    return (
        sa.select(Requisition.id, seconds_between(submitted, ordered.c.at).label("part"), one_each())
        .join(ordered, ordered.c.id == Requisition.id)
        .where(submitted.is_not(None))
    )


@question("lab_approval", N_("Days until a requisition is approved"), unit="days", direction="down", model=Requisition)
def lab_approval(period: Period, given: Given) -> Counted:
    """Requisitions of which the last signature was given in the period, since they were first put up for it."""
    del given
    approved = happened(period, "requisition.settle_approved")
    put_up = first_of(Requisition.id, "requisition.put_up")
    return (
        sa.select(Requisition.id, seconds_between(put_up, approved.c.at).label("part"), one_each())
        .join(approved, approved.c.id == Requisition.id)
        .where(put_up.is_not(None))
    )


@question(
    "transaction_approval", N_("Share of orders approved by the platform in time"), unit="percent", direction="up",
    model=Order, days=WITHIN_DAYS,
)  # fmt: skip
def transaction_approval(period: Period, given: Given) -> Counted:
    """Orders sent to their supplier in the period; those sent soon enough after they were made count."""
    soon = hit(seconds_between(Order.created_at, Order.sent_at) <= given["days"] * DAY_SECONDS)
    return sa.select(Order.id, soon, one_each()).where(Order.sent_at >= period.since, Order.sent_at < period.until)
