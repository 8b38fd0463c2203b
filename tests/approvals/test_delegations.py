"""A lent signature: from one moment to another, up to an amount, both names on record, and never around the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.actions import delegations, memberships
from app.accounts.models import Delegation
from app.approvals.plans import plan_of
from app.kernel import worker, worklist
from app.kernel.values import clock_at
from app.ordering.actions import requisitions
from app.ordering.models import Requisition
from tests.world import World, build
from tests.worlds.accounts import lent, place_of, unit, unit_role
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, approval_rule, do, refuses, requisition

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def submitted(world: World, *roles: str, by: str = "mei", price: str = "20000.00", **given: Any) -> Requisition:
    approval_rule(world, roles=list(roles or ("approver",)))
    demand = requisition(world, [(listing(world, price={"amount": price, "currency": "CNY"}), 1)], by=by, **given)
    made: Requisition = do(requisitions.submit, demand, world.actor(by))
    return made


def sign(world: World, demand: Requisition, name: str) -> Requisition:
    made: Requisition = do(requisitions.approve, demand, world.actor(name))
    return made


def test_a_deputy_signs_and_both_names_stay(world: World) -> None:
    demand = submitted(world)
    lent(world)
    assert [one.record.id for one in worklist.waiting(world.actor("rong"))] == [demand.id]
    assert sign(world, demand, "rong").state == "approved"
    plan = plan_of(demand.id)
    assert plan is not None
    (step,) = plan.steps
    assert (step.decided_by, step.decided_for) == (world.people["rong"], world.people["an"])


def test_the_lender_still_signs_and_then_alone(world: World) -> None:
    demand = submitted(world)
    lent(world)
    sign(world, demand, "an")
    plan = plan_of(demand.id)
    assert plan is not None
    assert plan.steps[0].decided_for is None


@pytest.mark.parametrize("before,code", [(timedelta(seconds=-5), "not_yours"), (timedelta(0), None)])
def test_it_counts_from_its_first_moment_on(world: World, before: timedelta, code: str | None) -> None:
    demand = submitted(world)
    made = lent(world, begins=timedelta(hours=1))
    with clock_at(made.starts_at + before):
        _expect(world, demand, code)


@pytest.mark.parametrize("before,code", [(timedelta(seconds=-5), None), (timedelta(0), "not_yours")])
def test_it_ends_at_its_last_moment_whether_the_worker_runs_or_not(
    world: World, before: timedelta, code: str | None
) -> None:
    demand = submitted(world)
    made = lent(world, lasts=timedelta(hours=1))
    with clock_at(made.ends_at + before):
        _expect(world, demand, code)


def _expect(world: World, demand: Requisition, code: str | None) -> None:
    if code is None:
        assert sign(world, demand, "rong").state == "approved"
        return
    with refuses(code):
        sign(world, demand, "rong")


def test_the_worker_writes_down_that_it_began_and_ended(world: World) -> None:
    made = lent(world, begins=timedelta(hours=1), lasts=timedelta(hours=1))
    assert made.state == "planned"
    for hours, state in ((1, "active"), (2, "ended")):
        with clock_at(timedelta(hours=hours, seconds=1)):
            worker.settle()
        assert again(made).state == state


@pytest.mark.parametrize("ceiling,code", [("20000.00", None), ("19999.99", "above_the_ceiling")])
def test_up_to_the_ceiling_itself(world: World, ceiling: str, code: str | None) -> None:
    demand = submitted(world)
    lent(world, ceiling=ceiling)
    _expect(world, demand, code)


def test_what_somebody_asked_for_themselves_nobody_signs_for_them(world: World) -> None:
    do(memberships.change_roles, place_of(world, "an"), world.actor("guan"), roles=["approver", "member"])
    demand = submitted(world, by="an")
    lent(world)
    with refuses("other_role_signs"):
        sign(world, demand, "rong")


def test_nobody_signs_their_own_under_a_lent_signature(world: World) -> None:
    demand = submitted(world)
    lent(world, deputy="mei")
    with refuses("own_request"):
        sign(world, demand, "mei")


def test_a_person_and_their_deputy_are_one_signature_of_a_plan(world: World) -> None:
    """Two steps, two people: whoever signed one does not give the other by another's hand, nor for another."""
    do(memberships.change_roles, place_of(world, "an"), world.actor("guan"), roles=["approver", "finance"])
    demand = submitted(world, "approver", "finance")
    lent(world, role="finance")
    sign(world, demand, "an")
    with refuses("other_role_signs"):
        sign(world, demand, "rong")
    assert sign(world, demand, "cai").state == "approved"


