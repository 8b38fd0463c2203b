"""An upgrade beneath a running web server and a running worker: they wait for it, and go on; nothing is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from app.kernel import events, schema
from app.kernel.db import db, mode
from app.kernel.events import Cursor, Delivery
from app.kernel.work import reading
from app.ledger import verification
from app.payments.models import Instalment
from tests.conftest import ENGINE, make_app
from tests.crash.nodes import PATIENCE_SECONDS, Running, wait_until
from tests.live import Caller
from tests.world import build
from tests.worlds.ordering import reach_order

pytestmark = [pytest.mark.database_matters, pytest.mark.slow, pytest.mark.timeout(300)]

Databases = Callable[[str], tuple[str, Callable[[], None]]]
WAITING, GOING_ON = "waiting: the schema is not this program's", "going on: the schema is known"
MIGRATIONS = str(schema.MIGRATIONS)
LONGER_THAN_A_ROUND = 1.5


class Node:
    """A web server and a worker of this program on a database, and what they say."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.first = [child.pid for child in (running.web, running.work) if child is not None]

    def ready(self) -> int:
        """The answer of /readyz; 0 while nobody listens yet."""
        try:
            return requests.get(f"{self.running.url}/readyz", timeout=PATIENCE_SECONDS).status_code
        except requests.ConnectionError:
            return 0

    def said(self, what: str | None = None) -> list[str]:
        """Lines of the log: those that begin or end a wait, or those with one event."""
        assert self.running.log is not None
        told = [json.loads(line).get("event") for line in self.running.log.read_text().splitlines() if line[:1] == "{"]
        return [one for one in told if one == what or (what is None and one in (WAITING, GOING_ON))]

    def lives(self) -> bool:
        """Whether the same two processes run as at the start."""
        children = [self.running.web, self.running.work]
        return all(child is not None and child.poll() is None for child in children) and self.first == [
            child.pid for child in children if child is not None
        ]


@contextmanager
def node(url: str, place: Path) -> Iterator[Node]:
    """Started on the database as it is now."""
    (place / "node").mkdir()
    running = Running(url, place / "node", files=place / "files", processes=1)
    running.log, running.environment["LOG_LEVEL"] = place / "log", "WARNING"
    running.start()
    try:
        yield Node(running)
    finally:
        running.stop()
        db.session.remove()
        db.engine.dispose()


def read_to() -> dict[str, int]:
    """How far every reader of the chain has come."""
    with reading() as session:
        return {row.reader: row.seq for row in session.execute(sa.select(Cursor.reader, Cursor.seq))}


def caught_up() -> bool:
    with reading() as session:
        head = session.scalar(sa.select(events.ChainHead.seq))
    return set(read_to().values()) == {head}


def stamp(revision: str) -> None:
    """Note another revision: what an upgrade by a newer program leaves where it only adds."""
    token = mode.set("write")
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    mode.reset(token)


def instalments(order_id: str) -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).where(Instalment.order_id == order_id)) or 0


def whole() -> None:
    """The chain and the books verify, and nothing was given up."""
    with reading() as session:
        assert list(events.verify(session)) == []
        assert list(verification.verify(session)) == []
        assert session.scalar(sa.select(sa.func.count()).where(Delivery.state != "done")) == 0


def prepared() -> tuple[str, str, str]:
    """A seller's key and two orders that wait for them, of which nobody was told yet."""
    world = build()
    first, second = (reach_order(world, "awaiting_supplier").id for _ in range(2))
    key = world.key("xiao")
    db.session.remove()
    return key, first, second


@pytest.fixture
def url(new_database: Databases, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own, which processes may share; this process is within an application on it."""
    where, drop = new_database(ENGINE)
    app = make_app(where, tmp_path / "instance", FILES_PATH=str(tmp_path / "files"))
    with app.app_context():
        yield where
    drop()


def test_they_wait_for_the_upgrade_beneath_them_and_go_on(url: str, tmp_path: Path) -> None:
    key, first, second = prepared()
    downgrade(MIGRATIONS, revision="-1")
    before = read_to()
    with node(url, tmp_path) as here:
        wait_until(lambda: here.ready() == 503 and here.said() == [WAITING])
        assert read_to() == before, "it worked on a schema that it does not know"
        upgrade(MIGRATIONS)
        wait_until(lambda: here.ready() == 200 and caught_up())
        assert here.said() == [WAITING, GOING_ON]

        xiao = Caller(here.running.url, key)
        xiao.do(f"orders/{first}", "confirm")
        wait_until(lambda: caught_up() and instalments(first) > 0)

        stamp("9999")  # a newer program's migration, which adds something; this one is to be restarted soon
        wait_until(lambda: here.ready() == 503 and here.said() == [WAITING, GOING_ON, WAITING])
        xiao.do(f"orders/{second}", "confirm")  # whoever had the page open is still answered
        reached = read_to()
        time.sleep(LONGER_THAN_A_ROUND)
        assert (read_to(), instalments(second)) == (reached, 0)
        stamp(str(schema.known()))
        wait_until(lambda: here.ready() == 200 and caught_up() and instalments(second) > 0)
        assert here.said() == [WAITING, GOING_ON] * 2
        assert here.lives(), "a process had to be started again"
        assert here.said("round failed") == []
        wait_until(lambda: not owed())
        whole()


def owed() -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).where(Delivery.state == "pending")) or 0
