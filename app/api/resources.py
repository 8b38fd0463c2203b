"""One set of routes for every collection: list, read, history, and a POST per action, as lifecycles declare them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from marshmallow import fields
from werkzeug.exceptions import BadRequest, NotFound

from app.accounts import areas, files
from app.accounts.models import Person
from app.accounts.second_factors import SECOND_FACTOR_NEEDED
from app.http import (
    BAD_JSON,
    ETAG_MOST_CHARS,
    Outcome,
    actor,
    bearer,
    callable_actions,
    collection_birth,
    collections,
    csrf,
    download,
    lacks_factor,
    perform,
    signed_in,
)
from app.kernel import worklist
from app.kernel.db import db
from app.kernel.errors import INVALID, MALFORMED, NOT_THERE, SIGN_IN, STALE_VERSION, refusal
from app.kernel.events import Event, history
from app.kernel.lifecycle import Action, Lifecycle, find, visible
from app.kernel.pages import MAX_PAGE_ROWS, PAGE_ROWS, page
from app.kernel.reading import may_hear
from app.kernel.shapes import File, Moment, MoneyField, Upload
from app.kernel.values import ID_LENGTH, N_
from app.representation import represent

api = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(api)  # checked below for cookie callers; callers with a key send no cookie

BAD_QUERY = refusal("bad_query", INVALID, N_("Unknown or malformed query parameter: %(name)s."))
BAD_BODY = refusal("bad_body", MALFORMED, N_("Some of the body cannot be taken in. See the fields."))
CSRF_FAILED = refusal("csrf_failed", MALFORMED, N_("The form has expired. Load the page again."))

NOT_JSON: Final = N_("Expected JSON, as in a body that is all JSON.")
LIST_QUERY: Final = frozenset({"state", "after", "limit"})
MOST_NESTING: Final = 20
"""Levels of a JSON body; lines of lines need four."""


@api.before_request
def _cookie_callers_carry_a_token() -> None:
    """A browser session on the API is as open to forged requests as a form; a stranger is told to sign in."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and bearer(request) is None:
        if not current_user.is_authenticated:
            raise SIGN_IN()
        try:
            csrf.protect()
        except CSRFError:
            raise CSRF_FAILED() from None


@api.before_request
def _second_factor_first() -> None:
    """A browser that lacks the second factor of its role gets nothing here, not even what is public."""
    if bearer(request) is None and lacks_factor():
        raise SECOND_FACTOR_NEEDED()


def _lifecycle(collection: str) -> Lifecycle[Any]:
    known = collections().get(collection)
    if known is None:
        raise NotFound()
    return known


@api.get("/<collection>")
def index(collection: str) -> Response:
    """A page of the records that the caller may see, newest first."""
    lifecycle = _lifecycle(collection)
    asking = actor()
    unknown = set(request.args) - LIST_QUERY
    if unknown:
        raise BAD_QUERY(name=sorted(unknown)[0], fields={name: [N_("Unknown field.")] for name in unknown})
    statement = visible(lifecycle.model, asking)
    state = request.args.get("state")
    if state is not None:
        if state not in lifecycle.states:
            raise BAD_QUERY(name="state", fields={"state": [N_("Not one of the choices.")]})
        statement = statement.where(lifecycle.model.state == state)
    found = page(statement, lifecycle.model, after=request.args.get("after"), limit=_limit())
    response = jsonify(
        items=[represent(row, asking, with_actions=False) for row in found.items], next_cursor=found.next
    )
    if found.next:
        query: dict[str, Any] = {**request.args.to_dict(), "after": found.next}
        response.headers["Link"] = f'<{url_for("api.index", collection=collection, **query)}>; rel="next"'
    return response


def _limit() -> int:
    text = request.args.get("limit", str(PAGE_ROWS))
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 1 <= int(text) <= MAX_PAGE_ROWS:
        raise BAD_QUERY(name="limit", fields={"limit": [N_("Not a valid integer.")]})
    return int(text)


@api.get("/<collection>/<record_id>")
def read(collection: str, record_id: str) -> Response:
    """One record, with its version as ETag and the actions it offers."""
    record = _find(collection, record_id)
    response = jsonify(represent(record, actor()))
    response.set_etag(str(record.version))
    return response


@api.get("/<collection>/<record_id>/history")
def read_history(collection: str, record_id: str) -> Response:
    """What happened to a record, newest first: references only, and the words people gave as reasons."""
    record = _find(collection, record_id)
    rows = [row for row in history(db.session(), [record.id]) if may_hear(row[0], actor())]
    return jsonify(items=[_told(event, words) for event, words in rows])


def _told(event: Event, words: str | None) -> dict[str, Any]:
    body = event.data
    told = {
        "id": event.id,
        "at": Moment()._serialize(event.at, None, None),
        "name": event.name,
        "from": body["from"],
        "to": body["to"],
        "actor": {"person": event.person_id, "org": event.org_id}
        | {mark: body["actor"][mark] for mark in ("behalf", "machine", "emergency") if mark in body["actor"]},
        "cause": body["cause"],
        "words": words,
        "hash": event.hash,
    }
    if actor().is_staff:
        told["seq"] = event.seq  # to others the gaps would count what they may not see, such as sealed quotes
    return told


@api.post("/<collection>")
def create(collection: str) -> Response:
    """The birth of a record by the caller's own organisation."""
    verb = collection_birth(_lifecycle(collection))
    if verb is None:
        raise NotFound()
    return _perform(verb, None)


