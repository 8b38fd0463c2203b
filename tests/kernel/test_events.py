"""The chain of events: it verifies, every way of tampering with it is named, and writers in a crowd do not fork it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel.db import db
from app.kernel.errors import ALREADY_THERE, Refusal
from app.kernel.events import GENESIS, Event, canonical, digest, history, verify
from app.kernel.values import Money, new_id
from app.kernel.work import reading, unit_of_work
from app.ledger import triggers
from tests.kernel import kettles
from tests.kernel.crowd import failures, together
from tests.kernel.kettles import a_kettle, kettle_of
from tests.kernel.rounds import rounds
from tests.world import World

pytestmark = pytest.mark.database_matters

WRITERS = 8


def problems() -> list[str]:
    with reading() as session:
        return list(verify(session))


def intrude(*statements: tuple[str, dict[str, Any]] | str) -> None:
    """Somebody with the database's own password: no triggers, no foreign keys."""
    db.session.rollback()
    with db.engine.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        if not postgresql:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            triggers.uninstall(connection)
            if postgresql:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for one in statements:
                text, values = (one, {}) if isinstance(one, str) else one
                assert connection.execute(sa.text(text), values).rowcount, f"{text} hit nothing"
        if not postgresql:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


@pytest.fixture
def story(park: World) -> dict[str, Event]:
    """A kettle's life: born, heated, dropped with words; and something after it."""
    kettle = a_kettle(park)
    with unit_of_work():
        kettles.heat(kettle_of(kettle), park.actor("pu"))
    with unit_of_work():
        kettles.drop_(kettle_of(kettle), park.actor("pu"), reason="slipped")
    a_kettle(park)
    told = {
        event.name.partition(".")[2]: event
        for event in db.session.scalars(sa.select(Event).where(Event.object_id == kettle))
    }
    db.session.expunge_all()
    db.session.rollback()
    return told


def row(event: Event) -> dict[str, Any]:
    return {column.key: getattr(event, column.key) for column in sa.inspect(Event).column_attrs}


# Whole ----------------------------------------------------------------------------------------------------------------


def test_an_empty_chain_is_whole(app: Flask) -> None:
    del app
    assert problems() == []


def test_the_chain_of_a_park_is_whole_and_its_numbers_have_no_gap(story: dict[str, Event]) -> None:
    del story
    assert problems() == []
    events = db.session.scalars(sa.select(Event).order_by(Event.seq)).all()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    previous = GENESIS
    for event in events:
        assert (event.previous, event.hash) == (previous, digest(previous, event.body))
        assert canonical(event.data) == event.body
        previous = event.hash


def test_the_chained_body_holds_references_and_never_what_people_wrote(story: dict[str, Event]) -> None:
    body = story["drop"].data
    assert set(body) == {
        "id", "seq", "at", "name", "object", "actor", "from", "to", "cause", "facts", "audience", "words",
    }  # fmt: skip
    assert set(body["actor"]) == {"person", "org", "channel", "request"}
    bodies = "".join(db.session.scalars(sa.select(Event.body)))
    for personal in ("slipped", "pu@lab.example", "@", "材料学院"):
        assert personal not in bodies


def test_the_history_tells_the_newest_first_with_the_words(story: dict[str, Event]) -> None:
    told = history(db.session(), [story["drop"].object_id])
    assert [(event.name, words) for event, words in told] == [
        ("kettle.drop", "slipped"), ("kettle.heat", None), ("kettle.create", None),
    ]  # fmt: skip
    assert len(history(db.session(), [story["drop"].object_id], limit=1)) == 1


def test_erasing_words_leaves_the_chain_whole(story: dict[str, Event]) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM event_words"))
    assert problems() == []
    assert history(db.session(), [story["drop"].object_id])[0][1] is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET name = 'x.y' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 1",
        "UPDATE event_words SET words = 'x'",
        "UPDATE event_reader SET org_id = 'x'",
        "DELETE FROM event_reader",
    ],
)
def test_the_database_itself_refuses_to_rewrite_what_happened(story: dict[str, Event], statement: str) -> None:
    del story
    with pytest.raises(sa.exc.DBAPIError, match="written once"), db.engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert problems() == []


