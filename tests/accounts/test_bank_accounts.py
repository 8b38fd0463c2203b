"""Bank accounts: named by one person, checked by another house, held back on a change, told to the old contact."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import standing
from app.accounts.actions import bank_accounts, memberships
from app.accounts.models import BankAccount, Membership
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from app.payments.actions import payouts
from app.representation import represent
from tests.kernel.crowd import failures, together
from tests.world import World, build
from tests.worlds.ordering import again, do, refuses
from tests.worlds.payments import bank_account, bought, paid, rate
from tests.worlds.standing import account

pytestmark = pytest.mark.database_matters


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def warned() -> list[str]:
    """Who was written to because an account is to be replaced."""
    rows = db.session.scalars(sa.select(Delivery).where(Delivery.kind == "mail").order_by(Delivery.id))
    return [row.payload["to"] for row in rows if row.payload.get("template") == "bank_change"]


def propose(world: World) -> str:
    """Settlement proposes to pay the supplier."""
    made = do(
        payouts.propose_payout, world.org("operator"), world.actor("shu"), supplier=world.organisations["supplier"],
        currency="CNY",
    )  # fmt: skip
    return str(made.bank_account)


def test_payouts_wait_some_days_after_a_change_and_not_after_the_first_account(app: Flask, world: World) -> None:
    rate(world)
    paid(world, bought(world), "30000.00")
    bank_account(world)
    account(world, "999")
    with refuses("payouts_held"):
        propose(world)
    with clock_at(timedelta(days=app.config["BANK_HOLD_DAYS"], seconds=-60)), refuses("payouts_held"):
        propose(world)
    with clock_at(timedelta(days=app.config["BANK_HOLD_DAYS"], seconds=60)):
        assert propose(world) == "999"


def test_a_change_holds_a_payout_that_was_proposed_before(world: World) -> None:
    rate(world)
    paid(world, bought(world), "30000.00")
    bank_account(world)
    made = do(
        payouts.propose_payout, world.org("operator"), world.actor("shu"), supplier=world.organisations["supplier"],
        currency="CNY",
    )  # fmt: skip
    account(world, "999")
    with refuses("payouts_held"):
        do(payouts.approve, made, world.actor("sen"))


def test_an_account_that_nobody_checked_is_no_account(world: World) -> None:
    rate(world)
    paid(world, bought(world), "30000.00")
    account(world, "1", state="proposed")
    with refuses("no_bank_account"):
        propose(world)


def test_the_organisation_cannot_check_its_own_account_whoever_it_invites(world: World) -> None:
    made = account(world, "1", state="proposed")
    for name in ("zong", "jin", "rui", "wang", "cai"):
        with refuses("not_yours"):
            do(bank_accounts.confirm, made, world.actor(name))
    sen = world.actor("sen")
    insider = Actor(**{name: getattr(sen, name) for name in sen.__slots__} | {"org_ids": frozenset({made.org_id})})
    with refuses("own_dealing"):
        do(bank_accounts.confirm, made, insider)


def test_whoever_named_the_account_that_is_replaced_is_written_to_though_gone(world: World) -> None:
    bank_account(world)
    held = db.session.scalars(sa.select(Membership).where(Membership.person_id == world.people["zong"])).one()
    do(memberships.change_roles, _place(world, "jin"), world.actor("zong"), roles=["finance", "org_admin"])
    do(memberships.end, held, world.actor("jin"))
    assert warned() == []
    do(bank_accounts.name_account, world.org("supplier"), world.actor("jin"), bank_name="某行", account_no="7")
    assert warned() == [world.email("zong")]


def _place(world: World, name: str) -> Membership:
    found: Membership = db.session.scalars(
        sa.select(Membership).where(Membership.person_id == world.people[name])
    ).one()
    return found


def test_one_account_at_a_time_is_checked_and_the_same_one_is_no_change(world: World) -> None:
    account(world, "1")
    with refuses("same_account"):
        account(world, "1")
    account(world, "2", state="proposed")
    with refuses("account_proposed"):
        account(world, "3")


def test_the_number_is_for_those_who_handle_the_money(world: World) -> None:
    made = account(world, "6222000012345678")
    for name, known in (("jin", True), ("zong", True), ("sen", True), ("shen", True), ("xiao", False), ("rui", False)):
        body = represent(find(BankAccount, made.id, world.actor(name)), world.actor(name))
        assert ("account_no" in body) is known, name
        assert body["ending"] == "5678"
    with refuses("not_there"):
        find(BankAccount, made.id, world.actor("jin2"))


def test_of_two_who_check_at_once_one_decides(app: Flask, world: World) -> None:
    account(world, "1")
    made = account(world, "2", state="proposed").id

    def decide(name: str, confirm: bool) -> None:
        with unit_of_work():
            actor = world.actor(name)
            found = find(BankAccount, made, actor, lock=True)
            if confirm:
                bank_accounts.confirm(found, actor)
            else:
                bank_accounts.decline(found, actor, reason="不符")

    outcomes = together(app, lambda: decide("shu", True), lambda: decide("sen", False))
    assert len(failures(outcomes)) == 1
    decided = again(find(BankAccount, made, world.actor("sen")))
    in_force = standing.bank_account_of(world.organisations["supplier"])
    assert in_force is not None
    assert in_force.account_no == {"confirmed": "2", "declined": "1"}[decided.state]
