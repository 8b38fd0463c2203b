"""What the catalogue says of the lines of a requisition, frozen on them; and what it says of them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.catalogue.models import Listing, on_offer
from app.catalogue.offers.pricing import Price, prices, terms_of
from app.kernel.db import db
from app.kernel.errors import CODES, INVALID, refusal
from app.kernel.values import MAX_MINOR, MICRO, N_, new_id
from app.ordering.models import Requisition, RequisitionLine
from app.ordering.pointing import at_field, at_line

DEFAULT_VAT_BP: Final = {"goods": 1_300, "service": 600}
"""The usual VAT rate of what is described in words, in basis points."""

LINE_UNCLEAR = refusal("line_unclear", INVALID, N_("Name a listing, or describe the thing with its name and unit."))
NOT_ON_OFFER = refusal("not_on_offer", INVALID, N_("This is not on offer at the moment."))
OWN_LISTING = refusal("own_listing", INVALID, N_("An organisation does not buy from itself."))
ONE_CURRENCY = refusal(
    "one_currency", INVALID, N_("One requisition has one currency: put %(currency)s into one of its own.")
)
TOO_LITTLE = refusal("amount_nothing", INVALID, N_("This quantity costs less than the smallest coin. Order more."))
TOO_DEAR = refusal("amount_too_large", INVALID, N_("The amount is out of range."))


def write_lines(requisition: Requisition, given: Sequence[dict[str, Any]]) -> None:
    """Replace the lines; each is a snapshot of its listing, or a description without a price."""
    ids = {line["listing"] for line in given if line.get("listing")}
    offered = {
        listing.id: listing for listing in db.session.scalars(sa.select(Listing).where(Listing.id.in_(ids), on_offer()))
    }
    given_prices = _prices(requisition, given, offered)
    currencies = {listing.currency for listing in offered.values()}
    if currencies:
        requisition.currency = requisition.currency if requisition.currency in currencies else min(currencies)
    made = []
    for place, wanted in enumerate(given):
        listing = offered.get(wanted["listing"]) if wanted.get("listing") else None
        made.append(_line(requisition, place, wanted, listing, given_prices.get(place)))
    if requisition.lines:
        requisition.lines = []
        db.session.flush()  # (requisition, position) is unique: the old lines go before the new ones come
    requisition.lines = made
    requisition.total_minor = sum(line.amount_minor for line in made)
    if requisition.total_minor > MAX_MINOR:
        raise at_field(TOO_DEAR, "lines")
    if not requisition.title:
        requisition.title = made[0].title


def _prices(
    requisition: Requisition, given: Sequence[dict[str, Any]], offered: Mapping[str, Listing]
) -> dict[int, Price]:
    """Place of a line -> what the catalogue asks this buyer for it today; one query for all lines."""
    places = [place for place, line in enumerate(given) if line.get("listing") in offered]
    wanted = [(terms_of(offered[given[place]["listing"]]), given[place]["quantity"]) for place in places]
    return dict(zip(places, prices(requisition.buyer_id, wanted), strict=True))


def _line(
    requisition: Requisition, place: int, wanted: dict[str, Any], listing: Listing | None, price: Price | None
) -> RequisitionLine:
    line = RequisitionLine(id=new_id("rql"), buyer_id=requisition.buyer_id, position=place + 1,
                           quantity_micro=wanted["quantity"], price_basis_micro=MICRO, amount_minor=0)  # fmt: skip
    if wanted.get("listing"):
        if listing is None or price is None:
            raise at_line(NOT_ON_OFFER, place, "listing")
        if listing.supplier_id == requisition.buyer_id:
            raise at_line(OWN_LISTING, place, "listing")
        if listing.currency != requisition.currency:
            raise at_line(ONE_CURRENCY, place, "listing", currency=listing.currency)
        if (unmet := price.unmet) is not None:
            raise at_line(CODES[unmet.code], place, "quantity", **unmet.params)
        snapshot(line, listing, price)
        return line
    if not wanted.get("title") or not wanted.get("unit"):
        raise at_line(LINE_UNCLEAR, place, "title")
    line.title, line.unit, line.kind = wanted["title"], wanted["unit"], wanted.get("kind", "goods")
    line.model, line.vat_bp = wanted.get("model", ""), DEFAULT_VAT_BP[line.kind]
    return line


def snapshot(line: RequisitionLine, listing: Listing, price: Price) -> None:
    """Freeze what the catalogue says now: price and what decided it, tax, warranty, lead time, supplier."""
    line.listing_id, line.supplier_id, line.kind = listing.id, listing.supplier_id, listing.kind
    line.title, line.brand, line.model, line.unit = listing.name("zh"), listing.brand[:80], listing.model, listing.unit
    line.price_minor, line.price_basis_micro = price.price_minor, listing.price_basis_micro
    line.price_rule = price.explanation()
    line.vat_bp, line.warranty_months, line.lead_time_days = (
        listing.vat_bp, listing.warranty_months, listing.lead_time_days,
    )  # fmt: skip
    line.amount_minor = 0
    if price.amount is not None:
        line.amount_minor = price.amount.minor
        if not 1 <= line.amount_minor <= MAX_MINOR:
            raise at_line(TOO_DEAR if line.amount_minor else TOO_LITTLE, line.position - 1, "quantity")


Today = tuple[Listing, Price]
"""A listing as it is on offer now, and what it costs the buyer today."""


def with_listings(requisition: Requisition) -> list[tuple[RequisitionLine, Today | None]]:
    """Lines that name a listing, each with it as it can be bought now, or None."""
    ids = {line.listing_id for line in requisition.lines if line.listing_id}
    offered = {
        listing.id: listing for listing in db.session.scalars(sa.select(Listing).where(Listing.id.in_(ids), on_offer()))
    }
    named = [line for line in requisition.lines if line.listing_id]
    there = [line for line in named if line.listing_id in offered]
    wanted = [(terms_of(offered[str(line.listing_id)]), line.quantity_micro) for line in there]
    priced = zip(there, prices(requisition.buyer_id, wanted), strict=True)
    today = {line.id: (offered[price.terms.id], price) for line, price in priced if price.unmet is None}
    return [(line, today.get(line.id)) for line in named]


def differs(line: RequisitionLine, today: Today | None) -> bool:
    """Whether it can no longer be bought, or no longer at the price and tax that were frozen."""
    return today is None or (line.price_minor, line.price_basis_micro, line.vat_bp) != (
        today[1].price_minor, today[0].price_basis_micro, today[0].vat_bp,
    )  # fmt: skip
