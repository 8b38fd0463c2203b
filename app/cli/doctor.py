"""`flask doctor`: does the installation hold together? One line per finding; exit code 1 when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import click
import sqlalchemy as sa
from flask import Flask, current_app

import config as configuration
from app.accounts import second_factors, standing, throttle, triggers, watching
from app.accounts.models import Person
from app.catalogue import index as catalogue_index
from app.catalogue.media import showing
from app.kernel import events, schema
from app.kernel.db import db, wal_reset_affected
from app.kernel.events import ChainHead, Cursor, Delivery
from app.kernel.values import now
from app.kernel.work import reading
from app.payments import verification
from app.payments.gateway import chosen
from app.payments.gateway.findings import left_alone, unheard
from app.probes import last_backup

LAG_EVENTS: Final = 1_000
STUCK_AFTER: Final = timedelta(minutes=30)
UNHEARD_AFTER: Final = timedelta(hours=1)
ERASE_WITHIN: Final = timedelta(days=15)
"""In which a wish to be erased should be answered; the law asks for "timely" (PIPL, art. 50)."""
BACKUP_EVERY: Final = timedelta(hours=26)
SKEW: Final = timedelta(seconds=5)

Finding = tuple[str, str]
"""("ok" | "warn" | "bad", sentence)."""


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(doctor)


@click.command()
def doctor() -> None:
    """Check configuration, schema, database, chain, ledger, deliveries, gateway, index, media; name what is wrong."""
    worst = 0
    for name, check in CHECKS.items():
        with reading():
            for grade, sentence in check():
                worst = max(worst, {"ok": 0, "warn": 0, "bad": 1}[grade])
                click.echo(f"{grade:<5}{name}: {sentence}")
    raise SystemExit(worst)


def _all_or_ok(problems: Iterator[str], fine: str) -> Iterator[Finding]:
    found = False
    for problem in problems:
        found = True
        yield "bad", problem
    if not found:
        yield "ok", fine


def _configuration() -> Iterator[Finding]:
    return _all_or_ok(iter(configuration.problems(current_app.config)), "secrets are set, debug is off")


def _schema() -> Iterator[Finding]:
    stored = schema.stored()
    if stored == schema.known():
        yield "ok", f"at {stored}"
    else:
        yield "bad", f"the database is at {stored}, the program at {schema.known()}; run flask db upgrade"


def _chain() -> Iterator[Finding]:
    seq = db.session.scalar(sa.select(ChainHead.seq)) or 0
    return _all_or_ok(events.verify(db.session()), f"{seq} events verify")


def _ledger() -> Iterator[Finding]:
    return _all_or_ok(verification.verify(db.session()), "entries sum to zero; balances, digests and payments agree")


def _cursors() -> Iterator[Finding]:
    head = db.session.scalar(sa.select(ChainHead.seq)) or 0
    for reader, seq in db.session.execute(sa.select(Cursor.reader, Cursor.seq).order_by(Cursor.reader)):
        behind = head - seq
        yield ("warn" if behind > LAG_EVENTS else "ok"), f"{reader} is {behind} events behind"


def _deliveries() -> Iterator[Finding]:
    parked = db.session.scalar(sa.select(sa.func.count()).where(Delivery.state == "parked")) or 0
    stuck = db.session.scalar(
        sa.select(sa.func.count()).where(Delivery.state == "pending", Delivery.due_at < now() - STUCK_AFTER)
    )
    if parked:
        yield "bad", f"{parked} deliveries are parked; read the log, then flask events replay"
    if stuck:
        yield "warn", f"{stuck} deliveries are overdue by more than {STUCK_AFTER}; is the worker running?"
    if not parked and not stuck:
        yield "ok", "nothing is stuck"


def _gateway() -> Iterator[Finding]:
    config, name = current_app.config, chosen()
    if name == "stripe":
        kind = "live" if "_live_" in config["STRIPE_SECRET_KEY"] else "test"
        yield "ok", f"Stripe, {kind} keys, API version {config['STRIPE_API_VERSION']}"
        if kind == "live" and not config["BASE_URL"].startswith("https://"):
            yield "warn", "live keys, but BASE_URL is not https: Stripe cannot send its messages there"
    elif name == "local":
        public = config["BASE_URL"].startswith("https://")
        yield ("warn" if public else "ok"), "the local stand-in: card payments are pretended, no money moves"
    else:
        yield "ok", "payment by card is off"
    for kind, number in unheard(UNHEARD_AFTER).items():
        yield "bad", f"{number} {kind} of unknown outcome for more than {UNHEARD_AFTER}; is the gateway reachable?"
    for kind, number in left_alone(keys_set=bool(config["STRIPE_SECRET_KEY"])).items():
        yield "bad", f"{number} {kind} wait for a gateway that is not configured any more"


def _signing_in() -> Iterator[Finding]:
    if second_factors.required():
        lacking = len(watching.without_factor())
        yield "ok", f"second factors are required; {lacking} people set theirs up at their next sign-in"
    else:
        public = current_app.config["BASE_URL"].startswith("https://")
        yield ("warn" if public else "ok"), "second factors are optional (SECOND_FACTOR)"
    resting = {kind: number for kind, number in throttle.at_limit().items() if number}
    if resting:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(resting.items()))
        yield "warn", f"somebody is guessing; at their limit: {told}"


def _index() -> Iterator[Finding]:
    return _all_or_ok(iter(catalogue_index.differences()), "the index holds what the database publishes")


def _media() -> Iterator[Finding]:
    return _all_or_ok(showing.differing(), "listings show what their documents and pictures say")


def _database() -> Iterator[Finding]:
    if db.engine.dialect.name != "sqlite":
        moment = db.session.scalar(sa.text("SELECT clock_timestamp()"))
        skew = abs(moment - now()) if moment else timedelta(0)
        yield ("warn" if skew > SKEW else "ok"), f"PostgreSQL; clocks differ by {skew.total_seconds():.1f} s"
        return
    version = db.session.scalar(sa.text("SELECT sqlite_version()")) or "0"
    affected = wal_reset_affected(tuple(int(part) for part in version.split(".")))
    yield (
        "ok",
        f"SQLite {version}, WAL, synchronous=FULL"
        + ("; it has the WAL-reset race, so only the worker checkpoints" if affected else ""),
    )
    sound = db.session.scalar(sa.text("PRAGMA quick_check"))
    yield ("ok" if sound == "ok" else "bad"), f"quick_check: {sound}"


def _backup() -> Iterator[Finding]:
    told = last_backup()
    if told is None:
        yield "warn", "none was ever made here: flask backup"
        return
    good, at, words = told
    if not good:
        yield "bad", f"the last one failed on {at:%Y-%m-%d %H:%M} UTC: {words}"
    else:
        yield ("warn" if now() - at > BACKUP_EVERY else "ok"), f"the last one is of {at:%Y-%m-%d %H:%M} UTC"


def _standing() -> Iterator[Finding]:
    return _all_or_ok(standing.findings(), "what organisations are barred from follows from papers and restrictions")


def _people() -> Iterator[Finding]:
    gone = triggers.missing(db.session.connection())
    for name in gone:
        yield "bad", f"trigger {name}: missing"
    asked = db.session.scalar(
        sa.select(sa.func.count()).where(Person.erasure_asked_at < now() - ERASE_WITHIN, Person.erased_at.is_(None))
    )
    if asked:
        yield "warn", f"{asked} people asked more than {ERASE_WITHIN.days} days ago to be erased: flask person requests"
    if not gone and not asked:
        yield "ok", "consents are written once, nobody waits to be erased"


CHECKS: Final[dict[str, Callable[[], Iterator[Finding]]]] = {
    "configuration": _configuration,
    "schema": _schema,
    "database": _database,
    "chain": _chain,
    "ledger": _ledger,
    "cursors": _cursors,
    "deliveries": _deliveries,
    "gateway": _gateway,
    "signing in": _signing_in,
    "index": _index,
    "media": _media,
    "standing": _standing,
    "backup": _backup,
    "people": _people,
}
