"""Listings of the small park, in any state, by performing the actions that lead there."""

from __future__ import annotations

from typing import Any, Final

from app.accounts.models import Organisation
from app.catalogue.actions import listings
from app.catalogue.models import Listing
from app.catalogue.schemas import ListingInput
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.parks import remembered
from tests.world import World

EDITORS: Final = {"supplier": "mu", "supplier2": "mu2", "service": "fuwu"}
REVIEWER: Final = "rui"

CENTRIFUGE: Final[dict[str, Any]] = {
    "kind": "goods",
    "category": "instruments.centrifuges",
    "name_zh": "高速冷冻离心机",
    "name_en": "High-speed refrigerated centrifuge",
    "brand": "湘仪",
    "model": "H2100R",
    "part_no": "CEN-2100",
    "summary_zh": "台式，四转子",
    "price": {"amount": "68500.00", "currency": "CNY"},
    "unit": "台",
    "lead_time_days": 7,
    "warranty_months": 24,
    "specs": [
        {"key": "最高转速", "value": "21000", "unit": "rpm"},
        {"key": "转子", "value": "角转子"},
    ],
}
CALIBRATION: Final[dict[str, Any]] = {
    "kind": "service",
    "category": "services.calibration",
    "name_zh": "天平校准",
    "name_en": "Balance calibration",
    "unit": "次",
}


def given(**changes: Any) -> dict[str, Any]:
    """The body of a listing, the centrifuge but for what is said; a service starts from the calibration."""
    base = CALIBRATION if changes.get("kind") == "service" else CENTRIFUGE
    return {**base, **changes}


def loaded(**changes: Any) -> dict[str, Any]:
    """The same as the verb's keywords."""
    fields: dict[str, Any] = ListingInput().load(given(**changes))
    return fields


@remembered
def listing(world: World, state: str = "published", *, supplier: str = "supplier", **changes: Any) -> Listing:
    """A listing of a supplier that has reached a state."""
    editor, reviewer = world.actor(EDITORS[supplier]), world.actor(REVIEWER)
    with unit_of_work():
        organisation = find(Organisation, world.organisations[supplier], editor)
        made = listings.draft_listing(organisation, editor, **loaded(**changes))
        if state in ("submitted", "published", "returned", "suspended"):
            listings.submit(made, editor)
        if state in ("published", "suspended"):
            listings.publish(made, reviewer)
        if state == "returned":
            listings.return_(
                made, reviewer, reason="缺少英文名称", notes=[{"field": "name_en", "reason": "请补充英文名称"}]
            )
        if state == "suspended":
            listings.suspend(made, reviewer, reason="等待厂家说明")
        if state == "withdrawn":
            listings.withdraw(made, editor)
    return made


@remembered
def listings_of(world: World, number: int, *, supplier: str = "supplier", **changes: Any) -> list[Listing]:
    """Some published listings that differ by model and price, in one transaction."""
    editor, reviewer = world.actor(EDITORS[supplier]), world.actor(REVIEWER)
    made = []
    with unit_of_work():
        organisation = find(Organisation, world.organisations[supplier], editor)
        for place in range(number):
            fields = {"model": f"H{place:04d}", "price": {"amount": f"{1000 + place}.00", "currency": "CNY"}}
            one = listings.draft_listing(organisation, editor, **loaded(**{**fields, **changes}))
            listings.submit(one, editor)
            listings.publish(one, reviewer)
            made.append(one)
    return made
