"""Every revision goes up and down on both databases with rows in place, and ends where the models are."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.kernel.db import UtcDateTime, db
from tests.world import build

pytestmark = pytest.mark.database_matters

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _revisions() -> list[str]:
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


@pytest.fixture
def populated(app: Flask) -> Flask:
    """A migrated database with a small park in it."""
    build()
    db.session.remove()
    return app


def test_the_migrations_end_where_the_models_are(app: Flask) -> None:
    del app
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": lambda thing, name, *_: name != "alembic_version"},
        )
        differences = [
            difference for difference in compare_metadata(context, db.metadata) if not _same_moment(difference)
        ]
    assert differences == []


def _same_moment(difference: object) -> bool:
    """UtcDateTime is a timestamp in the database; only the comparison sees two types."""
    return isinstance(difference, list) and all(
        change[0] == "modify_type" and isinstance(change[-1], UtcDateTime) for change in difference
    )


def test_everything_goes_down_and_up_again_with_rows_in_place(populated: Flask) -> None:
    del populated
    assert db.session.scalar(sa.text("SELECT count(*) FROM event")) > 0
    db.session.remove()
    downgrade(str(MIGRATIONS), revision="base")
    left = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade(str(MIGRATIONS))
    assert build().organisations
    assert db.session.scalar(sa.text("SELECT count(*) FROM event")) > 0


def test_each_revision_goes_down_one_step_and_up_again_with_rows_in_place(populated: Flask) -> None:
    del populated
    for revision in _revisions()[:-1]:
        downgrade(str(MIGRATIONS), revision=f"{revision}-1")
        upgrade(str(MIGRATIONS), revision=revision)
    assert db.session.scalar(sa.text("SELECT count(*) FROM event")) > 0


def test_the_database_itself_refuses_to_rewrite_history(populated: Flask) -> None:
    del populated
    for statement in ("UPDATE event SET name = 'x' WHERE seq = 1", "DELETE FROM event WHERE seq = 1"):
        with pytest.raises(sa.exc.DatabaseError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
