"""A signature that changes hands, is taken back, or is not given in time: on requisitions and on awards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.actions import memberships
from app.accounts.models import Membership
from app.approvals.plans import SIGN_WITHIN, plan_of
from app.kernel import worker, worklist
from app.kernel.db import db
from app.kernel.values import MICRO, clock_at
from app.kernel.work import unit_of_work
from app.ordering.actions import placing, requisitions
from app.ordering.models import Requisition
from app.sourcing.actions import awards
from tests.web.visitor import Visitor
from tests.world import Api, World
from tests.worlds.ordering import again, approval_rule, approved, do, refuses, requisition
from tests.worlds.sourcing import award, evaluated

pytestmark = pytest.mark.database_matters


def submitted(world: World, *roles: str, by: str = "mei") -> Requisition:
    approval_rule(world, roles=list(roles))
    return do(requisitions.submit, requisition(world, by=by), world.actor(by))


def steps(document: Any) -> list[tuple[str, str]]:
    plan = plan_of(document.id)
    assert plan is not None
    return [(step.role, step.state) for step in plan.steps]


def ids_waiting(world: World, name: str) -> list[str]:
    return [one.record.id for one in worklist.waiting(world.actor(name))]


def leave(world: World, name: str) -> None:
    membership = db.session.scalars(db.select(Membership).where(Membership.person_id == world.people[name])).one()
    with unit_of_work():
        memberships.end(membership, world.actor("guan"))


def test_a_deputy_signs_and_both_names_stay(world: World) -> None:
    demand = submitted(world, "approver")
    with refuses("other_role_signs"):
        do(requisitions.approve, demand, world.actor("cai"))
    demand = do(requisitions.delegate, demand, world.actor("an"), person=world.people["cai"])
    assert demand.waits_role == "approver,finance"
    assert ids_waiting(world, "cai") == [demand.id]
    assert do(requisitions.approve, demand, world.actor("cai")).state == "approved"
    plan = plan_of(demand.id)
    assert plan is not None
    step = plan.steps[0]
    named = (step.decided_by, step.delegate_id, step.delegated_by)
    assert named == (world.people["cai"], world.people["cai"], world.people["an"])


def test_whoever_handed_a_signature_over_may_still_give_it(world: World) -> None:
    demand = submitted(world, "approver")
    do(requisitions.delegate, demand, world.actor("an"), person=world.people["cai"])
    assert do(requisitions.approve, demand, world.actor("an")).state == "approved"


@pytest.mark.parametrize("name", ["mei", "an", "qiu", "lab2an", "xiao"])
def test_a_deputy_is_another_colleague_who_may_sign(world: World, name: str) -> None:
    demand = submitted(world, "approver")
    with refuses("no_deputy"):
        do(requisitions.delegate, demand, world.actor("an"), person=world.people[name])


def test_whoever_asked_or_signed_is_no_deputy(world: World) -> None:
    membership = db.session.scalars(db.select(Membership).where(Membership.person_id == world.people["mei"])).one()
    with unit_of_work():
        memberships.change_roles(membership, world.actor("guan"), roles=["member", "finance"])
    demand = submitted(world, "approver", "org_admin")
    with refuses("no_deputy"):
        do(requisitions.delegate, demand, world.actor("an"), person=world.people["mei"])
    demand = do(requisitions.approve, demand, world.actor("an"))
    with refuses("no_deputy"):
        do(requisitions.delegate, demand, world.actor("guan"), person=world.people["an"])


def test_only_whose_turn_it_is_hands_over(world: World) -> None:
    demand = submitted(world, "approver")
    with refuses("other_role_signs"):
        do(requisitions.delegate, demand, world.actor("cai"), person=world.people["guan"])
    with refuses("not_yours"):
        do(requisitions.delegate, demand, world.actor("mei"), person=world.people["guan"])


def test_the_last_signature_is_taken_back_by_whoever_gave_it(world: World) -> None:
    demand = submitted(world, "approver", "finance")
    demand = do(requisitions.approve, demand, world.actor("an"))
    with refuses("not_your_signature"):
        do(requisitions.take_back, demand, world.actor("cai"))
    demand = do(requisitions.take_back, demand, world.actor("an"))
    assert steps(demand) == [("approver", "waiting"), ("finance", "planned")]
    assert (demand.state, demand.waits_role) == ("awaiting_approval", "approver")
    do(requisitions.approve, demand, world.actor("an"))
    assert do(requisitions.approve, demand, world.actor("cai")).state == "approved"
    with refuses("not_your_signature"):
        do(requisitions.take_back, demand, world.actor("an"))


def test_a_signature_is_taken_back_until_something_is_ordered(world: World) -> None:
    approval_rule(world, roles=["approver"])
    demand = do(requisitions.submit, requisition(world), world.actor("pu"))
    do(requisitions.approve, demand, world.actor("an"))
    demand = do(requisitions.take_back, demand, world.actor("an"))
    assert (demand.state, steps(demand)) == ("awaiting_approval", [("approver", "waiting")])
    with refuses("wrong_state"):
        do(placing.order, demand, world.actor("pu"))
    do(requisitions.approve, demand, world.actor("an"))
    do(placing.order, demand, world.actor("pu"))
    with refuses("wrong_state"):
        do(requisitions.take_back, again(demand), world.actor("an"))


def test_where_nobody_had_to_sign_nothing_is_taken_back(world: World) -> None:
    with refuses("not_your_signature"):
        do(requisitions.take_back, approved(world), world.actor("an"))


def test_silence_asks_the_administrators_and_approves_nothing(world: World) -> None:
    demand = submitted(world, "approver")
    with clock_at(SIGN_WITHIN - timedelta(minutes=1)):
        worker.ring_clocks()
        assert again(demand).waits_role == "approver"
    with clock_at(SIGN_WITHIN + timedelta(minutes=1)):
        worker.ring_clocks()
        demand = again(demand)
        assert (demand.state, demand.waits_role) == ("awaiting_approval", "approver,org_admin")
        assert worker.ring_clocks() == 0
        assert demand.id in ids_waiting(world, "guan")
        assert do(requisitions.approve, demand, world.actor("guan")).state == "approved"


def test_a_role_that_nobody_holds_is_asked_of_the_administrators_at_once(world: World) -> None:
    leave(world, "an")
    demand = submitted(world, "approver")
    assert demand.waits_role == "approver,org_admin"
    assert do(requisitions.approve, demand, world.actor("guan")).state == "approved"


def test_a_role_that_only_the_requester_holds_counts_as_vacant(world: World) -> None:
    approval_rule(world, roles=["approver"])
    membership = db.session.scalars(db.select(Membership).where(Membership.person_id == world.people["an"])).one()
    with unit_of_work():
        memberships.change_roles(membership, world.actor("guan"), roles=["member", "approver"])
    demand = do(requisitions.submit, requisition(world, by="an"), world.actor("an"))
    with refuses("own_request"):
        do(requisitions.approve, demand, world.actor("an"))
    assert do(requisitions.approve, demand, world.actor("guan")).state == "approved"


def test_an_award_changes_hands_and_gives_the_quotes_back_when_its_signature_is_taken_back(world: World) -> None:
    approval_rule(world, roles=["approver"], subject="award")
    asked, offers = evaluated(world)
    made = award(world, asked, [(offers["supplier"], 0, MICRO)], "proposed")
    made = do(awards.delegate, made, world.actor("an"), person=world.people["cai"])
    made = do(awards.approve, made, world.actor("cai"))
    assert (made.state, again(offers["supplier"]).state) == ("approved", "won")
    made = do(awards.take_back, made, world.actor("cai"))
    assert (made.state, made.approved_at, again(offers["supplier"]).state) == ("awaiting_approval", None, "submitted")
    assert again(asked).lines[0].awarded_micro == MICRO  # still held for this award
    with clock_at(SIGN_WITHIN + timedelta(minutes=1)):
        worker.ring_clocks()
        assert again(made).waits_role is not None
        assert "org_admin" in str(again(made).waits_role)
    made = do(awards.approve, made, world.actor("an"))
    assert (made.state, again(offers["supplier"]).state) == ("approved", "won")


def test_both_faces_hand_over_and_take_back(app: Flask, world: World) -> None:
    demand = submitted(world, "approver", "finance")
    page, path = Visitor(app, world, "an", language="zh"), f"/requisitions/{demand.id}"
    choices = page.get(f"{path}/delegate").html.partition("<select")[2].partition("</select")[0]
    assert "Cai" in choices
    assert "Mei" not in choices
    assert page.do(f"{path}/delegate", person=world.people["cai"]).status == 303
    assert "Cai（由 An 委托）" in page.get(path).text
    an, cai = Api(app, world.key("an")), Api(app, world.key("cai"))
    assert cai.do(f"requisitions/{demand.id}", "approve").status_code == 200
    assert an.do(f"requisitions/{demand.id}", "take_back").status_code == 403
    assert cai.do(f"requisitions/{demand.id}", "take_back").get_json()["waits_for"]["role"] == "approver,finance"
    bad = an.do(f"requisitions/{demand.id}", "delegate", {"person": world.people["mei"]})
    assert (bad.status_code, bad.get_json()["code"]) == (409, "no_deputy")
    assert an.do(f"requisitions/{demand.id}", "delegate", {"person": "me"}).status_code == 422
