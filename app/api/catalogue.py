"""The catalogue for programs: search with facets, suggestions, and the caller's basket."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from flask import Response, g, jsonify, request
from marshmallow import Schema, ValidationError, fields, validate

from app.api.problems import MEDIA_TYPE
from app.api.resources import BAD_QUERY, _json, api
from app.catalogue import basket, index
from app.catalogue.models import KINDS
from app.catalogue.question import MAX_CURSOR_CHARS, MAX_PAGE_ROWS, MAX_TEXT_CHARS, NAMES, SORTS, read
from app.catalogue.schemas import BasketLineInput
from app.http import actor, signed_in
from app.kernel.errors import INVALID_INPUT, READ_ONLY_KEY
from app.kernel.shapes import Input, MoneyField, Quantity
from app.kernel.values import N_, Money, quantity_text
from app.kernel.work import unit_of_work

MANY: Final = frozenset({"brand", "supplier", "kind"})
AS_STORED: Final = (
    "kind", "category", "name_zh", "name_en", "brand", "model", "part_no", "unit", "lead_time_days", "warranty_months",
)  # fmt: skip
"""Fields that a card has as the API says them."""
POINT_MICRO: Final = 10_000
"""A basis point in millionths of a percent."""

TWICE: Final = N_("A listing stands in a basket once.")
TOO_MANY_LINES: Final = N_("At most 100 lines.")


class SupplierOut(Schema):
    """Whose it is."""

    id = fields.String()
    name_zh = fields.String()
    name_en = fields.String()


class CatalogueItem(Schema):
    """One listing on a result page."""

    id = fields.String()
    href = fields.String()
    kind = fields.String()
    category = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    brand = fields.String()
    model = fields.String()
    part_no = fields.String()
    supplier = fields.Nested(SupplierOut)
    price = MoneyField(allow_none=True)
    price_basis = fields.String()
    unit = fields.String()
    vat_rate = fields.String()
    lead_time_days = fields.Integer(allow_none=True)
    warranty_months = fields.Integer(allow_none=True)


class FacetOut(Schema):
    """How many listings a further value of a filter would show."""

    value = fields.String()
    count = fields.Integer()


class FacetsOut(Schema):
    """The counts of each filter, as if it alone were not set."""

    category = fields.List(fields.Nested(FacetOut))
    brand = fields.List(fields.Nested(FacetOut))
    supplier = fields.List(fields.Nested(FacetOut))
    kind = fields.List(fields.Nested(FacetOut))


class CataloguePage(Schema):
    """A page of the catalogue. `newest_only`: the index is being built, so only the newest listings were looked at."""

    items = fields.List(fields.Nested(CatalogueItem))
    total = fields.Integer()
    facets = fields.Nested(FacetsOut)
    next_cursor = fields.String(allow_none=True)
    newest_only = fields.Boolean()


class BasketInput(Input):
    """What the basket is to hold; what is not named goes out of it."""

    lines = fields.List(
        fields.Nested(BasketLineInput), required=True,
        validate=validate.Length(max=basket.MAX_BASKET_LINES, error=TOO_MANY_LINES),
    )  # fmt: skip


class BasketLineOut(Schema):
    """One line at today's price."""

    listing = fields.Function(lambda line: line.listing.id)
    name_zh = fields.Function(lambda line: line.listing.name_zh)
    name_en = fields.Function(lambda line: line.listing.name_en)
    quantity = Quantity(attribute="quantity_micro")
    unit = fields.Function(lambda line: line.listing.unit)
    amount = MoneyField(allow_none=True)
    tax = MoneyField(allow_none=True)


class BasketGroupOut(Schema):
    """The lines of one supplier in one currency: what will be one order."""

    supplier = fields.Function(lambda group: group.supplier.id)
    lines = fields.List(fields.Nested(BasketLineOut))
    total = MoneyField()


class BasketOut(Schema):
    """The caller's basket: groups, totals by currency, and ids that are no longer in the catalogue."""

    groups = fields.List(fields.Nested(BasketGroupOut))
    totals = fields.List(MoneyField())
    gone = fields.List(fields.String())


@api.get("/catalogue")
def search_catalogue() -> Response:
    """A page of what is on offer, with facets."""
    unknown = sorted(set(request.args) - NAMES)
    if unknown:
        raise BAD_QUERY(name=unknown[0], fields={name: [N_("Unknown field.")] for name in unknown})
    question = read(dict(request.args.lists()))
    if question.problems:
        first = next(iter(question.problems))
        raise BAD_QUERY(name=first, fields={name: [words] for name, words in question.problems.items()})
    found = index.search(question.search, actor())
    # Written out, not dumped through CataloguePage: two hundred counts would cost more than the search itself.
    return jsonify(
        items=[_item(row) for row in found.rows],
        total=found.total,
        facets={
            name: [{"value": one.value, "count": one.count} for one in counts] for name, counts in found.facets.items()
        },
        next_cursor=found.next,
        newest_only=found.partial,
    )


