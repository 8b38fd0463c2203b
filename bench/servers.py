"""Web servers to measure: gunicorn with one process and four threads each, on loopback, beside the client's process."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from app.kernel.db import wal_reset_affected

ROOT: Final = Path(__file__).resolve().parent.parent
THREADS: Final = 4
START_SECONDS: Final = 60
STOP_SECONDS: Final = 10
OPTIONS: Final = f"--worker-class gthread --workers 1 --threads {THREADS} --timeout 120 --log-level critical"
PROC: Final = Path("/proc")
STAT_PARENT, STAT_USER, STAT_SYSTEM = 1, 11, 12  # places in /proc/<pid>/stat behind the name


class Server:
    """One gunicorn: where it listens, and what its one working process has used."""

    def __init__(self, application: str, ready: str, environment: Mapping[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self._application, self._ready, self._environment = application, ready, environment
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: int | None = None

    def __enter__(self) -> Self:
        command = ["-m", "gunicorn", self._application, "--bind", f"127.0.0.1:{self.port}", *OPTIONS.split()]
        self._process = subprocess.Popen(
            [sys.executable, *command, "--no-control-socket"], cwd=ROOT, env={**os.environ, **self._environment},
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            self._await()
        except BaseException:
            self._stop()
            raise
        self._worker = next(iter(_children(self._process.pid)), None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _await(self) -> None:
        assert self._process is not None
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                with direct.open(f"http://127.0.0.1:{self.port}{self._ready}", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        self._stop()
        said = self._process.stderr.read().decode(errors="replace") if self._process.stderr else ""
        raise RuntimeError(f"{self._application} did not answer {self._ready}: {said[-2000:]}")

    def _stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def cpu_seconds(self) -> float | None:
        """What the working process has computed so far; None on systems that do not tell in /proc."""
        stat = _stat(self._worker) if self._worker else None
        if stat is None:
            return None
        return (int(stat[STAT_USER]) + int(stat[STAT_SYSTEM])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int | None:
        """Its resident memory, with the pages of files that it has mapped (the search index)."""
        if self._worker is None:
            return None
        lines = (PROC / str(self._worker) / "status").read_text().splitlines()
        kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), None)
        return None if kilobytes is None else kilobytes * 1024


def labpark(url: str, instance: Path, secret: str) -> Server:
    """LabPark as `make run` serves it, but for one process instead of two."""
    return Server("wsgi:app", "/readyz", {
        "DATABASE_URL": url, "INSTANCE_PATH": str(instance), "SECRET_KEY": secret, "LOG_LEVEL": "CRITICAL",
        "RATE_PER_KEY": "0", "RATE_PER_ACCOUNT": "0", "RATE_PER_ADDRESS": "0", "SECOND_FACTOR": "optional",
    })  # fmt: skip


def control(url: str) -> Server:
    """The control on the same database."""
    checkpoints = not wal_reset_affected(sqlite3.sqlite_version_info)  # where LabPark's worker does it, the bench does
    return Server(f"bench.control:create({url!r}, checkpoints={checkpoints})", "/bare", {})


def _children(parent: int) -> list[int]:
    found = (int(path.name) for path in PROC.glob("[0-9]*"))
    return [pid for pid in found if (stat := _stat(pid)) is not None and int(stat[STAT_PARENT]) == parent]


def _stat(pid: int) -> list[str] | None:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None  # it has ended meanwhile
