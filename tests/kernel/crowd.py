"""Many at once: threads with an application context each, started together, whose failures are not lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from app.kernel.db import db
from tests.kernel.rounds import rounds

T = TypeVar("T")
PATIENCE_SECONDS = rounds(100, 1_500)


def together(app: Flask, *tasks: Callable[[], T]) -> list[T | BaseException]:
    """What each task returned or raised; all of them start at the same moment."""
    db.session.rollback()  # what the test itself holds must not stand in their way
    start = threading.Barrier(len(tasks))
    outcomes: list[Any] = [None] * len(tasks)

    def run(place: int, task: Callable[[], T]) -> None:
        with app.app_context():
            try:
                start.wait(PATIENCE_SECONDS)
                outcomes[place] = task()
            except BaseException as error:  # handed to the test
                outcomes[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return outcomes


def failures(outcomes: list[Any]) -> list[BaseException]:
    """The tasks that raised."""
    return [one for one in outcomes if isinstance(one, BaseException)]
