"""The months behind the demo park, lived through day by day, the earliest first, so that every history reads true.

A story is a generator: what it does until its first `yield` happens on the day it begins, and `yield 3` lets three
days pass; another story that it yields begins on the next day and goes its own way. All stories of a day take turns
between nine and six; in the evening the worker does what is due.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Final

from app.cli.seed.stage import PARK_OFFSET, together
from app.kernel import worker
from app.kernel.db import db
from app.kernel.events import REACTIONS
from app.kernel.values import clock_at, now
from app.kernel.work import checkpoint

Story = Iterator["int | Story"]
"""How many days pass before it goes on, or another story that begins."""
Chapter = Generator["int | Story", None, str]
"""A part of a story, told with `yield from`; its value is the id of the record that the story goes on with."""

OPENS: Final = time(9, 0)
EVENING: Final = time(18, 30)
PACE: Final = timedelta(minutes=23)
CHORES_EVERY_DAYS: Final = 14
TOLD_DAYS: Final = 45
NOTICES: Final = "notices"
WORKING_DAY: Final = timedelta(hours=9)


class Calendar:
    """What is still to happen, by days before today."""

    def __init__(self) -> None:
        self._today = (now() + PARK_OFFSET).date()
        self._waiting: list[tuple[int, int, Story]] = []
        self._numbers = count()

    def begin(self, days_ago: int, story: Story) -> None:
        """Let a story begin so many days before today."""
        heapq.heappush(self._waiting, (-days_ago, next(self._numbers), story))

    def run(self) -> None:
        """Live through every day up to yesterday; what stories still had in mind for later does not happen."""
        while self._waiting and self._waiting[0][0] < 0:
            days_ago = -self._waiting[0][0]
            self._day(days_ago, self._today - timedelta(days=days_ago))

    def _day(self, days_ago: int, day: date) -> None:
        due = []
        while self._waiting and self._waiting[0][0] == -days_ago:
            due.append(heapq.heappop(self._waiting)[2])
        pace = min(PACE, WORKING_DAY / len(due))
        for place, story in enumerate(due):
            with clock_at(_moment(day, OPENS) + place * pace):
                self._go_on(days_ago, story)
        with clock_at(_moment(day, EVENING)):
            _evening(days_ago)

    def _go_on(self, days_ago: int, story: Story) -> None:
        with together():
            for said in story:
                if isinstance(said, int):
                    self.begin(days_ago - max(1, said), story)
                    return
                self.begin(days_ago - 1, said)


def _evening(days_ago: int) -> None:
    """What the worker does all day, once; what it does every few minutes is done now and then, for the months pass.

    Notices of the early months would be read by nobody: people are told of what happened since.
    """
    if days_ago == TOLD_DAYS + 1:
        worker.pass_over(NOTICES)
    readers = [one for one in sorted(REACTIONS) if days_ago <= TOLD_DAYS or one != NOTICES]
    while worker.ring_clocks() + sum(worker.catch_up(reader) for reader in readers):
        pass
    if days_ago <= TOLD_DAYS:
        (worker.settle if days_ago % CHORES_EVERY_DAYS == 0 else worker.deliver)()
    db.session.rollback()
    checkpoint(db.engine)  # or the months would lie in SQLite's log, hundreds of megabytes of it


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, UTC) - PARK_OFFSET
