"""Nouns of changes: what shall stand in a published listing instead, and how far a price may move without review."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.catalogue.media.models import ListingMedium
from app.kernel.actors import Actor
from app.kernel.db import IdType, Json, Record, UtcDateTime, one_of, owned_by, owned_key, ref
from app.kernel.reading import public_when, staff_read

ORIGINS: Final = ("supplier", "operator")
OPEN_STATES: Final = ("draft", "submitted")
MAX_WINDOW_DAYS: Final = 366
PERCENT_BP: Final = 10_000

_OPEN: Final = sa.text("state IN ('draft', 'submitted')")
_ACTIVE: Final = sa.text("state = 'active'")


class ListingChange(Record):
    """What shall stand in a listing that buyers read already; until it is applied they read the old."""

    __tablename__ = "listing_change"
    __prefix__ = "lch"
    __states__ = "draft submitted applied declined withdrawn"
    __parties__ = {"supplier": "supplier_id"}
    __constraints__ = (
        one_of("origin", ORIGINS),
        sa.CheckConstraint("(state = 'applied') = (applied_at IS NOT NULL)", name="applied_when"),
        sa.CheckConstraint(
            "origin = 'supplier' OR (state = 'applied' AND length(remark) > 0)", name="operator_says_why"
        ),
        owned_by("listing", "supplier_id", "listing_id"),
        owned_key("supplier_id"),
        sa.Index("ix_listing_change_listing", "listing_id", "applied_at"),
        sa.Index("ix_listing_change_supplier_state", "supplier_id", "state", "id"),
        sa.Index(
            "uq_listing_change_open", "listing_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )  # fmt: skip

    supplier_id: Mapped[str] = ref("organisation.id", index=False)
    listing_id: Mapped[str] = mapped_column(IdType, nullable=False)
    # Whose edit it is: the supplier's own, or one that the operator made for it.
    origin: Mapped[str] = mapped_column(sa.String(8), nullable=False, default="supplier")
    # Both as the API speaks them (ListingInput): what stood there when the change was written, and what shall.
    base: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    proposed: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    remark: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    review_notes: Mapped[list[dict[str, str]]] = mapped_column(Json, nullable=False, default=list)
    # Applied within the rule, without a reviewer.
    at_once: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Documents and pictures that come with it.
    media: Mapped[list[ListingMedium]] = relationship(
        primaryjoin=lambda: ListingChange.id == foreign(ListingMedium.change_id), order_by=ListingMedium.id,
        lazy="selectin", viewonly=True,
    )  # fmt: skip


def _not_a_draft(_actor: Actor) -> sa.ColumnElement[bool]:
    return ListingChange.state != "draft"


staff_read(ListingChange, _not_a_draft)


class PriceRule(Record):
    """How far the price of a published listing may move without review, within how many days; one is in force."""

    __tablename__ = "price_rule"
    __prefix__ = "prl"
    __states__ = "active retired"
    __parties__ = {}
    __constraints__ = (
        sa.CheckConstraint(f"rise_bp BETWEEN 0 AND {PERCENT_BP} AND fall_bp BETWEEN 0 AND {PERCENT_BP}", name="bounds"),
        sa.CheckConstraint(f"window_days BETWEEN 1 AND {MAX_WINDOW_DAYS}", name="window"),
        sa.CheckConstraint("length(reason) > 0", name="reasoned"),
        sa.Index("uq_price_rule_active", "state", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    )

    rise_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    fall_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    window_days: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False)
    person_id: Mapped[str] = ref("person.id")


def _members(actor: Actor) -> sa.ColumnElement[bool]:
    """Whoever acts for an organisation may know by which rule it is measured."""
    return sa.true() if actor.org_id is not None else sa.false()


public_when(PriceRule, _members)
