"""`/audit`: every event that the reader may learn of, filtered, newest first; and files of it for outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request, stream_with_context
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app import i18n
from app.accounts.auditing import AuditFilter, known_events, question
from app.http import signed_in
from app.kernel import audit, chain_checks
from app.kernel.actors import Actor
from app.kernel.db import Record
from app.kernel.errors import INVALID_INPUT, Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.pages import BAD_CURSOR, PAGE_ROWS
from app.web.audit.badge import chain_badge
from app.web.audit.blueprint import pages
from app.web.core.directory import label_of, lifecycle_of_id, names, records_of, url_of
from app.web.core.forms import anchored, error_list, form_fields
from app.web.core.record import HASH_CHARS, doer_of, event_title, hat_of
from app.web.core.spreadsheets import csv_response

FIELDS: Final = tuple(AuditFilter().fields)
ROOTS_SHOWN: Final = 366
SEQ_DIGITS: Final = 15


@pages.get("/audit")
def search() -> BaseResponse:
    """The search, its result and the badge of the chain."""
    asking = signed_in()
    audit.admit(asking)
    asked = {name: request.args[name] for name in FIELDS if request.args.get(name, "").strip()}
    errors: list[tuple[str | None, str]] = []
    found = audit.Found([], None)
    try:
        found = audit.search(question(_given(asked), asking), asking, before=_number("before"), limit=PAGE_ROWS)
    except Refusal as refused:
        if refused.code != INVALID_INPUT.code:
            raise
        errors = error_list(refused)
    controls = form_fields(AuditFilter, asked, errors, options={"event": _event_options()})
    page = render_template(
        "audit/search.html",
        chain=chain_badge(chain_checks.newest()),
        controls=[control | {"optional": False, "attrs": _attributes(control)} for control in controls],
        errors=anchored(errors, controls),
        filtered=bool(asked),
        rows=_rows(found.items, asking),
        export=_address("/audit/events.jsonl", asked),
        next_url=_address("/audit", asked | {"before": str(found.next)}) if found.next else None,
        first_url=_address("/audit", asked) if "before" in request.args else None,
    )
    return make_response(page, 422 if errors else 200)


def _attributes(control: Mapping[str, Any]) -> dict[str, Any]:
    """No field of a filter is required, and none needs to say so."""
    return dict(control.get("attrs") or {}) | {"required": None}


def _given(asked: Mapping[str, str]) -> dict[str, Any]:
    try:
        given: dict[str, Any] = AuditFilter().load(asked)
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    return given


def _number(name: str) -> int | None:
    """The number of an event in the address; refusal `bad_cursor` for what is none."""
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > SEQ_DIGITS:
        raise BAD_CURSOR()
    return int(text)


def _address(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _event_options() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of a select: a kind of record as a whole, then what can happen to it."""
    groups = []
    for kind, events in known_events().items():
        title = i18n.say(LIFECYCLES[kind].title)
        every = [(kind, _("%(kind)s: everything", kind=title))]
        named = [(name, _("%(kind)s: %(action)s", kind=title, action=event_title(name))) for name in events]
        groups.append((title, every + named))
    return sorted(groups)


def _rows(items: Sequence[tuple[Event, str | None]], asking: Actor) -> list[dict[str, Any]]:
    about = records_of({event.object_id for event, _words in items}, asking)
    named = names(one for event, _words in items for one in (event.person_id, event.org_id, event.behalf_id))
    return [_row(event, words, about.get(event.object_id), named) for event, words in items]


def _row(event: Event, words: str | None, record: Record | None, named: Mapping[str, str]) -> dict[str, Any]:
    lifecycle = lifecycle_of_id(event.object_id) or LIFECYCLES.get(event.name.partition(".")[0])
    who = doer_of(event, named)
    hat = hat_of(event, named)
    return {
        "title": event_title(event.name),
        "name": event.name,
        "words": words,
        "when": i18n.when(event.at),
        "kind": i18n.say(lifecycle.title) if lifecycle is not None else None,
        "record": label_of(record) if record is not None else event.object_id[-HASH_CHARS:].upper(),
        "href": url_of(record) if record is not None and lifecycle is not None and lifecycle.shape else None,
        "who": who,
        "hat": hat if hat != who else None,
        "seq": event.seq,
        "hash": event.hash[:HASH_CHARS],
    }


@pages.get("/audit/events.jsonl")
def events_file() -> Response:
    """The events of the filter, oldest first, as lines that anybody can verify with SHA-256 alone."""
    asking = signed_in()
    audit.admit(asking)
    asked = {name: request.args[name] for name in FIELDS if request.args.get(name, "").strip()}
    rows = audit.exported(question(_given(asked), asking), asking, after=_number("after") or 0)
    response = Response(stream_with_context(_lines(rows)), mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = 'attachment; filename="events.jsonl"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _lines(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


@pages.get("/audit/roots.csv")
def roots_file() -> Response:
    """Number and hash at every verification of the whole chain, to be kept outside the platform."""
    audit.admit(signed_in())
    return csv_response(
        "chain-roots",
        ["verified_at", "seq", "hash", "sound", "findings"],
        [
            [one.at.isoformat(), one.seq, one.hash, "yes" if one.sound else "no", one.finding_count]
            for one in chain_checks.roots(ROOTS_SHOWN)
        ],
    )
