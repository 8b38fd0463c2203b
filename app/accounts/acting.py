"""What counts beside a member's own roles: roles for a unit and all inside it, lent signatures, emergency access.

Read from the database whenever an actor is made, by the clock of that moment, so that what was given, taken away or
has run out counts from the next request on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from app.accounts.models import Delegation, EmergencyAccess, Membership, Organisation, Unit, UnitRole
from app.kernel.db import db
from app.kernel.values import now

LIVE = ("planned", "active")
"""States of a delegation that counts between its two moments; the worker may be late, the clock is not."""


def unit_roles(membership: Membership) -> frozenset[tuple[str, str]]:
    """(unit, role) for every unit in which the member holds a role, those inside the named ones included."""
    possible = membership.organisation.roles_possible
    rows = db.session.execute(_held(), {"membership": membership.id})
    return frozenset((unit, role) for unit, role in rows if role in possible)


@cache
def _held() -> sa.Select[str, str]:
    held = sa.select(UnitRole.unit_id, UnitRole.role).where(UnitRole.membership_id == sa.bindparam("membership"))
    part = held.cte("part", recursive=True)
    part = part.union(sa.select(Unit.id, part.c.role).join(part, Unit.parent_id == part.c.unit_id))
    return sa.select(part.c.unit_id, part.c.role)


def roles_for_unit(unit_id: str | None) -> dict[str, set[str]]:
    """Membership id -> roles held for this unit or for one around it."""
    if unit_id is None:
        return {}
    found: dict[str, set[str]] = {}
    for membership_id, role in db.session.execute(_held_around(), {"unit": unit_id}):
        found.setdefault(membership_id, set()).add(role)
    return found


@cache
def _held_around() -> sa.Select[str, str]:
    around = sa.select(Unit.id, Unit.parent_id).where(Unit.id == sa.bindparam("unit")).cte("around", recursive=True)
    around = around.union(sa.select(Unit.id, Unit.parent_id).join(around, around.c.parent_id == Unit.id))
    return sa.select(UnitRole.membership_id, UnitRole.role).join(around, around.c.id == UnitRole.unit_id)


def lent_in(org_ids: Iterable[str]) -> dict[str, set[str]]:
    """Membership id of a deputy -> roles that are lent to it now, in some organisations; for telling people."""
    found: dict[str, set[str]] = {}
    for membership_id, role in db.session.execute(_lent_in(), {"orgs": sorted(org_ids), "moment": now()}):
        found.setdefault(membership_id, set()).add(role)
    return found


@cache
def _lent_in() -> sa.Select[str, str]:
    return sa.select(Delegation.deputy_membership_id, Delegation.role).where(
        Delegation.org_id.in_(sa.bindparam("orgs", expanding=True)), counting(sa.bindparam("moment"))
    )


def counting(moment: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """SQL: the delegation counts at this moment; its last moment is no longer part of it."""
    return sa.and_(Delegation.state.in_(LIVE), Delegation.starts_at <= moment, Delegation.ends_at > moment)


def lent_to(person_id: str, org_id: str) -> list[Delegation]:
    """The delegations that count now for a deputy, each of a colleague who still holds the role."""
    rows = db.session.execute(_lent(), {"person": person_id, "org": org_id, "moment": now()})
    return [delegation for delegation, roles in rows if delegation.role in roles]


@cache
def _lent() -> sa.Select[Delegation, list[str]]:
    lender, deputy = sa.orm.aliased(Membership), sa.orm.aliased(Membership)
    return (
        sa.select(Delegation, lender.roles)
        .join(lender, lender.id == Delegation.membership_id)
        .join(deputy, deputy.id == Delegation.deputy_membership_id)
        .where(
            Delegation.deputy_id == sa.bindparam("person"), Delegation.org_id == sa.bindparam("org"),
            counting(sa.bindparam("moment")), lender.state == "active", deputy.state == "active",
        )
        .order_by(Delegation.id)
    )  # fmt: skip


def emergency(person_id: str, org_id: str | None) -> EmergencyAccess | None:
    """The access that a person has to an organisation at this moment; it is over at its last moment exactly."""
    if org_id is None:
        return None
    return db.session.scalar(_going_on(), {"person": person_id, "org": org_id, "moment": now()})


@cache
def _going_on() -> sa.Select[EmergencyAccess]:
    return sa.select(EmergencyAccess).where(
        EmergencyAccess.person_id == sa.bindparam("person"), EmergencyAccess.subject_id == sa.bindparam("org"),
        EmergencyAccess.state == "active", EmergencyAccess.ends_at > sa.bindparam("moment"),
    )  # fmt: skip


def emergencies(person_id: str) -> list[tuple[EmergencyAccess, Organisation]]:
    """The organisations that a person may act for in an emergency now; for the switch in the top bar."""
    rows = db.session.execute(
        sa.select(EmergencyAccess, Organisation)
        .join(Organisation, Organisation.id == EmergencyAccess.subject_id)
        .where(EmergencyAccess.person_id == person_id, EmergencyAccess.state == "active",
               EmergencyAccess.ends_at > now())
        .order_by(EmergencyAccess.id)
    )  # fmt: skip
    return [(access, organisation) for access, organisation in rows]
