"""What of a change needs a reviewer: everything but the supplier's own number, the lead time and small price moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from app.catalogue.changes import difference
from app.catalogue.changes.models import ListingChange, PriceRule
from app.catalogue.changes.price_rules import in_force
from app.catalogue.media.showing import media_of
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.values import now

AT_ONCE: Final = frozenset({"price", "lead_time_days", "supplier_sku"})
"""Fields that may change without review; the price only as far as the rule says."""
LOOKED_BACK: Final = 500
"""Changes of one listing that are looked through for the price from which small moves are counted."""


@dataclass(frozen=True, slots=True)
class Move:
    """How far a price moves: from what the rule counts from (basis points, None: not to be compared), and the rule."""

    counted_from: Any
    points: int | None
    rule: PriceRule | None

    @property
    def held(self) -> bool:
        """Whether it goes beyond what needs no review."""
        if self.points is None or self.rule is None:
            return True
        return not -self.rule.fall_bp <= self.points <= self.rule.rise_bp


def price_move(change: ListingChange, listing: Listing) -> Move | None:
    """The move of the price that a change proposes; None where it stays."""
    old, new = change.base.get("price"), change.proposed.get("price")
    if old == new:
        return None
    rule = in_force()
    start = _counted_from(change, listing, rule) if rule is not None else old
    return Move(start, difference.price_move_bp(start, new), rule)


def _counted_from(change: ListingChange, listing: Listing, rule: PriceRule) -> Any:
    """The price before the first of the small moves within the window, so that many of them add up to one."""
    since = now() - timedelta(days=rule.window_days)
    if listing.published_at is not None:
        since = max(since, listing.published_at)
    applied = (
        db.select(ListingChange.base, ListingChange.at_once)
        .where(ListingChange.listing_id == listing.id, ListingChange.applied_at >= since)
        .order_by(ListingChange.applied_at.desc(), ListingChange.id.desc())
        .limit(LOOKED_BACK)
    )
    start = change.base.get("price")
    for base, at_once in db.session.execute(applied):
        if not at_once:
            break  # a reviewer has looked at the price since
        start = base.get("price")
    return start


def to_review(change: ListingChange, listing: Listing) -> list[str]:
    """The fields that need a reviewer, in the order of the form."""
    differing = {one.field for one in difference.differences(change.base, change.proposed)}
    held = differing - AT_ONCE
    move = price_move(change, listing)
    if move is not None and move.held:
        held.add("price")
    fields = [name for name in difference.form().load_fields if name in held]
    kinds = {"pictures" if medium.kind == "picture" else "documents" for medium in media_of(change)}
    return fields + sorted(kinds)
