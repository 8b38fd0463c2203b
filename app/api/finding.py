"""What a person keeps of the catalogue, for programs: saved searches, lists of listings, what was looked at last."""

from __future__ import annotations

from typing import Any, Final

from apispec import APISpec
from flask import Response, jsonify, request
from marshmallow import Schema, ValidationError

from app.api.problems import MEDIA_TYPE
from app.api.resources import BAD_QUERY, _json, _possible_id, api
from app.finding import lists, searches, viewed
from app.finding.models import SavedList, SavedSearch
from app.finding.schemas import (
    SavedListInput,
    SavedListOut,
    SavedSearchChange,
    SavedSearchInput,
    SavedSearchOut,
    ViewedListingOut,
)
from app.http import signed_in, writing
from app.kernel.actors import Actor
from app.kernel.errors import INVALID_INPUT
from app.kernel.values import ID_LENGTH, N_
from app.kernel.work import unit_of_work

TWICE: Final = N_("A listing stands on a list once.")


def _given(shape: type[Schema]) -> dict[str, Any]:
    searches.admit(writing())
    try:
        loaded: dict[str, Any] = shape().load(_json())
    except ValidationError as error:
        raise INVALID_INPUT(fields=error.normalized_messages()) from None  # type: ignore[no-untyped-call]
    return loaded


def _nothing_given() -> None:
    searches.admit(writing())
    if given := _json():
        raise INVALID_INPUT(fields={name: [N_("Unknown field.")] for name in given})


def _no_query() -> None:
    if request.args:
        raise BAD_QUERY(name=sorted(request.args)[0])


# Saved searches ------------------------------------------------------------------------------------------------------


@api.get("/saved-searches")
def read_saved_searches() -> Response:
    """The searches that the caller keeps, and those that colleagues share."""
    _no_query()
    asking = signed_in()
    return jsonify(items=[_search(one, asking) for one in searches.of(asking)])


@api.post("/saved-searches")
def save_search() -> tuple[Response, int]:
    """Keep a search."""
    given = _given(SavedSearchInput)
    with unit_of_work():
        body = _search(searches.save(writing(), **given), writing())
    return jsonify(body), 201


@api.put("/saved-searches/<search_id>")
def change_saved_search(search_id: str) -> Response:
    """Rename an own search, share it or not, let it tell or not."""
    _possible_id(search_id)
    given = _given(SavedSearchChange)
    with unit_of_work():
        body = _search(searches.change(writing(), search_id, **given), writing())
    return jsonify(body)


@api.delete("/saved-searches/<search_id>")
def remove_saved_search(search_id: str) -> tuple[str, int]:
    """Forget an own search."""
    _possible_id(search_id)
    searches.admit(writing())
    with unit_of_work():
        searches.remove(writing(), search_id)
    return "", 204


def _search(saved: SavedSearch, asking: Actor) -> dict[str, Any]:
    shown: dict[str, Any] = SavedSearchOut().dump({
        "id": saved.id, "title": saved.title, "query": saved.query, "own": saved.person_id == asking.person_id,
        "shared": saved.shared, "tells": saved.tells and saved.person_id == asking.person_id,
        "created_at": saved.created_at,
    })  # fmt: skip
    return shown


# Lists ---------------------------------------------------------------------------------------------------------------


@api.get("/saved-lists")
def read_saved_lists() -> Response:
    """The lists that the caller keeps, and those that colleagues share, without their lines."""
    _no_query()
    asking = signed_in()
    return jsonify(items=[_head(saved, asking) | {"count": number} for saved, number in lists.of(asking)])


@api.post("/saved-lists")
def make_saved_list() -> tuple[Response, int]:
    """Make a list, empty or with lines."""
    given = _lines(_given(SavedListInput))
    with unit_of_work():
        made = lists.make(writing(), title=given["title"], shared=given["shared"])
        lists.change(writing(), made.id, **given)
        made_id = made.id
    return jsonify(_list(made_id)), 201


@api.get("/saved-lists/<list_id>")
def read_saved_list(list_id: str) -> Response:
    """A list with its lines at today's prices."""
    _possible_id(list_id)
    return jsonify(_list(list_id))


@api.put("/saved-lists/<list_id>")
def change_saved_list(list_id: str) -> Response:
    """Name and share an own list anew; with lines, make it hold exactly these."""
    _possible_id(list_id)
    given = _lines(_given(SavedListInput))
    with unit_of_work():
        lists.change(writing(), list_id, **given)
    return jsonify(_list(list_id))


@api.delete("/saved-lists/<list_id>")
def remove_saved_list(list_id: str) -> tuple[str, int]:
    """Forget an own list."""
    _possible_id(list_id)
    searches.admit(writing())
    with unit_of_work():
        lists.remove(writing(), list_id)
    return "", 204


@api.post("/saved-lists/<list_id>/basket")
def order_saved_list(list_id: str) -> Response:
    """Put all of a list that has a price into the caller's basket."""
    _possible_id(list_id)
    _nothing_given()
    with unit_of_work():
        number = lists.order(writing(), list_id)
    return jsonify(added=number)


