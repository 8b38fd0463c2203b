"""Emergency access: two people of two organisations, a few hours, everything marked, over by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import people
from app.accounts.actions import emergencies, memberships
from app.accounts.models import EmergencyAccess, Membership
from app.kernel import worker
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.notices.models import Notice
from app.ordering.actions import requisitions
from tests.web.visitor import Visitor
from tests.world import Api, World, build
from tests.worlds.accounts import REASON, emergency, let_in, past_every_action, place_of
from tests.worlds.ordering import again, approval_rule, do, refuses, requisition

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def guest(world: World, org: str = "lab") -> Actor:
    db.session.rollback()
    return people.actor_for(world.people["ops"], world.organisations[org], channel="web")


def test_nobody_is_inside_before_a_second_person_allows_it(world: World) -> None:
    assert guest(world).org_id is None
    asked = emergency(world)
    assert guest(world).org_id is None
    do(emergencies.allow, asked, world.actor("wen"))
    inside = guest(world)
    assert (inside.org_id, inside.roles) == (world.organisations["lab"], {"org_admin"})
    assert guest(world, "lab2").org_id is None


@pytest.mark.parametrize("before,there", [(timedelta(seconds=-5), True), (timedelta(0), False)])
def test_it_ends_at_its_last_moment_whether_the_worker_runs_or_not(
    world: World, before: timedelta, there: bool
) -> None:
    access = let_in(world, hours=2)
    assert access.ends_at is not None
    assert access.starts_at is not None
    assert access.ends_at - access.starts_at == timedelta(hours=2)
    with clock_at(access.ends_at + before):
        assert (guest(world).org_id is not None) is there
    with clock_at(access.ends_at):
        assert again(access).state == "active"
        worker.settle()
        assert again(access).state == "ended"


def test_whatever_is_done_under_it_is_marked_in_the_chain_and_shown(app: Flask, world: World) -> None:
    access = let_in(world)
    with unit_of_work():
        actor = guest(world)
        memberships.change_roles(place_of_inside(world, "mei", actor), actor, roles=["member", "receiver"])
    event = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert event.data["actor"]["emergency"] == access.id
    told = Api(app, world.key("guan")).get(f"memberships/{event.object_id}/history").get_json()["items"][0]
    assert told["actor"]["emergency"] == access.id
    page = Visitor(app, world, "guan").get(f"/memberships/{event.object_id}")
    assert "under emergency access" in page.text


def place_of_inside(world: World, name: str, actor: Actor) -> object:
    held = db.session.scalar(sa.select(Membership.id).where(Membership.person_id == world.people[name]))
    return find(Membership, str(held), actor)


def test_it_gives_the_roles_that_were_allowed_and_no_lasting_place(world: World) -> None:
    let_in(world, roles=("org_admin",))
    approval_rule(world, roles=["approver"])
    demand = do(requisitions.submit, requisition(world, by="mei"), world.actor("mei"))
    with refuses("other_role_signs"):
        do(requisitions.approve, demand, guest(world))
    with refuses("guests_stay_out"):
        do(memberships.invite, world.org("lab"), guest(world), email="ops@operator.example", roles=["org_admin"])


def test_the_organisation_and_the_auditor_are_told_at_once(world: World) -> None:
    access = let_in(world)
    worker.settle()
    told = set(
        db.session.scalars(
            sa.select(Notice.person_id).where(Notice.object_id == access.id, Notice.name == "emergency_access.allow")
        )
    )
    assert {world.people["guan"], world.people["shen"], world.people["ops"]} <= told


def test_whoever_asks_is_a_system_administrator_in_person(app: Flask, world: World) -> None:
    for name in ("rui", "sup"):
        with refuses("not_yours"):
            emergency(world, by=name)
    body = {"subject": world.organisations["lab"], "roles": ["org_admin"], "hours": 1, "reason": REASON}
    told = Api(app, world.key("ops")).post("emergency-accesses", body)
    assert told.get_json()["code"] == "in_person_only"


def test_whoever_allows_it_is_the_owner_and_somebody_else(world: World) -> None:
    asked = emergency(world)
    for name in ("ops", "tao", "shen", "guan"):
        with refuses("not_yours"):
            do(emergencies.allow, asked, world.actor(name))
    past = sa.update(EmergencyAccess).where(EmergencyAccess.id == asked.id)
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(past.values(allowed_by=asked.person_id, ends_at=asked.created_at, state="active"))


@pytest.mark.parametrize("subject", ["owner", "auditor", "operator"])
def test_operator_owner_and_auditor_stay_apart_in_an_emergency_too(world: World, subject: str) -> None:
    with refuses("never_into_staff"):
        emergency(world, subject=subject, roles=("org_admin",))


def test_hours_and_roles_are_bounded(app: Flask, world: World) -> None:
    with refuses("too_many_hours"):
        emergency(world, hours=app.config["EMERGENCY_MOST_HOURS"] + 1)
    with refuses("role_there_is_not"):
        emergency(world, roles=("sales",))
    emergency(world)
    with refuses("emergency_asked"):
        emergency(world)


def test_it_is_refused_withdrawn_or_ended_early(world: World) -> None:
    refused = do(emergencies.refuse, emergency(world), world.actor("wen"), reason="用不着")
    withdrawn = do(emergencies.withdraw, emergency(world), world.actor("ops"))
    assert (refused.state, withdrawn.state) == ("refused", "withdrawn")
    for by in ("wen", "ops", "guan"):
        access = let_in(world)
        assert guest(world).org_id is not None
        do(emergencies.end, access, world.actor(by))
        assert guest(world).org_id is None


def test_in_a_browser_one_switches_in_and_every_page_says_so(app: Flask, world: World) -> None:
    let_in(world)
    visitor = Visitor(app, world, "ops")
    lab = world.organisations["lab"]
    assert visitor.send("/organisation", on="/account", org=lab).status == 303
    page = visitor.get("/people")
    assert "Everything you do is marked" in page.text
    assert "guan@lab.example" in page.text
    with clock_at(timedelta(hours=3)):
        assert visitor.get("/people").status != 200


def test_keys_never_act_in_an_emergency(world: World) -> None:
    let_in(world)
    assert guest(world).emergency is not None
    assert place_of(world, "ops").org_id == world.organisations["operator"]
