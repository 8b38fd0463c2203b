"""Units of any depth: always a tree, of one organisation, closed only when nothing hangs on it; and their roles."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.actions import memberships, places, units
from app.accounts.models import Unit, UnitRole
from app.accounts.tree import branches, open_units
from app.kernel import worklist
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from app.ordering.actions import placing, requisitions
from app.ordering.models import Requisition
from tests.kernel.crowd import failures, together
from tests.kernel.rounds import rounds
from tests.world import World, build
from tests.worlds.accounts import address, cost_centre, past_every_action, place_of, unit, unit_role
from tests.worlds.ordering import again, approval_rule, approved, do, orders_of, refuses, requisition

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def moved(world: World, one: Unit, inside: Unit | None) -> Unit:
    made: Unit = do(units.move, one, world.actor("guan"), parent=inside.id if inside else None)
    return made


# The tree -------------------------------------------------------------------------------------------------------------


def test_a_unit_is_called_by_its_path(world: World) -> None:
    college = unit(world, "材料学院")
    group = unit(world, "林课题组", unit(world, "薄膜研究所", college))
    assert units.path_of(group.id) == "材料学院 / 薄膜研究所 / 林课题组"
    assert [depth for _, depth in branches(group.org_id, world.actor("mei"))] == [0, 1, 2]
    assert open_units(group.org_id, world.actor("mei"))[-1][1] == units.path_of(group.id)


def test_a_unit_is_never_inside_itself_or_a_part_of_its_own(world: World) -> None:
    top = unit(world, "A")
    middle = unit(world, "B", top)
    low = unit(world, "C", middle)
    for inside in (top, middle, low):
        with refuses("inside_itself"):
            moved(world, top, inside)
    assert moved(world, low, None).parent_id is None
    assert moved(world, middle, low).parent_id == low.id


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=8))
def test_whatever_is_moved_it_stays_a_tree(world: World, moves: list[tuple[int, int]]) -> None:
    org = world.organisations["lab"]
    every = [unit(world, f"U{number} {len(branches(org, SYSTEM_ACTOR))}") for number in range(5)]
    before = len(branches(org, SYSTEM_ACTOR))
    for one, into in moves:
        with contextlib.suppress(Refusal):
            moved(world, every[one], every[into] if into < 5 else None)
        db.session.rollback()
    db.session.rollback()
    db.session.expire_all()
    assert len(branches(org, SYSTEM_ACTOR)) == before, "a circle is reached from no top"


@pytest.mark.prove
def test_two_moves_at_once_that_would_close_a_circle_leave_a_tree(app: Flask, world: World) -> None:
    for turn in range(rounds(3, 60)):
        left, right = unit(world, f"L{turn}"), unit(world, f"R{turn}")

        def move(one: str, into: str) -> None:
            with unit_of_work():
                actor = world.actor("guan")
                units.move(find(Unit, one, actor, lock=True), actor, parent=into)

        outcomes = together(app, lambda a=left.id, b=right.id: move(a, b), lambda a=left.id, b=right.id: move(b, a))
        lost = [error.code for error in failures(outcomes) if isinstance(error, Refusal)]
        assert lost == ["inside_itself"], outcomes
        db.session.rollback()


def test_two_units_of_one_name_do_not_stand_side_by_side(world: World) -> None:
    college = unit(world, "材料学院")
    for inside in (None, college):
        unit(world, "林课题组", inside)
        with refuses("unit_there"):
            unit(world, "林课题组", inside)
    with refuses("unit_there"):
        do(units.rename, unit(world, "Lin", college), world.actor("guan"), title="林课题组")
    past = sa.insert(Unit).values(
        id="unt_" + "0" * 26, org_id=college.org_id, title="材料学院", state="active", version=1
    )
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(past)


def test_what_belongs_to_one_organisation_is_never_inside_another(world: World) -> None:
    foreign = unit(world, "化学所", org="lab2", by="lab2admin")
    for call in (
        lambda: unit(world, "x", foreign), lambda: address(world, foreign), lambda: cost_centre(world, "1", foreign),
        lambda: moved(world, unit(world, "y"), foreign), lambda: unit_role(world, "an", foreign),
    ):  # fmt: skip
        with refuses("no_such_unit"):
            call()
    past = sa.insert(Unit).values(
        id="unt_" + "0" * 26, org_id=world.organisations["lab"], parent_id=foreign.id, title="x", state="active",
        version=1,
    )  # fmt: skip
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(past)


# Closing --------------------------------------------------------------------------------------------------------------


def test_a_unit_is_closed_when_nothing_open_hangs_on_it(world: World) -> None:
    admin, one = world.actor("guan"), unit(world, "薄膜研究所")
    inner, where, fund = unit(world, "组", one), address(world, one), cost_centre(world, "1", one)
    unit_role(world, "an", one)
    demand = requisition(world, by="mei", unit=one.id)

    def still() -> str:
        with refuses("unit_in_use") as said:
            do(units.close, one, admin)
        return said[0]

    for words, finish in (
        ("units inside it", lambda: do(units.close, inner, admin)),
        ("delivery addresses", lambda: do(places.close_address, where, admin)),
        ("cost centres", lambda: do(places.close_centre, fund, admin)),
        ("roles held", lambda: do(memberships.take_unit_role, place_of(world, "an"), admin, unit=one.id,
                                  role="approver")),
        ("requisitions", lambda: do(requisitions.cancel, demand, world.actor("mei"), reason="x")),
    ):  # fmt: skip
        assert words in still()
        finish()
    assert do(units.close, one, admin).state == "closed"
    with refuses("no_such_unit"):
        unit(world, "zu spät", one)


@pytest.mark.prove
def test_a_unit_that_is_closed_while_somebody_orders_for_it_has_either_but_not_both(app: Flask, world: World) -> None:
    for turn in range(rounds(3, 60)):
        one = unit(world, f"X{turn}")

        def close(one: str = one.id) -> None:
            with unit_of_work():
                actor = world.actor("guan")
                units.close(find(Unit, one, actor, lock=True), actor)

        def order(one: str = one.id) -> None:
            with unit_of_work():
                line = {"title": "x", "quantity": 1_000_000, "kind": "goods", "unit": "盒", "model": ""}
                requisitions.requisition(world.org("lab"), world.actor("mei"), lines=[line], unit=one)

        outcomes = together(app, close, order)
        codes = {error.code for error in failures(outcomes) if isinstance(error, Refusal)}
        assert codes in ({"unit_in_use"}, {"no_such_unit"}), outcomes
        db.session.rollback()


# On demands and orders ------------------------------------------------------------------------------------------------


def test_a_demand_names_unit_address_and_fund_and_the_order_keeps_them_as_text(world: World) -> None:
    group = unit(world, "林课题组", unit(world, "材料学院"))
    where, fund = address(world, group), cost_centre(world, "2026-017", group)
    demand = approved(world, unit=group.id, address=where.id, cost_centre=fund.id, delivery_place="大门")
    assert demand.delivery_place == "北门库房, 科学大道 100 号"
    do(placing.order, demand, world.actor("pu"))
    do(units.rename, group, world.actor("guan"), title="林与何课题组")
    do(places.rename_centre, fund, world.actor("guan"), title="别的")
    (order,) = orders_of(demand)
    assert (order.unit_name, order.charged_to) == ("材料学院 / 林课题组", "2026-017 薄膜专项")
    assert order.delivery_place == demand.delivery_place


@pytest.mark.parametrize(
    "field,code", [("unit", "no_such_unit"), ("address", "no_such_address"), ("cost_centre", "no_such_cost_centre")]
)
def test_a_demand_names_its_own_and_open_ones_only(world: World, field: str, code: str) -> None:
    made: dict[str, Any] = {
        "unit": lambda **at: unit(world, "化学所", **at),
        "address": lambda **at: address(world, **at),
        "cost_centre": lambda **at: cost_centre(world, **at),
    }
    foreign = made[field](org="lab2", by="lab2admin")
    with refuses(code):
        requisition(world, by="mei", **{field: foreign.id})
    own = made[field]()
    close = {"unit": units.close, "address": places.close_address, "cost_centre": places.close_centre}[field]
    do(close, own, world.actor("guan"))
    with refuses(code):
        requisition(world, by="mei", **{field: own.id})
    demand = requisition(world, by="mei")
    column = {"unit": "unit_id", "address": "address_id", "cost_centre": "cost_centre_id"}[field]
    with pytest.raises(sa.exc.IntegrityError):
        past_every_action(sa.update(Requisition).where(Requisition.id == demand.id).values({column: foreign.id}))


# Roles for a part -----------------------------------------------------------------------------------------------------


def submitted(world: World, where: Unit | None) -> Requisition:
    demand = requisition(world, by="mei", unit=where.id if where else None)
    made: Requisition = do(requisitions.submit, demand, world.actor("mei"))
    return made


def waiting(world: World, name: str) -> list[str]:
    db.session.rollback()
    return [one.record.id for one in worklist.waiting(world.actor(name))]


def test_an_approver_of_a_unit_approves_what_is_for_it_and_all_inside_it_and_nothing_else(world: World) -> None:
    approval_rule(world, roles=["approver"])
    college, other = unit(world, "材料学院"), unit(world, "物理学院")
    group = unit(world, "林课题组", college)
    unit_role(world, "rong", college)
    inside, beside, nowhere = submitted(world, group), submitted(world, other), submitted(world, None)
    assert waiting(world, "rong") == [inside.id]
    for demand in (beside, nowhere):
        with refuses("not_yours"):
            do(requisitions.approve, demand, world.actor("rong"))
    assert do(requisitions.approve, inside, world.actor("rong")).state == "approved"
    for demand in (beside, nowhere):  # roles held everywhere keep working
        assert do(requisitions.approve, demand, world.actor("an")).state == "approved"


def test_a_role_for_a_unit_counts_from_the_next_request_and_ends_with_it(world: World) -> None:
    approval_rule(world, roles=["approver"])
    one = unit(world, "材料学院")
    demand = submitted(world, one)
    unit_role(world, "rong", one)
    with refuses("unit_role_held"):
        unit_role(world, "rong", one)
    assert waiting(world, "rong") == [demand.id]
    do(memberships.take_unit_role, place_of(world, "rong"), world.actor("guan"), unit=one.id, role="approver")
    assert waiting(world, "rong") == []
    unit_role(world, "rong", one)
    do(memberships.end, place_of(world, "rong"), world.actor("guan"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UnitRole)) == 0


def test_nobody_approves_their_own_for_a_unit_either(world: World) -> None:
    approval_rule(world, roles=["approver"])
    one = unit(world, "材料学院")
    unit_role(world, "mei", one)
    with refuses("own_request"):
        do(requisitions.approve, submitted(world, one), world.actor("mei"))


def test_a_unit_moved_elsewhere_takes_its_roles_along(world: World) -> None:
    approval_rule(world, roles=["approver"])
    college, group = unit(world, "材料学院"), unit(world, "林课题组")
    unit_role(world, "rong", college)
    demand = submitted(world, group)
    assert waiting(world, "rong") == []
    moved(world, group, college)
    assert waiting(world, "rong") == [demand.id]


def test_a_purchaser_of_a_unit_orders_for_it_but_opens_no_request_for_all(world: World) -> None:
    one = unit(world, "材料学院")
    unit_role(world, "rong", one, "purchaser")
    mine, others = approved(world, by="pu", unit=one.id), approved(world, by="pu")
    with refuses("not_yours"):
        do(placing.order, others, world.actor("rong"))
    assert do(placing.order, mine, world.actor("rong")).state == "ordered"
    assert again(others).state == "approved"
