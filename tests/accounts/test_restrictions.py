"""Restrictions and suspensions: each scope alone, with an end, an appeal and a return to what was before."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import standing
from app.accounts.actions import organisations, restrictions
from app.accounts.models import Organisation, Restriction
from app.catalogue import index
from app.catalogue.models import Listing, on_offer
from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.kernel.values import clock_at, now
from app.ordering.actions import placing
from app.sourcing.actions import quotes
from tests.world import World, build
from tests.worlds import ordering, sourcing
from tests.worlds.catalogue import listing
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import paid_out
from tests.worlds.standing import REASON, qualification, requirement, restriction

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def shelf() -> set[str]:
    """What buyers find."""
    db.session.rollback()
    return set(db.session.scalars(sa.select(Listing.id).where(on_offer())))


def ring(days: float) -> None:
    """The worker's clocks, so many days from now."""
    with clock_at(timedelta(days=days)):
        worker.ring_clocks()
    db.session.rollback()


def test_each_scope_is_stopped_alone(world: World) -> None:
    offered = listing(world, "published")
    request, demand = sourcing.rfq(world, "open"), ordering.approved(world)
    stopped = restriction(world, "listing")
    assert offered.id not in shelf()
    assert do(quotes.quote, request, world.actor("xiao")).state == "draft"
    do(restrictions.lift, stopped, world.actor("rui"), reason=REASON)
    assert offered.id in shelf()
    stopped = restriction(world, "call_off")
    assert offered.id in shelf()
    with refuses("new_orders_stopped"):
        do(placing.order, demand, world.actor("pu"))
    do(restrictions.lift, stopped, world.actor("rui"), reason=REASON)
    assert do(placing.order, demand, world.actor("pu")).state == "ordered"


def test_quoting_alone_is_stopped_for_what_is_new(world: World) -> None:
    offered, request = listing(world, "published"), sourcing.rfq(world, "open")
    restriction(world, "quoting")
    with refuses("quoting_barred") as refused:
        do(quotes.quote, request, world.actor("xiao"))
    assert "a restriction of the operator" in refused[0]
    assert offered.id in shelf()


def test_payouts_alone_are_stopped(world: World) -> None:
    restriction(world, "payout")
    with refuses("payouts_stopped"):
        paid_out(world, "created")


def test_at_its_end_a_restriction_leaves_all_others_in_force(world: World) -> None:
    offered = listing(world, "published")
    short, long = restriction(world, "listing", days=10), restriction(world, "listing", days=30, code="delivery")
    licence = qualification(world, requirement(world), days=20)
    ring(days=11)
    assert (again(short).state, again(long).state) == ("ended", "in_force")
    assert offered.id not in shelf()
    ring(days=31)
    assert (again(long).state, again(licence).state) == ("ended", "expired")
    assert offered.id not in shelf()
    assert {row[2] for row in standing.stored(world.organisations["supplier"])} == {licence.requirement_id}


def test_an_appeal_is_heard_once_and_by_somebody_else(world: World) -> None:
    stopped = restriction(world)
    do(restrictions.appeal, stopped, world.actor("zong"), reason="数据有误")
    with refuses("another_hears"):
        do(restrictions.allow, stopped, world.actor("rui"), reason=REASON)
    assert standing.barred_from(world.organisations["supplier"], "quoting")
    from tests.house.everybody import hire  # noqa: PLC0415

    hire(world, "operator", "shen2", ["reviewer"])
    do(restrictions.uphold, stopped, world.actor("shen2"), reason="维持")
    with refuses("appealed_before"):
        do(restrictions.appeal, stopped, world.actor("zong"), reason="再申诉")
    do(restrictions.lift, stopped, world.actor("rui"), reason="整改完成")
    other = restriction(world, code="fraud")
    do(restrictions.appeal, other, world.actor("zong"), reason="误会")
    assert do(restrictions.allow, other, world.actor("shen2"), reason="查无实据").state == "lifted"
    assert standing.stored(world.organisations["supplier"]) == set()


@pytest.mark.parametrize("state", ["in_force", "appealed"])
def test_the_clock_ends_a_live_restriction_and_no_other(world: World, state: str) -> None:
    stopped, lifted = restriction(world, "quoting", days=5), restriction(world, "listing", days=5)
    do(restrictions.lift, lifted, world.actor("rui"), reason=REASON)
    if state == "appealed":
        do(restrictions.appeal, stopped, world.actor("zong"), reason="误会")
    ring(days=6)
    assert (again(stopped).state, again(lifted).state) == ("ended", "lifted")


def test_nobody_restricts_their_own_organisation_and_no_end_lies_in_the_past(world: World) -> None:
    with refuses("own_dealing"):
        do(restrictions.restrict, world.org("operator"), world.actor("rui"), scope="quoting", reason_code="other",
           reason=REASON)  # fmt: skip
    with refuses("end_past"):
        do(restrictions.restrict, world.org("supplier"), world.actor("rui"), scope="quoting", reason_code="other",
           reason=REASON, ends_at=now())  # fmt: skip
    restriction(world)
    with refuses("restricted_already"):
        restriction(world)


def test_a_suspension_ends_by_itself_and_what_was_restricted_before_stays_restricted(world: World) -> None:
    stopped = restriction(world, "quoting")
    until = now() + timedelta(days=7)
    do(organisations.suspend, world.org("supplier"), world.actor("rui"), reason=REASON, until=until)
    ring(days=6)
    assert world.org("supplier").state == "suspended"
    ring(days=8)
    assert (world.org("supplier").state, world.org("supplier").suspended_until) == ("admitted", None)
    assert again(stopped).state == "in_force"
    with refuses("quoting_barred"):
        do(quotes.quote, sourcing.rfq(world, "open"), world.actor("xiao"))


def test_a_suspension_without_an_end_waits_for_the_operator(world: World) -> None:
    do(organisations.suspend, world.org("supplier"), world.actor("rui"), reason=REASON)
    ring(days=400)
    assert world.org("supplier").state == "suspended"
    do(organisations.reinstate, world.org("supplier"), world.actor("rui"), reason=REASON)
    assert world.org("supplier").state == "admitted"


def test_a_new_legal_name_keeps_identity_history_and_the_old_name(world: World) -> None:
    before = world.org("supplier")
    do(organisations.rename, before, world.actor("rui"), name_zh="华仪科技", name_en="Huayi Tech", reason="执照变更")
    after = find(Organisation, before.id, SYSTEM_ACTOR)
    assert (after.id, after.name_zh) == (before.id, "华仪科技")
    assert [one["zh"] for one in after.former_names] == ["华仪科学仪器"]


def test_the_search_index_follows_what_is_hidden_and_shown_again(world: World) -> None:
    offered = listing(world, "published")
    index.rebuild()
    stopped = restriction(world, "listing")
    index.sync_once()
    assert list(index.differences()) == []
    assert offered.id not in shelf()
    do(restrictions.lift, stopped, world.actor("rui"), reason=REASON)
    index.sync_once()
    assert list(index.differences()) == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Restriction)) == 1