def _item(row: index.Row) -> dict[str, Any]:
    """One row in the shape of CatalogueItem."""
    stored = row.stored
    minor = stored["price_minor"]
    price = None if minor is None else Money(minor, stored["currency"])
    return {name: stored[name] for name in AS_STORED} | {
        "id": row.id,
        "href": f"/api/v1/listings/{row.id}",
        "supplier": {"id": stored["supplier"], "name_zh": stored["supplier_zh"], "name_en": stored["supplier_en"]},
        "price": None if price is None else {"amount": price.amount, "currency": price.currency},
        "price_basis": quantity_text(stored["price_basis_micro"]),
        "vat_rate": quantity_text(stored["vat_bp"] * POINT_MICRO),
    }


@api.get("/catalogue/suggestions")
def suggest() -> Response:
    """What the typed beginning may become."""
    unknown = sorted(set(request.args) - {"q"})
    if unknown:
        raise BAD_QUERY(name=unknown[0])
    return jsonify(items=index.suggest(request.args.get("q", "")[:MAX_TEXT_CHARS]))


@api.get("/basket")
def read_basket() -> Response:
    """The caller's basket at today's prices."""
    return _basket_answer()


@api.put("/basket")
def replace_basket() -> Response:
    """Make the caller's basket hold exactly these lines."""
    try:
        given = BasketInput().load(_json())
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    quantities: dict[str, int] = {}
    for number, line in enumerate(given["lines"]):
        if line["listing"] in quantities:
            raise INVALID_INPUT(fields={"lines": {number: {"listing": [TWICE]}}})
        quantities[line["listing"]] = line["quantity"]
    with unit_of_work():
        g.pop("actor", None)  # rights are read again, inside the writing transaction
        asking = signed_in()
        if asking.read_only:
            raise READ_ONLY_KEY()
        basket.replace(asking, quantities)
    return _basket_answer()


def _basket_answer() -> Response:
    held = basket.contents(signed_in())
    totals = [held.totals[currency] for currency in sorted(held.totals)]
    return jsonify(BasketOut().dump({"groups": held.groups, "totals": totals, "gone": held.gone}))


# OpenAPI -------------------------------------------------------------------------------------------------------------


def describe(spec: APISpec) -> None:
    """Add these routes to the description."""
    spec.path("/api/v1/catalogue", operations={"get": {
        "operationId": "search_catalogue", "tags": ["catalogue"],
        "summary": "Search what is on offer; several values of one filter mean or, different filters mean and",
        "parameters": [*_parameters()],
        "responses": {"200": _answer("A page with facets", CataloguePage), **_problems("401", "405", "422", "503")},
    }})  # fmt: skip
    suggestions = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}}}
    spec.path("/api/v1/catalogue/suggestions", operations={"get": {
        "operationId": "suggest_catalogue", "tags": ["catalogue"],
        "summary": "What the typed beginning may become: brands, categories, names and models",
        "parameters": [{"in": "query", "name": "q", "schema": {"type": "string", "maxLength": MAX_TEXT_CHARS}}],
        "responses": {"200": _answer("Suggestions", suggestions), **_problems("401", "405", "422", "503")},
    }})  # fmt: skip
    refusals = _problems("400", "401", "403", "405", "409", "413", "415", "422", "503")
    answer = _answer("The basket", BasketOut)
    spec.path("/api/v1/basket", operations={
        "get": {
            "operationId": "read_basket", "tags": ["basket"], "summary": "The caller's basket at today's prices",
            "responses": {"200": answer, **_problems("401", "405", "409", "503")},
        },
        "put": {
            "operationId": "replace_basket", "tags": ["basket"], "summary": "Make the basket hold exactly these lines",
            "requestBody": {"required": True, "content": {"application/json": {"schema": BasketInput}}},
            "responses": {"200": answer, **refusals},
        },
    })  # fmt: skip


def _parameters() -> list[dict[str, Any]]:
    text = {"type": "string", "maxLength": MAX_TEXT_CHARS}
    known: dict[str, dict[str, Any]] = {
        "q": text, "category": text, "brand": text, "supplier": text,
        "kind": {"type": "string", "enum": list(KINDS)}, "currency": {"type": "string", "maxLength": 3},
        "price_from": text, "price_to": text, "priced": {"type": "string", "enum": ["0", "1"]},
        "lead_time": {"type": "integer", "minimum": 0}, "sort": {"type": "string", "enum": list(SORTS)},
        "after": {"type": "string", "maxLength": MAX_CURSOR_CHARS},
        "limit": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_ROWS},
    }  # fmt: skip
    return [
        {
            "in": "query", "name": name,
            "schema": {"type": "array", "items": known[name]} if name in MANY else known.get(name, {"type": "number"}),
        }
        for name in sorted(NAMES)
    ]  # fmt: skip


def _answer(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": "Refused", "content": {MEDIA_TYPE: problem}} for status in statuses}
