"""`flask seed` fills an empty installation with the demo park; `flask demo accounts` lists its people."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.accounts import people
from app.accounts.models import Organisation
from app.cli.seed import director, facts, report
from app.cli.seed.stage import Stage
from app.kernel.actors import ROLE_TITLES
from app.kernel.db import db
from app.kernel.work import reading

ACCOUNTS_FILE: Final = "demo-accounts"
UNFINISHED: Final = "unfinished"
"""Ending of the file that stands in the instance folder while the demo park is being seeded."""


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(seed)
    app.cli.add_command(demo)


@click.command()
@click.option(
    "--report", "with_report", is_flag=True, help="Print the states reached; exit code 1 when one is missing."
)
def seed(with_report: bool) -> None:
    """Fill an empty database with the demo park: a minute of work. With --report, count its states."""
    refuse_half_a_park()
    if is_empty():
        seed_park()
    elif not with_report:
        raise click.ClickException("This database holds a park already; the demo is seeded into an empty one.")
    if with_report:
        raise SystemExit(_report())


def is_empty() -> bool:
    """Whether there is no park yet."""
    with reading() as session:
        return session.scalar(db.select(Organisation.id).limit(1)) is None


def seed_park() -> None:
    """Seed the demo park and write down who its people are."""
    unfinished = _file(UNFINISHED)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    click.echo("Seeding the demo park: some two hundred days in a minute or two.", err=True)
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    stage = director.seed(people.hash_password(password, email=""))
    _write_accounts(stage, password)
    unfinished.unlink()


def refuse_half_a_park() -> None:
    """Stop where an earlier seeding was killed: half a park is none, and it says nothing of its people."""
    if _file(UNFINISHED).is_file():
        raise click.ClickException(
            "The demo park was not finished. Empty the database and remove "
            f"{_file(UNFINISHED).name} from the instance folder, then start again."
        )


def _report() -> int:
    with reading():
        found = list(report.lines())
    for line in found:
        click.echo(str(line))
    missing = [f"{line.lifecycle}.{line.state}" for line in found if line.missing]
    click.echo(f"{len(found)} states, {len(missing)} missing" + (f": {', '.join(missing)}" if missing else ""))
    return 1 if missing else 0


demo = AppGroup("demo", help="The demo park of a fresh installation.")


def _file(ending: str) -> Path:
    return Path(current_app.instance_path) / f"{ACCOUNTS_FILE}.{ending}"


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="Everybody, with their API keys, for programs.")
def accounts(as_json: bool) -> None:
    """List the demo people; refused where no demo park was seeded."""
    path = _file("json" if as_json else "txt")
    if not path.is_file():
        raise click.ClickException("This is no demo installation.")
    click.echo(path.read_text(encoding="utf-8"))


def _write_accounts(stage: Stage, password: str) -> None:
    rows = [_row(stage, name, password) for name in stage.people]
    for ending, content in (("json", json.dumps(rows, ensure_ascii=False, indent=1)), ("txt", _sheet(rows, password))):
        path = _file(ending)
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")


def _row(stage: Stage, name: str, password: str) -> dict[str, Any]:
    person = stage.people[name]
    organisation = stage.organisations[person.org]
    return {
        "email": f"{person.local}@{person.org}.example", "name": person.name, "organisation": organisation.zh,
        "organisation_en": organisation.en, "organisation_id": organisation.id, "kinds": organisation.kinds,
        "roles": person.roles, "password": password, "api_key": person.api_key,
    }  # fmt: skip


def _sheet(rows: list[dict[str, Any]], password: str) -> str:
    """A few people of every kind, for whoever has just started it."""
    shown = {f"{one.local}@{org}.example" for org in facts.SHOWN for one in facts.people()[org]}
    lines = [f"Password of every demo person: {password}"]
    lines += [
        f"  {row['email']:<34} {', '.join(ROLE_TITLES[role] for role in row['roles'])}"
        for row in rows
        if row["email"] in shown
    ]
    return "\n".join([*lines, f"  and {len(rows) - len(shown)} more: flask demo accounts --json", ""])
