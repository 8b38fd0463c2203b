"""What people keep of the catalogue: searches that tell and one that is shared, a list to order by, what was viewed."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from app.cli.seed import catalogue
from app.cli.seed.calendar import Story
from app.cli.seed.facts import Offer
from app.cli.seed.stage import Stage, together
from app.finding import lists, searches, viewed
from app.kernel.values import MICRO

MONTHLY: Final = {"AS-NM": 20, "WZ-T200F": 10, "WZ-CT15": 8, "SJ-N01": 12}
"""Code -> how many."""
VIEWED: Final = ("MS-S63T", "MS-S90T", "BG-86L588", "HG-20R")


def kept(stage: Stage, new: Offer) -> Story:
    """A purchaser keeps searches and a list; days later a supplier publishes what one of the searches waits for."""
    with together():
        buyer = stage.actor("lab.purchaser")
        for title, query, shared, tells in (
            ("体视显微镜新品", {"q": "显微镜"}, False, True),
            ("15000 转以上离心机", {"q": "离心机 ≥ 15000 rpm", "sort": "price"}, True, True),
            ("7 天内到货的手套", {"q": "手套", "lead_time": "7"}, True, False),
        ):
            searches.save(buyer, title=title, query=urlencode(query), shared=shared, tells=tells)
        made = lists.make(buyer, title="每月常购耗材", shared=True)
        wanted = {stage.listings[code]: number * MICRO for code, number in MONTHLY.items()}
        lists.change(buyer, made.id, title=made.title, shared=True, lines=wanted)
        lists.make(buyer, title="备选", shared=False)
        for code in VIEWED:
            viewed.note(buyer, stage.listings[code])
    yield 3
    with together():
        listing = catalogue.draft(stage, new.supplier, new.body)
        stage.do(f"{new.supplier}.catalogue", "listing.submit", listing)
        stage.do("operator.reviewer", "listing.publish", listing)
