"""The operator keeps the tree: a category in the making, one given up for another, an attribute nobody needed."""

from __future__ import annotations

from app.cli.seed.calendar import Story
from app.cli.seed.stage import Stage, together

KEEPER = "operator.reviewer"


def kept(stage: Stage) -> Story:
    """The operator opens a category of its own, finds weeks later that another one serves, and drafts the next."""
    with together():
        own = _drafted(stage, "preparation.shakers_stirrers.orbital", "preparation.shakers_stirrers",
                       "轨道摇床", "Orbital shakers")  # fmt: skip
        stage.do(KEEPER, "category.activate", own)
        asked = stage.do(
            KEEPER, "category.define", own, code="lid_colour", name_zh="盖板颜色", name_en="Lid colour", type="text"
        )
    yield 21
    stage.do(KEEPER, "attribute.retire", asked)
    yield 9
    stage.do(KEEPER, "category.retire", own, successor="preparation.shakers_stirrers.shakers")
    yield 5
    _drafted(stage, "instruments.microscopes.cryo_electron", "instruments.microscopes.electron",
             "冷冻电子显微镜", "Cryo-electron microscopes")  # fmt: skip


def _drafted(stage: Stage, code: str, parent: str, zh: str, en: str) -> str:
    return stage.do(
        KEEPER, "organisation.add_category", stage.org("operator"), code=code, parent=parent, name_zh=zh, name_en=en
    )
