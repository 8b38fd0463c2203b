"""The shelves of the demo park: every supplier lists what it offers, the operator publishes it."""

from __future__ import annotations

from typing import Any

from app.cli.seed.calendar import Story
from app.cli.seed.facts import Offer
from app.cli.seed.stage import Stage, together
from app.cli.seed.stories import media


def shelves(stage: Stage, supplier: str, offers: list[Offer]) -> Story:
    """A supplier drafts and submits all it offers; the operator looks through it and publishes it."""
    with together():
        for place, offer in enumerate(offers):
            stage.listings[offer.code] = draft(stage, supplier, offer.body)
            media.hung(stage, supplier, offer, place)
            stage.do(f"{supplier}.catalogue", "listing.submit", stage.listings[offer.code])
    yield 2
    with together():
        for offer in offers:
            stage.do("operator.reviewer", "listing.publish", stage.listings[offer.code])


def draft(stage: Stage, supplier: str, body: dict[str, Any]) -> str:
    """A listing that nobody else sees yet."""
    return stage.do(f"{supplier}.catalogue", "organisation.draft_listing", stage.org(supplier), **body)


def drafted(stage: Stage, offer: Offer) -> Story:
    """A supplier still writes."""
    draft(stage, offer.supplier, offer.body)
    yield 0


def submitted(stage: Stage, offer: Offer) -> Story:
    """A listing waits for the operator."""
    listing = draft(stage, offer.supplier, offer.body)
    stage.do(f"{offer.supplier}.catalogue", "listing.submit", listing)
    yield 0


def correcting(stage: Stage, offer: Offer) -> Story:
    """A listing is returned once for its missing English name, corrected, and waits for the operator again."""
    supplier, body = offer.supplier, offer.body
    listing = draft(stage, supplier, body | {"name_en": ""})
    stage.do(f"{supplier}.catalogue", "listing.submit", listing)
    yield 1
    stage.do("operator.reviewer", "listing.return", listing, reason="请补充英文名称，便于外籍研究人员检索。")
    yield 2
    stage.do(f"{supplier}.catalogue", "listing.edit", listing, **body)
    stage.do(f"{supplier}.catalogue", "listing.submit", listing)


def returned(stage: Stage, offer: Offer) -> Story:
    """A listing goes back to its supplier."""
    listing = draft(stage, offer.supplier, offer.body)
    stage.do(f"{offer.supplier}.catalogue", "listing.submit", listing)
    yield 1
    stage.do("operator.reviewer", "listing.return", listing, reason="技术参数缺少检测依据，请补充后再提交。",
             notes=[{"field": "specs", "reason": "最高转速请注明检测报告编号。"},
                    {"field": "price", "reason": "请确认是否含税。"}])  # fmt: skip


def suspended(stage: Stage, code: str, reason: str) -> Story:
    """A question about a published listing is settled before anybody buys it."""
    stage.do("operator.reviewer", "listing.suspend", stage.listings[code], reason=reason)
    yield 0


def withdrawn(stage: Stage, supplier: str, code: str) -> Story:
    """A supplier takes a listing back."""
    stage.do(f"{supplier}.catalogue", "listing.withdraw", stage.listings[code])
    yield 0
