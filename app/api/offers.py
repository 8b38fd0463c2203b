"""The price of a listing for programs: what a quantity costs the caller's organisation today, and why."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import fields

from app import i18n
from app.api.resources import BAD_QUERY, _possible_id, api
from app.catalogue.models import Listing
from app.catalogue.offers.pricing import Price, terms_of
from app.catalogue.offers.pricing import price as price_for
from app.catalogue.offers.schemas import PriceOut
from app.catalogue.products.models import Product
from app.catalogue.products.queries import offers_of
from app.http import actor
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.shapes import Quantity
from app.kernel.values import N_


class OfferedOut(PriceOut):
    """One offer of a product."""

    supplier = fields.String()
    configuration = fields.String()
    lead_time_days = fields.Integer(allow_none=True)
    warranty_months = fields.Integer(allow_none=True)


UNPRICED = N_("The price is on request. Ask the supplier for a quote.")


@api.get("/listings/<record_id>/price")
def read_price(record_id: str) -> Response:
    """The price of a quantity; without one, of the smallest order."""
    _possible_id(record_id)
    found = find(Listing, record_id, actor())
    unknown = sorted(set(request.args) - {"quantity"})
    if unknown:
        raise BAD_QUERY(name=unknown[0], fields={unknown[0]: [N_("Unknown field.")]})
    return jsonify(PriceOut().dump(told(price_for(actor().org_id, found, _quantity(found)))))


@api.get("/products/<record_id>/offers")
def read_offers(record_id: str) -> Response:
    """Who offers a product now, with the price of the smallest order for the caller; the cheapest first."""
    _possible_id(record_id)
    found = find(Product, record_id, actor())
    rows = offers_of(found.id, actor())
    items = [{"supplier": one.supplier.id, "configuration": one.listing.configuration,
              "lead_time_days": one.listing.lead_time_days, "warranty_months": one.listing.warranty_months}
             | PriceOut().dump(told(price)) for one, price in rows]  # fmt: skip
    return jsonify(items=items)


def _quantity(found: Listing) -> int:
    text = request.args.get("quantity")
    if text is None:
        return terms_of(found).least_micro
    field = Quantity()
    try:
        return int(field.deserialize(text))
    except Exception as wrong:
        raise BAD_QUERY(name="quantity", fields={"quantity": getattr(wrong, "messages", [])}) from None


def told(price: Price) -> dict[str, Any]:
    """A price under the names of PriceOut."""
    unmet: Refusal | None = price.unmet
    why = i18n.speak(unmet) if unmet else (i18n.say(UNPRICED) if price.price is None else None)
    return {
        "listing": price.terms.id, "quantity_micro": price.quantity_micro, "price": price.price,
        "basis_micro": price.terms.basis_micro, "amount": price.amount, "tax": price.tax,
        "vat_bp": price.terms.vat_bp, "tax_class": price.terms.tax_class, "rule": price.rule,
        "from_micro": price.from_micro, "contract_id": price.contract_id, "until": price.until,
        "list_price": price.list_price, "can_be_ordered": why is None, "why_not": why,
    }  # fmt: skip


def describe(spec: APISpec) -> None:
    """Add these routes to the description."""
    answers = {"200": {"description": "The price with what decides it",
                       "content": {"application/json": {"schema": PriceOut}}}}  # fmt: skip
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    refusals = {
        status: {"description": "Refused", "content": {"application/problem+json": problem}}
        for status in ("401", "403", "404", "405", "409", "422", "503")
    }
    spec.path("/api/v1/listings/{id}/price", operations={"get": {
        "operationId": "read_price", "tags": ["listings"],
        "summary": "What a quantity costs the caller's organisation today: list, tier or contract price, tax included",
        "parameters": [
            {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}},
            {"in": "query", "name": "quantity", "schema": {"type": "string", "maxLength": 40}},
        ],
        "responses": answers | refusals,
    }})  # fmt: skip
    items = {"type": "object", "properties": {"items": {"type": "array", "items": OfferedOut}}}
    offered = {"200": {"description": "The offers", "content": {"application/json": {"schema": items}}}}
    spec.path("/api/v1/products/{id}/offers", operations={"get": {
        "operationId": "read_offers", "tags": ["products"],
        "summary": "Who offers a product now, with the price of the smallest order for the caller; the cheapest first",
        "parameters": [{"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}],
        "responses": offered | refusals,
    }})  # fmt: skip
