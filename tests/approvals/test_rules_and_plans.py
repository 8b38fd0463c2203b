"""Who signs what: rules, frozen plans, and that two signatures are two people."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Membership
from app.approvals import plans
from app.approvals.actions.rules import APPROVAL_RULE
from app.approvals.actions.steps import APPROVAL_STEP
from app.approvals.models import ApprovalPlan
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import graph_problems
from app.kernel.values import Money
from app.kernel.work import unit_of_work
from tests.world import Api, World, build
from tests.worlds.sourcing import again, approval_rule, do, refused

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    return build()


def plan_for(world: World, amount: str, *, requester: str = "pu", currency: str = "CNY") -> ApprovalPlan:
    """A plan on the lab's own organisation record, which stands for any document."""
    with unit_of_work():
        lab = world.org("lab")
        return plans.make_plan(
            lab, org_id=lab.id, subject="award", amount=Money.parse(amount, currency),
            requester_id=world.people[requester],
        )  # fmt: skip


def sign(world: World, name: str) -> bool:
    with unit_of_work():
        return plans.sign(world.organisations["lab"], world.actor(name))


def sign_refused(world: World, name: str) -> str:
    with pytest.raises(Refusal) as caught:
        sign(world, name)
    return caught.value.code


def states(world: World) -> list[str]:
    plan = plans.plan_of(world.organisations["lab"])
    assert plan is not None
    return [step.state for step in plan.steps]


def test_both_lifecycles_are_sound() -> None:
    assert graph_problems(APPROVAL_RULE) == []
    assert graph_problems(APPROVAL_STEP) == []
    assert APPROVAL_STEP.shape is None


def test_without_a_rule_nothing_needs_a_signature(world: World) -> None:
    plan = plan_for(world, "1000000.00")
    assert not plans.needs_signature(plan)
    assert plan.steps == []


def test_the_rule_with_the_highest_amount_reached_applies(world: World) -> None:
    approval_rule(world, [], amount="0")
    approval_rule(world, ["approver"], amount="10000")
    approval_rule(world, ["approver", "finance"], amount="100000")
    assert [step.role for step in plan_for(world, "9999.99").steps] == []
    assert [step.role for step in plan_for(world, "10000.00").steps] == ["approver"]
    assert [step.role for step in plan_for(world, "100000.00").steps] == ["approver", "finance"]


def test_rules_are_per_currency_and_subject(world: World) -> None:
    approval_rule(world, ["approver"])
    approval_rule(world, ["finance"], subject="requisition")
    assert plan_for(world, "5000.00", currency="USD").steps == []
    assert [step.role for step in plan_for(world, "5000.00").steps] == ["approver"]


def test_a_retired_rule_does_not_apply_and_a_running_plan_keeps_its_signatures(world: World) -> None:
    rule = approval_rule(world, ["approver"])
    plan_for(world, "5000.00")
    do(rule, "retire", world.actor("guan"))
    assert states(world) == ["waiting"]
    assert sign(world, "an")
    assert plan_for(world, "5000.00").steps == []


def test_only_an_admin_of_a_lab_sets_rules(world: World) -> None:
    fields = {"subject": "award", "from_amount": Money(0, "CNY"), "roles": ["approver"]}
    assert refused(world.org("lab"), "set_approval_rule", world.actor("pu"), **fields) == "not_yours"
    assert refused(world.org("supplier"), "set_approval_rule", world.actor("zong"), **fields) == "rules_are_for_labs"


def test_two_active_rules_from_one_amount_are_refused(world: World) -> None:
    approval_rule(world, ["approver"])
    fields = {"subject": "award", "from_amount": Money(0, "CNY"), "roles": ["finance"]}
    assert refused(world.org("lab"), "set_approval_rule", world.actor("guan"), **fields) == "approval_rule_there"


def test_steps_are_signed_in_order_each_by_its_role(world: World) -> None:
    approval_rule(world, ["approver", "finance"])
    plan_for(world, "5000.00")
    assert states(world) == ["waiting", "planned"]
    assert plans.waiting_role(world.organisations["lab"]) == "approver"
    assert sign_refused(world, "cai") == "other_role_signs"
    assert not sign(world, "an")
    assert states(world) == ["approved", "waiting"]
    assert sign(world, "cai")
    assert states(world) == ["approved", "approved"]
    assert sign_refused(world, "cai") == "nothing_to_sign"


def test_nobody_signs_their_own_request(world: World) -> None:
    approval_rule(world, ["approver"])
    plan_for(world, "5000.00", requester="an")
    assert sign_refused(world, "an") == "own_request"
    assert states(world) == ["waiting"]


def test_a_person_signs_a_plan_once(world: World) -> None:
    membership = db.session.scalars(db.select(Membership).where(Membership.person_id == world.people["an"])).one()
    do(membership, "change_roles", world.actor("guan"), roles=["approver", "finance"])
    approval_rule(world, ["approver", "finance"])
    plan_for(world, "5000.00")
    assert not sign(world, "an")
    assert sign_refused(world, "an") == "signed_already"
    assert sign(world, "cai")


def test_one_rejection_ends_the_plan(world: World) -> None:
    approval_rule(world, ["approver", "finance"])
    plan_for(world, "5000.00")
    with unit_of_work():
        plans.refuse(world.organisations["lab"], world.actor("an"))
    assert states(world) == ["rejected", "skipped"]
    assert sign_refused(world, "cai") == "nothing_to_sign"


def test_a_new_plan_of_a_document_drops_the_running_one(world: World) -> None:
    approval_rule(world, ["approver"])
    first = plan_for(world, "5000.00")
    second = plan_for(world, "6000.00")
    assert [again(step).state for step in first.steps] == ["skipped"]
    newest = plans.plan_of(world.organisations["lab"])
    assert newest is not None
    assert newest.id == second.id


def test_a_rule_is_set_read_and_retired_over_the_api_by_its_own_organisation_only(world: World, app: Flask) -> None:
    admin, other = Api(app, world.key("guan")), Api(app, world.key("lab2admin"))
    body = {"subject": "award", "from_amount": {"amount": "10000.00", "currency": "CNY"}, "roles": ["approver"]}
    made = admin.post("approval-rules", body)
    assert made.status_code == 201, made.get_data(as_text=True)
    rule = made.get_json()
    assert rule["from_amount"] == {"amount": "10000.00", "currency": "CNY"}
    assert other.get(f"approval-rules/{rule['id']}").status_code == 404
    assert admin.post(f"approval-rules/{rule['id']}/retire", version=rule["version"]).get_json()["state"] == "retired"
    assert admin.post("approval-rules", {**body, "roles": ["purchaser"]}).status_code == 422
    assert admin.get("approval-steps").status_code == 404
