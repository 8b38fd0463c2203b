"""Shared by both faces: who is asking, the unit of work around one command, idempotency keys, representation."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
import structlog
from flask import Flask, Request, Response, g, request, send_file
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from marshmallow import ValidationError
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.formparser import FormDataParser

from app.accounts import areas, credentials, files, people, second_factors
from app.accounts.actions.organisations import ORGANISATION, impartial
from app.accounts.models import IdempotencyKey, LoginSession, Organisation, Person
from app.accounts.second_factors import SECOND_FACTOR_NEEDED
from app.kernel import security
from app.kernel.actors import ANONYMOUS, Actor
from app.kernel.db import Record, db, mode
from app.kernel.errors import (
    CONFLICT,
    INVALID,
    INVALID_INPUT,
    MALFORMED,
    SIGN_IN,
    STALE_VERSION,
    VERSION_NEEDED,
    Refusal,
    refusal,
)
from app.kernel.lifecycle import LIFECYCLES, Action, Lifecycle, find, lifecycle_of
from app.kernel.shapes import Upload
from app.kernel.values import N_, now
from app.kernel.work import unit_of_work
from app.representation import represent

log = structlog.get_logger(__name__)

KEY_LIFE: Final = timedelta(days=7)
KEY_MOST_CHARS: Final = 80
ETAG_MOST_CHARS: Final = 20
API_ROOT: Final = "/api/v1/"
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")

BAD_JSON = refusal("bad_json", MALFORMED, N_("The body is not a JSON object."))
BAD_KEY = refusal("bad_idempotency_key", INVALID, N_("An Idempotency-Key has 1 to 80 printable ASCII characters."))
KEY_REUSED = refusal("idempotency_key_reused", INVALID, N_("This Idempotency-Key was used for another request."))
NAMELESS_PART = refusal("nameless_part", MALFORMED, N_("A part of the form has no name, or one that cannot be read."))
NO_ORGANISATION = refusal("no_organisation", CONFLICT, N_("You act for no organisation. Choose one first."))

csrf = CSRFProtect()
login_manager = LoginManager()


class SignedIn(UserMixin):
    """Flask-Login's view of a browser session: its id is the session's token, so that it can be revoked."""

    def __init__(self, token: str, person: Person, session: LoginSession | None = None) -> None:
        self.token, self.person_id, self.name, self.language = token, person.id, person.name, person.language
        self.org_id: str | None = session.org_id if session is not None else None
        self.proof: str | None = session.proof if session is not None else None
        self.proved_at: datetime | None = session.proved_at if session is not None else None
        self.sign_on_org_id: str | None = session.sign_on_org_id if session is not None else None

    def get_id(self) -> str:
        """The token that the signed cookie carries."""
        return self.token


@login_manager.user_loader
def _load(token: str) -> SignedIn | None:
    found = people.session_of(token)
    if found is None:
        return None
    session, person = found
    g.language = person.language
    if session.seen_at <= now() - people.SEEN_EVERY:
        g.seen_session = token
    return SignedIn(token, person, session)


class NamedParts(FormDataParser):
    """The form parser, which never hands on a part without a name: werkzeug would call it `None`."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """(stream, form, files); refusal `nameless_part`."""
        stream, form, uploads = super().parse(*args, **kwargs)
        if None in form or None in uploads:
            for several in uploads.listvalues():
                for upload in several:
                    upload.close()
            raise NAMELESS_PART()
        return stream, form, uploads


class FormRequest(Request):
    """A request whose form has only named parts."""

    form_data_parser_class = NamedParts


def init_app(app: Flask) -> None:
    """Attach sign-in, CSRF and the transaction mode to every request."""
    app.request_class = FormRequest
    login_manager.init_app(app)
    csrf.init_app(app)
    app.before_request(_begin)
    app.teardown_request(_end)
    app.after_request(_headers)


def _begin() -> None:
    # Every request begins reading; only a unit of work writes, in a transaction of its own kind.
    for known in list(g):
        g.pop(known)  # an application context around the request (a shell, a test) outlives it
    g.mode_token = mode.set("read")
    g.request_id = secrets.token_hex(8)


def _end(_: BaseException | None) -> None:
    db.session.rollback()
    token = g.pop("mode_token", None)
    if token is not None:
        mode.reset(token)
    used_key, seen_session = g.pop("used_key", None), g.pop("seen_session", None)
    if used_key is not None or seen_session is not None:
        _note_use(used_key, seen_session)


def _note_use(key_id: str | None, token: str | None) -> None:
    """After the answer, in a transaction of its own: whoever reads does not wait for it, nor fail with it."""
    try:
        with unit_of_work():
            if key_id is not None:
                credentials.note_key_use(key_id)
            if token is not None:
                people.note_seen(token)
    except (Refusal, SQLAlchemyError) as error:
        log.info("use of a key or session not noted", key=key_id, error=type(error).__name__)


CONTENT_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.vary.update(("Cookie", "Authorization", "Accept-Language"))
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def actor() -> Actor:
    """Who is asking, read once per transaction: an API key, else the signed-in person, else nobody."""
    known = g.get("actor")
    if isinstance(known, Actor):
        return known
    g.actor = _who_asks(request)
    return g.actor  # type: ignore[no-any-return]


def _who_asks(asked: Request) -> Actor:
    secret = bearer(asked)
    if secret is not None:
        key = credentials.live_key(secret)
        found = credentials.actor_of_key(key, request_id=g.request_id)
        if found is not None and key is not None and credentials.use_untold(key):
            g.used_key = key.id
        g.actor = found or ANONYMOUS  # the error page must not ask again
        if found is None:
            raise SIGN_IN()  # a caller whose key was revoked must not mistake the public view for its own
        areas.stay_within(found, _first_word(asked.path), writes=asked.method not in SAFE_METHODS)
        return found
    if not current_user.is_authenticated:
        return ANONYMOUS
    return _of_session(current_user, "api" if asked.path.startswith("/api/") else "web")


def _of_session(me: SignedIn, channel: str) -> Actor:
    """The signed-in person; without the second factor that their role needs they act for nobody."""
    found = people.actor_for(me.person_id, me.org_id, channel=channel, request_id=g.request_id)
    g.lacks_factor = second_factors.required() and not second_factors.enough(found, me.proof)
    if g.lacks_factor:
        return Actor(person_id=me.person_id, channel=channel, request_id=g.request_id)
    return replace(found, proved=me.proof is not None)


def lacks_factor() -> bool:
    """Whether a browser asks whose session has yet to show the second factor that its role needs."""
    actor()
    return bool(g.get("lacks_factor"))


def _first_word(path: str) -> str | None:
    """The collection that an address of the API is about; pages are made for people, so they have none."""
    return path.removeprefix(API_ROOT).partition("/")[0] if path.startswith(API_ROOT) else None


def bearer(asked: Request) -> str | None:
    """The API key of a request, if it carries one."""
    scheme, _, secret = asked.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def signed_in() -> Actor:
    """The actor, or refusal `sign_in` for nobody, `no_organisation` for a person without one."""
    asking = actor()
    if asking.person_id is None:
        raise SIGN_IN()
    if asking.org_id is None:
        raise SECOND_FACTOR_NEEDED() if g.get("lacks_factor") else NO_ORGANISATION()
    return asking


def writing() -> Actor:
    """Who writes personal state, which no action guards: `signed_in` with rights read anew.

    Asked before the input is looked at (401 and 403 come before 422), and once more inside the writing transaction.
    """
    g.pop("actor", None)
    return signed_in()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command answers: the record's representation, its id and version, and whether a key replayed it."""

    body: dict[str, Any]
    status: int
    object_id: str
    collection: str
    version: int
    replayed: bool = False


