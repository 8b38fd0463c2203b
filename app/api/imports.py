"""Tables of listings for programs: what is wrong in a file that was sent, its marked copy, templates and exports."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import Schema, fields

from app import i18n
from app.api.resources import BAD_QUERY, _find, api
from app.catalogue.exchange.cells import WHOLE_ROW
from app.catalogue.exchange.models import ImportJob, ImportProblem
from app.catalogue.exchange.outgoing import FORMATS, export_response, marked_response, template_response
from app.catalogue.exchange.reasons import unpack
from app.catalogue.taxonomy.models import CODE_CHARS
from app.http import signed_in
from app.kernel.db import db
from app.kernel.values import N_

PROBLEMS_AT_ONCE: Final = 200
PLACE_DIGITS: Final = 6


class ImportProblemOut(Schema):
    """One error: the row as a spreadsheet counts, the place of the column from 0 or null for the whole row, and why."""

    row = fields.Integer(attribute="row_number")
    column = fields.Function(lambda one: None if one.column_place == WHOLE_ROW else one.column_place)
    heading = fields.String()
    value = fields.String()
    reason = fields.Function(lambda one: i18n.speak(unpack(one.reason)))


def _job(record_id: str) -> ImportJob:
    signed_in()
    found: ImportJob = _find("imports", record_id)
    return found


@api.get("/imports/<record_id>/problems")
def read_import_problems(record_id: str) -> Response:
    """What is wrong in a file, in the caller's language, in the order of its rows."""
    found = _job(record_id)
    unknown = sorted(set(request.args) - {"after"})
    if unknown:
        raise BAD_QUERY(name=unknown[0], fields={name: [N_("Unknown field.")] for name in unknown})
    text = request.args.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= PLACE_DIGITS):
        raise BAD_QUERY(name="after", fields={"after": [N_("Not a valid integer.")]})
    after = int(text)
    statement = (
        sa.select(ImportProblem)
        .where(ImportProblem.job_id == found.id, ImportProblem.supplier_id == found.supplier_id)
        .where(ImportProblem.place >= after)
        .order_by(ImportProblem.place)
        .limit(PROBLEMS_AT_ONCE)
    )
    rows = db.session.scalars(statement).all()
    following = str(after + len(rows)) if len(rows) == PROBLEMS_AT_ONCE else None
    return jsonify(items=ImportProblemOut(many=True).dump(rows), total=found.problem_count, next_after=following)


@api.get("/imports/<record_id>/marked")
def read_marked_copy(record_id: str) -> Response:
    """The file that was sent with its wrong cells coloured and commented."""
    return marked_response(_job(record_id))


@api.get("/listings/template")
def read_listing_template() -> Response:
    """An empty workbook with the columns of a category."""
    return template_response(signed_in(), request.args, i18n.language())


@api.get("/listings/export")
def read_listing_export() -> Response:
    """The caller's own listings in the columns of the template."""
    return export_response(signed_in(), request.args, i18n.language())


def describe(spec: APISpec, answer: Any, problems: Any, one_id: dict[str, Any]) -> None:
    """Add the routes to the description."""
    refused = problems("401", "403", "404", "405", "409", "422", "503")
    after = {"in": "query", "name": "after", "schema": {"type": "string", "pattern": rf"^\d{{1,{PLACE_DIGITS}}}$"}}
    page = {"type": "object", "required": ["items", "total"], "properties": {
        "items": {"type": "array", "items": ImportProblemOut}, "total": {"type": "integer"},
        "next_after": {"type": ["string", "null"]},
    }}  # fmt: skip
    spec.path("/api/v1/imports/{id}/problems", parameters=[one_id], operations={"get": {
        "operationId": "read_import_problems", "tags": ["imports"], "parameters": [after],
        "summary": "What is wrong in a file, by row and column, in the language of Accept-Language",
        "responses": {"200": answer("Errors in the order of the rows", page), **refused},
    }})  # fmt: skip
    file = {"200": {"description": "The file", "content": {"*/*": {}}}}
    spec.path("/api/v1/imports/{id}/marked", parameters=[one_id], operations={"get": {
        "operationId": "read_marked_copy", "tags": ["imports"],
        "summary": "The file with its wrong cells coloured and the reasons as comments (XLSX)",
        "responses": {**file, **refused},
    }})  # fmt: skip
    category = {"in": "query", "name": "category", "schema": {"type": "string", "maxLength": CODE_CHARS}}
    spec.path("/api/v1/listings/template", operations={"get": {
        "operationId": "read_listing_template", "tags": ["listings"], "parameters": [category],
        "summary": "An empty XLSX with the columns, units and choices of a category",
        "responses": {**file, **refused},
    }})  # fmt: skip
    kind = {"in": "query", "name": "format", "schema": {"type": "string", "enum": list(FORMATS)}}
    spec.path("/api/v1/listings/export", operations={"get": {
        "operationId": "read_listing_export", "tags": ["listings"], "parameters": [category, kind],
        "summary": "The caller's own listings; importing the file again changes nothing",
        "responses": {**file, **refused},
    }})  # fmt: skip
