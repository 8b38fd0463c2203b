"""The records behind the value of an indicator, for programs; the indicators themselves are a usual collection."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import Schema, fields

from app.api.resources import BAD_QUERY, _find, _limit, api
from app.http import actor
from app.indicators.models import Indicator
from app.indicators.queries import period_of, source_rows
from app.kernel.lifecycle import lifecycle_of
from app.kernel.pages import MAX_PAGE_ROWS
from app.kernel.periods import period_named
from app.kernel.values import ID_LENGTH, N_

NAMES: Final = frozenset({"period", "after", "limit"})


class SourceRowOut(Schema):
    """One record that was counted: its part of the numerator and of the denominator."""

    id = fields.String(attribute="record.id")
    href = fields.Function(
        lambda row: f"/api/v1/{lifecycle_of(row.record).collection}/{row.record.id}", metadata={"type": "string"}
    )
    state = fields.String(attribute="record.state")
    part = fields.Integer()
    whole = fields.Integer()


@api.get("/indicators/<record_id>/rows")
def indicator_rows(record_id: str) -> Response:
    """The records that count in a period, newest first; the newest period that was measured without one."""
    found: Indicator = _find("indicators", record_id)
    unknown = sorted(set(request.args) - NAMES)
    if unknown:
        raise BAD_QUERY(name=unknown[0], fields={name: [N_("Unknown field.")] for name in unknown})
    text = request.args.get("period")
    asked = period_named(text) if text is not None else None
    period = period_of(found, asked)
    if text is not None and (asked is None or period is None):
        raise BAD_QUERY(name="period", fields={"period": [N_("Not one of the choices.")]})
    after = request.args.get("after")
    if after is not None and (len(after) > ID_LENGTH or not after.isascii() or "\0" in after):
        raise BAD_QUERY(name="after", fields={"after": [N_("Invalid value.")]})
    limit = _limit()
    if period is None:
        return jsonify(period=None, items=[], next_after=None)
    rows = source_rows(found, period, actor(), after=after, limit=limit)
    return jsonify(period=period.label, items=SourceRowOut(many=True).dump(rows.items), next_after=rows.next)


def describe(spec: APISpec, answer: Any, problems: Any, one_id: dict[str, Any]) -> None:
    """Add the route to the description."""
    page = {
        "type": "object", "required": ["period", "items", "next_after"],
        "properties": {"period": {"type": ["string", "null"]}, "items": {"type": "array", "items": SourceRowOut},
                       "next_after": {"type": ["string", "null"]}},
    }  # fmt: skip
    spec.path("/api/v1/indicators/{id}/rows", parameters=[one_id], operations={"get": {
        "operationId": "indicator_rows", "tags": ["indicators"],
        "summary": "The records behind the value of a period, with what each counts",
        "parameters": [
            {"in": "query", "name": "period", "schema": {"type": "string", "maxLength": 7}},
            {"in": "query", "name": "after", "schema": {"type": "string", "maxLength": ID_LENGTH}},
            {"in": "query", "name": "limit",
             "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_ROWS}},
        ],
        "responses": {"200": answer("Rows, newest first", page),
                      **problems("401", "404", "405", "409", "422", "503")},
    }})  # fmt: skip
