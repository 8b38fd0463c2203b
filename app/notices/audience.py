"""Who is told: people of the organisations in an event's audience whose role it is, and whoever it waits for.

Audience and waits are what the record itself says; this knows no domain. Nobody is told what they did themselves, what
they may not see, or what a colleague's role is about. A hushed event has no audience, so only the platform's staff
for whom the record waits can hear of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts import acting, people
from app.accounts.models import Membership, Organisation, Person
from app.kernel.actors import STAFF_KINDS, SYSTEM_ACTOR, Actor
from app.kernel.db import Grant, Record, db
from app.kernel.errors import Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import BY_MODEL, Lifecycle, find, lifecycle_of, visible
from app.kernel.reading import may_hear
from app.notices.texts import SILENT
from app.notices.texts.text import Text

SHARED_ROLES: Final = frozenset({"member"})
"""Held by nearly everybody of a lab: such a role hears only of what its holder began."""

Roles = Mapping[str, frozenset[str]]
"""Organisation id -> roles."""


@dataclass(frozen=True, slots=True)
class Hearer:
    """A person, the organisation in which it concerns them, and whether the record waits for them."""

    person_id: str
    org_id: str
    turn: bool


def record_of(object_id: str) -> Record | None:
    """The record of an id, if its kind has pages to lead to."""
    prefix = object_id.partition("_")[0]
    model = next((one for one in BY_MODEL if one.__prefix__ == prefix and BY_MODEL[one].shape is not None), None)
    if model is None:
        return None
    try:
        return find(model, object_id, SYSTEM_ACTOR)
    except Refusal:
        return None


def of_event(event: Event, record: Record, text: Text) -> list[Hearer]:
    """Everybody who is told of an event."""
    body = event.data
    if text.at and body["to"] not in text.at.split():
        return []
    audience = frozenset(body["audience"])
    moved_on = record.state != body["to"]  # what it waits for now is told by what moved it
    turns = {} if moved_on else {org: roles for org, roles in _turns(record, heard_by=audience).items() if roles}
    asked = body["facts"].get("delegate")
    concerned, begun_by = _concerned(record, audience, text), _begun_by(record) if text.begun else frozenset()
    found = [one for one in _among(turns, concerned, begun_by, record) if asked in (None, one.person_id)]
    doers = _doers(event)
    return [one for one in found if one.person_id not in doers and _hears(one, record, event)]


def waited_for(record: Record) -> list[Hearer]:
    """Everybody for whom a record waits now."""
    return [one for one in _among(_turns(record), {}, _begun_by(record), record) if _hears(one, record, None)]


def at_party(record: Record, party: str, roles: frozenset[str]) -> list[Hearer]:
    """Everybody with one of these roles in the organisation that is this party of the record."""
    org_id = record.party(party)
    concerned = {org_id: roles} if org_id else {}
    return [one for one in _among({}, concerned, frozenset(), record) if _hears(one, record, None)]


def still_waits(record: Record, person_id: str) -> bool:
    """Whether a record waits for a person at this moment."""
    return any(one.person_id == person_id for one in _among(_turns(record), {}, _begun_by(record), record))


def _turns(record: Record, *, heard_by: frozenset[str] | None = None) -> Roles:
    """The roles for which the record waits, by organisation; staff hear whatever the audience is."""
    roles = frozenset((record.waits_role or "").split(",")) - {""}
    place = record.waits_org
    if place is None or place == "system" or not roles:
        return {}
    if place in STAFF_KINDS:
        return dict.fromkeys(
            db.session.scalars(sa.select(Organisation.id).where(Organisation.platform == place)), roles
        )
    if place.startswith(f"{Organisation.__prefix__}_"):
        orgs = {place}
    else:
        orgs = _granted(record, place, unanswered=True)
    return dict.fromkeys(orgs if heard_by is None else orgs & heard_by, roles)


def _granted(record: Record, name: str, *, unanswered: bool = False) -> set[str]:
    statement = sa.select(Grant.org_id).where(Grant.object_id == record.id, Grant.name == name)
    return set(db.session.scalars(statement.where(Grant.answered_at.is_(None)) if unanswered else statement))


def _concerned(record: Record, audience: frozenset[str], text: Text) -> Roles:
    """The roles that are told because of what their organisation is to the record."""
    found: dict[str, frozenset[str]] = {}
    for place in text.to.split():
        orgs = {record.party(place)} if place in record.__parties__ else _granted(record, place)
        roles = roles_at(lifecycle_of(record), place) if text.roles is None else frozenset(text.roles.split())
        for org in audience & orgs:
            found[org] = found.get(org, frozenset()) | roles
    return found


@cache
def roles_at(lifecycle: Lifecycle[Any], place: str) -> frozenset[str]:
    """The roles that may do something to such a record as this party or as these invited.

    What makes another record that nobody is told of (a document to print) says nothing about whose business it is.
    """
    telling = (verb for verb in lifecycle.actions.values() if verb.makes is None or verb.event_name not in SILENT)
    doers = (one for verb in telling for one in verb.by.each())
    return frozenset(role for one in doers if place in (one.party, one.grant) for role in one.roles) - SHARED_ROLES


def _begun_by(record: Record) -> frozenset[str]:
    """The person who began the record, or those whom it is about."""
    about = (getattr(record, name, None) for name in ("person_id", "deputy_id"))
    return frozenset(one for one in about if one is not None)


def _among(turns: Roles, concerned: Roles, begun_by: frozenset[str], record: Record) -> Iterable[Hearer]:
    """One hearer per person: where it waits for them, else where it concerns them."""
    found: dict[str, Hearer] = {}
    beside = _held_beside(record, turns)
    for one in _members({*turns, *concerned}):
        person_id, roles = str(one.person_id), frozenset(one.roles) & one.organisation.roles_possible
        began = person_id in begun_by
        asked = (roles | beside.get(one.id, set())) & turns.get(one.org_id, frozenset())
        turn = bool(asked - SHARED_ROLES or (asked and began))
        told = roles & concerned.get(one.org_id, frozenset()) or (began and one.org_id in concerned)
        if turn or (told and person_id not in found):
            found[person_id] = Hearer(person_id, one.org_id, turn)
    return found.values()


def _held_beside(record: Record, turns: Roles) -> dict[str, set[str]]:
    """Membership id -> roles that count for this record beside the member's own: of its unit, and lent signatures."""
    found = acting.roles_for_unit(getattr(record, "unit_id", None))
    if record.__signed__ and turns:
        for membership_id, roles in acting.lent_in(turns).items():
            found[membership_id] = found.get(membership_id, set()) | roles
    return found


