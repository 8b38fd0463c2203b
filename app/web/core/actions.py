"""One pair of routes for every action: GET shows its form page, POST performs it and leads to the record (303).

A domain that wants a form of its own registers a view with `register_form`; it is called for the first look and again
after a refusal, with what was typed and what is wrong. Everything else, from rights to versions, stays here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts import files
from app.http import (
    KEY_REUSED,
    Outcome,
    callable_actions,
    collection_birth,
    collections,
    own_organisation,
    perform,
    signed_in,
)
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.errors import CONFLICT, INVALID, STALE, STALE_VERSION, TOO_LARGE, UNAVAILABLE, UNPINNED, Refusal
from app.kernel.events import history
from app.kernel.lifecycle import Action, Lifecycle, lifecycle_of
from app.kernel.shapes import File, Upload
from app.representation import represent
from app.web.core import forms
from app.web.core.directory import address, called, label_in, label_of, names, read, url_of
from app.web.core.protection import local_path
from app.web.core.record import badge, crumbs, entry_of, follows, may_hear, waits_title
from app.web.core.shown import ids_in, rows_of

actions = Blueprint("actions", __name__)

NEWEST_SHOWN: Final = 5
ONCE_BYTES: Final = 12
_VERSION: Final = re.compile(r"\d{1,9}", re.ASCII)
_AGAIN: Final = (CONFLICT, INVALID, STALE, TOO_LARGE, UNPINNED, UNAVAILABLE)
"""Refusals that the same form answers; the others have a page of their own."""

Verb = Action[Any, Any, Any]
FormView = Callable[[Record, Actor, Mapping[str, Any], list[tuple[str | None, str]]], str]
"""A form page of a domain's own: (record, actor, values, errors) -> html."""

_FORMS: Final[dict[tuple[str, str], FormView]] = {}

FieldOptions = Callable[[Record, Actor], Mapping[str, forms.Options]]
"""What may be chosen in an action's fields that hold ids: (record, actor) -> field -> choices."""

_OPTIONS: Final[dict[tuple[str, str], FieldOptions]] = {}


def register_form(lifecycle_name: str, action_name: str, view: FormView) -> None:
    """Let a domain show the form of an action; `values` are raw input as `forms.decode` gives it."""
    _FORMS[lifecycle_name, action_name] = view


def register_options(lifecycle_name: str, action_name: str, options: FieldOptions) -> None:
    """Let a domain say what may be chosen in the ids of an action's form, which else stays as it is."""
    _OPTIONS[lifecycle_name, action_name] = options


@dataclass
class Sheet:
    """A form page on its way: the action, its record, what was typed, what is wrong."""

    verb: Verb
    record: Record
    asking: Actor
    values: Mapping[str, Any]
    collection: str
    own: bool = False  # POST /{collection}/new: the record is the organisation acted for
    errors: list[tuple[str | None, str]] = field(default_factory=list)
    status: int = 200
    changes: list[dict[str, Any]] = field(default_factory=list)
    only: Mapping[str, bool] | None = None  # the fields that this form shows -> needed in the end; None is all of them

    @property
    def target(self) -> str:
        """Where the form is sent."""
        return f"/{self.collection}/new" if self.own else url_of(self.record, self.verb.name)


More = Callable[[Sheet], dict[str, Any]]
"""What a domain adds to the context of the usual form page; it may leave fields out by `sheet.only`."""

_MORE: Final[dict[tuple[str, str], tuple[str, More]]] = {}


def register_more(lifecycle_name: str, action_name: str, template: str, more: More) -> None:
    """Let a domain say more on the form page of an action: a template that extends the usual one, and its variables."""
    _MORE[lifecycle_name, action_name] = template, more


@actions.get("/<collection>/new")
def new(collection: str) -> BaseResponse:
    """The form of a birth by the own organisation."""
    return _first_look(collection, _birth(collection), None)


@actions.get("/<collection>/<id:record_id>/<name>")
def ask(collection: str, record_id: str, name: str) -> BaseResponse:
    """The form page of an action."""
    return _first_look(collection, _verb(collection, name), record_id)


@actions.post("/<collection>/new")
def create(collection: str) -> BaseResponse:
    """A birth by the own organisation."""
    return _do(collection, _birth(collection), None)


@actions.post("/<collection>/<id:record_id>/<name>")
def act(collection: str, record_id: str, name: str) -> BaseResponse:
    """One action on one record."""
    return _do(collection, _verb(collection, name), record_id)


