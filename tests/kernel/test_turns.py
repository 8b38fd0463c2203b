"""Writers of one process take turns in the order of their coming, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask

from app.kernel import turns
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.turns import Queue
from app.kernel.work import unit_of_work
from tests.kernel.crowd import failures, together

PATIENCE_SECONDS = 20


def test_whoever_has_waited_longest_comes_next() -> None:
    queue, order = Queue(), []
    assert queue.take(0)

    def wait(place: int) -> None:
        assert queue.take(PATIENCE_SECONDS)
        order.append(place)
        queue.leave()

    threads = []
    for place in range(8):
        threads.append(threading.Thread(target=wait, args=(place,)))
        threads[-1].start()
        while len(queue._waiting) <= place:
            time.sleep(0.001)
    queue.leave()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert order == list(range(8))


def test_whoever_gives_up_is_not_waited_for() -> None:
    queue = Queue()
    assert queue.take(0)
    assert not queue.take(0.01)
    queue.leave()
    assert queue.take(0)
    queue.leave()


def test_one_is_inside_at_a_time_whatever_happens_there() -> None:
    queue, inside, most = Queue(), [0], [0]

    def work(seed: int) -> None:
        for turn in range(40):
            if queue.take(0.0005 if (seed + turn) % 5 == 0 else PATIENCE_SECONDS):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.0002)
                inside[0] -= 1
                queue.leave()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert (inside, most) == ([0], [1])
    assert queue.take(0), "the last one has left"


@pytest.mark.database_matters
def test_a_turn_is_given_back_when_the_work_fails_and_refused_when_it_never_comes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), unit_of_work():
            _ = 1 // 0
    monkeypatch.setattr(turns, "BUSY_TIMEOUT_MS", 50)

    def write() -> None:
        with unit_of_work():
            pass

    with unit_of_work():
        refusals = [refused.code for refused in beside(app, write)]
    # PostgreSQL locks rows, not the database.
    assert refusals == (["busy"] if db.engine.dialect.name == "sqlite" else [])
    assert failures(together(app, write)) == []


def beside(app: Flask, task: Callable[[], None]) -> list[Refusal]:
    """What another thread is refused while the test itself is in the middle of its work."""
    refusals: list[Refusal] = []

    def run() -> None:
        with app.app_context():
            try:
                task()
            except Refusal as refused:
                refusals.append(refused)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return refusals
