"""Units, machines, lent signatures and emergency access of the small park, made by performing actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.actions import delegations, emergencies, keys, memberships, places, service_accounts, units
from app.accounts.models import (
    CostCentre,
    Delegation,
    DeliveryAddress,
    EmergencyAccess,
    Membership,
    ServiceAccount,
    Unit,
)
from app.kernel.db import db, mode
from app.kernel.values import Money, now
from app.kernel.work import unit_of_work
from tests.world import World
from tests.worlds.ordering import do, held

REASON = "管理员账号失窃"


def place_of(world: World, name: str) -> Membership:
    """The active membership of somebody in their home."""
    db.session.rollback()
    return db.session.scalars(
        sa.select(Membership).where(
            Membership.person_id == world.people[name],
            Membership.org_id == world.organisations[world.homes[name]],
            Membership.state == "active",
        )
    ).one()


def unit(world: World, title: str, inside: Unit | None = None, *, org: str = "lab", by: str = "guan") -> Unit:
    """A unit of a lab."""
    parent = inside.id if inside is not None else None
    made: Unit = do(units.make_unit, world.org(org), world.actor(by), title=title, parent=parent)
    return made


def address(world: World, where: Unit | None = None, *, org: str = "lab", by: str = "guan") -> DeliveryAddress:
    """A delivery address of a lab."""
    at = where.id if where is not None else None
    made: DeliveryAddress = do(
        places.make_address, world.org(org), world.actor(by), title="北门库房", place="科学大道 100 号", unit=at
    )
    return made


def cost_centre(
    world: World, code: str = "2026-017", where: Unit | None = None, *, org: str = "lab", by: str = "guan"
) -> CostCentre:
    """A fund of a lab."""
    at = where.id if where is not None else None
    made: CostCentre = do(
        places.make_cost_centre, world.org(org), world.actor(by), kind="fund", code=code, title="薄膜专项", unit=at
    )
    return made


def unit_role(world: World, name: str, where: Unit, role: str = "approver", *, by: str = "guan") -> Membership:
    """Somebody holds a role for a unit."""
    made: Membership = do(memberships.give_unit_role, place_of(world, name), world.actor(by), unit=where.id, role=role)
    return made


def machine(
    world: World, responsible: str = "pu", roles: tuple[str, ...] = ("purchaser",), *, title: str = "库存同步",
    by: str = "guan",
) -> ServiceAccount:  # fmt: skip
    """A machine for which somebody answers."""
    made: ServiceAccount = do(
        service_accounts.make_service_account, world.org(world.homes[responsible]), world.actor(by), title=title,
        roles=list(roles), responsible=place_of(world, responsible).id,
    )  # fmt: skip
    return made


def machine_key(world: World, account: ServiceAccount, *, by: str = "pu", scope: str = "write", **given: Any) -> str:
    """The secret of a fresh key of a machine."""
    made = do_secret(keys.issue_machine_key, account, world.actor(by), title="test", scope=scope, **given)
    return made[1]


def do_secret(verb: Any, record: Any, actor: Any, **given: Any) -> tuple[Any, str]:
    """Perform an action that shows a secret: (what it made or changed, the secret)."""
    with unit_of_work():
        subject = held(record)
        made = verb(subject, actor, **given) or subject
        secret = str(made.secret)
        made_id, model = made.id, type(made)
    db.session.rollback()
    return db.session.get_one(model, made_id, populate_existing=True), secret


def past_every_action(statement: Any) -> None:
    """Write as a defect would: past every action, so that the database alone can refuse."""
    db.session.rollback()
    token = mode.set("write")
    try:
        with db.engine.begin() as connection:
            connection.execute(statement)
    finally:
        mode.reset(token)


def lent(
    world: World, lender: str = "an", deputy: str = "rong", *, role: str = "approver", begins: timedelta | None = None,
    lasts: timedelta = timedelta(days=7), ceiling: str = "50000.00",
) -> Delegation:  # fmt: skip
    """A signature that a colleague lends to another, from now or from later on."""
    start = now() + (begins or timedelta(0))
    made: Delegation = do(
        delegations.lend, place_of(world, lender), world.actor(lender), role=role,
        deputy=place_of(world, deputy).id, starts_at=start, ends_at=start + lasts,
        ceiling=Money.parse(ceiling, "CNY"),
    )  # fmt: skip
    return made


def emergency(
    world: World, *, subject: str = "lab", roles: tuple[str, ...] = ("org_admin",), hours: int = 2, by: str = "ops"
) -> EmergencyAccess:
    """A system administrator of the operator has asked to be let in."""
    made: EmergencyAccess = do(
        emergencies.ask_emergency_access, world.org("operator"), world.actor(by),
        subject=world.organisations[subject], roles=list(roles), hours=hours, reason=REASON,
    )  # fmt: skip
    return made


def let_in(world: World, **given: Any) -> EmergencyAccess:
    """The owner's second person has allowed it."""
    made: EmergencyAccess = do(emergencies.allow, emergency(world, **given), world.actor("wen"))
    return made
