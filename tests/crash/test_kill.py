"""`kill -9` of web server and worker amid purchases: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.kernel import events
from app.kernel.events import Delivery
from app.kernel.values import Money
from app.kernel.work import reading
from app.ledger import verification
from app.ledger.models import LedgerAccount
from app.ordering.models import Order, Receipt, Shipment
from app.payments.models import Payment
from tests.conftest import ENGINE
from tests.crash.nodes import buy, park, settled, wait_until

FULL = os.environ.get("PROVE") == "1"
KILLS = 50 if FULL else 3
PURCHASES = 40 if FULL else 4

pytestmark = [pytest.mark.database_matters, pytest.mark.prove, pytest.mark.slow, pytest.mark.timeout(1800)]

Databases = Callable[[str], tuple[str, Callable[[], None]]]


def check(bought: list[dict[str, Any]]) -> None:
    """Everything acknowledged is there once, in the records and in the books."""
    wait_until(lambda: settled(len(bought)))
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


def test_kill_9_of_web_and_worker_loses_nothing_acknowledged_and_books_nothing_twice(
    new_database: Databases, tmp_path: Path
) -> None:
    url, drop = new_database(ENGINE)
    with park(url, tmp_path) as ((node,), cast, listing):
        done = threading.Event()
        kills = 0

        def killer() -> None:
            nonlocal kills
            chance = random.Random(20261123)
            while not done.is_set() and kills < KILLS:
                if done.wait(chance.uniform(0.0, 2.5)):
                    return
                node.kill()
                kills += 1
                node.up()

        thread = threading.Thread(target=killer)
        thread.start()
        bought = []
        try:
            while len(bought) < PURCHASES or (kills < KILLS and len(bought) < PURCHASES * 5):
                bought.append(buy(cast, listing))
        finally:
            done.set()
            thread.join()
        node.start()
        assert kills == KILLS
        check(bought)
    drop()


@pytest.mark.skipif(ENGINE == "sqlite", reason="several machines share a PostgreSQL; SQLite serves one")
def test_two_nodes_serve_one_park_and_the_death_of_one_loses_nothing(new_database: Databases, tmp_path: Path) -> None:
    url, drop = new_database(ENGINE)
    with park(url, tmp_path, nodes=2, processes=1) as ((first, second), cast, listing):
        bought = [buy(cast, listing)]
        first.stop()  # and never comes back
        bought += [buy(cast, listing) for _ in range(10 if FULL else 1)]
        assert second.web is not None
        assert second.web.poll() is None
        check(bought)
    drop()
