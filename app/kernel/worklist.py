"""Waiting for you: one query over the three waiting columns of every record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.actors import Actor
from app.kernel.db import Grant, Record, UtcDateTime, db
from app.kernel.lifecycle import BY_MODEL, Lifecycle, visible
from app.kernel.reading import readable

WORKLIST_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the worklist."""

    record: Record
    lifecycle: Lifecycle[Any]
    until: datetime | None


def _selects(actor: Actor) -> list[sa.Select[str, str, datetime | None]]:
    kinds = sorted(actor.kinds & {"operator", "owner"})
    selects: list[sa.Select[str, str, datetime | None]] = []
    for model, lifecycle in sorted(BY_MODEL.items(), key=lambda pair: pair[1].name):
        if not any(state.waits for state in lifecycle.states.values()):
            continue
        mine: list[sa.ColumnElement[bool]] = [model.waits_org == actor.org_id]
        if kinds:
            mine.append(model.waits_org.in_(kinds))
        if model.__grants__:
            unanswered = sa.exists().where(
                Grant.object_id == model.id, Grant.org_id == actor.org_id, Grant.answered_at.is_(None)
            )
            mine.append(sa.and_(model.waits_org == "invited", unanswered))
        roles = _asked(model, actor)
        selects.append(
            sa.select(
                model.id.label("id"),
                sa.literal(lifecycle.name).label("lifecycle"),
                sa.type_coerce(model.waits_until, UtcDateTime).label("until"),
            ).where(sa.or_(*mine), roles, readable(model, actor))
        )
    return selects


def _asked(model: type[Record], actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: the record waits for a role of the actor; one held for a unit counts on the records of that unit only."""
    everywhere = actor.roles | (actor.lent_roles if model.__signed__ else frozenset())
    terms = [_holds(model.waits_role, role) for role in sorted(everywhere)]
    unit: Any = getattr(model, "unit_id", None)
    if unit is not None:
        for role in sorted({role for _, role in actor.unit_roles}):
            units = sorted(one for one, held in actor.unit_roles if held == role)
            terms.append(sa.and_(_holds(model.waits_role, role), unit.in_(units)))
    return sa.or_(sa.false(), *terms)


def _holds(column: Any, role: str) -> sa.ColumnElement[bool]:
    """The role stands in the comma list "approver,purchaser"."""
    held: sa.ColumnElement[bool] = ("," + column + ",").contains(f",{role},", autoescape=True)
    return held


def waiting(actor: Actor, *, limit: int = WORKLIST_ROWS) -> list[Waiting]:
    """The records that wait for one of the actor's roles, the most urgent first, in two queries per kind of record."""
    from_rows = _rows(actor, limit)
    by_kind: dict[str, list[str]] = {}
    for record_id, name, _ in from_rows:
        by_kind.setdefault(name, []).append(record_id)
    found: dict[str, Record] = {}
    lifecycles = {lifecycle.name: lifecycle for lifecycle in BY_MODEL.values()}
    for name, ids in by_kind.items():
        model = lifecycles[name].model
        found |= {row.id: row for row in db.session.scalars(visible(model, actor).where(model.id.in_(ids))).unique()}
    return [Waiting(found[i], lifecycles[name], until) for i, name, until in from_rows if i in found]


def _any_role(actor: Actor) -> bool:
    return bool(actor.roles or actor.lent_roles or actor.unit_roles)


def _rows(actor: Actor, limit: int) -> list[tuple[str, str, datetime | None]]:
    if actor.org_id is None or not _any_role(actor) or not (selects := _selects(actor)):
        return []
    union = sa.union_all(*selects).subquery()
    ordered = sa.select(union).order_by(union.c.until.is_(None), union.c.until, union.c.id).limit(limit)
    return [(row.id, row.lifecycle, row.until) for row in db.session.execute(ordered)]


def count(actor: Actor) -> int:
    """How many records wait for the actor; the number in the top bar."""
    if actor.org_id is None or not _any_role(actor) or not (selects := _selects(actor)):
        return 0
    union = sa.union_all(*selects).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(union)) or 0
