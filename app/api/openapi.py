"""The OpenAPI 3.1 description, generated from the lifecycles; nothing in it is written by hand twice."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from app.api import (
    audit,
    catalogue,
    comparing,
    finding,
    imports,
    indicators,
    joining,
    media,
    money,
    notices,
    offers,
    security,
    sharing,
    standing,
)
from app.api.problems import MEDIA_TYPE
from app.http import callable_actions, collection_birth, collections
from app.kernel import shapes
from app.kernel.errors import CODES
from app.kernel.lifecycle import Action, Lifecycle
from app.kernel.pages import MAX_PAGE_ROWS
from app.kernel.values import ID_LENGTH

MONEY: Final = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
        "currency": {"type": "string", "minLength": 3, "maxLength": 3},
    },
}
ONE_ID: Final = {"in": "path", "name": "id", "required": True, "schema": {"type": "string", "maxLength": ID_LENGTH}}


class Problem(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(fields.Dict())


class ActionOffered(Schema):
    """What the reader may do to the record from its state, with the reason where it would be refused now."""

    name = fields.String(required=True)
    href = fields.String(required=True)
    enabled = fields.Boolean(required=True)
    code = fields.String()
    reason = fields.String()


class FileOfRecord(Schema):
    """A file that hangs on the record."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    href = fields.String(required=True)


_ADDED: Final = {
    "actions": {"type": "array", "items": {"$ref": "#/components/schemas/ActionOffered"}},
    "files": {"type": "array", "items": {"$ref": "#/components/schemas/FileOfRecord"}},
}
"""What `represent` adds to every single record."""


def _own_types(_: Any, field: Any, **__: Any) -> dict[str, Any]:
    """What our field types look like in JSON; those that may be null say so."""
    look = _look(field)
    if field.allow_none and "type" in look:
        kinds = look["type"] if isinstance(look["type"], list) else [look["type"]]
        look["type"] = [*kinds, *({"null"} - set(kinds))]
    if field.allow_none and "enum" in field.metadata:
        look["enum"] = [*field.metadata["enum"], None]
    return look


def _look(field: Any) -> dict[str, Any]:
    if isinstance(field, shapes.MoneyField):
        return dict(MONEY)
    if isinstance(field, (shapes.Quantity, shapes.Percent)):
        return {"type": "string" if field.dump_only else ["string", "integer"]}
    if isinstance(field, shapes.Moment):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, shapes.File):
        return {"type": "string", "contentMediaType": "application/octet-stream"}
    if isinstance(field, shapes.Text):
        return {"type": "string", "maxLength": field.most}
    if isinstance(field, fields.Function):
        return {"type": field.metadata.get("type", "string")}
    if isinstance(field, fields.Method):
        return {"type": field.metadata.get("type", ["object", "null"])}
    return {}


