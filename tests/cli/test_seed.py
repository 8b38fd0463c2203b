"""The demo park: seeded once for all tests of this module, on SQLite, and looked at from every side."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from app.accounts import credentials, people
from app.accounts.models import KIND_ROLES, Organisation
from app.catalogue.models import Listing
from app.cli import seeding
from app.kernel.db import db
from app.kernel.events import Delivery, Event
from app.kernel.values import now
from app.ordering.models import Order
from tests.conftest import make_app

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def park(
    new_database: Callable[[str], tuple[str, Callable[[], None]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An installation that was filled with the demo park; tests only look at it."""
    url, drop = new_database("sqlite")
    made = make_app(url, tmp_path_factory.mktemp("seeded"))
    with made.app_context():
        seeding.seed_park()
        yield made
        db.session.remove()
        db.engine.dispose()
    drop()


def run(park: Flask, *arguments: str) -> Result:
    """`flask <arguments>`."""
    db.session.rollback()
    return park.test_cli_runner().invoke(args=list(arguments))


def accounts(park: Flask) -> list[dict[str, Any]]:
    """What `flask demo accounts --json` says."""
    told = run(park, "demo", "accounts", "--json")
    assert told.exit_code == 0, told.output
    found: list[dict[str, Any]] = json.loads(told.output)
    return found


def count(park: Flask, *where: sa.ColumnElement[bool]) -> int:
    """How many admitted organisations are so."""
    del park
    statement = sa.select(sa.func.count()).select_from(Organisation).where(Organisation.state == "admitted", *where)
    return db.session.scalar(statement) or 0


def test_the_park_has_the_suppliers_service_organisations_and_laboratories_that_moved_in(park: Flask) -> None:
    assert count(park, Organisation.is_supplier) == 38
    assert count(park, Organisation.is_service) == 7
    assert count(park, Organisation.is_lab) == 12
    assert count(park, Organisation.platform.is_not(None)) == 3


def test_every_invented_organisation_says_in_both_languages_that_it_is_a_demonstration(park: Flask) -> None:
    del park
    names = db.session.execute(sa.select(Organisation.name_zh, Organisation.name_en)).all()
    assert all(zh.endswith("（演示）") and en.endswith("(demo)") for zh, en in names)


def test_every_role_of_every_kind_is_held_by_somebody(park: Flask) -> None:
    held = {(kind, role) for row in accounts(park) for kind in row["kinds"] for role in row["roles"]}
    missing = {(kind, role) for kind, roles in KIND_ROLES.items() for role in roles} - held
    assert missing == set()


def test_at_least_400_listings_are_published_in_both_languages_with_properties(park: Flask) -> None:
    del park
    shown = db.session.scalars(sa.select(Listing).where(Listing.state == "published")).all()
    assert len(shown) >= 400
    assert all(one.name_zh and one.name_en and one.summary_zh and one.summary_en and one.specs for one in shown)
    assert {one.kind for one in shown} == {"goods", "service"}
    assert len({one.category for one in shown}) > 70
    assert {one.vat_bp for one in shown if one.kind == "goods"} == {1300}
    assert {one.vat_bp for one in shown if one.kind == "service"} == {600}
    assert any(one.price is None for one in shown)
    assert {one.currency for one in shown} == {"CNY", "USD", "EUR", "JPY"}


def test_no_two_listings_of_one_supplier_are_called_the_same_and_have_the_same_properties(park: Flask) -> None:
    del park
    shown = db.session.scalars(sa.select(Listing)).all()
    told = [(one.supplier_id, one.name_zh, one.model, json.dumps(one.specs)) for one in shown]
    assert [one for one in told if told.count(one) > 1] == []


def test_every_state_of_every_lifecycle_is_there_and_the_report_says_so(park: Flask) -> None:
    told = run(park, "seed", "--report")
    assert told.exit_code == 0, [line for line in told.output.splitlines() if "MISSING" in line]
    assert "MISSING" not in told.output
    assert " 0 missing" in told.output
    assert "order                awaiting_owner" in told.output


def test_a_park_that_stands_is_not_seeded_again(park: Flask) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Event))
    told = run(park, "seed")
    assert told.exit_code == 1
    assert "holds a park already" in told.output
    assert run(park, "prepare").exit_code == 0
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == before


def test_the_doctor_finds_nothing_bad_in_the_seeded_park(park: Flask) -> None:
    told = run(park, "doctor")
    assert told.exit_code == 0, told.output
    assert "events verify" in told.output
    assert "bad" not in told.output


def test_the_past_of_the_park_goes_forward_over_months_and_ends_now(park: Flask) -> None:
    del park
    moments = list(db.session.scalars(sa.select(Event.at).order_by(Event.seq)))
    assert moments == sorted(moments)
    assert now() - moments[0] > timedelta(days=190)
    assert moments[-1] <= now()


def test_orders_are_spread_over_every_one_of_the_last_four_months(park: Flask) -> None:
    del park
    ages = [(now() - made).days for made in db.session.scalars(sa.select(Order.created_at))]
    assert all(sum(month * 30 <= age < month * 30 + 30 for age in ages) >= 10 for month in range(4))


def test_nothing_that_the_worker_owed_was_left_to_fail(park: Flask) -> None:
    del park
    troubled = sa.select(sa.func.count()).where((Delivery.state == "parked") | (Delivery.last_error.is_not(None)))
    assert db.session.scalar(troubled) == 0


def test_accounts_name_organisation_kinds_roles_password_and_a_key_that_works(park: Flask) -> None:
    rows = accounts(park)
    assert len(rows) > 200
    assert len({row["email"] for row in rows}) == len(rows)
    assert len({row["api_key"] for row in rows}) == len(rows)
    for row in rows:
        acting = credentials.actor_of_key(credentials.live_key(row["api_key"]))
        assert acting is not None, row["email"]
        assert (acting.org_id, sorted(acting.roles)) == (row["organisation_id"], sorted(row["roles"])), row["email"]
        assert sorted(acting.kinds) == row["kinds"]
        assert row["organisation"].endswith("（演示）")
    purchaser = next(row for row in rows if row["email"] == "purchaser@lab.example")
    assert people.check_password(purchaser["email"], purchaser["password"]).name == purchaser["name"]


def test_the_sheet_of_the_first_start_is_short_and_names_the_people_of_the_readme(park: Flask) -> None:
    told = run(park, "demo", "accounts")
    assert told.exit_code == 0
    assert len(told.output.splitlines()) < 40
    for address in ("member@lab", "receiver@lab", "catalogue@huayi", "fulfilment@huayi", "settlement2@operator",
                    "owner@owner", "auditor@auditor"):  # fmt: skip
        assert f"{address}.example" in told.output


def test_the_files_with_passwords_and_keys_are_for_their_owner_only(park: Flask) -> None:
    folder = Path(park.instance_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.glob("demo-accounts.*")}
    assert modes == {"demo-accounts.json": 0o600, "demo-accounts.txt": 0o600}
