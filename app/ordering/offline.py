"""Rules of offline entry: when an order came in, what it may be a second copy of, who gives the buyer's word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from app.accounts.models import Membership, Person
from app.kernel.actors import Actor, platform
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, OWN_DEALING, refusal
from app.kernel.numbers import PARK_OFFSET
from app.kernel.values import N_, line_minor, now
from app.ordering.contract import Agreed
from app.ordering.lifecycles import DEAD, PURCHASER
from app.ordering.models import Order, OrderLine
from app.ordering.offline_models import BACKDATED_MOST_DAYS
from app.ordering.pointing import at_field

SUPPORT = platform("support", "operator")

DUPLICATE_WINDOW: Final = timedelta(days=14)
"""Orders placed within this time before or after the day on which the new one came in are compared with it."""
DUPLICATES_SHOWN: Final = 5
ONE_DAY: Final = timedelta(days=1)

FUTURE_DAY = refusal("came_in_later", INVALID, N_("It cannot have come in later than today."))
TOO_OLD = refusal(
    "backdated_too_far", INVALID, N_("At most %(days)s days back. What is older is ordered anew by the buyer.")
)
SCAN_NEEDED = refusal("scan_needed", INVALID, N_("An order on paper is entered with its scan."))
DUPLICATE = refusal(
    "likely_duplicate",
    CONFLICT,
    N_("It looks like an order that exists already: %(orders)s. If it is another one, say so and send it again."),
)
NO_PURCHASER = refusal("no_purchaser", CONFLICT, N_("The buyer has nobody who may order."))
WHICH_PURCHASER = refusal("which_purchaser", INVALID, N_("Choose one of the buyer's purchasers."))


def today() -> date:
    """The day on the park's wall."""
    return (now() + PARK_OFFSET).date()


def backdated(came_in_on: date | None) -> tuple[date, int]:
    """The day on which it came in, and how many days that lies back; refusals for the future and for long ago."""
    day = came_in_on or today()
    days = (today() - day).days
    if days < 0:
        raise at_field(FUTURE_DAY, "came_in_on")
    if days > BACKDATED_MOST_DAYS:
        raise at_field(TOO_OLD, "came_in_on", days=str(BACKDATED_MOST_DAYS))
    return day, days


Item = tuple[str | None, int]
"""A listing and the amount of a line, in minor units."""


def duplicates(
    buyer_id: str, supplier_id: str, items: Sequence[Item], came_in_on: date, *, but: str | None = None
) -> list[Order]:
    """Live orders of the buyer from the same supplier with the same item for the same amount, placed around that day.

    One query; the newest first, at most DUPLICATES_SHOWN. The caller shows only what its reader may read.
    """
    same = [
        sa.and_(OrderLine.listing_id == listing_id, OrderLine.amount_minor == amount)
        for listing_id, amount in items
        if listing_id is not None
    ]
    if not same:
        return []
    morning = datetime.combine(came_in_on, time(), UTC) - PARK_OFFSET
    line_there = sa.exists().where(OrderLine.order_id == Order.id, sa.or_(*same))
    statement = sa.select(Order).where(
        Order.buyer_id == buyer_id, Order.supplier_id == supplier_id, Order.state.not_in(DEAD), line_there,
        Order.created_at >= morning - DUPLICATE_WINDOW, Order.created_at < morning + DUPLICATE_WINDOW + ONE_DAY,
        Order.id != (but or ""),
    )  # fmt: skip
    return list(db.session.scalars(statement.order_by(Order.id.desc()).limit(DUPLICATES_SHOWN)))


def agreed_items(agreed: Sequence[Agreed]) -> list[Item]:
    """The items of lines that are not on an order yet."""
    return [
        (line.listing_id, line_minor(line.price_minor, line.quantity_micro, line.price_basis_micro)) for line in agreed
    ]


def twins(order: Order) -> list[Order]:
    """What an order that was entered looks like a second copy of, as things stand now; also what was placed later."""
    if order.entry is None:
        return []
    items = [(line.listing_id, line.amount_minor) for line in order.lines]
    return duplicates(order.buyer_id, order.supplier_id, items, order.entry.came_in_on, but=order.id)


def purchasers(buyer_id: str) -> list[tuple[str, Person]]:
    """(membership id, person) of everybody who may order for a buyer, by name."""
    rows = db.session.execute(
        sa.select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.org_id == buyer_id, Membership.state == "active", Person.active)
    )
    found = [(membership.id, person) for membership, person in rows if "purchaser" in membership.roles]
    return sorted(found, key=lambda pair: (pair[1].name, pair[0]))


def purchaser_of(order: Order, membership_id: str | None) -> Person:
    """The purchaser who is meant: the one named, or the only one there is."""
    known = purchasers(order.buyer_id)
    if not known:
        raise NO_PURCHASER()
    if membership_id is None and len(known) == 1:
        return known[0][1]
    person = next((person for own, person in known if own == membership_id), None)
    if person is None:
        raise at_field(WHICH_PURCHASER, "purchaser")
    return person


def staff_apart(order: Order, actor: Actor) -> None:
    """Staff who speak for the buyer's word belong to neither side; the buyer's own purchaser may, of course."""
    if actor.org_ids & {order.buyer_id, order.supplier_id} and not PURCHASER.admits(actor, order):
        raise OWN_DEALING()