def _verb(collection: str, name: str) -> Verb:
    lifecycle = _lifecycle(collection)
    verb = next((one for one in callable_actions(lifecycle) if one.name == name), None)
    if verb is None:
        raise NotFound()
    return verb


def _birth(collection: str) -> Verb:
    verb = collection_birth(_lifecycle(collection))
    if verb is None:
        raise NotFound()
    return verb


def _lifecycle(collection: str) -> Lifecycle[Any]:
    known = collections().get(collection)
    if known is None:
        raise NotFound()
    return known


def _sheet(collection: str, verb: Verb, record_id: str | None, values: Mapping[str, Any]) -> Sheet:
    asking = signed_in()
    own = record_id is None
    record = own_organisation(asking) if record_id is None else read(verb.lifecycle.model, record_id, asking)
    verb.admit(record, asking)
    return Sheet(verb, record, asking, values, collection, own)


def _first_look(collection: str, verb: Verb, record_id: str | None) -> BaseResponse:
    sheet = _sheet(collection, verb, record_id, {})
    sheet.values = _before(verb, sheet.record)
    try:
        verb.possible(sheet.record, sheet.asking)
    except Refusal as refused:
        sheet.errors, sheet.status = forms.error_list(refused), refused.kind.status
    return _page(sheet)


def _before(verb: Verb, record: Record) -> dict[str, Any]:
    """What the form begins with: an edit with what is stored, and always with what the address says (?title=...)."""
    if verb.takes is None:
        return {}
    edits = verb.target is None and verb.makes is None
    stored = forms.stored_values(verb.takes, record) if edits else {}
    known = verb.takes().load_fields
    asked = forms.decode(verb.takes, MultiDict(request.args))
    named = {arg.partition("-")[0] for arg in request.args}
    return stored | {name: value for name, value in asked.items() if name in known and name in named}


def _do(collection: str, verb: Verb, record_id: str | None) -> BaseResponse:
    if verb.takes is not None and (more := request.form.get("add")) is not None:
        grown = _one_more(forms.decode(verb.takes, request.form, keep_blank_rows=True), more)
        return _page(_sheet(collection, verb, record_id, grown))
    given = forms.decode(verb.takes, request.form) if verb.takes is not None else _leftover(request.form)
    received: dict[str, Upload] = {}
    try:
        _receive(verb, received)
        key = request.form.get("once") or None
        outcome = perform(verb, record_id, given | received, version=_version(), key=key)
    except Refusal as refused:
        for upload in received.values():
            files.discard(upload)
        if refused.kind not in _AGAIN:
            raise
        return _again(collection, verb, record_id, given, refused)
    return _done(verb, outcome)


def _receive(verb: Verb, received: dict[str, Upload]) -> None:
    """The files of the form, taken in before the transaction; what is wrong with one is said at its own field."""
    known = verb.takes().load_fields if verb.takes is not None else {}
    if not any(isinstance(one, File) for one in known.values()):
        return
    signed_in()  # nobody fills the disk without a name
    for name, control in known.items():
        part = request.files.get(name)
        if not isinstance(control, File) or part is None or not part.filename:
            continue
        try:
            received[name] = control.look_at(files.receive(part.stream, part.filename, takes=control.takes))
        except Refusal as refused:
            refused.fields = {name: [refused.words]}
            raise


def _leftover(form: MultiDict[str, str]) -> dict[str, Any]:
    return {name: form[name] for name in form if name not in forms.RESERVED}


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if _VERSION.fullmatch(text) else None


def _one_more(given: dict[str, Any], path: str) -> dict[str, Any]:
    """The same input with a blank row behind the rows at `path`: how a form grows without script."""
    *outer, last = path.split("-")
    here: Any = given
    for step in outer:
        inside = isinstance(here, list) and step.isdigit() and int(step) < len(here)
        here = here[int(step)] if inside else here.get(step) if isinstance(here, dict) else None
    rows = here.setdefault(last, []) if isinstance(here, dict) else None
    if isinstance(rows, list):
        rows.append({})
    return given


def _done(verb: Verb, outcome: Outcome) -> BaseResponse:
    lifecycle = collections()[outcome.collection]
    where = address(lifecycle, outcome.object_id)
    if outcome.body.get("secret"):
        page = render_template(
            "core/secret.html", secret=outcome.body["secret"], title=i18n.say(verb.title), href=where
        )
        return BaseResponse(page, mimetype="text/html")
    flash(_("%(action)s: %(record)s", action=i18n.say(verb.title), record=label_in(outcome.body, lifecycle)), "good")
    return redirect(local_path(request.form.get("next")) or where, 303)


