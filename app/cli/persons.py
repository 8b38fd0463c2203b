"""`flask person`: what is held of one person is given out, corrected, erased: one command each (PIPL, art. 45-47)."""

from __future__ import annotations

import json

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import AppGroup

from app.accounts.models import Person
from app.accounts.privacy import erasing, giving
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.shapes import EmailAddress, Input, Text
from app.kernel.work import reading, unit_of_work

person = AppGroup("person", help="What is held of one person: export, correct, erase.")


class Corrected(Input):
    """What may be corrected, checked as the pages check it."""

    name = Text(most=80)
    email = EmailAddress()


def register(app: Flask) -> None:
    """Add the group."""
    app.cli.add_command(person)


@person.command("export")
@click.argument("email")
def export(email: str) -> None:
    """Print everything that is held of the person with this address, as JSON."""
    with reading(), _plain_words():
        click.echo(json.dumps(giving.everything_of(erasing.by_email(email)), ensure_ascii=False, indent=2))


@person.command("correct")
@click.argument("email")
@click.option("--name", help="The name as it should be.")
@click.option("--new-email", help="The address as it should be.")
def correct(email: str, name: str | None, new_email: str | None) -> None:
    """Write a person's name or address anew, wherever it stands."""
    given = {key: value for key, value in (("name", name), ("email", new_email)) if value is not None}
    wrong = Corrected().validate(given)
    if wrong or not given:
        raise click.ClickException("Give --name or --new-email." if not given else f"Not accepted: {wrong}.")
    loaded = Corrected().load(given)
    with _plain_words(), unit_of_work():
        erasing.correct(erasing.by_email(email), **loaded)
    click.echo("Corrected.")


@person.command("erase")
@click.argument("email")
@click.option("--successor", help="Address of a colleague who takes over what waits for this person alone.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def erase(email: str, successor: str | None, yes: bool) -> None:
    """Erase a person: name, address, sessions, keys, consents, words. Records keep a reference that names nobody."""
    if not yes:
        click.confirm(f"Erase {email} for good?", abort=True)
    with _plain_words(), unit_of_work():
        heir = erasing.by_email(successor) if successor else None
        erasing.erase(erasing.by_email(email), successor=heir)
    click.echo("Erased. Backups made before still hold the person until they are deleted.")


@person.command("requests")
def requests() -> None:
    """List who asked to be erased, the oldest request first."""
    with reading():
        asked = sa.select(Person).where(Person.erasure_asked_at.is_not(None)).order_by(Person.erasure_asked_at)
        for one in db.session.scalars(asked):
            assert one.erasure_asked_at is not None
            click.echo(f"{one.erasure_asked_at:%Y-%m-%d}  {one.email}  {erasing.duties_left(one)} things wait for them")


class _plain_words:  # noqa: N801 - reads as a word in a with statement
    """A refusal as one plain sentence and exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refusal):
            raise click.ClickException(str(error)) from None
