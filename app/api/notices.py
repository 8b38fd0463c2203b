"""A person's notices for programs: the caller's own, for the organisation of the key; read marks and preferences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request, url_for
from marshmallow import ValidationError

from app.api.problems import MEDIA_TYPE
from app.api.resources import BAD_QUERY, _json, _limit, _possible_id, api
from app.http import signed_in, writing
from app.kernel.errors import INVALID_INPUT
from app.kernel.lifecycle import lifecycle_of
from app.kernel.pages import MAX_PAGE_ROWS
from app.kernel.values import ID_LENGTH, N_
from app.kernel.work import unit_of_work
from app.notices import inbox, preferences
from app.notices.inbox import Entry
from app.notices.letters import sentence_of, title_of
from app.notices.schemas import TOO_MANY, TOO_MANY_KINDS, NoticeOut, PreferencesInput, PreferencesOut

QUERY: Final = frozenset({"after", "limit", "unread"})
ONE_ID: Final = {"in": "path", "name": "id", "required": True, "schema": {"type": "string", "maxLength": ID_LENGTH}}


@api.get("/notices")
def read_notices() -> Response:
    """A page of the caller's notices, newest first."""
    asking = signed_in()
    unknown = sorted(set(request.args) - QUERY)
    if unknown:
        raise BAD_QUERY(name=unknown[0], fields={name: [N_("Unknown field.")] for name in unknown})
    unread = request.args.get("unread", "0")
    if not re.fullmatch("[01]", unread):
        raise BAD_QUERY(name="unread", fields={"unread": [N_("Not one of the choices.")]})
    entries, following = inbox.read(asking, after=request.args.get("after"), limit=_limit(), unread=unread == "1")
    response = jsonify(items=[_shown(one) for one in entries], unread=inbox.unread(asking), next_cursor=following)
    if following:
        query: dict[str, Any] = {**request.args.to_dict(), "after": following}
        response.headers["Link"] = f'<{url_for("api.read_notices", **query)}>; rel="next"'
    return response


def _shown(entry: Entry) -> dict[str, Any]:
    notice, record = entry.notice, entry.record
    lifecycle = lifecycle_of(record)
    shown: dict[str, Any] = NoticeOut().dump({
        "id": notice.id, "created_at": notice.created_at, "name": notice.name, "title": title_of(notice),
        "sentence": sentence_of(notice), "words": entry.words, "kind": lifecycle.name, "record": record.id,
        "number": getattr(record, "number", None), "href": f"/api/v1/{lifecycle.collection}/{record.id}",
        "turn": notice.turn, "until": notice.until, "read_at": notice.read_at,
    })  # fmt: skip
    return shown


@api.post("/notices/<notice_id>/read")
def read_notice(notice_id: str) -> Response:
    """Note that the caller has read one notice."""
    _possible_id(notice_id)
    asking = writing()
    inbox.find_own(str(asking.person_id), notice_id, asking.org_id)
    given = _json()
    if given:
        raise INVALID_INPUT(fields={name: [N_("Unknown field.")] for name in given})
    with unit_of_work():
        asking = writing()
        inbox.find_own(str(asking.person_id), notice_id, asking.org_id)
        inbox.mark_read(asking, notice_id)
        entry, _ = inbox.find_own(str(asking.person_id), notice_id, asking.org_id)
        body = _shown(entry)
    return jsonify(body)


@api.post("/notices/read")
def read_all_notices() -> Response:
    """Note that the caller has read everything so far."""
    writing()
    given = _json()
    if given:
        raise INVALID_INPUT(fields={name: [N_("Unknown field.")] for name in given})
    with unit_of_work():
        number = inbox.mark_read(writing())
    return jsonify(marked=number)


@api.get("/notice-preferences")
def read_preferences() -> Response:
    """What the caller hears, by which channel, and how soon."""
    return jsonify(_preferences(str(signed_in().person_id)))


