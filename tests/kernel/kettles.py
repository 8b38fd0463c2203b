"""A small domain to try the kernel on: kettles that are put on, come to the boil by the clock, and fill cups.

It is declared like any other domain, and taken out of the registries again after each test, so that the documents and
the inspections of the house do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from marshmallow import fields
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, invited, platform, who
from app.kernel.db import Grant, IdType, Record, UtcDateTime, db
from app.kernel.errors import CONFLICT, refusal
from app.kernel.lifecycle import BY_MODEL, LIFECYCLES, Lifecycle, State, find, fresh, hush, say
from app.kernel.reading import _PUBLIC, public_when
from app.kernel.shapes import Count, Input, Moment, MoneyField, Quantity, ReasonInput, RecordOut, Text
from app.kernel.values import Money, new_id, now
from app.kernel.work import current, gather, note, tell, unit_of_work
from tests.world import World, build

BUYER, SUPPLIER = who("purchaser", "buyer"), who("sales", "supplier")


class Kettle(Record):
    """A kettle of a lab; the supplier who delivered it is the other party."""

    __tablename__ = "kettle"
    __prefix__ = "ket"
    __states__ = "cold warming boiling empty broken"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __grants__ = True
    __constraints__ = (sa.CheckConstraint("water_ml >= 0", name="water_left"), sa.UniqueConstraint("label"))

    buyer_id: Mapped[str | None] = mapped_column(IdType)
    supplier_id: Mapped[str | None] = mapped_column(IdType)
    label: Mapped[str] = mapped_column(sa.String(40), nullable=False)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    water_ml: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1_000)
    boils_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class Cup(Record):
    """A cup filled from a kettle."""

    __tablename__ = "cup"
    __prefix__ = "cup"
    __states__ = "full drunk"
    __parties__ = {"buyer": "buyer_id"}

    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    kettle_id: Mapped[str] = mapped_column(IdType, nullable=False)


class KettleInput(Input):
    """A new kettle."""

    label = Text(required=True, most=40)
    water_ml = Count(load_default=1_000, least=1, most=2_000)


class FillInput(Input):
    """Everything that a field can be."""

    water = Quantity(required=True)
    price = MoneyField(required=True)
    until = Moment(load_default=None, allow_none=True)
    remark = Text(load_default="", most=100, multiline=True)


class CountInput(Input):
    """How many."""

    ml = Count(required=True, least=1, most=2_000)


class KettleOut(RecordOut):
    """A kettle; how much water is in it is the buyer's to know."""

    label = fields.String()
    number = fields.String(allow_none=True)
    buyer = fields.String(attribute="buyer_id", allow_none=True)
    water_ml = fields.Integer(metadata={"for": BUYER})
    boils_at = Moment(allow_none=True)


class CupOut(RecordOut):
    """A cup."""

    kettle = fields.String(attribute="kettle_id")


NO_WATER = refusal("test_no_water", CONFLICT, "Only %(left)s ml are left, worth %(worth)s.")

KETTLE = Lifecycle(
    "kettle",
    Kettle,
    [
        State("cold", "cold", "draft", "Heat it.", BUYER),
        State("warming", "warming", "waiting", "It comes to the boil.", SYSTEM, "boils_at"),
        State("boiling", "boiling", "active", "Fill the cups.", BUYER | SUPPLIER, timedelta(hours=1)),
        State("empty", "empty", "good", final=True),
        State("broken", "broken", "stop", final=True),
    ],
    title="Kettle",
    collection="kettles",
    main_path="cold warming boiling empty",
    shape=KettleOut,
)
CUP = Lifecycle(
    "cup",
    Cup,
    [State("full", "full", "active", "Drink it.", BUYER), State("drunk", "drunk", "good", final=True)],
    title="Cup",
    collection="cups",
    shape=CupOut,
)


