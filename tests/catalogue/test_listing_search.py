"""The index follows what happens, shows nothing that is not on offer, and is missed by nobody for long."""

from __future__ import annotations

import shutil

import pytest
from flask import Flask

from app.accounts.actions import bank_accounts, organisations
from app.catalogue import index
from app.catalogue.actions import listings
from app.catalogue.engine import Search, Writer
from app.catalogue.models import Listing
from app.kernel.actors import ANONYMOUS
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from tests.world import World, build
from tests.worlds.catalogue import listing, listings_of

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def found(text: str = "", **filters: object) -> list[str]:
    return [row.id for row in index.search(Search(text=text, **filters), ANONYMOUS).rows]  # type: ignore[arg-type]


def suspend(world: World, made: Listing) -> None:
    with unit_of_work():
        listings.suspend(find(Listing, made.id, world.actor("rui")), world.actor("rui"), reason="核实中")


def test_a_published_listing_is_found_by_both_languages_model_and_part_number(world: World) -> None:
    made = listing(world)
    assert index.sync_once() == 1
    for words in ("离心机", "centrifuge", "H2100R", "CEN-2100", "角转子", "lixinji", "Xiangyi", "华仪"):
        assert found(words) == [made.id], words
    assert found("色谱") == []


def test_drafts_and_submitted_listings_are_not_found(world: World) -> None:
    for state in ("draft", "submitted", "returned", "withdrawn", "suspended"):
        listing(world, state)
    index.sync_once()
    assert found() == []


def test_events_that_say_nothing_about_listings_cost_no_writer(app: Flask, world: World) -> None:
    listing(world)
    index.sync_once()
    before = (index.search_folder(app) / "manifest.json").stat().st_mtime_ns
    with unit_of_work():
        bank_accounts.name_account(world.org("lab"), world.actor("guan"), bank_name="中行", account_no="1")
    assert index.sync_once() == 0
    assert (index.search_folder(app) / "manifest.json").stat().st_mtime_ns == before


def test_a_suspended_listing_is_gone_at_once_even_before_the_index_knows(world: World) -> None:
    kept, lost = listings_of(world, 2)
    index.sync_once()
    suspend(world, lost)
    assert found("离心机") == [kept.id]
    assert index.search(Search(), ANONYMOUS).total == 2
    index.sync_once()
    assert index.search(Search(), ANONYMOUS).total == 1


def test_the_listings_of_a_suspended_supplier_go_and_come_back_with_it(world: World) -> None:
    mine, _other = listing(world), listing(world, supplier="supplier2")
    index.sync_once()
    with unit_of_work():
        organisations.suspend(world.org("supplier"), world.actor("rui"), reason="资质过期")
    assert mine.id not in found()
    assert index.sync_once() == 1
    assert index.search(Search(), ANONYMOUS).total == 1
    with unit_of_work():
        organisations.reinstate(world.org("supplier"), world.actor("rui"), reason="已补齐")
    index.sync_once()
    assert mine.id in found()


def test_a_new_name_of_the_supplier_reaches_its_cards(world: World) -> None:
    made = listing(world)
    index.sync_once()
    with unit_of_work():
        organisations.edit_profile(world.org("supplier"), world.actor("zong"), name_en="Brightway", address="")
    index.sync_once()
    assert found("Brightway") == [made.id]


def test_a_card_older_than_its_listing_is_drawn_anew(world: World) -> None:
    made = listing(world)
    index.sync_once()
    editor, reviewer = world.actor("mu"), world.actor("rui")
    with unit_of_work():
        again = find(Listing, made.id, editor)
        listings.withdraw(again, editor)
        listings.revise(again, editor)
        again.price_minor = 99
        listings.submit(again, editor)
        listings.publish(again, reviewer)
    (row,) = index.search(Search(), ANONYMOUS).rows
    assert row.stored["price_minor"] == 99
    index.sync_once()
    assert list(index.differences()) == []


def test_without_an_index_the_newest_listings_are_searched_in_the_database(world: World) -> None:
    cheap, dear = listings_of(world, 2)
    results = index.search(Search(text="离心机 h0001"), ANONYMOUS)
    assert results.partial
    assert [row.id for row in results.rows] == [dear.id]
    assert found(sort="price") == [cheap.id, dear.id]
    assert found(sort="-price") == [dear.id, cheap.id]
    assert found(price_from_minor=100_050) == [dear.id]
    assert found(brands=("无",)) == []
    assert set(found(ranges={"max_speed": (20_000.0, None)})) == {dear.id, cheap.id}
    assert found(ranges={"max_speed": (None, 20_000.0)}) == []
    assert [(count.value, count.count) for count in results.facets["brand"]] == [("Xiangyi", 1)]


def test_without_an_index_the_newest_comes_first(world: World) -> None:
    older = listing(world, model="A1")
    newer = listing(world, model="A2")
    assert found() == [newer.id, older.id]


def test_pages_of_the_search_without_an_index_neither_skip_nor_repeat(world: World) -> None:
    made = {one.id for one in listings_of(world, 5)}
    first = index.search(Search(limit=3), ANONYMOUS)
    second = index.search(Search(limit=3, after=first.next), ANONYMOUS)
    assert len(first.rows) == 3
    assert second.next is None
    assert {row.id for row in (*first.rows, *second.rows)} == made


def test_a_lost_or_damaged_index_is_built_again_by_the_worker(app: Flask, world: World) -> None:
    made = listing(world)
    index.sync_once()
    shutil.rmtree(index.search_folder(app))
    assert found() == [made.id]
    assert index.sync_once() == 1
    assert list(index.differences()) == []
    (index.search_folder(app) / "manifest.json").write_text("{")
    app.extensions.pop("catalogue_sync")
    assert index.sync_once() == 1
    assert found() == [made.id]


def test_an_index_that_is_ahead_of_the_database_is_built_again(app: Flask, world: World) -> None:
    listing(world)
    with Writer(index.search_folder(app)) as writer:
        writer.rebuild([], cursor=10**9)
    assert index.sync_once() == 1


def test_a_second_worker_of_the_node_waits_its_turn(app: Flask, world: World) -> None:
    listing(world)
    with Writer(index.search_folder(app)):
        assert index.sync_once() == 0
    assert index.sync_once() == 1


def test_the_doctor_is_told_every_difference(app: Flask, world: World) -> None:
    made = listing(world)
    assert "no search index" in next(iter(index.differences()))
    with Writer(index.search_folder(app)) as writer:
        writer.rebuild([], cursor=1)
    assert list(index.differences()) == [f"{made.id}: not in the index"]
    assert index.rebuild() == 1
    assert list(index.differences()) == []


@pytest.mark.parametrize("cursor", ["x", "newest-9999", "bmljaHRz", "é"])
def test_a_broken_cursor_is_refused(world: World, cursor: str) -> None:
    for ready in (False, True):
        if ready:
            listing(world)
            index.sync_once()
        with pytest.raises(Refusal) as caught:
            index.search(Search(after=cursor), ANONYMOUS)
        assert caught.value.code == "bad_cursor"
