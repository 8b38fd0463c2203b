"""The lifecycle of a change, the one that may be open for a listing, and how it ends without being applied."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.actions.organisations import REVIEWER
from app.catalogue.changes.models import OPEN_STATES, ListingChange, PriceRule
from app.catalogue.changes.schemas import ChangeOut, PriceRuleOut
from app.catalogue.models import Listing
from app.catalogue.schemas import EDITOR
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.lifecycle import Lifecycle, State, find
from app.kernel.values import N_

CHANGE = Lifecycle(
    "listing_change",
    ListingChange,
    [
        State("draft", N_("draft"), "draft", N_("The supplier completes and submits it; buyers read the old.")),
        State("submitted", N_("in review"), "waiting", N_("The operator applies or declines it; buyers read the old."),
              REVIEWER),
        State("applied", N_("in effect"), "good", N_("Buyers read the new."), final=True),
        State("declined", N_("declined"), "stop", N_("Buyers read the old; the supplier may propose another change."),
              final=True),
        State("withdrawn", N_("withdrawn"), "draft", final=True),
    ],
    title=N_("Listing change"),
    collection="listing-changes",
    main_path="draft submitted applied",
    shape=ChangeOut,
)  # fmt: skip

PRICE_RULE = Lifecycle(
    "price_rule",
    PriceRule,
    [
        State("active", N_("in force"), "good", N_("Prices that move farther are held for review.")),
        State("retired", N_("retired"), "draft", final=True),
    ],
    title=N_("Price rule"),
    collection="price-rules",
    main_path="active",
    shape=PriceRuleOut,
)


def open_change(listing: Listing) -> ListingChange | None:
    """The change of a listing that is neither applied nor given up, if there is one."""
    statement = sa.select(ListingChange).where(
        ListingChange.listing_id == listing.id, ListingChange.state.in_(OPEN_STATES)
    )
    return db.session.scalar(statement)


@CHANGE.action("draft|submitted -> withdrawn", by=EDITOR | SYSTEM, title=N_("Withdraw the change"), dangerous=True)
def withdraw(change: ListingChange, actor: Actor) -> None:
    """The supplier gives the change up; the listing stays as buyers read it."""
    del change, actor


def give_up_open(listing: Listing) -> None:
    """What was to change in a listing ends with the listing."""
    change = open_change(listing)
    if change is not None:
        withdraw(find(ListingChange, change.id, SYSTEM_ACTOR, lock=True), SYSTEM_ACTOR)
