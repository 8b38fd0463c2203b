"""The chain of events: it verifies, it can forget what people wrote, and every way of tampering with it is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.kernel.db import db, mode
from app.kernel.events import GENESIS, Event, canonical, digest, history, verify
from app.kernel.values import new_id
from app.kernel.work import unit_of_work
from app.ledger import triggers
from tests.conftest import ENGINE, make_app
from tests.kernel import kettles
from tests.kernel.kettles import a_kettle, kettle_of, kettles_in_the_park
from tests.world import World

pytestmark = pytest.mark.database_matters


def problems(*statements: tuple[str, dict[str, Any]] | str) -> list[str]:
    """What the inspection names after somebody with the database's own password has been there; then it is undone.

    Such a person needs neither triggers nor foreign keys.
    """
    db.session.rollback()
    with db.engine.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        raw: Any = connection.connection.driver_connection
        if not postgresql:
            raw.execute("PRAGMA foreign_keys=OFF")
        with connection.begin() as transaction:
            if statements:
                triggers.uninstall(connection)
            if postgresql:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for one in statements:
                text, values = (one, {}) if isinstance(one, str) else one
                assert connection.execute(sa.text(text), values).rowcount, f"{text} hit nothing"
            found = list(verify(Session(connection)))
            transaction.rollback()
        if not postgresql:
            raw.execute("PRAGMA foreign_keys=ON")
    return found


@pytest.fixture(scope="module")
def park(
    new_database: Callable[[str], tuple[str, Callable[[], None]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One park for all tests of this file, for none of them leaves a change behind."""
    url, drop = new_database(ENGINE)
    token = mode.set("write")  # the intruder is no unit of work
    with make_app(url, tmp_path_factory.mktemp("instance")).app_context():
        with kettles_in_the_park() as world:
            yield world
        db.session.remove()
        db.engine.dispose()
    mode.reset(token)
    drop()


@pytest.fixture(scope="module")
def story(park: World) -> dict[str, Event]:
    """A kettle's life: born, heated, dropped with words; and something after it."""
    kettle = a_kettle(park)
    with unit_of_work():
        kettles.heat(kettle_of(kettle), park.actor("pu"))
    with unit_of_work():
        kettles.drop_(kettle_of(kettle), park.actor("pu"), reason="slipped")
    a_kettle(park)
    events = db.session.scalars(sa.select(Event).where(Event.object_id == kettle)).all()
    last = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    db.session.expunge_all()
    db.session.rollback()
    return {event.name.partition(".")[2]: event for event in events} | {"last": last}


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
    assert problems(("DELETE FROM event_words WHERE event_id = :id", {"id": story["drop"].id})) == []


def test_the_database_lets_words_be_erased_and_nothing_else(story: dict[str, Event]) -> None:
    del story
    with db.engine.connect() as connection, connection.begin() as transaction:
        assert connection.execute(sa.text("DELETE FROM event_words")).rowcount == 1
        transaction.rollback()


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
    db.session.rollback()
    with pytest.raises(sa.exc.DBAPIError, match="written once"), db.engine.begin() as connection:
        connection.execute(sa.text(statement))


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
    (problem,) = problems((f"UPDATE event SET {column} = :value WHERE seq = :seq", {"value": value, "seq": seq}))
    assert problem.startswith(f"event {seq} (")
    assert problem.endswith("its columns differ from its body")


def test_a_changed_body_is_named(story: dict[str, Event]) -> None:
    event = story["heat"]
    forged = event.body.replace('"to":"warming"', '"to":"broken"')
    assert problems(("UPDATE event SET body = :body WHERE seq = :seq", {"body": forged, "seq": event.seq})) == [
        f"event {event.seq} ({event.id}): the chain is broken"
    ]


def test_a_body_changed_together_with_its_hash_breaks_the_next_link(story: dict[str, Event]) -> None:
    event, after = story["heat"], story["drop"]
    forged = event.body.replace('"to":"warming"', '"to":"broken"')
    values = {"body": forged, "hash": digest(event.previous, forged), "seq": event.seq}
    assert problems(("UPDATE event SET body = :body, hash = :hash WHERE seq = :seq", values)) == [
        f"event {after.seq} ({after.id}): the chain is broken"
    ]


def test_the_last_body_changed_together_with_its_hash_does_not_fit_the_head(story: dict[str, Event]) -> None:
    last = story["last"]
    forged = last.body.replace('"to":"cold"', '"to":"warm"')
    assert forged != last.body
    values = {"body": forged, "hash": digest(last.previous, forged), "seq": last.seq}
    assert problems(("UPDATE event SET body = :body, hash = :hash WHERE seq = :seq", values)) == [
        f"chain head: does not match event {last.seq}"
    ]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{}", '{"id": 1}', "7"])
def test_a_body_that_is_no_event_is_named_and_does_not_stop_the_inspection(story: dict[str, Event], body: str) -> None:
    event = story["heat"]
    assert problems(("UPDATE event SET body = :body WHERE seq = :seq", {"body": body, "seq": event.seq})) == [
        f"event {event.seq} ({event.id}): the chain is broken",
        f"event {event.seq} ({event.id}): its body cannot be read",
    ]


@pytest.mark.parametrize("column", ["previous", "hash"])
def test_a_changed_link_is_named(story: dict[str, Event], column: str) -> None:
    seq = story["heat"].seq
    assert (
        problems((f"UPDATE event SET {column} = :value WHERE seq = :seq", {"value": "f" * 64, "seq": seq}))[0]
        == f"event {seq} ({story['heat'].id}): the chain is broken"
    )


