"""The audit search for programs: events of the whole chain, the same to verify outside, and the roots of its days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request, stream_with_context
from marshmallow import ValidationError

from app.accounts.auditing import AuditFilter, question
from app.api.resources import BAD_QUERY, _limit, _told, api
from app.http import signed_in
from app.kernel import audit, chain_checks
from app.kernel.chain_checks import ChainCheck
from app.kernel.errors import INVALID_INPUT
from app.kernel.pages import MAX_PAGE_ROWS
from app.kernel.shapes import Count, Moment
from app.kernel.values import N_

MEDIA_TYPE: Final = "application/x-ndjson"
ROOTS_SHOWN: Final = 366
MOST_SEQ: Final = 2**53


class PageQuery(AuditFilter):
    """The filter, and from where on."""

    before = Count(load_default=None, allow_none=True, least=1, most=MOST_SEQ)
    limit = Count(load_default=None, allow_none=True, least=1, most=MAX_PAGE_ROWS)


class ExportQuery(AuditFilter):
    """The filter, and after which event."""

    after = Count(load_default=0, least=0, most=MOST_SEQ)


@api.get("/audit")
def search_audit() -> Response:
    """A page of events, newest first, and how the chain stands."""
    asking = signed_in()
    audit.admit(asking)
    given = _given(PageQuery)
    found = audit.search(question(given, asking), asking, before=given["before"], limit=_limit())
    return jsonify(
        items=[_told(event, words) | {"object": event.object_id, "previous": event.previous}
               for event, words in found.items],
        next_before=found.next,
        chain=_check(chain_checks.newest()),
    )  # fmt: skip


@api.get("/audit/export")
def export_audit() -> Response:
    """The events that fit, oldest first, one JSON object per line, with what is needed to verify them elsewhere."""
    asking = signed_in()
    audit.admit(asking)
    given = _given(ExportQuery)
    rows = audit.exported(question(given, asking), asking, after=given["after"])
    return Response(stream_with_context(_lines(rows)), mimetype=MEDIA_TYPE)


def _lines(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


@api.get("/audit/roots")
def audit_roots() -> Response:
    """Every verification of the whole chain, newest first: number and hash, to be kept outside."""
    audit.admit(signed_in())
    if request.args:
        name = sorted(request.args)[0]
        raise BAD_QUERY(name=name, fields={name: [N_("Unknown field.")]})
    return jsonify(items=[_check(one) for one in chain_checks.roots(ROOTS_SHOWN)])


def _given(schema: type[AuditFilter]) -> dict[str, Any]:
    try:
        given: dict[str, Any] = schema().load(request.args.to_dict())
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    return given


def _check(one: ChainCheck | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "at": Moment()._serialize(one.at, None, None), "scope": one.scope, "from_seq": one.from_seq, "seq": one.seq,
        "hash": one.hash, "sound": one.sound, "finding_count": one.finding_count, "findings": one.findings,
    }  # fmt: skip


# OpenAPI -------------------------------------------------------------------------------------------------------------


def describe(spec: APISpec, answer: Any, problems: Any) -> None:
    """Add these routes to the description."""
    refused = problems("401", "404", "405", "409", "422", "503")
    check = {
        "type": ["object", "null"],
        "properties": {"at": {"type": "string", "format": "date-time"}, "scope": {"type": "string"},
                       "from_seq": {"type": "integer"}, "seq": {"type": "integer"}, "hash": {"type": "string"},
                       "sound": {"type": "boolean"}, "finding_count": {"type": "integer"},
                       "findings": {"type": "array", "items": {"type": "string"}}},
    }  # fmt: skip
    page = {
        "type": "object", "required": ["items", "next_before", "chain"],
        "properties": {"items": {"type": "array", "items": {"type": "object"}},
                       "next_before": {"type": ["integer", "null"]}, "chain": check},
    }  # fmt: skip
    spec.path("/api/v1/audit", operations={"get": {
        "operationId": "search_audit", "tags": ["audit"],
        "summary": "Events of the whole chain, newest first; for auditor, owner and the operator's administrators",
        "parameters": _parameters(before=1, limit=1), "responses": {"200": answer("A page", page), **refused},
    }})  # fmt: skip
    lines = {"description": "One JSON object per line: seq, previous, hash, and body as it was hashed (null: sealed)",
             "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}  # fmt: skip
    spec.path("/api/v1/audit/export", operations={"get": {
        "operationId": "export_audit", "tags": ["audit"],
        "summary": "Events oldest first for verification outside: hash = SHA-256 of previous, a line feed and body",
        "parameters": _parameters(after=0), "responses": {"200": lines, **refused},
    }})  # fmt: skip
    roots = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": check}}}
    spec.path("/api/v1/audit/roots", operations={"get": {
        "operationId": "audit_roots", "tags": ["audit"],
        "summary": "Every verification of the whole chain, newest first: number and hash, to be kept outside",
        "responses": {"200": answer("Roots", roots), **refused},
    }})  # fmt: skip


def _parameters(**numbers: int) -> list[dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {
        "record": {"type": "string", "maxLength": 60}, "event": {"type": "string", "maxLength": 60},
        "person": {"type": "string", "maxLength": 200}, "org": {"type": "string", "maxLength": 200},
        "since": {"type": "string", "format": "date"}, "until": {"type": "string", "format": "date"},
    }  # fmt: skip
    most = {"limit": MAX_PAGE_ROWS}
    named |= {
        name: {"type": "integer", "minimum": least, "maximum": most.get(name, MOST_SEQ)}
        for name, least in numbers.items()
    }
    return [{"in": "query", "name": name, "schema": schema} for name, schema in named.items()]
