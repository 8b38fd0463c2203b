"""`kill -9` of the worker amid an import: every row is taken once; with PROVE=1 50,000 rows, in bounded memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.catalogue.exchange import actions
from app.catalogue.exchange.models import ImportJob
from app.catalogue.models import Listing
from app.kernel import events
from app.kernel.db import db
from app.kernel.events import Delivery, Event
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from tests.conftest import ENGINE, SECRET, make_app
from tests.world import build
from tests.worlds.imports import EDITOR, HEADINGS, sent, table
from tests.worlds.ordering import again, do

FULL = os.environ.get("PROVE") == "1"
ROWS = 50_000 if FULL else 400
KILLS = 5 if FULL else 2
MOST_SECONDS = 3_600 if FULL else 600
MOST_KIB = 400 * 1024
"""What the worker may ever hold in memory; a whole park's code takes half of it."""
ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.database_matters, pytest.mark.prove, pytest.mark.slow, pytest.mark.timeout(MOST_SECONDS)]

Databases = Callable[[str], tuple[str, Callable[[], None]]]


@contextmanager
def worker(url: str, instance: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`flask work` as a process of its own, killed in the end."""
    environment = {
        **os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(instance), "FILES_PATH": str(instance / "files"),
        "SECRET_KEY": SECRET, "FLASK_APP": "wsgi:app", "LOG_LEVEL": "CRITICAL",
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-m", "flask", "work"], cwd=ROOT, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def peak_kib(pid: int) -> int:
    """The most memory that a process has held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def lease_runs_out() -> None:
    """Two minutes pass, which a test does not wait for."""
    with unit_of_work():
        db.session.execute(
            sa.update(Delivery).where(Delivery.state == "pending").values(leased_until=now() - timedelta(seconds=1))
        )


def until(job: ImportJob, what: Callable[[ImportJob], bool]) -> ImportJob:
    """Wait for the worker."""
    give_up = time.monotonic() + MOST_SECONDS
    while time.monotonic() < give_up:
        found: ImportJob = again(job)
        if what(found) or found.state in ("failed", "cancelled"):
            return found
        time.sleep(0.1)
    raise AssertionError(f"{again(job).state} after {again(job).done_rows} rows")


def test_an_import_that_is_killed_goes_on_without_a_lost_or_doubled_row(
    new_database: Databases, tmp_path: Path
) -> None:
    url, drop = new_database(ENGINE)
    app = make_app(url, tmp_path, FILES_PATH=str(tmp_path / "files"))
    with app.app_context():
        world = build()
        rows = [(f"K-{n}", "labware.tubes", f"离心管 {n}", f"{n + 1}.00", "支") for n in range(ROWS)]
        job = sent(world, table(*rows, headings=HEADINGS, name="货.xlsx"), then="draft")
        peak, seen = 0, 0
        for _ in range(KILLS):  # amid the check
            with worker(url, tmp_path) as child:
                seen = until(job, lambda one, seen=seen: one.state == "checked" or one.done_rows > seen).done_rows  # type: ignore[misc]
                peak = max(peak, peak_kib(child.pid))
            lease_runs_out()
        with worker(url, tmp_path):
            assert until(job, lambda one: one.state == "checked").created_rows == ROWS
        do(actions.start, job, world.actor(EDITOR))
        seen = 0
        for _ in range(KILLS):
            with worker(url, tmp_path) as child:
                seen = until(job, lambda one, seen=seen: one.state == "done" or one.done_rows > seen).done_rows  # type: ignore[misc]
                peak = max(peak, peak_kib(child.pid))
            lease_runs_out()
        began, before = time.monotonic(), again(job).done_rows
        with worker(url, tmp_path) as child:
            ended = until(job, lambda one: one.state == "done")
            peak = max(peak, peak_kib(child.pid))
        rate = (ROWS - before) / (time.monotonic() - began)
        print(f"{ROWS} rows, {2 * KILLS} kills, {rate:.0f} rows/s at the end, the worker's peak {peak // 1024} MiB")
        assert (ended.state, ended.created_rows, ended.done_rows) == ("done", ROWS, ROWS)
        with reading() as session:
            numbers = session.scalars(sa.select(Listing.supplier_sku).where(Listing.supplier_sku.like("K-%"))).all()
            assert sorted(map(str, numbers)) == sorted(f"K-{n}" for n in range(ROWS))
            born = sa.select(sa.func.count()).select_from(Event).where(Event.name == "listing.create")
            assert session.scalar(born) == ROWS
            assert list(events.verify(session)) == []
        assert peak < MOST_KIB
        db.session.remove()
        db.engine.dispose()
    drop()