def has_water(kettle: Kettle, actor: Actor) -> None:
    """Guard: there is something to pour."""
    del actor
    if kettle.water_ml < 100:
        raise NO_WATER(left=kettle.water_ml, worth=Money(kettle.water_ml, "CNY"))


@ORGANISATION.action("admitted -> =", by=who("purchaser", "self"), takes=KettleInput, makes=KETTLE, title="Put on")
def put_on(organisation: Organisation, actor: Actor, *, label: str, water_ml: int = 1_000) -> Kettle:
    """A purchaser puts a kettle on."""
    del actor
    kettle = fresh(Kettle, buyer_id=organisation.id, label=label, water_ml=water_ml)
    current().number("KT", kettle)
    return kettle


@KETTLE.action("cold -> warming", by=BUYER, title="Heat", primary=True)
def heat(kettle: Kettle, actor: Actor) -> None:
    """The buyer heats the kettle; it boils in ten minutes."""
    del actor
    kettle.boils_at = now() + timedelta(minutes=10)
    note(changed=["boils_at"])


@KETTLE.action("warming -> boiling", by=SYSTEM, after="boils_at", title="Boil")
def boil(kettle: Kettle, actor: Actor) -> None:
    """The water boils."""
    del kettle, actor


@KETTLE.action("warming -> =", by=BUYER, title="Turn down")
def turn_down(kettle: Kettle, actor: Actor) -> None:
    """The buyer lets it take ten minutes more."""
    del actor
    assert kettle.boils_at is not None
    kettle.boils_at += timedelta(minutes=10)


@KETTLE.action("cold|warming -> =", by=BUYER | SUPPLIER, takes=FillInput, title="Fill")
def fill(
    kettle: Kettle, actor: Actor, *, water: int, price: Money, until: datetime | None = None, remark: str = ""
) -> None:
    """Either side fills it up."""
    del actor, price, until
    kettle.water_ml += water // 1_000_000
    say(remark)


@KETTLE.action("boiling -> =", by=BUYER | SUPPLIER, needs=[has_water], makes=CUP, title="Pour a cup")
def pour(kettle: Kettle, actor: Actor) -> Cup:
    """Either side fills a cup; the kettle itself is not changed by it, as far as others can see."""
    del actor
    assert kettle.buyer_id is not None
    db.session.execute(sa.update(Kettle).where(Kettle.id == kettle.id).values(water_ml=Kettle.water_ml - 100))
    return fresh(Cup, buyer_id=kettle.buyer_id, kettle_id=kettle.id)


@KETTLE.action("boiling -> empty", by=BUYER, makes=CUP, title="Empty")
def empty(kettle: Kettle, actor: Actor) -> Cup:
    """The buyer pours the rest into one cup: a birth that moves its parent."""
    del actor
    assert kettle.buyer_id is not None
    kettle.water_ml = 0
    return fresh(Cup, buyer_id=kettle.buyer_id, kettle_id=kettle.id)


@KETTLE.action("* -> =", by=BUYER, makes=CUP, born="drunk", touches=True, title="Sip")
def sip(kettle: Kettle, actor: Actor) -> Cup:
    """The buyer sips: born in another state than the first, and changing the kettle."""
    del actor
    assert kettle.buyer_id is not None
    kettle.water_ml -= 1
    return fresh(Cup, buyer_id=kettle.buyer_id, kettle_id=kettle.id)


@KETTLE.action(
    "cold|warming|boiling -> broken", by=BUYER | platform("reviewer", "operator"), takes=ReasonInput, title="Drop",
    name="drop", dangerous=True,
)  # fmt: skip
def drop_(kettle: Kettle, actor: Actor, *, reason: str) -> None:
    """Somebody drops the kettle and says why."""
    del actor
    if kettle.supplier_id is None:
        tell([kettle.buyer_id or ""])
    say(reason)
    gather("pieces", "lid")
    gather("pieces", "spout")


