"""Shapes of units, delivery addresses and cost centres."""

from __future__ import annotations

from typing import Final

from marshmallow import fields

from app.accounts.models.units import CHARGE_KINDS
from app.kernel.actors import ROLE_TITLES
from app.kernel.shapes import Choice, Id, Input, RecordOut, Text
from app.kernel.values import N_

UNIT_ROLES: Final = ("purchaser", "approver", "finance")
"""What may be held for a part of a lab; administrating and receiving are for the whole: orders have no unit."""

CHARGE_TITLES: Final = dict(zip(CHARGE_KINDS, (N_("Cost centre"), N_("Fund")), strict=True))
UNIT = {"title": N_("Unit"), "hint": N_("Empty: the organisation as a whole.")}


def _unit_field() -> Id:
    return Id("unt", load_default=None, allow_none=True, metadata=dict(UNIT))


class UnitInput(Input):
    """A part of the organisation."""

    title = Text(required=True, most=120, metadata={"title": N_("Name")})
    parent = Id("unt", load_default=None, allow_none=True,
                metadata={"title": N_("Inside"), "hint": N_("Empty: at the top.")})  # fmt: skip


class RenameInput(Input):
    """A new name."""

    title = Text(required=True, most=120, metadata={"title": N_("Name")})


class UnitMoveInput(Input):
    """Where the unit belongs from now on."""

    parent = Id("unt", load_default=None, allow_none=True,
                metadata={"title": N_("Inside"), "hint": N_("Empty: at the top.")})  # fmt: skip


class AddressInput(Input):
    """Where goods are brought to."""

    title = Text(required=True, most=120, metadata={"title": N_("Name")})
    place = Text(required=True, metadata={"title": N_("Place of delivery")})
    unit = _unit_field()


class AddressChangeInput(Input):
    """A corrected address."""

    title = Text(required=True, most=120, metadata={"title": N_("Name")})
    place = Text(required=True, metadata={"title": N_("Place of delivery")})


class ChargeInput(Input):
    """What purchases are charged to."""

    kind = Choice(CHARGE_TITLES, required=True, metadata={"title": N_("Kind")})
    code = Text(required=True, most=40, metadata={"title": N_("Code in your books")})
    title = Text(required=True, most=120, metadata={"title": N_("Name")})
    unit = _unit_field()


class UnitRoleInput(Input):
    """A role for a part of the organisation."""

    unit = Id("unt", required=True, metadata={"title": N_("Unit")})
    role = Choice({role: ROLE_TITLES[role] for role in UNIT_ROLES}, required=True, metadata={"title": N_("Role")})


class UnitOut(RecordOut):
    """A unit as the organisation's own people see it."""

    org = fields.String(attribute="org_id")
    title = fields.String(metadata={"title": N_("Name")})
    parent = fields.String(attribute="parent_id", allow_none=True, metadata={"title": N_("Inside")})


class DeliveryAddressOut(RecordOut):
    """A delivery address."""

    org = fields.String(attribute="org_id")
    title = fields.String(metadata={"title": N_("Name")})
    place = fields.String(metadata={"title": N_("Place of delivery")})
    unit = fields.String(attribute="unit_id", allow_none=True, metadata={"title": N_("Unit")})


class CostCentreOut(RecordOut):
    """A cost centre or fund."""

    org = fields.String(attribute="org_id")
    kind = fields.String(metadata={"words": CHARGE_TITLES})
    code = fields.String(metadata={"title": N_("Code in your books")})
    title = fields.String(metadata={"title": N_("Name")})
    unit = fields.String(attribute="unit_id", allow_none=True, metadata={"title": N_("Unit")})
