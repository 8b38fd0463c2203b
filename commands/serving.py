"""Running LabPark on this machine: its folder, its web server and its worker, from start to a clean stop."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from commands.environment import PYTHON, TO_RUN, ensure
from commands.terminal import ROOT, Refused, say

HIGHEST_PORT = 65535
START_SECONDS = 60  # until /readyz must have answered
STOP_SECONDS = 10  # between asking a child to stop and killing it
RESTART_SECONDS_MOST = 30  # longest pause before the worker is started again
STEADY_SECONDS = 60  # a worker that lived this long starts again without a pause


def settings(file: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with what .env adds to it."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    pairs = (re.fullmatch(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*", line) for line in lines)
    return {**{pair[1]: pair[2].strip("'\"") for pair in pairs if pair}, **environ}


def address(environ: Mapping[str, str]) -> tuple[str, int]:
    host, port = environ.get("HOST") or "127.0.0.1", environ.get("PORT") or "8000"
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= HIGHEST_PORT:
        raise Refused(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {port!r}: PORT=8000 make run")
    return host, int(port)


def refuse_busy_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise Refused(
                f"LabPark cannot listen on {host} port {port} ({error.strerror}): set HOST and PORT"
            ) from None
        other = port + 1 if port < HIGHEST_PORT else 8000
        raise Refused(
            f"Port {port} is already in use: stop the program that uses it, or take another one: PORT={other} make run"
        ) from None


def open_instance(folder: Path) -> None:
    """The installation's own folder, closed to others, with the key that signs its sessions."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o700)
    key = folder / "secret_key"
    if not key.is_file() or not key.read_text().strip():
        # Written aside and moved, so that a crash never leaves half a key.
        handle, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        os.replace(draft, key)


def end_with_parent() -> None:
    """In a new child, on Linux: receive SIGTERM if dev.py is killed, so that no orphan keeps the port."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Children:
    """The programs started here. Each has its own process group: the terminal's Ctrl-C reaches dev.py alone,
    which asks them to stop in order."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.running: list[subprocess.Popen[bytes]] = []
        self.stop_requests = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.request_stop)

    def request_stop(self, *_: object) -> None:
        self.stop_requests += 1

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [PYTHON, *arguments],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - dev.py has one thread
        )
        self.running.append(child)
        return child

    def wait(self, done: Callable[[], bool], seconds: float | None = None) -> bool:
        """Until something is true; False when told to stop or out of time."""
        deadline = time.monotonic() + seconds if seconds is not None else None
        while not done():
            if self.stop_requests or (deadline is not None and time.monotonic() > deadline):
                return False
            time.sleep(0.05)
        return True

    def stop(self) -> None:
        """Ask all to stop, wait, then kill what is left; a second Ctrl-C kills at once."""
        requests, deadline = self.stop_requests, time.monotonic() + STOP_SECONDS
        for child in self.running:
            if child.poll() is None:
                child.terminate()
        while any(child.poll() is None for child in self.running):
            if time.monotonic() > deadline or self.stop_requests > max(requests, 1):
                break
            time.sleep(0.05)
        for child in self.running:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue  # all of the group is gone
            child.wait()


def one_ended(*children: subprocess.Popen[bytes]) -> Callable[[], bool]:
    return lambda: any(child.poll() is not None for child in children)


def gunicorn(host: str, port: int) -> list[str]:
    """Threads for waiting, two processes for work; recycled now and then. No preload: SQLite dislikes a fork."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = "--worker-class gthread --workers 2 --threads 4 --max-requests 5000 --max-requests-jitter 1000"
    quiet = "--graceful-timeout 8 --timeout 60 --log-level warning --no-control-socket"
    return ["-m", "gunicorn", "wsgi:app", "--bind", bind, *options.split(), *quiet.split()]


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    reach = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a person may ask to listen everywhere
    return f"http://[{reach}]:{port}" if ":" in reach else f"http://{reach}:{port}"


def ready(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url + "/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def keep_running(children: Children, web: subprocess.Popen[bytes]) -> int:
    """Start the worker, and again whenever it ends, until told to stop or the web server is gone."""
    pause = 0.0
    while True:
        worker, started = children.start("-m", "flask", "work"), time.monotonic()
        if not children.wait(one_ended(web, worker)):
            return 0
        if web.poll() is not None:
            say(f"The web server has ended (exit code {web.returncode}); what it said stands above.")
            return 1
        children.running.remove(worker)
        pause = 0.0 if time.monotonic() - started > STEADY_SECONDS else min(max(1.0, pause * 2), RESTART_SECONDS_MOST)
        say(f"The worker has ended (exit code {worker.returncode}); it starts again in {pause:.0f} s.")
        if not children.wait(one_ended(web), pause) and children.stop_requests:
            return 0


def serve(children: Children, host: str, port: int, instance: Path) -> int:
    """Prepare, start, say where it is, keep it running. Exit code: 0 when a person stopped it."""
    demo = [] if children.environment.get("DEMO_PARK") != "0" else ["--no-demo"]
    prepare = children.start("-m", "flask", "prepare", *demo)
    if not children.wait(one_ended(prepare)):
        return 0
    if prepare.returncode:
        say("LabPark could not be prepared; the reason stands above.")
        return 1
    children.running.remove(prepare)
    web = children.start(*gunicorn(host, port))
    url = url_of(host, port)
    up = children.wait(lambda: web.poll() is not None or ready(url), START_SECONDS)
    if children.stop_requests:
        return 0
    if not up or web.poll() is not None:
        why = f"did not answer {url}/readyz within {START_SECONDS} s" if not up else "ended while starting"
        say(f"The web server {why}; what it said stands above.")
        return 1
    say(f"LabPark is running at {url} (Ctrl-C stops it)")
    if children.environment.get("SECOND_FACTOR") == "optional":
        say("Passwords are enough in this demonstration; SECOND_FACTOR=required make run asks for a second factor.")
    accounts = instance / "demo-accounts.txt"
    if accounts.is_file():
        say("\n" + accounts.read_text(encoding="utf-8").rstrip())
    return keep_running(children, web)


def run(arguments: Sequence[str]) -> int:
    if arguments:
        raise Refused("run takes no arguments; settings come from the environment: PORT=8001 make run")
    environment = settings(ROOT / ".env", os.environ)
    host, port = address(environment)
    refuse_busy_port(host, port)
    ensure(TO_RUN)
    instance = (ROOT / (environment.get("INSTANCE_PATH") or "instance")).resolve()
    try:
        open_instance(instance)
    except OSError as error:
        raise Refused(f"The instance folder cannot be used ({error}): INSTANCE_PATH=/some/folder make run") from None
    if environment.get("DEMO_PARK") != "0" and not environment.get("BASE_URL"):
        environment.setdefault("SECOND_FACTOR", "optional")  # whoever looks around need not have a telephone at hand
    environment.update(
        HOST=host, PORT=str(port), INSTANCE_PATH=str(instance), FLASK_APP="wsgi:app", PYTHONUNBUFFERED="1"
    )
    environment.setdefault("LOG_LEVEL", "WARNING")  # a line per request would bury what this command says
    children = Children(environment)
    try:
        return serve(children, host, port, instance)
    finally:
        children.stop()
