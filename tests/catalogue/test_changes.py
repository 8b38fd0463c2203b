"""A change of what buyers read: staged, measured, reviewed or applied at once, and never half."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from app.catalogue.actions import listings
from app.catalogue.changes import actions as changes
from app.catalogue.changes import difference
from app.catalogue.changes.difference import Difference, price_move_bp
from app.catalogue.changes.lifecycle import CHANGE
from app.catalogue.changes.models import ListingChange, PriceRule
from app.catalogue.index import HEARD
from app.catalogue.models import Listing
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import Record, db
from app.kernel.errors import Refusal
from app.kernel.events import Event, EventWords
from app.kernel.lifecycle import find, graph_problems, lifecycle_of, offers, visible
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests import world as park
from tests.world import World, build
from tests.worlds.catalogue import given, listing
from tests.worlds.changes import as_it_is, change, price_rule


class Answer(NamedTuple):
    status: int
    json: Any


pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def do(record: Record, name: str, actor: Any, **fields: Any) -> Any:
    with unit_of_work():
        found: Any = find(type(record), record.id, actor, lock=True)
        made = lifecycle_of(record).actions[name](found, actor, **fields)
    return made or found


def refused(record: Record, name: str, actor: Any, **fields: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(record, name, actor, **fields)
    return caught.value


def now_stands(made: Listing) -> Listing:
    return db.session.get_one(Listing, made.id, populate_existing=True)


class Api:
    """A person at the API, by name; answers as (status, json)."""

    def __init__(self, world: World, name: str) -> None:
        self.api = park.Api(current_app._get_current_object(), world.key(name))  # type: ignore[attr-defined]

    def get(self, path: str) -> Answer:
        return self._read(self.api.get(path))

    def post(self, path: str, body: Any = None, *, version: int | None = None) -> Answer:
        return self._read(self.api.post(path, body, version=version))

    @staticmethod
    def _read(answer: Any) -> Answer:
        return Answer(answer.status_code, answer.get_json())


def priced(amount: str) -> dict[str, Any]:
    return {"price": {"amount": amount, "currency": "CNY"}}


def test_every_state_of_a_change_is_reachable_and_can_end() -> None:
    assert graph_problems(CHANGE) == []


def test_the_live_listing_stays_until_the_change_is_applied(world: World) -> None:
    made = listing(world)
    staged = change(world, "submitted", of=made)
    assert now_stands(made).warranty_months == 24
    assert staged.waits_org == "operator"
    before = now_stands(made).version
    do(staged, "apply", world.actor("rui"))
    after = now_stands(made)
    assert (after.warranty_months, after.summary_zh, after.state) == (36, "台式，六转子", "published")
    assert after.version == before + 1


def test_a_declined_change_leaves_everything_and_says_why(world: World) -> None:
    made = listing(world)
    version = now_stands(made).version
    declined = change(world, "declined", of=made)
    assert declined.review_notes == [{"field": "warranty_months", "reason": "请附上厂家的质保声明"}]
    assert (now_stands(made).warranty_months, now_stands(made).version) == (24, version)


def test_the_difference_follows_the_declared_form(world: World) -> None:
    made = listing(world)
    specs = [{"key": "最高转速", "value": "22000", "unit": "rpm"}, {"key": "噪声", "value": "60", "unit": "dB"}]
    staged = change(world, "draft", of=made, specs=specs, name_en="Centrifuge")
    assert difference.differences(staged.base, staged.proposed) == [
        Difference("name_en", None, "High-speed refrigerated centrifuge", "Centrifuge"),
        Difference("specs", "最高转速", {"value": "21000", "unit": "rpm"}, {"value": "22000", "unit": "rpm"}),
        Difference("specs", "转子", {"value": "角转子", "unit": ""}, None),
        Difference("specs", "噪声", None, {"value": "60", "unit": "dB"}),
    ]


def test_every_field_of_the_form_can_be_staged_and_applied(world: World) -> None:
    """A field that is added to the form is staged, compared and applied without a word elsewhere."""
    made = listing(world)
    for name in difference.form().load_fields:
        assert name in difference.stated(made)
    assert as_it_is(made) == difference.form().load(difference.stated(made))


def test_a_change_is_validated_like_the_listing_itself(world: World) -> None:
    listing(world, supplier_sku="A-1")
    made = listing(world, model="other")
    wanted = as_it_is(made, supplier_sku="A-1")
    assert refused(made, "change", world.actor("mu"), **wanted).code == "sku_taken"
    wanted = as_it_is(made, specs=[{"key": "最高转速", "value": "fast", "unit": ""}])
    assert refused(made, "change", world.actor("mu"), **wanted).code == "specs_unreadable"


def test_at_most_one_change_is_open(world: World) -> None:
    made = listing(world)
    staged = change(world, "draft", of=made)
    assert refused(made, "change", world.actor("mu"), **as_it_is(made)).code == "change_open"
    table = ListingChange.__table__
    row = dict(db.session.execute(sa.select(table).where(table.c.id == staged.id)).one()._mapping)
    with pytest.raises(Refusal) as caught, unit_of_work():
        db.session.execute(sa.insert(table).values({**row, "id": row["id"][:-1] + "0"}))
    assert caught.value.code in ("already_there", "race_lost")


def test_nothing_is_submitted_where_nothing_differs(world: World) -> None:
    made = listing(world)
    with unit_of_work():
        actor = world.actor("mu")
        staged = changes.change(find(Listing, made.id, actor, lock=True), actor, **as_it_is(made))
    assert refused(staged, "submit", world.actor("mu")).code == "nothing_changes"


def test_a_change_is_refused_when_the_listing_moved_since(world: World) -> None:
    made = listing(world)
    staged = change(world, "submitted", of=made)
    corrected = as_it_is(made, warranty_months=12)
    do(made, "correct", world.actor("rui"), remark="厂家说明是一年", **corrected)
    refusal = refused(staged, "apply", world.actor("rui"))
    assert refusal.code == "listing_moved"
    assert now_stands(made).warranty_months == 12
    # The way out: the supplier takes it back and edits it, against the listing as it stands today.
    do(staged, "take_back", world.actor("mu"))
    do(staged, "edit", world.actor("mu"), **as_it_is(now_stands(made), warranty_months=36))
    do(staged, "submit", world.actor("mu"))
    assert do(staged, "apply", world.actor("rui")).state == "applied"


def test_a_suspended_listing_is_changed_and_stays_suspended(world: World) -> None:
    made = listing(world, "suspended")
    staged = change(world, "submitted", of=made)
    assert do(staged, "apply", world.actor("rui")).state == "applied"
    assert (now_stands(made).state, now_stands(made).warranty_months) == ("suspended", 36)


def test_with_the_listing_its_open_change_ends(world: World) -> None:
    made = listing(world)
    staged = change(world, "submitted", of=made)
    do(made, "withdraw", world.actor("mu"))
    assert db.session.get_one(ListingChange, staged.id, populate_existing=True).state == "withdrawn"


def test_nobody_reviews_a_change_of_an_organisation_of_their_own(world: World) -> None:
    staged = change(world, "submitted")
    honest = world.actor("rui")
    entangled = type(honest)(
        person_id=honest.person_id, org_id=honest.org_id, roles=honest.roles, kinds=honest.kinds,
        org_ids=honest.org_ids | {staged.supplier_id},
    )  # fmt: skip
    assert refused(staged, "apply", entangled).code == "own_dealing"
    assert refused(staged, "decline", entangled, reason="x").code == "own_dealing"


@pytest.mark.parametrize("name, sees", [("mu", True), ("mu2", False), ("pu", False), ("rui", True), ("shen", True)])
def test_a_change_is_seen_by_its_supplier_and_the_platform_alone(world: World, name: str, sees: bool) -> None:
    staged = change(world, "submitted")
    rows = db.session.scalars(visible(ListingChange, world.actor(name)).where(ListingChange.id == staged.id)).all()
    assert bool(rows) is sees


def test_staff_see_no_drafts(world: World) -> None:
    change(world, "draft")
    assert db.session.scalars(visible(ListingChange, world.actor("rui"))).all() == []


# Prices


@pytest.mark.parametrize(
    "old, new, points",
    [("100.00", "110.00", 1_000), ("100.00", "110.01", 1_001), ("100.00", "89.99", -1_001), ("3.00", "4.00", 3_334)],
)
def test_a_move_is_rounded_away_from_zero(old: str, new: str, points: int) -> None:
    before, after = ({"amount": amount, "currency": "CNY"} for amount in (old, new))
    assert price_move_bp(before, after) == points


def test_prices_that_cannot_be_compared_do_not_move_by_a_percentage() -> None:
    cny, usd = ({"amount": "1.00", "currency": code} for code in ("CNY", "USD"))
    assert price_move_bp(cny, usd) is None
    assert price_move_bp(None, cny) is None
    assert price_move_bp(cny, None) is None


def at_once(world: World, made: Listing, **differing: Any) -> str:
    staged = change(world, "draft", of=made, **differing)
    try:
        do(staged, "apply_at_once", world.actor("mu"))
    except Refusal as refusal:
        do(staged, "withdraw", world.actor("mu"))
        return refusal.code
    return "applied"


def test_lead_time_and_small_price_moves_are_applied_at_once(world: World) -> None:
    price_rule(world, rise=1_000, fall=2_000)
    made = listing(world)
    assert at_once(world, made, lead_time_days=3) == "applied"
    assert at_once(world, made, **priced("75350.00")) == "applied"  # + 10 %, no more
    assert now_stands(made).price_minor == 7_535_000
    assert at_once(world, made, **priced("75350.01")) == "change_held"


def test_small_moves_within_the_window_count_together(world: World) -> None:
    with clock_at(timedelta(days=-100)):
        price_rule(world)
        made = listing(world)
    with clock_at(timedelta(days=-10)):
        assert at_once(world, made, **priced("75000.00")) == "applied"  # + 9.5 %
    assert at_once(world, made, **priced("76000.00")) == "change_held"  # + 10.9 % since ten days ago
    assert at_once(world, made, **priced("60000.00")) == "applied"  # - 12.4 %
    with clock_at(timedelta(days=40)):
        assert at_once(world, made, **priced("65000.00")) == "applied"  # + 8.3 %, counted anew


def test_after_a_review_moves_are_counted_anew(world: World) -> None:
    price_rule(world)
    made = listing(world)
    assert at_once(world, made, **priced("75000.00")) == "applied"
    reviewed = change(world, "submitted", of=made, **priced("80000.00"))
    do(reviewed, "apply", world.actor("rui"))
    assert at_once(world, made, **priced("88000.00")) == "applied"


@pytest.mark.parametrize(
    "differing",
    [{"name_zh": "离心机"}, {"price": None}, {"unit": "套"}, {"price_basis": "2"}, {"vat_rate": "6"},
     {"price": {"amount": "68500.00", "currency": "USD"}}],
)  # fmt: skip
def test_everything_else_is_held_for_review(world: World, differing: dict[str, Any]) -> None:
    price_rule(world)
    assert at_once(world, listing(world), **differing) == "change_held"


def test_without_a_rule_every_price_is_held(world: World) -> None:
    assert at_once(world, listing(world), **priced("68500.01")) == "change_held"
    price_rule(world, retired=True)
    assert at_once(world, listing(world, model="2"), **priced("68500.01")) == "change_held"


def test_a_new_price_rule_retires_the_former_one(world: World) -> None:
    first = price_rule(world)
    second = price_rule(world, rise=500)
    states = dict(db.session.execute(sa.select(PriceRule.id, PriceRule.state)).all())
    assert states == {first.id: "retired", second.id: "active"}


def test_only_the_operator_sets_the_price_rule(world: World) -> None:
    body = {"rise": "5", "fall": "5", "window_days": 30, "reason": "x"}
    assert Api(world, "mu").post("price-rules", body).status == 403
    assert Api(world, "rui").post("price-rules", body).status == 201
    assert Api(world, "rui").post("price-rules", {**body, "rise": "101"}).status == 422


# The operator, for the supplier


def test_a_correction_is_on_record_with_its_reason_and_its_difference(world: World) -> None:
    made = listing(world)
    corrected = do(made, "correct", world.actor("rui"), remark="型号写错", **as_it_is(made, model="H2100R-2"))
    assert (corrected.origin, corrected.state, corrected.remark) == ("operator", "applied", "型号写错")
    assert now_stands(made).model == "H2100R-2"
    event = db.session.scalars(sa.select(Event).where(Event.object_id == corrected.id)).one()
    assert event.person_id == world.people["rui"]
    assert db.session.scalar(sa.select(EventWords.words).where(EventWords.event_id == event.id)) == "型号写错"
    assert made.supplier_id in event.data["audience"]


def test_a_correction_says_why_and_changes_something(world: World) -> None:
    made = listing(world)
    assert refused(made, "correct", world.actor("rui"), remark="x", **as_it_is(made)).code == "nothing_changes"
    answer = Api(world, "rui").post(f"listings/{made.id}/correct", given(model="X"), version=now_stands(made).version)
    assert answer.status == 422
    assert "remark" in [one["field"] for one in answer.json["errors"]]


def test_a_draft_is_the_suppliers_alone(world: World) -> None:
    made = listing(world, "draft")
    assert refused(made, "correct", world.actor("rui"), remark="x", **as_it_is(made)).code == "not_there"


# Reasons beside fields


def test_a_listing_is_returned_with_reasons_beside_fields(world: World) -> None:
    made = listing(world, "returned")
    assert made.review_notes == [{"field": "name_en", "reason": "请补充英文名称"}]
    mine = Api(world, "mu").get(f"listings/{made.id}").json
    assert mine["review_notes"] == made.review_notes
    do(made, "submit", world.actor("mu"))
    assert now_stands(made).review_notes == []


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "reason"),
        ({"notes": [{"field": "nonsense", "reason": "x"}]}, "notes"),
        ({"notes": [{"field": "model", "reason": "x"}, {"field": "model", "reason": "y"}]}, "notes"),
        ({"notes": [{"field": "model", "reason": ""}]}, "notes"),
    ],
)
def test_reasons_are_checked(world: World, body: dict[str, Any], field: str) -> None:
    made = listing(world, "submitted")
    answer = Api(world, "rui").post(f"listings/{made.id}/return", body, version=made.version)
    assert answer.status == 422
    assert any(one["field"].startswith(field) for one in answer.json["errors"])


def test_a_reason_for_the_whole_is_enough(world: World) -> None:
    made = listing(world, "submitted")
    answer = Api(world, "rui").post(f"listings/{made.id}/return", {"reason": "重复"}, version=made.version)
    assert answer.status == 200


# Over the API


def test_the_whole_course_over_the_api(world: World) -> None:
    made = listing(world)
    supplier, operator = Api(world, "mu"), Api(world, "rui")
    staged = supplier.post(f"listings/{made.id}/change", given(warranty_months=36, remark="新配置"))
    assert staged.status == 201, staged.json
    body = staged.json
    assert body["differences"] == [{"field": "warranty_months", "row": None, "before": 24, "after": 36}]
    path = f"listing-changes/{body['id']}"
    assert operator.get(path).status == 404
    sent = supplier.post(f"{path}/submit", version=body["version"])
    assert (sent.status, sent.json["state"]) == (200, "submitted")
    done = operator.post(f"{path}/apply", version=sent.json["version"])
    assert (done.status, done.json["state"]) == (200, "applied")
    assert Api(world, "pu").get(path).status == 404
    assert Api(world, "pu").get(f"listings/{made.id}").json["warranty_months"] == 36


def test_the_price_move_is_told_in_percent(world: World) -> None:
    staged = change(world, "submitted", **priced("91790.00"))
    body = Api(world, "rui").get(f"listing-changes/{staged.id}").json
    assert body["price_moves_percent"] == "34"
    assert body["differences"] == [
        {"field": "price", "row": None, "before": {"amount": "68500.00", "currency": "CNY"},
         "after": {"amount": "91790.00", "currency": "CNY"}}
    ]  # fmt: skip


def test_offers_say_why_a_change_is_not_applied_at_once(world: World) -> None:
    staged = change(world, "draft", **priced("91790.00"))
    offered = {offer.action.name: offer for offer in offers(staged, world.actor("mu"))}
    assert offered["submit"].enabled
    held = offered["apply_at_once"].refusal
    assert held is not None
    assert held.params["what"] == ["Price, tax included"]


def test_a_listing_change_reaches_only_listings_of_the_same_supplier(world: World) -> None:
    staged = change(world, "draft")
    table = ListingChange.__table__
    elsewhere = sa.update(table).where(table.c.id == staged.id).values(supplier_id=world.organisations["supplier2"])
    with pytest.raises((Refusal, sa.exc.IntegrityError)), unit_of_work():
        db.session.execute(elsewhere)


def test_an_applied_change_is_read_by_the_index(world: World) -> None:
    assert "listing.take_change" in HEARD
    assert "listing_change.create" not in HEARD
    staged = change(world, "applied")
    names = db.session.scalars(sa.select(Event.name).where(Event.object_id == staged.listing_id)).all()
    assert "listing.take_change" in names


def test_the_system_alone_writes_a_change_into_a_listing(world: World) -> None:
    made = listing(world)
    assert refused(made, "take_change", world.actor("rui"), columns={}).code == "not_yours"
    assert listings.take_change.by.admits(SYSTEM_ACTOR, made)
