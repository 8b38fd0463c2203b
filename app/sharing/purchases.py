"""Before a purchase: what of its kind can be booked in the park, and why it is bought nevertheless.

The rule is declared once for everything that leads to a purchase, and has to be fed only its lines. Consumables,
services and furniture are never asked about; lines in words, whose kind nobody knows, neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.catalogue.models import Listing
from app.catalogue.taxonomy.models import CategoryReach
from app.catalogue.taxonomy.tree import Tree, tree
from app.kernel.actors import Actor
from app.kernel.db import db, words
from app.kernel.errors import CONFLICT, refusal
from app.kernel.values import N_, Bilingual
from app.sharing.models import SharedInstrument, offered_to

INSTRUMENT_ROOTS: Final = frozenset({"instruments", "measuring", "preparation", "cold_storage"})
"""The parts of the tree whose things are shared."""
MOST_OFFERED: Final = 10
"""Shared instruments shown before a purchase."""
MOST_NAMED: Final = 3
WHY_CHARS: Final = 12
REASON_CHARS: Final = 500

BOOK_INSTEAD = refusal(
    "book_instead", CONFLICT,
    N_("Can be booked in the park: %(instruments)s. Book it, or say first why you buy nevertheless."),
)  # fmt: skip


class Bought:
    """Columns of what leads to a purchase: why it goes on although an instrument of its kind can be booked."""

    why: Mapped[str] = words(WHY_CHARS)
    explanation: Mapped[str] = mapped_column(sa.String(REASON_CHARS), nullable=False, default="")


def both_or_neither() -> sa.CheckConstraint:
    """A reason has a code and words, or there is none."""
    return sa.CheckConstraint("(length(why) > 0) = (length(explanation) > 0)", name="reason_whole")


class Line(Protocol):
    """A line that may name a listing."""

    listing_id: Any


def instrument_kind(today: Tree, code: str) -> bool:
    """Whether things of a category are instruments that may be shared: below a root, not the root itself."""
    path = today.path(code)
    return len(path) > 1 and path[0] in INSTRUMENT_ROOTS


def kinds(lines: Iterable[Line]) -> set[str]:
    """The categories of instruments that the lines are about: of their listing, or their own."""
    listed = {line.listing_id for line in lines if line.listing_id}
    found = {code for line in lines if (code := getattr(line, "category", None))}
    if listed:
        found |= set(db.session.scalars(sa.select(Listing.category).where(Listing.id.in_(listed)).distinct()))
    today = tree()
    return {today.place(code) for code in found if instrument_kind(today, code)}


def bookable(categories: Iterable[str], org_id: str) -> list[SharedInstrument]:
    """Instruments offered to an organisation that stand in one of the categories, below or above it in the tree."""
    wanted = sorted(set(categories))
    if not wanted:
        return []
    down, up = aliased(CategoryReach), aliased(CategoryReach)
    below = sa.exists().where(down.code == SharedInstrument.category, down.above.in_(wanted))
    above = sa.exists().where(up.above == SharedInstrument.category, up.code.in_(wanted))
    statement = (
        sa.select(SharedInstrument)
        .where(offered_to(org_id), sa.or_(below, above))
        .order_by(SharedInstrument.category, SharedInstrument.id)
        .limit(MOST_OFFERED)
    )
    return list(db.session.scalars(statement))


def bookable_instead(record: Any) -> list[SharedInstrument]:
    """What the buyer of a requisition or request could book instead."""
    return bookable(kinds(record.lines), record.buyer_id)


def booking_ruled_out(record: Any, actor: Actor) -> None:
    """Guard: nothing of the kind can be booked in the park, or it is said why it is bought nevertheless."""
    del actor
    if record.why:
        return
    found = bookable_instead(record)
    if found:
        raise BOOK_INSTEAD(instruments=[Bilingual(one.name_zh, one.name_en) for one in found[:MOST_NAMED]])
