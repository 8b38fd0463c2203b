"""Documents in every state: one whose making was put off, one that is ready, one that cannot be typeset."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.values import now
from app.kernel.work import unit_of_work
from app.kernel.worker import deliver
from app.papers.models import Paper
from tests.house.kept import Kept, kept
from tests.world import World
from tests.worlds.ordering import reach_order
from tests.worlds.papers import asked, made


def every_paper(world: World) -> Kept:
    """All of one order of the lab, asked for by its purchaser."""
    order = reach_order(world, "confirmed")
    yield kept(made(world, order, "pu"))
    spoilt = asked(world, order, "pu")
    with unit_of_work():
        db.session.execute(
            sa.update(Paper).where(Paper.id == spoilt.id).values(content={"number": spoilt.title}, digest="0" * 64)
        )
    deliver()
    yield kept(spoilt)
    waiting = asked(world, order, "pu")
    later = now() + timedelta(days=30)
    with unit_of_work():
        db.session.execute(
            sa.update(Delivery).where(Delivery.kind == "paper", Delivery.state == "pending").values(due_at=later)
        )
    yield kept(waiting)
