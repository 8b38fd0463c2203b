"""Media: added to what nobody reads yet, proposed for what buyers read, taken down at once, the main picture chosen.

Taking down needs no review: what is shown less cannot mislead, and a certificate that was revoked has to go at once.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.accounts import files
from app.catalogue.actions.listings import LISTING
from app.catalogue.changes import actions as changes
from app.catalogue.changes.lifecycle import CHANGE
from app.catalogue.changes.models import ListingChange
from app.catalogue.media.looking import NEITHER, PDF, SIDES
from app.catalogue.media.models import MOST_SHOWN, PREFIX, ListingMedium
from app.catalogue.media.schemas import MediumInput, ShownMediumInput
from app.catalogue.media.showing import media_of, with_shown
from app.catalogue.models import Listing
from app.catalogue.schemas import EDITOR
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.shapes import Upload
from app.kernel.values import N_, new_id, now
from app.kernel.work import note

PICTURE_NEEDED = refusal("picture_needed", INVALID, N_("A picture is a PNG or JPEG file."))
NOT_SHOWN = refusal("medium_not_shown", INVALID, N_("The listing shows no such document or picture."))
OTHER_KIND = refusal("medium_other_kind", INVALID, N_("A new version is of the same kind as the old one."))
TOO_MANY_SHOWN = refusal("media_full", CONFLICT, N_("A listing shows at most 30 documents and pictures."))


def room(listing: Listing, actor: Actor) -> None:
    """There is room for one more."""
    del actor
    if len(listing.media) >= MOST_SHOWN:
        raise TOO_MANY_SHOWN()


def shown(listing: Listing, medium_id: str, field: str) -> ListingMedium:
    """One of the media that a listing shows; refusal `medium_not_shown` at a field."""
    if medium_id not in {entry["id"] for entry in listing.media}:
        raise NOT_SHOWN(fields={field: [NOT_SHOWN.words]})
    return db.session.get_one(ListingMedium, medium_id)


def kept(
    listing: Listing, *, kind: str, file: Upload, title: str = "", replaces: str | None = None,
    change_id: str | None = None,
) -> ListingMedium:  # fmt: skip
    """A version of a document or picture with its files, which nobody sees yet."""
    if kind == "picture" and file.media_type == PDF:
        raise PICTURE_NEEDED(fields={"file": [PICTURE_NEEDED.words]})
    if file.media_type != PDF and not file.sizes:
        raise NEITHER(fields={"file": [NEITHER.words]})
    former = shown(listing, replaces, "replaces") if replaces is not None else None
    if former is not None and former.kind != kind:
        raise OTHER_KIND(fields={"replaces": [OTHER_KIND.words]})
    medium_id = new_id(PREFIX)
    width, height = file.pixels or (None, None)
    made = ListingMedium(
        id=medium_id, supplier_id=listing.supplier_id, listing_id=listing.id, change_id=change_id, kind=kind,
        title=title or (former.title if former is not None else ""),
        series_id=former.series_id if former is not None else medium_id,
        number=_next_number(former), name=file.name, media_type=file.media_type, size_bytes=file.size_bytes,
        sha256=file.sha256, source_sha256=file.source_sha256 or file.sha256, width=width, height=height,
    )  # fmt: skip
    db.session.add(made)
    for size, one in sized(file):
        files.attach(one, org_id=listing.supplier_id, object_id=medium_id, part_id=size)
    note(medium=medium_id, kind=kind, sha256=file.sha256)
    return made


def sized(file: Upload) -> list[tuple[str | None, Upload]]:
    """The files of a medium: a picture under the side that each had to fit into, a document under none."""
    if file.pixels is None:
        return [(None, file)]
    return [(str(side), one) for side, one in zip(SIDES, (file, *file.sizes), strict=True)]


def _next_number(former: ListingMedium | None) -> int:
    if former is None:
        return 1
    newest = sa.select(sa.func.max(ListingMedium.number)).where(ListingMedium.series_id == former.series_id)
    return (db.session.scalar(newest) or 0) + 1


@LISTING.action("draft|returned -> =", by=EDITOR, needs=[room], takes=MediumInput, title=N_("Add document or picture"))
def add_medium(
    listing: Listing, actor: Actor, *, kind: str, file: Upload, title: str = "", replaces: str | None = None
) -> None:
    """The supplier adds a data sheet, a certificate, a manual, a safety data sheet or a picture."""
    del actor
    made = kept(listing, kind=kind, file=file, title=title, replaces=replaces)
    db.session.flush()
    listing.media = with_shown(listing.media, made)


@LISTING.action(
    "published|suspended -> =", by=EDITOR, needs=[changes.alone, room], takes=MediumInput, makes=CHANGE,
    title=N_("Propose document or picture"),
)  # fmt: skip
def propose_medium(
    listing: Listing, actor: Actor, *, kind: str, file: Upload, title: str = "", replaces: str | None = None
) -> ListingChange:
    """The supplier begins a change with a document or picture; buyers see it once the operator has applied it."""
    del actor
    change = changes.untouched(listing)
    CHANGE.enter(change, CHANGE.initial)  # its medium refers to it, so it has to be there first
    db.session.add(change)
    db.session.flush()
    kept(listing, kind=kind, file=file, title=title, replaces=replaces, change_id=change.id)
    return change


def room_beside(change: ListingChange, actor: Actor) -> None:
    """There is room for one more beside what the listing shows and what the change brings already."""
    room(changes.listing_of(change), actor)
    if len(changes.listing_of(change).media) + new_among(media_of(change)) >= MOST_SHOWN:
        raise TOO_MANY_SHOWN()


def new_among(media: Iterable[ListingMedium]) -> int:
    """How many of these take no other's place."""
    return sum(medium.number == 1 for medium in media)


@CHANGE.action("draft -> =", by=EDITOR, needs=[room_beside], takes=MediumInput, title=N_("Add document or picture"))
def add_to_change(
    change: ListingChange, actor: Actor, *, kind: str, file: Upload, title: str = "", replaces: str | None = None
) -> None:
    """The supplier adds a document or picture to the change."""
    del actor
    kept(changes.listing_of(change), kind=kind, file=file, title=title, replaces=replaces, change_id=change.id)


@LISTING.action(
    "draft|returned|published|suspended -> =", by=EDITOR, takes=ShownMediumInput, title=N_("Take a document down"),
    dangerous=True,
)  # fmt: skip
def remove_medium(listing: Listing, actor: Actor, *, medium: str) -> None:
    """The supplier takes a document or picture down at once; whoever ordered meanwhile still has it."""
    del actor
    found = shown(listing, medium, "medium")
    found.ended_at = now()
    listing.media = [entry for entry in listing.media if entry["id"] != medium]
    note(medium=medium)


@LISTING.action(
    "draft|returned|published|suspended -> =", by=EDITOR, takes=ShownMediumInput, title=N_("Choose the main picture")
)
def lead_with(listing: Listing, actor: Actor, *, medium: str) -> None:
    """The supplier moves a picture in front: it stands in search results and opens the gallery."""
    del actor
    found = shown(listing, medium, "medium")
    if found.kind != "picture":
        raise PICTURE_NEEDED(fields={"medium": [PICTURE_NEEDED.words]})
    first = [entry for entry in listing.media if entry["id"] == medium]
    listing.media = first + [entry for entry in listing.media if entry["id"] != medium]
    note(medium=medium)
