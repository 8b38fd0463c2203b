"""A client that costs little: it sends prepared bytes over kept connections and reads whole answers."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

TIMEOUT_SECONDS: Final = 60
READ_BYTES: Final = 262_144


class Connection:
    """One connection to a server on this machine, opened again where the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self.bytes_read = 0

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, key: str | None = None) -> bytes:
        """The body of a GET that has to succeed."""
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path, key=key)

    def post(self, path: str, body: Any, *, key: str | None = None, version: int | None = None) -> bytes:
        """The body of a POST that has to succeed."""
        return self.ask("POST", path, json.dumps(body).encode(), key=key, version=version)

    def ask(
        self, method: str, target: str, body: bytes = b"", *, key: str | None = None, version: int | None = None
    ) -> bytes:
        """The body of the answer; RuntimeError for any status but 200 and 201."""
        head = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Accept-Language: en"]
        head += [f"Authorization: Bearer {key}"] if key else []
        head += [f'If-Match: "{version}"'] if version is not None else []
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if method == "POST" else []
        status, answer = self._exchange("\r\n".join([*head, "", ""]).encode() + body)
        if status not in (200, 201):
            raise RuntimeError(f"{method} {target}: {status} {answer[:500].decode(errors='replace')}")
        self.bytes_read += len(answer)
        return answer

    def close(self) -> None:
        """Let go."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        lines = received[:end].decode("latin-1").lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        body = received[end + 4 :]
        while len(body) < int(headers["content-length"]):
            body += self._more()
        if headers.get("connection") == "close":
            self.close()
        return int(lines[0].split(" ")[1]), body

    def _more(self) -> bytes:
        assert self._socket is not None
        found = self._socket.recv(READ_BYTES)
        if not found:
            raise RuntimeError("the server closed the connection")
        return found


Unit = Callable[[Connection, int], object]
"""One thing to measure, done over a connection; the number says the how manieth of the whole run it is."""


@dataclass
class Slice:
    """What one round of one thing came to."""

    seconds: float
    each: list[float] = field(default_factory=list)
    bytes_read: int = 0
    cpu_seconds: float | None = None


def run(
    unit: Unit, port: int, *, number: int, first: int, connections: int, most_seconds: float,
    cpu: Callable[[], float | None] = lambda: None,
) -> Slice:  # fmt: skip
    """Do the unit so many times over some connections at once, or for so long; errors end the run."""
    open_connections = [Connection(port) for _ in range(connections)]
    numbers = itertools.count(first)
    done, failures = Slice(0.0), list[BaseException]()
    give_up = time.monotonic() + most_seconds

    def work(connection: Connection) -> None:
        try:
            while not failures and (place := next(numbers)) < first + number and time.monotonic() < give_up:
                start = time.perf_counter()
                unit(connection, place)
                done.each.append(time.perf_counter() - start)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(connection,), daemon=True) for connection in open_connections]
    computed, start = cpu(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.seconds = time.perf_counter() - start
    after = cpu()
    done.cpu_seconds = None if computed is None or after is None else after - computed
    for connection in open_connections:
        done.bytes_read += connection.bytes_read
        connection.close()
    if failures:
        raise failures[0]
    return done
