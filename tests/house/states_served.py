"""Work orders and work reports of one order of services, one record in every state; the service organisation sells."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tests.house.kept import Kept, kept
from tests.world import World
from tests.worlds.booking import agreed, reach_report, reach_work, service_order, visited

SOON: Final = timedelta(hours=5)
"""So near that the expert may check in now."""


def every_work_order(world: World) -> Kept:
    """Appointments on days of their own, for the expert is in one place at a time."""
    order = service_order(world, 9)
    for day, state in enumerate(("proposed", "missed", "cancelled", "started", "done"), start=1):
        yield kept(reach_work(world, state, order, ahead=timedelta(days=day)))
    yield kept(agreed(world, order, 1, ahead=SOON))
    left = visited(world, agreed(world, order, 1, ahead=timedelta(days=6)), signed=False)
    yield kept(left, "to be signed")


def every_work_report(world: World) -> Kept:
    """Reports of visits on days of their own."""
    order = service_order(world, 9)
    for day, state in enumerate(("draft", "submitted", "accepted", "disputed", "refused"), start=10):
        yield kept(reach_report(world, state, order, ahead=timedelta(days=day)))
