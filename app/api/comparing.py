"""Listings side by side for programs: the same table, with the same differences and costs, as people see."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import Schema, ValidationError, fields, validate

from app import i18n
from app.api.resources import BAD_QUERY, _json, api
from app.catalogue.comparing import kept, question, table
from app.catalogue.comparing.cost import Cost
from app.catalogue.comparing.kept import MAX_COMPARED
from app.catalogue.comparing.question import COMMON, OWN, Asked
from app.catalogue.comparing.table import Row, Table
from app.catalogue.taxonomy import values
from app.http import actor, signed_in, writing
from app.kernel.actors import Actor
from app.kernel.errors import INVALID_INPUT
from app.kernel.shapes import Id, Input, MoneyField
from app.kernel.values import N_, Money
from app.kernel.work import unit_of_work

TOO_MANY: Final = N_("At most six listings are compared.")


class ComparisonInput(Input):
    """What the caller's comparison is to hold, in its order; what is not named goes out of it."""

    listings = fields.List(Id("lst"), required=True, validate=validate.Length(max=MAX_COMPARED, error=TOO_MANY))


class CostPartOut(Schema):
    """One part of the cost over all years; without an amount it is unknown, and `why` says why."""

    part = fields.String()
    amount = MoneyField(allow_none=True)
    why = fields.String()


class CostOut(Schema):
    """What a listing costs to own: the sum of what is known, and the names of what is not."""

    known = MoneyField()
    without = fields.List(fields.String())
    parts = fields.List(fields.Nested(CostPartOut))


class ComparedOut(Schema):
    """One listing of the comparison, one piece of it."""

    listing = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    brand = fields.String()
    model = fields.String()
    supplier = fields.String()
    category = fields.String()
    price = MoneyField(allow_none=True)
    lead_time_days = fields.Integer(allow_none=True)
    warranty_months = fields.Integer(allow_none=True)
    cost = fields.Nested(CostOut)


class ComparedCellOut(Schema):
    """What one listing says: the typed value in the canonical unit and its words; null where nothing is stated."""

    asked = fields.Boolean()
    value = fields.Dict(allow_none=True)
    text = fields.String(allow_none=True)


class ComparedRowOut(Schema):
    """One attribute; `verdict` is differs, same, or open where not all state it."""

    attribute = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    type = fields.String()
    unit = fields.String()
    units = fields.List(fields.String())
    verdict = fields.String()
    cells = fields.List(fields.Nested(ComparedCellOut))


class ComparisonOut(Schema):
    """The comparison; `gone` are ids that are not on offer to the caller."""

    listings = fields.List(fields.Nested(ComparedOut))
    rows = fields.List(fields.Nested(ComparedRowOut))
    gone = fields.List(fields.String())
    unstated = fields.Integer()


@api.get("/comparison")
def read_comparison() -> Response:
    """The listings named by `id`, or those that the caller keeps, side by side."""
    named = request.args.getlist("id")
    asking = actor() if named else signed_in()
    ids, over = table.wanted(named or kept.ids(asking))
    if over:
        raise BAD_QUERY(name="id", fields={"id": [TOO_MANY]})
    known = {"id", "unit", "kwh", *COMMON, *question.own_names(ids)}
    for name in sorted(set(request.args) - known):
        raise BAD_QUERY(name=name, fields={name: [N_("Unknown field.")]})
    return _answer(ids, asking, question.read(dict(request.args.lists()), ids))


@api.put("/comparison")
def replace_comparison() -> Response:
    """Make the caller's comparison hold exactly these listings."""
    kept.admit(writing())
    try:
        given = ComparisonInput().load(_json())
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    with unit_of_work():
        kept.replace(writing(), given["listings"])
    ids = kept.ids(signed_in())
    return _answer(ids, signed_in(), question.read({}, ids))


def _answer(ids: list[str], asking: Actor, asked: Asked) -> Response:
    found = table.compared(ids, asking)
    costs, wrong = question.costs(found, asked)
    problems = {**asked.problems, **wrong}
    for name in problems:
        raise BAD_QUERY(name=name, fields={one: [words] for one, words in problems.items()})
    return jsonify(ComparisonOut().dump({
        "listings": [_listing(found, at, each) for at, each in enumerate(costs)],
        "rows": [_row(row, asked) for row in found.rows], "gone": found.gone, "unstated": found.unstated,
    }))  # fmt: skip


def _listing(found: Table, at: int, owned: Cost) -> dict[str, Any]:
    one = found.offered[at].listing
    return {
        "listing": one.id, "name_zh": one.name_zh, "name_en": one.name_en, "brand": one.brand, "model": one.model,
        "supplier": one.supplier_id, "category": one.category, "price": found.prices[at].price,
        "lead_time_days": one.lead_time_days, "warranty_months": one.warranty_months,
        "cost": {
            "known": Money(owned.known, owned.currency), "without": owned.unknown,
            "parts": [
                {"part": part.code, "why": i18n.say(part.why),
                 "amount": None if part.minor is None else Money(part.minor, owned.currency)}
                for part in owned.parts
            ],
        },
    }  # fmt: skip


def _row(row: Row, asked: Asked) -> dict[str, Any]:
    one = row.definition
    unit = asked.units.get(one.code)
    shown = unit if unit in one.units else None
    return {
        "attribute": one.code, "name_zh": one.zh, "name_en": one.en, "type": one.type, "unit": one.unit,
        "units": list(one.units), "verdict": row.verdict,
        "cells": [
            {"asked": cell.asked, "value": None if cell.value is None else values.plain(cell.value),
             "text": None if cell.value is None else values.write(one, cell.value, i18n.language(), shown)}
            for cell in row.cells
        ],
    }  # fmt: skip


def describe(spec: APISpec, answer: Any, problems: Any) -> None:
    """Add these routes to the description."""
    text = {"type": "string", "maxLength": 40}
    names = ["kwh", *COMMON]
    amounts = ", ".join(OWN)
    spec.path("/api/v1/comparison", operations={
        "get": {
            "operationId": "read_comparison", "tags": ["comparison"],
            "summary": "Up to six listings side by side, with differences and the cost of owning each",
            "description": "Without id it is the comparison that is kept for the caller. What is known of one listing "
            f"is given as <part>-<id of the listing>, an amount in its currency; the parts are {amounts}. "
            "unit is attribute:unit and only changes the texts.",
            "parameters": [
                {"in": "query", "name": "id", "schema": {"type": "array", "items": text, "maxItems": MAX_COMPARED}},
                {"in": "query", "name": "unit", "schema": {"type": "array", "items": text}},
                *({"in": "query", "name": name, "schema": text} for name in names),
            ],
            "responses": {"200": answer("The comparison", ComparisonOut),
                          **problems("401", "403", "405", "422", "503")},
        },
        "put": {
            "operationId": "replace_comparison", "tags": ["comparison"],
            "summary": "Make the caller's comparison hold exactly these listings",
            "requestBody": {"required": True, "content": {"application/json": {"schema": ComparisonInput}}},
            "responses": {"200": answer("The comparison", ComparisonOut),
                          **problems("400", "401", "403", "405", "409", "413", "415", "422", "503")},
        },
    })  # fmt: skip
