"""The application behind a real socket, and people who talk to it over HTTP."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from flask import Flask
from werkzeug.serving import make_server

TIMEOUT_SECONDS = 30
POLL_SECONDS = 0.01
"""How long a server takes to see that it is to stop."""


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve on a free port with threads; yields the base URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


class Caller:
    """A person at the API over a real connection."""

    def __init__(self, url: str, key: str, *, language: str = "en") -> None:
        self.url = f"{url}/api/v1/"
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {key}", "Accept-Language": language})

    def get(self, path: str, **query: Any) -> Any:
        """The parsed answer of a GET that has to succeed."""
        answer = self.session.get(self.url + path, params=query, timeout=TIMEOUT_SECONDS)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def all(self, path: str, **query: Any) -> list[Any]:
        """Every row of a collection, over all its pages."""
        rows, after = [], None
        while True:
            page = self.get(path, limit=200, **query, **({"after": after} if after else {}))
            rows += page["items"]
            after = page["next_cursor"]
            if after is None:
                return rows

    def send(
        self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None
    ) -> requests.Response:
        """A POST as it is; the caller looks at the answer."""
        headers = {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.session.post(
            self.url + path, json=body if body is not None else {}, headers=headers, timeout=TIMEOUT_SECONDS
        )

    def create(self, path: str, body: Any) -> Any:
        """A birth that has to succeed."""
        answer = self.send(path, body)
        assert answer.status_code == 201, (path, answer.status_code, answer.text)
        return answer.json()

    def do(self, path: str, action: str, body: Any = None) -> Any:
        """Read the record, perform the action on the version read; it has to succeed."""
        seen = self.get(path)
        answer = self.send(f"{path}/{action}", body, version=seen["version"])
        assert answer.status_code in (200, 201), (path, action, answer.status_code, answer.text)
        return answer.json()


logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line per request would bury what a failure says
