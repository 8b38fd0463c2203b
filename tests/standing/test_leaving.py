"""Leaving the park: with nothing open, or by a plan that whoever takes over has agreed to."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.actions import organisations
from app.accounts.models import Organisation
from app.kernel.lifecycle import find
from app.standing.actions import handovers
from app.standing.models import Handover
from tests.world import World, build
from tests.worlds.ordering import again, do, reach_order, refuses
from tests.worlds.payments import bought, paid, paid_out, rate
from tests.worlds.standing import REASON, handover, restriction

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def suspended(world: World) -> Organisation:
    """The supplier, suspended."""
    return do(organisations.suspend, world.org("supplier"), world.actor("rui"), reason=REASON)  # type: ignore[no-any-return]


def leave(world: World) -> str:
    """The operator ends its membership; the state after that."""
    return str(do(handovers.terminate, world.org("supplier"), world.actor("rui"), reason=REASON).state)


def test_with_nothing_open_an_organisation_leaves(world: World) -> None:
    suspended(world)
    assert leave(world) == "terminated"


@pytest.mark.parametrize("side", ["supplier", "lab"])
def test_open_orders_keep_either_side_here(world: World, side: str) -> None:
    reach_order(world, "confirmed")
    one = do(organisations.suspend, world.org(side), world.actor("rui"), reason=REASON)
    with refuses("orders_open") as refused:
        do(handovers.terminate, one, world.actor("rui"), reason=REASON)
    assert refused[0].startswith("1 orders")
    assert again(one).state == "suspended"


def test_a_plan_counts_once_whoever_takes_over_has_agreed(world: World) -> None:
    reach_order(world, "confirmed")
    plan = handover(world, "proposed")
    suspended(world)
    with refuses("orders_open"):
        leave(world)
    do(handovers.agree, plan, world.actor("zong2"))
    assert leave(world) == "terminated"
    assert again(plan).state == "done"


def test_money_on_its_account_is_paid_out_or_frozen_first(world: World) -> None:
    rate(world)
    paid(world, bought(world), "30000.00")
    supplier = world.org("supplier")
    assert handovers.money_left(supplier)
    assert not handovers.frozen(supplier)
    restriction(world, "payout")
    assert handovers.frozen(world.org("supplier"))


def test_what_was_paid_out_is_no_money_left(world: World) -> None:
    rate(world)
    paid(world, bought(world), "30000.00")
    paid_out(world)
    assert not handovers.money_left(world.org("supplier"))


def test_a_freeze_with_an_end_is_no_freeze(world: World) -> None:
    restriction(world, "payout", days=30)
    assert not handovers.frozen(world.org("supplier"))


def test_only_another_admitted_organisation_takes_over_and_only_its_admin_agrees(world: World) -> None:
    given = {"plan": "全部移交"}
    for heir in (*(world.organisations[name] for name in ("supplier", "operator", "auditor")), "org_" + "0" * 26):
        with refuses("no_takeover"):
            do(handovers.plan_handover, world.org("supplier"), world.actor("rui"), successor=heir, **given)
    plan = handover(world, "proposed")
    with refuses("planned_already"):
        handover(world, "proposed")
    for name in ("zong", "xiao2", "rui"):
        with refuses("not_yours"):
            do(handovers.agree, plan, world.actor(name))
    with refuses("not_there"):
        find(Handover, plan.id, world.actor("guan"))
    do(handovers.decline, plan, world.actor("zong2"), reason="无力承接")
    assert handover(world, "withdrawn").state == "withdrawn"
