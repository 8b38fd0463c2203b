"""What those see who watch over the park's security: who tries what, what rests, and who lacks a second factor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa

from app.accounts import second_factors, throttle
from app.accounts.guessing import ALARM
from app.accounts.models import Membership, Organisation, Passkey, Person, TotpSecret
from app.kernel.actors import Actor, platform
from app.kernel.db import db
from app.kernel.errors import NOT_THERE
from app.kernel.security import SecurityNote
from app.kernel.values import N_, now

WATCHERS: Final = platform("security_admin|audit_admin", "operator") | platform("auditor", "auditor")
SHOWN_DAYS: Final = 30
MOST_ALARMS: Final = 100
MOST_WITHOUT: Final = 200

ALARM_TITLES: Final = {
    "account": N_("An account is tried"),
    "address": N_("A network tries accounts"),
    "park": N_("Many accounts are tried from many networks"),
    "code": N_("A second factor is tried"),
}
RESTING_TITLES: Final = {
    "account": N_("Accounts that rest"),
    "address": N_("Networks that rest"),
    "code": N_("Second factors that rest"),
    "park": N_("Park in alarm"),
}


class Alarm(NamedTuple):
    """Somebody tried to be somebody."""

    at: datetime
    kind: str
    address: str
    account: str


class Unprotected(NamedTuple):
    """Somebody whose role needs a second factor, who has none yet."""

    person_id: str
    name: str
    org_id: str
    roles: list[str]


def may_watch(actor: Actor) -> bool:
    """Whether the actor watches over the park's security."""
    return any(one.roles & actor.roles and one.platform in actor.kinds for one in WATCHERS.each())


def admit(actor: Actor) -> None:
    """Refusal `not_there` for everybody else."""
    if not may_watch(actor):
        raise NOT_THERE()


def alarms() -> list[Alarm]:
    """The newest ones of a month; accounts are named by a keyed hash, for the log knows no addresses of people."""
    recent = sa.select(SecurityNote).where(
        SecurityNote.kind == ALARM, SecurityNote.at > now() - timedelta(days=SHOWN_DAYS)
    )
    rows = db.session.scalars(recent.order_by(SecurityNote.at.desc()).limit(MOST_ALARMS))
    return [Alarm(one.at, one.detail["at"], one.address, one.detail["account"]) for one in rows]


def resting() -> dict[str, int]:
    """What is at its limit at this moment, by kind."""
    return throttle.at_limit()


def without_factor() -> list[Unprotected]:
    """Those whose role needs a second factor and who have none, by organisation."""
    has = sa.or_(
        sa.exists().where(TotpSecret.person_id == Person.id, TotpSecret.confirmed_at.is_not(None)),
        sa.exists().where(Passkey.person_id == Person.id),
    )
    held = db.session.execute(
        sa.select(Membership, Organisation, Person.name)
        .join(Organisation, Organisation.id == Membership.org_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.state == "active", Person.active, sa.not_(has))
        .order_by(Membership.org_id, Membership.id)
    )
    return [
        Unprotected(str(place.person_id), name, place.org_id, place.roles)
        for place, organisation, name in held
        if second_factors.demanded(organisation.kinds, set(place.roles))
    ][:MOST_WITHOUT]