@KETTLE.action("boiling -> =", by=BUYER, takes=CountInput, title="Pour cups")
def pour_cups(kettle: Kettle, actor: Actor, *, ml: int) -> list[Cup]:
    """The buyer fills cups of 100 ml, each by the system: actions inside an action."""
    del actor
    return [serve(kettle, SYSTEM_ACTOR) for _ in range(ml // 100)]


@KETTLE.action("boiling -> =", by=SYSTEM, needs=[has_water], makes=CUP, title="Serve")
def serve(kettle: Kettle, actor: Actor) -> Cup:
    """A cup is filled for somebody."""
    del actor
    assert kettle.buyer_id is not None
    kettle.water_ml -= 100
    return fresh(Cup, buyer_id=kettle.buyer_id, kettle_id=kettle.id)


@KETTLE.action("boiling -> empty", by=SYSTEM, makes=CUP, title="Spill")
def spill(kettle: Kettle, actor: Actor) -> Cup:
    """The water is spilt into a cup, and nobody but staff hears of it."""
    del actor
    hush()
    assert kettle.buyer_id is not None
    return fresh(Cup, buyer_id=kettle.buyer_id, kettle_id=kettle.id)


@KETTLE.action("cold -> =", by=invited("sales"), title="Praise")
def praise(kettle: Kettle, actor: Actor) -> None:
    """An invited supplier praises the kettle."""
    assert actor.org_id is not None
    db.session.get_one(Grant, (kettle.id, actor.org_id, "invited")).answered_at = now()


@CUP.action("full -> drunk", by=who("purchaser|member", "buyer"), title="Drink", primary=True)
def drink(cup: Cup, actor: Actor) -> None:
    """A member of the lab drinks it."""
    del cup, actor


def _take_out() -> None:
    for lifecycle in (KETTLE, CUP):
        LIFECYCLES.pop(lifecycle.name, None)
        BY_MODEL.pop(lifecycle.model, None)
    ORGANISATION.actions.pop("put_on", None)
    _PUBLIC.pop(Kettle, None)


def _put_in() -> None:
    for lifecycle in (KETTLE, CUP):
        LIFECYCLES[lifecycle.name] = lifecycle
        BY_MODEL[lifecycle.model] = lifecycle
    ORGANISATION.actions["put_on"] = put_on
    public_when(Kettle, lambda _actor: Kettle.published)


TABLES: tuple[Any, ...] = (Kettle.__table__, Cup.__table__)
for table in TABLES:
    db.metadata.remove(table)
_take_out()


@contextmanager
def kettles_in_the_park() -> Iterator[World]:
    """The small park, with kettles in it."""
    for table in TABLES:
        table.create(db.engine)
    _put_in()
    try:
        yield build()
    finally:
        _take_out()
        if db.engine.dialect.name == "postgresql":
            _clear_away()


def _clear_away() -> None:
    """Leave the database as it was, so that it need not be made anew; where somebody still looks at them, it is."""
    db.session.rollback()
    with suppress(sa.exc.OperationalError), db.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        for table in reversed(TABLES):
            table.drop(connection)


def a_kettle(world: World, *, state: str = "cold", label: str = "", supplier: str | None = "supplier") -> str:
    """The id of a new kettle of the lab, brought into a state by actions."""
    with unit_of_work():
        kettle = put_on(world.org("lab"), world.actor("pu"), label=label or new_id("lbl"))
        kettle.supplier_id = world.organisations[supplier] if supplier else None
        if state in ("warming", "boiling"):
            heat(kettle, world.actor("pu"))
        if state == "boiling":
            boil(kettle, SYSTEM_ACTOR)
        return kettle.id


def kettle_of(record_id: str) -> Kettle:
    """The kettle as it is now."""
    return find(Kettle, record_id, SYSTEM_ACTOR)


def invite(record_id: str, org_id: str) -> None:
    """Let an organisation read and praise a kettle."""
    with unit_of_work():
        db.session.add(Grant(object_id=record_id, org_id=org_id, name="invited"))
