"""Questions about who takes part: labs, suppliers, listings, services, online and offline."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.indicators.questions.buying import Given, confirmed_in
from app.indicators.questions.registry import Counted, first_of, happened, hit, no_whole, one_each, question
from app.kernel.periods import Period, seconds_between
from app.kernel.values import N_
from app.ordering.models import Order, OrderLine

ONLINE = ("web", "api")


def _dealing(column: Any, period: Period) -> Counted:
    """The organisations that stand in a column of the orders confirmed in the period, once each."""
    within = sa.and_(Order.confirmed_at >= period.since, Order.confirmed_at < period.until)
    one = sa.literal(1, sa.BigInteger).label("part")
    return sa.select(column.label("id"), one, no_whole()).where(within).group_by(column)


@question("active_labs", N_("Laboratories that bought"), unit="number", direction="up", model=Organisation)
def active_labs(period: Period, given: Given) -> Counted:
    """Buyers of orders confirmed in the period."""
    del given
    return _dealing(Order.buyer_id, period)


@question("active_suppliers", N_("Suppliers that sold"), unit="number", direction="up", model=Organisation)
def active_suppliers(period: Period, given: Given) -> Counted:
    """Suppliers of orders confirmed in the period."""
    del given
    return _dealing(Order.supplier_id, period)


@question("admitted_organisations", N_("Organisations admitted"), unit="number", direction="up", model=Organisation)
def admitted_organisations(period: Period, given: Given) -> Counted:
    """Organisations admitted in the period."""
    del given
    admitted = happened(period, "organisation.admit")
    one = sa.literal(1, sa.BigInteger).label("part")
    return sa.select(Organisation.id, one, no_whole()).join(admitted, admitted.c.id == Organisation.id)


@question("admission_time", N_("Days until an application is admitted"), unit="days", direction="down",
          model=Organisation)  # fmt: skip
def admission_time(period: Period, given: Given) -> Counted:
    """Organisations admitted in the period, since they applied."""
    del given
    admitted = happened(period, "organisation.admit")
    took = seconds_between(Organisation.created_at, admitted.c.at).label("part")
    return sa.select(Organisation.id, took, one_each()).join(admitted, admitted.c.id == Organisation.id)


@question("published_listings", N_("Listings published"), unit="number", direction="up", model=Listing)
def published_listings(period: Period, given: Given) -> Counted:
    """Listings that were published in the period."""
    del given
    published = happened(period, "listing.publish")
    one = sa.literal(1, sa.BigInteger).label("part")
    return sa.select(Listing.id, one, no_whole()).join(published, published.c.id == Listing.id)


@question("listing_review", N_("Days until a listing is published"), unit="days", direction="down", model=Listing)
def listing_review(period: Period, given: Given) -> Counted:
    """Listings published in the period, since they were first submitted."""
    del given
    published = happened(period, "listing.publish")
    submitted = first_of(Listing.id, "listing.submit")
    return (
        sa.select(Listing.id, seconds_between(submitted, published.c.at).label("part"), one_each())
        .join(published, published.c.id == Listing.id)
        .where(submitted.is_not(None))
    )


@question("online_share", N_("Share of orders placed online"), unit="percent", direction="up", model=Order)
def online_share(period: Period, given: Given) -> Counted:
    """Orders sent to their supplier in the period; those not entered for somebody by phone, counter or paper count."""
    del given
    online = hit(Order.channel.in_(ONLINE))
    return sa.select(Order.id, online, one_each()).where(Order.sent_at >= period.since, Order.sent_at < period.until)


@question("service_share", N_("Share of services in the order value"), unit="percent", direction="up", model=Order,
          of="money")  # fmt: skip
def service_share(period: Period, given: Given) -> Counted:
    """Orders in CNY confirmed in the period, with the value of their service lines."""
    del given
    services = sa.select(sa.func.coalesce(sa.func.sum(OrderLine.amount_minor), 0)).where(
        OrderLine.order_id == Order.id, OrderLine.kind == "service"
    )
    return sa.select(Order.id, services.scalar_subquery().label("part"), Order.total_minor.label("whole")).where(
        *confirmed_in(period)
    )