@pytest.mark.parametrize(
    "change", [("words", "was pushed"), ("words", ""), ("salt", "0" * 32)], ids=["words", "emptied", "salt"]
)
def test_changed_words_are_named(story: dict[str, Event], change: tuple[str, str]) -> None:
    event = story["drop"]
    values = {"value": change[1], "id": event.id}
    assert problems((f"UPDATE event_words SET {change[0]} = :value WHERE event_id = :id", values)) == [
        f"event {event.seq} ({event.id}): its words were changed"
    ]


def test_words_put_into_somebodys_mouth_are_named(story: dict[str, Event]) -> None:
    event = story["heat"]
    values = {"id": event.id, "salt": "0" * 32}
    assert problems(("INSERT INTO event_words (event_id, salt, words) VALUES (:id, :salt, 'hot')", values)) == [
        f"event {event.seq} ({event.id}): its words were changed"
    ]


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
    assert problems((statement, {"seq": event.seq, "org": supplier})) == [
        f"event {event.seq} ({event.id}): its readers were changed"
    ]


def test_a_deleted_event_is_missed(story: dict[str, Event]) -> None:
    event, after = story["heat"], story["drop"]
    assert problems(("DELETE FROM event WHERE seq = :seq", {"seq": event.seq})) == [
        f"event {event.seq}: missing",
        f"event {after.seq} ({after.id}): the chain is broken",
    ]


def test_a_deleted_first_event_is_missed(story: dict[str, Event]) -> None:
    del story
    assert problems("DELETE FROM event WHERE seq = 1")[0] == "event 1: missing"


def test_a_deleted_end_does_not_fit_the_head(story: dict[str, Event]) -> None:
    assert problems(("DELETE FROM event WHERE seq >= :seq", {"seq": story["heat"].seq})) == [
        f"chain head: does not match event {story['heat'].seq - 1}"
    ]


def test_everything_deleted_does_not_fit_the_head(story: dict[str, Event]) -> None:
    del story
    assert problems("DELETE FROM event") == ["chain head: does not match event 0"]


def forged(like: Event, *, seq: int, previous: str) -> dict[str, Any]:
    """An event that never happened, linked as it should be."""
    body = like.data | {"id": new_id("evt"), "seq": seq}
    text = canonical(body)
    return row(like) | {
        "id": body["id"],
        "seq": seq,
        "body": text,
        "previous": previous,
        "hash": digest(previous, text),
    }


INSERT = (
    "INSERT INTO event (seq, id, at, name, object_id, person_id, org_id, body, previous, hash) "
    "SELECT :seq, :id, at, name, object_id, person_id, org_id, :body, :previous, :hash FROM event WHERE seq = :like"
)


@pytest.mark.parametrize("seq", [0, -7])
def test_an_event_put_before_the_first_is_not_of_this_chain(story: dict[str, Event], seq: int) -> None:
    fake = forged(story["heat"], seq=seq, previous=GENESIS)
    assert problems((INSERT, fake | {"like": story["heat"].seq}))[0] == f"event {seq}: not of this chain"


def test_an_event_put_into_the_middle_is_named_even_when_the_rest_moves_up(story: dict[str, Event]) -> None:
    event, after = story["heat"], story["drop"]
    fake = forged(event, seq=after.seq, previous=event.hash)
    found = problems(
        ("UPDATE event SET seq = -seq WHERE seq >= :seq", {"seq": after.seq}),
        "UPDATE event SET seq = 1 - seq WHERE seq < 0",
        (INSERT, fake | {"like": event.seq}),
        "UPDATE chain_head SET seq = seq + 1",
    )
    assert f"event {after.seq + 1} ({after.id}): the chain is broken" in found
    assert f"event {after.seq + 1} ({after.id}): its columns differ from its body" in found


def test_an_event_put_after_the_last_does_not_fit_the_head(story: dict[str, Event]) -> None:
    last = story["last"]
    fake = forged(story["heat"], seq=last.seq + 1, previous=last.hash)
    found = problems((INSERT, fake | {"like": story["heat"].seq}))
    assert f"chain head: does not match event {last.seq + 1}" in found


@pytest.mark.parametrize(
    "statement",
    ["UPDATE chain_head SET seq = seq - 1", "UPDATE chain_head SET hash = previous FROM event WHERE event.seq = 5",
     "DELETE FROM chain_head"],
    ids=["turned back", "hash", "deleted"],
)  # fmt: skip
def test_a_head_that_does_not_match_is_named(story: dict[str, Event], statement: str) -> None:
    assert problems(statement) == [f"chain head: does not match event {story['last'].seq}"]


def test_two_events_that_changed_places_are_named(story: dict[str, Event]) -> None:
    one, other = story["heat"].seq, story["drop"].seq
    found = problems(
        ("UPDATE event SET seq = -1 WHERE seq = :seq", {"seq": one}),
        ("UPDATE event SET seq = :one WHERE seq = :other", {"one": one, "other": other}),
        ("UPDATE event SET seq = :other WHERE seq = -1", {"other": other}),
    )
    assert any(problem.startswith(f"event {one} ({story['drop'].id})") for problem in found)


def test_canonical_json_is_the_same_for_the_same_facts() -> None:
    one = {"b": [1, {"z": "纸", "a": None}], "a": "é"}
    assert canonical(one) == canonical(json.loads(json.dumps(one))) == '{"a":"é","b":[1,{"a":null,"z":"纸"}]}'
