"""Nouns of finding: a saved search, a list of listings with its lines, and what a person looked at last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.privacy.held import belongs_to_person
from app.catalogue import models as catalogue  # the tables that these refer to
from app.kernel.db import IdType, Model, UtcDateTime, id_column, minor, ref, words
from app.kernel.values import MAX_QUANTITY_MICRO, now

TITLE_CHARS: Final = 120
QUERY_CHARS: Final = 1_500
LISTING: Final = catalogue.Listing.__tablename__


class SavedSearch(Model):
    """A search that a person of an organisation comes back to; shared, their colleagues see it too.

    `seen_seq` is the event up to which the search has been compared with what is published, `told_on` the day of the
    last notice: a search tells once a day at most, and then of all that came since.
    """

    __tablename__ = "saved_search"

    id: Mapped[str] = id_column()
    person_id: Mapped[str] = ref("person.id", index=False)
    org_id: Mapped[str] = ref("organisation.id")
    title: Mapped[str] = words(TITLE_CHARS)
    query: Mapped[str] = mapped_column(sa.String(QUERY_CHARS), nullable=False)  # as it stands in the address
    shared: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    tells: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    seen_seq: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    told_on: Mapped[date | None] = mapped_column(sa.Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (
        sa.CheckConstraint("length(title) > 0", name="titled"),
        sa.CheckConstraint("seen_seq >= 0", name="seen_something"),
        sa.UniqueConstraint("person_id", "org_id", "query"),
        sa.Index("ix_saved_search_tells", "tells", "seen_seq"),
    )


class SavedList(Model):
    """Listings that a person of an organisation orders again and again; shared, their colleagues order by it too."""

    __tablename__ = "saved_list"

    id: Mapped[str] = id_column()
    person_id: Mapped[str] = ref("person.id", index=False)
    org_id: Mapped[str] = ref("organisation.id")
    title: Mapped[str] = words(TITLE_CHARS)
    shared: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)

    __table_args__ = (
        sa.CheckConstraint("length(title) > 0", name="titled"),
        sa.UniqueConstraint("person_id", "org_id", "title"),
        sa.UniqueConstraint("id", "person_id"),  # a line names the person beside the list
    )


class SavedListLine(Model):
    """How much of one listing a list holds, and at which place."""

    __tablename__ = "saved_list_line"

    list_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    listing_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey(f"{LISTING}.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    person_id: Mapped[str] = ref("person.id")
    quantity_micro: Mapped[int] = minor(nullable=False)
    place: Mapped[int] = mapped_column(sa.Integer, nullable=False)

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["list_id", "person_id"], ["saved_list.id", "saved_list.person_id"], ondelete="CASCADE"
        ),
        sa.CheckConstraint(f"quantity_micro BETWEEN 1 AND {MAX_QUANTITY_MICRO}", name="quantity_in_range"),
        sa.CheckConstraint("place >= 0", name="place_counted"),
    )


class ViewedListing(Model):
    """When a person last looked at a listing; the newest few are kept."""

    __tablename__ = "viewed_listing"

    person_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    listing_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey(f"{LISTING}.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    viewed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)


belongs_to_person(SavedSearch, SavedListLine, SavedList, ViewedListing)
