"""The tree of an organisation's units as people read it: in order, each with its path, from one query."""

from __future__ import annotations

from collections.abc import Iterator

from app.accounts.models import Unit
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible

Branch = tuple[Unit, int]
"""A unit and how deep it lies, 0 at the top."""

BETWEEN = " / "


def branches(org_id: str, asking: Actor, *, closed_too: bool = False) -> list[Branch]:
    """The units of an organisation, every one after the unit around it, by name within it."""
    rows = visible(Unit, asking).where(Unit.org_id == org_id)
    if not closed_too:
        rows = rows.where(Unit.state == "active")
    inside: dict[str | None, list[Unit]] = {}
    for unit in db.session.scalars(rows.order_by(Unit.title, Unit.id)):
        inside.setdefault(unit.parent_id, []).append(unit)
    return list(_walk(inside))


def _walk(inside: dict[str | None, list[Unit]]) -> Iterator[Branch]:
    todo = [(unit, 0) for unit in reversed(inside.get(None, []))]
    while todo:
        unit, depth = todo.pop()
        yield unit, depth
        todo += [(one, depth + 1) for one in reversed(inside.get(unit.id, []))]


def open_units(org_id: str, asking: Actor, *, closed_too: bool = False) -> list[tuple[Unit, str]]:
    """The same, each with its path: "School of Materials / Thin films / Group Lin"."""
    found: list[tuple[Unit, str]] = []
    around: list[str] = []
    for unit, depth in branches(org_id, asking, closed_too=closed_too):
        around = [*around[:depth], unit.title]
        found.append((unit, BETWEEN.join(around)))
    return found