def build() -> dict[str, Any]:
    """The whole description as a dictionary."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="LabPark",
        version="1",
        openapi_version="3.1.0",
        info={"description": "Centralised purchasing of a laboratory-integration park. Every write is an action of a "
                             "record; a record lists the actions it offers you, with the reason where one is refused."},
        plugins=[plugin],
        servers=[{"url": "/"}],
        security=[{"key": []}],
    )  # fmt: skip
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(_own_types)  # type: ignore[no-untyped-call]
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer"})
    for common in (Problem, ActionOffered, FileOfRecord):
        spec.components.schema(common.__name__, schema=common)
    for lifecycle in collections().values():
        _collection(spec, lifecycle)
        spec.components.schemas[_name(lifecycle.shape)]["properties"].update(_ADDED)
    _extras(spec)
    return spec.to_dict()


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__)


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


_PROBLEMS: Final = {
    "400": "The request cannot be read", "401": "Nobody is signed in", "403": "Not yours to do",
    "404": "Not there, or not visible to you", "405": "No such method", "409": "Not possible now",
    "412": "Changed since you saw it", "413": "Too large", "415": "Not JSON",
    "422": "Input not accepted", "428": "If-Match is missing", "429": "Too many requests", "503": "Busy",
}  # fmt: skip


def _problems(*statuses: str) -> dict[str, Any]:
    return {status: _problem(_PROBLEMS[status]) for status in statuses}


_READ = ("401", "403", "404", "405", "409", "422", "503")
_WRITE = ("400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "428", "429", "503")


def _collection(spec: APISpec, lifecycle: Lifecycle[Any]) -> None:
    shape = lifecycle.shape
    base = f"/api/v1/{lifecycle.collection}"
    listing: dict[str, Any] = {
        "get": {
            "operationId": f"list_{lifecycle.name}",
            "tags": [lifecycle.collection],
            "summary": f"A page of {lifecycle.collection}, newest first",
            "parameters": [
                {"in": "query", "name": "state", "schema": {"type": "string", "enum": list(lifecycle.states)}},
                {"in": "query", "name": "after", "schema": {"type": "string", "maxLength": 200}},
                {"in": "query", "name": "limit",
                 "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_ROWS}},
            ],
            "responses": {"200": _json_answer("A page", _page_of(shape)), **_problems(*_READ)},
        }
    }  # fmt: skip
    birth = collection_birth(lifecycle)
    if birth is not None:
        listing["post"] = _operation(birth, f"create_{lifecycle.name}", pinned=False)
    spec.path(base, operations=listing)
    spec.path(f"{base}/{{id}}", parameters=[ONE_ID], operations={"get": {
        "operationId": f"read_{lifecycle.name}", "tags": [lifecycle.collection],
        "summary": f"One {lifecycle.name}: {' | '.join(lifecycle.states)}",
        "responses": {"200": _json_answer("The record", shape), **_problems(*_READ)},
    }})  # fmt: skip
    spec.path(f"{base}/{{id}}/history", parameters=[ONE_ID], operations={"get": {
        "operationId": f"history_{lifecycle.name}", "tags": [lifecycle.collection],
        "summary": "What happened to it, newest first",
        "responses": {"200": _json_answer("Events", {"type": "object"}), **_problems(*_READ)},
    }})  # fmt: skip
    for verb in callable_actions(lifecycle):
        spec.path(
            f"{base}/{{id}}/{verb.name}",
            parameters=[ONE_ID],
            operations={"post": _operation(verb, f"{lifecycle.name}_{verb.name}", pinned=verb.touches)},
        )


def _page_of(shape: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {"items": {"type": "array", "items": shape}, "next_cursor": {"type": ["string", "null"]}},
    }


def _json_answer(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _operation(verb: Action[Any, Any, Any], operation_id: str, *, pinned: bool) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "minLength": 1, "maxLength": 80}}
    ]
    if pinned:
        parameters.append({"in": "header", "name": "If-Match", "required": True, "schema": {"type": "string"}})
    subject = verb.makes or verb.lifecycle
    answer = _json_answer(f"The {subject.name}", subject.shape)
    operation: dict[str, Any] = {
        "operationId": operation_id,
        "tags": [subject.collection],
        "summary": verb.sentence,
        "description": f"`{verb.arrow}` by {', '.join(' '.join(pair) for pair in verb.by.titles())}",
        "parameters": parameters,
        "responses": {"201" if verb.makes is not None else "200": answer, **_problems(*_WRITE)},
    }
    if verb.takes is not None:
        sent = [field for field in verb.takes().load_fields.values() if isinstance(field, shapes.File)]
        kinds = ["multipart/form-data"] if sent else []
        if not any(field.required for field in sent):
            kinds.insert(0, "application/json")
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": verb.takes} for kind in kinds}}
        if sent:
            operation["description"] += ". In multipart/form-data lists and objects are written as JSON"
    return operation


def _extras(spec: APISpec) -> None:
    anything = _json_answer("Found", {"type": "object"})
    for path, summary in (("me", "Who the caller is"), ("worklist", "What waits for the caller")):
        spec.path(f"/api/v1/{path}", operations={"get": {
            "operationId": path, "tags": [path], "summary": summary,
            "responses": {"200": anything, **_problems("401", "403", "405", "409", "503")},
        }})  # fmt: skip
    spec.path("/api/v1/files/{id}", parameters=[ONE_ID], operations={"get": {
        "operationId": "read_file", "tags": ["files"], "summary": "The content of a file of a record, as a download",
        "responses": {"200": {"description": "The file", "content": {"*/*": {}}}, **_problems(*_READ)},
    }})  # fmt: skip
    catalogue.describe(spec)
    imports.describe(spec, _json_answer, _problems, ONE_ID)
    comparing.describe(spec, _json_answer, _problems)
    finding.describe(spec)
    media.describe(spec, _json_answer, _problems)
    offers.describe(spec)
    audit.describe(spec, _json_answer, _problems)
    indicators.describe(spec, _json_answer, _problems, ONE_ID)
    money.describe(spec, _json_answer, _problems)
    notices.describe(spec)
    joining.describe(spec, _json_answer, _problems)
    standing.describe(spec, _json_answer, _problems, ONE_ID)
    security.describe(spec, _json_answer, _problems)
    sharing.describe(spec, _json_answer, _problems, ONE_ID)
    spec.components.schemas["Problem"]["properties"]["code"]["description"] = "One of: " + ", ".join(sorted(CODES))
