"""Brands: one make under many names, proposed by suppliers' words, kept by the operator."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalogue import index
from app.catalogue.actions import brands
from app.catalogue.brands.book import book
from app.catalogue.brands.models import Brand, squeezed
from app.catalogue.engine import Search
from app.catalogue.models import Listing
from app.catalogue.question import read
from app.kernel.actors import ANONYMOUS
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.work import unit_of_work
from tests.world import Api, World, build
from tests.worlds.brands import brand, known, proposed
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def refused(world: World, verb: object, record: object, **given: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(verb, record, world.actor("rui"), **given)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("written", ["tecan", "TECAN", "Ｔｅｃａｎ", "帝肯", " Tecan\u3000"])
def test_however_it_is_written_it_is_the_same_brand(world: World, written: str) -> None:
    assert again(listing(world, brand=written)).brand_id == known("Tecan").id


def test_names_of_both_languages_lead_to_one_brand_and_the_listing_keeps_its_words(world: World) -> None:
    made = listing(world, brand="Thermo")
    assert made.brand == "Thermo"
    assert (made.brand_zh, made.brand_en) == ("赛默飞", "Thermo Fisher")
    assert known("赛默飞").id == known("thermo-fisher scientific").id == made.brand_id


def test_unknown_words_stay_and_are_proposed_once(world: World) -> None:
    one, two = listing(world, brand="Labotronix"), listing(world, brand="LABO-TRONIX", model="Z2")
    assert one.brand_id == two.brand_id
    found = known("labotronix")
    assert (found.state, found.name_en, found.waits_org) == ("proposed", "Labotronix", "operator")
    assert (again(two).brand, again(two).brand_en) == ("LABO-TRONIX", "Labotronix")
    assert listing(world, brand="—", model="Z3").brand_id is None


def test_one_spelling_leads_to_one_brand(world: World) -> None:
    assert refused(world, brands.add_brand, world.org("operator"), name_zh="", name_en="te can", aliases=[]).code == (
        "brand_spelling_taken"
    )
    wrong = refused(world, brands.edit, known("Waters"), name_zh="沃特世", name_en="Waters", aliases=["岛津"])
    assert (wrong.code, list(wrong.fields)) == ("brand_spelling_taken", ["aliases"])
    row = {"s": squeezed("Tecan"), "b": known("Waters").id}
    db.session.rollback()
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO brand_spelling VALUES (:s, :b, 'Tecan')"), row)


def test_a_merged_brand_leaves_its_names_and_listings_to_the_other(world: World) -> None:
    made = listing(world, brand="Thermo Electron")
    heir = known("Thermo")
    merged = do(brands.merge, proposed(world, "Thermo Electron"), world.actor("rui"), into=heir.id)
    assert (merged.state, merged.heir_id) == ("merged", heir.id)
    assert again(made).brand_id == heir.id
    assert "Thermo Electron" in again(heir).aliases
    assert again(listing(world, brand="thermo electron", model="B")).brand_id == heir.id
    assert refused(world, brands.merge, known("Waters"), into=merged.id).code == "no_such_brand"


def test_what_is_declined_is_shown_as_it_was_written_and_not_proposed_again(world: World) -> None:
    made = listing(world, brand="国产优质")
    gone = do(brands.decline, known("国产优质"), world.actor("rui"))
    assert again(made).brand_en == "国产优质"
    assert again(listing(world, brand="国产 优质", model="B")).brand_en == "国产 优质"
    assert db.session.scalar(sa.select(sa.func.count()).where(Brand.name_zh == "国产优质")) == 1
    assert do(brands.reconsider, gone, world.actor("rui")).state == "proposed"


def test_search_counts_and_filters_by_the_brand_whatever_its_listings_write(world: World) -> None:
    ids = {listing(world, brand=name, model=f"M{n}").id for n, name in enumerate(("tecan", "Tecan", "帝肯"))}
    listing(world, brand="Waters")
    index.rebuild()
    found = index.search(Search(), ANONYMOUS)
    assert {one.value: one.count for one in found.facets["brand"]} == {"Tecan": 3, "Waters": 1}
    for name in ("帝肯", "TECAN"):
        asked = read({"brand": [name]}).search
        assert asked.brands == ("Tecan",)
        assert {row.id for row in index.search(asked, ANONYMOUS).rows} == ids


def test_a_renamed_brand_reaches_the_cards_of_its_listings(world: World) -> None:
    made = listing(world, brand="Tecan")
    index.sync_once()
    do(brands.edit, known("Tecan"), world.actor("rui"), name_zh="帝肯科学", name_en="Tecan Group", aliases=["Tecan"])
    assert index.sync_once() == 1
    found = index.search(read({"brand": ["tecan"]}).search, ANONYMOUS)
    assert [(row.id, row.stored["brand_zh"]) for row in found.rows] == [(made.id, "帝肯科学")]


def test_the_edition_adopts_proposals_and_leaves_what_the_operator_changed(world: World) -> None:
    do(brands.edit, known("Tecan"), world.actor("rui"), name_zh="帝肯", name_en="Tecan AG", aliases=[])
    with unit_of_work():
        db.session.execute(sa.text("UPDATE taxonomy_mark SET brands = ''"))
        assert brands.load_where_newer()
        assert not brands.load_where_newer()
    assert known("帝肯").name_en == "Tecan AG"
    assert book().find("Tecan") is None


def test_programs_keep_brands_and_strangers_read_those_in_use(world: World, app: Flask) -> None:
    keeper, stranger = Api(app, world.key("rui")), Api(app, world.key("mei"))
    made = keeper.post("brands", {"name_en": "Labotronix", "aliases": ["LTX"]})
    assert (made.status_code, made.json["state"], made.json["aliases"]) == (201, "active", ["LTX"])
    hidden = proposed(world, "Verborgen")
    assert stranger.get(f"brands/{hidden.id}").status_code == 404
    assert stranger.get(f"brands/{made.json['id']}").status_code == 200
    assert stranger.post("brands", {"name_en": "X"}).status_code == 403
    assert keeper.do(f"brands/{hidden.id}", "merge", {"into": made.json["id"]}).json["heir"] == made.json["id"]


def test_the_small_world_reaches_every_state(world: World) -> None:
    states = [brand(world, state, name=f"Make {state}").state for state in ("proposed", "active", "merged", "declined")]
    assert states == ["proposed", "active", "merged", "declined"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Listing)) == 0
