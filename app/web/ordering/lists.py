"""What the lists of this package share: views as tabs, keyset pages, addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _

from app import i18n
from app.http import own_organisation
from app.kernel.actors import Actor
from app.kernel.db import Record
from app.kernel.lifecycle import BY_MODEL, Action
from app.kernel.pages import Page, page
from app.ordering.queries import listed, state_counts
from app.web.core.pages import CURSOR_MOST_CHARS, NO_SUCH_VIEW

Views = Mapping[str, tuple[str, ...]]


def view_asked(views: Views) -> str | None:
    """The view that the address names, or None for all; refusal `no_such_view` for another word."""
    view = request.args.get("view") or None
    if view is not None and view not in views:
        raise NO_SUCH_VIEW()
    return view


def rows_of(model: type[Record], actor: Actor, views: Views, view: str | None) -> Page[Any]:
    """One page of the list, newest first."""
    after = request.args.get("after", "")[:CURSOR_MOST_CHARS] or None
    return page(listed(model, actor, views[view] if view else None), model, after=after)


def tabs(model: type[Record], actor: Actor, views: Views, titles: Mapping[str, str], view: str | None) -> list[Any]:
    """The views with their counts, in two queries at most."""
    counts = state_counts(model, actor)
    base = f"/{BY_MODEL[model].collection}"
    every = {"label": _("All"), "href": base, "current": view is None, "count": sum(counts.values())}
    return [every] + [
        {
            "label": i18n.say(titles[name]),
            "href": f"{base}?view={name}",
            "current": name == view,
            "count": sum(counts.get(state, 0) for state in states),
        }
        for name, states in views.items()
    ]


def links(collection: str, view: str | None, found: Page[Any]) -> dict[str, str | None]:
    """Where the list goes on, and back to its beginning."""

    def address(after: str | None) -> str:
        query = urlencode([(name, value) for name, value in (("view", view), ("after", after)) if value])
        return f"/{collection}?{query}" if query else f"/{collection}"

    return {
        "next_url": address(found.next) if found.next else None,
        "first_url": address(None) if request.args.get("after") else None,
    }


def new_button(birth: Action[Any, Any, Any], asking: Actor, path: str) -> tuple[str, str] | None:
    """The button that begins a record, for those who may."""
    return (i18n.say(birth.title), path) if birth.by.admits(asking, own_organisation(asking)) else None


def may(verb: Action[Any, Any, Any], record: Record, asking: Actor) -> tuple[str, str] | None:
    """A verb of a part as (label, href) where the reader may do it in this state; its guards speak on its form."""
    if record.state not in verb.sources or not verb.by.admits(asking, record):
        return None
    return i18n.say(verb.title), f"/{verb.lifecycle.collection}/{record.id}/{verb.name}"
