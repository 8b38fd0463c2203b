"""A listing's properties read against its category, from the form to the index."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask, current_app

from app.catalogue import index, specs
from app.catalogue.actions import attributes, categories, listings
from app.catalogue.cards import card_of
from app.catalogue.engine import Card, Search, Writer
from app.catalogue.question import read
from app.catalogue.taxonomy.tree import tree
from app.catalogue.taxonomy.values import Value
from app.kernel.actors import ANONYMOUS
from app.kernel.errors import Refusal
from app.kernel.work import reading
from tests.world import Api, World, build
from tests.worlds.catalogue import given, listing, listings_of, loaded
from tests.worlds.ordering import again, do
from tests.worlds.taxonomy import category, known_attribute, known_category

CENTRIFUGES = "instruments.centrifuges"


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def spec(key: str, value: str, unit: str = "") -> dict[str, str]:
    return {"key": key, "value": value, "unit": unit}


def typed(code: str, *rows: dict[str, str]) -> dict[str, Value]:
    return {name: one.value for name, one in specs.typed(tree(), code, rows).items()}


def test_a_property_is_found_by_code_names_and_aliases_of_its_category(world: World) -> None:
    del world
    wanted = {"max_speed": Value(Decimal(21_000), Decimal(21_000))}
    for key in ("max_speed", "最高转速", "Maximum speed", "转速", "max-speed", "MAX SPEED"):
        assert typed(CENTRIFUGES, spec(key, "21", "krpm")) == wanted
    assert typed("furniture.benches", spec("最高转速", "21", "krpm")) == {}


def test_two_ends_that_are_given_apart_are_one_range(world: World) -> None:
    del world
    both = typed("cold_storage.ultra_low", spec("最低温度", "-86", "°C"), spec("最高温度", "-40", "°C"))
    assert both == {"temperature": Value(Decimal(-86), Decimal(-40))}
    assert typed("cold_storage", spec("最低温度", "-86 ℃")) == {"temperature": Value(Decimal(-86), None)}


def test_what_is_asked_nearest_takes_a_name_first(world: World) -> None:
    del world
    assert list(typed("instruments.life_science.electrophoresis", spec("电压", "300 V"))) == ["output_voltage"]
    assert list(typed("instruments.microscopes.stereo", spec("电压", "220 V"))) == ["voltage"]


def test_several_pieces_count_together_in_the_search(world: World) -> None:
    del world
    stated = specs.typed(tree(), CENTRIFUGES, [spec("容量", "4 x 750 mL"), spec("转子", "水平转子")])
    assert specs.for_engine(stated.values()) == {"capacity": 3000.0, "rotor_type": ("swing_out",)}


@pytest.mark.parametrize(
    "rows,place,field",
    [
        ([spec("转子", "角转子"), spec("最高转速", "fast")], "specs.1.value", "units"),
        ([spec("最高转速", "21000")], "specs.0.value", "units"),
        ([spec("最高转速", "21000 rpm"), spec("转速", "22000 rpm")], "specs.1.key", None),
    ],
)
def test_a_property_that_names_an_attribute_has_to_be_readable(
    app: Flask, world: World, rows: list[dict[str, str]], place: str, field: str | None
) -> None:
    for language, words in (("zh", "转/分"), ("en", "rpm")):
        answer = Api(app, world.key("mu"), language=language).post("listings", given(specs=rows))
        assert answer.status_code == 422
        told = {one["field"]: one["message"] for one in answer.get_json()["errors"]}
        assert list(told) == [place]
        assert field is None or words in told[place]


def test_what_no_category_asks_stays_in_the_suppliers_words(world: World) -> None:
    made = listing(world, specs=[spec("最高转速", "21000", "rpm"), spec("脾气", "好")])
    assert made.specs[1] == {"key": "脾气", "value": "好", "number": None, "unit": ""}
    assert [one["code"] for one in made.typed] == ["max_speed"]


def test_what_the_category_needs_is_demanded_when_the_listing_is_submitted(app: Flask, world: World) -> None:
    made = listing(world, "draft", specs=[])
    api = Api(app, world.key("mu"))
    answer = api.do(f"listings/{made.id}", "submit")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "attributes_missing")
    asked = [{"field": "specs", "message": "The category asks for this: Maximum speed."}]
    assert answer.get_json()["errors"] == asked
    offered = {one["name"]: one for one in api.get(f"listings/{made.id}").get_json()["actions"]}
    assert not offered["submit"]["enabled"]
    fixed = loaded(specs=[spec("最高转速", "21000", "rpm")])
    do(listings.edit, again(made), world.actor("mu"), **fixed)
    assert api.do(f"listings/{made.id}", "submit").status_code == 200


def test_another_category_reads_the_same_properties_otherwise(world: World) -> None:
    rows = [spec("容积", "30", "L"), spec("超声功率", "500", "W")]
    made = listing(world, "draft", category="preparation.ultrasonic.cleaners", specs=rows)
    assert {one["code"] for one in made.typed} == {"tank_volume", "ultrasonic_power"}
    do(listings.edit, again(made), world.actor("mu"), **loaded(category="preparation.ovens_furnaces", specs=rows))
    assert {one["code"] for one in again(made).typed} == {"chamber_volume"}


def test_a_listing_says_its_attributes_in_the_api(app: Flask, world: World) -> None:
    made = listing(world, specs=[spec("最高转速", "21", "krpm"), spec("温度范围", "-20 ~ 40 ℃")])
    told = {one["code"]: one for one in Api(app, world.key("pu")).get(f"listings/{made.id}").get_json()["attributes"]}
    assert told["max_speed"] == {"code": "max_speed", "type": "number", "unit": "rpm", "low": "21000", "high": "21000"}
    assert (told["temperature"]["low"], told["temperature"]["high"]) == ("-20", "40")


# The search -----------------------------------------------------------------------------------------------------------


def totals(**args: str) -> int:
    return index.search(read({name: [value] for name, value in args.items()}).search, ANONYMOUS).total


def test_what_is_offered_as_a_range_has_to_reach_over_what_is_asked_for(world: World) -> None:
    listing(world, model="A", specs=[spec("最高转速", "9000", "rpm"), spec("温度范围", "-20 ~ 40 ℃")])
    listing(world, model="B", specs=[spec("最高转速", "15000", "rpm"), spec("温度范围", "4 ~ 40 ℃")])
    index.sync_once()
    assert totals(temperature_from="-10", temperature_to="30") == 1
    assert totals(temperature_from="5") == 2
    assert totals(max_speed_from="10000") == 1
    assert read({"temperature_from": ["cold"]}).problems.keys() == {"temperature_from"}


def test_a_retired_category_leads_its_listings_on_and_the_search_follows_by_events(world: World) -> None:
    own = category(world, code="instruments.spinners", parent="instruments")
    listing(world, category="instruments.spinners", specs=[])
    index.sync_once()
    assert (totals(category="instruments.spinners"), totals(category="other")) == (1, 0)
    do(categories.retire, own, world.actor("rui"), successor="other")
    assert totals(category="instruments") == 1, "the old index serves until the worker comes by"
    assert index.sync_once() == 1
    assert (totals(category="instruments"), totals(category="other")) == (0, 1)
    assert totals(category="instruments.spinners") == 1, "the former code is read as the successor's"


def test_a_change_of_an_attribute_reaches_the_listings_of_its_part_of_the_tree(world: World) -> None:
    rows = [spec("最高转速", "21000", "rpm"), spec("盖宽", "300", "mm")]
    listing(world, category="instruments.centrifuges.mini", specs=rows)
    listing(world, model="far away", category="furniture", specs=[])
    index.sync_once()
    width = known_attribute("instruments", "width")
    same = ("name_zh", "name_en", "units", "places", "least", "most", "choices", "section", "position", "filters",
            "compares", "mandatory")  # fmt: skip
    changed = {name: getattr(width, name) for name in same} | {"aliases": ["盖宽"]}
    assert totals(width_from="200") == 0
    do(attributes.change, width, world.actor("rui"), **changed)
    assert index.sync_once() == 1
    assert (totals(width_from="200"), totals(width_from="301")) == (1, 0)


def test_the_old_index_answers_while_a_new_generation_is_built(world: World, app: Flask) -> None:
    listings_of(world, 5)
    index.sync_once()
    do(categories.edit, known_category(CENTRIFUGES), world.actor("rui"), name_zh="离心设备", name_en="Spinners",
       mappings=[])  # fmt: skip
    seen: list[int] = []

    def cards() -> Iterator[Card]:
        for one, supplier in index._offered():
            yield card_of(one, supplier)
            seen.append(index.reader().search(Search(text="离心机")).total)

    with app.app_context(), reading(), Writer(index.search_folder(current_app)) as writer:
        writer.rebuild(cards(), cursor=index._head())
    assert seen == [5, 5, 5, 5, 5]
    index.reader().reload()
    assert index.reader().search(Search(text="Spinners")).total == 5


def test_a_newer_edition_builds_the_index_anew(world: World) -> None:
    listings_of(world, 3)
    index.sync_once()
    assert index._reaches_far(0, 10_000), "the edition came with the park"
    assert not index._reaches_far(10_000, 10_001)


def test_an_old_link_with_a_parameter_that_is_gone_is_no_failure(app: Flask, world: World) -> None:
    del world
    assert app.test_client().get("/catalogue?temperature_min_from=-80&category=nowhere").status_code == 200
    with pytest.raises(Refusal):
        index.search(Search(sort="colour"), ANONYMOUS)
