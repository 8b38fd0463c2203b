"""Everybody who knocks at every door, with a key for programs and the cookie of a browser; and a park to knock at.

Besides everybody.py: a key that may only read; `nobody` acts for no organisation, for there is none, the membership
has ended, or the organisation was rejected or terminated; a `stranger` has no name: nobody is signed in, or the key was
revoked and the session closed; `elsewhere` stands the one person of an organisation in another state. The lab's and the
supplier's people stand in a second park once more, in which both organisations are suspended.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from app.accounts import credentials, people
from app.accounts.actions import keys, memberships, organisations
from app.accounts.models import LoginSession, Membership, Organisation, Person
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.lifecycle import LIFECYCLES, Lifecycle, find
from app.kernel.values import new_id
from app.kernel.work import unit_of_work
from tests.house.doors import Door
from tests.house.everybody import ANONYMOUS, hire, key_of
from tests.house.house import PROBE, House
from tests.house.kept import REASON, State
from tests.world import World

HOMELESS: Final = "nobody.homeless"
ENDED: Final = "nobody.ended"
REVOKED: Final = "stranger.revoked"
UNKNOWN: Final = f"stranger.{ANONYMOUS}"
OUT: Final = ("rejected", "terminated")
"""States of an organisation for which nobody acts any more, or yet."""

READER: Final = "reader"
SUSPENDED: Final = ("lab", "supplier")
"""Whose people stand in the second park, as `suspended-lab.*`."""

FORM_SEED: Final = "0" * 40
CHECKPOINT_EVERY: Final = 500
_CHANGING: Final = re.compile(rb'(name="(?:csrf_token|once)" value=")[^"]*|"request_id": ?"[0-9a-f]*|[0-9a-f]{16}')
_HEADERS_THAT_CHANGE: Final = {"x-request-id", "date", "set-cookie", "content-length"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at the door: what a program and what a browser of theirs send along."""

    label: str
    program: Mapping[str, str]
    browser: Mapping[str, str]


