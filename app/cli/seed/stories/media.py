"""Pictures and documents of the demo's listings: drawn and typeset here, the data sheet from what the listing says."""

from __future__ import annotations

from typing import Final

from app.accounts import files
from app.cli.seed import drawings
from app.cli.seed.calendar import Story
from app.cli.seed.facts import Offer
from app.cli.seed.papers import scan
from app.cli.seed.stage import Stage
from app.papers.contents.listings import data_sheet_content
from app.papers.typesetting import typeset

PICTURED: Final = 6
"""Offers of each supplier that have a picture."""
WITH_SHEET: Final = frozenset({"HG-16R", "PY-721", "MS-IX73", "QY-M5", "HX-C160W", "SJ-G03"})
WITH_SAFETY_SHEET: Final = frozenset({"SJ-G03"})


def hung(stage: Stage, supplier: str, offer: Offer, place: int) -> None:
    """What hangs on a draft before it is handed in."""
    listing, editor = stage.listings[offer.code], f"{supplier}.catalogue"
    if place < PICTURED:
        picture = drawings.picture_for(offer.body["category"], place)
        stage.do(editor, "listing.add_medium", listing, kind="picture", file=picture)
    if offer.code in WITH_SHEET:
        content = data_sheet_content(stage.see("listing", listing), stage.actor(editor))
        sheet = files.stored(typeset("data_sheet", content), f"{offer.code}.pdf", "application/pdf")
        stage.do(editor, "listing.add_medium", listing, kind="data_sheet", file=sheet, title=offer.code)
    if offer.code in WITH_SAFETY_SHEET:
        sheet = scan(f"SDS-{offer.code}")
        stage.do(editor, "listing.add_medium", listing, kind="safety_data_sheet", file=sheet, title="GB/T 16483")


def renewed(stage: Stage, code: str) -> Story:
    """A supplier hands in a new version of its data sheet and a second picture; they wait for the operator."""
    listing = stage.see("listing", stage.listings[code])
    editor = f"{stage.key(listing.supplier_id)}.catalogue"
    old = next(entry["id"] for entry in listing.media if entry["kind"] == "data_sheet")
    change = stage.do(editor, "listing.propose_medium", listing.id, kind="data_sheet", replaces=old,
                      file=scan(f"{code}-v2"), title=f"{code} 2026")  # fmt: skip
    picture = drawings.picture_for(listing.category, 2)
    stage.do(editor, "listing_change.add_to_change", change, kind="picture", file=picture, title="背面接口")
    stage.do(editor, "listing_change.submit", change)
    yield 0
