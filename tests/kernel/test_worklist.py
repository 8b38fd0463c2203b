"""Waiting for you: one query, by role, party, platform and unanswered invitation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.accounts.actions import organisations
from app.kernel import worklist
from app.kernel.actors import ANONYMOUS, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.values import clock_at
from app.kernel.work import unit_of_work
from tests.kernel import kettles
from tests.kernel.kettles import KETTLE, Kettle, a_kettle, invite, kettle_of
from tests.world import World

pytestmark = pytest.mark.database_matters


def waiting(actor: Actor) -> list[str]:
    found = worklist.waiting(actor)
    assert worklist.count(actor) == len(found)
    return [row.record.id for row in found if row.lifecycle.name == "kettle"]


def queries(call: Callable[[], Any]) -> int:
    count = 0

    def see(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal count
        count += statement.lstrip().startswith("SELECT")

    sa.event.listen(db.engine, "before_cursor_execute", see)
    try:
        call()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", see)
    return count


def test_a_record_waits_for_its_party_and_its_role_and_for_nobody_else(park: World) -> None:
    kettle = a_kettle(park)
    for name in park.people:
        assert waiting(park.actor(name)) == ([kettle] if name in ("pu", "qiu") else []), name
    assert waiting(ANONYMOUS) == []


def test_roles_are_whole_words(park: World) -> None:
    a_kettle(park)
    for roles in ({"purchase"}, {"r"}, {"%"}, {"_urchaser"}, {","}, set()):
        odd = Actor(person_id=park.people["pu"], org_id=park.organisations["lab"], roles=frozenset(roles))
        assert waiting(odd) == []


def test_the_most_urgent_comes_first_and_what_has_no_date_last(park: World) -> None:
    no_date = a_kettle(park)
    with clock_at(timedelta(hours=3)):
        later = a_kettle(park, state="boiling")
    sooner = a_kettle(park, state="boiling")
    assert waiting(park.actor("pu")) == [sooner, later, no_date]


def test_it_leaves_the_list_as_soon_as_it_moves_on(park: World) -> None:
    kettle = a_kettle(park)
    with unit_of_work():
        kettles.heat(kettle_of(kettle), park.actor("pu"))
    assert waiting(park.actor("pu")) == []
    with unit_of_work():
        kettles.drop_(kettle_of(kettle), park.actor("pu"), reason="slipped")
    assert waiting(park.actor("pu")) == []


def test_an_application_waits_for_the_operators_reviewer_alone(park: World) -> None:
    with unit_of_work():
        made = organisations.found(SYSTEM_ACTOR, state="applied", name_zh="新", is_lab=True)
    for name in park.people:
        found = [row.record.id for row in worklist.waiting(park.actor(name))]
        assert (made.id in found) == (name == "rui"), name
        assert worklist.count(park.actor(name)) == len(found)


def test_an_invitation_waits_until_it_is_answered(park: World) -> None:
    kettle = a_kettle(park, supplier=None)
    with unit_of_work():
        db.session.execute(sa.update(Kettle).where(Kettle.id == kettle).values(waits_org="invited", waits_role="sales"))
    invite(kettle, park.organisations["supplier2"])
    assert waiting(park.actor("xiao")) == []
    assert waiting(park.actor("xiao2")) == [kettle]
    with unit_of_work():
        kettles.praise(kettle_of(kettle), park.actor("xiao2"))
        db.session.execute(sa.update(Kettle).where(Kettle.id == kettle).values(waits_org="invited", waits_role="sales"))
    assert waiting(park.actor("xiao2")) == []


def test_the_number_of_queries_does_not_grow_with_the_records(park: World) -> None:
    def look() -> None:
        db.session.rollback()
        worklist.waiting(actor)

    a_kettle(park)
    actor = park.actor("pu")
    one, counting = queries(look), queries(lambda: worklist.count(actor))
    for _ in range(5):
        a_kettle(park)
    assert queries(look) == one
    assert (counting, one) == (1, 2)  # the list, and the records of the one kind that is in it


def test_the_list_is_cut_at_a_limit(park: World) -> None:
    for _ in range(4):
        a_kettle(park)
    assert len(worklist.waiting(park.actor("pu"), limit=3)) == 3
    assert worklist.count(park.actor("pu")) == 4


def test_states_that_wait_for_two_stand_in_the_first_ones_list(park: World) -> None:
    kettle = kettle_of(a_kettle(park, state="boiling"))
    assert KETTLE.states["boiling"].waits is not None
    assert (kettle.waits_org, kettle.waits_role) == (park.organisations["lab"], "purchaser")
