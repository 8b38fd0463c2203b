"""The command line, as an operator types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

import app as app_package
from app.accounts.models import Membership, Organisation
from app.catalogue import index as catalogue_index
from app.catalogue.models import Listing
from app.kernel.db import db
from app.ledger import triggers
from app.sourcing.models import Rfq
from tests.conftest import SECRET
from tests.world import World, build
from tests.worlds.media import with_picture
from tests.worlds.payments import bought, paid

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def run(app: Flask, *arguments: str) -> Result:
    """`flask <arguments>`."""
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(arguments))


@pytest.fixture
def world(app: Flask) -> World:
    del app
    return build()


def test_a_single_round_of_the_worker_refuses_a_schema_that_it_does_not_know(app: Flask, world: World) -> None:
    del world
    assert run(app, "work", "--once").exit_code == 0
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    told = run(app, "work", "--once")
    assert told.exit_code == 1
    assert "The database's schema is not this program's: flask prepare --no-demo." in told.output
    assert app.test_client().get("/readyz").status_code == 503
    assert "labpark_schema_known 0.0" in app.test_client().get("/metrics").text


def test_doctor_finds_a_sound_installation_sound(app: Flask, world: World) -> None:
    del world
    catalogue_index.sync_once()
    told = run(app, "doctor")
    assert told.exit_code == 0, told.output
    assert "events verify" in told.output


def _tamper(statement: str, **values: Any) -> None:
    """Behind the program's back: whoever owns the database can take the triggers away."""
    with db.engine.begin() as connection:
        triggers.uninstall(connection)
        connection.execute(sa.text(statement), values)


def test_doctor_names_an_edited_event(app: Flask, world: World) -> None:
    del world
    _tamper("UPDATE event SET person_id = 'per_somebodyelse' WHERE seq = 3")
    told = run(app, "doctor")
    assert told.exit_code == 1
    assert "event 3" in told.output


def test_doctor_names_a_removed_event(app: Flask, world: World) -> None:
    del world
    db.session.rollback()
    with db.engine.begin() as connection:
        triggers.uninstall(connection)
        connection.execute(sa.text("DELETE FROM event_reader WHERE seq = 4"))
        connection.execute(sa.text("DELETE FROM event WHERE seq = 4"))
    told = run(app, "doctor")
    assert told.exit_code == 1
    assert "event 4" in told.output


def test_doctor_names_an_edited_ledger_row(app: Flask, world: World) -> None:
    order = bought(world)
    paid(world, order, "30000.00")
    db.session.rollback()
    entry, account = db.session.execute(
        sa.text("SELECT entry_id, account_id FROM entry_line ORDER BY entry_id LIMIT 1")
    ).one()
    db.session.rollback()
    _tamper("UPDATE entry_line SET amount_minor = amount_minor + 1 WHERE entry_id = :e AND account_id = :a",
            e=entry, a=account)  # fmt: skip
    told = run(app, "doctor")
    assert told.exit_code == 1
    assert entry in told.output


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE listing SET media = '[]' WHERE id = :id",
        "UPDATE listing_medium SET title = 'x' WHERE listing_id = :id",
        "UPDATE listing_medium SET shown_at = NULL WHERE listing_id = :id",
    ],
)
def test_doctor_names_a_listing_that_shows_what_its_versions_do_not_say(
    app: Flask, world: World, statement: str
) -> None:
    catalogue_index.sync_once()
    made, sound = (with_picture(world, "draft", model=model).id for model in ("P1", "P2"))
    told = run(app, "doctor")
    assert "ok   media" in told.output
    db.session.rollback()
    _tamper(statement, id=made)
    told = run(app, "doctor")
    assert told.exit_code == 1
    assert f"bad  media: {made}" in told.output
    assert sound not in told.output


def test_park_init_founds_operator_and_owner_once_and_invites_their_admins(app: Flask) -> None:
    arguments = ("park", "init", "--operator", "运营公司", "--operator-admin", "a@operator.example",
                 "--owner", "国有公司", "--owner-admin", "b@owner.example")  # fmt: skip
    told = run(app, *arguments)
    assert told.exit_code == 0, told.output
    db.session.rollback()
    platforms = {one.platform for one in db.session.scalars(db.select(Organisation))}
    assert platforms == {"operator", "owner"}
    assert {one.state for one in db.session.scalars(db.select(Membership))} == {"invited"}
    assert len(list((Path(app.instance_path) / "mail").glob("*.eml"))) == 2
    again = run(app, *arguments)
    assert again.exit_code == 1
    assert "already" in again.output


def test_park_init_refuses_one_person_for_operator_and_owner(app: Flask) -> None:
    told = run(app, "park", "init", "--operator", "甲", "--operator-admin", "a@x.example",
               "--owner", "乙", "--owner-admin", "A@x.example")  # fmt: skip
    assert told.exit_code == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Organisation)) == 0


