"""The demo park: seeded by performing actions with the clock moved back, never by writing rows."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from stdnum.cn import uscc

from app.accounts import people
from app.accounts.actions import memberships, organisations
from app.accounts.models import Organisation
from app.catalogue import index as catalogue_index
from app.cli import demo_story
from app.cli.demo_park import LISTINGS, ORGANISATIONS, DemoListing
from app.cli.demo_stage import Stage
from app.indicators.measuring import measure_all
from app.indicators.seeds import seed_indicators
from app.kernel import chain_checks, worker
from app.kernel.actors import ROLE_TITLES as ROLES
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.lifecycle import find
from app.kernel.values import clock_at, new_id
from app.kernel.work import unit_of_work

LISTED_DAYS_AGO: Final = timedelta(days=40)
ACCOUNTS_FILE: Final = "demo-accounts"


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(demo)


demo = AppGroup("demo", help="The demo park of a fresh installation.")


def _file(ending: str) -> Path:
    return Path(current_app.instance_path) / f"{ACCOUNTS_FILE}.{ending}"


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def accounts(as_json: bool) -> None:
    """List the demo people; refused where no demo park was seeded."""
    path = _file("json" if as_json else "txt")
    if not path.is_file():
        raise click.ClickException("This is no demo installation.")
    click.echo(path.read_text(encoding="utf-8"))


def seed_park() -> None:
    """Found the demo organisations, list their goods, and run some purchases to different points of their lives."""
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    password_hash = people.hash_password(password, email="")
    stage = Stage()
    with clock_at(-LISTED_DAYS_AGO):
        for key in ORGANISATIONS:
            _found(stage, key, password_hash)
        with unit_of_work():
            seed_indicators(find(Organisation, stage.organisations["owner"], SYSTEM_ACTOR))
        demo_story.rules(stage)
        for listing in LISTINGS:
            _list(stage, listing)
    demo_story.tell(stage)
    worker.settle()
    measure_all()
    chain_checks.check()
    catalogue_index.sync_once()
    _write_accounts(stage, password)


def _found(stage: Stage, key: str, password_hash: str) -> None:
    facts = ORGANISATIONS[key]
    with unit_of_work():
        made = organisations.found(
            SYSTEM_ACTOR, state="admitted", name_zh=facts.zh, name_en=facts.en, address="河南省焦作市示范区",
            credit_code=facts.code + uscc.calc_check_digit(facts.code), **facts.kinds,
        )  # fmt: skip
        stage.organisations[key] = made.id
        # Nobody is there yet who could invite: the installation itself does.
        founder = Actor(person_id=new_id("per"), org_id=made.id, roles=frozenset({"org_admin"}), channel="cli")
        for local, (name, roles) in facts.people.items():
            _join(stage, made, founder, f"{local}@{key}.example", name, roles.split(), password_hash)


def _join(
    stage: Stage, org: Organisation, founder: Actor, email: str, name: str, roles: list[str], password_hash: str
) -> None:
    membership = memberships.invite(org, founder, email=email, roles=roles)
    memberships.join(membership, SYSTEM_ACTOR, name=name, language="zh", password_hash=password_hash)
    stage.people[email] = (str(membership.person_id), org.id, name, roles)


def _list(stage: Stage, facts: DemoListing) -> None:
    editor = {"hengxin": "sales", "jiliang": "service"}.get(facts.supplier, "catalogue")
    specs = [dict(zip(("key", "value"), pair.split("=", 1), strict=True)) for pair in facts.specs.split("; ") if pair]
    for spec in specs:
        value, _, unit = spec["value"].rpartition(" ")
        if value:
            spec["value"], spec["unit"] = value, unit
    given: dict[str, Any] = {
        "kind": "service" if facts.supplier == "jiliang" else "goods", "category": facts.category, "name_zh": facts.zh,
        "name_en": facts.en, "brand": facts.brand, "model": facts.model, "unit": facts.unit, "specs": specs,
        "price": {"amount": facts.price, "currency": "CNY"} if facts.price else None,
        "lead_time_days": facts.days, "warranty_months": facts.months,
    }  # fmt: skip
    made = stage.do(
        f"{editor}@{facts.supplier}.example", "organisation.draft_listing", stage.organisations[facts.supplier], given
    )
    stage.listings[facts.zh] = made
    stage.do(f"{editor}@{facts.supplier}.example", "listing.submit", made)
    stage.do("reviewer@operator.example", "listing.publish", made)


def _write_accounts(stage: Stage, password: str) -> None:
    rows = [
        {"email": email, "name": name, "organisation": org, "roles": roles, "password": password}
        for email, (_, org, name, roles) in stage.people.items()
    ]
    text = f"Password of every demo person: {password}\n" + "".join(
        f"  {email:<34} {', '.join(ROLES[role] for role in roles)}\n"
        for email, (_, _, _, roles) in stage.people.items()
    )
    for ending, content in (("json", json.dumps(rows, ensure_ascii=False, indent=1)), ("txt", text)):
        path = _file(ending)
        path.touch(mode=0o600)
        path.write_text(content, encoding="utf-8")
