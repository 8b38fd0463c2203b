"""Accounts of machines: made by an administrator, answered for by a colleague, ended with nobody to answer."""

from __future__ import annotations

from typing import Final

from app.accounts.actions import keys
from app.accounts.actions.organisations import ADMIN, ORGANISATION
from app.accounts.colleagues import colleague
from app.accounts.key_schemas import HandOverInput, ServiceAccountInput
from app.accounts.lifecycles import SERVICE_ACCOUNT
from app.accounts.models import ApiKey, Membership, Organisation, ServiceAccount
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh
from app.kernel.values import N_
from app.kernel.work import note

MACHINE_ROLES: Final = frozenset(
    {"member", "purchaser", "receiver", "finance", "catalogue", "sales", "fulfilment", "auditor"}
)
"""What a machine may do. It decides nothing: approving, ruling, reviewing and administrating are for people."""

NOT_FOR_MACHINES = refusal("not_for_machines", INVALID, N_("A machine does not hold the role %(role)s."))
LACKS_THE_ROLES = refusal(
    "lacks_the_roles", INVALID, N_("Whoever answers for a machine holds all its roles: %(roles)s is missing.")
)
SAME_RESPONSIBLE = refusal("same_responsible", CONFLICT, N_("This colleague answers for it already."))


def _holds(responsible: Membership, roles: list[str]) -> None:
    missing = sorted(set(roles) - set(responsible.roles))
    if missing:
        told = LACKS_THE_ROLES(roles=missing)
        raise LACKS_THE_ROLES(roles=missing, fields={"responsible": [told]})


@ORGANISATION.action(
    "admitted -> =", by=ADMIN, takes=ServiceAccountInput, makes=SERVICE_ACCOUNT, title=N_("New machine account")
)
def make_service_account(
    organisation: Organisation, actor: Actor, *, title: str, roles: list[str], responsible: str
) -> ServiceAccount:
    """An admin makes an account for a machine or program, with a colleague who answers for it."""
    for role in roles:
        if role not in MACHINE_ROLES & organisation.roles_possible:
            raise NOT_FOR_MACHINES(role=role, fields={"roles": [NOT_FOR_MACHINES(role=role)]})
    held = colleague(organisation.id, responsible, actor, field="responsible")
    _holds(held, roles)
    note(responsible=held.person_id, roles=sorted(set(roles)))
    return fresh(
        ServiceAccount, org_id=organisation.id, membership_id=held.id, title=title, roles=sorted(set(roles)),
        responsible=held,
    )  # fmt: skip


@SERVICE_ACCOUNT.action(
    "active -> =", by=ADMIN | SYSTEM, takes=HandOverInput, title=N_("Let another colleague answer for it")
)
def hand_over(account: ServiceAccount, actor: Actor, *, responsible: str) -> None:
    """An admin lets another colleague answer for the machine; secrets made before work for some hours more only."""
    if responsible == account.membership_id:
        raise SAME_RESPONSIBLE(fields={"responsible": [SAME_RESPONSIBLE.words]})
    held = colleague(account.org_id, responsible, actor, field="responsible")
    _holds(held, account.roles)
    account.membership_id = held.id
    db.session.flush()
    db.session.refresh(account, ["responsible"])
    for key in _keys(account):
        keys.run_out(key, SYSTEM_ACTOR)
    note(responsible=held.person_id)


@SERVICE_ACCOUNT.action("active -> ended", by=ADMIN | SYSTEM, title=N_("End the machine account"), dangerous=True)
def end(account: ServiceAccount, actor: Actor) -> None:
    """The machine is switched off: its keys open nothing any more."""
    del actor
    for key in _keys(account):
        keys.revoke(key, SYSTEM_ACTOR)


def _keys(account: ServiceAccount) -> list[ApiKey]:
    active = db.select(ApiKey).where(ApiKey.account_id == account.id, ApiKey.state == "active")
    return list(db.session.scalars(active.order_by(ApiKey.id)))
