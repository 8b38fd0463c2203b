"""What exists for whom: the row predicate of every model, in one place."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from app.kernel.actors import Actor, grant_exists
from app.kernel.db import Record
from app.kernel.events import Event

Rule = Any
"""A function (actor) -> SQL predicate or None."""

_PUBLIC: Final[dict[type[Record], Rule]] = {}
_PARTIES: Final[dict[type[Record], Rule]] = {}
_STAFF: Final[dict[type[Record], Rule]] = {}


def public_when(model: type[Record], rule: Rule) -> None:
    """Rows that anybody may read, signed in or not: `rule(actor)` gives the predicate."""
    _PUBLIC[model] = rule


def parties_read(model: type[Record], rule: Rule) -> None:
    """Replace "every party reads the row" by the model's own predicate (a sealed quote, an unsent order)."""
    _PARTIES[model] = rule


def staff_read(model: type[Record], rule: Rule) -> None:
    """Replace "operator, owner and auditor read every row" by the model's own predicate."""
    _STAFF[model] = rule


def readable(model: type[Record], actor: Actor) -> sa.ColumnElement[bool]:
    """The union of public, party, grant and staff, written once per model; nothing for an actor without any."""
    if actor.system:
        return sa.true()
    terms: list[sa.ColumnElement[bool]] = []
    if model in _PUBLIC:
        terms.append(_PUBLIC[model](actor))
    if actor.org_id is not None:  # before any comparison: `column == None` would show ownerless rows to strangers
        terms.append(_PARTIES[model](actor) if model in _PARTIES else _any_party(model, actor))
        if model.__grants__:
            terms.append(grant_exists(model, actor))
        if actor.is_staff:
            terms.append(_STAFF[model](actor) if model in _STAFF else sa.true())
    return sa.or_(sa.false(), *terms)


def _any_party(model: type[Record], actor: Actor) -> sa.ColumnElement[bool]:
    columns = [getattr(model, column) for column in model.__parties__.values()]
    return sa.or_(sa.false(), *(column == actor.org_id for column in columns))


def may_hear(event: Event, actor: Actor) -> bool:
    """Whether a reader of a record learns of an event: its audience, those who did it, and staff.

    An invited supplier reads the request, but not who else was invited or who asked.
    """
    if actor.is_staff or actor.system:
        return True
    return actor.org_id is not None and (event.org_id == actor.org_id or actor.org_id in event.data["audience"])
