"""Machines, units and their places, lent signatures and emergency access of the lab, in every state."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.actions import delegations, emergencies, keys, places, service_accounts, units
from tests.house.kept import REASON, Kept, kept
from tests.world import World
from tests.worlds.accounts import address, cost_centre, emergency, lent, let_in, machine, place_of, unit
from tests.worlds.ordering import do

LENDER, DEPUTY = "cai", "qiu"
"""Neither is asked by a label of everybody: what is lent to the deputy changes nobody's answers."""


def ended_by_clock(world: World) -> Kept:
    """Made two months ago; their time is over by now."""
    yield (
        ("api_key", "expired"),
        do(keys.issue_key, place_of(world, "mei"), world.actor("mei"), title="过期", scope="read", days=1),
    )
    yield ("delegation", "ended"), lent(world, LENDER, DEPUTY, role="finance")


def every_machine(world: World) -> Kept:
    """One that works, for which the purchaser answers, and one that was switched off."""
    yield kept(machine(world))
    yield kept(do(service_accounts.end, machine(world, title="旧程序"), world.actor("guan")))


def every_unit(world: World) -> Kept:
    """Units, delivery addresses and cost centres, open and closed."""
    admin, open_unit = world.actor("guan"), unit(world, "薄膜研究所")
    yield kept(open_unit)
    yield kept(do(units.close, unit(world, "旧所"), admin))
    yield kept(address(world, open_unit))
    yield kept(do(places.close_address, address(world), admin))
    yield kept(cost_centre(world, "2026-017", open_unit))
    yield kept(do(places.close_centre, cost_centre(world, "2025-001"), admin))


def every_delegation(world: World) -> Kept:
    """Lent later, lent now, and withdrawn."""
    yield kept(do(delegations.withdraw, lent(world, LENDER, DEPUTY, role="finance"), world.actor(LENDER)))
    yield ("delegation", "active"), lent(world, LENDER, DEPUTY, role="finance")
    yield kept(lent(world, LENDER, DEPUTY, role="finance", begins=timedelta(days=30)))


def every_emergency(world: World) -> Kept:
    """Asked for, allowed, over, refused, withdrawn; never of an organisation whose own people are asked here."""
    yield kept(do(emergencies.refuse, emergency(world), world.actor("wen"), reason=REASON))
    yield kept(do(emergencies.withdraw, emergency(world), world.actor("ops")))
    yield kept(do(emergencies.end, let_in(world), world.actor("wen")))
    yield kept(emergency(world))
    yield kept(let_in(world, subject="supplier"))
