"""Instruments that the park shares, one in every state; and a purchase that goes on although one can be booked."""

from __future__ import annotations

from typing import Any

from app.cli.seed.calendar import Story
from app.cli.seed.facts import Wanted
from app.cli.seed.stage import Stage
from app.cli.seed.stories import trade


def _share(stage: Stage, who: str, **told: Any) -> str:
    org = who.partition(".")[0]
    return stage.do(who, "organisation.share_instrument", stage.org(org), **told)


def offered_and_not(stage: Stage, lab: str) -> Story:
    """Instruments of a laboratory: being written down, under repair, given up, and open to the whole park."""
    admin = f"{lab}.org_admin"
    usual = {"place": "理化楼 B104", "contact": "分析测试中心预约台，内线 8104"}
    _share(stage, admin, category="instruments.xray.diffractometers", name_zh="X 射线衍射仪（待验收）",
           name_en="X-ray diffractometer, not accepted yet", **usual)  # fmt: skip
    elemental = _share(stage, admin, category="instruments.elemental", name_zh="有机元素分析仪",
                       name_en="Organic elemental analyser", terms="样品须干燥；每样约四十分钟。", **usual)  # fmt: skip
    repaired = _share(stage, admin, category="instruments.thermal_analysis.tga", name_zh="热重分析仪",
                      name_en="Thermogravimetric analyser", **usual)  # fmt: skip
    old = _share(stage, admin, category="instruments.spectroscopy.infrared", name_zh="红外光谱仪（旧）",
                 name_en="Infrared spectrometer, old", **usual)  # fmt: skip
    for one in (elemental, repaired):
        stage.do(admin, "shared_instrument.offer", one)
    stage.do(admin, "shared_instrument.pause", repaired, reason="炉体更换，预计两周。")
    yield 0
    stage.do(admin, "shared_instrument.retire", old, reason="已报废，由新仪器接替。")


def by_a_service(stage: Stage, code: str) -> Story:
    """A service organisation's instrument, booked by ordering its service."""
    listing = stage.see("listing", stage.listings[code])
    who = f"{stage.key(listing.supplier_id)}.catalogue"
    made = _share(stage, who, category="instruments.elemental", name_zh="氧氮氢分析仪",
                  name_en="Oxygen, nitrogen and hydrogen analyser", place="计量楼一层", listing=listing.id)  # fmt: skip
    stage.do(who, "shared_instrument.offer", made)
    yield 0


def bought_nevertheless(stage: Stage, keeper: str, lab: str, title: str, wanted: list[Wanted]) -> Story:
    """A laboratory buys what another one shares with it by name, and says why."""
    listing = stage.see("listing", stage.listings[wanted[0].code])
    admin = f"{keeper}.org_admin"
    made = _share(
        stage, admin, category=listing.category, name_zh=listing.name_zh, name_en=listing.name_en, place="化学楼 317",
        contact="仪器管理员，内线 7317", shared_with="named", users=[stage.org(lab)],
    )  # fmt: skip
    stage.do(admin, "shared_instrument.offer", made)
    yield 0
    demand = trade.want(stage, lab, title, wanted, submit=False)
    stage.do(f"{lab}.member", "requisition.justify", demand, why="daily",
             explanation="每日测样三十个以上，共享机时每周仅四小时。")  # fmt: skip
    stage.do(f"{lab}.member", "requisition.submit", demand)