# Tampered with --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column,value",
    [
        ("name", "kettle.praise"),
        ("object_id", "ket_" + "0" * 26),
        ("person_id", "per_" + "0" * 26),
        ("person_id", None),
        ("org_id", "org_" + "0" * 26),
        ("id", "evt_" + "0" * 26),
        ("at", "2020-01-01 00:00:00.000000+00:00"),
    ],
)
def test_a_changed_column_is_named(story: dict[str, Event], column: str, value: str | None) -> None:
    seq = story["heat"].seq
    intrude((f"UPDATE event SET {column} = :value WHERE seq = :seq", {"value": value, "seq": seq}))
    (problem,) = problems()
    assert problem.startswith(f"event {seq} (")
    assert problem.endswith("its columns differ from its body")


def test_a_changed_body_is_named(story: dict[str, Event]) -> None:
    event = story["heat"]
    forged = event.body.replace('"to":"warming"', '"to":"broken"')
    intrude(("UPDATE event SET body = :body WHERE seq = :seq", {"body": forged, "seq": event.seq}))
    assert problems() == [f"event {event.seq} ({event.id}): the chain is broken"]


def test_a_body_changed_together_with_its_hash_breaks_the_next_link(story: dict[str, Event]) -> None:
    event, after = story["heat"], story["drop"]
    forged = event.body.replace('"to":"warming"', '"to":"broken"')
    values = {"body": forged, "hash": digest(event.previous, forged), "seq": event.seq}
    intrude(("UPDATE event SET body = :body, hash = :hash WHERE seq = :seq", values))
    assert problems() == [f"event {after.seq} ({after.id}): the chain is broken"]


def test_the_last_body_changed_together_with_its_hash_does_not_fit_the_head(story: dict[str, Event]) -> None:
    del story
    last = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    forged = last.body.replace('"to":"cold"', '"to":"warm"')
    assert forged != last.body
    values = {"body": forged, "hash": digest(last.previous, forged), "seq": last.seq}
    intrude(("UPDATE event SET body = :body, hash = :hash WHERE seq = :seq", values))
    assert problems() == [f"chain head: does not match event {last.seq}"]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{}", '{"id": 1}', "7"])
def test_a_body_that_is_no_event_is_named_and_does_not_stop_the_inspection(story: dict[str, Event], body: str) -> None:
    event = story["heat"]
    intrude(("UPDATE event SET body = :body WHERE seq = :seq", {"body": body, "seq": event.seq}))
    assert problems() == [
        f"event {event.seq} ({event.id}): the chain is broken",
        f"event {event.seq} ({event.id}): its body cannot be read",
    ]


@pytest.mark.parametrize("column", ["previous", "hash"])
def test_a_changed_link_is_named(story: dict[str, Event], column: str) -> None:
    seq = story["heat"].seq
    intrude((f"UPDATE event SET {column} = :value WHERE seq = :seq", {"value": "f" * 64, "seq": seq}))
    assert problems()[0] == f"event {seq} ({story['heat'].id}): the chain is broken"


@pytest.mark.parametrize(
    "change", [("words", "was pushed"), ("words", ""), ("salt", "0" * 32)], ids=["words", "emptied", "salt"]
)
def test_changed_words_are_named(story: dict[str, Event], change: tuple[str, str]) -> None:
    event = story["drop"]
    values = {"value": change[1], "id": event.id}
    intrude((f"UPDATE event_words SET {change[0]} = :value WHERE event_id = :id", values))
    assert problems() == [f"event {event.seq} ({event.id}): its words were changed"]


def test_words_put_into_somebodys_mouth_are_named(story: dict[str, Event]) -> None:
    event = story["heat"]
    values = {"id": event.id, "salt": "0" * 32}
    intrude(("INSERT INTO event_words (event_id, salt, words) VALUES (:id, :salt, 'hot')", values))
    assert problems() == [f"event {event.seq} ({event.id}): its words were changed"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event_reader WHERE seq = :seq AND org_id = :org",
        "UPDATE event_reader SET org_id = 'org_00000000000000000000000000' WHERE seq = :seq AND org_id = :org",
        "INSERT INTO event_reader (seq, org_id) SELECT :seq, min(id) FROM organisation WHERE id > :org",
    ],
    ids=["taken away", "exchanged", "added"],
)
def test_changed_readers_are_named(story: dict[str, Event], park: World, statement: str) -> None:
    event = story["heat"]
    supplier = park.organisations["supplier"]
    intrude((statement, {"seq": event.seq, "org": supplier}))
    assert problems() == [f"event {event.seq} ({event.id}): its readers were changed"]


