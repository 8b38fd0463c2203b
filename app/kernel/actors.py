"""Who acts, and who may: Actor and the four kinds of Who (party role, grant role, platform role, SYSTEM)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from app.kernel.db import Grant, Record, db
from app.kernel.values import N_

STAFF_KINDS: Final = frozenset({"operator", "owner", "auditor"})

ROLE_TITLES: Final = {
    "member": N_("lab member"),
    "purchaser": N_("purchaser"),
    "approver": N_("approver"),
    "receiver": N_("receiver"),
    "finance": N_("finance"),
    "org_admin": N_("organisation admin"),
    "catalogue": N_("catalogue editor"),
    "sales": N_("sales"),
    "fulfilment": N_("fulfilment"),
    "expert": N_("expert"),
    "reviewer": N_("reviewer"),
    "transaction_approver": N_("transaction approver"),
    "settlement": N_("settlement"),
    "support": N_("support"),
    "system_admin": N_("system administrator"),
    "security_admin": N_("security administrator"),
    "audit_admin": N_("audit administrator"),
    "owner": N_("owner"),
    "auditor": N_("auditor"),
}
PARTY_TITLES: Final = {
    "self": N_("the organisation"),
    "subject": N_("the organisation entered"),
    "buyer": N_("the buyer"),
    "supplier": N_("the supplier"),
    "operator": N_("the operator"),
    "owner": N_("the owner"),
    "auditor": N_("the auditor"),
    "invited": N_("an invited supplier"),
    "answering": N_("the side whose turn it is"),
    "successor": N_("whoever takes over"),
    "system": N_("the system"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for one organisation with the roles held there now; passed explicitly, never looked up."""

    person_id: str | None = None
    org_id: str | None = None
    roles: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    org_ids: frozenset[str] = frozenset()
    system: bool = False
    channel: str = "web"
    request_id: str | None = None
    read_only: bool = False
    # What a key was given for (app/accounts/areas.py); None is everything, as it is for a person.
    areas: frozenset[str] | None = None
    # Roles held for a part of the organisation only: (unit, role), every unit of the part listed.
    unit_roles: frozenset[tuple[str, str]] = frozenset()
    # Signing roles that colleagues have lent; they count on documents that wait for signatures and nowhere else.
    lent_roles: frozenset[str] = frozenset()
    # Why this actor is here although it is no colleague at its own desk: a machine's account, an emergency access.
    machine: str | None = None
    emergency: str | None = None

    def may_touch(self, area: str) -> bool:
        """Whether a key was given for this area; a person's browser has no such bounds."""
        return self.areas is None or area in self.areas

    def roles_on(self, record: Record) -> frozenset[str]:
        """The roles that count for a record: those held everywhere, those of its unit, and lent signatures."""
        lent = self.lent_roles if record.__signed__ else frozenset()
        return self.roles | lent | self.roles_at(getattr(record, "unit_id", None))

    def roles_at(self, unit_id: str | None) -> frozenset[str]:
        """The roles held for a unit beside those held everywhere; without a unit none."""
        return frozenset(role for unit, role in self.unit_roles if unit == unit_id)

    proved: bool = False
    """Whether the person has shown a second factor in this session."""

    def staff(self, kind: str) -> bool:
        """Whether the organisation acted for is the operator, the owner or the auditor."""
        return kind in STAFF_KINDS and kind in self.kinds

    @property
    def is_staff(self) -> bool:
        """Whether it is any of them; they read what is not sealed."""
        return bool(self.kinds & STAFF_KINDS)

    def reference(self) -> dict[str, str | None]:
        """What the chain says of an actor: references only."""
        if self.system:
            return {"person": None, "org": None, "channel": "system", "request": self.request_id}
        told = {"person": self.person_id, "org": self.org_id, "channel": self.channel, "request": self.request_id}
        marks = {"machine": self.machine, "emergency": self.emergency}
        return told | {name: mark for name, mark in marks.items() if mark is not None}


ANONYMOUS: Final = Actor()
SYSTEM_ACTOR: Final = Actor(system=True, channel="system")


@dataclass(frozen=True, slots=True)
class Who:
    """One kind of doer; `a | b` admits either."""

    roles: frozenset[str] = frozenset()
    party: str | None = None
    platform: str | None = None
    grant: str | None = None
    system: bool = False
    others: tuple[Who, ...] = field(default=())

    def __post_init__(self) -> None:
        if sum((bool(self.party), bool(self.platform), bool(self.grant), self.system)) != 1:
            raise ValueError("a Who is exactly one of party, platform, grant, SYSTEM")
        if not self.system and not self.roles:
            raise ValueError("a Who without roles would admit everybody")

    def __or__(self, other: Who) -> Who:
        return Who(self.roles, self.party, self.platform, self.grant, self.system, (*self.others, other))

    def each(self) -> tuple[Who, ...]:
        """The single kinds that this one is made of."""
        first = Who(self.roles, self.party, self.platform, self.grant, self.system)
        return (first, *(one for other in self.others for one in other.each()))

    def admits(self, actor: Actor, record: Record) -> bool:
        """Whether the actor is one of these for the record. An actor without an organisation never is."""
        return any(one._admits(actor, record) for one in self.each())

    def _admits(self, actor: Actor, record: Record) -> bool:
        if self.system or actor.system:
            return self.system and actor.system
        if actor.org_id is None or actor.person_id is None or not (self.roles & actor.roles_on(record)):
            return False
        if self.platform:
            return self.platform in actor.kinds
        if self.party:
            return self.party in record.__parties__ and record.party(self.party) == actor.org_id
        return granted(record.id, actor.org_id, str(self.grant))

    def titles(self) -> list[tuple[str, str]]:
        """(party title, role title) source texts of everyone admitted, for sentences and docs."""
        named = []
        for one in self.each():
            place = PARTY_TITLES["system" if one.system else (one.party or one.platform or one.grant or "")]
            named += [(place, ROLE_TITLES[role]) for role in sorted(one.roles)] or [(place, "")]
        return named


def granted(object_id: str, org_id: str, name: str) -> bool:
    """Whether the organisation holds a grant of this name on the record."""
    return db.session.get(Grant, (object_id, org_id, name)) is not None


def grant_exists(model: type[Record], actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: the actor's organisation holds any grant on the row."""
    return sa.exists().where(Grant.object_id == model.id, Grant.org_id == actor.org_id)


def who(roles: str, party: str) -> Who:
    """Roles ("a|b") held in the organisation that is this party of the record."""
    return Who(roles=frozenset(roles.split("|")), party=party)


def invited(roles: str, grant: str = "invited") -> Who:
    """Roles held in an organisation that was granted the record."""
    return Who(roles=frozenset(roles.split("|")), grant=grant)


def platform(roles: str, kind: str) -> Who:
    """Roles held in the operator, the owner or the auditor."""
    if kind not in STAFF_KINDS:
        raise ValueError(kind)
    return Who(roles=frozenset(roles.split("|")), platform=kind)


SYSTEM: Final = Who(system=True)
