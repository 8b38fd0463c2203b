"""The writers of one process take turns, in the order of their coming.

SQLite has one writer at a time and lets the others poll, so that by chance one of them may starve until its patience
ends (2 of 2,400 transactions of 8 threads did). Between processes SQLite's own waiting remains; they are few.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from app.kernel.db import BUSY_TIMEOUT_MS
from app.kernel.errors import BUSY


class Queue:
    """A lock that is handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def take(self, seconds: float) -> bool:
        """Wait for one's turn; False when it has not come in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it came at the last moment

    def leave(self) -> None:
        """Hand it to the next one, or to nobody."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_WRITERS: Final = Queue()


@contextmanager
def turn(engine: sa.Engine) -> Iterator[None]:
    """Be the writer of this process, on SQLite; PostgreSQL locks rows and needs no turns. Refusal `busy` at last."""
    if engine.dialect.name != "sqlite":
        yield
        return
    if not _WRITERS.take(BUSY_TIMEOUT_MS / 1_000):
        raise BUSY()
    try:
        yield
    finally:
        _WRITERS.leave()
