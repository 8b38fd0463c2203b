"""Categories and attributes: who keeps them, what is refused, what the database itself refuses."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.catalogue.actions import attributes, categories, editions
from app.catalogue.actions.categories import listings_in
from app.catalogue.taxonomy.models import Attribute, Category, TaxonomyMark
from app.catalogue.taxonomy.reading import EDITION, edition
from app.catalogue.taxonomy.schemas import AttributeChangeInput, AttributeInput
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import Event
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.world import Api, World, build
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do
from tests.worlds.taxonomy import attribute, category, known_attribute, known_category

pytestmark = pytest.mark.database_matters

CENTRIFUGES = "instruments.centrifuges"


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def refused(verb: Any, record: Any, world: World, who: str = "rui", **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(verb, again(record), world.actor(who), **given)
    return caught.value


def changes(one: Attribute, **different: Any) -> dict[str, Any]:
    """The input that changes an attribute in a few parts and leaves the others."""
    same = ("name_zh", "name_en", "aliases", "units", "places", "least", "most", "choices", "section", "position",
            "filters", "compares", "mandatory")  # fmt: skip
    loaded: dict[str, Any] = AttributeChangeInput().load({name: getattr(one, name) for name in same} | different)
    return loaded


# The tree -------------------------------------------------------------------------------------------------------------


def test_a_category_is_drafted_opened_and_listed_in(world: World) -> None:
    made = category(world, "draft", code="instruments.tasters")
    assert "instruments.tasters" not in tree().open
    do(categories.activate, made, world.actor("rui"))
    assert tree().path("instruments.tasters") == ("instruments", "instruments.tasters")
    assert listing(world, category="instruments.tasters", specs=[]).category == "instruments.tasters"


@pytest.mark.parametrize("who", ["mu", "pu", "tao", "shen", "wang"])
def test_only_those_who_keep_the_tree_change_it(world: World, who: str) -> None:
    assert refused(categories.move, known_category(CENTRIFUGES), world, who, parent="", position=1).kind.status == 403


def test_a_code_is_there_once_and_a_parent_is_of_the_same_kind(world: World) -> None:
    for changes_, code in (
        ({"code": CENTRIFUGES}, "category_there"), ({"code": "x", "parent": "nowhere"}, "no_such_category"),
        ({"code": "x", "parent": "services"}, "category_kinds_differ"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            category(world, "draft", **changes_)
        assert caught.value.code == code


def test_the_tree_ends_at_its_lowest_level(world: World) -> None:
    parent = "instruments.centrifuges.mini"
    for depth in (4, 5):
        parent = category(world, code=f"{parent}.d{depth}", parent=parent).code
    with pytest.raises(Refusal) as caught:
        category(world, "draft", code="instruments.too_deep", parent=parent)
    assert caught.value.code == "category_too_deep"
    deep = refused(categories.move, known_category(CENTRIFUGES), world, parent="instruments.microscopes", position=1)
    assert deep.code == "category_too_deep"


def test_a_part_of_the_tree_moves_as_a_whole(world: World) -> None:
    do(categories.move, known_category(CENTRIFUGES), world.actor("rui"), parent="", position=5)
    assert tree().path("instruments.centrifuges.mini") == (CENTRIFUGES, "instruments.centrifuges.mini")
    assert known_category("instruments.centrifuges.mini").level == 2
    do(categories.move, known_category(CENTRIFUGES), world.actor("rui"), parent="preparation", position=5)
    assert tree().path("instruments.centrifuges.mini")[0] == "preparation"


def test_a_category_does_not_go_below_itself(world: World) -> None:
    for parent in (CENTRIFUGES, "instruments.centrifuges.mini"):
        told = refused(categories.move, known_category(CENTRIFUGES), world, parent=parent, position=1)
        assert told.code == "category_into_itself"


def test_the_database_itself_refuses_a_cycle(world: World) -> None:
    del world
    upper, lower = known_category("instruments"), known_category(CENTRIFUGES)
    for values in ({"parent_id": lower.id, "parent_level": lower.level},
                   {"parent_id": lower.id, "parent_level": lower.level, "level": lower.level + 1}):  # fmt: skip
        with pytest.raises(IntegrityError):
            db.session.execute(sa.update(Category).where(Category.id == upper.id).values(**values))
        db.session.rollback()


def test_a_category_with_others_below_it_is_not_retired(world: World) -> None:
    told = refused(categories.retire, known_category(CENTRIFUGES), world, successor="other")
    assert told.code == "category_still_parent"
    assert refused(categories.retire, known_category("other"), world, successor="").code == "category_always_there"


def test_a_category_with_listings_needs_a_successor_and_they_stand_there_unchanged(world: World) -> None:
    made = listing(world, category="instruments.centrifuges.mini")
    own = known_category("instruments.centrifuges.mini")
    told = refused(categories.retire, own, world, successor="")
    assert (told.code, told.params["number"]) == ("category_needs_successor", 1)
    before = made.version
    do(categories.retire, own, world.actor("rui"), successor="instruments.centrifuges.micro")
    assert again(made).category == "instruments.centrifuges.mini"
    assert again(made).version == before
    assert tree().path(made.category)[-1] == "instruments.centrifuges.micro"
    assert listings_in(tree(), {"instruments.centrifuges.micro"}) == 1
    do(categories.restore, own, world.actor("rui"))
    assert tree().path(made.category)[-1] == "instruments.centrifuges.mini"


def test_an_empty_category_is_retired_without_a_successor(world: World) -> None:
    own = known_category("instruments.centrifuges.mini")
    do(categories.retire, own, world.actor("rui"), successor="")
    assert "instruments.centrifuges.mini" not in tree().open


def test_a_former_code_is_read_as_the_successors(world: World) -> None:
    do(categories.retire, known_category("instruments.centrifuges.mini"), world.actor("rui"),
       successor="instruments.centrifuges.micro")  # fmt: skip
    assert listing(world, category="instruments.centrifuges.mini").category == "instruments.centrifuges.micro"


# Attributes -----------------------------------------------------------------------------------------------------------


def test_an_attribute_is_asked_below_too(world: World) -> None:
    made = attribute(world, known_category(CENTRIFUGES), code="lid_width", aliases=["盖宽"], mandatory=True)
    asked = {one.code: one for one in tree().asked("instruments.centrifuges.mini")}
    assert asked["lid_width"].mandatory
    assert tree().meant("instruments.centrifuges.mini", "盖宽") == (asked["lid_width"], "")
    do(attributes.retire, made, world.actor("rui"))
    assert tree().meant("instruments.centrifuges.mini", "盖宽") is None
    do(attributes.restore, made, world.actor("rui"))
    assert tree().meant("instruments.centrifuges.mini", "盖宽") is not None


def test_a_code_means_the_same_everywhere(world: World) -> None:
    holder = known_category("furniture")
    for given, code in (
        ({"code": "max_speed"}, "attribute_means_otherwise"), ({"code": "width"}, "attribute_there"),
        ({"code": "temperature_max"}, "attribute_end_of_range"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            attribute(world, holder, **given)
        assert caught.value.code == code


def test_the_database_itself_refuses_a_second_meaning(world: World) -> None:
    del world
    one = known_attribute(CENTRIFUGES, "max_speed")
    with pytest.raises(IntegrityError):
        db.session.execute(sa.update(Attribute).where(Attribute.id == one.id).values(unit="rps"))
    db.session.rollback()


def test_below_a_category_an_attribute_is_narrower(world: World) -> None:
    mini = known_category("instruments.centrifuges.mini")
    same = {"code": "max_speed", "dimension": "rotation", "places": 0, "mandatory": True}
    with pytest.raises(Refusal) as caught:
        attribute(world, mini, **{**same, "mandatory": False})
    assert (caught.value.code, list(caught.value.fields)) == ("attribute_contradicts", ["mandatory"])
    attribute(world, mini, **same, most="10000", units=["rpm"])
    assert next(one for one in tree().asked(mini.code) if one.code == "max_speed").most == 10_000
    upper = known_attribute(CENTRIFUGES, "max_speed")
    told = refused(attributes.change, upper, world, **changes(upper, most="5000"))
    assert told.code == "attribute_contradicts"


@pytest.mark.parametrize(
    "given,field",
    [
        ({"code": "Speed"}, "code"), ({"code": "speed_from"}, "code"), ({"code": "price"}, "code"),
        ({"dimension": "magic"}, "dimension"), ({"unit": "rpm"}, "unit"), ({"units": ["cm"]}, "units"),
        ({"units": ["mm", "rpm"]}, "units"), ({"section": "none"}, "section"), ({"least": "low"}, "least"),
        ({"least": "3", "most": "2"}, "most"), ({"type": "choice", "dimension": ""}, "choices"),
        ({"type": "flag"}, "dimension"), ({"choices": [{"code": "a", "zh": "甲", "en": "A"}]}, "choices"),
    ],
)  # fmt: skip
def test_a_definition_that_fits_no_type_is_refused_at_its_field(given: dict[str, Any], field: str) -> None:
    usual = {"code": "some", "name_zh": "某", "name_en": "Some", "type": "number", "dimension": "length"}
    assert list(AttributeInput().validate(usual | given)) == [field]


# The edition ----------------------------------------------------------------------------------------------------------


def test_the_edition_is_taken_in_once_with_one_event(world: World) -> None:
    loaded = db.session.scalars(sa.select(Event).where(Event.name == "organisation.load_taxonomy")).all()
    assert [one.data["facts"]["categories"] for one in loaded] == [len(edition())]
    with unit_of_work():
        assert not editions.load_where_newer()
    assert refused(editions.load_taxonomy, world.org("operator"), world).code == "taxonomy_edition_here"


def test_a_newer_edition_changes_nothing_that_an_operator_has_changed(world: World) -> None:
    reviewer = world.actor("rui")
    do(categories.edit, known_category(CENTRIFUGES), reviewer, name_zh="离心设备", name_en="Spinners", mappings=[])
    speed = known_attribute(CENTRIFUGES, "max_speed")
    do(attributes.change, speed, reviewer, **changes(speed, mandatory=False, aliases=["快慢"]))
    do(attributes.retire, known_attribute(CENTRIFUGES, "noise"), reviewer)
    with unit_of_work():
        db.session.execute(sa.update(TaxonomyMark).values(edition="older"))
        db.session.execute(sa.update(Category).where(Category.code == "instruments").values(name_en="Old name"))
    with unit_of_work():
        assert editions.load_where_newer()
    assert known_category(CENTRIFUGES).name_en == "Spinners"
    assert known_category(CENTRIFUGES).mappings == []
    assert known_attribute(CENTRIFUGES, "max_speed").aliases == ["快慢"]
    assert known_attribute(CENTRIFUGES, "noise").state == "retired"
    assert known_category("instruments").name_en == "Analytical and scientific instruments"
    assert editions.current_edition() == EDITION


# Both faces, and the tree of a process --------------------------------------------------------------------------------


def test_the_api_keeps_the_tree(app: Flask, world: World) -> None:
    api = Api(app, world.key("rui"))
    made = api.post("categories", {
        "code": "safety.lamps", "parent": "safety", "name_zh": "警示灯", "name_en": "Warning lamps",
        "mappings": [{"system": "hs_2022", "code": "853180"}],
    })  # fmt: skip
    assert made.status_code == 201, made.get_json()
    path = f"categories/{made.get_json()['id']}"
    assert api.do(path, "activate").get_json()["state"] == "active"
    defined = api.do(path, "define", {
        "code": "flash_rate", "name_zh": "闪烁频率", "name_en": "Flash rate", "type": "number",
        "dimension": "frequency", "filters": True,
    })  # fmt: skip
    assert defined.status_code == 201, defined.get_json()
    assert defined.get_json()["units"] == ["Hz", "kHz", "MHz", "GHz"]
    listing(world, category="safety.lamps", specs=[{"key": "闪烁频率", "value": "0.002", "unit": "kHz"}])
    impact = api.get(f"attributes/{defined.get_json()['id']}/impact").get_json()
    assert impact == {"published": 1, "others": 0, "looked_at": 1, "stating": 1}
    assert api.get(f"{path}/impact").get_json() == {"published": 1, "others": 0}
    assert Api(app, world.key("mu")).get(f"{path}/impact").status_code == 403
    assert api.post("categories", {"code": "Bad", "name_zh": "x", "name_en": "x"}).status_code == 422
    source = api.get(path).get_json()["mappings"][0]["source"]
    assert "Harmonized System" in source


def test_a_draft_is_for_staff_only(app: Flask, world: World) -> None:
    made = category(world, "draft", code="instruments.secret")
    assert Api(app, world.key("mu")).get(f"categories/{made.id}").status_code == 404
    assert Api(app, world.key("rui")).get(f"categories/{made.id}").status_code == 200
    asked = attribute(world, made, code="secret_size")
    assert Api(app, world.key("mu")).get(f"attributes/{asked.id}").status_code == 404


def test_a_transaction_that_changes_the_tree_sees_it_and_one_that_fails_leaves_no_trace(world: World) -> None:
    before = tree()
    with contextlib.suppress(RuntimeError), unit_of_work():
        made = find(Category, known_category(CENTRIFUGES).id, SYSTEM_ACTOR, lock=True)
        categories.edit(made, world.actor("rui"), name_zh="别名", name_en="Another name", mappings=[])
        assert tree().name(CENTRIFUGES, "en") == "Another name"
        raise RuntimeError
    assert tree() is before
    assert tree().name(CENTRIFUGES, "en") == "Centrifuges"
