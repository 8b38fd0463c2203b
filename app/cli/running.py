"""Commands that run the platform: prepare, work, park init, events replay, search reindex."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from types import FrameType
from typing import Final

import click
import structlog
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from app.accounts import second_factors
from app.accounts.actions import memberships, organisations, sign_ons
from app.accounts.models import Organisation, SignOn
from app.catalogue import index as catalogue_index
from app.catalogue.actions import brands, editions
from app.cli import seeding
from app.indicators.seeds import seed_indicators
from app.kernel import schema, worker
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db, wal_reset_affected
from app.kernel.lifecycle import visible
from app.kernel.values import new_id
from app.kernel.work import checkpoint, is_busy, unit_of_work
from app.standing.seeds import seed_requirements

log = structlog.get_logger(__name__)

IDLE_SECONDS: Final = 0.5
CHECKPOINT_SECONDS: Final = 30.0
PAUSE_AFTER_FAILURE_SECONDS: Final = 5.0
SCHEMA_SECONDS: Final = 1.0
"""How often a worker that waits for an upgrade looks whether it is through."""


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(prepare)
    app.cli.add_command(work)
    app.cli.add_command(park)
    app.cli.add_command(events)
    app.cli.add_command(search)
    app.cli.add_command(secrets)


@click.command()
@click.option("--demo/--no-demo", "with_demo", default=True, help="Seed the demo park when the database is empty.")
def prepare(with_demo: bool) -> None:
    """Bring the database up to date and, when it is empty, seed the demo park. Safe to repeat."""
    try:
        bring_up_to_date()
    except OperationalError as failed:
        if is_busy(failed):
            raise
        reason = str(failed.orig).strip().partition("\n")[0]
        raise click.ClickException(
            f"The database does not answer ({reason}): start it, or correct DATABASE_URL."
        ) from None
    if with_demo:
        seeding.refuse_half_a_park()
        if seeding.is_empty():
            seeding.seed_park()
    with unit_of_work():
        editions.load_where_newer()
        brands.load_where_newer()


def bring_up_to_date() -> None:
    """Migrate the database to this program's schema; a first one is put into a folder of its owner's."""
    Path(current_app.instance_path).mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(str(Path(current_app.root_path).parent / "migrations"))


class _Stop:
    """Turns SIGTERM and SIGINT into a clean end after the running step."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.asked = True


class _Schema:
    """Whether the schema is this program's; says once when it no longer is, and once when it is again."""

    def __init__(self) -> None:
        self.waiting = False

    def is_known(self) -> bool:
        stored, known = schema.stored(), schema.known()
        if (stored != known) is not self.waiting:
            self.waiting = stored != known
            said = "waiting: the schema is not this program's" if self.waiting else "going on: the schema is known"
            log.warning(said, database=stored, program=known)
        return not self.waiting


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
def work(once: bool) -> None:
    """Ring clocks, answer events, make deliveries, do chores, keep the search index: until asked to stop.

    While the database has a schema that this program does not know, it waits and works on nothing.
    """
    stop, database = _Stop(), _Schema()
    checkpointed = 0.0
    while not stop.asked:
        if not database.is_known():
            if once:
                raise click.ClickException("The database's schema is not this program's: flask prepare --no-demo.")
            _rest(stop, SCHEMA_SECONDS)
            continue
        try:
            done = worker.round_once() + catalogue_index.sync_once()
            if _checkpoint_needed() and time.monotonic() - checkpointed > CHECKPOINT_SECONDS:
                checkpoint(db.engine)
                checkpointed = time.monotonic()
        except Exception:
            # The worker outlives a database restart; what was due stays due.
            log.exception("round failed")
            db.session.remove()
            done = 0
            _rest(stop, PAUSE_AFTER_FAILURE_SECONDS)
        if once and not done:
            break
        if not done:
            _rest(stop, IDLE_SECONDS)


def _checkpoint_needed() -> bool:
    if db.engine.dialect.name != "sqlite":
        return False
    dialect = db.engine.dialect
    return wal_reset_affected(dialect.dbapi.sqlite_version_info)  # type: ignore[union-attr]


def _rest(stop: _Stop, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stop.asked and time.monotonic() < until:
        time.sleep(0.05)


park = AppGroup("park", help="A real installation.")


@park.command("init")
@click.option("--operator", required=True, help="Name of the operating company, in Chinese.")
@click.option("--operator-admin", required=True, help="E-mail of its first admin.")
@click.option("--owner", required=True, help="Name of the owning company, in Chinese.")
@click.option("--owner-admin", required=True, help="E-mail of its first admin.")
def park_init(operator: str, operator_admin: str, owner: str, owner_admin: str) -> None:
    """Found operator and owner, and invite the first admin of each by mail."""
    if operator_admin.strip().lower() == owner_admin.strip().lower():
        raise click.ClickException("Operator and owner are served by different people.")
    with unit_of_work():
        if db.session.scalar(db.select(Organisation.id).limit(1)):
            raise click.ClickException("This database holds a park already.")
        founded = _found(operator, operator_admin, "operator")
        editions.load_where_newer()
        brands.load_where_newer()
        seed_requirements(founded)
        seed_indicators(_found(owner, owner_admin, "owner"))
    worker.settle()
    click.echo("Operator and owner are founded; the invitations are on their way by mail.")


def _found(name: str, admin: str, kind: str) -> Organisation:
    organisation = organisations.found(SYSTEM_ACTOR, state="admitted", name_zh=name, platform=kind)
    _invite_admin(organisation, admin)
    return organisation


def _invite_admin(organisation: Organisation, email: str) -> None:
    """The first admin is invited by the installation itself: nobody is there yet who could."""
    founder = Actor(person_id=new_id("per"), org_id=organisation.id, roles=frozenset({"org_admin"}), channel="cli")
    roles = {"operator": ["org_admin", "reviewer", "support"], "owner": ["org_admin", "owner"]}
    memberships.invite(organisation, founder, email=email, roles=roles[str(organisation.platform)])


events = AppGroup("events", help="Deliveries and reactions.")


@events.command("replay")
def events_replay() -> None:
    """Put every parked delivery back into the queue."""
    click.echo(f"{worker.replay()} deliveries are due again.")


search = AppGroup("search", help="The search index of this node.")


@search.command("reindex")
def search_reindex() -> None:
    """Build the index anew from the database, while the old one serves."""
    click.echo(f"{catalogue_index.rebuild()} listings are indexed.")


secrets = AppGroup("secrets", help="What is stored encrypted.")


@secrets.command("reseal")
def reseal() -> None:
    """After a change of SECRET_KEY: bring authenticator apps and single sign-on under the new key."""
    with unit_of_work():
        apps = second_factors.reseal_all()
        kept = db.session.scalars(visible(SignOn, SYSTEM_ACTOR).where(SignOn.state != "retired")).all()
        for one in kept:
            sign_ons.reseal(one, SYSTEM_ACTOR)
    click.echo(f"{apps} authenticator apps and {len(kept)} sign-ons are under the present key.")
