"""The basket of one person for one organisation: personal state, written without Actions (states.md, The law).

A checkout in `ordering` reads it with `contents` and empties it with `remove`, in its own transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Organisation
from app.catalogue import queries
from app.catalogue.models import BasketLine, Listing
from app.catalogue.offers.pricing import Price, prices, terms_of
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, refusal
from app.kernel.values import MAX_MINOR, MAX_QUANTITY_MICRO, N_, Money, now

LABS_BUY = refusal("basket_for_labs", FORBIDDEN, N_("A basket is kept by people who act for a laboratory."))
OFF_CATALOGUE = refusal("basket_off_catalogue", CONFLICT, N_("This is not in the catalogue at the moment."))
ON_REQUEST = refusal("basket_on_request", CONFLICT, N_("The price is on request. Ask the supplier for a quote."))
OWN_OFFER = refusal("basket_own_offer", CONFLICT, N_("Nobody buys from their own organisation."))
BASKET_FULL = refusal("basket_full", CONFLICT, N_("A basket holds 100 listings. Submit or remove some first."))
LINE_TOO_LARGE = refusal("basket_line_too_large", CONFLICT, N_("This quantity makes an amount that is out of range."))

BUYER_KIND: Final = "lab"
MAX_BASKET_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the listing as it stands now, how much of it, and what that comes to by which rule."""

    listing: Listing
    supplier: Organisation
    price: Price

    @property
    def quantity_micro(self) -> int:
        """How much of it."""
        return self.price.quantity_micro

    @property
    def amount(self) -> Money | None:
        """Gross amount at today's price for this buyer; None where the price has become "on request"."""
        return self.price.amount

    @property
    def tax(self) -> Money | None:
        """The VAT inside the amount."""
        return self.price.tax


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one supplier in one currency: what will be one order."""

    supplier: Organisation
    currency: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Money:
        """The sum of the lines that have a price."""
        return _sum((line.amount for line in self.lines), self.currency)


@dataclass(frozen=True, slots=True)
class Basket:
    """What is in the basket: groups by supplier, and the ids that are no longer on offer."""

    groups: tuple[Group, ...]
    gone: tuple[str, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines that can be bought, group by group."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def totals(self) -> dict[str, Money]:
        """The sum per currency; there is no exchange rate in a basket."""
        totals: dict[str, Money] = {}
        for group in self.groups:
            totals[group.currency] = totals.get(group.currency, Money(0, group.currency)) + group.total
        return totals


def _sum(amounts: Iterable[Money | None], currency: str) -> Money:
    return Money(sum(amount.minor for amount in amounts if amount is not None), currency)


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(BasketLine.person_id == actor.person_id, BasketLine.org_id == actor.org_id)


def contents(actor: Actor) -> Basket:
    """The actor's basket at today's prices, oldest line first within each supplier."""
    rows = db.session.execute(
        sa.select(BasketLine.listing_id, BasketLine.quantity_micro)
        .where(_own(actor))
        .order_by(BasketLine.added_at, BasketLine.listing_id)
    ).all()
    offered = queries.on_offer_by_id((row.listing_id for row in rows), actor) if rows else {}
    quantities = {row.listing_id: row.quantity_micro for row in rows if row.listing_id in offered}
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in priced(actor, offered, quantities):
        groups.setdefault((line.supplier.id, line.listing.currency), []).append(line)
    return Basket(
        tuple(Group(lines[0].supplier, currency, tuple(lines)) for (_, currency), lines in groups.items()),
        tuple(row.listing_id for row in rows if row.listing_id not in offered),
    )


def priced(actor: Actor, offered: Mapping[str, queries.Offered], quantities: Mapping[str, int]) -> list[Line]:
    """The lines at today's prices for the actor's organisation, in the order of the quantities."""
    wanted = [(terms_of(offered[one].listing), quantity) for one, quantity in quantities.items()]
    return [
        Line(offered[price.terms.id].listing, offered[price.terms.id].supplier, price)
        for price in prices(actor.org_id, wanted)
    ]


def count(actor: Actor) -> int:
    """How many lines the basket has."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(BasketLine).where(_own(actor))) or 0


def may_buy(actor: Actor) -> bool:
    """Whether the actor keeps a basket: a person who acts for a laboratory."""
    return actor.person_id is not None and BUYER_KIND in actor.kinds


def add(actor: Actor, listing_id: str, quantity_micro: int) -> None:
    """Put so much more of a listing in."""
    held = db.session.get(BasketLine, (actor.person_id, actor.org_id, listing_id), populate_existing=True)
    before = held.quantity_micro if held is not None else 0
    put(actor, {listing_id: min(before + quantity_micro, MAX_QUANTITY_MICRO)})


def put(actor: Actor, quantities: Mapping[str, int]) -> None:
    """Set the quantity of some listings, whether they were in the basket or not."""
    _refuse_what_cannot_be_bought(actor, quantities)
    for listing_id, quantity_micro in sorted(quantities.items()):
        _upsert(actor, listing_id, quantity_micro)
    if count(actor) > MAX_BASKET_LINES:
        raise BASKET_FULL()


def admit(actor: Actor) -> None:
    """Refuse whoever keeps no basket (403)."""
    if not may_buy(actor):
        raise LABS_BUY()


def replace(actor: Actor, quantities: Mapping[str, int]) -> None:
    """Make the basket hold exactly this."""
    admit(actor)
    db.session.execute(sa.delete(BasketLine).where(_own(actor), BasketLine.listing_id.not_in(list(quantities))))
    if quantities:
        put(actor, quantities)


def remove(actor: Actor, listing_ids: Iterable[str]) -> None:
    """Take listings out; those that are not in it are no error."""
    db.session.execute(sa.delete(BasketLine).where(_own(actor), BasketLine.listing_id.in_(list(listing_ids))))


def _refuse_what_cannot_be_bought(actor: Actor, quantities: Mapping[str, int]) -> None:
    admit(actor)
    offered = queries.on_offer_by_id(quantities, actor)
    if not offered.keys() >= quantities.keys():
        raise OFF_CATALOGUE()
    for line in priced(actor, offered, quantities):
        if line.listing.supplier_id == actor.org_id:
            raise OWN_OFFER()
        if line.amount is None:
            raise ON_REQUEST()
        if line.amount.minor > MAX_MINOR:
            raise LINE_TOO_LARGE()
        if (unmet := line.price.unmet) is not None:
            raise unmet


def _upsert(actor: Actor, listing_id: str, quantity_micro: int) -> None:
    """Insert or change the line in one statement, so that two clicks at once are both served."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(BasketLine).values(
        person_id=actor.person_id, org_id=actor.org_id, listing_id=listing_id, quantity_micro=quantity_micro,
        added_at=now(),
    )  # fmt: skip
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id", "org_id", "listing_id"], set_={"quantity_micro": quantity_micro}
        )
    )
