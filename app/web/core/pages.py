"""Default pages for every lifecycle that has no page of its own: the record, the list, and the search by number."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import files
from app.accounts.models import Organisation
from app.http import actor, collection_birth, collections, download, own_organisation, signed_in
from app.kernel.actors import Actor
from app.kernel.db import Record
from app.kernel.errors import INVALID, NOT_THERE, SIGN_IN, Refusal, refusal
from app.kernel.lifecycle import Action, Lifecycle, lifecycle_of, visible
from app.kernel.pages import page
from app.kernel.values import ID_LENGTH, N_
from app.representation import represent
from app.web.core.directory import called, found_by, label_of, read, url_of
from app.web.core.record import badge, frame, grouped
from app.web.core.shown import columns_of, ids_in, label, numeric, rows_of, shown, tables_of

pages = Blueprint("records", __name__)

CURSOR_MOST_CHARS: Final = 200
NO_SUCH_VIEW = refusal("no_such_view", INVALID, N_("There is no such view of this list. Choose one of its tabs."))


@pages.get("/<collection>/<id:record_id>")
def record(collection: str, record_id: str) -> str:
    """One record: what it holds, what may be done, what happened."""
    lifecycle = _lifecycle(collection)
    asking = actor()
    found: Record = read(lifecycle.model, record_id, asking)
    body = represent(found, asking, with_actions=False)
    context = frame(found, asking)
    named = context["named"] | called(ids_in(body) - set(context["named"]), asking)
    context["offers"] = grouped(context["offers"])
    return render_template(
        "core/record.html", **context, rows=rows_of(lifecycle, body, named), tables=tables_of(lifecycle, body, named)
    )


@pages.get("/<collection>")
def index(collection: str) -> str:
    """The records of a kind that the reader may see, newest first."""
    lifecycle = _lifecycle(collection)
    asking = signed_in()
    state = request.args.get("state")
    if state is not None and state not in lifecycle.states:
        raise NO_SUCH_VIEW()
    statement = visible(lifecycle.model, asking)
    if state is not None:
        statement = statement.where(lifecycle.model.state == state)
    found = page(statement, lifecycle.model, after=(request.args.get("after") or "")[:CURSOR_MOST_CHARS] or None)
    columns = columns_of(lifecycle)
    bodies = [represent(row, asking, with_actions=False) for row in found.items]
    named = called(ids_in(bodies), asking)
    return render_template(
        "core/list.html",
        title=i18n.say(lifecycle.title),
        tabs=_tabs(lifecycle, state),
        columns=_heads(lifecycle, columns),
        rows=[_row(one, body, columns, named) for one, body in zip(found.items, bodies, strict=True)],
        next_url=_address(lifecycle, state, found.next) if found.next else None,
        first_url=_address(lifecycle, state) if request.args.get("after") else None,
        new=_new(lifecycle, asking),
        filtered=state is not None,
    )


def _lifecycle(collection: str) -> Lifecycle[Any]:
    known = collections().get(collection)
    if known is None:
        raise NotFound()
    return known


def _tabs(lifecycle: Lifecycle[Any], state: str | None) -> list[dict[str, Any]]:
    every = {"label": _("All"), "href": _address(lifecycle, None), "current": state is None}
    return [every] + [
        {"label": i18n.say(one.title), "href": _address(lifecycle, one.name), "current": one.name == state}
        for one in lifecycle.states.values()
    ]


def _address(lifecycle: Lifecycle[Any], state: str | None, after: str | None = None) -> str:
    query = "&".join(f"{name}={value}" for name, value in (("state", state), ("after", after)) if value)
    return f"/{lifecycle.collection}" + (f"?{query}" if query else "")


def _heads(lifecycle: Lifecycle[Any], columns: dict[str, fields.Field[Any]]) -> list[dict[str, Any]]:
    own = [{"label": label(name, field), "num": numeric(field)} for name, field in columns.items()]
    return [
        {"label": i18n.say(lifecycle.title), "main": True},
        {"label": _("State"), "state": True},
        *own,
        {"label": _("Last change")},
    ]


def _row(one: Record, body: dict[str, Any], columns: dict[str, fields.Field[Any]], named: dict[str, str]) -> list[Any]:
    cells = [shown(name, field, body.get(name), named)[0] for name, field in columns.items()]
    state = badge(lifecycle_of(one), one.state)
    return [{"text": label_of(one), "href": url_of(one)}, {"badge": state}, *cells, i18n.when(one.updated_at)]


def _new(lifecycle: Lifecycle[Any], asking: Actor) -> tuple[str, str] | None:
    """The button that begins a record, for those who may, unless its form would only say that they may not."""
    birth = collection_birth(lifecycle)
    if birth is None or not begins(birth, own_organisation(asking), asking):
        return None
    return i18n.say(birth.title), f"/{lifecycle.collection}/new"


def begins(birth: Action[Any, Any, Any], organisation: Organisation, asking: Actor) -> bool:
    """Whether somebody may perform this birth at an organisation now."""
    if not birth.by.admits(asking, organisation):
        return False
    try:
        birth.possible(organisation, asking)
    except Refusal:
        return False
    return True


@pages.get("/files/<file_id>")
def file(file_id: str) -> BaseResponse:
    """A file of a record that the reader may see, as a download."""
    asking = actor()
    try:
        stored, path = files.open_file(file_id[:ID_LENGTH], asking)
    except Refusal as refused:
        raise SIGN_IN() if asking.person_id is None else refused from None
    return download(stored, path)


@pages.get("/go")
@pages.get("/go/<path:number>")
def go(number: str | None = None) -> BaseResponse:
    """From a number on paper or on the phone to its record."""
    asking = actor()
    where = found_by(number or request.args.get("number", ""), asking)
    if where is not None:
        return redirect(where, 303)
    raise SIGN_IN() if asking.person_id is None else NOT_THERE()
