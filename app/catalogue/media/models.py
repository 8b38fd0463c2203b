"""Nouns of media: one version of one document or picture of a listing; what it is never changes, only when it is shown.

What is shown now stands in the listing itself (`Listing.media`), so that pages, lists and the index need no query for
it. A row here is every version there ever was, with the time in which buyers could read it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import IdType, Model, UtcDateTime, id_column, one_of, owned_by, words
from app.kernel.values import N_, now

PREFIX: Final = "lmd"
TITLE_CHARS: Final = 120
NAME_CHARS: Final = 120
KIND_TITLES: Final = {
    "picture": N_("Picture"),
    "data_sheet": N_("Data sheet"),
    "certificate": N_("Certificate"),
    "manual": N_("Manual"),
    "safety_data_sheet": N_("Safety data sheet"),
}
MOST_SHOWN: Final = 30
"""Documents and pictures that a listing shows at one time."""


class ListingMedium(Model):
    """One version of a document or picture; its files hang on it (StoredFile.object_id), one per size."""

    __tablename__ = "listing_medium"
    __table_args__ = (
        one_of("kind", KIND_TITLES),
        sa.CheckConstraint("number > 0 AND (number = 1) = (series_id = id)", name="first"),
        sa.CheckConstraint("ended_at IS NULL OR (shown_at IS NOT NULL AND ended_at >= shown_at)", name="shown_first"),
        sa.CheckConstraint("(width IS NULL) = (media_type = 'application/pdf')", name="pixels"),
        sa.CheckConstraint("kind <> 'picture' OR media_type = 'image/jpeg'", name="picture_drawn"),
        owned_by("listing", "supplier_id", "listing_id"),
        owned_by("listing_change", "supplier_id", "change_id"),
        sa.UniqueConstraint("series_id", "number"),
        sa.Index("ix_listing_medium_listing", "listing_id", "shown_at"),
        sa.Index("ix_listing_medium_change", "change_id"),
    )

    id: Mapped[str] = id_column()
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    listing_id: Mapped[str] = mapped_column(IdType, nullable=False)
    # The change that proposes it; shown once that is applied.
    change_id: Mapped[str | None] = mapped_column(IdType)
    kind: Mapped[str] = mapped_column(sa.String(17), nullable=False)
    title: Mapped[str] = words(TITLE_CHARS)
    # The first version of the same document; a first version names itself.
    series_id: Mapped[str] = mapped_column(IdType, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    name: Mapped[str] = mapped_column(sa.String(NAME_CHARS), nullable=False)
    media_type: Mapped[str] = mapped_column(sa.String(100), nullable=False)
    size_bytes: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.String(64), nullable=False)
    # Of the file that was sent, by which it is known when it is sent again; none for pictures of earlier days.
    source_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    width: Mapped[int | None] = mapped_column(sa.Integer)
    height: Mapped[int | None] = mapped_column(sa.Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def entry(self) -> dict[str, Any]:
        """How it stands in `Listing.media`."""
        return {
            "id": self.id, "kind": self.kind, "title": self.title, "series": self.series_id, "number": self.number,
            "name": self.name, "media_type": self.media_type, "size_bytes": self.size_bytes, "sha256": self.sha256,
            "width": self.width, "height": self.height,
        }  # fmt: skip
