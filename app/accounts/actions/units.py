"""Units of an organisation: made, renamed, moved, closed. The tree stays a tree, whoever moves what at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.actions.organisations import ADMIN, ORGANISATION
from app.accounts.lifecycles import UNIT
from app.accounts.models import CostCentre, DeliveryAddress, Organisation, Unit, UnitRole
from app.accounts.unit_schemas import RenameInput, UnitInput, UnitMoveInput
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, INVALID, refusal
from app.kernel.lifecycle import fresh, visible
from app.kernel.values import N_
from app.kernel.work import current, note

NO_UNITS = refusal("no_units", CONFLICT, N_("Only organisations that buy have units."))
NO_SUCH_UNIT = refusal("no_such_unit", INVALID, N_("Choose one of your organisation's units that is not closed."))
INSIDE_ITSELF = refusal("inside_itself", INVALID, N_("A unit cannot be inside itself or one of its own parts."))
UNIT_THERE = refusal("unit_there", CONFLICT, N_("There is a unit of this name in the same place."))
UNIT_IN_USE = refusal("unit_in_use", CONFLICT, N_("Something open belongs to it: %(what)s."))

Hanging = Callable[[str], sa.Select[Any]]
"""unit id -> a select of what hangs on it and is not finished."""

_HANGING: Final[list[tuple[str, Hanging]]] = []


def hangs_on_units(words: str, select: Hanging) -> None:
    """Keep a unit open while the select finds anything; `words` say what it is. Domains above register theirs."""
    _HANGING.append((words, select))


hangs_on_units(N_("units inside it"), lambda unit: sa.select(Unit.id).where(Unit.parent_id == unit, _open(Unit)))
hangs_on_units(
    N_("delivery addresses"),
    lambda unit: sa.select(DeliveryAddress.id).where(DeliveryAddress.unit_id == unit, _open(DeliveryAddress)),
)
hangs_on_units(
    N_("cost centres or funds"),
    lambda unit: sa.select(CostCentre.id).where(CostCentre.unit_id == unit, _open(CostCentre)),
)
hangs_on_units(N_("roles held for it"), lambda unit: sa.select(UnitRole.unit_id).where(UnitRole.unit_id == unit))


def _open(model: type[Unit] | type[DeliveryAddress] | type[CostCentre]) -> sa.ColumnElement[bool]:
    return model.state == "active"


def buys(organisation: Organisation, actor: Actor) -> None:
    """Guard: the organisation is a laboratory."""
    del actor
    if not organisation.is_lab:
        raise NO_UNITS()


def open_unit(org_id: str, unit_id: str | None, actor: Actor, *, field: str = "unit") -> Unit | None:
    """The active unit of the organisation that was named; None for none. It is not closed before the commit.

    Whoever holds the organisation's lock needs no other, for closing takes that one too; asking for the unit's as well
    would meet somebody who closes it, and holds them the other way round.
    """
    if unit_id is None:
        return None
    named = visible(Unit, actor).where(Unit.id == unit_id, Unit.org_id == org_id)
    found: Unit | None = db.session.scalar(named.execution_options(populate_existing=True))
    if found is not None and org_id not in current().locked:
        current().lock(found)
    if found is None or found.state != "active":
        raise NO_SUCH_UNIT(fields={field: [NO_SUCH_UNIT.words]})
    return found


def lineage(unit_id: str) -> list[str]:
    """The ids of a unit and of all around it, from the inside out; one query, whatever the depth."""
    up = sa.select(Unit.id, Unit.parent_id, sa.literal(0).label("depth")).where(Unit.id == unit_id)
    around = up.cte("around", recursive=True)
    around = around.union(
        sa.select(Unit.id, Unit.parent_id, around.c.depth + 1)
        .join(around, around.c.parent_id == Unit.id)
        .where(around.c.depth < DEEPEST)
    )
    return list(db.session.scalars(sa.select(around.c.id).order_by(around.c.depth)))


DEEPEST: Final = 1_000
"""A bound for the walk, so that a tree that was damaged by hand does not hold up the database."""


def path_of(unit_id: str | None) -> str:
    """A unit with all around it as people write it: "School of Materials / Thin films / Group Lin"."""
    if unit_id is None:
        return ""
    ids = lineage(unit_id)
    titles = {row.id: row.title for row in db.session.execute(sa.select(Unit.id, Unit.title).where(Unit.id.in_(ids)))}
    return " / ".join(titles[one] for one in reversed(ids))


def _no_twin(org_id: str, parent_id: str | None, title: str, *, but: str | None = None) -> None:
    twin = sa.select(Unit.id).where(
        Unit.org_id == org_id, Unit.parent_id == parent_id, Unit.title == title, Unit.state == "active",
        Unit.id != (but or ""),
    )  # fmt: skip
    if db.session.scalar(twin.limit(1)) is not None:
        raise UNIT_THERE(fields={"title": [UNIT_THERE.words]})


@ORGANISATION.action("admitted -> =", by=ADMIN, needs=[buys], takes=UnitInput, makes=UNIT, title=N_("New unit"))
def make_unit(organisation: Organisation, actor: Actor, *, title: str, parent: str | None = None) -> Unit:
    """An admin adds a unit, at the top or inside another one."""
    around = open_unit(organisation.id, parent, actor, field="parent")
    _no_twin(organisation.id, parent, title)
    return fresh(Unit, org_id=organisation.id, parent_id=around.id if around is not None else None, title=title)


@UNIT.action("active -> =", by=ADMIN, takes=RenameInput, title=N_("Rename"))
def rename(unit: Unit, actor: Actor, *, title: str) -> None:
    """An admin gives the unit another name; what was ordered for it keeps the name of its day."""
    del actor
    _no_twin(unit.org_id, unit.parent_id, title, but=unit.id)
    unit.title = title
    note(changed=["title"])


@UNIT.action("active -> =", by=ADMIN, takes=UnitMoveInput, title=N_("Move"))
def move(unit: Unit, actor: Actor, *, parent: str | None = None) -> None:
    """An admin puts the unit, with all inside it, into another one or at the top."""
    # One move at a time in an organisation: two of them, each fine by itself, could close a circle.
    current().lock(db.session.get_one(Organisation, unit.org_id))
    around = open_unit(unit.org_id, parent, actor, field="parent")
    if around is not None and unit.id in lineage(around.id):
        raise INSIDE_ITSELF(fields={"parent": [INSIDE_ITSELF.words]})
    _no_twin(unit.org_id, parent, unit.title, but=unit.id)
    unit.parent_id = parent
    note(changed=["parent"], parent=parent)


def nothing_hangs_on_it(unit: Unit, actor: Actor) -> None:
    """Guard: no open unit, address, cost centre, role or document belongs to it."""
    del actor
    found = [words for words, select in _HANGING if db.session.execute(select(unit.id).limit(1)).first() is not None]
    if found:
        raise UNIT_IN_USE(what=found)


@UNIT.action("active -> closed", by=ADMIN, needs=[nothing_hangs_on_it], title=N_("Close the unit"), dangerous=True)
def close(unit: Unit, actor: Actor) -> None:
    """An admin closes a unit on which nothing open hangs; its past stays."""
    current().lock(db.session.get_one(Organisation, unit.org_id))
    nothing_hangs_on_it(unit, actor)  # once more, now that nobody puts anything into it
