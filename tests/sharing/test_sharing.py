"""Shared instruments: who sees them, how they are booked, and that they are offered before a purchase."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import visible
from app.kernel.values import MICRO, now
from app.ordering.actions import requisitions
from app.ordering.models import Requisition
from app.sharing import actions
from app.sharing.models import SharedInstrument
from app.sharing.purchases import bookable, bookable_instead
from app.sourcing.actions import rfqs
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds.catalogue import listing
from tests.worlds.ordering import approval_rule, do, requisition
from tests.worlds.sharing import CENTRIFUGE, shared
from tests.worlds.sourcing import rfq

WHY = {"why": "daily", "explanation": "每日运行十二小时以上，共享时段不足。"}

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def seen(world: World, name: str) -> list[str]:
    return [one.id for one in db.session.scalars(visible(SharedInstrument, world.actor(name)))]


def refused(verb: Any, record: Any, actor: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(verb, record, actor, **given)
    return caught.value


# Who sees it


@pytest.mark.parametrize("state", ["draft", "offered", "paused", "retired"])
def test_only_what_is_offered_is_seen_by_others(world: World, state: str) -> None:
    made = shared(world, state)
    assert seen(world, "lab2admin") == [made.id]
    assert seen(world, "mei") == ([made.id] if state == "offered" else [])


def test_what_is_shared_by_name_is_there_for_those_who_are_named(app: Flask, world: World) -> None:
    made = shared(world, shared_with="named", users=[world.organisations["lab"]])
    assert (seen(world, "mei"), seen(world, "zong")) == ([made.id], [])
    told = Api(app, world.key("mei")).get(f"shared-instruments/{made.id}")
    assert told.status_code == 200
    assert "users" not in told.json
    assert Api(app, world.key("zong")).get(f"shared-instruments/{made.id}").status_code == 404


def test_nobody_sees_it_without_signing_in(app: Flask, world: World) -> None:
    made = shared(world)
    assert Api(app, None).get(f"shared-instruments/{made.id}").status_code == 404
    assert Api(app, None).get("shared-instruments").json["items"] == []


# Keeping it


def test_an_organisation_shares_one_over_the_api(app: Flask, world: World) -> None:
    api = Api(app, world.key("lab2admin"))
    made = api.post("shared-instruments", CENTRIFUGE)
    assert made.status_code == 201, made.json
    path = f"shared-instruments/{made.json['id']}"
    assert api.do(path, "offer").json["state"] == "offered"
    assert api.do(path, "pause", {"reason": "检修"}).json["state"] == "paused"
    assert Api(app, world.key("lab2an")).post("shared-instruments", CENTRIFUGE).status_code == 403


@pytest.mark.parametrize(
    "changes,field",
    [({"category": "reagents"}, "category"), ({"category": "instruments"}, "category"), ({"contact": ""}, "contact"),
     ({"name_zh": "", "name_en": ""}, "name_zh"), ({"shared_with": "named"}, "users"), ({"place": ""}, "place"),
     ({"shared_with": "named", "users": [f"org_{'0' * 26}"]}, "users"), ({"listing": f"lst_{'0' * 26}"}, "listing")],
)  # fmt: skip
def test_what_is_unfit_is_refused_at_its_field(app: Flask, world: World, changes: dict[str, Any], field: str) -> None:
    answer = Api(app, world.key("lab2admin")).post("shared-instruments", {**CENTRIFUGE, **changes})
    assert answer.status_code in (404, 422)
    assert answer.json["errors"][0]["field"].startswith(field)


def test_only_an_own_service_books_it(world: World) -> None:
    service = listing(world, kind="service", supplier="service")
    made = shared(world, org="service", listing=service.id, contact="")
    assert made.listing_id == service.id
    with pytest.raises(Refusal):
        shared(world, listing=service.id)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(SharedInstrument).values(org_id=world.organisations["lab"]))
    db.session.rollback()


# Before a purchase


def test_a_requisition_of_the_kind_is_not_submitted_without_a_reason(world: World) -> None:
    draft = requisition(world)
    shared(world)
    no = refused(requisitions.submit, draft, world.actor("pu"))
    assert no.code == "book_instead"
    do(requisitions.justify, draft, world.actor("pu"), **WHY)
    do(requisitions.submit, draft, world.actor("pu"))
    assert db.session.get_one(Requisition, draft.id).why == "daily"


@pytest.mark.parametrize(
    "category,offered",
    [("instruments.centrifuges", True), ("instruments.centrifuges.floor", True), ("instruments.microscopes", False),
     ("cold_storage.ultra_low", False)],
)  # fmt: skip
def test_kinds_match_up_and_down_the_tree_and_not_across(world: World, category: str, offered: bool) -> None:
    draft = requisition(world)
    shared(world, category=category)
    assert bool(bookable_instead(draft)) is offered


def test_a_narrower_purchase_is_told_of_a_wider_instrument(world: World) -> None:
    made = shared(world)
    org = world.organisations["lab"]
    assert [one.id for one in bookable({"instruments.centrifuges.high_speed"}, org)] == [made.id]


@pytest.mark.parametrize("state", ["draft", "paused", "retired"])
def test_what_cannot_be_booked_stands_in_nobodys_way(world: World, state: str) -> None:
    draft = requisition(world)
    shared(world, state)
    do(requisitions.submit, draft, world.actor("pu"))


def test_consumables_and_services_are_never_asked_about(world: World) -> None:
    shared(world)
    plates = listing(world, category="labware", model="P", specs=[])
    service = listing(world, kind="service", supplier="service")
    draft = requisition(world, [(plates, 1), (service, 1)])
    do(requisitions.submit, draft, world.actor("pu"))


def test_what_is_shared_with_others_by_name_is_not_told(world: World) -> None:
    draft = requisition(world)
    shared(world, shared_with="named", users=[world.organisations["supplier"]])
    do(requisitions.submit, draft, world.actor("pu"))


def test_a_request_for_quotes_asks_the_same(world: World) -> None:
    line = {"title": "离心机", "quantity": MICRO, "unit": "台", "category": "instruments.centrifuges"}
    draft = rfq(world, "draft", lines=[line])
    shared(world)
    assert refused(rfqs.publish, draft, world.actor("pu")).code == "book_instead"
    do(rfqs.justify, draft, world.actor("pu"), **WHY)
    do(rfqs.publish, draft, world.actor("pu"))


def test_the_reason_goes_with_the_requisition_into_its_request(world: World) -> None:
    from app.ordering.actions import placing  # noqa: PLC0415

    draft = requisition(world)
    shared(world)
    do(requisitions.justify, draft, world.actor("pu"), **WHY)
    do(requisitions.submit, draft, world.actor("pu"))
    do(placing.source, draft, world.actor("pu"), deadline=now() + timedelta(days=5))
    made = db.session.scalars(sa.select(rfqs.Rfq)).one()
    assert (made.why, made.explanation) == (WHY["why"], WHY["explanation"])


def test_a_reason_has_a_code_and_words(app: Flask, world: World) -> None:
    draft = requisition(world)
    api = Api(app, world.key("pu"))
    assert api.do(f"requisitions/{draft.id}", "justify", {"why": "daily"}).status_code == 422
    assert api.do(f"requisitions/{draft.id}", "justify", {"why": "fun", "explanation": "x"}).status_code == 422
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(Requisition).values(why="daily"))
    db.session.rollback()


def test_programs_read_what_can_be_booked_and_the_invited_do_not(app: Flask, world: World) -> None:
    line = {"title": "离心机", "quantity": MICRO, "unit": "台", "category": "instruments.centrifuges"}
    request, draft = rfq(world, "open", lines=[line]), requisition(world)
    made = shared(world)
    for path in (f"rfqs/{request.id}/bookable", f"requisitions/{draft.id}/bookable"):
        assert [one["id"] for one in Api(app, world.key("pu")).get(path).json["items"]] == [made.id]
    assert Api(app, world.key("xiao")).get(f"rfqs/{request.id}/bookable").status_code == 403
    assert Api(app, world.key("xiao")).get(f"requisitions/{draft.id}/bookable").status_code == 404


# Pages


def test_the_draft_offers_booking_and_the_approver_reads_the_reason(app: Flask, world: World) -> None:
    approval_rule(world, roles=["approver"])
    draft = requisition(world)
    made = shared(world)
    page = Visitor(app, world, "pu").get(f"/requisitions/{draft.id}")
    assert "Can be booked in the park" in page.text
    assert page.links["Floor-standing centrifuge"] == f"/shared-instruments/{made.id}"
    assert "Book it, or say first why you buy nevertheless." in page.text
    do(requisitions.justify, draft, world.actor("pu"), **WHY)
    do(requisitions.submit, draft, world.actor("pu"))
    approver = Visitor(app, world, "an").get(f"/requisitions/{draft.id}")
    assert f"in use every day; {WHY['explanation']}" in approver.text
    body = Api(app, world.key("an")).get(f"requisitions/{draft.id}").json
    assert (body["why"], body["explanation"]) == (WHY["why"], WHY["explanation"])


def test_the_list_is_searched_by_words_and_category(app: Flask, world: World) -> None:
    made = shared(world)
    shared(world, category="cold_storage.ultra_low", name_zh="冷柜", name_en="Cabinet Z9", model="F")
    mei = Visitor(app, world, "mei")
    assert "Cabinet Z9" in mei.get("/shared-instruments").text
    page = mei.get("/shared-instruments", q="floor 湘仪", category="instruments")
    assert page.links["Floor-standing centrifuge"] == f"/shared-instruments/{made.id}"
    assert "Cabinet Z9" not in page.text
    assert "Nothing shared in the park fits this." in mei.get("/shared-instruments", q="%").text
    assert CENTRIFUGE["contact"] in mei.get(f"/shared-instruments/{made.id}").text
    assert mei.get("/shared-instruments", state="offered").status == 200


def test_a_keeper_shares_and_edits_one_on_its_pages(app: Flask, world: World) -> None:
    keeper = Visitor(app, world, "lab2admin")
    sent = keeper.do("/shared-instruments/new", **CENTRIFUGE)
    assert sent.status == 303, sent.text
    made = db.session.scalars(sa.select(SharedInstrument)).one()
    page = keeper.get(f"/shared-instruments/{made.id}/edit")
    assert 'value="instruments.centrifuges" selected' in page.html
    assert made.state == "draft"
    assert actions.SHARED_INSTRUMENT.collection in (sent.location or "")
