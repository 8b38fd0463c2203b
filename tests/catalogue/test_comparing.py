"""Listings side by side: over the table, over HTTP, on the page."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue.actions import listings
from app.catalogue.comparing import kept, table
from app.catalogue.comparing.kept import COMPARISON_FULL, ComparedListing
from app.catalogue.models import Listing
from app.kernel.actors import ANONYMOUS
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.web.test_catalogue_pages import questions
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds.catalogue import listing, listings_of
from tests.worlds.media import with_picture

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def centrifuge(world: World, **changes: Any) -> Listing:
    speed, power = changes.pop("speed", "21000"), changes.pop("power", None)
    specs = [{"key": "最高转速", "value": speed, "unit": changes.pop("unit", "rpm")}] if speed else []
    specs += [{"key": "额定功率", "value": power, "unit": "W"}] if power else []
    return listing(world, specs=specs, **changes)


def test_values_are_compared_in_one_unit(world: World) -> None:
    pair = [centrifuge(world, model="A"), centrifuge(world, model="B", speed="21", unit="krpm")]
    found = table.compared([one.id for one in pair], ANONYMOUS)
    row = next(one for one in found.rows if one.definition.code == "max_speed")
    assert row.verdict == "same"
    third = centrifuge(world, model="C", speed="16000", supplier="supplier2")
    found = table.compared([*found.ids, third.id], ANONYMOUS)
    assert next(one for one in found.rows if one.definition.code == "max_speed").verdict == "differs"


def test_what_is_not_stated_is_no_difference_and_is_said(app: Flask, world: World) -> None:
    one, other = centrifuge(world, model="A", power="900"), centrifuge(world, model="B")
    found = table.compared([one.id, other.id], ANONYMOUS)
    assert next(row for row in found.rows if row.definition.code == "power").verdict == "open"
    page = Visitor(app).get(f"/compare?id={one.id}&id={other.id}")
    assert "not stated" in page.text
    assert "not stated by all" in page.text


def test_what_is_off_the_shelf_falls_out_with_a_sentence_like_what_never_was(app: Flask, world: World) -> None:
    one, gone = centrifuge(world, model="A"), centrifuge(world, model="B")
    with unit_of_work():
        listings.suspend(find(Listing, gone.id, world.actor("rui")), world.actor("rui"), reason="x")
    for other in (gone.id, f"lst_{'0' * 26}", "nonsense", "\x00"):
        page = Visitor(app).get("/compare", id=[one.id, other])
        assert page.status == 200
        assert "1 listing is not on offer and is left out." in page.text
    body = Api(app, None).get("comparison", id=[one.id, gone.id]).json
    assert body["gone"] == [gone.id]
    assert [each["listing"] for each in body["listings"]] == [one.id]


def test_seven_are_too_many(app: Flask, world: World) -> None:
    ids = [one.id for one in listings_of(world, 7)]
    page = Visitor(app).get("/compare", id=ids)
    assert "At most six listings are compared; the first six are shown." in page.text
    answer = Api(app, None).get("comparison", id=ids)
    assert (answer.status_code, answer.json["code"]) == (422, "bad_query")
    with pytest.raises(Refusal) as refused, unit_of_work():
        kept.replace(world.actor("mei"), ids)
    assert refused.value.code == COMPARISON_FULL.code


def test_the_database_has_six_places(world: World) -> None:
    made = listing(world)
    row = ComparedListing(person_id=world.people["mei"], place=7, listing_id=made.id)
    db.session.add(row)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_person_keeps_a_comparison_and_nobody_else_sees_it(app: Flask, world: World) -> None:
    one, other = (each.id for each in listings_of(world, 2))
    mei = Visitor(app, world, "mei")
    assert mei.send("/compare", on="/compare", id=[one, other]).location == "/compare"
    assert mei.get("/compare").text.count("Take out") >= 2
    assert "Nothing to compare yet" in Visitor(app, world, "pu").get("/compare").text
    mei.send("/compare", on="/compare", remove=one)
    assert kept.ids(world.actor("mei")) == [other]


def test_programs_keep_one_too(app: Flask, world: World) -> None:
    ids = [each.id for each in listings_of(world, 2)]
    api = Api(app, world.key("mei"))
    put = api.client.put("/api/v1/comparison", json={"listings": ids[::-1]}, headers=api.headers)
    assert put.status_code == 200
    assert [each["listing"] for each in api.get("comparison").json["listings"]] == ids[::-1]
    foreign = api.client.put("/api/v1/comparison", json={"listings": [f"lst_{'0' * 26}"]}, headers=api.headers)
    assert (foreign.status_code, foreign.json["code"]) == (409, "basket_off_catalogue")
    assert len(api.get("comparison").json["listings"]) == 2


def test_strangers_compare_by_address_and_keep_nothing(app: Flask, world: World) -> None:
    made = listing(world)
    assert Api(app, None).get("comparison").status_code == 401
    assert Visitor(app).get("/compare").status == 200
    assert Visitor(app).get(f"/listings/{made.id}").links["Compare"] == f"/compare?id={made.id}"


def test_the_cost_of_owning_is_what_the_function_says(app: Flask, world: World) -> None:
    """68,500.00; 0.9 kW x 1,000 h x 1.00 = 900.00 a year; 3 % of the price = 2,055.00 a year; 2 years of warranty."""
    made = centrifuge(world, power="900")
    query = {"id": made.id, "years": "2", "hours": "1000", "kwh": "1", f"freight-{made.id}": "100"}
    owned = Api(app, None).get("comparison", **query).json["listings"][0]["cost"]
    assert {part["part"]: part["amount"] and part["amount"]["amount"] for part in owned["parts"]} == {
        "price": "68500.00", "freight": "100.00", "installation": None, "training": None, "extension": "0.00",
        "consumables": None, "energy": "1800.00", "maintenance": "4110.00",
    }  # fmt: skip
    assert owned["known"]["amount"] == "74510.00"
    page = Visitor(app).get("/compare", **query)
    assert "CNY 74,510.00" in page.text
    assert "without: Installation and commissioning, Training, Consumables" in page.text


@pytest.mark.parametrize(
    "name,text", [("years", "0"), ("years", "11"), ("hours", "9000"), ("kwh", "cheap"), ("kwh", "-1"),
                  ("discount_rate", "101"), ("kwh_currency", "XXX"), ("maintenance_rate", "x")],
)  # fmt: skip
def test_bad_assumptions_are_said_at_their_field_and_kept(app: Flask, world: World, name: str, text: str) -> None:
    made = listing(world)
    page = Visitor(app).get("/compare", **{"id": made.id, name: text})
    assert page.status == 200
    assert f'name="{name}"' in page.html
    assert 'aria-invalid="true"' in page.html
    answer = Api(app, None).get("comparison", **{"id": made.id, name: text})
    assert (answer.status_code, answer.json["code"]) == (422, "bad_query")


def test_bad_amounts_are_said_too(app: Flask, world: World) -> None:
    made = listing(world)
    name = f"freight-{made.id}"
    assert 'aria-invalid="true"' in Visitor(app).get("/compare", **{"id": made.id, name: "1.234"}).html
    assert Api(app, None).get("comparison", **{"id": made.id, name: "1.234"}).status_code == 422


def test_currencies_are_never_mixed(app: Flask, world: World) -> None:
    one, other = (
        centrifuge(world, power="900"),
        centrifuge(world, power="900", model="X", price={"amount": "100.00", "currency": "USD"}),
    )
    page = Visitor(app).get("/compare", id=[one.id, other.id])
    assert "The prices are in different currencies." in page.text
    assert "electricity is priced in another currency" in page.text


def test_the_first_picture_of_each_stands_in_the_head(app: Flask, world: World) -> None:
    pictured, bare = with_picture(world), listing(world, model="bare")
    page = Visitor(app).get("/compare", id=[pictured.id, bare.id])
    first = pictured.media[0]["id"]
    assert page.html.count(f'src="/listings/{pictured.id}/media/{first}/160"') == 1
    assert page.html.count('class="thumb"') == 2
    assert 'class="thumb"' not in Visitor(app).get("/compare", id=[bare.id]).html


def test_different_categories_are_said(app: Flask, world: World) -> None:
    one, other = centrifuge(world), listing(world, kind="service", supplier="service")
    page = Visitor(app).get("/compare", id=[one.id, other.id])
    assert "The listings stand in different categories" in page.text
    assert "not asked in its category" in page.text


def test_other_units_are_shown_on_demand(app: Flask, world: World) -> None:
    made = centrifuge(world)
    assert "krpm" in Visitor(app).get("/compare", id=made.id, unit="max_speed:krpm").text
    assert Visitor(app).get("/compare", id=made.id, unit="max_speed:kg").status == 200


def test_six_cost_no_more_questions_than_one(app: Flask, world: World) -> None:
    ids = [one.id for one in listings_of(world, 6)]
    visitor = Visitor(app, world, "mei")
    visitor.get("/compare")
    one = questions(visitor, f"/compare?id={ids[0]}")
    assert questions(visitor, "/compare?" + "&".join(f"id={each}" for each in ids)) == one


def test_it_speaks_chinese(app: Flask, world: World) -> None:
    pair = [centrifuge(world, model="A"), centrifuge(world, model="B", speed="16000")]
    page = Visitor(app, language="zh").get("/compare", id=[one.id for one in pair])
    for words in ("商品比较", "有差异", "拥有成本", "未知"):
        assert words in page.text
    assert "·" not in page.text
