"""The parts of the seed: its tables, its calendar, its report, and the worker that catches up with a past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from stdnum.cn import uscc

from app.catalogue import specs
from app.catalogue.schemas import ListingInput
from app.catalogue.taxonomy.reading import edition
from app.catalogue.taxonomy.tree import tree
from app.cli.seed import facts, report
from app.cli.seed.calendar import Calendar, Story
from app.cli.seed.park import code_of
from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import REACTIONS, ChainHead, Cursor, Event
from app.kernel.values import clock_at, now
from app.kernel.work import reading
from tests.world import World, build
from tests.worlds.catalogue import listing
from tests.worlds.ordering import placed, reach_order
from tests.worlds.papers import made

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def test_every_listing_of_the_tables_is_one_that_the_api_would_take(world: World) -> None:
    del world
    offers = facts.offers()
    assert len(offers) >= 400
    for offer in offers:
        assert ListingInput().validate(offer.body) == {}, offer.code
    assert len({offer.code for offer in offers}) == len(offers)
    assert {offer.body["category"] for offer in offers} <= {one.code for one in edition()}


def test_most_properties_of_the_tables_are_typed_by_their_category_and_none_is_refused(world: World) -> None:
    del world
    typed = written = 0
    for offer in [*facts.offers(), *facts.later_offers().values()]:
        rows = [{"unit": "", **spec} for spec in offer.body["specs"]]
        assert specs.problems(tree(), offer.body["category"], rows) == {}, offer.code
        assert specs.missing(tree(), offer.body["category"], rows) == [], offer.code
        typed += sum(tree().meant(offer.body["category"], row["key"]) is not None for row in rows)
        written += len(rows)
    assert typed / written >= 0.85


def test_a_model_fills_the_places_of_its_kind() -> None:
    found = next(offer for offer in facts.offers() if offer.code == "HG-22R")
    assert found.supplier == "huayi"
    assert found.body["name_zh"] == "高速冷冻离心机"
    assert found.body["brand"] == "衡高（演示）"
    assert found.body["price"] == {"amount": "172000", "currency": "CNY"}
    assert {"key": "最大离心力", "value": "50300", "unit": "×g"} in found.body["specs"]


def test_a_price_may_have_another_currency_or_be_on_request() -> None:
    assert facts.money("USD 86000") == {"amount": "86000", "currency": "USD"}
    assert facts.money("12.5") == {"amount": "12.5", "currency": "CNY"}
    assert facts.money("") is None


def test_every_supplier_is_an_organisation_with_people_who_list_sell_and_deliver() -> None:
    staff = facts.people()
    for one in facts.organisations():
        roles = {role for person in staff[one.key] for role in person.roles}
        if one.kind in ("supplier", "service"):
            assert {"catalogue", "sales", "fulfilment", "finance", "org_admin"} <= roles, one.key
    assert {offer.supplier for offer in facts.offers()} <= set(staff)


def test_invented_credit_codes_have_their_check_character_and_are_all_different() -> None:
    codes = [code_of(one.credit_code) for one in facts.organisations()]
    codes += [code_of(one.credit_code) for one, _, _ in facts.applicants()]
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_what_is_bought_and_asked_for_is_in_the_tables_of_goods() -> None:
    known = {offer.code for offer in facts.offers()}
    lines = [line for one in (*facts.purchases(), *facts.requests()) for line in one.lines]
    assert {line.code for line in lines} <= known


def _told(said: list[tuple[str, datetime]], name: str, *pauses: int) -> Iterator[int]:
    said.append((name, now()))
    for pause in pauses:
        yield pause
        said.append((name, now()))


def test_stories_of_a_calendar_take_turns_in_the_order_of_their_days(app: Flask) -> None:
    del app
    said: list[tuple[str, datetime]] = []
    calendar = Calendar()
    calendar.begin(3, _told(said, "later", 1))
    calendar.begin(5, _told(said, "first", 1, 2))
    calendar.run()
    assert [name for name, _ in said] == ["first", "first", "later", "first", "later"]
    moments = [moment for _, moment in said]
    assert moments == sorted(moments)
    assert moments[-1] < now()


def test_a_story_that_another_one_yields_begins_on_the_next_day(app: Flask) -> None:
    del app
    said: list[tuple[str, datetime]] = []

    def parent() -> Story:
        said.append(("parent", now()))
        yield _told(said, "child")
        said.append(("parent", now()))
        yield 3
        said.append(("parent", now()))

    calendar = Calendar()
    calendar.begin(6, parent())
    calendar.run()
    assert [name for name, _ in said] == ["parent", "parent", "child", "parent"]
    assert said[2][1].date() - said[0][1].date() == timedelta(days=1)


def test_what_stories_have_in_mind_for_today_and_later_does_not_happen(app: Flask) -> None:
    del app
    said: list[tuple[str, datetime]] = []
    calendar = Calendar()
    calendar.begin(2, _told(said, "short", 5))
    calendar.run()
    assert len(said) == 1


def test_the_report_says_missing_where_no_record_stands(app: Flask, world: World) -> None:
    del world
    told = app.test_cli_runner().invoke(args=["seed", "--report"])
    assert told.exit_code == 1
    assert "claim                open                  MISSING" in told.output
    with reading():
        counted = {(line.lifecycle, line.state): line.number for line in report.lines()}
    assert counted["organisation", "admitted"] == 8
    assert counted["order", "confirmed"] == 0


def test_seeding_is_refused_where_somebody_is_already(app: Flask, world: World) -> None:
    del world
    told = app.test_cli_runner().invoke(args=["seed"])
    assert told.exit_code == 1
    assert "empty" in told.output


def test_half_a_park_is_named_instead_of_served(app: Flask, world: World) -> None:
    del world
    left = Path(app.instance_path) / "demo-accounts.unfinished"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.touch()
    for command in ("seed", "prepare"):
        told = app.test_cli_runner().invoke(args=[command])
        assert told.exit_code == 1
        assert "demo-accounts.unfinished" in told.output
    assert app.test_cli_runner().invoke(args=["prepare", "--no-demo"]).exit_code == 0


def test_a_reader_that_catches_up_has_answered_what_it_would_have_answered_one_by_one(world: World) -> None:
    with clock_at(timedelta(days=-3)):
        orders = placed(world, [(listing(world), 1)])
    db.session.rollback()
    assert not orders[0].commission
    assert worker.catch_up("payments") > 0
    db.session.rollback()
    db.session.refresh(orders[0])
    assert orders[0].commission["rate_bp"] == 0
    assert worker.catch_up("payments") == 0
    assert worker.react("payments") == 0


def test_a_batch_that_fails_is_answered_one_by_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[int] = []

    def answer(event: Event) -> None:
        if len(answered) == 1 and answered != [-1]:
            answered[:] = [-1]
            raise ValueError("the second one")
        answered.append(event.seq)

    monkeypatch.setitem(REACTIONS, "probe", {"listing.create": answer})
    listing(world, model="A")
    listing(world, model="B")
    assert worker.catch_up("probe") == 2
    assert answered[0] == -1
    assert len(answered) == 3


def test_a_reader_that_passes_over_the_past_begins_behind_it(world: World) -> None:
    del world
    worker.pass_over("notices")
    with reading() as session:
        head = session.scalar(sa.select(ChainHead.seq))
        assert session.scalar(sa.select(Cursor.seq).where(Cursor.reader == "notices")) == head
    assert worker.react("notices") == 0


def test_the_report_tells_what_the_worker_has_finished_from_what_is_missing(app: Flask, world: World) -> None:
    del app
    made(world, reach_order(world, "confirmed"), "pu")
    with reading():
        found = {(line.lifecycle, line.state): line for line in report.lines()}
    assert str(found["paper", "ready"]).endswith(" 1")
    assert str(found["paper", "queued"]).endswith(" passed")
    assert str(found["paper", "failed"]).endswith(" MISSING")
    assert found["order", "awaiting_operator"].missing, "what people leave has to be there today"
