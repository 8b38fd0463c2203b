"""What may be chosen in the forms of people, units and keys: colleagues by name, units by path, never a bare id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app import i18n
from app.accounts.models import Membership, Organisation, Person, Unit, UnitRole
from app.accounts.tree import open_units
from app.kernel.actors import ROLE_TITLES, Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import visible
from app.web.core.actions import register_options
from app.web.core.forms import Options


def _units(record: Record, asking: Actor) -> Options:
    return [(unit.id, path) for unit, path in open_units(_org(record), asking)]


def _org(record: Any) -> str:
    return str(record.id if isinstance(record, Organisation) else record.org_id)


def _where(field: str) -> Any:
    def options(record: Record, asking: Actor) -> Mapping[str, Options]:
        return {field: _units(record, asking)}

    return options


def _roles(record: Record, asking: Actor) -> Mapping[str, Options]:
    """The roles that the organisation can give, not those of the whole platform."""
    del asking
    home = record if isinstance(record, Organisation) else db.session.get_one(Organisation, _org(record))
    return {"roles": [(role, i18n.say(title)) for role, title in ROLE_TITLES.items() if role in home.roles_possible]}


def _machine(record: Record, asking: Actor) -> Mapping[str, Options]:
    return {**_roles(record, asking), "responsible": colleagues(_org(record), asking)}


def _elsewhere(record: Record, asking: Actor) -> Mapping[str, Options]:
    """Where a unit may be moved: nowhere inside itself."""
    assert isinstance(record, Unit)
    own = dict(open_units(record.org_id, asking)).get(record, record.title)
    inside = f"{own} / "
    return {"parent": [(unit.id, path) for unit, path in open_units(record.org_id, asking)
                       if unit.id != record.id and not path.startswith(inside)]}  # fmt: skip


def _held_units(record: Record, asking: Actor) -> Mapping[str, Options]:
    assert isinstance(record, Membership)
    held = set(db.session.scalars(sa.select(UnitRole.unit_id).where(UnitRole.membership_id == record.id)))
    return {"unit": [one for one in _units(record, asking) if one[0] in held]}


def colleagues(org_id: str, asking: Actor, *, but: str | None = None) -> Options:
    """(membership, name and roles) of the active people of an organisation, by name; `but` leaves a person out."""
    rows = db.session.execute(
        visible(Membership, asking)
        .with_only_columns(Membership.id, Membership.roles, Person.id.label("person"), Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.org_id == org_id, Membership.state == "active", Person.active)
        .order_by(Person.name, Membership.id)
    )
    comma = "、" if i18n.language() == "zh" else ", "
    return [
        (row.id, f"{row.name} ({comma.join(i18n.say(ROLE_TITLES[role]) for role in row.roles)})")
        for row in rows
        if row.person != but
    ]


def _anybody(field: str, *, others: bool = False) -> Any:
    def options(record: Record, asking: Actor) -> Mapping[str, Options]:
        return {field: colleagues(_org(record), asking, but=asking.person_id if others else None)}

    return options


def _organisations(record: Record, asking: Actor) -> Mapping[str, Options]:
    rows = db.session.scalars(
        visible(Organisation, asking)
        .where(Organisation.platform.is_(None), Organisation.state.in_(("admitted", "suspended")))
        .order_by(Organisation.name_zh, Organisation.id)
    )
    return {"subject": [(one.id, one.name(i18n.language())) for one in rows if one.id not in asking.org_ids]}


register_options("organisation", "make_unit", _where("parent"))
register_options("organisation", "make_address", _where("unit"))
register_options("organisation", "make_cost_centre", _where("unit"))
register_options("organisation", "invite", _roles)
register_options("membership", "change_roles", _roles)
register_options("organisation", "make_service_account", _machine)
register_options("organisation", "ask_emergency_access", _organisations)
register_options("unit", "move", _elsewhere)
register_options("membership", "give_unit_role", _where("unit"))
register_options("membership", "take_unit_role", _held_units)
register_options("membership", "lend", _anybody("deputy", others=True))
register_options("service_account", "hand_over", _anybody("responsible"))
