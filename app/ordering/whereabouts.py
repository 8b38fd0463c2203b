"""For which unit a demand is, where it goes, what it is charged to: the lab's own, frozen on the order."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.actions.places import open_address, open_centre
from app.accounts.actions.units import hangs_on_units, open_unit, path_of
from app.accounts.models import CostCentre
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.values import N_
from app.ordering.models import Requisition

OVER = ("ordered", "rejected", "lapsed", "cancelled")
"""States in which a requisition holds no unit open any more; a lapsed one that is rebuilt names its unit anew."""

UNIT_CHARS, CHARGE_CHARS, PLACE_CHARS = 300, 200, 200

hangs_on_units(
    N_("requisitions"),
    lambda unit: sa.select(Requisition.id).where(Requisition.unit_id == unit, Requisition.state.not_in(OVER)),
)


def placed(
    demand: Requisition,
    actor: Actor,
    *,
    unit: str | None = None,
    address: str | None = None,
    cost_centre: str | None = None,
) -> Requisition:
    """Write down unit, address and cost centre, each of the buyer's own and open; a chosen address wins over words."""
    open_unit(demand.buyer_id, unit, actor)
    where_to = open_address(demand.buyer_id, address, actor)
    open_centre(demand.buyer_id, cost_centre, actor)
    demand.unit_id, demand.address_id, demand.cost_centre_id = unit, address, cost_centre
    if where_to is not None:
        demand.delivery_place = f"{where_to.title}, {where_to.place}"[:PLACE_CHARS]
    return demand


def as_ordered(demand: Requisition) -> dict[str, str]:
    """What an order keeps of it, as things are called now; later names do not change it."""
    centre = db.session.get(CostCentre, demand.cost_centre_id) if demand.cost_centre_id else None
    return {
        "unit_name": path_of(demand.unit_id)[:UNIT_CHARS],
        "charged_to": f"{centre.code} {centre.title}"[:CHARGE_CHARS] if centre is not None else "",
    }
