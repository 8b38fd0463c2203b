"""Everything that is held of one person, as JSON that people and programs read (PIPL, art. 45)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.models import Membership, Person
from app.accounts.privacy.held import named_in, own_rows
from app.kernel.db import db
from app.kernel.events import Event, EventWords
from app.kernel.security import SecurityNote
from app.kernel.values import now

FORM: Final = 1
"""Of the answer; raised when its shape changes."""


def everything_of(person: Person) -> dict[str, Any]:
    """The person's own data, what they did and said, and the records that name them."""
    everything: dict[str, Any] = plain({
        "form": FORM,
        "made_at": now(),
        "person": {
            "id": person.id, "name": person.name, "email": person.email, "language": person.language,
            "active": person.active, "created_at": person.created_at, "erasure_asked_at": person.erasure_asked_at,
        },
        "memberships": _memberships(person.id),
        "own": own_rows(person.id),
        "did": _did(person.id),
        "security_log": _security(person.id),
        "named_in": named_in(person.id),
    })  # fmt: skip
    return everything


def plain(value: Any) -> Any:
    """The same in the types of JSON; moments as RFC 3339."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _memberships(person_id: str) -> list[dict[str, Any]]:
    rows = db.session.scalars(sa.select(Membership).where(Membership.person_id == person_id).order_by(Membership.id))
    return [
        {"id": one.id, "org": one.org_id, "email": one.email, "roles": one.roles, "state": one.state,
         "created_at": one.created_at}
        for one in rows
    ]  # fmt: skip


def _did(person_id: str) -> list[dict[str, Any]]:
    rows = db.session.execute(
        sa.select(Event, EventWords.words)
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.person_id == person_id)
        .order_by(Event.seq)
    )
    return [
        {"at": event.at, "what": event.name, "object": event.object_id, "org": event.org_id, "words": words}
        for event, words in rows
    ]


def _security(person_id: str) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        sa.select(SecurityNote).where(SecurityNote.person_id == person_id).order_by(SecurityNote.at)
    )
    return [{"at": one.at, "kind": one.kind, "address": one.address, "detail": one.detail} for one in rows]
