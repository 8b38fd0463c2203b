"""What a quantity of a listing costs a buyer on a day, and why. The only place in the program that decides it.

The lowest price that applies wins: the list price, the tier that the quantity reaches, or what the buyer has agreed
with the supplier. Every page, basket, document and program asks here, so that all of them say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.catalogue.models import Listing
from app.catalogue.offers.models import ContractPrice
from app.kernel.db import db
from app.kernel.errors import CONFLICT, Refusal, refusal
from app.kernel.numbers import PARK_OFFSET
from app.kernel.values import MICRO, N_, Money, line_minor, now, quantity_text, tax_within

RULES: Final = {
    "list": N_("List price"),
    "tier": N_("Tier price"),
    "contract": N_("Contract price"),
    "request": N_("Price on request"),
}
"""What decided a price. A document whose price was quoted has no rule of the catalogue."""

BELOW_MINIMUM = refusal("below_minimum_quantity", CONFLICT, N_("Below the smallest order of %(least)s %(unit)s."))
NO_MULTIPLE = refusal("not_a_multiple", CONFLICT, N_("This is ordered in multiples of %(step)s %(unit)s."))
NOT_YET_VALID = refusal("offer_not_yet_valid", CONFLICT, N_("The offer holds from %(day)s on."))
NO_LONGER_VALID = refusal("offer_no_longer_valid", CONFLICT, N_("The offer held until %(day)s. Ask the supplier anew."))


class Tier(NamedTuple):
    """A lower bound in millionths, and the price in minor units from there on."""

    from_micro: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one offer, read from a listing or from the card that a search keeps of it."""

    id: str
    currency: str
    price_minor: int | None
    basis_micro: int
    unit: str
    vat_bp: int
    tax_class: str
    tiers: tuple[Tier, ...]
    min_quantity_micro: int | None
    order_multiple_micro: int | None
    valid_from: date | None
    valid_until: date | None

    @property
    def least_micro(self) -> int:
        """The smallest quantity that can be ordered: one, unless the supplier says otherwise."""
        return self.min_quantity_micro or self.order_multiple_micro or MICRO

    def unmet(self, quantity_micro: int, day: date) -> Refusal | None:
        """Why so much cannot be ordered on a day, or None."""
        least, step = self.min_quantity_micro, self.order_multiple_micro
        if self.valid_from is not None and day < self.valid_from:
            return NOT_YET_VALID(day=self.valid_from.isoformat())
        if self.valid_until is not None and day > self.valid_until:
            return NO_LONGER_VALID(day=self.valid_until.isoformat())
        if least is not None and quantity_micro < least:
            return BELOW_MINIMUM(least=quantity_text(least), unit=self.unit)
        if step is not None and quantity_micro % step:
            return NO_MULTIPLE(step=quantity_text(step), unit=self.unit)
        return None


def terms_of(listing: Listing) -> Terms:
    """The terms of a listing."""
    return Terms(
        id=listing.id, currency=listing.currency, price_minor=listing.price_minor,
        basis_micro=listing.price_basis_micro, unit=listing.unit, vat_bp=listing.vat_bp, tax_class=listing.tax_class,
        tiers=tuple(Tier(one.from_micro, one.price_minor) for one in listing.tier_rows),
        min_quantity_micro=listing.min_quantity_micro, order_multiple_micro=listing.order_multiple_micro,
        valid_from=listing.valid_from, valid_until=listing.valid_until,
    )  # fmt: skip


def stored_terms(terms: Terms) -> dict[str, Any]:
    """The part of the terms that a card keeps besides what it shows, as plain JSON."""
    return {
        "tax_class": terms.tax_class,
        "tiers": [list(one) for one in terms.tiers],
        "min_quantity_micro": terms.min_quantity_micro,
        "order_multiple_micro": terms.order_multiple_micro,
        "valid_from": terms.valid_from.isoformat() if terms.valid_from else None,
        "valid_until": terms.valid_until.isoformat() if terms.valid_until else None,
    }


