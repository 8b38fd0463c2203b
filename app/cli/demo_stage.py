"""The demo's stage: who is there, and how they perform actions by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.accounts.people import actor_for
from app.http import parse
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import Record
from app.kernel.lifecycle import LIFECYCLES, find
from app.kernel.work import unit_of_work


@dataclass
class Stage:
    """Organisations and listings by name, people by address."""

    organisations: dict[str, str] = field(default_factory=dict)
    people: dict[str, tuple[str, str, str, list[str]]] = field(default_factory=dict)
    listings: dict[str, str] = field(default_factory=dict)

    def actor(self, email: str) -> Actor:
        """The person acting for their organisation."""
        person_id, org_id, _, _ = self.people[email]
        return actor_for(person_id, org_id, channel="web")

    def do(self, email: str, full_name: str, record_id: str, given: dict[str, Any] | None = None) -> str:
        """Perform `rfq.publish` and the like as the person; returns the id of the record made, or of the same one."""
        lifecycle, _, name = full_name.partition(".")
        verb = LIFECYCLES[lifecycle].actions[name]
        with unit_of_work():
            actor = self.actor(email)
            record = find(verb.lifecycle.model, record_id, actor, lock=True)
            made = verb(record, actor, **parse(verb, given or {}))
            return made.id if isinstance(made, Record) else record_id

    def see(self, kind: str, record_id: str) -> Any:
        """The record itself, to look at."""
        return find(LIFECYCLES[kind].model, record_id, SYSTEM_ACTOR)
