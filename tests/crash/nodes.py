"""A park served by processes of their own, which can be killed, and people who repeat until they are answered."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from app.kernel import events
from app.kernel.db import db
from app.kernel.work import reading
from app.ordering.models import Order
from tests import journeys
from tests.conftest import SECRET, make_app
from tests.journeys import Cast
from tests.live import Caller
from tests.world import World, build
from tests.worlds import catalogue

PATIENCE_SECONDS = 90
GUNICORN = ("--threads", "4", "--worker-class", "gthread", "--log-level", "critical")
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port below those that outgoing connections get, so that nobody sits on it while the server is dead."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


class Running:
    """A web server and a worker as processes of their own, which can be killed and come back."""

    def __init__(self, url: str, instance: Path, *, files: Path, processes: int) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(instance), "SECRET_KEY": SECRET,
            "FILES_PATH": str(files), "PORT": str(self.port), "FLASK_APP": "wsgi:app", "LOG_LEVEL": "CRITICAL",
            "RATE_PER_KEY": "0", "RATE_PER_ACCOUNT": "0", "RATE_PER_ADDRESS": "0", "SECOND_FACTOR": "optional",
        }  # fmt: skip
        self.processes = processes
        self.log: Path | None = None
        self.web: subprocess.Popen[bytes] | None = None
        self.work: subprocess.Popen[bytes] | None = None
        self.lock = threading.Lock()
        self.stopping = False

    def start(self) -> None:
        """Start what is not running."""
        with self.lock:
            if self.stopping:
                return
            if self.web is None or self.web.poll() is not None:
                where = f"127.0.0.1:{self.port}"
                self.web = self._spawn("-m", "gunicorn", "wsgi:app", "--bind", where, "--workers",
                                       str(self.processes), *GUNICORN)  # fmt: skip
            if self.work is None or self.work.poll() is not None:
                self.work = self._spawn("-m", "flask", "work")

    def _spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.log or Path(os.devnull)).open("ab") as said:
            return subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.environment, start_new_session=True,
                stdout=said, stderr=said,
            )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL to both whole process groups, then both start again."""
        for child in (self.web, self.work):
            if child is not None and child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.start()

    def up(self) -> None:
        """Wait until it answers again: who kills faster than a busy machine starts would test nothing.

        What ended by itself is started again, as systemd would.
        """
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up and not self.stopping:
            self.start()
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return
            time.sleep(0.05)

    def stop(self) -> None:
        """The end of the test."""
        with self.lock:
            self.stopping = True
        for child in (self.web, self.work):
            if child is not None and child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


class Stubborn(Caller):
    """A caller that repeats every request, with the same Idempotency-Key, at the next node, until it is answered."""

    def __init__(self, urls: Sequence[str], key: str) -> None:
        super().__init__(urls[0], key)
        self.nodes = cycle(f"{url}/api/v1/" for url in urls)

    def _until_answered(self, ask: Callable[[], requests.Response]) -> requests.Response:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.url = next(self.nodes)
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


class Seller:
    """Sales confirm, fulfilment packs and ships: one seller made of two people."""

    def __init__(self, sales: Caller, fulfilment: Caller) -> None:
        self.sales, self.fulfilment = sales, fulfilment

    def do(self, path: str, action: str, body: Any = None) -> Any:
        """Whoever's action it is."""
        return (self.sales if action == "confirm" else self.fulfilment).do(path, action, body)


@contextmanager
def park(url: str, place: Path, *, nodes: int = 1, processes: int = 2) -> Iterator[tuple[list[Running], Cast, str]]:
    """Nodes that serve one database, the people who buy and sell there, and the id of a listing."""
    app = make_app(url, place / "instance", FILES_PATH=str(place / "files"))
    names = ("qiu", "an", "rong", "cai", "tao", "wang", "shu", "sen", "xiao", "fa")
    with app.app_context():
        world: World = build()
        listing = catalogue.listing(world).id
        keys = {name: world.key(name) for name in names}
        db.session.remove()
        running = []
        for number in range(nodes):
            (instance := place / f"node-{number}").mkdir()
            running.append(Running(url, instance, files=place / "files", processes=processes))
            running[-1].start()
        people = {name: Stubborn([one.url for one in running], key) for name, key in keys.items()}
        cast = Cast(
            purchaser=people["qiu"], approver=people["an"], receiver=people["rong"], finance=people["cai"],
            operator=people["tao"], owner=people["wang"], settlement=people["shu"], settlement2=people["sen"],
        )  # fmt: skip
        cast.sellers[world.organisations["supplier"]] = Seller(people["xiao"], people["fa"])  # type: ignore[assignment]
        try:
            yield running, cast, listing
        finally:
            for one in running:
                one.stop()
            db.session.remove()
            db.engine.dispose()


def buy(cast: Cast, listing: str) -> dict[str, Any]:
    """One whole purchase; what it returns was acknowledged."""
    requisition = cast.purchaser.create(
        "requisitions", {"title": "kill", "lines": [{"listing": listing, "quantity": "2"}]}
    )
    path = f"requisitions/{requisition['id']}"
    cast.purchaser.do(path, "submit")
    cast.purchaser.do(path, "order")
    (order,) = [one for one in cast.purchaser.all("orders") if one["requisition"] == requisition["id"]]
    return dict(journeys.through_to_accepted(cast, order["id"]))


def settled(bought: int) -> bool:
    """Whether the worker has answered everything: every order is accepted, and what is due was released."""
    with reading() as session:
        states = session.scalars(sa.select(Order.state)).all()
        head = session.scalar(sa.select(events.ChainHead.seq)) or 0
        behind = session.scalar(sa.select(sa.func.min(events.Cursor.seq))) or 0
    return len(states) == bought and set(states) <= {"accepted", "closed"} and behind == head


def wait_until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up, "the worker did not catch up"
        time.sleep(0.2)
