"""Nouns of the offers: price tiers and links of a listing, and prices that two sides have agreed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.offers.words import LINKS
from app.kernel.db import (
    Currency,
    IdType,
    Model,
    Record,
    UtcDateTime,
    currency_known,
    minor,
    one_of,
    owned_by,
    ref,
    words,
)
from app.kernel.values import MAX_MINOR, MAX_QUANTITY_MICRO, Money

REFERENCE_CHARS: Final = 80


class PriceTier(Model):
    """From so much on, a lower price. Only lower bounds are stored, so that there is neither a gap nor an overlap."""

    __tablename__ = "price_tier"
    __table_args__ = (
        owned_by("listing", "supplier_id", "listing_id"),
        sa.CheckConstraint(f"from_micro BETWEEN 1 AND {MAX_QUANTITY_MICRO}", name="from_in_range"),
        sa.CheckConstraint(f"price_minor BETWEEN 1 AND {MAX_MINOR}", name="price_in_range"),
        sa.Index("ix_price_tier_supplier_id_listing_id", "supplier_id", "listing_id"),
    )

    listing_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    from_micro: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    price_minor: Mapped[int] = minor(nullable=False)


class ListingLink(Model):
    """What goes with a listing: an accessory, another configuration, a service; perhaps another supplier's."""

    __tablename__ = "listing_link"
    __table_args__ = (
        owned_by("listing", "supplier_id", "listing_id"),
        one_of("kind", LINKS),
        sa.CheckConstraint("other_id <> listing_id", name="to_another"),
        sa.Index("ix_listing_link_supplier_id_listing_id", "supplier_id", "listing_id"),
    )

    listing_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    other_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("listing.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(15), primary_key=True)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)


class ContractPrice(Record):
    """What one buyer pays one supplier for a listing, from a quantity on and within dates, once both have agreed.

    It is for the quantity that the listing's price was for when it was proposed. Days are the park's, both included.
    """

    __tablename__ = "contract_price"
    __prefix__ = "cpr"
    __states__ = "proposed agreed declined withdrawn ended"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_by("listing", "supplier_id", "listing_id"),
        currency_known(),
        sa.CheckConstraint("buyer_id <> supplier_id", name="two_parties"),
        sa.CheckConstraint(f"price_minor BETWEEN 1 AND {MAX_MINOR}", name="price_in_range"),
        sa.CheckConstraint(f"price_basis_micro BETWEEN 1 AND {MAX_QUANTITY_MICRO}", name="basis_in_range"),
        sa.CheckConstraint(f"from_micro BETWEEN 0 AND {MAX_QUANTITY_MICRO}", name="from_in_range"),
        sa.CheckConstraint("valid_from <= valid_until", name="dates_in_order"),
        sa.Index("ix_contract_price_buyer_id_listing_id", "buyer_id", "listing_id"),
        sa.Index("ix_contract_price_supplier_id_listing_id", "supplier_id", "listing_id"),
        sa.Index(
            "uq_contract_price_agreed", "buyer_id", "listing_id", "from_micro", "valid_from", unique=True,
            sqlite_where=sa.text("state = 'agreed'"), postgresql_where=sa.text("state = 'agreed'"),
        ),
    )  # fmt: skip

    supplier_id: Mapped[str] = ref("organisation.id", index=False)
    buyer_id: Mapped[str] = ref("organisation.id", index=False)
    listing_id: Mapped[str] = mapped_column(IdType, nullable=False)
    title: Mapped[str] = words(200)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    price_minor: Mapped[int] = minor(nullable=False)
    price_basis_micro: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    unit: Mapped[str] = mapped_column(sa.String(20), nullable=False)
    # 0: whatever the quantity is.
    from_micro: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    valid_from: Mapped[date] = mapped_column(sa.Date, nullable=False)
    valid_until: Mapped[date] = mapped_column(sa.Date, nullable=False)
    # The moment at which the last day is over on the park's wall.
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    reference: Mapped[str] = words(REFERENCE_CHARS)

    @property
    def price(self) -> Money:
        """The gross price per basis quantity."""
        return Money(self.price_minor, self.currency)
