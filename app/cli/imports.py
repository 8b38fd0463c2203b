"""`flask import`: listings and tenders from files, performed as actions of a named person."""

from __future__ import annotations

from datetime import timedelta
from typing import BinaryIO, Final

import click
from flask import Flask
from flask.cli import AppGroup

from app.accounts.models import Organisation, Person
from app.accounts.people import actor_for, memberships_of
from app.catalogue.imports import import_listings
from app.exchange.lab_products import CATEGORIES
from app.exchange.products import read_products
from app.exchange.tenders import read_tenders
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.errors import Refusal
from app.kernel.lifecycle import find
from app.kernel.values import now
from app.kernel.work import reading, unit_of_work
from app.sourcing.imports import import_tender

DEADLINE_DAYS: Final = 14
SHOWN_PROBLEMS: Final = 200


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(importing)


importing = AppGroup("import", help="Listings and tenders from files.")


def _acting(email: str, role: str) -> tuple[Actor, Organisation]:
    """The person of this address in the organisation where they hold the role."""
    with reading():
        person = db.session.scalar(db.select(Person).where(Person.email == email.strip().lower()))
        held = [] if person is None else [one for one in memberships_of(person.id) if role in one.roles]
        if person is None or not held:
            raise click.ClickException(f"Nobody with the address {email} holds the role {role}.")
        actor = actor_for(person.id, held[0].org_id, channel="cli")
        return actor, find(Organisation, held[0].org_id, actor)


@importing.command("listings")
@click.argument("file", type=click.File("rb"))
@click.option("--as", "email", required=True, help="Address of the catalogue editor who imports.")
@click.option("--submit/--draft", default=True, help="Submit the listings for review, or leave them as drafts.")
def listings(file: BinaryIO, email: str, submit: bool) -> None:
    """Import listings from CSV; errors are told by row and column, and a repeated import changes nothing."""
    actor, supplier = _acting(email, "catalogue")
    rows, errors = read_products(file, categories=CATEGORIES)
    for error in errors[:SHOWN_PROBLEMS]:
        click.echo(f"row {error.row}, {error.column}: {error.reason} ({error.value})", err=True)
    report = import_listings(rows, supplier, actor, submit=submit)
    click.echo(str(report))
    raise SystemExit(1 if errors else 0)


@importing.command("tenders")
@click.argument("file", type=click.File("rb"))
@click.option("--as", "email", required=True, help="Address of the purchaser whose lab asks.")
@click.option("--deadline-days", default=DEADLINE_DAYS, show_default=True, help="Re-dated deadline, from now.")
def tenders(file: BinaryIO, email: str, deadline_days: int) -> None:
    """Import TED notices (JSON Lines) or OCDS packages as draft RFQs; original dates are kept on them."""
    actor, buyer = _acting(email, "purchaser")
    found, problems = read_tenders(file)
    for problem in problems[:SHOWN_PROBLEMS]:
        click.echo(f"{problem.where}, {problem.field}: {problem.reason}", err=True)
    made = known = 0
    for tender in found:
        try:
            with unit_of_work():
                org = find(Organisation, buyer.id, actor, lock=True)
                fresh = import_tender(org, actor, tender, deadline=now() + timedelta(days=deadline_days))
        except Refusal as refused:
            click.echo(f"{tender.reference}: {refused}", err=True)
            continue
        made, known = made + (fresh is not None), known + (fresh is None)
    click.echo(f"{made} RFQs drafted, {known} already there, {len(problems)} problems in the file.")
