"""Delivery addresses and cost centres: attached to a unit or to the whole organisation, corrected, closed."""

from __future__ import annotations

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.actions.units import buys, open_unit
from app.accounts.lifecycles import COST_CENTRE, DELIVERY_ADDRESS
from app.accounts.models import CostCentre, DeliveryAddress, Organisation
from app.accounts.unit_schemas import AddressChangeInput, AddressInput, ChargeInput, RenameInput
from app.kernel.actors import Actor, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, visible
from app.kernel.values import N_
from app.kernel.work import current, note

KEEPER = who("org_admin|finance", "self")

CODE_THERE = refusal("cost_centre_there", CONFLICT, N_("There is an open cost centre or fund with this code."))
NO_SUCH_ADDRESS = refusal("no_such_address", INVALID, N_("Choose one of your organisation's open delivery addresses."))
NO_SUCH_CENTRE = refusal("no_such_cost_centre", INVALID, N_("Choose one of your organisation's open cost centres."))


def open_address(org_id: str, address_id: str | None, actor: Actor) -> DeliveryAddress | None:
    """The open delivery address that was named, locked; None for none, a refusal at the field for any other."""
    if address_id is None:
        return None
    found: DeliveryAddress | None = db.session.scalar(
        visible(DeliveryAddress, actor).where(DeliveryAddress.id == address_id, DeliveryAddress.org_id == org_id)
    )
    if found is not None:
        current().lock(found)
    if found is None or found.state != "active":
        raise NO_SUCH_ADDRESS(fields={"address": [NO_SUCH_ADDRESS.words]})
    return found


def open_centre(org_id: str, centre_id: str | None, actor: Actor) -> CostCentre | None:
    """The open cost centre or fund that was named, locked; None for none, a refusal at the field for any other."""
    if centre_id is None:
        return None
    found: CostCentre | None = db.session.scalar(
        visible(CostCentre, actor).where(CostCentre.id == centre_id, CostCentre.org_id == org_id)
    )
    if found is not None:
        current().lock(found)
    if found is None or found.state != "active":
        raise NO_SUCH_CENTRE(fields={"cost_centre": [NO_SUCH_CENTRE.words]})
    return found


@ORGANISATION.action(
    "admitted -> =", by=KEEPER, needs=[buys], takes=AddressInput, makes=DELIVERY_ADDRESS,
    title=N_("New delivery address"),
)  # fmt: skip
def make_address(
    organisation: Organisation, actor: Actor, *, title: str, place: str, unit: str | None = None
) -> DeliveryAddress:
    """An admin or the finance office says where a unit, or everybody, has goods brought to."""
    open_unit(organisation.id, unit, actor)
    return fresh(DeliveryAddress, org_id=organisation.id, unit_id=unit, title=title, place=place)


@DELIVERY_ADDRESS.action("active -> =", by=KEEPER, takes=AddressChangeInput, title=N_("Correct the address"))
def correct(address: DeliveryAddress, actor: Actor, *, title: str, place: str) -> None:
    """The address is written differently from now on; what was ordered keeps the old one."""
    del actor
    address.title, address.place = title, place
    note(changed=["title", "place"])


@DELIVERY_ADDRESS.action("active -> closed", by=KEEPER, name="close", title=N_("Close the address"), dangerous=True)
def close_address(address: DeliveryAddress, actor: Actor) -> None:
    """Nothing new is ordered to this address."""
    del address, actor


@ORGANISATION.action(
    "admitted -> =", by=KEEPER, needs=[buys], takes=ChargeInput, makes=COST_CENTRE,
    title=N_("New cost centre or fund"),
)  # fmt: skip
def make_cost_centre(
    organisation: Organisation, actor: Actor, *, kind: str, code: str, title: str, unit: str | None = None
) -> CostCentre:
    """An admin or the finance office says what a unit's purchases, or everybody's, are charged to."""
    open_unit(organisation.id, unit, actor)
    taken = db.select(CostCentre.id).where(
        CostCentre.org_id == organisation.id, CostCentre.code == code, CostCentre.state == "active"
    )
    if db.session.scalar(taken) is not None:
        raise CODE_THERE(fields={"code": [CODE_THERE.words]})
    return fresh(CostCentre, org_id=organisation.id, unit_id=unit, kind=kind, code=code, title=title)


@COST_CENTRE.action("active -> =", by=KEEPER, takes=RenameInput, name="rename", title=N_("Rename"))
def rename_centre(centre: CostCentre, actor: Actor, *, title: str) -> None:
    """The cost centre or fund is called differently from now on; its code stays."""
    del actor
    centre.title = title
    note(changed=["title"])


@COST_CENTRE.action("active -> closed", by=KEEPER, name="close", title=N_("Close it"), dangerous=True)
def close_centre(centre: CostCentre, actor: Actor) -> None:
    """Nothing new is charged to it."""
    del centre, actor
