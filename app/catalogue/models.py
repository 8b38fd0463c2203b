"""Nouns of the catalogue domain: what a supplier offers, and the basket of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from app.accounts.models import Barred, Organisation
from app.accounts.privacy.held import belongs_to_person
from app.catalogue import specs
from app.catalogue.brands.book import book
from app.catalogue.brands.models import Brand as Brand  # the table that a listing refers to
from app.catalogue.offers.models import ListingLink, PriceTier
from app.catalogue.offers.words import INCOTERMS, TAX_CLASSES, UNTAXED
from app.catalogue.products.models import KEY_CHARS
from app.catalogue.taxonomy.models import CODE_CHARS, CategoryReach
from app.catalogue.taxonomy.tree import tree
from app.catalogue.taxonomy.values import plain
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
    owned_key,
    ref,
    words,
)
from app.kernel.reading import public_when, staff_read
from app.kernel.values import MAX_MINOR, MAX_QUANTITY_MICRO, MICRO, Money, now

KINDS: Final = ("goods", "service")

NAME_CHARS: Final = 200
SUMMARY_CHARS: Final = 2_000
SHORT_CHARS: Final = 120
UNIT_CHARS: Final = 20
SPEC_KEY_CHARS: Final = 60
SPEC_VALUE_CHARS: Final = 300
MAX_SPECS: Final = 60
MAX_LEAD_DAYS: Final = 3_650
MAX_WARRANTY_MONTHS: Final = 600


def _offer_constraints() -> tuple[sa.CheckConstraint, ...]:
    """What no offer may say, whoever writes it."""
    most = MAX_QUANTITY_MICRO
    return (
        one_of("tax_class", TAX_CLASSES),
        one_of("incoterm", ("", *INCOTERMS)),
        sa.CheckConstraint(f"(tax_class IN {tuple(sorted(UNTAXED))}) = (vat_bp = 0)", name="class_fits_rate"),
        sa.CheckConstraint(f"min_quantity_micro IS NULL OR min_quantity_micro BETWEEN 1 AND {most}", name="minimum"),
        sa.CheckConstraint(
            f"order_multiple_micro IS NULL OR order_multiple_micro BETWEEN 1 AND {most}", name="multiple"
        ),
        sa.CheckConstraint(f"stock_micro IS NULL OR stock_micro BETWEEN 0 AND {most}", name="stock"),
        sa.CheckConstraint("valid_until IS NULL OR valid_from IS NULL OR valid_from <= valid_until", name="validity"),
        sa.CheckConstraint("incoterm = '' OR length(delivery_point) > 0", name="delivered_where"),
        sa.CheckConstraint("origin = '' OR length(origin) = 2", name="origin_is_a_code"),
    )


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
        *_offer_constraints(),
        sa.UniqueConstraint("supplier_id", "supplier_sku"),
        # An order line names the supplier beside the listing, so that it cannot be another supplier's.
        owned_key("supplier_id"),
        # No index begins with the state: SQLite would rather read all published rows than the 24 it was asked for.
        sa.Index("ix_listing_supplier_state", "supplier_id", "state", "id"),
        sa.Index("ix_listing_brand_id_model_key", "brand_id", "model_key"),
        sa.Index("ix_listing_category_state", "category", "state", "id"),
    )

    supplier_id: Mapped[str] = ref("organisation.id", index=False)
    kind: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    # The category that the supplier chose, by its code; where that stands today is for the tree to say.
    category: Mapped[str] = mapped_column(
        sa.String(CODE_CHARS), sa.ForeignKey("category.code", ondelete="RESTRICT"), nullable=False
    )
    name_zh: Mapped[str] = words(NAME_CHARS)
    name_en: Mapped[str] = words(NAME_CHARS)
    # The brand as the supplier writes it, and the record that the words led to when they were written.
    brand: Mapped[str] = words(SHORT_CHARS)
    brand_id: Mapped[str | None] = ref("brand.id", nullable=True, index=False)
    model: Mapped[str] = words(SHORT_CHARS)
    # What tells offers of one model apart, such as the rotor; and model and configuration squeezed.
    configuration: Mapped[str] = words(SHORT_CHARS)
    model_key: Mapped[str] = words(KEY_CHARS)
    product_id: Mapped[str | None] = ref("product.id", nullable=True)
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
    # The terms of the offer (app/catalogue/offers). Days are the park's, both included; NULL is "no bound".
    valid_from: Mapped[date | None] = mapped_column(sa.Date)
    valid_until: Mapped[date | None] = mapped_column(sa.Date)
    min_quantity_micro: Mapped[int | None] = mapped_column(sa.BigInteger)
    order_multiple_micro: Mapped[int | None] = mapped_column(sa.BigInteger)
    stock_micro: Mapped[int | None] = mapped_column(sa.BigInteger)
    incoterm: Mapped[str] = words(3)
    delivery_point: Mapped[str] = words(SHORT_CHARS)
    origin: Mapped[str] = words(2)
    imported: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    regulated: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)
    tax_class: Mapped[str] = mapped_column(sa.String(10), nullable=False)
    supplier_sku: Mapped[str | None] = mapped_column(sa.String(SHORT_CHARS))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What of its documents and pictures is shown, in order; the first picture is the main one (media/models.py).
    media: Mapped[list[dict[str, Any]]] = mapped_column(Json, nullable=False, default=list)
    # [{"field", "reason"}]: what the reviewer wants corrected, beside the fields; gone with the next submission.
    review_notes: Mapped[list[dict[str, str]]] = mapped_column(Json, nullable=False, default=list)

    supplier: Mapped[Organisation] = relationship(lazy="raise")
    tier_rows: Mapped[list[PriceTier]] = relationship(
        lazy="selectin", order_by=PriceTier.from_micro, cascade="all, delete-orphan"
    )
    link_rows: Mapped[list[ListingLink]] = relationship(
        lazy="selectin", order_by=ListingLink.position, cascade="all, delete-orphan",
        foreign_keys=[ListingLink.supplier_id, ListingLink.listing_id],
    )  # fmt: skip

    @property
    def tiers(self) -> list[dict[str, Any]]:
        """Lower prices from a quantity on, as the input has them: {"from_quantity": millionths, "price": Money}."""
        return [
            {"from_quantity": one.from_micro, "price": Money(one.price_minor, self.currency)} for one in self.tier_rows
        ]

    @tiers.setter
    def tiers(self, given: Sequence[Mapping[str, Any]]) -> None:
        here = {one.from_micro: one for one in self.tier_rows}
        wanted = {one["from_quantity"]: one["price"].minor for one in given}
        self.tier_rows = [here.get(bound) or PriceTier(from_micro=bound) for bound in sorted(wanted)]
        for row in self.tier_rows:
            row.price_minor = wanted[row.from_micro]

    @property
    def goes_with(self) -> list[dict[str, Any]]:
        """What goes with it, as the input has it: {"kind", "listing": id}, in the supplier's order."""
        return [{"kind": one.kind, "listing": one.other_id} for one in self.link_rows]

    @goes_with.setter
    def goes_with(self, given: Sequence[Mapping[str, Any]]) -> None:
        here = {(one.kind, one.other_id): one for one in self.link_rows}
        pairs = [(one["kind"], one["listing"]) for one in given]
        self.link_rows = [here.get(pair) or ListingLink(kind=pair[0], other_id=pair[1]) for pair in pairs]
        for place, row in enumerate(self.link_rows):
            row.position = place

    @property
    def price(self) -> Money | None:
        """The gross price per basis quantity, or None: on request."""
        return None if self.price_minor is None else Money(self.price_minor, self.currency)

    @property
    def typed(self) -> list[dict[str, Any]]:
        """Its properties as the attributes of its category, in canonical units."""
        stated = specs.typed(tree(), self.category, self.specs).values()
        return [
            {"code": one.definition.code, "type": one.definition.type, "unit": one.definition.unit, **plain(one.value)}
            for one in stated
        ]

    def make(self, language: str) -> str:
        """Its brand as a reader knows it; as the supplier writes it where that is no brand in use."""
        return book().name(self.brand_id, self.brand, language)

    @property
    def brand_zh(self) -> str:
        """Its brand in Chinese."""
        return self.make("zh")

    @property
    def brand_en(self) -> str:
        """Its brand in English."""
        return self.make("en")

    @property
    def vat_rate(self) -> int:
        """The rate in basis points under the name that the input has."""
        return self.vat_bp

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)

    label = name

    def summary(self, language: str) -> str:
        """Its description in a language, or in the other one where there is none."""
        pair = (self.summary_zh, self.summary_en)
        return (pair[0] or pair[1]) if language.startswith("zh") else (pair[1] or pair[0])


@cache
def on_offer() -> sa.ColumnElement[bool]:
    """SQL: published, by a supplier who may deal, and offer here, now. Built once: it stands in every search."""
    dealer = aliased(Organisation)  # apart from the organisation that a statement may join for its name
    deals = sa.exists().where(dealer.id == Listing.supplier_id, dealer.state == "admitted").correlate(Listing)
    return sa.and_(Listing.state == "published", deals, ~_barred())


def _barred() -> sa.ColumnElement[bool]:
    """SQL: its supplier lacks what is needed to offer in its category, or may not offer at all."""
    beneath = sa.exists().where(CategoryReach.code == Listing.category, CategoryReach.above == Barred.category)
    covers = sa.or_(Barred.category == "", beneath.correlate(Listing, Barred))
    rows = sa.exists().where(Barred.org_id == Listing.supplier_id, Barred.scope == "listing", covers)
    return rows.correlate(Listing)


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


belongs_to_person(BasketLine)
