"""Everybody who knocks at every door: one person per role of every organisation of the small park, and some more.

Roles only add up, so in an organisation that stands outside one person may hold all that is left (`lab2.others`): what
is closed to them is closed to each of its roles. `operator.dealing` and `owner.dealing` hold the deciding roles of
their house and belong to the lab, to the supplier and to `itself` besides: they show where somebody could decide for an
organisation to which they belong. `operator.settlement_2` did not propose what settlement proposed. `itself` is the one
person of an organisation that no other label stands for.
"""

from __future__ import annotations

from typing import Any, Final

from app.accounts import people
from app.accounts.actions import keys, memberships
from app.accounts.models import KIND_ROLES, Membership, Organisation
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.world import ORGANISATIONS, World

ANONYMOUS: Final = "anonymous"
ITSELF: Final = "itself"
OTHERS: Final = "others"
READ_ONLY: Final = "lab.purchaser"
"""Whose second key may only read."""

ADMINS: Final = {
    "operator": "ops", "owner": "wang", "auditor": "shen", "lab": "guan", "lab2": "lab2admin", "supplier": "zong",
    "supplier2": "zong2", "service": "fuwu",
}  # fmt: skip
OUTSIDE: Final = {
    "lab2": (OTHERS,),
    "supplier2": ("sales", OTHERS),
    "service": ("expert", "sales", "fulfilment", OTHERS),
}
DEALING: Final = {"operator": ("reviewer", "transaction_approver", "settlement", "support"), "owner": ("owner",)}


def hire(world: World, home: str, name: str, roles: list[str], *, email: str | None = None) -> Membership:
    """A person joins an organisation by the invitation of its admin, or of the operator where it has none."""
    with unit_of_work():
        organisation = find(Organisation, world.organisations[home], SYSTEM_ACTOR)
        inviter = world.actor(ADMINS.get(home, "rui"))
        made = memberships.invite(organisation, inviter, email=email or f"{name}@{home}.example", roles=roles)
        memberships.join(made, SYSTEM_ACTOR, name=name.title(), language="zh")
        world.people[name] = str(made.person_id)
    world.homes.setdefault(name, home)
    return made


def key_of(world: World, name: str, membership: Membership) -> str:
    """A fresh API key of a person for one of their memberships."""
    with unit_of_work():
        held = find(Membership, membership.id, SYSTEM_ACTOR)
        actor = people.actor_for(world.people[name], held.org_id, channel="web")
        return str(keys.issue_key(held, actor, title="test", scope="write").secret)  # type: ignore[attr-defined]


def everybody(world: World) -> dict[str, str | None]:
    """Label -> API key of everybody, hired where the small park has nobody with this role alone."""
    found: dict[str, str | None] = {ANONYMOUS: None}
    for home, (_, kinds, staff) in ORGANISATIONS.items():
        every = _roles(kinds)
        for role in OUTSIDE.get(home, every):
            held = [one for one in every if one not in OUTSIDE[home]] if role == OTHERS else [role]
            found[f"{home}.{role}"] = _holder(world, home, held, staff)
    found["operator.settlement_2"] = world.key("sen")
    found |= {f"{home}.dealing": key_of(world, f"{home}_dealing", world.things[f"{home}_dealing"]) for home in DEALING}
    return found


def _holder(world: World, home: str, roles: list[str], staff: dict[str, str]) -> str:
    """A key of the first who holds just these roles, or of somebody new."""
    name = next((name for name, held in staff.items() if held.split() == roles), None)
    if name is None:
        name = f"{home}_{roles[0]}"
        hire(world, home, name, roles)
    return world.key(name)


def _roles(kinds: dict[str, Any]) -> list[str]:
    named = [str(value) if key == "platform" else key.removeprefix("is_") for key, value in kinds.items() if value]
    return sorted({role for kind in named for role in KIND_ROLES[kind]})


def hire_dealing(world: World) -> None:
    """The people of operator and owner who belong to the lab and to the supplier too."""
    for home, roles in DEALING.items():
        world.things[f"{home}_dealing"] = hire(world, home, f"{home}_dealing", list(roles))
    join_dealing(world, "lab", "member")
    join_dealing(world, "supplier", "catalogue")


def join_dealing(world: World, place: str, role: str) -> None:
    """They join an organisation besides, with a role in which nobody decides anything."""
    for home in DEALING:
        hire(world, place, f"{home}_dealing", [role], email=f"{home}_dealing@{home}.example")


def read_only_key(world: World) -> str:
    """A key of the lab's purchaser that may only read."""
    return world.key(READ_ONLY.replace(".", "_"), scope="read")
