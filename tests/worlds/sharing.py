"""Shared instruments of the small park in any state, by performing actions."""

from __future__ import annotations

from typing import Any, Final

from app.kernel.work import unit_of_work
from app.sharing import actions
from app.sharing.models import SharedInstrument
from app.sharing.schemas import SharedInstrumentInput
from tests.world import World

KEEPERS: Final = {"lab": "guan", "lab2": "lab2admin", "service": "fuwu"}

CENTRIFUGE: Final[dict[str, Any]] = {
    "category": "instruments.centrifuges",
    "name_zh": "落地式高速离心机",
    "name_en": "Floor-standing centrifuge",
    "brand": "湘仪",
    "model": "H2500",
    "place": "B2 楼 104",
    "contact": "共享平台办公室，内线 8104",
}


def shared(world: World, state: str = "offered", *, org: str = "lab2", **changes: Any) -> SharedInstrument:
    """A shared instrument of an organisation that has reached a state."""
    keeper = world.actor(KEEPERS[org])
    with unit_of_work():
        told = SharedInstrumentInput().load({**CENTRIFUGE, **changes})
        made = actions.share_instrument(world.org(org), keeper, **told)
        if state in ("offered", "paused"):
            actions.offer(made, keeper)
        if state == "paused":
            actions.pause(made, keeper, reason="检修")
        if state == "retired":
            actions.retire(made, keeper, reason="已报废")
    return made
