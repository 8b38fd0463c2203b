"""Shared instruments in every state, of a kind that nobody here buys."""

from __future__ import annotations

from tests.house.kept import Kept, kept
from tests.world import World
from tests.worlds.sharing import shared

KIND = "cold_storage.ultra_low"


def every_instrument(world: World) -> Kept:
    """One of the service organisation in every state; the one that is offered is for the whole park."""
    for state in ("draft", "offered", "paused", "retired"):
        yield kept(shared(world, state, org="service", category=KIND))
