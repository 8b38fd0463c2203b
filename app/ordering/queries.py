"""Questions about ordering: lists, what belongs to an order, and what the platform looks at before it approves.

Every question takes a constant number of queries, however many rows it finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.booking.models import WorkOrder, WorkReport
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import visible
from app.kernel.values import Money, now
from app.ordering.lifecycles import DEAD, LIVE_CLAIM
from app.ordering.models import Acceptance, Claim, LineWork, Order, OrderLine, Receipt, Requisition, Shipment
from app.sourcing.models import Award

YEAR: Final = timedelta(days=365)
SPLIT_WINDOW: Final = timedelta(days=30)
"""Orders of one buyer from one supplier within this time are looked at together."""

ORDER_VIEWS: Final[dict[str, tuple[str, ...]]] = {
    "approval": ("awaiting_buyer", "awaiting_operator", "awaiting_owner", "returned"),
    "supplier": ("awaiting_supplier",),
    "delivery": ("confirmed",),
    "acceptance": ("delivered",),
    "accepted": ("accepted",),
    "closed": ("closed",),
    "ended": DEAD,
}
"""Views of the list of orders -> states."""

REQUISITION_VIEWS: Final[dict[str, tuple[str, ...]]] = {
    "draft": ("draft", "returned"),
    "approval": ("awaiting_approval",),
    "approved": ("approved",),
    "sourcing": ("sourcing",),
    "ordered": ("ordered",),
    "ended": ("rejected", "lapsed", "cancelled"),
}
"""Views of the list of requisitions -> states."""


def listed(model: type[Record], actor: Actor, states: Iterable[str] | None) -> Any:
    """The select of a list: what the actor may see, in some states or in all."""
    statement = visible(model, actor)
    return statement if states is None else statement.where(model.state.in_(list(states)))


def state_counts(model: type[Record], actor: Actor) -> dict[str, int]:
    """How many records the actor sees in each state; one query."""
    seen = visible(model, actor).with_only_columns(model.state, sa.func.count()).group_by(model.state)
    rows = db.session.execute(seen)
    return {row[0]: row[1] for row in rows}


@dataclass
class Parts:
    """What belongs to an order, oldest first, as far as the reader may see it."""

    shipments: list[Shipment] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    works: list[WorkOrder] = field(default_factory=list)
    reports: list[WorkReport] = field(default_factory=list)

    def ids(self) -> list[str]:
        """The ids of all of them, for the history of the order."""
        groups = (self.shipments, self.receipts, self.acceptances, self.claims, self.works, self.reports)
        return [one.id for group in groups for one in group]


def parts_of(order_id: str, actor: Actor) -> Parts:
    """Shipments, receipts, acceptances, claims, work orders and work reports of an order."""

    def of(model: Any) -> list[Any]:
        return list(db.session.scalars(visible(model, actor).where(model.order_id == order_id).order_by(model.id)))

    works = sa.select(LineWork.work_order_id).where(LineWork.order_id == order_id)

    def about(model: Any, column: Any) -> list[Any]:
        return list(db.session.scalars(visible(model, actor).where(column.in_(works)).order_by(model.id)))

    return Parts(
        of(Shipment), of(Receipt), of(Acceptance), of(Claim), about(WorkOrder, WorkOrder.id),
        about(WorkReport, WorkReport.work_order_id),
    )  # fmt: skip


def lines_by_id(ids: Iterable[str]) -> dict[str, OrderLine]:
    """Order lines by id; the caller has found the records that name them."""
    return {line.id: line for line in db.session.scalars(sa.select(OrderLine).where(OrderLine.id.in_(set(ids))))}


def orders_from(demand: Requisition, actor: Actor) -> list[Order]:
    """The orders made from a requisition, or from the awards of the RFQ that it went to; oldest first."""
    awards = sa.select(Award.id).where(Award.rfq_id == demand.rfq_id)  # no row where it went to none
    made = sa.or_(Order.requisition_id == demand.id, Order.award_id.in_(awards))
    return list(db.session.scalars(visible(Order, actor).where(made).order_by(Order.id)))


def to_approve(actor: Actor, state: str, *, limit: int) -> list[Order]:
    """Orders that wait for the operator or the owner, the most urgent first."""
    waiting = visible(Order, actor).where(Order.state == state)
    return list(db.session.scalars(waiting.order_by(Order.waits_until, Order.id).limit(limit)))


@dataclass(frozen=True, slots=True)
class Dealings:
    """What an organisation has bought or sold here: number of live orders and their sum, per currency of the case."""

    number: int
    total: Money


def dealings(actor: Actor, column: Any, org_id: str, currency: str, *, since: timedelta, but: str) -> Dealings:
    """Orders of a buyer or a supplier since some time ago that have not come to nothing; `but` leaves one out."""
    statement = visible(Order, actor).with_only_columns(
        sa.func.count(), sa.func.coalesce(sa.func.sum(Order.total_minor), 0)
    )
    number, total = db.session.execute(
        statement.where(
            column == org_id, Order.currency == currency, Order.state.not_in(DEAD), Order.id != but,
            Order.created_at >= now() - since,
        )
    ).one()  # fmt: skip
    return Dealings(int(number), Money(int(total), currency))


def between(order: Order, actor: Actor, *, since: timedelta = SPLIT_WINDOW) -> list[Order]:
    """Other live orders of the same buyer from the same supplier, of other demands, since some time ago."""
    other = sa.and_(
        sa.func.coalesce(Order.requisition_id, "") != (order.requisition_id or "-"),
        sa.func.coalesce(Order.award_id, "") != (order.award_id or "-"),
    )
    statement = visible(Order, actor).where(
        Order.buyer_id == order.buyer_id, Order.supplier_id == order.supplier_id, Order.currency == order.currency,
        Order.state.not_in(DEAD), Order.created_at >= now() - since, Order.id != order.id, other,
    )  # fmt: skip
    return list(db.session.scalars(statement.order_by(Order.id.desc())))


def earlier_prices(order: Order, actor: Actor, *, since: timedelta = YEAR) -> dict[str, list[int]]:
    """Line id -> unit prices per basis of the same listing in other live orders; minor units, one query."""
    listings = {line.listing_id: line for line in order.lines if line.listing_id}
    rows = db.session.execute(
        visible(Order, actor)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .with_only_columns(OrderLine.listing_id, OrderLine.price_minor, OrderLine.price_basis_micro)
        .where(
            OrderLine.listing_id.in_(list(listings)), Order.id != order.id, Order.currency == order.currency,
            Order.state.not_in(DEAD), Order.created_at >= now() - since,
        )
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for listing_id, price, basis in rows:
        line = listings[listing_id]
        if basis == line.price_basis_micro:
            found.setdefault(line.id, []).append(price)
    return found


def catalogue_prices(order: Order, actor: Actor) -> dict[str, Listing]:
    """Listing id -> the listing as it stands now; one query."""
    ids = {line.listing_id for line in order.lines if line.listing_id}
    return {one.id: one for one in db.session.scalars(visible(Listing, actor).where(Listing.id.in_(ids)))}


def live_claims(actor: Actor, supplier_id: str) -> int:
    """How many claims on a supplier are not settled."""
    seen = visible(Claim, actor).with_only_columns(sa.func.count())
    return db.session.scalar(seen.where(Claim.supplier_id == supplier_id, Claim.state.in_(LIVE_CLAIM))) or 0


def disputed(actor: Actor, *, limit: int) -> list[Claim | WorkReport]:
    """Claims and work reports that wait for a ruling, the most urgent first."""
    found: list[Claim | WorkReport] = []
    models: tuple[Any, ...] = (Claim, WorkReport)
    for model in models:
        waiting = visible(model, actor).where(model.state == "disputed")
        found += db.session.scalars(waiting.order_by(model.waits_until, model.id).limit(limit))
    return sorted(found, key=lambda one: (one.waits_until or one.updated_at, one.id))[:limit]