def terms_on_card(listing_id: str, stored: Mapping[str, Any]) -> Terms:
    """The terms as a card says them. A card of an index that is older than the program knows no tiers."""
    first, last = stored.get("valid_from"), stored.get("valid_until")
    return Terms(
        id=listing_id, currency=stored["currency"], price_minor=stored["price_minor"],
        basis_micro=stored["price_basis_micro"], unit=stored["unit"], vat_bp=stored["vat_bp"],
        tax_class=stored.get("tax_class", ""), tiers=tuple(Tier(*pair) for pair in stored.get("tiers", ())),
        min_quantity_micro=stored.get("min_quantity_micro"), order_multiple_micro=stored.get("order_multiple_micro"),
        valid_from=date.fromisoformat(first) if first else None,
        valid_until=date.fromisoformat(last) if last else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Price:
    """A price with its explanation. Money is gross; `from_micro` is the bound that the rule began at."""

    terms: Terms
    quantity_micro: int
    day: date
    price_minor: int | None
    rule: str
    from_micro: int | None = None
    contract_id: str | None = None
    until: date | None = None

    @property
    def price(self) -> Money | None:
        """Per basis quantity; None: on request."""
        return None if self.price_minor is None else Money(self.price_minor, self.terms.currency)

    @property
    def list_price(self) -> Money | None:
        """What everybody pays for a small quantity."""
        return None if self.terms.price_minor is None else Money(self.terms.price_minor, self.terms.currency)

    @property
    def amount(self) -> Money | None:
        """What the quantity costs."""
        if self.price_minor is None:
            return None
        return Money(line_minor(self.price_minor, self.quantity_micro, self.terms.basis_micro), self.terms.currency)

    @property
    def tax(self) -> Money | None:
        """The VAT inside the amount."""
        amount = self.amount
        return None if amount is None else Money(tax_within(amount.minor, self.terms.vat_bp), amount.currency)

    @property
    def unmet(self) -> Refusal | None:
        """Why the quantity cannot be ordered that day."""
        return self.terms.unmet(self.quantity_micro, self.day)

    @property
    def cheaper_from(self) -> Tier | None:
        """The next tier that would lower this price."""
        for tier in self.terms.tiers:
            if tier.from_micro > self.quantity_micro and (self.price_minor or 0) > tier.price_minor:
                return tier
        return None

    def explanation(self) -> dict[str, Any]:
        """What is frozen beside the price on a document: rule, bound, contract, list price, tax; plain JSON."""
        told = {
            "rule": self.rule,
            "from_micro": self.from_micro,
            "contract": self.contract_id,
            "until": self.until.isoformat() if self.until else None,
            "list_minor": self.terms.price_minor,
            "tax_class": self.terms.tax_class or None,
            "day": self.day.isoformat(),
        }
        return {name: value for name, value in told.items() if value is not None}


def park_today() -> date:
    """The day on the park's wall."""
    return (now() + PARK_OFFSET).date()


Wanted = tuple[Terms, int]
"""An offer and a quantity in millionths."""


def prices(buyer_id: str | None, wanted: Sequence[Wanted], day: date | None = None) -> list[Price]:
    """The price of each, in the same order; one query for all of them, none for a stranger."""
    on = day or park_today()
    agreed = _agreed(buyer_id, {terms.id for terms, _quantity in wanted}, on)
    return [_decided(terms, quantity, agreed.get(terms.id, ()), on) for terms, quantity in wanted]


def price(buyer_id: str | None, listing: Listing, quantity_micro: int, day: date | None = None) -> Price:
    """The price of so much of one listing."""
    return prices(buyer_id, [(terms_of(listing), quantity_micro)], day)[0]


def _agreed(buyer_id: str | None, ids: Iterable[str], day: date) -> dict[str, list[ContractPrice]]:
    wanted = set(ids)
    if buyer_id is None or not wanted:
        return {}
    found: dict[str, list[ContractPrice]] = {}
    statement = sa.select(ContractPrice).where(
        ContractPrice.buyer_id == buyer_id, ContractPrice.listing_id.in_(wanted), ContractPrice.state == "agreed",
        ContractPrice.valid_from <= day, ContractPrice.valid_until >= day,
    )  # fmt: skip
    for one in db.session.scalars(statement.order_by(ContractPrice.id)):
        found.setdefault(one.listing_id, []).append(one)
    return found


def _decided(terms: Terms, quantity: int, agreed: Iterable[ContractPrice], day: date) -> Price:
    """The lowest of what applies; where two are equal, what was agreed comes first, then the tier."""
    choices: list[tuple[int, int, Price]] = []
    for one in agreed:
        same = (one.currency, one.price_basis_micro) == (terms.currency, terms.basis_micro)
        if same and one.from_micro <= quantity:
            made = Price(terms, quantity, day, one.price_minor, "contract", one.from_micro or None, one.id,
                         one.valid_until)  # fmt: skip
            choices.append((one.price_minor, 0, made))
    for tier in terms.tiers:
        if tier.from_micro <= quantity:
            made = Price(terms, quantity, day, tier.price_minor, "tier", tier.from_micro, until=terms.valid_until)
            choices.append((tier.price_minor, 1, made))
    if terms.price_minor is not None:
        made = Price(terms, quantity, day, terms.price_minor, "list", until=terms.valid_until)
        choices.append((terms.price_minor, 2, made))
    if not choices:
        return Price(terms, quantity, day, None, "request", until=terms.valid_until)
    return min(choices, key=lambda one: one[:2])[2]
