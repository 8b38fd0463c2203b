"""Runs the migrations inside the application's own engine.

On SQLite a batch migration drops and recreates tables; with foreign keys on, a cascade would silently delete rows. So
they are off while a migration runs, and `PRAGMA foreign_key_check` has the last word before the commit.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.kernel.db import UtcDateTime, db, mode


def _render(kind: str, item: object, _: object) -> str | bool:
    """Own column types stand in migrations as what they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Bring the database up or down, in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    token = mode.set("write")
    try:
        with engine.connect() as connection:
            on_sqlite = engine.dialect.name == "sqlite"
            if on_sqlite:
                raw = connection.connection.driver_connection
                raw.execute("PRAGMA foreign_keys=OFF")
            else:
                connection.execute(sa.text("SET LOCAL lock_timeout = 5000"))
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_as_batch=True,
                compare_type=True,
                render_item=_render,
                include_object=lambda thing, name, kind, *_: name != "alembic_version",
                transaction_per_migration=False,
            )
            with context.begin_transaction():
                context.run_migrations()
                if on_sqlite:
                    broken = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
                    if broken:
                        raise RuntimeError(f"the migration broke foreign keys: {broken[:5]}")
            connection.commit()
            if on_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")
    finally:
        mode.reset(token)


run()