@api.post("/<collection>/<record_id>/<name>")
def act(collection: str, record_id: str, name: str) -> Response:
    """One action on one record."""
    lifecycle = _lifecycle(collection)
    verb = next((one for one in callable_actions(lifecycle) if one.name == name), None)
    if verb is None:
        raise NotFound()
    _possible_id(record_id)
    return _perform(verb, record_id)


def _find(collection: str, record_id: str) -> Any:
    lifecycle = _lifecycle(collection)
    _possible_id(record_id)
    return find(lifecycle.model, record_id, actor())


def _possible_id(record_id: str) -> None:
    """What cannot be an id is not asked of the database, which would refuse a NUL with an error of its own."""
    if len(record_id) > ID_LENGTH or "\0" in record_id:
        raise NOT_THERE()


def _perform(verb: Action[Any, Any, Any], record_id: str | None) -> Response:
    given = _json() if request.mimetype != "multipart/form-data" else _storable(_form(verb))
    try:
        _receive(verb, given)
        version = _version() if record_id is not None else None
        return _answer(perform(verb, record_id, given, version=version, key=_key()))
    except Exception:
        for upload in given.values():
            if isinstance(upload, Upload):
                files.discard(upload)
        raise


def _form(verb: Action[Any, Any, Any]) -> dict[str, Any]:
    """The texts of a multipart request; what is no single value (lines, an amount) is written as JSON there."""
    wanted = verb.takes().load_fields if verb.takes is not None else {}
    given: dict[str, Any] = {}
    for name, text in request.form.items():
        whole = isinstance(wanted.get(name), (fields.List, fields.Nested, MoneyField))
        given[name] = _read_json(name, text) if whole else text
    return given


def _read_json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BAD_BODY(fields={name: [NOT_JSON]}) from None


def _receive(verb: Action[Any, Any, Any], given: dict[str, Any]) -> None:
    """The files of a multipart request, taken in before the transaction, for an action that takes one."""
    wanted = verb.takes().load_fields if verb.takes is not None else {}
    for name, part in request.files.items():
        field = wanted.get(name)
        if isinstance(field, File):
            signed_in()  # nobody fills the disk without a name
            given[name] = field.look_at(files.receive(part.stream, part.filename or "", takes=field.takes))
        else:
            given[name] = part.filename  # an unknown field, which the schema refuses by name


def _json() -> dict[str, Any]:
    if not request.get_data(cache=True):
        return {}
    try:
        body = request.get_json(force=request.mimetype in ("", "application/octet-stream"))
    except (BadRequest, RecursionError):
        raise BAD_JSON() from None
    if not isinstance(body, dict):
        raise BAD_JSON()
    return _storable(body)


def _storable(body: dict[str, Any]) -> dict[str, Any]:
    """The body itself; refusal `bad_body` names the first part of it that no field can take."""
    problem = next(_unstorable(body), None)
    if problem is not None:
        raise BAD_BODY(fields={problem[0]: [problem[1]]})
    return body


def _unstorable(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(path, why) of what no field can take: lone surrogates, NUL, numbers that are none, nesting without end."""
    todo: list[tuple[str, int, Any]] = [("", 0, body)]
    while todo:
        path, depth, value = todo.pop()
        if isinstance(value, str) and not storable(value):
            yield path, N_("Contains characters that cannot be shown.")
        elif isinstance(value, float) and not math.isfinite(value):
            yield path, N_("Not a valid number.")
        elif isinstance(value, (dict, list)):
            if depth >= MOST_NESTING:
                yield path, N_("Nested too deeply.")
                return
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for name, inner in pairs:
                if isinstance(name, str) and not storable(name):
                    yield path, N_("Contains characters that cannot be shown.")
                todo.append((f"{path}.{name}" if path else str(name), depth + 1, inner))


def storable(text: str) -> bool:
    """Whether a database can hold it: no NUL and no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _version() -> int | None:
    text = request.headers.get("If-Match")
    if text is None:
        return None
    match = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', text.strip()[:ETAG_MOST_CHARS], re.ASCII)
    if match is None:
        raise STALE_VERSION()
    return int(match[1])


def _key() -> str | None:
    return request.headers.get("Idempotency-Key")


def _answer(outcome: Outcome) -> Response:
    response = jsonify(outcome.body)
    response.status_code = outcome.status
    response.set_etag(str(outcome.version))
    if outcome.status == 201:
        response.headers["Location"] = url_for("api.read", collection=outcome.collection, record_id=outcome.object_id)
    if outcome.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@api.get("/files/<file_id>")
def read_file(file_id: str) -> Response:
    """The content of a file that hangs on a record visible to the caller; always as a download."""
    _possible_id(file_id)
    stored, path = files.open_file(file_id, actor())
    return download(stored, path)


@api.get("/worklist")
def read_worklist() -> Response:
    """What waits for the caller, the most urgent first."""
    asking = signed_in()
    return jsonify(
        items=[
            {
                "kind": row.lifecycle.name,
                "id": row.record.id,
                "href": url_for("api.read", collection=row.lifecycle.collection, record_id=row.record.id),
                "state": row.record.state,
                "until": Moment()._serialize(row.until, None, None),
            }
            for row in worklist.waiting(asking)
            if areas.permits(asking, row.lifecycle.collection)
        ]
    )


@api.get("/me")
def read_me() -> Response:
    """Who the caller is, and for which organisation with which roles."""
    asking = signed_in()
    person = db.session.get_one(Person, asking.person_id)
    return jsonify(
        person={"id": person.id, "name": person.name, "language": person.language},
        org=asking.org_id,
        roles=sorted(asking.roles),
        kinds=sorted(asking.kinds),
        read_only=asking.read_only,
        areas=sorted(asking.areas) if asking.areas is not None else None,
        machine=asking.machine,
        emergency=asking.emergency,
    )