@dataclass
class Park:
    """One database that is put back whenever somebody was let in to write, and its callers."""

    app: Flask
    world: World
    records: Mapping[State, str]
    callers: dict[str, Caller] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)
        self.path = str(sa.make_url(self.app.config["SQLALCHEMY_DATABASE_URI"]).database)

    def keep(self) -> None:
        """From now on this is what everybody finds."""
        with self.app.app_context():
            db.session.remove()
        self.kept = sqlite3.connect(":memory:", check_same_thread=False)
        self._copy(to_memory=True)

    def _copy(self, *, to_memory: bool) -> None:
        file = sqlite3.connect(self.path, timeout=10)
        (file if to_memory else self.kept).backup(self.kept if to_memory else file)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()

    def moved(self, but: frozenset[str]) -> set[str]:
        """Tables whose rows are not those that were kept."""
        file = sqlite3.connect(self.path, timeout=10)
        names = {str(row[0]) for row in self.kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        moved = {name for name in names - but if _rows(file, name) != _rows(self.kept, name)}
        file.close()
        return moved

    def record(self, door: Door) -> str:
        """The id of a record of the door's kind, in a state where its action leads somewhere."""
        lifecycle: Lifecycle[Any] = LIFECYCLES[door.kind]
        states = door.states or (*reversed(lifecycle.main_path), *lifecycle.states)
        here = [state for state in states if (door.kind, state) in self.records]
        return self.records[door.kind, here[0]]

    def ask(self, door: Door, caller: Caller, record_id: str = "", *, method: str = "") -> TestResponse:
        """Knock: with nothing in a form, and in a body with what no action takes."""
        self.asked += 1
        headers = caller.program if door.for_programs else caller.browser
        method = method or door.method
        body: dict[str, Any] = {}
        if method != "GET":
            body = {"json": PROBE} if door.for_programs else {"data": {"__probe__": "1"}}
        address = door.address.replace("{id}", record_id)
        answer: TestResponse = self.client.open(address, method=method, headers=headers, buffered=True, **body)
        # A form without a record (signing in, applying) may be counted, so that the next one would be told to wait.
        counted = not door.for_programs and not door.to_a_record and answer.status_code not in (404, 405)
        left_a_trace = method not in ("GET", "HEAD") and (answer.status_code < 400 or counted)
        if left_a_trace or self.asked % CHECKPOINT_EVERY == 0:
            self.put_back()
        return answer

    def put_back(self) -> None:
        """Let everybody find again what was kept."""
        self._copy(to_memory=False)


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return sorted(connection.execute(f'SELECT * FROM "{table}"'), key=repr)


def told(answer: TestResponse) -> str:
    """An answer as the golden file says it: the status, or that one is led to the sign-in page."""
    led = answer.status_code in (302, 303) and answer.headers.get("Location", "").startswith("/login")
    return "sign in" if led else str(answer.status_code)


def plain(answer: TestResponse, record_id: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """An answer without what differs from one request to the next, and without the id that was asked for."""
    headers = sorted(
        (name.lower(), value.replace(record_id, "{id}"))
        for name, value in answer.headers
        if name.lower() not in _HEADERS_THAT_CHANGE
    )
    body = answer.get_data().replace(record_id.encode(), b"{id}")
    return answer.status_code, headers, _CHANGING.sub(b"", body)


def populated(park: Park, house: House) -> Park:
    """The first park: everybody, once."""
    with park.app.app_context():
        wanted: dict[str, tuple[str | None, str | None]] = {
            UNKNOWN if label == ANONYMOUS else label: (key, None) for label, key in house.keys.items()
        }
        wanted |= {
            f"{'nobody' if state in OUT else 'elsewhere'}.{state}": (house.world.things[record_id], None)
            for (kind, state), record_id in house.records.items()
            if kind == "organisation" and record_id in house.world.things
        }
        wanted |= dict(_outsiders(park.world))
        wanted[READER] = (house.reader, None)
        for label, (key, person_id) in wanted.items():
            park.callers[label] = _caller(park.app, label, key, person_id)
    park.keep()
    return park


def suspended(park: Park, house: House) -> Park:
    """The second one: the lab and the supplier were suspended, and their people go on trying."""
    with park.app.app_context():
        for home in SUSPENDED:
            with unit_of_work():
                organisation = find(Organisation, park.world.organisations[home], SYSTEM_ACTOR)
                organisations.suspend(organisation, park.world.actor("rui"), reason=REASON)
        for label, key in house.keys.items():
            if label.partition(".")[0] in SUSPENDED:
                park.callers[f"suspended-{label}"] = _caller(park.app, label, key, None)
    park.keep()
    return park


def _outsiders(world: World) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    with unit_of_work():
        person = Person(id=new_id("per"), email="homeless@nowhere.example", name="Homeless")
        db.session.add(person)
    yield HOMELESS, (None, person.id)
    gone = hire(world, "lab", "gone", ["purchaser"])
    key = key_of(world, "gone", gone)
    with unit_of_work():
        memberships.end(find(Membership, gone.id, SYSTEM_ACTOR), world.actor("guan"))
    yield ENDED, (key, world.people["gone"])
    with unit_of_work():
        held = sa.select(Membership).where(Membership.person_id == world.people["pu"])
        issued = keys.issue_key(db.session.scalars(held).one(), world.actor("pu"), title="old", scope="write")
        secret = str(issued.secret)  # type: ignore[attr-defined]
        keys.revoke(issued, world.actor("pu"))
    yield REVOKED, (secret, None)


def _caller(app: Flask, label: str, key: str | None, person_id: str | None) -> Caller:
    """A caller with a key and the session of the same person; with the session alone where there is no key."""
    issued = credentials.live_key(key) if key is not None else None
    person_id = issued.person_id if issued is not None else person_id
    program = {"Authorization": f"Bearer {key}"} if key is not None else {}
    if label == READER:
        return Caller(label, program, program)  # there is a key and no browser
    if person_id is None:
        return Caller(label, program, _cookie(app, "closed" if key is not None else ""))
    with unit_of_work():
        token = people.open_session(db.session.get_one(Person, person_id))
        if issued is not None:
            own = sa.update(LoginSession).where(LoginSession.token_hash == people.hashed(token))
            db.session.execute(own.values(org_id=issued.org_id))
    browser = _cookie(app, token)
    return Caller(label, program or browser, browser)


def _cookie(app: Flask, token: str) -> dict[str, str]:
    """What the browser of a session sends, with the token that its forms carry."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    session = {"csrf_token": FORM_SEED} | ({"_user_id": token, "_fresh": True} if token else {})
    signed = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(FORM_SEED)
    return {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(session)}", "X-CSRFToken": str(signed)}
