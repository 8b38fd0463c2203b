"""The choices of a demand's unit, delivery address and cost centre, and how a page shows what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import CostCentre, DeliveryAddress
from app.accounts.tree import open_units
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.ordering.models import Requisition
from app.web.core.forms import Field, Options

WHERE_FOR = ("unit", "address", "cost_centre")

Fact = tuple[str, str | None, str | None]


def choices(org_id: str, asking: Actor) -> Mapping[str, Options]:
    """Field -> what may be chosen in it; three queries."""
    units = open_units(org_id, asking)
    paths = {one.id: path for one, path in units}
    addresses = visible(DeliveryAddress, asking).where(
        DeliveryAddress.org_id == org_id, DeliveryAddress.state == "active"
    )
    centres = visible(CostCentre, asking).where(CostCentre.org_id == org_id, CostCentre.state == "active")
    return {
        "unit": [(one.id, path) for one, path in units],
        "address": [
            (one.id, _within(one.title, paths.get(one.unit_id or "")))
            for one in db.session.scalars(addresses.order_by(DeliveryAddress.title, DeliveryAddress.id))
        ],
        "cost_centre": [
            (one.id, _within(f"{one.code} {one.title}", paths.get(one.unit_id or "")))
            for one in db.session.scalars(centres.order_by(CostCentre.code))
        ],
    }


def _within(title: str, unit: str | None) -> str:
    return str(_("%(title)s (%(unit)s)", title=title, unit=unit)) if unit else title


def without_empty(controls: list[Field]) -> list[Field]:
    """A lab that has set up no units, addresses or cost centres is not asked for them."""
    return [one for one in controls if one["name"] not in WHERE_FOR or one.get("options")]


def facts(found: Requisition, asking: Actor) -> list[Fact]:
    """What a requisition says of them."""
    from_unit = {one.id: path for one, path in open_units(found.buyer_id, asking, closed_too=True)}
    said: list[Fact] = []
    if found.unit_id:
        said.append((_("For which unit"), from_unit.get(found.unit_id), f"/units/{found.unit_id}"))
    if found.cost_centre_id:
        centre = db.session.get(CostCentre, found.cost_centre_id)
        text = f"{centre.code} {centre.title}" if centre is not None else None
        said.append((_("Charged to"), text, f"/cost-centres/{found.cost_centre_id}"))
    return said


def stored(record: Requisition) -> dict[str, Any]:
    """What an edit begins with."""
    return {"unit": record.unit_id, "address": record.address_id, "cost_centre": record.cost_centre_id}
