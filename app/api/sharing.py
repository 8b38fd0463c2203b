"""What could be booked in the park instead of bought, for programs."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Response, jsonify, request

from app.api.resources import BAD_QUERY, _find, api
from app.http import signed_in
from app.kernel.errors import NOT_YOURS
from app.kernel.values import N_
from app.representation import represent
from app.sharing.purchases import bookable_instead
from app.sharing.schemas import SharedInstrumentOut
from app.sourcing.schemas import BUYER_SIDE


@api.get("/requisitions/<record_id>/bookable")
def read_requisition_bookable(record_id: str) -> Response:
    """Shared instruments of the kinds that a requisition is about."""
    return _bookable("requisitions", record_id)


@api.get("/rfqs/<record_id>/bookable")
def read_rfq_bookable(record_id: str) -> Response:
    """Shared instruments of the kinds that a request for quotation is about."""
    return _bookable("rfqs", record_id)


def _bookable(collection: str, record_id: str) -> Response:
    asking = signed_in()
    for name in request.args:
        raise BAD_QUERY(name=name, fields={name: [N_("Unknown field.")]})
    record = _find(collection, record_id)
    if not asking.is_staff and asking.org_id != record.buyer_id:  # whoever is invited reads the request, and not this
        raise NOT_YOURS(who=[*BUYER_SIDE.titles()])
    found = bookable_instead(record)
    return jsonify(items=[represent(one, asking, with_actions=False) for one in found])


def describe(spec: APISpec, answer: Any, problems: Any, one_id: Any) -> None:
    """Add these routes to the description."""
    items = {"type": "object", "properties": {"items": {"type": "array", "items": SharedInstrumentOut}}}
    for collection, subject in (("requisitions", "requisition"), ("rfqs", "request")):
        spec.path(f"/api/v1/{collection}/{{id}}/bookable", parameters=[one_id], operations={"get": {
            "operationId": f"read_{collection}_bookable", "tags": [collection],
            "summary": f"Shared instruments that could be booked instead of buying what the {subject} is about",
            "responses": {"200": answer("Found", items), **problems("401", "403", "404", "405", "409", "422", "503")},
        }})  # fmt: skip