def perform(
    verb: Action[Any, Any, Any],
    record_id: str | None,
    given: Mapping[str, Any],
    *,
    version: int | None,
    key: str | None = None,
) -> Outcome:
    """One command, from the caller to the commit: find -> admit -> parse -> version -> do -> represent.

    record_id None means the actor's own organisation (births by POST on a collection). `version` is the one seen by
    the caller; it is needed by every action that changes its record. Refusals leave nothing behind.
    """
    with unit_of_work() as work:
        g.pop("actor", None)  # rights are read again, inside the writing transaction
        asking = signed_in()
        areas.stay_within(asking, (verb.makes or verb.lifecycle).collection, writes=True)
        stored = _claim(asking, key, verb, record_id, given) if key is not None else None
        if stored is not None and stored.status:
            return _replay(stored)
        record = find(verb.lifecycle.model, record_id or str(asking.org_id), asking, lock=True)
        verb.admit(record, asking)
        arguments = parse(verb, given)
        if verb.touches and record_id is not None:
            _same_version(verb, record, asking, version)
        made = verb(record, asking, **arguments)
        shown: Record = made if verb.makes is not None and isinstance(made, Record) else record
        answer: dict[str, Any] = {}
        work.before_seal.append(lambda: answer.update(_answer(verb, shown, asking, stored)))
    return Outcome(answer["body"], answer["status"], shown.id, lifecycle_of(shown).collection, shown.version)


