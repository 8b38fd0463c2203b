"""`python -m bench`: prepare, start both servers, let them take turns, print figures. docs/speed.md explains them.

`python -m bench relevance` judges what is found instead (relevance.py).
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Final

from app.catalogue import hints
from app.kernel import worker
from bench import relevance, report, servers, tasks
from bench.client import Connection, Slice, run
from bench.ground import Ground, database_bytes, prepared, rows_by_table, settled
from bench.servers import Server
from bench.tasks import LABPARK, Measure

MOST_SECONDS: Final = 10.0
"""Of one round of one thing: a slow machine does fewer, and does not measure for ever."""
WARM_UP: Final = 40
PREFIX_CHARS: Final = 6
MAX_SUGGESTIONS: Final = 2_000
BUSY_LOAD: Final = 0.5
"""Load per processor before the start, from which on the figures are not to be trusted."""


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What a person asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Compares LabPark's speed with controls.")
    parser.add_argument("--listings", default="1000,3000", help="sizes of the catalogue (default: 1000,3000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each thing (default: 5)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--connections", type=int, default=4, help="requests at once (default: 4)")
    parser.add_argument("--requests", type=int, default=250, help="requests of one thing in a round (default: 250)")
    parser.add_argument("--orders", type=int, default=15, help="orders in a round (default: 15)")
    asked = parser.parse_args(given)
    try:
        asked.sizes = [int(size) for size in asked.listings.split(",")]
    except ValueError:
        parser.error("--listings takes numbers with commas between them")
    least = min(*asked.sizes, asked.rounds, asked.connections, asked.requests, asked.orders)
    if least < 1 or min(asked.sizes) < MIN_LISTINGS:
        parser.error(f"every number is at least 1, and a catalogue has at least {MIN_LISTINGS} listings")
    return asked


MIN_LISTINGS: Final = 100
"""Below, some of the questions find nothing."""


def main() -> int:
    """One installation after the other, each size anew."""
    signal.signal(signal.SIGTERM, _end)
    if sys.argv[1:] == ["relevance"]:
        return relevance.run()
    asked = arguments()
    before = os.getloadavg()[0]
    say(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load {before:.1f} before the start, "
        f"Python {platform.python_version()}, {asked.database}"
        f"{f' {sqlite3.sqlite_version}' if asked.database == 'sqlite' else ''}")  # fmt: skip
    if before > BUSY_LOAD * (os.cpu_count() or 1):
        say("THE MACHINE IS BUSY: these figures say little, and nothing at all beside those of another run.")
    say(f"One process with {servers.THREADS} threads each, {asked.connections} connections, rounds: {asked.rounds}; "
        "medians of the rounds, (least to most).")  # fmt: skip
    for size in asked.sizes:
        with tempfile.TemporaryDirectory(prefix="labpark-bench-") as folder:
            one_size(asked, size, Path(folder))
    return 0


def one_size(asked: argparse.Namespace, size: int, folder: Path) -> None:
    """Everything about one catalogue."""
    start = time.monotonic()
    with prepared(asked.database, size, folder) as (ground, _):
        say(f"\n{size} listings ({ground.how}): made in {ground.fill_seconds:.1f} s, indexed in "
            f"{ground.index_seconds:.2f} s; the index takes {report.mebibytes(ground.index_bytes())}, the database "
            f"{report.mebibytes(database_bytes())} with the control's tables")  # fmt: skip
        suggestions(ground)
        with servers.labpark(ground.url, ground.instance, ground.secret) as ours, servers.control(ground.url) as theirs:
            measure(asked, ground, ours, theirs)
    say(f"This size took {time.monotonic() - start:.0f} s")


def measure(asked: argparse.Namespace, ground: Ground, ours: Server, theirs: Server) -> None:
    """Readings, memory, orders, memory."""
    with closing(Connection(ours.port)) as to_labpark, closing(Connection(theirs.port)) as to_control:
        found = tasks.totals(to_labpark, to_control)
    for kind, (here, there) in found.items():
        say(f"Found by {kind}, {2 * len(tasks.QUERIES)} questions: LabPark {here}, {tasks.CONTROL} {there}")
    fresh = ours.memory_bytes()
    in_turns(asked, tasks.readings(ground), ours, theirs)
    say(f"Memory of the web process: LabPark {report.mebibytes(fresh)} after its first requests, "
        f"{report.mebibytes(ours.memory_bytes())} after the readings; {tasks.CONTROL} "
        f"{report.mebibytes(theirs.memory_bytes())}")  # fmt: skip
    rows = rows_of_a_purchase(ground, ours)
    worker.settle()
    orders = in_turns(asked, [tasks.purchases(ground, rows)], ours, theirs)
    made = sum(len(one.each) for slices in orders for one in slices[LABPARK])
    start = time.monotonic()
    worker.settle()
    each = (time.monotonic() - start) * 1000 / made
    say(f"The worker, which stood still meanwhile, took {each:.1f} ms for each order")
    say(f"Memory of the web process after the orders: LabPark {report.mebibytes(ours.memory_bytes())}, "
        f"{tasks.CONTROL} {report.mebibytes(theirs.memory_bytes())}")  # fmt: skip


def in_turns(
    asked: argparse.Namespace, measures: Sequence[Measure], ours: Server, theirs: Server
) -> list[Mapping[str, list[Slice]]]:
    """Warm everything up, then rounds in which everybody does the same one after the other; prints what came out."""
    found: list[Mapping[str, list[Slice]]] = []
    for one in measures:
        number = asked.orders if one.orders else asked.requests
        rounds: defaultdict[str, list[Slice]] = defaultdict(list)
        first = 0
        for place in range(-1, asked.rounds):
            warming = place < 0
            amount = min(number, WARM_UP) if warming else number
            for name in _order(list(one.units), place):
                server = ours if name == LABPARK else theirs
                settled()
                done = run(
                    one.units[name], server.port, number=amount, first=first, connections=asked.connections,
                    most_seconds=MOST_SECONDS, cpu=server.cpu_seconds,
                )  # fmt: skip
                if not warming:
                    rounds[name].append(done)
            first += amount
        say("\n".join(report.measure_lines(one.title, {name: rounds[name] for name in one.units})))
        found.append(rounds)
    return found


def _order(names: list[str], place: int) -> list[str]:
    """Everybody goes first once in a while."""
    turn = place % len(names)
    return names[turn:] + names[:turn]


def rows_of_a_purchase(ground: Ground, ours: Server) -> list[int]:
    """How many rows each transaction of a purchase inserts; the control has to insert as many."""
    inserted, names = [], []
    with closing(Connection(ours.port)) as connection:
        for _ in tasks.purchase(ground, connection, 0):
            pass  # the first one of a year also makes counters
        before = Counter(rows_by_table())
        for name in tasks.purchase(ground, connection, 1):
            after = Counter(rows_by_table())
            inserted.append(sum((after - before).values()))
            names.append(f"{name} {inserted[-1]}")
            before = after
    say(f"One purchase inserts {sum(inserted)} rows in {len(inserted)} transactions: {', '.join(names)}")
    return inserted


def suggestions(ground: Ground) -> None:
    """Suggestions while typing, in this process, one after the other, every beginning once."""
    typed = list(_beginnings(ground.names))
    for prefix in typed[:WARM_UP]:
        hints.suggestions(prefix, "zh")
    times, found = [], 0
    for prefix in typed:
        start = time.perf_counter()
        answers = hints.suggestions(prefix, "zh")
        times.append((time.perf_counter() - start) * 1000)
        found += bool(answers)
    say(f"Suggestions, {len(typed)} beginnings ({found} with an answer), in the process: "
        f"p50 {report.percentile(times, 50):.2f} ms, p99 {report.percentile(times, 99):.2f} ms, "
        f"slowest {max(times):.2f} ms")  # fmt: skip


def _beginnings(names: Sequence[str]) -> Iterator[str]:
    beginnings = sorted({name[:length] for name in names for length in range(1, PREFIX_CHARS + 1)})
    step = max(1, len(beginnings) // MAX_SUGGESTIONS)
    yield from beginnings[::step]


def say(text: str) -> None:
    """At once, also into a file."""
    print(text, flush=True)


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(1)  # by the way of every `with`, so that no server stays behind


if __name__ == "__main__":
    sys.exit(main())
