"""What an auditor types becomes a question to the chain: numbers, names and days instead of ids and moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from marshmallow import fields

from app.accounts.models import Organisation, Person
from app.kernel import audit
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.numbers import PARK_OFFSET
from app.kernel.shapes import Input, Text
from app.kernel.values import N_

NAMED_MOST: Final = 50
"""People or organisations that one name may mean; a name that means more is no filter worth having."""

RECORD_CHARS: Final = 60
EVENT_CHARS: Final = 60


class AuditFilter(Input):
    """What is searched for; everything is optional."""

    record = Text(most=RECORD_CHARS, load_default="", metadata={"title": N_("Number or id of a record")})
    event = Text(most=EVENT_CHARS, load_default="", metadata={"title": N_("Event")})
    person = Text(load_default="", metadata={"title": N_("Who did it (name or e-mail)")})
    org = Text(load_default="", metadata={"title": N_("For which organisation")})
    since = fields.Date(load_default=None, allow_none=True, metadata={"title": N_("From the day")})
    until = fields.Date(load_default=None, allow_none=True, metadata={"title": N_("To the day")})


def known_events() -> dict[str, list[str]]:
    """Kind of record -> the names of the events that can happen to it."""
    found: dict[str, set[str]] = {name: set() for name in LIFECYCLES}
    for lifecycle in LIFECYCLES.values():
        for verb in lifecycle.actions.values():
            names = [verb.event_name, *([verb.birth_name] if verb.makes is not None else [])]
            for name in names:
                found[name.partition(".")[0]].add(name)
    return {kind: sorted(names) for kind, names in sorted(found.items()) if names}


def question(given: Mapping[str, Any], actor: Actor) -> audit.Question:
    """The question behind a filter; names are looked up here, and a name that nobody has finds nothing."""
    audit.admit(actor)
    return audit.Question(
        objects=audit.ids_named(given["record"], actor) if given["record"] else None,
        event=given["event"] or None,
        people=_people(given["person"]) if given["person"] else None,
        orgs=_organisations(given["org"]) if given["org"] else None,
        since=_begin(given["since"]) if given["since"] else None,
        until=_begin(given["until"] + timedelta(days=1)) if given["until"] and given["until"] < date.max else None,
    )


def _begin(day: date) -> datetime:
    """Midnight on the park's wall; before the first moment that can be told, that one."""
    moment = datetime.combine(day, time(), UTC)
    return moment - PARK_OFFSET if day > date.min else moment


def _people(text: str) -> list[str]:
    same = sa.or_(Person.id == text.lower(), Person.email == text.lower(), Person.name == text)
    return list(db.session.scalars(sa.select(Person.id).where(same).limit(NAMED_MOST)))


def _organisations(text: str) -> list[str]:
    same = sa.or_(
        Organisation.id == text.lower(),
        Organisation.credit_code == text.upper(),
        Organisation.name_zh.icontains(text, autoescape=True),
        Organisation.name_en.icontains(text, autoescape=True),
    )
    return list(db.session.scalars(sa.select(Organisation.id).where(same).limit(NAMED_MOST)))
