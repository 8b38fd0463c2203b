"""Nobody decides about an organisation to which they belong; the operator's verbs stand at the operator alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.accounts.actions import memberships, organisations
from app.accounts.models import Organisation
from app.kernel.actors import Actor
from app.kernel.lifecycle import offers
from app.standing.actions import handovers
from tests.world import World, build
from tests.worlds.ordering import again, do, refuses

REASON = "核实中"


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def registered(world: World, *steps: Any) -> Organisation:
    """A new laboratory, brought further by the reviewer."""
    made = do(
        organisations.register, world.org("operator"), world.actor("rui"), name_zh="新实验室", name_en="",
        kinds=["lab"], credit_code="91110000600037341L", address="",
    )  # fmt: skip
    for verb in steps:
        do(verb, made, world.actor("rui"), **({} if verb is organisations.admit else {"reason": REASON}))
    return made  # type: ignore[no-any-return]


def belonging(reviewer: Actor, organisation: Organisation) -> Actor:
    """The same reviewer, belonging to the organisation too."""
    return replace(reviewer, org_ids=reviewer.org_ids | {organisation.id})


ADMITTED = (organisations.admit,)
SUSPENDED = (organisations.admit, organisations.suspend)


@pytest.mark.parametrize(
    "verb,steps",
    [
        (organisations.admit, ()), (organisations.return_, ()), (organisations.reject, ()),
        (organisations.suspend, ADMITTED), (organisations.reinstate, SUSPENDED), (handovers.terminate, SUSPENDED),
    ],
    ids=lambda one: getattr(one, "name", ""),
)  # fmt: skip
def test_nobody_decides_about_an_organisation_to_which_they_belong(world: World, verb: Any, steps: Any) -> None:
    one = registered(world, *steps)
    before = again(one).state
    given = {} if verb is organisations.admit else {"reason": REASON}
    with refuses("own_dealing"):
        do(verb, one, belonging(world.actor("rui"), one), **given)
    assert again(one).state == before
    assert do(verb, one, world.actor("rui"), **given).state != before


def test_reviewers_and_support_let_nobody_into_the_operator_itself(world: World) -> None:
    for name in ("rui", "sup"):
        with refuses("has_admin"):
            do(memberships.invite, world.org("operator"), world.actor(name), email="x@operator.example",
               roles=["settlement"])  # fmt: skip
    made = do(memberships.invite, world.org("operator"), world.actor("ops"), email="x@operator.example",
              roles=["settlement"])  # fmt: skip
    assert made.state == "invited"


def test_what_the_operator_begins_it_begins_at_its_own_organisation(world: World) -> None:
    begins = {"register", "propose_payout", "propose_rate", "propose_rule", "open_statement", "enter_bank_line"}
    for name in ("rui", "shu", "tao", "ops"):
        actor = world.actor(name)
        assert not begins & {offer.action.name for offer in offers(world.org("lab"), actor)}
        assert begins & {offer.action.name for offer in offers(world.org("operator"), actor)}, name


def test_an_application_returned_for_correction_can_be_corrected(world: World) -> None:
    one = registered(world, organisations.return_)
    admin = Actor(person_id=world.people["pu"], org_id=one.id, roles=frozenset({"org_admin"}))
    corrected = do(organisations.edit_profile, one, admin, name_en="New laboratory", address="焦作")
    assert (corrected.state, corrected.name_en) == ("correcting", "New laboratory")
    assert do(organisations.resubmit, one, admin).state == "applied"
