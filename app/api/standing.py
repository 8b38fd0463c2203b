"""The score of a supplier for programs: how it is made up for everybody, its rows for itself and the platform."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import Schema, fields
from werkzeug.exceptions import NotFound

from app.accounts.models import Organisation
from app.api.resources import BAD_QUERY, _find, api
from app.http import actor, signed_in
from app.kernel.actors import STAFF_KINDS
from app.kernel.errors import NOT_YOURS
from app.kernel.shapes import Moment
from app.kernel.values import N_
from app.standing import score
from app.standing.models import CRITERIA

CRITERION: Final = {"in": "path", "name": "criterion", "required": True,
                    "schema": {"type": "string", "enum": list(CRITERIA)}}  # fmt: skip


class ScorePartOut(Schema):
    """One criterion: rows, mean points of 100, and whether there are enough rows for it to count."""

    criterion = fields.String()
    count = fields.Integer()
    points = fields.Integer(allow_none=True)
    enough = fields.Boolean()


class ScoreOut(Schema):
    """A score: points of 100, or null while nothing has enough rows."""

    points = fields.Integer(allow_none=True)
    rows = fields.Integer()
    parts = fields.List(fields.Nested(ScorePartOut))


class ScorePointOut(Schema):
    """One row: the record that counts, the event by which it does, its points, and whether it is contested."""

    row = fields.String(attribute="object_id")
    event = fields.String(attribute="event_id")
    at = Moment()
    points = fields.Integer()
    contest = fields.String(attribute="contest_id", allow_none=True)
    contest_state = fields.String(allow_none=True)


def _supplier(record_id: str) -> Organisation:
    signed_in()
    found: Organisation = _find("organisations", record_id)
    if not found.kinds & {"supplier", "service"}:
        raise NotFound()
    for name in request.args:
        raise BAD_QUERY(name=name, fields={name: [N_("Unknown field.")]})
    return found


@api.get("/organisations/<record_id>/score")
def read_score(record_id: str) -> Response:
    """The score of a supplier now, and how it is made up."""
    return jsonify(ScoreOut().dump(score.score_of(_supplier(record_id).id)))


@api.get("/organisations/<record_id>/score/<criterion>")
def read_score_rows(record_id: str, criterion: str) -> Response:
    """The rows of one criterion, newest first; for the supplier itself and the platform's staff."""
    found = _supplier(record_id)
    asking = actor()
    if asking.org_id != found.id and not asking.kinds & STAFF_KINDS:
        raise NOT_YOURS(who=[(N_("the organisation"), ""), (N_("the operator"), "")])
    if criterion not in CRITERIA:
        raise NotFound()
    return jsonify(items=ScorePointOut(many=True).dump(score.points_of(found.id, criterion)))


def describe(spec: APISpec, answer: Any, problems: Any, one_id: dict[str, Any]) -> None:
    """Add the routes to the description."""
    refused = problems("401", "403", "404", "405", "409", "422", "503")
    spec.path("/api/v1/organisations/{id}/score", parameters=[one_id], operations={"get": {
        "operationId": "read_score", "tags": ["organisations"],
        "summary": "The score of a supplier, counted from events of the last year, and how it is made up",
        "responses": {"200": answer("The score", ScoreOut), **refused},
    }})  # fmt: skip
    page = {"type": "object", "required": ["items"],
            "properties": {"items": {"type": "array", "items": ScorePointOut}}}  # fmt: skip
    spec.path("/api/v1/organisations/{id}/score/{criterion}", parameters=[one_id, CRITERION], operations={"get": {
        "operationId": "read_score_rows", "tags": ["organisations"],
        "summary": "The rows behind one criterion, for the supplier itself and the platform's staff",
        "responses": {"200": answer("Rows, newest first", page), **refused},
    }})  # fmt: skip
