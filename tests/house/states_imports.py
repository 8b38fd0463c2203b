"""Files of listings of the supplier in every state; the worker leaves those alone that it would go on with."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.catalogue.exchange import actions
from app.catalogue.exchange.models import ImportJob
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.lifecycle import find
from app.kernel.values import now
from app.kernel.work import unit_of_work
from tests.house.kept import Kept, kept
from tests.world import World
from tests.worlds.imports import EDITOR, GOOD, HEADINGS, checked, imported, sent, table, work
from tests.worlds.ordering import do

CODES = ["supplier_sku", "category", "name_zh", "price", "unit"]
ROW = ("H-1", *GOOD[1:])


def every_import(world: World) -> Kept:
    """One in every state."""
    yield kept(imported(world, ROW, then="draft"))
    yield kept(work(sent(world, table(("1",), headings=("某列",)))))
    yield kept(checked(world, ("H-2", *GOOD[1:])))
    broken = table(ROW, name="a.xlsx")
    broken.path.write_bytes(b"PK\x03\x04")
    yield kept(work(sent(world, broken)))
    off = checked(world, ROW)
    do(actions.cancel, off, world.actor(EDITOR))
    yield kept(off)
    running = checked(world, ("H-3", *GOOD[1:]))
    do(actions.start, running, world.actor(EDITOR))
    checking = _checking(sent(world, table(ROW)))
    yield kept(running)
    yield kept(checking)
    yield kept(sent(world, table(ROW)))
    later = now() + timedelta(days=30)
    with unit_of_work():
        db.session.execute(
            sa.update(Delivery).where(Delivery.kind == "import", Delivery.state == "pending").values(due_at=later)
        )


def _checking(job: ImportJob) -> ImportJob:
    """A file that was read and whose rows nobody has looked at."""
    with unit_of_work():
        found = find(ImportJob, job.id, SYSTEM_ACTOR, lock=True)
        actions.read_file(found, SYSTEM_ACTOR, headings=list(HEADINGS), columns=CODES, rows=1)
        actions.begin_check(found, SYSTEM_ACTOR)
    return found
