"""Documents and pictures of listings for programs, and those of what was ordered as they were then."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Response, jsonify

from app.api.resources import _possible_id, api
from app.catalogue.media import reading
from app.catalogue.media.shapes import MediumOut
from app.catalogue.models import Listing
from app.http import actor, drawing_answer, medium_answer
from app.kernel.lifecycle import find
from app.ordering import as_ordered
from app.ordering.models import Order
from app.papers.contents.common import code_of


@api.get("/listings/<record_id>/media/<medium_id>/<size>")
def read_medium(record_id: str, medium_id: str, size: str) -> Response:
    """The bytes of a document or picture of a listing that the caller may see."""
    _possible_id(record_id)
    _possible_id(medium_id)
    listing = find(Listing, record_id, actor())
    found = reading.of_listing(listing, medium_id, size, actor())
    return medium_answer(*found, keep=reading.is_shown(listing, medium_id))


@api.get("/listings/<record_id>/code.svg")
def read_listing_code(record_id: str) -> Response:
    """The QR code that leads to a listing."""
    _possible_id(record_id)
    return drawing_answer(code_of(find(Listing, record_id, actor())))


@api.get("/orders/<record_id>/media")
def read_ordered_media(record_id: str) -> Response:
    """What the listings of an order showed when it was made."""
    _possible_id(record_id)
    order = find(Order, record_id, actor())
    shape = MediumOut()
    items = [{**shape.dump(one), "listing": one.listing_id} for one in as_ordered.media_of(order)]
    return jsonify(items=items)


@api.get("/orders/<record_id>/media/<medium_id>/<size>")
def read_ordered_medium(record_id: str, medium_id: str, size: str) -> Response:
    """The bytes of one of them."""
    _possible_id(record_id)
    _possible_id(medium_id)
    order = find(Order, record_id, actor())
    return medium_answer(*as_ordered.open_medium(order, medium_id, size), keep=True)


def describe(spec: APISpec, answer: Any, problems: Any) -> None:
    """Add these routes to the description."""
    refused = problems("401", "403", "404", "405", "409", "422", "503")

    def path(*names: str) -> list[dict[str, Any]]:
        limit = {"type": "string", "maxLength": 30}
        return [{"in": "path", "name": name, "required": True, "schema": limit} for name in names]

    content = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}},
               "application/pdf": {"schema": {"type": "string", "format": "binary"}}}  # fmt: skip
    for collection, of_what in (("listings", "of a listing"), ("orders", "of what was ordered, as it was then")):
        spec.path(f"/api/v1/{collection}/{{record_id}}/media/{{medium_id}}/{{size}}", operations={"get": {
            "operationId": f"read_{collection}_medium", "tags": [collection],
            "summary": f"A document or picture {of_what}; size: file for a document, 1600, 480 or 160 for a picture",
            "parameters": path("record_id", "medium_id", "size"),
            "responses": {"200": {"description": "Its bytes", "content": content}, **refused},
        }})  # fmt: skip
    spec.path("/api/v1/listings/{record_id}/code.svg", operations={"get": {
        "operationId": "read_listing_code", "tags": ["listings"], "parameters": path("record_id"),
        "summary": "The QR code that leads to a listing, as SVG",
        "responses": {"200": {"description": "The code", "content": {"image/svg+xml": {"schema": {"type": "string"}}}},
                      **refused},
    }})  # fmt: skip
    items = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object"}}}}
    spec.path("/api/v1/orders/{record_id}/media", operations={"get": {
        "operationId": "read_ordered_media", "tags": ["orders"], "parameters": path("record_id"),
        "summary": "The documents and pictures of what was ordered, as they were shown when the order was made",
        "responses": {"200": answer("Documents and pictures", items), **refused},
    }})  # fmt: skip
