"""Nouns of the catalogue domain: what a supplier offers, and the basket of one person."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.accounts.models import Organisation
from app.kernel.db import (
    Currency,
    IdType,
    Json,
    Model,
    Record,
    UtcDateTime,
    currency_known,
    minor,
    one_of,
    ref,
    words,
)
from app.kernel.reading import public_when, staff_read
from app.kernel.values import MAX_MINOR, MAX_QUANTITY_MICRO, MICRO, Money, now

KINDS: Final = ("goods", "service")

NAME_CHARS: Final = 200
SUMMARY_CHARS: Final = 2_000
SHORT_CHARS: Final = 120
CATEGORY_CHARS: Final = 60
UNIT_CHARS: Final = 20
SPEC_KEY_CHARS: Final = 60
SPEC_VALUE_CHARS: Final = 300
MAX_SPECS: Final = 60
MAX_LEAD_DAYS: Final = 3_650
MAX_WARRANTY_MONTHS: Final = 600


class Listing(Record):
    """One thing or service that one supplier offers."""

    __tablename__ = "listing"
    __prefix__ = "lst"
    __states__ = "draft submitted returned published suspended withdrawn"
    __parties__ = {"supplier": "supplier_id"}
    __constraints__ = (
        one_of("kind", KINDS),
        currency_known(),
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name="named"),
        sa.CheckConstraint("length(category) > 0 AND length(unit) > 0", name="placed"),
        sa.CheckConstraint(f"price_minor IS NULL OR price_minor BETWEEN 1 AND {MAX_MINOR}", name="price_in_range"),
        sa.CheckConstraint(f"price_basis_micro BETWEEN 1 AND {MAX_QUANTITY_MICRO}", name="basis_in_range"),
        sa.CheckConstraint("vat_bp BETWEEN 0 AND 10000", name="vat_in_range"),
        sa.CheckConstraint(
            f"lead_time_days IS NULL OR lead_time_days BETWEEN 0 AND {MAX_LEAD_DAYS}", name="lead_time_in_range"
        ),
        sa.CheckConstraint(
            f"warranty_months IS NULL OR warranty_months BETWEEN 0 AND {MAX_WARRANTY_MONTHS}", name="warranty_in_range"
        ),
        sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_when"),
        sa.CheckConstraint("supplier_sku IS NULL OR length(supplier_sku) > 0", name="sku_said"),
        sa.UniqueConstraint("supplier_id", "supplier_sku"),
        # An order line names the supplier beside the listing, so that it cannot be another supplier's.
        sa.UniqueConstraint("supplier_id", "id"),
        # No index begins with the state: SQLite would rather read all published rows than the 24 it was asked for.
        sa.Index("ix_listing_supplier_state", "supplier_id", "state", "id"),
    )

    supplier_id: Mapped[str] = ref("organisation.id", index=False)
    kind: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    category: Mapped[str] = mapped_column(sa.String(CATEGORY_CHARS), nullable=False)
    name_zh: Mapped[str] = words(NAME_CHARS)
    name_en: Mapped[str] = words(NAME_CHARS)
    brand: Mapped[str] = words(SHORT_CHARS)
    model: Mapped[str] = words(SHORT_CHARS)
    part_no: Mapped[str] = words(SHORT_CHARS)
    summary_zh: Mapped[str] = words(SUMMARY_CHARS)
    summary_en: Mapped[str] = words(SUMMARY_CHARS)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    # NULL is "price on request".
    price_minor: Mapped[int | None] = minor()
    price_basis_micro: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=MICRO)
    unit: Mapped[str] = mapped_column(sa.String(UNIT_CHARS), nullable=False)
    vat_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lead_time_days: Mapped[int | None] = mapped_column(sa.Integer)
    warranty_months: Mapped[int | None] = mapped_column(sa.Integer)
    # [{"key", "value", "number": decimal text or null, "unit"}], in the supplier's order.
    specs: Mapped[list[dict[str, str | None]]] = mapped_column(Json, nullable=False, default=list)
    supplier_sku: Mapped[str | None] = mapped_column(sa.String(SHORT_CHARS))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    supplier: Mapped[Organisation] = relationship(lazy="raise")

    @property
    def price(self) -> Money | None:
        """The gross price per basis quantity, or None: on request."""
        return None if self.price_minor is None else Money(self.price_minor, self.currency)

    @property
    def vat_rate(self) -> int:
        """The rate in basis points under the name that the input has."""
        return self.vat_bp

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)

    def summary(self, language: str) -> str:
        """Its description in a language, or in the other one where there is none."""
        pair = (self.summary_zh, self.summary_en)
        return (pair[0] or pair[1]) if language.startswith("zh") else (pair[1] or pair[0])


@cache
def on_offer() -> sa.ColumnElement[bool]:
    """SQL: published, by a supplier who may deal now. Built once: it stands in every search."""
    dealer = aliased(Organisation)  # apart from the organisation that a statement may join for its name
    deals = sa.exists().where(dealer.id == Listing.supplier_id, dealer.state == "admitted").correlate(Listing)
    return sa.and_(Listing.state == "published", deals)


def _public(_actor: Any) -> sa.ColumnElement[bool]:
    return on_offer()


def _beyond_draft(_actor: Any) -> sa.ColumnElement[bool]:
    return Listing.state != "draft"


public_when(Listing, _public)
staff_read(Listing, _beyond_draft)


class BasketLine(Model):
    """How much of a listing a person means to buy for an organisation. Personal state, not a record."""

    __tablename__ = "basket_line"

    person_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    org_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    listing_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("listing.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    quantity_micro: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (
        sa.CheckConstraint(f"quantity_micro BETWEEN 1 AND {MAX_QUANTITY_MICRO}", name="quantity_in_range"),
    )