def test_a_deputy_who_signed_in_their_own_name_does_not_sign_for_another(world: World) -> None:
    demand = submitted(world, "finance", "approver")
    lent(world, deputy="cai")
    sign(world, demand, "cai")
    with refuses("signed_already"):
        sign(world, demand, "cai")


def test_nobody_lends_what_they_lack_or_hold_only_in_part(world: World) -> None:
    unit_role(world, "qiu", unit(world, "材料学院"))
    for lender in ("cai", "an"):
        with refuses("not_yours_to_lend"):
            lent(world, lender, "mei", role="finance" if lender == "an" else "approver")
    with refuses("not_yours"):
        lent(world, "qiu", "mei")
    lent(world)
    with refuses("not_yours"):  # what was lent is not lent on
        lent(world, "rong", "mei")


def test_a_signature_is_lent_inside_the_organisation_to_somebody_else(world: World) -> None:
    for deputy, code in (("an", "lend_to_another"), ("lab2an", "no_such_colleague")):
        with refuses(code):
            lent(world, deputy=deputy)


def test_dates_and_ceiling_are_sound(world: World) -> None:
    for given, code in (
        ({"lasts": timedelta(0)}, "dates_backwards"),
        ({"begins": timedelta(days=-3), "lasts": timedelta(days=2)}, "dates_backwards"),
        ({"lasts": timedelta(days=367)}, "lent_too_long"),
    ):
        with refuses(code):
            lent(world, **given)
    lent(world)
    with refuses("lent_already"):
        lent(world, begins=timedelta(days=6))
    lent(world, begins=timedelta(days=7, seconds=1))


def test_a_lender_who_loses_the_role_has_lent_nothing(world: World) -> None:
    demand = submitted(world)
    lent(world)
    do(memberships.change_roles, place_of(world, "an"), world.actor("guan"), roles=["member"])
    with refuses("not_yours"):
        sign(world, demand, "rong")


@pytest.mark.parametrize("leaver", ["an", "rong"])
def test_it_ends_with_either_membership(world: World, leaver: str) -> None:
    made = lent(world)
    do(memberships.end, place_of(world, leaver), world.actor("guan"))
    assert again(made).state == "withdrawn"


def test_the_lender_or_an_admin_withdraws_it_at_once(world: World) -> None:
    demand = submitted(world)
    for by in ("an", "guan"):
        made: Delegation = lent(world)
        with refuses("not_yours"):
            do(delegations.withdraw, made, world.actor("mei"))
        do(delegations.withdraw, made, world.actor(by))
        with refuses("not_yours"):
            sign(world, demand, "rong")


def test_a_lent_signature_opens_nothing_but_signatures(world: World) -> None:
    lent(world, "cai", role="finance")
    actor = world.actor("rong")
    assert actor.lent_roles == {"finance"}
    assert "finance" not in actor.roles
    assert "finance" not in actor.roles_on(world.org("lab"))
    assert "finance" in actor.roles_on(submitted(world, "finance"))


def test_what_was_lent_is_not_handed_on(world: World) -> None:
    demand = submitted(world)
    lent(world)
    with refuses("lent_no_further"):
        do(requisitions.delegate, demand, world.actor("rong"), person=world.people["cai"])


def test_a_signature_taken_back_forgets_both_names(world: World) -> None:
    demand = submitted(world)
    lent(world)
    sign(world, demand, "rong")
    do(requisitions.take_back, demand, world.actor("rong"))
    plan = plan_of(demand.id)
    assert plan is not None
    assert (plan.steps[0].decided_by, plan.steps[0].decided_for) == (None, None)