def _again(
    collection: str, verb: Verb, record_id: str | None, given: Mapping[str, Any], refused: Refusal
) -> BaseResponse:
    """The same form with the reason, what was typed, and the record as it stands now."""
    sheet = _sheet(collection, verb, record_id, given)
    sheet.errors, sheet.status = forms.error_list(refused), refused.kind.status
    if refused.code == KEY_REUSED.code:  # somebody went back in the browser and sent the form with other values
        sheet.errors = [(None, _("This form was sent already. Send it again if you want to do it a second time."))]
    if refused.code == STALE_VERSION.code:
        seen = _version() or sheet.record.version
        sheet.changes = _changes(sheet.record, sheet.asking, max(1, sheet.record.version - seen))
    return _page(sheet)


def _changes(record: Record, asking: Actor, number: int) -> list[dict[str, Any]]:
    """The newest things that happened to the record, for somebody who saw it before them."""
    heard = history(db.session(), [record.id], limit=min(number, NEWEST_SHOWN))
    told = [(event, words) for event, words in heard if may_hear(event, asking)]
    named = names(one for event, _words in told for one in (event.person_id, event.org_id, event.behalf_id))
    return [entry_of(event, words, named) for event, words in told]


def _page(sheet: Sheet) -> BaseResponse:
    form = sheet.verb.lifecycle.name, sheet.verb.name
    if form in _FORMS:
        html = _FORMS[form](sheet.record, sheet.asking, sheet.values, sheet.errors)
    else:
        template, more = _MORE.get(form, ("core/action.html", lambda _sheet: {}))
        added = more(sheet)
        html = render_template(template, **form_page(sheet) | added)
    return BaseResponse(html, status=sheet.status, mimetype="text/html")


def form_page(sheet: Sheet) -> dict[str, Any]:
    """The context of core/action.html."""
    verb, record = sheet.verb, sheet.record
    lifecycle = lifecycle_of(record)
    controls = _controls(sheet) if verb.takes is not None else []
    body = represent(record, sheet.asking, with_actions=False)
    named = called([record.waits_org, *ids_in(body)], sheet.asking)
    title, number = i18n.say(verb.title), label_of(record)
    made = sheet.own and verb.makes is not None
    return {
        "title": title,
        "sentence": spoken(verb.sentence),
        "follows": _follows(verb),
        "controls": controls,
        "errors": forms.anchored(sheet.errors, controls),
        # Refused before anything was typed: there is nothing to correct, so no form is shown.
        "refused": bool(sheet.errors) and request.method == "GET",
        "stale": sheet.status == STALE.status,
        "changes": sheet.changes,
        "target": sheet.target,
        "multipart": any(control["kind"] == "file" for control in controls),
        "back": f"/{sheet.collection}" if made else url_of(record),
        "version": None if sheet.own else record.version,
        "once": secrets.token_urlsafe(ONCE_BYTES),
        "next": local_path(request.values.get("next")),
        "danger": verb.dangerous,
        "number": number,
        "badges": [] if made else [badge(lifecycle, record.state)],
        "waits": waits_title(record, named) if record.waits_org else None,
        "about": [] if made else [row for row in rows_of(lifecycle, body, named) if row.text],
        "crumbs": crumbs(verb.makes, title)
        if made and verb.makes
        else crumbs(lifecycle, (number, url_of(record)), title),
    }


def _controls(sheet: Sheet) -> list[dict[str, Any]]:
    assert sheet.verb.takes is not None
    chosen_from = _OPTIONS.get((sheet.verb.lifecycle.name, sheet.verb.name))
    options = chosen_from(sheet.record, sheet.asking) if chosen_from is not None else None
    controls = forms.form_fields(sheet.verb.takes, sheet.values, sheet.errors, options=options)
    if sheet.only is None:
        return controls
    needed = {name for name, wanted in sheet.only.items() if wanted}
    shown = (one for one in controls if one["name"] in sheet.only)
    return [one | {"optional": one["optional"] and one["name"] not in needed} for one in shown]


def spoken(sentence: str) -> str:
    """An action's sentence in the reader's language; nothing where it is not translated, rather than English."""
    words = i18n.say(sentence)
    return "" if i18n.language() == "zh" and words == sentence else words


def _follows(verb: Verb) -> str:
    if verb.makes is not None:
        return follows(verb.makes, verb.born or verb.makes.initial)
    return follows(verb.lifecycle, verb.target) if verb.target is not None else ""
