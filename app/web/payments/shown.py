"""How amounts, states and movements look on the pages of money."""

from __future__ import annotations

from typing import Any

from app import i18n
from app.http import own_organisation
from app.kernel.actors import Actor
from app.kernel.db import Record
from app.kernel.lifecycle import Action, lifecycle_of
from app.kernel.values import Money
from app.web.core.record import badge


def state_badge(record: Record) -> tuple[str, str]:
    """(title, tone) of a record's state."""
    return badge(lifecycle_of(record), record.state)


def figure(value: Money) -> str | None:
    """An amount for a table whose head names the currency; nothing for nothing, so that figures stand out."""
    return i18n.amount(value) if value.minor else None


def strong(value: Money) -> dict[str, Any]:
    """An amount that carries the row."""
    return {"text": i18n.amount(value), "strong": True}


def may_do(verb: Action[Any, Any, Any], record: Record, asking: Actor) -> tuple[str, str] | None:
    """A verb as (label, href) where the reader may do it in this state; its guards speak on its form."""
    if record.state not in verb.sources or not verb.by.admits(asking, record):
        return None
    return i18n.say(verb.title), f"/{verb.lifecycle.collection}/{record.id}/{verb.name}"


def may_begin(birth: Action[Any, Any, Any], asking: Actor, path: str) -> tuple[str, str] | None:
    """The button that begins a record of the own organisation, for those who may."""
    return (i18n.say(birth.title), path) if birth.by.admits(asking, own_organisation(asking)) else None
