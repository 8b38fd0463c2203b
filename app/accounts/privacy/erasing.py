"""Erasing one person, and correcting what is written of them; the ledger and the chain verify as before.

Name and address stand in the person's row and in memberships alone; everything else refers. What a person wrote stands
beside the chain, bound by salted digests (kernel/events.py), and is deleted. Kept are the records of organisations, in
which the person is a reference without a name, and the security log for the time the law asks for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from flask import current_app

from app.accounts import people
from app.accounts.actions import memberships, service_accounts
from app.accounts.duties import machines_of, roles_alone, waiting_for_alone
from app.accounts.models import IdempotencyKey, Membership, Person
from app.accounts.privacy.held import belonging
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, NOT_THERE, refusal
from app.kernel.events import Delivery, Event, EventWords
from app.kernel.values import N_, now

NOWHERE: Final = "erased.invalid"
"""A domain that no mail ever reaches (RFC 2606, section 2)."""

LAST_ONE = refusal(
    "last_admin_of", CONFLICT, N_("This person is the last admin of an organisation. Name a colleague who takes over.")
)
OPEN_DUTIES = refusal(
    "open_duties", CONFLICT, N_("%(count)s things wait for this person alone. Name a colleague who takes over.")
)
NO_SUCCESSOR = refusal(
    "no_successor", INVALID, N_("Whoever takes over is an active member of every organisation where it is needed.")
)
ADDRESS_TAKEN = refusal("address_taken", CONFLICT, N_("Somebody else has this address."))


def by_email(email: str) -> Person:
    """The person with this address, who is not erased; else `not_there`."""
    person = db.session.scalar(sa.select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NOT_THERE()
    return person


def ask_for_erasure(person: Person, *, wanted: bool = True) -> None:
    """Write down that a person wishes to be erased, or does not any more; needs a unit of work."""
    person.erasure_asked_at = now() if wanted else None


def correct(person: Person, *, name: str | None = None, email: str | None = None) -> None:
    """Write a person's name or address anew, wherever it stands; whoever was signed in signs in again."""
    if name is not None:
        person.name = name
    if email is None or email == person.email:
        return
    if db.session.scalar(sa.select(Person.id).where(Person.email == email)) is not None:
        raise ADDRESS_TAKEN(fields={"email": [ADDRESS_TAKEN.words]})
    person.email = email
    for held in _places(person.id, "invited", "active"):
        memberships.readdress(held, SYSTEM_ACTOR, email=email)
    people.close_sessions(person.id)


def duties_left(person: Person) -> int:
    """How many things wait for this person alone, in all their organisations."""
    held = _places(person.id, "active")
    return sum(len(waiting_for_alone(one)) + len(machines_of(one)) for one in held)


def erase(person: Person, *, successor: Person | None = None) -> None:
    """Erase a person; refused while they are needed, unless a successor takes their roles and machines over."""
    if person.erased_at is not None:
        raise NOT_THERE()
    held = _places(person.id, "active")
    if successor is not None:
        for one in held:
            _hand_over(one, successor)
    if any("org_admin" in roles_alone(one) for one in held):
        raise LAST_ONE()
    if duties := duties_left(person):
        raise OPEN_DUTIES(count=duties)
    for one in _places(person.id, "invited", "active"):
        memberships.end(one, SYSTEM_ACTOR)
    address = person.email
    for one in _places(person.id, "ended"):
        memberships.readdress(one, SYSTEM_ACTOR, email=f"{one.id}@{NOWHERE}")
    _rows_go(person.id)
    _mail_goes(address)
    person.name, person.email, person.password_hash = "", f"{person.id}@{NOWHERE}", None
    person.active, person.erased_at, person.erasure_asked_at = False, now(), None
    db.session.flush()


def _places(person_id: str, *states: str) -> list[Membership]:
    statement = sa.select(Membership).where(Membership.person_id == person_id, Membership.state.in_(states))
    return list(db.session.scalars(statement.order_by(Membership.id)))


def _hand_over(leaving: Membership, successor: Person) -> None:
    """Give a colleague of the same organisation the roles that would be held by nobody, and the machines."""
    alone, machines = roles_alone(leaving), machines_of(leaving)
    if not machines and "org_admin" not in alone and not waiting_for_alone(leaving):
        return
    heir = next((one for one in _places(successor.id, "active") if one.org_id == leaving.org_id), None)
    if heir is None or successor.id == leaving.person_id:
        raise NO_SUCCESSOR()
    needed = alone | {role for machine in machines for role in machine.roles}
    memberships.change_roles(heir, SYSTEM_ACTOR, roles=sorted(needed | set(heir.roles)))
    for machine in machines:
        service_accounts.hand_over(machine, SYSTEM_ACTOR, responsible=heir.id)


def _rows_go(person_id: str) -> None:
    """The person's own rows, their words beside the chain, and stored answers to what they sent."""
    for model in belonging():
        db.session.execute(sa.delete(model).where(model.__table__.c.person_id == person_id))
    own_events = sa.select(Event.id).where(Event.person_id == person_id)
    db.session.execute(sa.delete(EventWords).where(EventWords.event_id.in_(own_events)))
    db.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.principal.startswith(person_id)))


def _mail_goes(address: str) -> None:
    """Mail that is still to go out, and what the folder of a park without a mail server has kept."""
    told = sa.cast(Delivery.payload, sa.Text).contains(address, autoescape=True)
    db.session.execute(sa.delete(Delivery).where(told))
    folder = Path(current_app.instance_path) / "mail"
    for kept in folder.glob("*.eml") if folder.is_dir() else ():
        if f"\nto: {address}" in kept.read_text(encoding="utf-8", errors="replace").lower():
            kept.unlink(missing_ok=True)
