"""A park in the middle of its business: records of every kind, and one person of each side who holds every role."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.actions import memberships
from app.accounts.models import KIND_ROLES
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.values import MICRO
from app.kernel.work import unit_of_work
from tests.world import World, build
from tests.worlds import booking, catalogue, ordering, payments, sourcing

ALL_ROUNDERS = {
    "lab": KIND_ROLES["lab"],
    "supplier": KIND_ROLES["supplier"],
    "operator": ("reviewer", "transaction_approver", "settlement", "support", "system_admin"),
}


def all_rounder(world: World, home: str) -> None:
    """Somebody who holds every role of an organisation that one person may hold; called by its name."""
    org = world.org(home)
    admin = Actor(person_id="per_" + "0" * 26, org_id=org.id, roles=frozenset({"org_admin"}), kinds=org.kinds)
    with unit_of_work():
        made = memberships.invite(world.org(home), admin, email=f"{home}@{home}.example", roles=[*ALL_ROUNDERS[home]])
        memberships.join(made, SYSTEM_ACTOR, name=home.title(), language="zh")
    world.people[home], world.homes[home] = str(made.person_id), home


def busy_park() -> World:
    """The whole park, inside an application context."""
    world = build()
    for home in ALL_ROUNDERS:
        all_rounder(world, home)
    for state in ("draft", "submitted", "published", "suspended"):
        catalogue.listing(world, state)
    payments.rate(world)
    sourcing.rfq(world, "open")
    asked, quotes = sourcing.evaluated(world)
    sourcing.award(world, asked, [(quotes["supplier"], 0, MICRO)], "draft")
    ordering.requisition(world)
    for state in ("awaiting_operator", "returned"):
        ordering.reach_order(world, state)
    order = payments.bought(world)
    payments.told(world, order, "1000.00")
    payments.paid(world, order, "60000.00")
    payments.proposed_refund(world, order, "100.00")
    payments.deliver(world, order, 2)
    payments.paid_out(world, "created")
    payments.bank_line(world, "float_in", "5.00", booked=False)
    payments.statement(world, "issued")
    ordering.reach_claim(world, "open")
    ordering.send(world, ordering.reach_order(world, "confirmed"))
    work = booking.service_order(world, 5)
    for days, state in enumerate(("proposed", "started"), start=1):
        booking.reach_work(world, state, work, ahead=timedelta(days=days))
    for days, state in enumerate(("submitted", "disputed"), start=3):
        booking.reach_report(world, state, work, ahead=timedelta(days=days))
    ordering.approval_rule(world, roles=["approver"])
    ordering.approved(world)
    return world
