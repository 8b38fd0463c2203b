"""What may be done to a listing, by whom, and in which words it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.accounts.actions import organisations
from app.accounts.models import Organisation
from app.catalogue.actions import listings
from app.catalogue.models import Listing
from app.catalogue.schemas import ListingInput
from app.kernel.actors import ANONYMOUS, Actor
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find, graph_problems, offers, visible
from app.kernel.values import Money
from app.kernel.work import unit_of_work
from tests.world import Api, World, build
from tests.worlds.catalogue import given, listing, loaded

pytestmark = pytest.mark.database_matters

STATES = Listing.__states__.split()


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def do(record: Listing, name: str, actor: Actor, **fields: Any) -> Listing:
    with unit_of_work():
        found = find(Listing, record.id, actor, lock=True)
        listings.LISTING.actions[name](found, actor, **fields)
    return found


def refused(record: Listing, name: str, actor: Actor, **fields: Any) -> str:
    with pytest.raises(Refusal) as caught:
        do(record, name, actor, **fields)
    return caught.value.code


def test_every_state_is_reachable_and_can_end() -> None:
    assert graph_problems(listings.LISTING) == []


def test_a_listing_goes_from_draft_to_the_catalogue(world: World) -> None:
    made = listing(world, "published")
    assert made.state == "published"
    assert made.published_at is not None
    assert made.price == Money(6_850_000, "CNY")
    assert made.vat_bp == 1_300
    assert made.specs[0] == {"key": "最高转速", "value": "21000", "number": "21000", "unit": "rpm"}
    assert made.specs[1]["number"] is None


def test_without_a_price_it_is_on_request_and_a_service_has_six_percent(world: World) -> None:
    made = listing(world, "draft", supplier="service", kind="service")
    assert made.price is None
    assert made.vat_bp == 600


def test_a_submitted_listing_waits_for_the_reviewer_and_a_returned_one_for_the_supplier(world: World) -> None:
    submitted, returned = listing(world, "submitted"), listing(world, "returned")
    assert (submitted.waits_org, submitted.waits_role) == ("operator", "reviewer")
    assert (returned.waits_org, returned.waits_role) == (world.organisations["supplier"], "catalogue")
    assert listing(world, "published").waits_org is None


def test_a_returned_listing_is_corrected_and_submitted_again(world: World) -> None:
    made = listing(world, "returned")
    do(made, "edit", world.actor("mu"), **loaded(name_en="Benchtop centrifuge"))
    assert do(made, "submit", world.actor("mu")).state == "submitted"


def test_a_published_listing_is_not_edited_but_changed(world: World) -> None:
    made = listing(world, "published")
    assert refused(made, "edit", world.actor("mu"), **loaded(model="X")) == "wrong_state"
    offered = {offer.action.name for offer in offers(made, world.actor("mu")) if offer.enabled}
    assert offered == {"change", "propose_medium", "lead_with", "propose_price", "remove_medium", "withdraw"}


def test_a_withdrawn_listing_is_revised_into_a_draft(world: World) -> None:
    made = listing(world, "withdrawn")
    assert do(made, "revise", world.actor("mu")).state == "draft"


def test_a_suspended_listing_is_restored_by_the_operator_only(world: World) -> None:
    made = listing(world, "suspended")
    assert refused(made, "restore", world.actor("mu"), reason="x") == "not_yours"
    assert do(made, "restore", world.actor("rui"), reason="已澄清").state == "published"


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "published", "suspended"])
def test_the_supplier_may_withdraw_from_every_open_state(world: World, state: str) -> None:
    assert do(listing(world, state), "withdraw", world.actor("mu")).state == "withdrawn"


def test_a_reviewer_who_belongs_to_the_supplier_decides_nothing_about_it(world: World) -> None:
    made = listing(world, "submitted")
    honest = world.actor("rui")
    entangled = Actor(
        person_id=honest.person_id, org_id=honest.org_id, roles=honest.roles, kinds=honest.kinds,
        org_ids=honest.org_ids | {made.supplier_id},
    )  # fmt: skip
    assert refused(made, "publish", entangled) == "own_dealing"
    assert refused(made, "return", entangled, reason="x") == "own_dealing"


@pytest.mark.parametrize("name", ["xiao", "mu2", "pu", "rui", "wang", "shen"])
def test_nobody_but_the_suppliers_editor_submits(world: World, name: str) -> None:
    made = listing(world, "returned")
    code = refused(made, "submit", world.actor(name))
    assert code == ("not_there" if name in ("mu2", "pu") else "not_yours")


def test_a_lab_lists_nothing(world: World) -> None:
    actor = world.actor("pu")
    with pytest.raises(Refusal) as caught, unit_of_work():
        listings.draft_listing(find(Organisation, str(actor.org_id), actor), actor, **loaded())
    assert caught.value.code == "not_yours"


def test_a_service_organisation_offers_no_goods(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        listing(world, "draft", supplier="service")
    assert caught.value.code == "kind_not_given"
    assert "kind" in caught.value.fields


def test_a_supplier_offers_services_too(world: World) -> None:
    assert listing(world, "draft", kind="service").kind == "service"


def test_a_suspended_supplier_neither_submits_nor_is_published(world: World) -> None:
    draft, submitted = listing(world, "draft"), listing(world, "submitted")
    with unit_of_work():
        organisations.suspend(world.org("supplier"), world.actor("rui"), reason="资质过期")
    assert refused(draft, "submit", world.actor("mu")) == "supplier_stands_still"
    assert refused(submitted, "publish", world.actor("rui")) == "supplier_stands_still"


def test_two_listings_of_a_supplier_never_share_a_number_but_two_suppliers_may(world: World) -> None:
    listing(world, "draft", supplier_sku="A-1")
    listing(world, "draft", supplier="supplier2", supplier_sku="A-1")
    listing(world, "draft", supplier_sku="")
    listing(world, "draft", supplier_sku="")
    with pytest.raises(Refusal) as caught:
        listing(world, "draft", supplier_sku="A-1")
    assert caught.value.code == "sku_taken"


def test_an_edit_may_keep_its_own_number_and_not_take_anothers(world: World) -> None:
    mine = listing(world, "draft", supplier_sku="A-1")
    listing(world, "draft", supplier_sku="A-2")
    do(mine, "edit", world.actor("mu"), **loaded(supplier_sku="A-1", model="new"))
    assert refused(mine, "edit", world.actor("mu"), **loaded(supplier_sku="A-2")) == "sku_taken"


READERS = {
    # who -> the states of the supplier's listing that exist for them
    "nobody": {"published"},
    "pu": {"published"},
    "mu2": {"published"},
    "mu": set(STATES),
    "xiao": set(STATES),
    "rui": set(STATES) - {"draft"},
    "wang": set(STATES) - {"draft"},
    "shen": set(STATES) - {"draft"},
}


@pytest.mark.parametrize("name", READERS)
def test_who_sees_which_state(world: World, name: str) -> None:
    made = {state: listing(world, state).id for state in STATES}
    actor = ANONYMOUS if name == "nobody" else world.actor(name)
    seen = {row.id for row in db.session.scalars(visible(Listing, actor))}
    assert {state for state, listing_id in made.items() if listing_id in seen} == READERS[name]


def test_the_listings_of_a_suspended_supplier_exist_for_itself_and_the_operator_only(world: World) -> None:
    made = listing(world, "published")
    with unit_of_work():
        organisations.suspend(world.org("supplier"), world.actor("rui"), reason="资质过期")
    for name, sees in (("pu", False), ("mu2", False), ("mu", True), ("rui", True)):
        assert bool(db.session.scalars(visible(Listing, world.actor(name)).where(Listing.id == made.id)).all()) is sees


def test_the_suppliers_own_number_is_for_the_supplier(app: Flask, world: World) -> None:
    made = listing(world, "published", supplier_sku="SECRET-1")
    assert Api(app, world.key("mu")).get(f"listings/{made.id}").get_json()["supplier_sku"] == "SECRET-1"
    for api in (Api(app, world.key("pu")), Api(app, None)):
        assert "supplier_sku" not in api.get(f"listings/{made.id}").get_json()


def test_the_whole_way_over_the_api(app: Flask, world: World) -> None:
    supplier, operator = Api(app, world.key("mu")), Api(app, world.key("rui"))
    born = supplier.post("listings", given(), key="one")
    assert born.status_code == 201, born.get_data(as_text=True)
    path = f"listings/{born.get_json()['id']}"
    assert supplier.post("listings", given(), key="one").get_json()["id"] == born.get_json()["id"]
    assert supplier.do(path, "submit").status_code == 200
    assert operator.do(path, "publish").get_json()["state"] == "published"
    shown = Api(app, None).get(path).get_json()
    assert shown["price"] == {"amount": "68500.00", "currency": "CNY"}
    assert shown["price_basis"] == "1"
    assert shown["vat_rate"] == "13"
    assert shown["actions"] == []


BAD_INPUT: list[tuple[dict[str, Any], str]] = [
    ({"name_zh": "", "name_en": ""}, "name_zh"),
    ({"kind": "gadget"}, "kind"),
    ({"category": "nonsense"}, "category"),
    ({"category": "services.calibration"}, "category"),
    ({"kind": "service", "category": "instruments.centrifuges"}, "category"),
    ({"price": {"amount": "0", "currency": "CNY"}}, "price.amount"),
    ({"price": {"amount": "1.005", "currency": "CNY"}}, "price.amount"),
    ({"price": {"amount": "1.00", "currency": "XXX"}}, "price.currency"),
    ({"price": "12"}, "price"),
    ({"price_basis": "0"}, "price_basis"),
    ({"price_basis": "0.0000001"}, "price_basis"),
    ({"unit": " "}, "unit"),
    ({"vat_rate": "101"}, "vat_rate"),
    ({"lead_time_days": -1}, "lead_time_days"),
    ({"lead_time_days": "soon"}, "lead_time_days"),
    ({"warranty_months": 601}, "warranty_months"),
    ({"name_en": "x" * 201}, "name_en"),
    ({"specs": [{"key": "a", "value": "1"}, {"key": "A", "value": "2"}]}, "specs.1.key"),
    ({"specs": [{"key": "a", "value": ""}]}, "specs.0.value"),
    ({"specs": [{"key": f"k{n}", "value": "1"} for n in range(61)]}, "specs"),
    ({"specs": "fast"}, "specs"),
    ({"state": "published"}, "state"),
    ({"supplier_id": "org_x"}, "supplier_id"),
]


@pytest.mark.parametrize("changes,field", BAD_INPUT, ids=[f"{field}-{n}" for n, (_, field) in enumerate(BAD_INPUT)])
def test_bad_input_is_refused_at_the_field(app: Flask, world: World, changes: dict[str, Any], field: str) -> None:
    answer = Api(app, world.key("mu")).post("listings", {**given(), **changes})
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert field in {error["field"] for error in answer.get_json()["errors"]}


def test_an_edit_replaces_everything_that_is_said_about_the_listing(world: World) -> None:
    made = listing(world, "draft")
    bare = ListingInput().load({"kind": "goods", "category": "other", "name_en": "Box", "unit": "piece"})
    do(made, "edit", world.actor("mu"), **bare)
    assert (made.name_zh, made.brand, made.price, made.specs, made.lead_time_days) == ("", "", None, [], None)