def _lines(given: dict[str, Any]) -> dict[str, Any]:
    if given["lines"] is None:
        return given
    wanted: dict[str, int] = {}
    for place, line in enumerate(given["lines"]):
        if line["listing"] in wanted:
            raise INVALID_INPUT(fields={"lines": {place: {"listing": [TWICE]}}})
        wanted[line["listing"]] = line["quantity"]
    return given | {"lines": wanted}


def _head(saved: SavedList, asking: Actor) -> dict[str, Any]:
    return {"id": saved.id, "title": saved.title, "own": saved.person_id == asking.person_id, "shared": saved.shared}


def _list(list_id: str) -> dict[str, Any]:
    asking = signed_in()
    held = lists.contents(asking, list_id)
    shown: dict[str, Any] = SavedListOut().dump(
        _head(held.saved, asking) | {"lines": held.lines, "gone": held.gone, "created_at": held.saved.created_at}
    )
    return shown


# Looked at -----------------------------------------------------------------------------------------------------------


@api.get("/viewed-listings")
def read_viewed_listings() -> Response:
    """What the caller looked at on its page, the last first."""
    _no_query()
    return jsonify(items=ViewedListingOut(many=True).dump(viewed.recent(signed_in())))


@api.delete("/viewed-listings")
def forget_viewed_listings() -> tuple[str, int]:
    """Erase what the caller looked at."""
    searches.admit(writing())
    with unit_of_work():
        viewed.forget(writing())
    return "", 204


# OpenAPI -------------------------------------------------------------------------------------------------------------


_READING: Final = ("401", "403", "405", "409", "422", "503")
_WRITING: Final = ("400", "401", "403", "404", "405", "409", "413", "415", "422", "429", "503")


def describe(spec: APISpec) -> None:
    """Add these routes to the description."""
    _pair(spec, "saved-searches", SavedSearchInput, SavedSearchChange, SavedSearchOut, "saved_search")
    _pair(spec, "saved-lists", SavedListInput, SavedListInput, SavedListOut, "saved_list")
    one = _one("list_id")
    path = "/api/v1/saved-lists/{list_id}"
    spec.path(path, operations={"get": {
        "operationId": "read_saved_list", "tags": ["saved-lists"], "summary": "A list with its lines",
        "parameters": [one], "responses": {"200": _answer("The list", SavedListOut), **_problems(*_READING, "404")},
    }})  # fmt: skip
    added = {"type": "object", "properties": {"added": {"type": "integer"}}}
    spec.path(f"{path}/basket", operations={"post": {
        "operationId": "order_saved_list", "tags": ["saved-lists"], "parameters": [one],
        "summary": "Put all of a list that has a price into the basket",
        "responses": {"200": _answer("How many lines", added), **_problems(*_WRITING)},
    }})  # fmt: skip
    items = {"type": "object", "properties": {"items": {"type": "array", "items": ViewedListingOut}}}
    spec.path("/api/v1/viewed-listings", operations={
        "get": {
            "operationId": "read_viewed_listings", "tags": ["viewed-listings"], "summary": "What the caller looked at",
            "responses": {"200": _answer("The last first", items), **_problems(*_READING)},
        },
        "delete": {
            "operationId": "forget_viewed_listings", "tags": ["viewed-listings"], "summary": "Erase it",
            "responses": {"204": {"description": "Gone"}, **_problems(*_WRITING)},
        },
    })  # fmt: skip


def _pair(spec: APISpec, collection: str, new: Any, changed: Any, shown: Any, name: str) -> None:
    """The addresses of a collection and of one of it."""
    items = {"type": "object", "properties": {"items": {"type": "array", "items": shown}}}
    spec.path(f"/api/v1/{collection}", operations={
        "get": {
            "operationId": f"read_{collection.replace('-', '_')}", "tags": [collection],
            "summary": "Own ones, and those that colleagues share",
            "responses": {"200": _answer("All of them", items), **_problems(*_READING)},
        },
        "post": {
            "operationId": f"make_{name}", "tags": [collection], "summary": "Keep one", "requestBody": _body(new),
            "responses": {"201": _answer("As it is kept", shown), **_problems(*_WRITING)},
        },
    })  # fmt: skip
    key = "search_id" if name == "saved_search" else "list_id"
    one = _one(key)
    spec.path(f"/api/v1/{collection}/{{{key}}}", operations={
        "put": {
            "operationId": f"change_{name}", "tags": [collection], "summary": "Change an own one", "parameters": [one],
            "requestBody": _body(changed),
            "responses": {"200": _answer("As it is now", shown), **_problems(*_WRITING)},
        },
        "delete": {
            "operationId": f"remove_{name}", "tags": [collection], "summary": "Forget an own one", "parameters": [one],
            "responses": {"204": {"description": "Gone"}, **_problems(*_WRITING)},
        },
    })  # fmt: skip


def _one(key: str) -> dict[str, Any]:
    return {"in": "path", "name": key, "required": True, "schema": {"type": "string", "maxLength": ID_LENGTH}}


def _body(shape: Any) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": shape}}}


def _answer(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": "Refused", "content": {MEDIA_TYPE: problem}} for status in statuses}