@api.put("/notice-preferences")
def replace_preferences() -> Response:
    """Make this what the caller wants; topics that are not named are as usual, events as their topics."""
    writing()
    try:
        given = PreferencesInput().load(_json())
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    chosen = _each_once(given["paces"], "paces", "topic", TOO_MANY)
    apart = _each_once(given["events"], "events", "event", TOO_MANY_KINDS)
    with unit_of_work():
        person_id = str(writing().person_id)
        preferences.replace(
            person_id, telephone=given["telephone"], wechat=given["wechat"], chosen=chosen, apart=apart
        )  # fmt: skip
    return jsonify(_preferences(person_id))


def _each_once(rows: Sequence[dict[str, str]], where: str, what: str, twice: str) -> dict[preferences.Choice, str]:
    chosen: dict[preferences.Choice, str] = {}
    for place, one in enumerate(rows):
        if (one[what], one["channel"]) in chosen:
            raise INVALID_INPUT(fields={where: {place: {what: [twice]}}})
        chosen[one[what], one["channel"]] = one["pace"]
    return chosen


def _preferences(person_id: str) -> dict[str, Any]:
    contact = preferences.contact(person_id)
    rows = [
        {"topic": topic, "channel": channel, "pace": pace}
        for (topic, channel), pace in preferences.paces(person_id).items()
    ]
    apart = [
        {"event": kind, "channel": channel, "pace": pace}
        for (kind, channel), pace in sorted(preferences.apart(person_id).items())
    ]
    shown: dict[str, Any] = PreferencesOut().dump({
        "telephone": contact.telephone, "wechat": contact.wechat, "paces": rows, "events": apart
    })  # fmt: skip
    return shown


# OpenAPI -------------------------------------------------------------------------------------------------------------


def describe(spec: APISpec) -> None:
    """Add these routes to the description."""
    spec.components.schema("Notice", schema=NoticeOut)
    page = {
        "type": "object",
        "required": ["items", "unread", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Notice"}},
            "unread": {"type": "integer"},
            "next_cursor": {"type": ["string", "null"]},
        },
    }
    marked = {"type": "object", "required": ["marked"], "properties": {"marked": {"type": "integer"}}}
    refused = ("400", "401", "403", "404", "405", "409", "413", "415", "422", "429", "503")
    spec.path("/api/v1/notices", operations={"get": {
        "operationId": "list_notices", "tags": ["notices"],
        "summary": "The caller's notices for the organisation acted for, newest first",
        "parameters": [
            {"in": "query", "name": "unread", "schema": {"type": "string", "enum": ["0", "1"]}},
            {"in": "query", "name": "after", "schema": {"type": "string", "maxLength": 200}},
            {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_ROWS}},
        ],
        "responses": {"200": _answer("A page", page), **_problems("401", "405", "409", "422", "503")},
    }})  # fmt: skip
    spec.path(
        "/api/v1/notices/{id}/read",
        parameters=[ONE_ID],
        operations={"post": {
            "operationId": "read_notice", "tags": ["notices"], "summary": "Mark one notice as read",
            "responses": {"200": _answer("The notice", {"$ref": "#/components/schemas/Notice"}), **_problems(*refused)},
        }},
    )  # fmt: skip
    spec.path("/api/v1/notices/read", operations={"post": {
        "operationId": "read_all_notices", "tags": ["notices"], "summary": "Mark everything as read",
        "responses": {"200": _answer("How many were unread", marked), **_problems(*refused)},
    }})  # fmt: skip
    answer = _answer("What the caller hears, and how soon", PreferencesOut)
    spec.path("/api/v1/notice-preferences", operations={
        "get": {
            "operationId": "read_notice_preferences", "tags": ["notices"],
            "summary": "Every topic by every channel, events chosen apart, and where the caller is reached",
            "responses": {"200": answer, **_problems("401", "405", "409", "503")},
        },
        "put": {
            "operationId": "replace_notice_preferences", "tags": ["notices"],
            "summary": "Choose what is sent and how soon; approvals by mail cannot be switched off",
            "requestBody": {"required": True, "content": {"application/json": {"schema": PreferencesInput}}},
            "responses": {"200": answer, **_problems(*refused)},
        },
    })  # fmt: skip


def _answer(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": "Refused", "content": {MEDIA_TYPE: problem}} for status in statuses}
