"""What a person keeps of the catalogue, through both faces: searches that tell, lists to order by, what was viewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import people
from app.accounts.privacy.erasing import erase
from app.catalogue import index
from app.catalogue.actions import listings
from app.catalogue.models import BasketLine, Listing
from app.finding import viewed, watching
from app.finding.models import SavedList, SavedListLine, SavedSearch, ViewedListing
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from app.notices.models import Notice
from app.notices.texts import FITS
from tests.web.visitor import Visitor
from tests.world import Api, World, build, person
from tests.worlds.catalogue import listing, listings_of

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def api(app: Flask, world: World, name: str) -> Api:
    return Api(app, world.key(name))


def put(who: Api, path: str, body: object) -> object:
    return who.client.put(f"/api/v1/{path}", json=body, headers=who.headers)


def delete(who: Api, path: str) -> int:
    return int(who.client.delete(f"/api/v1/{path}", headers=who.headers).status_code)


def notices() -> list[Notice]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Notice).where(Notice.name == FITS).order_by(Notice.id)))


def tell() -> int:
    index.sync_once()
    return watching.tell_of_news()


# Saved searches -------------------------------------------------------------------------------------------------------


def test_a_search_is_saved_once_shared_changed_and_forgotten(app: Flask, world: World) -> None:
    qiu, pu, other = (api(app, world, name) for name in ("qiu", "pu", "lab2pu"))
    made = qiu.post("saved-searches", {"title": "高速", "query": "?sort=price&q=离心机&after=x", "shared": True})
    assert made.status_code == 201, made.get_data(as_text=True)
    body = made.get_json()
    assert body["query"] == "q=%E7%A6%BB%E5%BF%83%E6%9C%BA&sort=price"
    assert (body["own"], body["tells"]) == (True, True)
    again = qiu.post("saved-searches", {"title": "Twice", "query": "q=离心机&sort=price"})
    assert (again.status_code, again.get_json()["code"]) == (409, "saved_before")
    assert [one["own"] for one in pu.get("saved-searches").get_json()["items"]] == [False]
    assert other.get("saved-searches").get_json()["items"] == []
    path = f"saved-searches/{body['id']}"
    assert put(pu, path, {"title": "mine"}).status_code == 404  # type: ignore[attr-defined]
    assert delete(other, path) == 404
    changed = put(qiu, path, {"title": "Fast", "shared": False, "tells": False})
    assert changed.get_json()["title"] == "Fast"  # type: ignore[attr-defined]
    assert pu.get("saved-searches").get_json()["items"] == []
    assert (delete(qiu, path), delete(qiu, path)) == (204, 404)


@pytest.mark.parametrize(
    "body, code, field",
    [
        ({"title": "x", "query": "after=1"}, "search_empty", "query"),
        ({"title": "x", "query": "lead_time=soon"}, "search_unreadable", "query"),
        ({"title": "", "query": "q=x"}, "invalid_input", "title"),
        ({"title": "x"}, "invalid_input", "query"),
        ({"title": "x", "query": "q=x", "more": 1}, "invalid_input", "more"),
    ],
)
def test_a_search_that_says_nothing_is_refused(
    app: Flask, world: World, body: dict[str, object], code: str, field: str
) -> None:
    answer = api(app, world, "qiu").post("saved-searches", body)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == code
    assert field in answer.get_data(as_text=True)


def test_something_new_that_fits_is_told_once_a_day_and_nothing_is_lost(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing(world, model="OLD1")
    qiu = api(app, world, "qiu")
    qiu.post("saved-searches", {"title": "x", "query": "q=离心机"})
    qiu.post("saved-searches", {"title": "y", "query": "q=离心机&brand=IKA"})
    qiu.post("saved-searches", {"title": "z", "query": "q=centrifuge", "tells": False})
    assert tell() == 0, "what was there before is not new"
    new = listing(world, model="NEW1")
    assert tell() == 1
    (told,) = notices()
    assert (told.person_id, told.object_id) == (world.people["qiu"], new.id)
    later = listing(world, model="NEW2")
    assert tell() == 0, "once a day"
    today = watching.now()
    monkeypatch.setattr(watching, "now", lambda: today + timedelta(days=1))
    assert tell() == 1
    assert [one.object_id for one in notices()] == [new.id, later.id]
    assert tell() == 0
    page = Visitor(app, world, "qiu").get("/inbox")
    assert "Something new fits a search of yours" in page.text


def test_nobody_is_told_of_what_they_may_not_see_or_offer_themselves(app: Flask, world: World) -> None:
    for name in ("qiu", "xiao"):
        api(app, world, name).post("saved-searches", {"title": "x", "query": "q=离心机"})
    made = listing(world)
    index.sync_once()
    with unit_of_work():
        reviewer = world.actor("rui")
        listings.suspend(find(Listing, made.id, reviewer), reviewer, reason="核实中")
    assert watching.tell_of_news() == 0
    listing(world, supplier="supplier", model="B2")
    assert tell() == 1
    assert {one.person_id for one in notices()} == {world.people["qiu"]}


def test_without_an_index_nothing_is_told_and_nothing_is_lost(app: Flask, world: World) -> None:
    api(app, world, "qiu").post("saved-searches", {"title": "x", "query": "q=离心机"})
    listing(world)
    assert watching.tell_of_news() == 0
    assert tell() == 1


def test_a_search_is_saved_and_changed_on_its_page(app: Flask, world: World) -> None:
    listing(world)
    index.sync_once()
    visitor = Visitor(app, world, "qiu")
    page = visitor.get("/catalogue?q=离心机&brand=湘仪")
    assert "Save this search" in page.text
    page = visitor.get("/saved/search?query=q%3D离心机%26brand%3D湘仪")
    assert 'value="离心机, Xiangyi"' in page.html
    assert visitor.send("/saved/search", on="/saved/search?query=q%3Dx", title="", query="q=x").status == 422
    done = visitor.send("/saved/search", on="/saved/search?query=q%3Dx", title="X", query="q=x", tells="1")
    assert (done.status, done.location) == (303, "/saved")
    kept = db.session.scalars(sa.select(SavedSearch)).one()
    assert "tells of what is new" in visitor.get("/saved").text
    assert visitor.get("/saved", lang="zh").status == 200
    on = f"/saved/search?id={kept.id}"
    assert visitor.send("/saved/search", on=on, id=kept.id, title="Y", query="q=x", shared="1").status == 303
    assert "of a colleague" in Visitor(app, world, "pu").get("/saved").text
    assert visitor.send("/saved/search", on=on, id=kept.id, remove="1").status == 303
    assert visitor.get(on).status == 404
    assert Visitor(app).get("/saved").status in (302, 303)


# Lists ----------------------------------------------------------------------------------------------------------------


def test_a_list_is_kept_in_order_shared_and_put_into_the_basket(app: Flask, world: World) -> None:
    one, two, three = listings_of(world, 3)
    qiu, pu, other = (api(app, world, name) for name in ("qiu", "pu", "lab2pu"))
    lines = [{"listing": two.id, "quantity": "3"}, {"listing": one.id}]
    made = qiu.post("saved-lists", {"title": "每月", "shared": True, "lines": lines})
    assert made.status_code == 201, made.get_data(as_text=True)
    path = f"saved-lists/{made.get_json()['id']}"
    assert [line["listing"] for line in made.get_json()["lines"]] == [two.id, one.id]
    assert pu.get(path).get_json()["own"] is False
    assert pu.get("saved-lists").get_json()["items"][0]["count"] == 2
    assert other.get(path).status_code == 404
    assert put(pu, path, {"title": "x"}).status_code == 404  # type: ignore[attr-defined]
    assert pu.post(f"{path}/basket").get_json() == {"added": 2}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BasketLine)) == 2
    changed = put(qiu, path, {"title": "每周", "lines": [{"listing": three.id}, {"listing": two.id}]})
    assert [line["listing"] for line in changed.get_json()["lines"]] == [three.id, two.id]  # type: ignore[attr-defined]
    assert pu.get(path).status_code == 404
    twice = put(qiu, path, {"title": "x", "lines": [{"listing": one.id}, {"listing": one.id}]})
    assert twice.status_code == 422  # type: ignore[attr-defined]
    assert qiu.post("saved-lists", {"title": "每周"}).get_json()["code"] == "list_named_before"
    with unit_of_work():
        reviewer = world.actor("rui")
        listings.suspend(find(Listing, two.id, reviewer), reviewer, reason="核实中")
    held = qiu.get(path).get_json()
    assert ([line["listing"] for line in held["lines"]], held["gone"]) == ([three.id], [two.id])
    assert qiu.post("saved-lists", {"title": "v", "lines": [{"listing": two.id}]}).get_json()["code"] == "off_list"
    assert (delete(qiu, path), qiu.get(path).status_code) == (204, 404)


def test_a_list_is_filled_ordered_and_rearranged_on_its_page(app: Flask, world: World) -> None:
    one, two = listings_of(world, 2)
    visitor = Visitor(app, world, "qiu")
    page = f"/listings/{one.id}"
    assert visitor.send("/saved/lists/add", on=page, listing=one.id, next=page).status == 303
    kept = db.session.scalars(sa.select(SavedList)).one()
    visitor.send("/saved/lists/add", on=page, listing=two.id, list=kept.id, next=page)
    on = f"/saved/list?id={kept.id}"
    assert "Put all into the basket" in visitor.get(on).text
    form = {f"quantity-{one.id}": "1", f"place-{one.id}": "2", f"quantity-{two.id}": "4", f"place-{two.id}": "2"}
    assert visitor.send("/saved/list", on=on, id=kept.id, title="A", **form).status == 303
    db.session.rollback()
    order = sa.select(SavedListLine.listing_id).order_by(SavedListLine.place)
    assert list(db.session.scalars(order)) == [two.id, one.id]
    wrong = visitor.send("/saved/list", on=on, id=kept.id, title="A", **{f"quantity-{one.id}": "many"})
    assert wrong.status == 422
    assert visitor.send("/saved/list", on=on, id=kept.id, order="1").location == "/basket"
    assert visitor.send("/saved/lists", on="/saved", title="A").status == 303
    assert visitor.send("/saved/list", on=on, id=kept.id, forget="1").status == 303
    assert visitor.get(on).status == 404


# Recently viewed, and the person -------------------------------------------------------------------------------------


def test_what_was_viewed_is_the_persons_alone_capped_and_erasable(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewed, "KEPT", 2)
    made = listings_of(world, 3)
    visitor = Visitor(app, world, "qiu")
    for one in (*made, made[1]):
        assert visitor.get(f"/listings/{one.id}").status == 200
    qiu, pu = api(app, world, "qiu"), api(app, world, "pu")
    assert [one["listing"] for one in qiu.get("viewed-listings").get_json()["items"]] == [made[1].id, made[2].id]
    assert pu.get("viewed-listings").get_json()["items"] == []
    assert "Recently viewed" in visitor.get("/saved").text
    assert visitor.send("/saved/viewed", on="/saved").status == 303
    assert qiu.get("viewed-listings").get_json()["items"] == []
    visitor.get(f"/listings/{made[0].id}")
    assert delete(qiu, "viewed-listings") == 204
    Visitor(app).get(f"/listings/{made[0].id}")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ViewedListing)) == 0


def test_all_of_it_goes_with_the_person(app: Flask, world: World) -> None:
    made = listing(world)
    qiu = api(app, world, "qiu")
    qiu.post("saved-searches", {"title": "x", "query": "q=x"})
    qiu.post("saved-lists", {"title": "x", "lines": [{"listing": made.id}]})
    Visitor(app, world, "qiu").get(f"/listings/{made.id}")
    with unit_of_work():
        erase(person(world, "qiu"), successor=person(world, "pu"))
    for model in (SavedSearch, SavedList, SavedListLine, ViewedListing):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0, model


def test_people_without_an_organisation_keep_nothing(app: Flask, world: World) -> None:
    assert people.actor_for(world.people["qiu"], None, channel="page").org_id is None
    assert Api(app, None).get("saved-searches").status_code == 401
    assert Api(app, None).post("saved-lists", {"title": "x"}).status_code == 401
