"""Nouns of papers: one request for one document, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import IdType, Json, Record, UtcDateTime, one_of, ref, words
from app.kernel.reading import parties_read, readable, staff_read
from app.ordering.models import Order, Receipt, Shipment
from app.payments.models import Statement
from app.sourcing.models import Rfq

SOURCES: Final[Mapping[str, type[Record]]] = {
    "rfq": Rfq,
    "comparison": Rfq,
    "order": Order,
    "delivery": Shipment,
    "acceptance": Receipt,
    "statement": Statement,
    "data_sheet": Listing,
    "label": Listing,
}
"""Kind of paper -> the records that it is made of."""


class Paper(Record):
    """A document that somebody asked for: of which record, in which version, and how far it is."""

    __tablename__ = "paper"
    __prefix__ = "ppr"
    __states__ = "queued ready failed"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        one_of("kind", SOURCES),
        sa.CheckConstraint("length(digest) = 64", name="digest_whole"),
        sa.CheckConstraint("attempts >= 0", name="attempts"),
        sa.Index("ix_paper_org_state", "org_id", "state"),
    )

    org_id: Mapped[str] = ref("organisation.id", index=False)
    person_id: Mapped[str] = ref("person.id", index=False)
    kind: Mapped[str] = mapped_column(sa.String(12), nullable=False)
    object_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    object_version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    title: Mapped[str] = words(60)
    # Same content, same templates, same digest: the same bytes, whoever asks and in whatever language.
    digest: Mapped[str] = mapped_column(sa.String(64), nullable=False, index=True)
    # What stands on it, until it is made; read by nobody but the worker.
    content: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    error: Mapped[str | None] = mapped_column(sa.String(20))
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def _requesters(actor: Actor) -> sa.ColumnElement[bool]:
    """The organisation that asked for it, as long as its record is readable for this very reader."""
    sources = []
    for model in dict.fromkeys(SOURCES.values()):
        kinds = [kind for kind, source in SOURCES.items() if source is model]
        there = sa.exists().where(model.id == Paper.object_id, readable(model, actor))
        sources.append(sa.and_(Paper.kind.in_(kinds), there))
    return sa.and_(Paper.org_id == actor.org_id, sa.or_(*sources))


parties_read(Paper, _requesters)
staff_read(Paper, lambda _actor: sa.false())  # it is as much another organisation's as its basket
