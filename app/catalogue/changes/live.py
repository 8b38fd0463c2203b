"""A published listing as a file or a program has it: a change, applied at once where the rule allows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from app.catalogue.changes import actions as changes
from app.catalogue.changes import difference, moves
from app.catalogue.changes.lifecycle import open_change, withdraw
from app.catalogue.changes.models import ListingChange
from app.catalogue.media.showing import media_of
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.lifecycle import find

LIVE: Final = frozenset({"published", "suspended"})

Became = Literal["unchanged", "applied", "held"]
"""Nothing was written; buyers read what is given; buyers will once it is reviewed."""


def says(listing: Listing, given: Mapping[str, Any]) -> bool:
    """Whether `put` would leave everything as it is: the listing says it, or a change of it that waits for review."""
    wanted, stands = changes.in_full(given), difference.stated(listing)
    waiting = open_change(listing)
    if not difference.differences(stands, wanted):
        return waiting is None or bool(media_of(waiting))
    return waiting is not None and (waiting.state, waiting.proposed, waiting.base) == ("submitted", wanted, stands)


def put(listing: Listing, actor: Actor, given: Mapping[str, Any]) -> Became:
    """Make a live listing say what is given: at once where the rule allows it, else held for review.

    A change that is open already is rewritten, or given up where the listing says it all: the newer word holds.
    """
    wanted = changes.in_full(given)
    stands = difference.stated(listing)
    open_one = open_change(listing)
    if says(listing, given):
        return "unchanged"
    change = find(ListingChange, open_one.id, actor, lock=True) if open_one is not None else None
    if change is not None and not difference.differences(stands, wanted):
        withdraw(change, actor)
        return "applied"
    if change is None:
        change = changes.change(listing, actor, **given)
    else:
        if change.state == "submitted":
            changes.take_back(change, actor)
        changes.edit(change, actor, remark=change.remark, **given)
    if moves.to_review(change, listing):
        changes.submit(change, actor)
        return "held"
    changes.apply_at_once(change, actor)
    return "applied"
