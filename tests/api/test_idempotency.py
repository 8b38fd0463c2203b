"""A command sent twice with one Idempotency-Key is done once and answered alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import IdempotencyKey, Membership
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.events import Event
from app.kernel.lifecycle import find
from app.kernel.values import clock_at
from tests.kernel import kettles
from tests.kernel.crowd import failures, together
from tests.kernel.kettles import KETTLE, Cup, Kettle, a_kettle, kettle_of
from tests.kernel.rounds import rounds
from tests.world import Api, World

pytestmark = pytest.mark.database_matters


@pytest.fixture
def api(app: Flask, park: World) -> Callable[..., Api]:
    """A named person at the API."""
    return lambda name: Api(app, park.key(name))


def stored() -> list[IdempotencyKey]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(IdempotencyKey).order_by(IdempotencyKey.key)))


def happened() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0


def test_the_second_answer_is_the_first_one_and_says_so(park: World, api: Callable[..., Api]) -> None:
    del park
    caller = api("pu")
    first = caller.post("kettles", {"label": "a", "water_ml": 5}, key="k1")
    before = happened()
    second = caller.post("kettles", {"water_ml": 5, "label": "a"}, key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.get_json() == first.get_json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert (second.headers["ETag"], second.headers["Location"]) == (first.headers["ETag"], first.headers["Location"])
    assert happened() == before


def test_the_answer_is_replayed_even_when_the_record_has_moved_on(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park)
    caller = api("pu")
    first = caller.post(f"kettles/{kettle}/heat", version=kettle_of(kettle).version, key="k1")
    caller.do(f"kettles/{kettle}", "drop", {"reason": "slipped"})
    again = caller.post(f"kettles/{kettle}/heat", version=1, key="k1")
    assert (again.status_code, again.get_json()) == (200, first.get_json())


def test_a_key_used_for_something_else_is_refused_and_nothing_happens(park: World, api: Callable[..., Api]) -> None:
    caller, kettle, other = api("pu"), a_kettle(park), a_kettle(park)
    assert (
        caller.post(f"kettles/{kettle}/drop", {"reason": "a"}, version=kettle_of(kettle).version, key="k").status_code
        == 200
    )
    before = happened()
    for path, body in (
        (f"kettles/{kettle}/drop", {"reason": "b"}),
        (f"kettles/{other}/drop", {"reason": "a"}),
        (f"kettles/{other}/heat", {}),
        ("kettles", {"label": "x"}),
    ):
        answer = caller.post(path, body, version=1, key="k")
        assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")
    assert happened() == before


def test_the_same_key_of_two_people_is_two_keys(park: World, api: Callable[..., Api]) -> None:
    del park
    answers = [api(name).post("kettles", {"label": name}, key="same") for name in ("pu", "qiu", "lab2pu")]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.get_json()["id"] for answer in answers}) == 3


def test_a_key_is_forgotten_after_a_week(park: World, api: Callable[..., Api]) -> None:
    del park
    caller = api("pu")
    caller.post("kettles", {"label": "a"}, key="k")
    with clock_at(timedelta(days=6)):
        assert caller.post("kettles", {"label": "a"}, key="k").headers["Idempotent-Replayed"] == "true"
    with clock_at(timedelta(days=8)):
        assert caller.post("kettles", {"label": "b"}, key="k").status_code == 201
    assert len(stored()) == 1


@pytest.mark.parametrize("key", ["", "x" * 81, "schlüssel", "a\tb", "键"], ids=["empty", "long", "latin", "tab", "han"])
def test_a_key_that_is_none_is_refused(park: World, api: Callable[..., Api], key: str) -> None:
    del park
    caller = api("pu")
    answer = caller.client.post(
        "/api/v1/kettles",
        json={"label": "a"},
        headers=caller.headers | {"Idempotency-Key": key.encode().decode("latin-1")},
    )
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_idempotency_key")


def test_a_refused_command_leaves_its_key_free(park: World, api: Callable[..., Api]) -> None:
    caller, kettle = api("pu"), a_kettle(park)
    version = kettle_of(kettle).version
    for body, seen, status in (
        ({"reason": ""}, version, 422),
        ({"reason": "a"}, version + 1, 412),
        ({"reason": "a"}, None, 428),
    ):
        assert caller.post(f"kettles/{kettle}/drop", body, version=seen, key="k").status_code == status
        assert stored() == []
    assert caller.post(f"kettles/{kettle}/drop", {"reason": "a"}, version=version, key="k").status_code == 200
    again = caller.post(f"kettles/{kettle}/drop", {"reason": "a"}, version=version, key="k")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")


class Killed(BaseException):
    """The process ends here."""


def test_a_crash_leaves_neither_effect_nor_key(park: World, api: Callable[..., Api]) -> None:
    dying = [True]

    @KETTLE.action("cold -> =", by=kettles.BUYER, title="Whistle")
    def whistle(kettle: Kettle, actor: Actor) -> None:
        """The kettle whistles."""
        kettle.water_ml -= 1
        db.session.flush()
        if dying:
            raise Killed

    caller, kettle = api("pu"), a_kettle(park)
    version = kettle_of(kettle).version
    try:
        with pytest.raises(Killed):
            caller.post(f"kettles/{kettle}/whistle", version=version, key="k")
        assert stored() == []
        assert (kettle_of(kettle).water_ml, kettle_of(kettle).version) == (1_000, version)
        dying.clear()
        assert caller.post(f"kettles/{kettle}/whistle", version=version, key="k").status_code == 200
        assert caller.post(f"kettles/{kettle}/whistle", version=version, key="k").status_code == 200
    finally:
        del KETTLE.actions["whistle"]
    assert kettle_of(kettle).water_ml == 999


def race(app: Flask, park: World, *, key: str | None, racers: int) -> list[Any]:
    kettle = a_kettle(park, state="boiling")
    secret = park.key("pu")

    def pour() -> tuple[int, Any, bool]:
        answer = Api(app, secret).post(f"kettles/{kettle}/pour", key=key)
        return answer.status_code, answer.get_json(), "Idempotent-Replayed" in answer.headers

    outcomes = together(app, *[pour] * racers)
    assert failures(outcomes) == []
    db.session.rollback()
    return [*outcomes, db.session.scalar(sa.select(sa.func.count()).where(Cup.kettle_id == kettle))]


@pytest.mark.prove
def test_of_racers_with_one_key_one_does_it_and_all_get_its_answer(app: Flask, park: World) -> None:
    for turn in range(rounds(2, 40)):
        *answers, cups = race(app, park, key=f"k{turn}", racers=5)
        assert cups == 1
        assert {status for status, _, _ in answers} == {201}
        assert len({body["id"] for _, body, _ in answers}) == 1
        assert sorted(replayed for _, _, replayed in answers) == [False, True, True, True, True]


def test_without_a_key_every_racer_pours_a_cup(app: Flask, park: World) -> None:
    """The control: the key is what makes it one."""
    *answers, cups = race(app, park, key=None, racers=4)
    assert cups == 4
    assert len({body["id"] for _, body, _ in answers}) == 4


def test_the_secret_of_a_new_key_is_shown_once_and_stored_nowhere(park: World, api: Callable[..., Api]) -> None:
    caller = api("pu")
    membership = db.session.scalars(sa.select(Membership.id).where(Membership.person_id == park.people["pu"])).one()
    body = {"title": "robot", "scope": "read"}
    first = caller.post(f"memberships/{membership}/issue_key", body, key="k").get_json()
    again = caller.post(f"memberships/{membership}/issue_key", body, key="k").get_json()
    read = caller.get(f"api-keys/{first['id']}").get_json()
    assert first["secret"].startswith("lpk_")
    assert "secret" not in again
    assert "secret" not in read
    assert again["id"] == first["id"]
    db.session.rollback()
    with db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        for table in tables:
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                assert first["secret"] not in json.dumps([str(value) for value in row]), table


def test_the_stored_answer_is_the_answer_of_the_one_who_asked(park: World, api: Callable[..., Api]) -> None:
    kettle = a_kettle(park, state="boiling")
    answer = api("xiao").post(f"kettles/{kettle}/pour", key="k")
    (row,) = stored()
    assert json.loads(row.answer)["body"] == answer.get_json()
    assert row.object_id == answer.get_json()["id"]
    assert find(Cup, str(row.object_id), SYSTEM_ACTOR).kettle_id == kettle
