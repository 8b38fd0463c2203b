"""Who rules on a disputed claim: the operator, and the owner where the operator itself is the buyer."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.actions import memberships
from app.accounts.models import Membership
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.work import unit_of_work
from app.ordering.actions import claims, orders, rejections
from app.ordering.models import Claim
from tests.world import World
from tests.worlds.catalogue import listing
from tests.worlds.ordering import (
    acceptances_of,
    again,
    build_with_buying_operator,
    claim_of,
    do,
    placed,
    reach_claim,
    receive_all,
    refuses,
    send_all,
)


@pytest.fixture
def world(app: Flask) -> World:
    """The small park whose operator is a laboratory too; its purchaser receives what comes."""
    del app
    world = build_with_buying_operator()
    held = db.select(Membership.id).where(Membership.person_id == world.people["opspu"])
    with unit_of_work():
        mine = find(Membership, str(db.session.scalar(held)), SYSTEM_ACTOR)
        memberships.change_roles(mine, world.actor("ops"), roles=["member", "purchaser", "receiver"])
    return world


def test_between_others_the_operator_rules_and_the_owner_does_not(world: World) -> None:
    claim = reach_claim(world, "disputed")
    with refuses("operator_rules"):
        do(claims.rule_for_supplier, claim, world.actor("wang"), reason="有理")
    assert again(claim).state == "disputed"
    assert do(claims.rule_for_supplier, claim, world.actor("sup"), reason="有理").state == "refused"


def test_where_the_operator_buys_the_owner_rules(world: World) -> None:
    claim = _operators_own(world)
    for name in ("sup", "tao"):
        with refuses("own_dealing"):
            do(claims.rule_for_buyer, claim, world.actor(name), wanted="refund", reason="有理")
    ruled = do(claims.rule_for_buyer, claim, world.actor("wang"), wanted="refund", reason="有理")
    assert ruled.state == "agreed"


def _operators_own(world: World) -> Claim:
    """A disputed claim of the operator for one centrifuge that it bought."""
    order = placed(world, [(listing(world), 1)], by="opspu", org="operator")[0]
    do(orders.approve_as_owner, order, world.actor("wang"))
    do(orders.confirm, order, world.actor("xiao"))
    receive_all(world, send_all(world, order), by="opspu")
    acceptance = acceptances_of(order)[0]
    do(rejections.reject, acceptance, world.actor("opspu"), reason="密封圈破损")
    disputed: Claim = do(claims.dispute, claim_of(acceptance), world.actor("xiao"), reason="签收时完好")
    return disputed
