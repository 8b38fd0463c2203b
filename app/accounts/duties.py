"""What waits in an organisation for one person alone: records that nobody would attend to if this person left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.models import Membership, ServiceAccount
from app.kernel.db import Record, db
from app.kernel.lifecycle import BY_MODEL, Lifecycle

SHOWN_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Duty:
    """A record that waits for roles which one member alone holds."""

    lifecycle: Lifecycle[Any]
    record_id: str


def roles_alone(membership: Membership) -> frozenset[str]:
    """The roles of a member that no other active member of the organisation holds."""
    rows = db.session.scalars(
        sa.select(Membership.roles).where(
            Membership.org_id == membership.org_id, Membership.state == "active", Membership.id != membership.id
        )
    )
    return frozenset(membership.roles) - {role for roles in rows for role in roles}


def waiting_for_alone(membership: Membership) -> list[Duty]:
    """The records that wait for this member alone, in one query over all kinds; nothing for who is not active."""
    alone = roles_alone(membership) if membership.state == "active" else frozenset()
    if not alone:
        return []
    selects = [_of(model, lifecycle, membership.org_id, alone) for model, lifecycle in _attended()]
    union = sa.union_all(*selects).subquery()
    rows = db.session.execute(sa.select(union).order_by(union.c.lifecycle, union.c.id).limit(SHOWN_MOST))
    by_name = {lifecycle.name: lifecycle for _, lifecycle in _attended()}
    return [Duty(by_name[row.lifecycle], row.id) for row in rows if set(row.roles.split(",")) <= alone]


def _attended() -> list[tuple[type[Record], Lifecycle[Any]]]:
    several = [(model, lifecycle) for model, lifecycle in BY_MODEL.items() if lifecycle.shape is not None]
    return sorted(
        (pair for pair in several if any(state.waits for state in pair[1].states.values())),
        key=lambda pair: pair[1].name,
    )


def _of(
    model: type[Record], lifecycle: Lifecycle[Any], org_id: str, roles: frozenset[str]
) -> sa.Select[str, str, str | None]:
    asked = [("," + model.waits_role + ",").contains(f",{role},", autoescape=True) for role in sorted(roles)]
    return sa.select(
        model.id.label("id"), sa.literal(lifecycle.name).label("lifecycle"), model.waits_role.label("roles")
    ).where(model.waits_org == org_id, sa.or_(*asked))


def machines_of(membership: Membership) -> list[ServiceAccount]:
    """The machines for which the member answers."""
    own = sa.select(ServiceAccount).where(
        ServiceAccount.membership_id == membership.id, ServiceAccount.state == "active"
    )
    return list(db.session.scalars(own.order_by(ServiceAccount.id)))
