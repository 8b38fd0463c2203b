"""`kill -9` of web server and worker amid purchases: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from app.kernel import events
from app.kernel.db import db
from app.kernel.events import Delivery
from app.kernel.values import Money
from app.kernel.work import reading
from app.ledger import verification
from app.ledger.models import LedgerAccount
from app.ordering.models import Order, Receipt, Shipment
from app.payments.models import Payment
from tests import journeys
from tests.conftest import ENGINE, SECRET, make_app
from tests.journeys import Cast
from tests.live import Caller
from tests.world import World, build
from tests.worlds import catalogue

FULL = os.environ.get("PROVE") == "1"
KILLS = 50 if FULL else 3
PURCHASES = 40 if FULL else 4
PATIENCE_SECONDS = 90
GUNICORN = ("--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "critical")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.database_matters, pytest.mark.prove, pytest.mark.slow, pytest.mark.timeout(1800)]


class Running:
    """A web server and a worker as processes of their own, which can be killed and come back."""

    def __init__(self, url: str, instance: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(instance), "SECRET_KEY": SECRET,
            "PORT": str(self.port), "FLASK_APP": "wsgi:app", "LOG_LEVEL": "CRITICAL",
        }  # fmt: skip
        self.web = self.work = None
        self.lock = threading.Lock()
        self.stopping = False

    def start(self) -> None:
        """Start what is not running."""
        with self.lock:
            if self.stopping:
                return
            if self.web is None or self.web.poll() is not None:
                where = f"127.0.0.1:{self.port}"
                self.web = self._spawn("-m", "gunicorn", "wsgi:app", "--bind", where, *GUNICORN)
            if self.work is None or self.work.poll() is not None:
                self.work = self._spawn("-m", "flask", "work")

    def _spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL to both whole process groups, then both start again."""
        for child in (self.web, self.work):
            if child is not None and child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.start()

    def stop(self) -> None:
        """The end of the test."""
        with self.lock:
            self.stopping = True
        for child in (self.web, self.work):
            if child is not None and child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


class Stubborn(Caller):
    """A caller that repeats every request, with the same Idempotency-Key, until it is answered."""

    def _until_answered(self, ask: Callable[[], requests.Response]) -> requests.Response:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = ask()
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status_code not in (502, 503):
                return answer
            assert time.monotonic() < give_up, "the server did not come back"
            time.sleep(0.1)

    def get(self, path: str, **query: Any) -> Any:
        """As a Caller's, until answered."""
        answer = self._until_answered(lambda: self.session.get(self.url + path, params=query, timeout=20))
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def do(self, path: str, action: str, body: Any = None) -> Any:
        """As a Caller's; where the worker changed the record in between (412), look again, as a person would."""
        while True:
            answer = self.send(f"{path}/{action}", body, version=self.get(path)["version"])
            if answer.status_code != 412:
                assert answer.status_code in (200, 201), (path, action, answer.status_code, answer.text)
                return answer.json()

    def send(
        self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None
    ) -> requests.Response:
        """As a Caller's, until answered, always with a key."""
        sure = key or secrets.token_hex(12)
        ask = super().send
        return self._until_answered(lambda: ask(path, body, version=version, key=sure))


@pytest.fixture
def running(
    new_database: Callable[[str], tuple[str, Callable[[], None]]], tmp_path: Path
) -> Iterator[tuple[Running, World, Cast, str]]:
    url, drop = new_database(ENGINE)
    app = make_app(url, tmp_path / "instance")
    (tmp_path / "instance").mkdir(exist_ok=True)
    with app.app_context():
        world = build()
        listing = catalogue.listing(world).id
        names = ("qiu", "an", "rong", "cai", "tao", "wang", "shu", "sen", "xiao", "fa")
        keys = {name: world.key(name) for name in names}
        db.session.remove()
        processes = Running(url, tmp_path / "instance")
        processes.start()
        people = {name: Stubborn(processes.url, key) for name, key in keys.items()}
        cast = Cast(
            purchaser=people["qiu"], approver=people["an"], receiver=people["rong"], finance=people["cai"],
            operator=people["tao"], owner=people["wang"], settlement=people["shu"], settlement2=people["sen"],
        )  # fmt: skip
        cast.sellers[world.organisations["supplier"]] = _Seller(people["xiao"], people["fa"])  # type: ignore[assignment]
        try:
            yield processes, world, cast, listing
        finally:
            processes.stop()
            db.session.remove()
            db.engine.dispose()
    drop()


class _Seller:
    def __init__(self, sales: Caller, fulfilment: Caller) -> None:
        self.sales, self.fulfilment = sales, fulfilment

    def do(self, path: str, action: str, body: Any = None) -> Any:
        return (self.sales if action == "confirm" else self.fulfilment).do(path, action, body)


def _buy(cast: Cast, listing: str) -> dict[str, Any]:
    """One whole purchase; what it returns was acknowledged."""
    requisition = cast.purchaser.create(
        "requisitions", {"title": "kill", "lines": [{"listing": listing, "quantity": "2"}]}
    )
    path = f"requisitions/{requisition['id']}"
    cast.purchaser.do(path, "submit")
    cast.purchaser.do(path, "order")
    (order,) = [one for one in cast.purchaser.all("orders") if one["requisition"] == requisition["id"]]
    return dict(journeys.through_to_accepted(cast, order["id"]))


def test_kill_9_of_web_and_worker_loses_nothing_acknowledged_and_books_nothing_twice(
    running: tuple[Running, World, Cast, str],
) -> None:
    processes, world, cast, listing = running
    done = threading.Event()
    kills = 0

    def killer() -> None:
        nonlocal kills
        chance = random.Random(20261123)
        while not done.is_set() and kills < KILLS:
            if done.wait(chance.uniform(1.0, 4.0)):
                return
            processes.kill()
            kills += 1

    thread = threading.Thread(target=killer)
    thread.start()
    bought = []
    try:
        while len(bought) < PURCHASES or (kills < KILLS and len(bought) < PURCHASES * 5):
            bought.append(_buy(cast, listing))
    finally:
        done.set()
        thread.join()
    processes.start()
    assert kills == KILLS
    _wait_until(lambda: _settled(world, len(bought)))
    with reading() as session:
        assert list(events.verify(session)) == []
        assert list(verification.verify(session)) == []
        orders = session.scalars(sa.select(Order)).unique().all()
        assert {order.id for order in orders} == {one["id"] for one in bought}
        total = sum(Money.parse(one["total"]["amount"], "CNY").minor for one in bought)
        counts = {model: session.scalar(sa.select(sa.func.count()).select_from(model)) for model in
                  (Shipment, Receipt, Payment)}  # fmt: skip
        assert counts == {Shipment: 2 * len(bought), Receipt: 2 * len(bought), Payment: len(bought)}
        bank = session.scalar(sa.select(LedgerAccount.balance_minor).where(LedgerAccount.code == "bank"))
        assert bank == total
        assert session.scalar(sa.select(sa.func.count()).where(Delivery.state == "parked")) == 0


def _settled(world: World, bought: int) -> bool:
    """Whether the worker has answered everything: every order is accepted, and what is due was released."""
    with reading() as session:
        states = session.scalars(sa.select(Order.state)).all()
        head = session.scalar(sa.select(events.ChainHead.seq)) or 0
        behind = session.scalar(sa.select(sa.func.min(events.Cursor.seq))) or 0
    return len(states) == bought and set(states) <= {"accepted", "closed"} and behind == head


def _wait_until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, "the worker did not catch up"
        time.sleep(0.2)