def test_a_deleted_event_is_missed(story: dict[str, Event]) -> None:
    event, after = story["heat"], story["drop"]
    intrude(("DELETE FROM event WHERE seq = :seq", {"seq": event.seq}))
    assert problems() == [f"event {event.seq}: missing", f"event {after.seq} ({after.id}): the chain is broken"]


def test_a_deleted_first_event_is_missed(story: dict[str, Event]) -> None:
    del story
    intrude("DELETE FROM event WHERE seq = 1")
    assert problems()[0] == "event 1: missing"


def test_a_deleted_end_does_not_fit_the_head(story: dict[str, Event]) -> None:
    intrude(("DELETE FROM event WHERE seq >= :seq", {"seq": story["heat"].seq}))
    assert problems() == [f"chain head: does not match event {story['heat'].seq - 1}"]


def test_everything_deleted_does_not_fit_the_head(story: dict[str, Event]) -> None:
    del story
    intrude("DELETE FROM event")
    assert problems() == ["chain head: does not match event 0"]


def forged(like: Event, *, seq: int, previous: str) -> dict[str, Any]:
    """An event that never happened, linked as it should be."""
    body = like.data | {"id": new_id("evt"), "seq": seq}
    text = canonical(body)
    return row(like) | {"id": body["id"], "seq": seq, "body": text, "previous": previous, "hash": digest(previous, text)}


INSERT = (
    "INSERT INTO event (seq, id, at, name, object_id, person_id, org_id, body, previous, hash) "
    "SELECT :seq, :id, at, name, object_id, person_id, org_id, :body, :previous, :hash FROM event WHERE seq = :like"
)


@pytest.mark.parametrize("seq", [0, -7])
def test_an_event_put_before_the_first_is_not_of_this_chain(story: dict[str, Event], seq: int) -> None:
    fake = forged(story["heat"], seq=seq, previous=GENESIS)
    intrude((INSERT, fake | {"like": story["heat"].seq}))
    assert problems()[0] == f"event {seq}: not of this chain"


def test_an_event_put_into_the_middle_is_named_even_when_the_rest_moves_up(story: dict[str, Event]) -> None:
    event, after = story["heat"], story["drop"]
    fake = forged(event, seq=after.seq, previous=event.hash)
    intrude(
        ("UPDATE event SET seq = -seq WHERE seq >= :seq", {"seq": after.seq}),
        "UPDATE event SET seq = 1 - seq WHERE seq < 0",
        (INSERT, fake | {"like": event.seq}),
        "UPDATE chain_head SET seq = seq + 1",
    )
    found = problems()
    assert f"event {after.seq + 1} ({after.id}): the chain is broken" in found
    assert f"event {after.seq + 1} ({after.id}): its columns differ from its body" in found


def test_an_event_put_after_the_last_does_not_fit_the_head(story: dict[str, Event]) -> None:
    last = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    fake = forged(story["heat"], seq=last.seq + 1, previous=last.hash)
    intrude((INSERT, fake | {"like": story["heat"].seq}))
    assert f"chain head: does not match event {last.seq + 1}" in problems()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE chain_head SET seq = seq - 1", "UPDATE chain_head SET hash = previous FROM event WHERE event.seq = 5",
     "DELETE FROM chain_head"],
    ids=["turned back", "hash", "deleted"],
)  # fmt: skip
def test_a_head_that_does_not_match_is_named(story: dict[str, Event], statement: str) -> None:
    del story
    last = db.session.scalar(sa.select(sa.func.max(Event.seq)))
    intrude(statement)
    assert problems() == [f"chain head: does not match event {last}"]


def test_two_events_that_changed_places_are_named(story: dict[str, Event]) -> None:
    one, other = story["heat"].seq, story["drop"].seq
    intrude(
        ("UPDATE event SET seq = -1 WHERE seq = :seq", {"seq": one}),
        ("UPDATE event SET seq = :one WHERE seq = :other", {"one": one, "other": other}),
        ("UPDATE event SET seq = :other WHERE seq = -1", {"other": other}),
    )
    assert any(problem.startswith(f"event {one} ({story['drop'].id})") for problem in problems())


# In a crowd -----------------------------------------------------------------------------------------------------------


def writer(park: World, kettle: str, times: int) -> Callable[[], int]:
    def write() -> int:
        for _ in range(times):
            with unit_of_work():
                kettles.fill(kettle_of(kettle), park.actor("pu"), water=1_000_000, price=Money(1, "CNY"))
        return times

    return write


