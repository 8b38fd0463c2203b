"""Change: staged by the supplier, applied within the rule or by a reviewer, declined with reasons; never half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.accounts.actions.organisations import REVIEWER
from app.accounts.models import Organisation
from app.catalogue.actions import listings
from app.catalogue.actions.listings import LISTING
from app.catalogue.changes import difference, moves
from app.catalogue.changes.lifecycle import CHANGE, open_change
from app.catalogue.changes.models import ListingChange
from app.catalogue.changes.schemas import ChangeInput, CorrectionInput
from app.catalogue.media.showing import media_of, with_shown
from app.catalogue.models import Listing
from app.catalogue.notes import FIELD_TITLES, ReturnInput, in_words, rows
from app.catalogue.schemas import EDITOR
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, OWN_DEALING, refusal
from app.kernel.lifecycle import find, fresh, say
from app.kernel.values import N_, now
from app.kernel.work import note

CHANGE_OPEN = refusal(
    "change_open", CONFLICT, N_("A change of this listing is open already. Edit or withdraw that one first.")
)
NOTHING_CHANGES = refusal("nothing_changes", CONFLICT, N_("Nothing differs from what buyers read already."))
CHANGE_HELD = refusal("change_held", CONFLICT, N_("The operator reviews this before buyers read it: %(what)s."))
LISTING_MOVED = refusal(
    "listing_moved", CONFLICT,
    N_("The listing has been changed since this was written: %(what)s. The supplier edits the change anew."),
)  # fmt: skip
LISTING_ELSEWHERE = refusal(
    "listing_elsewhere", CONFLICT, N_("The listing is neither in the catalogue nor suspended any more.")
)

Given = Mapping[str, Any]


def titles(names: Sequence[str]) -> list[str]:
    """Fields in words that the face translates."""
    return [FIELD_TITLES.get(name, name) for name in names]


def listing_of(change: ListingChange) -> Listing:
    """The listing that a change is about."""
    return db.session.get_one(Listing, change.listing_id)


# Guards ---------------------------------------------------------------------------------------------------------------


def alone(listing: Listing, actor: Actor) -> None:
    """At most one change of a listing is open, so that two never cross."""
    del actor
    if open_change(listing) is not None:
        raise CHANGE_OPEN()


def apart(change: ListingChange, actor: Actor) -> None:
    """The reviewer belongs to another organisation than the supplier."""
    if change.supplier_id in actor.org_ids:
        raise OWN_DEALING()


def differs(change: ListingChange, actor: Actor) -> None:
    """There is something to apply."""
    del actor
    if not difference.differences(change.base, change.proposed) and not media_of(change):
        raise NOTHING_CHANGES()


def still_fits(change: ListingChange, actor: Actor) -> None:
    """The listing stands as it stood when the change was written, and its supplier may list what it would be."""
    listing = listing_of(change)
    if listing.state not in ("published", "suspended"):
        raise LISTING_ELSEWHERE()
    live = difference.stated(listing)
    moved = [name for name, value in change.base.items() if name in live and live[name] != value]
    if moved:
        raise LISTING_MOVED(what=titles(moved))
    listings.supplier_deals(listing, actor)
    columns = listings.columns_of(loaded(change))
    listings.described(columns["category"], columns["specs"])


def needs_no_review(change: ListingChange, actor: Actor) -> None:
    """Only what may change without review differs, and the price moves within the rule."""
    del actor
    held = moves.to_review(change, listing_of(change))
    if held:
        raise CHANGE_HELD(what=titles(held))


def loaded(change: ListingChange) -> dict[str, Any]:
    """What a change proposes, as the keywords of an edit; a field that came later is as the listing has it."""
    return proposal(listing_of(change), change.proposed)


def proposal(listing: Listing, proposed: Given) -> dict[str, Any]:
    """The form of a listing with what is proposed in it, loaded by the one rule of listings."""
    whole: dict[str, Any] = difference.form().load(difference.stated(listing) | dict(proposed))
    return whole


# The supplier ---------------------------------------------------------------------------------------------------------


def _staged(listing: Listing, given: Given) -> dict[str, Any]:
    """The input as it is kept, after the same checks as any edit of a listing."""
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    listings.checked(supplier, listings.columns_of(given), but=listing.id)
    return in_full(given)


def in_full(given: Given) -> dict[str, Any]:
    """The input in the trade form, with the defaults of what was left empty."""
    columns = listings.columns_of(given)
    return difference.said({**given, "vat_rate": columns["vat_bp"], "tax_class": columns["tax_class"]})


def _drafted(listing: Listing, given: Given, remark: str) -> ListingChange:
    return fresh(
        ListingChange, supplier_id=listing.supplier_id, listing_id=listing.id, base=difference.stated(listing),
        proposed=_staged(listing, given), remark=remark,
    )  # fmt: skip


def untouched(listing: Listing) -> ListingChange:
    """A change that proposes what stands there already, for something to be added to it."""
    stands = difference.stated(listing)
    return fresh(
        ListingChange, supplier_id=listing.supplier_id, listing_id=listing.id, base=stands, proposed=stands, remark=""
    )


@LISTING.action(
    "published|suspended -> =", by=EDITOR, needs=[alone], takes=ChangeInput, makes=CHANGE, title=N_("Change")
)
def change(listing: Listing, actor: Actor, /, *, remark: str = "", **given: Any) -> ListingChange:
    """The supplier writes what shall stand in the listing; buyers read the old until the change is applied."""
    del actor
    return _drafted(listing, given, remark)


@CHANGE.action("draft -> =", by=EDITOR, takes=ChangeInput, title=N_("Edit"))
def edit(change: ListingChange, actor: Actor, /, *, remark: str = "", **given: Any) -> None:
    """The supplier edits the change; from now on it is measured against the listing as it stands today."""
    del actor
    listing = listing_of(change)
    change.proposed, change.base, change.remark = _staged(listing, given), difference.stated(listing), remark
    note(changed=sorted({one.field for one in difference.differences(change.base, change.proposed)}))


@CHANGE.action("submitted -> draft", by=EDITOR, title=N_("Take back"))
def take_back(change: ListingChange, actor: Actor) -> None:
    """The supplier takes the change back to edit it."""
    del change, actor


@CHANGE.action(
    "draft -> applied", by=EDITOR, needs=[differs, still_fits, needs_no_review], title=N_("Apply at once"), primary=True
)
def apply_at_once(change: ListingChange, actor: Actor) -> None:
    """The supplier applies what needs no review: its own number, the lead time, a price that moves within the rule."""
    del actor
    change.at_once = True
    _take_over(change)


@CHANGE.action(
    "draft -> submitted", by=EDITOR, needs=[differs, still_fits], title=N_("Submit for review"),
    primary=True,
)  # fmt: skip
def submit(change: ListingChange, actor: Actor) -> None:
    """The supplier hands the change to the operator for review."""
    del change, actor


# The operator ---------------------------------------------------------------------------------------------------------


@CHANGE.action(
    "submitted -> applied", by=REVIEWER, needs=[apart, still_fits], title=N_("Apply the change"), primary=True
)
def apply(change: ListingChange, actor: Actor) -> None:
    """The operator puts the change into the catalogue."""
    del actor
    _take_over(change)


def _take_over(change: ListingChange) -> None:
    listing = find(Listing, change.listing_id, SYSTEM_ACTOR, lock=True)
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    columns = listings.checked(supplier, listings.columns_of(loaded(change)), but=listing.id)
    for medium in media_of(change):
        columns["media"] = with_shown(columns.get("media", listing.media), medium)
    listings.take_change(listing, SYSTEM_ACTOR, columns=columns)
    change.applied_at = now()


@CHANGE.action("submitted -> declined", by=REVIEWER, needs=[apart], takes=ReturnInput, title=N_("Decline"))
def decline(change: ListingChange, actor: Actor, *, reason: str = "", notes: Sequence[Mapping[str, str]] = ()) -> None:
    """The operator declines the change with reasons, field by field or as a whole; buyers go on reading the old."""
    del actor
    change.review_notes = rows(notes)
    say(in_words(reason, notes))


@LISTING.action(
    "submitted|returned|published|suspended -> =", by=REVIEWER, needs=[listings.impartial], takes=CorrectionInput,
    makes=CHANGE, born="applied", touches=True, title=N_("Correct for the supplier"),
)  # fmt: skip
def correct(listing: Listing, actor: Actor, /, *, remark: str, **given: Any) -> ListingChange:
    """The operator puts right what stands in a listing, for its supplier, who is told what and why."""
    del actor
    made = _drafted(listing, given, remark)
    differs(made, SYSTEM_ACTOR)
    made.origin, made.applied_at = "operator", now()
    supplier = db.session.get_one(Organisation, listing.supplier_id)
    columns = listings.checked(supplier, listings.columns_of(given), but=listing.id)
    listings.take_change(listing, SYSTEM_ACTOR, columns=columns)
    say(remark)
    return made