def _members(org_ids: Iterable[str]) -> list[Membership]:
    found = db.session.scalars(_members_of_some(), {"orgs": sorted(org_ids)})
    return [one for one in found if people.may_act(one.organisation)]


@cache
def _members_of_some() -> sa.Select[Membership]:
    return (
        sa.select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .options(joinedload(Membership.organisation))
        .where(Membership.org_id.in_(sa.bindparam("orgs", expanding=True)), Membership.state == "active", Person.active)
        .order_by(Membership.id)
    )


def _doers(event: Event) -> set[str]:
    """Who did it: the actor, and those whose action caused it."""
    found, cause = {event.person_id}, event.data["cause"]
    while cause is not None:
        outer = db.session.scalars(sa.select(Event).where(Event.id == cause)).one()
        found.add(outer.person_id)
        cause = outer.data["cause"]
    return {one for one in found if one is not None}


def _hears(one: Hearer, record: Record, event: Event | None) -> bool:
    actor = people.actor_for(one.person_id, one.org_id, channel="notice")
    return record.id in readable_by(actor, [record.id]) and (event is None or may_hear(event, actor))


def readable_by(actor: Actor, object_ids: Iterable[str]) -> dict[str, Record]:
    """The records of these ids that exist for the actor now, in one query per kind of record."""
    by_model: dict[type[Record], set[str]] = {}
    models = {model.__prefix__: model for model, lifecycle in BY_MODEL.items() if lifecycle.shape is not None}
    for object_id in object_ids:
        model = models.get(object_id.partition("_")[0])
        if model is not None:
            by_model.setdefault(model, set()).add(object_id)
    found: dict[str, Record] = {}
    if actor.org_id is None:
        return found  # a leaver reads what is public, but is told nothing
    for model, some in by_model.items():
        found |= {row.id: row for row in db.session.scalars(visible(model, actor).where(model.id.in_(some))).unique()}
    return found
