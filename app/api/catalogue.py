"""The catalogue for programs: search with facets, suggestions, and the caller's basket."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import Schema, ValidationError, fields, validate

from app import i18n
from app.api.facets import CountedAttribute, FacetsOut, SpreadOut, counts_out, spread_out
from app.api.problems import MEDIA_TYPE
from app.api.resources import BAD_QUERY, _json, _possible_id, api
from app.catalogue import basket, hints, impact, index
from app.catalogue.actions.categories import TAXONOMIST
from app.catalogue.models import KINDS
from app.catalogue.offers.pricing import Price, prices, terms_on_card
from app.catalogue.question import MAX_CURSOR_CHARS, MAX_PAGE_ROWS, MAX_TEXT_CHARS, NAMES, SORTS, attribute_names, read
from app.catalogue.schemas import BasketLineInput
from app.catalogue.taxonomy.models import Attribute, Category
from app.catalogue.taxonomy.tree import tree
from app.http import actor, signed_in, writing
from app.kernel.errors import INVALID_INPUT, NOT_YOURS
from app.kernel.lifecycle import find
from app.kernel.shapes import Input, MoneyField, Quantity
from app.kernel.values import N_, Money, quantity_text
from app.kernel.work import unit_of_work

MANY: Final = frozenset({"brand", "supplier", "kind"})
ALWAYS: Final = ("category", "brand", "supplier", "kind")
SPREAD: Final = frozenset({"price", "lead_time"})
AS_STORED: Final = (
    "kind", "category", "name_zh", "name_en", "brand", "brand_zh", "brand_en", "model", "part_no", "unit",
    "lead_time_days", "warranty_months",
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
    """One listing on a result page; `own_price` is what the smallest order costs the caller, by `price_rule`."""

    id = fields.String()
    href = fields.String()
    kind = fields.String()
    category = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    brand = fields.String()
    brand_zh = fields.String()
    brand_en = fields.String()
    model = fields.String()
    part_no = fields.String()
    supplier = fields.Nested(SupplierOut)
    price = MoneyField(allow_none=True)
    own_price = MoneyField(allow_none=True)
    price_rule = fields.String()
    least_quantity = fields.String()
    price_basis = fields.String()
    unit = fields.String()
    vat_rate = fields.String()
    lead_time_days = fields.Integer(allow_none=True)
    warranty_months = fields.Integer(allow_none=True)
    picture = fields.String(allow_none=True)


class CataloguePage(Schema):
    """A page of the catalogue. `newest_only`: the index is being built, so only the newest listings were looked at."""

    items = fields.List(fields.Nested(CatalogueItem))
    total = fields.Integer()
    facets = fields.Nested(FacetsOut)
    price = fields.Nested(SpreadOut, metadata={"description": "Minor units of one currency: the one asked for, or CNY"})
    lead_time = fields.Nested(SpreadOut, metadata={"description": "Days"})
    attributes = fields.List(fields.Nested(CountedAttribute))
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
    price = fields.Function(lambda line: line.price.price and _money(line.price.price))
    price_rule = fields.Function(lambda line: line.price.rule)
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
    unknown = sorted(set(request.args) - NAMES - attribute_names(tree()))
    if unknown:
        raise BAD_QUERY(name=unknown[0], fields={name: [N_("Unknown field.")] for name in unknown})
    question = read(dict(request.args.lists()))
    if question.problems:
        first = next(iter(question.problems))
        raise BAD_QUERY(name=first, fields={name: [words] for name, words in question.problems.items()})
    asking = actor()
    found = index.search(question.search, asking)
    terms = [terms_on_card(row.id, row.stored) for row in found.rows]
    today = prices(asking.org_id, [(one, one.least_micro) for one in terms])
    # Written out, not dumped through CataloguePage: two hundred counts would cost more than the search itself.
    return jsonify(
        items=[_item(row, price) for row, price in zip(found.rows, today, strict=True)],
        total=found.total,
        facets={name: counts_out(found.facets[name]) for name in ALWAYS},
        price=spread_out(found.spreads.get("price")),
        lead_time=spread_out(found.spreads.get("lead_time")),
        attributes=[
            *(
                {"code": name, "values": counts_out(counts)}
                for name, counts in found.facets.items()
                if name not in ALWAYS
            ),
            *({"code": name, "numbers": spread_out(one)} for name, one in found.spreads.items() if name not in SPREAD),
        ],
        next_cursor=found.next,
        newest_only=found.partial,
    )


def _item(row: index.Row, today: Price) -> dict[str, Any]:
    """One row in the shape of CatalogueItem."""
    stored = row.stored
    minor = stored["price_minor"]
    price = None if minor is None else Money(minor, stored["currency"])
    return {name: stored[name] for name in AS_STORED} | {
        "id": row.id,
        "href": f"/api/v1/listings/{row.id}",
        "picture": f"/api/v1/listings/{row.id}/media/{picture}/160" if (picture := stored.get("picture")) else None,
        "supplier": {"id": stored["supplier"], "name_zh": stored["supplier_zh"], "name_en": stored["supplier_en"]},
        "price": _money(price),
        "own_price": _money(today.price),
        "price_rule": today.rule,
        "least_quantity": quantity_text(today.terms.least_micro),
        "price_basis": quantity_text(stored["price_basis_micro"]),
        "vat_rate": quantity_text(stored["vat_bp"] * POINT_MICRO),
    }


def _money(value: Money | None) -> dict[str, str] | None:
    return None if value is None else {"amount": value.amount, "currency": value.currency}


@api.get("/catalogue/suggestions")
def suggest() -> Response:
    """What the typed beginning may become."""
    unknown = sorted(set(request.args) - {"q"})
    if unknown:
        raise BAD_QUERY(name=unknown[0])
    found = hints.suggestions(request.args.get("q", "")[:MAX_TEXT_CHARS], i18n.language())
    told = [{"text": one.text, "kind": one.kind, "value": one.value} for one in found]
    return jsonify(items=[one.text for one in found], suggestions=told)


@api.get("/categories/<record_id>/impact")
def read_category_impact(record_id: str) -> Response:
    """How many listings a change of the category would reach; for staff, who see all of them."""
    return _impact(find(Category, _of_staff(record_id), actor()).code)


@api.get("/attributes/<record_id>/impact")
def read_attribute_impact(record_id: str) -> Response:
    """How many listings a change of the attribute would reach, and how many of the newest state it."""
    found = find(Attribute, _of_staff(record_id), actor())
    holder = find(Category, found.category_id, actor())
    stated = impact.stated(tree(), found.definition(holder.code)) if found.state == "active" else impact.Stated(0, 0)
    return _impact(holder.code, looked_at=stated.looked_at, stating=stated.stating)


def _of_staff(record_id: str) -> str:
    if not signed_in().is_staff:
        raise NOT_YOURS(who=TAXONOMIST.titles())
    _possible_id(record_id)
    return record_id


def _impact(code: str, **more: int) -> Response:
    reached = impact.of_category(tree(), code)
    return jsonify(published=reached.published, others=reached.others, **more)


@api.get("/basket")
def read_basket() -> Response:
    """The caller's basket at today's prices."""
    return _basket_answer()


@api.put("/basket")
def replace_basket() -> Response:
    """Make the caller's basket hold exactly these lines."""
    basket.admit(writing())
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
        basket.replace(writing(), quantities)
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
        "description": "Attributes that buyers filter by (GET /api/v1/attributes) are limited by <code>_from and "
        "<code>_to, numbers in the canonical unit or in <code>_unit, or with a unit of their own; what is offered as a "
        "range has to reach over what is asked for. Choices and flags are asked by their own code; several mean or. "
        "Quantities among the words of q (15000 rpm, -80 °C, 4 x 750 mL) are read with their units.",
        "parameters": [*_parameters()],
        "responses": {"200": _answer("A page with facets", CataloguePage), **_problems("401", "405", "422", "503")},
    }})  # fmt: skip
    words, text = {"type": "array", "items": {"type": "string"}}, {"type": "string"}
    kinds = {"type": "string", "enum": ["brand", "category", "listing"]}
    one = {"type": "object", "properties": {"text": text, "kind": kinds, "value": text}}
    told = {"type": "array", "items": one}
    suggestions = {"type": "object", "properties": {"items": words, "suggestions": told}}
    spec.path("/api/v1/catalogue/suggestions", operations={"get": {
        "operationId": "suggest_catalogue", "tags": ["catalogue"],
        "summary": "What the typed beginning may become: brands, categories, names and models",
        "parameters": [{"in": "query", "name": "q", "schema": {"type": "string", "maxLength": MAX_TEXT_CHARS}}],
        "responses": {"200": _answer("Suggestions", suggestions), **_problems("401", "405", "422", "503")},
    }})  # fmt: skip
    for collection, more in (("categories", ()), ("attributes", ("looked_at", "stating"))):
        numbers = {name: {"type": "integer"} for name in ("published", "others", *more)}
        one_id = {"in": "path", "name": "id", "required": True, "schema": {"type": "string", "maxLength": 30}}
        spec.path(f"/api/v1/{collection}/{{id}}/impact", operations={"get": {
            "operationId": f"read_{collection}_impact", "tags": [collection], "parameters": [one_id],
            "summary": "How many listings a change would reach",
            "responses": {"200": _answer("Listings", {"type": "object", "properties": numbers}),
                          **_problems("401", "403", "404", "405", "409", "503")},
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
