"""The inside of an organisation: units of any depth, and where they have things delivered and charged."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import IdType, Record, one_of, owned_by, owned_key, ref, words

CHARGE_KINDS: Final = ("centre", "fund")

_LIVE: Final = sa.text("state = 'active'")
_AT_THE_TOP: Final = sa.text("state = 'active' AND parent_id IS NULL")


def within(table: str, owner: str, column: str) -> sa.ForeignKeyConstraint:
    """A document's reference to a unit, address or cost centre of the organisation that owns it, and of no other."""
    return sa.ForeignKeyConstraint([owner, column], [f"{table}.org_id", f"{table}.id"], ondelete="RESTRICT")


class Unit(Record):
    """An institute, a college, a group: a part of an organisation, inside another part or at the top."""

    __tablename__ = "unit"
    __prefix__ = "unt"
    __states__ = "active closed"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        owned_by("unit", "org_id", "parent_id"),
        sa.CheckConstraint("parent_id <> id", name="parent_is_another"),
        # Two units of one name side by side could not be told apart; NULL parents are no duplicates of each other.
        sa.Index("uq_unit_inside", "org_id", "parent_id", "title", unique=True, sqlite_where=_LIVE,
                 postgresql_where=_LIVE),
        sa.Index("uq_unit_top", "org_id", "title", unique=True, sqlite_where=_AT_THE_TOP,
                 postgresql_where=_AT_THE_TOP),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    parent_id: Mapped[str | None] = mapped_column(IdType, index=True)
    title: Mapped[str] = words(120)


class DeliveryAddress(Record):
    """Where a unit, or the whole organisation, has goods brought to."""

    __tablename__ = "delivery_address"
    __prefix__ = "dla"
    __states__ = "active closed"
    __parties__ = {"self": "org_id"}
    __constraints__ = (owned_key("org_id"), owned_by("unit", "org_id", "unit_id"))

    org_id: Mapped[str] = ref("organisation.id")
    unit_id: Mapped[str | None] = mapped_column(IdType, index=True)
    title: Mapped[str] = words(120)
    place: Mapped[str] = words(200)


class CostCentre(Record):
    """What a purchase is charged to: a cost centre or a fund, with the code that the books use."""

    __tablename__ = "cost_centre"
    __prefix__ = "ccr"
    __states__ = "active closed"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        owned_by("unit", "org_id", "unit_id"),
        one_of("kind", CHARGE_KINDS, name="kind_known"),
        sa.Index("uq_cost_centre_live", "org_id", "code", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    org_id: Mapped[str] = ref("organisation.id")
    unit_id: Mapped[str | None] = mapped_column(IdType, index=True)
    kind: Mapped[str] = mapped_column(sa.String(6), nullable=False)
    code: Mapped[str] = words(40)
    title: Mapped[str] = words(120)