def test_listings_are_imported_as_actions_of_the_named_person_and_twice_is_once(
    app: Flask, world: World, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "kind,category,name_zh,unit,supplier_sku,price\n"
        "goods,measuring.balances,天平,台,A1,1200.00\n"
        "goods,measuring.balances,坏天平,台,A2,面议\n",
        encoding="utf-8",
    )
    told = run(app, "import", "listings", str(file), "--as", world.email("mu"))
    assert told.exit_code == 1  # one row was refused, and named
    assert "row 3" in told.output
    assert "price" in told.output
    db.session.rollback()
    (made,) = db.session.scalars(db.select(Listing)).all()
    assert (made.name_zh, made.price_minor, made.state) == ("天平", 120_000, "submitted")
    version = made.version
    run(app, "import", "listings", str(file), "--as", world.email("mu"))
    db.session.rollback()
    (same,) = db.session.scalars(db.select(Listing)).all()
    assert same.version == version


def test_import_refuses_a_person_without_the_role(app: Flask, world: World, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("kind\n", encoding="utf-8")
    told = run(app, "import", "listings", str(file), "--as", world.email("pu"))
    assert told.exit_code == 1
    assert "catalogue" in told.output


def test_real_tenders_become_draft_requests_with_their_original_dates(app: Flask, world: World) -> None:
    path = DATA / "tenders" / "ted_lab_notices.jsonl"
    if not path.is_file():
        pytest.skip(f"the real data is not beside this checkout: {path.name}")
    told = run(app, "import", "tenders", str(path), "--as", world.email("pu"))
    assert told.exit_code == 0, told.output
    db.session.rollback()
    made = db.session.scalars(db.select(Rfq)).all()
    assert len(made) >= 70
    assert {one.source for one in made} == {"ted"}
    assert any(one.source_deadline is not None and one.source_deadline < one.deadline for one in made)
    assert len({one.currency for one in made}) > 5
    assert "0 RFQs drafted" in run(app, "import", "tenders", str(path), "--as", world.email("pu")).output


def test_demo_accounts_are_refused_where_no_demo_was_seeded(app: Flask) -> None:
    told = run(app, "demo", "accounts")
    assert told.exit_code == 1
    assert "no demo" in told.output


def test_actions_lists_every_action_with_arrow_who_and_url(app: Flask) -> None:
    told = run(app, "actions", "quote")
    assert told.exit_code == 0
    assert "quote.withdraw" in told.output
    assert "POST /api/v1/quotes/{id}/withdraw" in told.output
    assert "-> withdrawn" in told.output


def test_the_generated_pages_of_the_docs_say_what_the_declarations_say(tmp_path: Path) -> None:
    # In a process of its own: tests declare lifecycles and refusals of theirs, which the docs know nothing of.
    told = subprocess.run(
        [sys.executable, "-m", "flask", "docs", "--check"],
        cwd=Path(app_package.__file__).parent.parent,
        env={**os.environ, "FLASK_APP": "wsgi:app", "SECRET_KEY": SECRET, "INSTANCE_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_a_first_installation_makes_its_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    told = subprocess.run(
        [sys.executable, "-m", "flask", "prepare", "--no-demo"],
        cwd=Path(app_package.__file__).parent.parent,
        env={**os.environ, "FLASK_APP": "wsgi:app", "SECRET_KEY": SECRET, "INSTANCE_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert (folder / "labpark.sqlite").exists()
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "url, words",
    [
        ("postgresql://park:s3cr3t@127.0.0.1:1/park", "The database does not answer"),
        ("sqlite:////nowhere/at/all.sqlite", "The database does not answer"),
        ("mysql://park:s3cr3t@db/park", "DATABASE_URL is none of"),
        ("s3cr3t", "DATABASE_URL is none of"),
    ],
)
def test_a_wrong_address_of_the_database_is_told_in_one_sentence(tmp_path: Path, url: str, words: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "flask", "prepare", "--no-demo"],
        cwd=Path(app_package.__file__).parent.parent,
        env={**os.environ, "FLASK_APP": "wsgi:app", "SECRET_KEY": SECRET, "INSTANCE_PATH": str(tmp_path),
             "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert words in told.stderr
    assert "Traceback" not in told.stderr
    assert "s3cr3t" not in told.stderr


def test_an_unreadable_tender_file_is_reported_and_changes_nothing(app: Flask, world: World) -> None:
    file = Path(app.instance_path) / "bad.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b'{"notice_id": \xff')
    told = run(app, "import", "tenders", str(file), "--as", world.email("pu"))
    assert told.exit_code == 0
    assert "0 RFQs drafted" in told.output
