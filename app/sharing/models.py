"""Nouns of sharing: an instrument that its keeper shares, and the organisations it is shared with by name."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.taxonomy.models import CODE_CHARS
from app.kernel.actors import Actor
from app.kernel.db import IdType, Model, Record, one_of, owned_by, owned_key, ref, words
from app.kernel.reading import parties_read, staff_read

REACHES: Final = ("park", "named")
NAME_CHARS: Final = 200
SHORT_CHARS: Final = 120
CONTACT_CHARS: Final = 300
TERMS_CHARS: Final = 2_000


class SharedInstrument(Record):
    """One instrument that an organisation shares: with the whole park, or with organisations that it names.

    It is booked by ordering a service listing of its keeper, or by asking the contact; one of them is always there.
    """

    __tablename__ = "shared_instrument"
    __prefix__ = "shi"
    __states__ = "draft offered paused retired"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        one_of("shared_with", REACHES),
        sa.ForeignKeyConstraint(["org_id", "listing_id"], ["listing.supplier_id", "listing.id"], ondelete="RESTRICT"),
        sa.CheckConstraint("length(name_zh) > 0 OR length(name_en) > 0", name="named"),
        sa.CheckConstraint("length(contact) > 0 OR listing_id IS NOT NULL", name="bookable"),
        sa.CheckConstraint("length(place) > 0", name="placed"),
        sa.Index("ix_shared_instrument_org_id_listing_id", "org_id", "listing_id"),
        sa.Index("ix_shared_instrument_category_state", "category", "state", "id"),
    )

    org_id: Mapped[str] = ref("organisation.id")
    category: Mapped[str] = mapped_column(
        sa.String(CODE_CHARS), sa.ForeignKey("category.code", ondelete="RESTRICT"), nullable=False
    )
    name_zh: Mapped[str] = words(NAME_CHARS)
    name_en: Mapped[str] = words(NAME_CHARS)
    brand: Mapped[str] = words(SHORT_CHARS)
    model: Mapped[str] = words(SHORT_CHARS)
    place: Mapped[str] = words(NAME_CHARS)
    contact: Mapped[str] = words(CONTACT_CHARS)
    # A service of the keeper by which it is booked: another organisation's cannot be named.
    listing_id: Mapped[str | None] = mapped_column(IdType)
    shared_with: Mapped[str] = mapped_column(sa.String(10), nullable=False, default="park")
    terms: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")

    named: Mapped[list[NamedUser]] = relationship(
        lazy="selectin", order_by="NamedUser.user_id", cascade="all, delete-orphan"
    )

    @property
    def users(self) -> list[str]:
        """The organisations that it is shared with by name."""
        return [one.user_id for one in self.named]

    @property
    def listing(self) -> str | None:
        """The service by which it is booked, under the name that the input has."""
        return self.listing_id

    def name(self, language: str) -> str:
        """Its name in a language, or in the other one where there is none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)

    label = name


class NamedUser(Model):
    """An organisation that may use an instrument which is not shared with the whole park."""

    __tablename__ = "shared_instrument_user"
    __table_args__ = (owned_by("shared_instrument", "org_id", "instrument_id"),)

    instrument_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    user_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    org_id: Mapped[str] = mapped_column(IdType, nullable=False)


def offered_to(org_id: str | None) -> sa.ColumnElement[bool]:
    """SQL: offered, and to this organisation, be it as part of the park or by its name."""
    by_name = sa.exists().where(NamedUser.instrument_id == SharedInstrument.id, NamedUser.user_id == org_id)
    reaches = sa.or_(SharedInstrument.shared_with == "park", by_name.correlate(SharedInstrument))
    return sa.and_(SharedInstrument.state == "offered", reaches)


def _readers(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.or_(SharedInstrument.org_id == actor.org_id, offered_to(actor.org_id))


def _beyond_draft(_actor: Any) -> sa.ColumnElement[bool]:
    return SharedInstrument.state != "draft"


parties_read(SharedInstrument, _readers)
staff_read(SharedInstrument, _beyond_draft)
