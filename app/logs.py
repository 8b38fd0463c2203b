"""What is written to the log: JSON lines, one for every request and one for every failure, with the id of the request.

The same id stands in the answer (`X-Request-ID`), on the error page and in the events that the request caused.
Addresses are written without their query; those that hold a secret only as their pattern.
"""

from __future__ import annotations

import logging
import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger(__name__)

PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: written down at DEBUG only."""


def init_app(app: Flask) -> None:
    """Configure the log and note every request; after http.init_app, which gives each its id."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(app.config["LOG_LEVEL"])),
        logger_factory=structlog.PrintLoggerFactory(),
    )
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    structlog.contextvars.clear_contextvars()  # threads serve one request after the other
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    g.began = time.monotonic()


def _end(response: Response) -> Response:
    write = log.debug if request.path in PROBES else log.info
    took = time.monotonic() - g.get("began", time.monotonic())
    write("request", method=request.method, path=place(), status=response.status_code, ms=round(took * 1000))
    return response


def place() -> str:
    """Where the request went: its path, or the pattern of a path that holds the secret of a single-use link."""
    rule = request.url_rule
    if rule is None:
        return "-"
    return rule.rule if "token" in (request.view_args or {}) else request.path
