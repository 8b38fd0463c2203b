"""The catalogue for programs: search with facets, suggestions, and what is refused."""

from __future__ import annotations

import pytest
from flask import Flask

from app.api.catalogue import CatalogueItem, CataloguePage
from app.api.openapi import build as description
from app.catalogue import facets, index, question
from app.kernel.values import Bilingual
from tests.world import Api, World, build
from tests.worlds.catalogue import listing, listings_of

pytestmark = pytest.mark.database_matters

SWINGING = [{"key": "转子", "value": "水平"}, {"key": "最高转速", "value": "4000", "unit": "rpm"}]


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def test_anybody_searches_and_pages_by_cursor(app: Flask, world: World) -> None:
    made = {one.id for one in listings_of(world, 5)}
    listing(world, supplier="service", kind="service")
    index.sync_once()
    api = Api(app, None)
    first = api.get("catalogue", q="离心机", limit=3).get_json()
    second = api.get("catalogue", q="离心机", limit=3, after=first["next_cursor"]).get_json()
    assert first["total"] == 5
    assert {item["id"] for item in (*first["items"], *second["items"])} == made
    assert second["next_cursor"] is None
    assert first["newest_only"] is False
    assert set(first) == set(CataloguePage().fields)
    item = first["items"][0]
    assert set(item) == set(CatalogueItem().fields)
    assert (item["vat_rate"], item["price_basis"]) == ("13", "1")
    assert item["href"] == f"/api/v1/listings/{item['id']}"
    assert item["supplier"] == {"id": world.organisations["supplier"], "name_zh": "华仪科学仪器", "name_en": "Supplier"}
    assert item["price"]["currency"] == "CNY"


def test_filters_and_facets(app: Flask, world: World) -> None:
    listings_of(world, 3)
    ordered = listing(world, supplier="supplier2", brand="IKA", price=None, lead_time_days=60)
    index.sync_once()
    api = Api(app, None)
    page = api.get("catalogue", brand="IKA").get_json()
    assert [item["id"] for item in page["items"]] == [ordered.id]
    assert page["items"][0]["price"] is None
    assert page["facets"]["brand"] == [{"value": "Xiangyi", "count": 3}, {"value": "IKA", "count": 1}]
    assert api.get("catalogue", priced="1").get_json()["total"] == 3
    assert api.get("catalogue", lead_time="7").get_json()["total"] == 3
    prices = [item["price"]["amount"] for item in api.get("catalogue", sort="-price", priced=1).get_json()["items"]]
    assert prices == ["1002.00", "1001.00", "1000.00"]
    assert api.get("catalogue", price_to="1000.99", priced=1).get_json()["total"] == 1
    assert api.get("catalogue", max_speed_from="21000").get_json()["total"] == 4
    assert api.get("catalogue", max_speed_from="21001").get_json()["total"] == 0


def test_it_answers_before_the_first_index_is_built(app: Flask, world: World) -> None:
    listing(world)
    page = Api(app, None).get("catalogue", q="H2100R").get_json()
    assert (page["total"], page["newest_only"]) == (1, True)


@pytest.mark.parametrize(
    "query,field",
    [
        ({"category": "nonsense"}, "category"), ({"colour": "red"}, "colour"), ({"price_from": "x"}, "price_from"),
        ({"limit": "1000"}, "limit"), ({"sort": "x"}, "sort"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused_at_its_parameter(
    app: Flask, world: World, query: dict[str, str], field: str
) -> None:
    del world
    answer = Api(app, None).get("catalogue", **query)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "bad_query"
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]


def test_a_broken_cursor_is_refused(app: Flask, world: World) -> None:
    del world
    assert Api(app, None).get("catalogue", after="%%%").get_json()["code"] == "bad_cursor"


def test_suggestions_while_typing(app: Flask, world: World) -> None:
    listing(world)
    index.sync_once()
    assert "高速冷冻离心机" in Api(app, None).get("catalogue/suggestions", q="离心").get_json()["items"]
    assert Api(app, None).get("catalogue/suggestions").get_json() == {"items": [], "suggestions": []}
    told = Api(app, None).get("catalogue/suggestions", q="离心").get_json()["suggestions"]
    assert {"text": "离心机", "kind": "category", "value": "instruments.centrifuges"} in told
    assert {"text": "Xiangyi", "kind": "brand", "value": "Xiangyi"} in (
        Api(app, None).get("catalogue/suggestions", q="湘").get_json()["suggestions"]
    )
    assert told[-1]["kind"] == "listing"


def test_counts_of_prices_lead_times_and_attributes(app: Flask, world: World) -> None:
    listing(world)
    listing(world, model="B", price=None, lead_time_days=20, specs=SWINGING)
    index.sync_once()
    asked = Api(app, None).get("catalogue", category="instruments.centrifuges", lead_time="7").get_json()
    assert asked["total"] == 1
    assert asked["lead_time"]["count"] == 2, "its own filter does not narrow a count"
    assert [(one.get("to"), one["count"]) for one in asked["lead_time"]["buckets"]][:3] == [(8, 1), (15, 0), (31, 1)]
    assert (asked["price"]["count"], asked["price"]["least"]) == (1, 6_850_000)
    attributes = {one["code"]: one for one in asked["attributes"]}
    assert attributes["rotor_type"]["values"] == [{"value": "fixed_angle", "count": 1}]
    assert attributes["max_speed"]["numbers"]["most"] == 21_000
    both = Api(app, None).get("catalogue", rotor_type=["swing_out", "fixed_angle"]).get_json()
    assert both["total"] == 2
    wrong = Api(app, None).get("catalogue", rotor_type="square")
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "bad_query")


def test_a_declared_facet_is_one_line(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = facets.Declared(
        Bilingual("产地", "Origin"), lambda one: (one.model[:2],), {"CN": Bilingual("中国", "China")}
    )
    monkeypatch.setitem(facets.DECLARED, "origin", origin)
    question.attribute_names.cache_clear()
    for model in ("CN-1", "CN-2", "DE-1"):
        listing(world, model=model)
    index.sync_once()
    found = Api(app, None).get("catalogue", origin="CN").get_json()
    assert found["total"] == 2
    counts = next(one for one in found["attributes"] if one["code"] == "origin")["values"]
    assert counts == [{"value": "CN", "count": 2}, {"value": "DE", "count": 1}]
    page = app.test_client().get("/catalogue?origin=CN", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Origin: China" in page
    question.attribute_names.cache_clear()


def test_the_description_names_these_routes_and_says_what_may_be_null(app: Flask) -> None:
    del app
    spec = description()
    assert {"/api/v1/catalogue", "/api/v1/catalogue/suggestions", "/api/v1/basket"} <= set(spec["paths"])
    shape = spec["components"]["schemas"]["ListingOut"]["properties"]
    assert shape["price"]["type"] == ["object", "null"]
    assert "null" in shape["published_at"]["type"]
    names = {parameter["name"] for parameter in spec["paths"]["/api/v1/catalogue"]["get"]["parameters"]}
    assert {"q", "category", "brand", "price_from", "after"} <= names
