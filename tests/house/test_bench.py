"""The bench measures what it says: both sides have the same listings and find the same."""

from __future__ import annotations

from contextlib import closing

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.actions import organisations
from app.catalogue.imports import import_listings
from app.catalogue.models import Listing
from app.exchange.product_rows import ProductRow
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.values import new_id
from app.kernel.work import unit_of_work
from bench import control, goods, ground, report, tasks, words
from bench.client import Slice, run
from tests.live import serve
from tests.world import build

NUMBER = 60


def test_the_same_listings_are_made_again_whatever_their_number() -> None:
    assert list(goods.rows(30)) == list(goods.rows(90))[:30]


def test_chinese_is_searched_by_pairs_of_characters_and_latin_by_words() -> None:
    assert words.asked("高速离心机 H-21R") == ["高速", "速离", "离心", "心机", "h", "21r"]
    assert words.asked("箱") == ["箱"]
    assert set(words.asked("离心机 rpm")) <= set(words.stored("台式离心机，3000 rpm").split())


def test_ratios_compare_what_stood_in_the_same_round() -> None:
    ours = [Slice(seconds, [0.1] * 10) for seconds in (1.0, 10.0, 2.0)]
    theirs = [Slice(seconds, [0.1] * 10) for seconds in (0.5, 5.0, 1.0)]
    assert report.ratio(ours, theirs) == 0.5
    assert report.percentile(list(range(1, 101)), 99) == 99
    assert report.percentile([7.0], 50) == 7.0


def test_the_client_ends_the_run_with_the_first_refusal() -> None:
    bare = Flask("bare")
    with serve(bare) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(RuntimeError, match="GET /nothing: 404"):
            run(lambda to, _: to.get("/nothing"), port, number=5, first=0, connections=2, most_seconds=5.0)


@pytest.mark.database_matters
def test_an_imported_row_and_a_row_written_for_the_bench_are_the_same_and_both_sides_find_them(
    app: Flask, client: FlaskClient
) -> None:
    build()  # an operator, who has the taxonomy
    with unit_of_work():
        supplier = organisations.found(SYSTEM_ACTOR, state="admitted", name_en="Supplies", is_supplier=True)
    editor = Actor(person_id=new_id("per"), org_id=supplier.id, roles=frozenset({"catalogue"}), kinds=supplier.kinds)
    rows = list(goods.rows(NUMBER))
    report_of_import = import_listings(rows[:1], supplier, editor, submit=False)
    assert report_of_import.created == 1, str(report_of_import)
    made = db.session.scalars(db.select(Listing)).one()
    written = ground.columns_of(rows[0])
    own = {"id", "state", "version", "published_at"}
    assert {name: getattr(made, name) for name in written.keys() - own} == {
        name: value for name, value in written.items() if name not in own
    }
    with unit_of_work():
        columns = [ground.columns_of(row) | {"supplier_id": supplier.id} for row in rows[1:]]
        db.session.execute(db.insert(Listing), columns)
    ground.index.rebuild()
    ground.control_tables()
    other = control.create(db.engine.url.render_as_string(hide_password=False))
    with closing(other.extensions["bench_database"]):
        _both_find_the_same(client, other.test_client(), rows[1])


def _both_find_the_same(ours: FlaskClient, theirs: FlaskClient, row: ProductRow) -> None:
    for place in range(20):
        for query in (tasks.price_range(place), tasks.property_range(place)):
            asked = tasks.as_labpark_asks(query) if "key" in query else query
            found = ours.get("/api/v1/catalogue", query_string=asked).get_json()
            assert theirs.get("/filter", query_string=query).get_json()["total"] == found["total"], query
    hit = theirs.get("/search", query_string={"q": row.name_zh, "lead_time": 3_000}).get_json()
    assert row.name_zh in [item["name_zh"] for item in hit["items"]]
    assert sum(one["count"] for one in hit["facets"]["brand"]) == hit["total"]
    first = hit["items"][0]
    assert theirs.get(f"/listings/{first['id']}").get_json()["name_zh"] == first["name_zh"]
    assert theirs.post("/rows", json={"rows": 7}).get_json() == {"written": 7}
