"""The worker: clocks, reactions and deliveries, each once, whatever dies in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel import worker
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.events import COURIERS, REACTIONS, Cursor, Delivery, Event, courier, on, owe
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.values import clock_at, now
from app.kernel.work import unit_of_work
from tests.kernel import kettles
from tests.kernel.crowd import failures, together
from tests.kernel.kettles import KETTLE, Kettle, a_kettle, kettle_of
from tests.kernel.rounds import rounds
from tests.world import World

pytestmark = pytest.mark.database_matters

LATER = timedelta(minutes=11)


class Killed(BaseException):
    """The process ends here; nothing of the program catches it."""


@pytest.fixture(autouse=True)
def no_mail_waits(request: pytest.FixtureRequest) -> None:
    """The invitations to the park count as sent."""
    if "park" in request.fixturenames:
        request.getfixturevalue("park")
        with unit_of_work():
            db.session.execute(sa.update(Delivery).values(state="done"))


@pytest.fixture
def reader() -> Iterator[str]:
    """The name of a reader whose reactions go away with the test."""
    yield "test"
    REACTIONS.pop("test", None)


@pytest.fixture
def kind() -> Iterator[str]:
    """The name of a kind of delivery whose courier goes away with the test."""
    yield "pigeon"
    COURIERS.pop("pigeon", None)


def deliveries() -> list[Delivery]:
    db.session.rollback()
    db.session.expire_all()
    rows = list(db.session.scalars(sa.select(Delivery).where(Delivery.kind != "mail").order_by(Delivery.id)))
    db.session.rollback()
    for row in rows:
        db.session.refresh(row)
    return rows


def cursor() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(Cursor.seq).where(Cursor.reader == "test")) or 0


def last_seq() -> int:
    return db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0


def send(kind: str, **payload: Any) -> str:
    with unit_of_work():
        return owe(db.session(), kind, payload).id


# Clocks ---------------------------------------------------------------------------------------------------------------


def test_a_clock_rings_when_its_moment_has_passed_and_not_before(park: World) -> None:
    kettle = a_kettle(park, state="warming")
    assert worker.ring_clocks() == 0
    with clock_at(LATER):
        assert worker.ring_clocks() == 1
        assert worker.ring_clocks() == 0
    event = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    assert (event.name, event.object_id, event.data["actor"]["channel"]) == ("kettle.boil", kettle, "system")
    assert kettle_of(kettle).state == "boiling"


def test_a_clock_never_moves_a_final_state_nor_another_one_it_does_not_start_from(park: World) -> None:
    broken, cold = a_kettle(park, state="warming"), a_kettle(park)
    with unit_of_work():
        kettles.drop_(kettle_of(broken), park.actor("pu"), reason="slipped")
        kettle_of(cold).boils_at = now()
    with clock_at(LATER):
        assert worker.ring_clocks() == 0
    assert (kettle_of(broken).state, kettle_of(cold).state) == ("broken", "cold")


def test_a_deadline_that_was_moved_while_the_worker_looked_is_read_again_under_the_lock(park: World) -> None:
    kettle = a_kettle(park, state="warming")
    with clock_at(LATER), unit_of_work():
        kettles.turn_down(kettle_of(kettle), park.actor("pu"))
    with clock_at(LATER):
        assert worker._ring_one(kettles.boil, kettle) == 0
    with unit_of_work():
        kettles.drop_(kettle_of(kettle), park.actor("pu"), reason="slipped")
    with clock_at(LATER * 9):
        assert worker._ring_one(kettles.boil, kettle) == 0
    assert kettle_of(kettle).state == "broken"


@pytest.mark.prove
def test_a_clock_and_a_person_never_both_win(app: Flask, park: World) -> None:
    for _ in range(rounds(4, 60)):
        kettle = a_kettle(park, state="warming")

        def drop(kettle: str = kettle) -> None:
            with unit_of_work():
                kettles.drop_(kettle_of(kettle), park.actor("pu"), reason="slipped")

        with clock_at(LATER):
            outcomes = together(app, worker.ring_clocks, worker.ring_clocks, drop)
        assert failures(outcomes) == []
        db.session.rollback()
        told = [
            e.name for e in db.session.scalars(sa.select(Event).where(Event.object_id == kettle).order_by(Event.seq))
        ]
        assert told in (
            ["kettle.create", "kettle.heat", "kettle.drop"],
            ["kettle.create", "kettle.heat", "kettle.boil", "kettle.drop"],
        )
        assert kettle_of(kettle).state == "broken"


def test_clocks_that_are_refused_do_not_stand_before_the_others(park: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BATCH_TIMERS", 3)
    first = [a_kettle(park, state="warming") for _ in range(7)]
    last = a_kettle(park, state="warming")
    with unit_of_work():
        db.session.execute(sa.update(Kettle).where(Kettle.id.in_(first)).values(water_ml=50))

    @KETTLE.action("warming -> empty", by=kettles.SYSTEM, needs=[kettles.has_water], after="boils_at", title="Sing")
    def sing(kettle: Kettle, actor: Any) -> None:
        """The kettle sings."""

    boil = KETTLE.actions.pop("boil")
    try:
        with clock_at(LATER):
            assert worker.ring_clocks() == 1
    finally:
        del KETTLE.actions["sing"]
        KETTLE.actions["boil"] = boil
    assert kettle_of(last).state == "empty"
    assert {kettle_of(one).state for one in first} == {"warming"}


def test_a_clock_that_fails_does_not_stop_the_others(park: World) -> None:
    one, other = a_kettle(park, state="warming"), a_kettle(park, state="warming")
    with unit_of_work():
        kettle_of(one).water_ml = 0

    @KETTLE.action("warming -> empty", by=kettles.SYSTEM, after="boils_at", title="Crack")
    def crack(kettle: Kettle, actor: Any) -> None:
        """The kettle divides by what is in it."""
        _ = 1 // kettle.water_ml

    boil = KETTLE.actions.pop("boil")
    try:
        with clock_at(LATER):
            assert worker.ring_clocks() == 1
    finally:
        del KETTLE.actions["crack"]
        KETTLE.actions["boil"] = boil
    assert (kettle_of(one).state, kettle_of(other).state) == ("warming", "empty")


def test_no_clock_of_the_program_starts_from_a_final_state(park: World) -> None:
    del park
    for lifecycle in LIFECYCLES.values():
        finals = {state.name for state in lifecycle.states.values() if state.final}
        for verb in lifecycle.actions.values():
            assert verb.after is None or not (verb.sources & finals), verb.full_name


# Reactions ------------------------------------------------------------------------------------------------------------


def test_every_event_is_answered_once_and_the_cursor_moves_over_all(park: World, reader: str) -> None:
    answered: list[str] = []
    on(reader, "kettle.create")(lambda event: answered.append(event.object_id))
    made = [a_kettle(park) for _ in range(3)]
    a_kettle(park, state="boiling")
    assert worker.react(reader) == 4
    assert answered[:3] == made
    assert worker.react(reader) == 0
    assert cursor() == last_seq()


def test_a_reaction_and_its_cursor_are_one_transaction(park: World, reader: str) -> None:
    kettle = a_kettle(park)
    dying = [True]

    @on(reader, "kettle.create")
    def heat(event: Event) -> None:
        kettles.heat(kettle_of(event.object_id), park.actor("pu"))
        if dying:
            raise Killed

    with pytest.raises(Killed):
        worker.react(reader)
    assert cursor() < last_seq()
    assert kettle_of(kettle).state == "cold"
    assert deliveries() == []
    dying.clear()
    assert worker.react(reader) == 1
    assert kettle_of(kettle).state == "warming"


def test_a_kill_between_the_commit_and_the_next_event_repeats_nothing(park: World, reader: str) -> None:
    kettle = [a_kettle(park), a_kettle(park)]
    answered: list[str] = []

    @on(reader, "kettle.create")
    def sip(event: Event) -> None:
        if len(answered) == 1:
            answered.append("killed")
            raise Killed
        kettles.sip(kettle_of(event.object_id), park.actor("pu"))
        answered.append(event.object_id)

    with pytest.raises(Killed):
        worker.react(reader)
    assert worker.react(reader) == 1
    assert answered == [kettle[0], "killed", kettle[1]]
    assert [kettle_of(one).water_ml for one in kettle] == [999, 999]


def test_a_reaction_that_fails_becomes_a_delivery_and_the_line_moves_on(park: World, reader: str) -> None:
    failing, good = a_kettle(park, label="bad"), a_kettle(park, label="good")
    healed: list[bool] = []

    @on(reader, "kettle.create")
    def heat(event: Event) -> None:
        kettle = kettle_of(event.object_id)
        kettles.heat(kettle, park.actor("pu"))
        if kettle.label == "bad" and not healed:
            raise ValueError("something personal: pu@lab.example")

    worker.react(reader)
    assert (kettle_of(failing).state, kettle_of(good).state) == ("cold", "warming")
    (owed,) = deliveries()
    assert (owed.kind, owed.state, owed.attempts) == ("reaction", "pending", 0)
    assert owed.payload["error"] == "ValueError"
    assert "pu@lab" not in str(owed.payload)
    assert cursor() == last_seq()

    assert worker.deliver() == 1
    (owed,) = deliveries()
    assert (owed.state, owed.attempts, owed.last_error) == ("pending", 1, "ValueError")
    assert owed.due_at > now()
    assert worker.deliver() == 0, "it waits before it is tried again"
    healed.append(True)
    with clock_at(timedelta(minutes=1)):
        assert worker.deliver() == 1
    (owed,) = deliveries()
    assert (owed.state, owed.last_error, owed.payload) == ("done", None, {})
    assert kettle_of(failing).state == "warming"


def test_a_reaction_that_was_done_again_is_done_once_even_when_its_lease_ran_out(park: World, reader: str) -> None:
    kettle = a_kettle(park)
    on(reader, "kettle.create")(lambda event: kettles.sip(kettle_of(event.object_id), park.actor("pu")))
    seq = db.session.scalars(sa.select(Event.seq).where(Event.object_id == kettle)).one()
    owed = send("reaction", reader=reader, seq=seq)
    claimed = worker._claim()
    assert claimed is not None
    with clock_at(worker.LEASE * 2):
        again = worker._claim()
        assert again is not None
        worker._deliver_one(*again)
    worker._deliver_one(*claimed)
    assert kettle_of(kettle).water_ml == 999
    assert [row.state for row in deliveries() if row.id == owed] == ["done"]


@pytest.mark.prove
def test_workers_in_a_crowd_answer_every_event_once(app: Flask, park: World, reader: str) -> None:
    on(reader, "kettle.create")(lambda event: kettles.sip(kettle_of(event.object_id), park.actor("pu")))
    made = [a_kettle(park) for _ in range(rounds(8, 120))]
    together_answered = together(app, *[lambda: worker.react(reader)] * 4)
    assert failures(together_answered) == []
    assert {kettle_of(one).water_ml for one in made} == {999}
    assert deliveries() == []
    assert cursor() >= db.session.scalar(sa.select(sa.func.max(Event.seq)).where(Event.name == "kettle.create"))


# Deliveries -----------------------------------------------------------------------------------------------------------


def test_a_delivery_is_made_once_and_forgets_what_it_carried(app: Flask, kind: str) -> None:
    del app
    carried: list[Any] = []
    courier(kind)(carried.append)
    send(kind, to="pu@lab.example")
    assert worker.deliver() == 1
    assert worker.deliver() == 0
    assert carried == [{"to": "pu@lab.example"}]
    (row,) = deliveries()
    assert (row.state, row.attempts, row.payload, row.leased_until) == ("done", 1, {}, None)


def test_a_call_outside_is_made_outside_any_transaction(app: Flask, kind: str) -> None:
    del app
    seen: list[bool] = []
    courier(kind)(lambda payload: seen.append(db.session().in_transaction()))
    send(kind)
    worker.deliver()
    assert seen == [False]


def test_a_failing_delivery_waits_longer_each_time_and_is_parked_and_replayed(app: Flask, kind: str) -> None:
    del app
    tried: list[Any] = []

    @courier(kind)
    def fly(payload: dict[str, Any]) -> None:
        tried.append(payload)
        if len(tried) <= worker.MAX_ATTEMPTS:
            raise OSError("no wind, says pu@lab.example")

    send(kind, n=1)
    waits = []
    for attempt in range(1, worker.MAX_ATTEMPTS + 1):
        with clock_at(timedelta(days=attempt)):
            assert worker.deliver() == 1
            (row,) = deliveries()
            waits.append(row.due_at - now())
            assert (row.attempts, row.last_error, row.leased_until) == (attempt, "OSError", None)
            assert row.state == ("parked" if attempt == worker.MAX_ATTEMPTS else "pending")
    assert waits[0] < timedelta(seconds=13)
    assert waits[3] > timedelta(minutes=1)
    assert max(waits) <= timedelta(seconds=worker.BACKOFF_MAX_SECONDS * 1.2)
    with clock_at(timedelta(days=30)):
        assert worker.deliver() == 0, "parked: somebody has to look at it"
        assert worker.replay() == 1
        assert worker.deliver() == 1
    assert (deliveries()[0].state, tried) == ("done", [{"n": 1}] * (worker.MAX_ATTEMPTS + 1))


def test_a_worker_killed_during_a_call_leaves_the_delivery_to_the_next_one(app: Flask, kind: str) -> None:
    del app
    calls: list[int] = []

    @courier(kind)
    def fly(payload: dict[str, Any]) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise Killed

    send(kind)
    with pytest.raises(Killed):
        worker.deliver()
    assert worker.deliver() == 0, "its lease still runs"
    with clock_at(worker.LEASE + timedelta(seconds=1)):
        assert worker.deliver() == 1
    assert (deliveries()[0].state, deliveries()[0].attempts) == ("done", 2)


def test_a_delivery_that_kills_every_worker_is_parked_in_the_end(app: Flask, kind: str) -> None:
    del app

    @courier(kind)
    def fly(payload: dict[str, Any]) -> None:
        raise Killed

    send(kind)
    for attempt in range(worker.MAX_ATTEMPTS):
        with clock_at(worker.LEASE * 2 * (attempt + 1)), pytest.raises(Killed):
            worker.deliver()
    with clock_at(timedelta(days=1)):
        assert worker.deliver() == 0
    assert (deliveries()[0].state, deliveries()[0].last_error) == ("parked", "Killed")


def test_a_delivery_without_a_courier_waits_for_a_program_that_has_one(app: Flask, kind: str) -> None:
    del app
    send(kind)
    worker.deliver()
    assert (deliveries()[0].state, deliveries()[0].last_error) == ("pending", "KeyError")


def test_a_late_failure_does_not_undo_what_another_worker_has_done(app: Flask, kind: str) -> None:
    del app
    courier(kind)(lambda payload: None)
    owed = send(kind)
    claimed = worker._claim()
    assert claimed is not None
    with clock_at(worker.LEASE * 2):
        assert worker.deliver() == 1
        worker._postpone(owed, "OSError")
    assert (deliveries()[0].state, deliveries()[0].last_error) == ("done", None)


@pytest.mark.prove
def test_four_workers_lease_every_delivery_once(app: Flask, kind: str) -> None:
    lock, carried = threading.Lock(), []

    @courier(kind)
    def fly(payload: dict[str, Any]) -> None:
        with lock:
            carried.append(payload["n"])

    many = rounds(24, 400)
    with unit_of_work():
        for n in range(many):
            owe(db.session(), kind, {"n": n})
    outcomes = together(app, *[deliver_all] * 4)
    assert failures(outcomes) == []
    assert sorted(carried) == list(range(many))
    assert {(row.state, row.attempts) for row in deliveries()} == {("done", 1)}
    if db.engine.dialect.name == "postgresql":
        assert sum(1 for done in outcomes if done) > 1, "skipping locked rows, more than one worker gets some"


def deliver_all() -> int:
    total = 0
    while done := worker.deliver():
        total += done
    return total


def test_one_claims_while_another_holds_a_row_on_postgresql(app: Flask, kind: str) -> None:
    """SKIP LOCKED: a worker in the middle of claiming does not make the others wait."""
    courier(kind)(lambda payload: None)
    first, second = send(kind, n=1), send(kind, n=2)
    if db.engine.dialect.name != "postgresql":
        assert [claim[0] for claim in (worker._claim(), worker._claim()) if claim] == [first, second]
        return
    with db.engine.connect() as other, other.begin():
        other.execute(sa.text("SELECT id FROM delivery WHERE id = :id FOR UPDATE"), {"id": first})
        assert [outcome[0] for outcome in together(app, worker._claim)] == [second]  # type: ignore[index]


def test_what_a_round_does_is_counted_and_settling_ends(park: World, reader: str, kind: str) -> None:
    courier(kind)(lambda payload: None)
    on(reader, "kettle.boil")(lambda event: send_inside(kind))
    a_kettle(park, state="warming")
    worker.settle()
    with clock_at(LATER):
        assert worker.round_once() >= 3  # the clock, the reaction to it, the delivery owed by that
        assert worker.settle() == 0


def send_inside(kind: str) -> None:
    owe(db.session(), kind, {})


def test_a_refused_reaction_is_no_end_of_the_world(park: World, reader: str) -> None:
    @on(reader, "kettle.create")
    def pour(event: Event) -> None:
        kettles.pour(kettle_of(event.object_id), SYSTEM_ACTOR)

    a_kettle(park)
    assert worker.react(reader) == 1
    (owed,) = deliveries()
    assert owed.payload["error"] == Refusal.__name__


def answer_twice(reader: str) -> Callable[[Event], None]:
    return on(reader, "kettle.create")(lambda event: None)


def test_one_reader_answers_an_event_in_one_place(reader: str) -> None:
    answer_twice(reader)
    with pytest.raises(RuntimeError, match=r"test answers kettle\.create twice"):
        answer_twice(reader)