@pytest.mark.prove
def test_writers_in_a_crowd_leave_no_fork_and_no_gap_and_a_cursor_misses_nothing(app: Flask, park: World) -> None:
    times = rounds(25, 300)
    own = [a_kettle(park) for _ in range(WRITERS)]
    first = db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0
    expected, read = first + WRITERS * times, []
    over = threading.Event()

    def read_on() -> int:
        """A reader with a cursor: whatever it has passed, it has seen."""
        cursor = first
        while cursor < expected and not over.wait(0.002):
            with reading() as session:
                found = session.scalars(sa.select(Event.seq).where(Event.seq > cursor).order_by(Event.seq)).all()
            read.extend(found)
            cursor = found[-1] if found else cursor
        return cursor

    def write_and_tell(task: Callable[[], int]) -> Callable[[], int]:
        def run() -> int:
            try:
                return task()
            except BaseException:
                over.set()
                raise

        return run

    outcomes = together(app, read_on, *(write_and_tell(writer(park, kettle, times)) for kettle in own))
    assert failures(outcomes) == []
    assert read == list(range(first + 1, expected + 1))
    assert problems() == []
    assert {kettle_of(kettle).water_ml for kettle in own} == {1_000 + times}


@pytest.mark.prove
def test_writers_of_one_record_take_turns(app: Flask, park: World) -> None:
    times = rounds(5, 60)
    shared = a_kettle(park)
    outcomes = together(app, *(writer(park, shared, times) for _ in range(WRITERS)))
    assert failures(outcomes) == []
    assert kettle_of(shared).water_ml == 1_000 + WRITERS * times
    assert problems() == []


# Controls: the same crowd with the guard taken out --------------------------------------------------------------------


def test_without_the_heads_lock_writers_collide_on_postgresql(app: Flask, park: World) -> None:
    """The statement that locks the head loses its FOR UPDATE on the way to the database."""

    def unlock(_c: Any, _cur: Any, statement: str, parameters: Any, _ctx: Any, _many: bool) -> tuple[str, Any]:
        return (statement.replace(" FOR UPDATE", "") if "chain_head" in statement else statement), parameters

    own = [a_kettle(park) for _ in range(WRITERS)]
    sa.event.listen(db.engine, "before_cursor_execute", unlock, retval=True)
    try:
        outcomes = together(app, *(writer(park, kettle, rounds(10, 40)) for kettle in own))
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", unlock)
    if db.engine.dialect.name == "postgresql":
        assert failures(outcomes), "the lock of the head is not what keeps writers apart"
        assert {error.code for error in failures(outcomes) if isinstance(error, Refusal)} == {ALREADY_THERE.code}
    else:
        assert failures(outcomes) == []  # SQLite has one writer at a time by itself
    assert problems() == []  # even so the numbers are unique: no fork is stored


def test_reading_the_last_hash_and_inserting_forks_on_postgresql(app: Flask) -> None:
    """The naive chain: no head, no lock, whatever was last is the previous one."""
    with db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE naive (id VARCHAR(40), previous VARCHAR(40), place INTEGER)"))
        connection.execute(sa.text("INSERT INTO naive VALUES ('first', '', 0)"))
    postgresql = db.engine.dialect.name == "postgresql"
    all_have_read = threading.Barrier(WRITERS)

    def link() -> None:
        with db.engine.begin() as connection:
            last = connection.execute(sa.text("SELECT id, place FROM naive ORDER BY place DESC LIMIT 1")).one()
            if postgresql:  # on SQLite the others cannot even begin
                all_have_read.wait(30)
            values = {"id": new_id("lnk"), "previous": last.id, "place": last.place + 1}
            connection.execute(sa.text("INSERT INTO naive VALUES (:id, :previous, :place)"), values)

    assert failures(together(app, *[link] * WRITERS)) == []
    with db.engine.begin() as connection:
        forks = connection.execute(
            sa.text("SELECT count(*) FROM (SELECT previous FROM naive GROUP BY previous HAVING count(*) > 1) AS f")
        ).scalar_one()
        connection.execute(sa.text("DROP TABLE naive"))
    assert forks == (1 if postgresql else 0)


def test_canonical_json_is_the_same_for_the_same_facts() -> None:
    one = {"b": [1, {"z": "纸", "a": None}], "a": "é"}
    assert canonical(one) == canonical(json.loads(json.dumps(one))) == '{"a":"é","b":[1,{"a":null,"z":"纸"}]}'
