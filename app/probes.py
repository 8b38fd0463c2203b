"""What a machine asks: /healthz (the process), /readyz (database and schema), /metrics (for the operator's monitor)."""

from __future__ import annotations

import hmac
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, g, jsonify, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from app.accounts import throttle
from app.kernel import schema
from app.kernel.db import db
from app.kernel.events import ChainHead, Cursor, Delivery
from app.kernel.values import now

probes = Blueprint("probes", __name__)

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})

registry = CollectorRegistry()
REQUESTS = Counter("labpark_requests", "Requests answered", ["endpoint", "method", "status"], registry=registry)
SECONDS = Histogram("labpark_request_seconds", "Time to answer", ["endpoint"], registry=registry)
LAG = Gauge("labpark_reader_lag_events", "Events a reader has still to read", ["reader"], registry=registry)
OWED = Gauge("labpark_deliveries", "Deliveries by state", ["state"], registry=registry)
OVERDUE = Gauge("labpark_delivery_overdue_seconds", "How long the oldest due delivery has waited", registry=registry)
RESTING = Gauge("labpark_resting", "Accounts, networks and second factors at their limit", ["kind"], registry=registry)
BACKUP_OK = Gauge("labpark_backup_ok", "Whether the last backup of this node succeeded", registry=registry)
BACKUP_AT = Gauge("labpark_backup_timestamp_seconds", "When it was made", registry=registry)
SCHEMA_KNOWN = Gauge("labpark_schema_known", "Whether the database has this program's schema", registry=registry)

DELIVERY_STATES: Final = ("pending", "done", "parked")

BACKUP_STATUS: Final = "last-backup.json"


@probes.before_app_request
def _start() -> None:
    g.started = time.monotonic()


@probes.after_app_request
def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, request.method, response.status_code).inc()
    if "started" in g:
        SECONDS.labels(endpoint).observe(time.monotonic() - g.started)
    return response


@probes.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@probes.get("/readyz")
def readyz() -> Response:
    """The database answers and its schema is this program's; 503 otherwise."""
    ready = schema.stored() == schema.known()
    response = jsonify(status="ready" if ready else "not ready")
    response.status_code = 200 if ready else 503
    return response


@probes.get("/metrics")
def metrics() -> Response:
    """Prometheus text, for callers on this machine or with the token of METRICS_TOKEN."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (token and hmac.compare_digest(given.encode(), token.encode())) and request.remote_addr not in LOOPBACK:
        abort(404)
    _measure()
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")


def tell_of_backup(*, ok: bool, words: str) -> None:
    """Leave word of a backup for /metrics and `flask doctor`."""
    status = Path(current_app.instance_path) / BACKUP_STATUS
    status.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = status.with_suffix(".draft")
    draft.write_text(json.dumps({"ok": ok, "at": now().isoformat(), "words": words}), encoding="utf-8")
    draft.replace(status)


def last_backup() -> tuple[bool, datetime, str] | None:
    """Whether the last backup of this node succeeded, when it was tried, and what it said; None before the first."""
    status = Path(current_app.instance_path) / BACKUP_STATUS
    if not status.is_file():
        return None
    told = json.loads(status.read_text(encoding="utf-8"))
    return bool(told["ok"]), datetime.fromisoformat(told["at"]), str(told["words"])


def _measure() -> None:
    if (told := last_backup()) is not None:
        BACKUP_OK.set(told[0])
        BACKUP_AT.set(told[1].timestamp())
    SCHEMA_KNOWN.set(schema.stored() == schema.known())
    head = db.session.scalar(sa.select(ChainHead.seq)) or 0
    for reader, seq in db.session.execute(sa.select(Cursor.reader, Cursor.seq)):
        LAG.labels(reader).set(head - seq)
    for kind, number in throttle.at_limit().items():
        RESTING.labels(kind).set(number)
    owed = dict.fromkeys(DELIVERY_STATES, 0)  # a state that is empty again says so
    for state, number in db.session.execute(sa.select(Delivery.state, sa.func.count()).group_by(Delivery.state)):
        owed[state] = number
    for state, number in owed.items():
        OWED.labels(state).set(number)
    oldest = db.session.scalar(sa.select(sa.func.min(Delivery.due_at)).where(Delivery.state == "pending"))
    OVERDUE.set(max(0.0, (now() - oldest).total_seconds()) if oldest is not None else 0)
