"""Questions about products: who offers one, and which listings could be offers of the same."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.catalogue.models import Listing, on_offer
from app.catalogue.offers.pricing import Price, prices, terms_of
from app.catalogue.queries import Offered
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible

MOST_OFFERS: Final = 100
"""Offers side by side on one page."""


def offers_of(product_id: str, actor: Actor) -> list[tuple[Offered, Price]]:
    """Who offers it now, with what the smallest order costs the actor's organisation: the cheapest first."""
    statement = (
        visible(Listing, actor)
        .add_columns(Organisation)
        .join(Organisation, Organisation.id == Listing.supplier_id)
        .where(on_offer(), Listing.product_id == product_id)
        .order_by(Listing.id)
        .limit(MOST_OFFERS)
    )
    found = [Offered(listing, supplier) for listing, supplier in db.session.execute(statement)]
    terms = [terms_of(one.listing) for one in found]
    priced = zip(found, prices(actor.org_id, [(one, one.least_micro) for one in terms]), strict=True)
    return sorted(priced, key=lambda pair: _rank(pair[1]))


def _rank(price: Price) -> tuple[int, str, int]:
    """Priced before on request, one currency after the other, per unit in millionths of a coin."""
    if price.price_minor is None:
        return 1, "", 0
    return 0, price.terms.currency, price.price_minor * 10**12 // price.terms.basis_micro


def others(listing: Listing) -> int:
    """How many other listings offer the same product now."""
    if listing.product_id is None:
        return 0
    counted = sa.select(sa.func.count()).select_from(Listing).where(
        on_offer(), Listing.product_id == listing.product_id, Listing.id != listing.id
    )  # fmt: skip
    return db.session.scalar(counted) or 0
