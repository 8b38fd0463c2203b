"""The demo's stage: who is there, and how they perform actions by name, with the checks that everybody meets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from app.accounts.people import actor_for
from app.http import parse
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import LIFECYCLES, find
from app.kernel.values import now
from app.kernel.work import unit_of_work

PARK_OFFSET: Final = timedelta(hours=8)
"""The park's wall is so far ahead of UTC."""
CLOSING_TIME: Final = time(17, 0)


class Person(NamedTuple):
    """Somebody of the demo, in one organisation."""

    person_id: str
    org: str
    local: str
    name: str
    roles: list[str]
    api_key: str


class Somebody(NamedTuple):
    """An organisation of the demo."""

    id: str
    zh: str
    en: str
    kinds: list[str]


@dataclass
class Stage:
    """Organisations by key, people by "org.local", listings by code."""

    password_hash: str
    organisations: dict[str, Somebody] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    listings: dict[str, str] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def org(self, key: str) -> str:
        """The id of an organisation."""
        return self.organisations[key].id

    def key(self, org_id: str) -> str:
        """The key of an organisation by its id."""
        return next(key for key, one in self.organisations.items() if one.id == org_id)

    def who(self, name: str) -> Person:
        """`lab.finance`: the person of that address, else the first of the organisation with that role."""
        if name in self.people:
            return self.people[name]
        org, _, role = name.partition(".")
        held = next((one for one in self.people.values() if one.org == org and role in one.roles), None)
        if held is None:
            raise LookupError(f"nobody is {name}")
        return held

    def actor(self, name: str) -> Actor:
        """The person acting for their organisation; read once, for rights change by memberships only."""
        if name not in self._actors:
            person = self.who(name)
            found = actor_for(person.person_id, self.org(person.org), channel="web")
            self._actors[name] = replace(found, proved=True)  # the story leaves their telephones out
        return self._actors[name]

    def forget_rights(self) -> None:
        """After somebody's roles, or an organisation's standing, have changed."""
        self._actors.clear()

    def leaves(self, name: str) -> None:
        """Somebody who can no longer sign in."""
        del self.people[name]
        self.forget_rights()

    def do(self, name: str, full_name: str, record_id: str, /, **given: Any) -> str:
        """Perform `rfq.publish` and the like as the person; the id of the record made, or of the same one."""
        return self._perform(full_name, record_id, given, name)

    def system(self, full_name: str, record_id: str, /, **given: Any) -> str:
        """Perform what only SYSTEM does."""
        return self._perform(full_name, record_id, given, None)

    def _perform(self, full_name: str, record_id: str, given: dict[str, Any], name: str | None) -> str:
        lifecycle, _, action = full_name.partition(".")
        verb = LIFECYCLES[lifecycle].actions[action]
        with together():
            actor = SYSTEM_ACTOR if name is None else self.actor(name)
            record = find(verb.lifecycle.model, record_id, actor, lock=True)
            # What only SYSTEM does takes no input: its arguments are the program's own.
            made = verb(record, actor, **(given if actor.system and verb.takes is None else parse(verb, given)))
        return made.id if isinstance(made, Record) else record_id

    def see(self, kind: str, record_id: str) -> Any:
        """The record itself, to look at."""
        return find(LIFECYCLES[kind].model, record_id, SYSTEM_ACTOR)

    def all(self, kind: str, /, **columns: Any) -> list[Any]:
        """The records of a kind with these columns, oldest first."""
        model = LIFECYCLES[kind].model
        return list(db.session.scalars(db.select(model).filter_by(**columns).order_by(model.id)))


@contextmanager
def together() -> Iterator[None]:
    """One unit of work, or the one that runs already: so a story may put many actions into one."""
    if "work" in db.session().info:
        yield
    else:
        with unit_of_work():
            yield


def yuan(amount: str | int) -> dict[str, str]:
    """An amount as the API takes it."""
    return {"amount": str(amount), "currency": "CNY"}


def in_days(days: int) -> str:
    """So many days from the story's own now, at closing time on the park's wall."""
    day = (now() + PARK_OFFSET).date() + timedelta(days=days)
    return (datetime.combine(day, CLOSING_TIME, UTC) - PARK_OFFSET).isoformat()


def today() -> str:
    """The story's own day on the park's wall."""
    return (now() + PARK_OFFSET).date().isoformat()