def _answer(verb: Action[Any, Any, Any], shown: Record, asking: Actor, stored: IdempotencyKey | None) -> dict[str, Any]:
    status = 201 if verb.makes is not None else 200
    body = represent(shown, asking)
    vars(shown).pop("secret", None)  # it was shown; whoever reads the same object later sees none
    if stored is not None:
        stored.status, stored.object_id = status, shown.id
        kept = {name: value for name, value in body.items() if name != "secret"}  # a secret is shown once, stored never
        stored.answer = json.dumps(
            {"body": kept, "collection": lifecycle_of(shown).collection, "version": shown.version}
        )
        db.session.flush()
    return {"body": body, "status": status}


def parse(verb: Action[Any, Any, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The action's keywords from raw input; refusal `invalid_input` with the fields (422)."""
    if verb.takes is None:
        if given:
            raise INVALID_INPUT(fields={name: [N_("Unknown field.")] for name in given})
        return {}
    try:
        loaded: dict[str, Any] = verb.takes().load(given)
    except ValidationError as error:
        fields = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise INVALID_INPUT(fields=fields) from None
    return loaded


def _same_version(verb: Action[Any, Any, Any], record: Record, asking: Actor, version: int | None) -> None:
    if version is None:
        raise VERSION_NEEDED()
    if version != record.version:
        verb.possible(record, asking)  # what is refused anyway is not asked for its version (RFC 9110, 13.2.1)
        raise STALE_VERSION()


def _claim(
    asking: Actor, key: str, verb: Action[Any, Any, Any], record_id: str | None, given: Mapping[str, Any]
) -> IdempotencyKey:
    """Insert the key's row, or wait for and take the row of a racer; the effect commits together with it."""
    if not 1 <= len(key) <= KEY_MOST_CHARS or not key.isascii() or not key.isprintable():
        raise BAD_KEY()
    principal = f"{asking.machine or asking.person_id}:{asking.org_id}"
    material = json.dumps([verb.full_name, record_id, given], sort_keys=True, default=_named)
    request_hash = hashlib.sha256(material.encode()).hexdigest()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {"principal": principal, "key": key, "request_hash": request_hash, "status": 0, "answer": "",
           "object_id": None, "expires_at": now() + KEY_LIFE}  # fmt: skip
    db.session.execute(
        sa.delete(IdempotencyKey).where(
            IdempotencyKey.principal == principal, IdempotencyKey.key == key, IdempotencyKey.expires_at <= now()
        )
    )
    db.session.execute(insert(IdempotencyKey).values(row).on_conflict_do_nothing())
    stored = db.session.get_one(IdempotencyKey, (principal, key), populate_existing=True)
    if stored.request_hash != request_hash:
        raise KEY_REUSED()
    return stored


def _named(value: object) -> str:
    """A received file is the same request again by its content, not by where it lies."""
    return value.sha256 if isinstance(value, Upload) else str(value)


def _replay(stored: IdempotencyKey) -> Outcome:
    kept = json.loads(stored.answer)
    return Outcome(
        kept["body"], stored.status, str(stored.object_id), kept["collection"], kept["version"], replayed=True
    )


def flat_errors(fields: Mapping[str, Any], path: str = "") -> list[tuple[str, Any]]:
    """Nested field errors as (path, words): {"lines": {0: {"price": [..]}}} -> ("lines.0.price", ..)."""
    found: list[tuple[str, Any]] = []
    for name, inner in fields.items():
        here = path if name == "_schema" else (f"{path}.{name}" if path else str(name))
        if isinstance(inner, Mapping):
            found += flat_errors(inner, here)
        else:
            found += [(here, words) for words in (inner if isinstance(inner, (list, tuple)) else [inner])]
    return found


def log_denial(refused: Refusal) -> None:
    """Denials of known callers go to the security log, after the transaction has ended."""
    asking = g.get("actor") or ANONYMOUS
    if refused.kind.status in (401, 403) and (asking.person_id or bearer(request)):
        db.session.rollback()
        security.note(
            "denied", person_id=asking.person_id, address=request.remote_addr or "", request_id=g.get("request_id"),
            code=refused.code, path=request.path[:200],
        )  # fmt: skip


def collections() -> dict[str, Lifecycle[Any]]:
    """URL word -> lifecycle, for every lifecycle that has a shape."""
    return {one.collection: one for one in LIFECYCLES.values() if one.shape is not None}


def callable_actions(lifecycle: Lifecycle[Any]) -> list[Action[Any, Any, Any]]:
    """The actions with a route of their own: all but those only SYSTEM performs."""
    return [verb for verb in lifecycle.actions.values() if any(not one.system for one in verb.by.each())]


def collection_birth(lifecycle: Lifecycle[Any]) -> Action[Any, Any, Any] | None:
    """The birth that POST on the collection performs: the one of the caller's own organisation, where there is one."""
    births = [birth for birth in callable_actions(ORGANISATION) if birth.makes is lifecycle]
    # What nobody does to an organisation of their own (restrict it, for instance) is begun at that organisation.
    return next((birth for birth in births if impartial not in birth.needs), None)


def download(stored: files.StoredFile, path: Path) -> Response:
    """A stored file as an attachment that no browser runs: its type by content, sandboxed, never cached in between."""
    response = send_file(path, mimetype=stored.media_type, as_attachment=True, download_name=stored.name)
    response.headers["Content-Security-Policy"] = files.SHUT
    response.headers["Cache-Control"] = "private, no-store"
    return response


def medium_answer(stored: files.StoredFile, path: Path, *, keep: bool) -> Response:
    """A picture to look at or a document to download: typed, sandboxed, known by its content.

    keep: the reader's own browser may hold it for good, for it never changes; nobody in between may, so that what a
    suspension hides is hidden at once.
    """
    looked_at = stored.media_type.startswith("image/")
    response = send_file(
        path, mimetype=stored.media_type, as_attachment=not looked_at, download_name=stored.name, etag=stored.sha256
    )
    response.headers["Content-Security-Policy"] = files.SHUT
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable" if keep else "private, no-store"
    return response


def drawing_answer(svg: str) -> Response:
    """A drawing of our own making, which no browser runs."""
    response = Response(svg, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = files.SHUT
    return response


def own_organisation(asking: Actor) -> Organisation:
    """The organisation that the actor acts for."""
    return find(Organisation, str(asking.org_id), asking)
