"""The small park, made by actions once per database and put back as it was for every test that begins with it.

Making it takes some sixty actions; putting the rows back is a copy. Rows, ids and chain are what the actions made.
"""

from __future__ import annotations

import copy
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Organisation
from app.kernel.db import db
from app.kernel.values import now
from tests import washing

BUILT = "as_built"
"""On PostgreSQL, the schema that holds the rows of the park in each database where it was made."""

CLOCK_SECONDS = 1
"""How far the program's clock may be from the wall's before a test counts as one that moved it."""

_worlds: dict[str, Any] = {}
_rows: dict[str, sqlite3.Connection] = {}


def same_as_before(make: Callable[[], Any]) -> Any:
    """What `make` returns, with its rows: made now, or put back where this process has made it before."""
    if not _ordinary():
        return make()
    take, put_back, known = (
        (_take_sqlite, _put_back_sqlite, _schema())
        if db.engine.dialect.name == "sqlite"
        else (_take_postgresql, _put_back_postgresql, db.engine.url.render_as_string(hide_password=False))
    )
    db.session.remove()
    if known in _worlds:
        put_back(known)
    else:
        _worlds[known] = make()
        db.session.remove()
        take(known)
    return copy.deepcopy(_worlds[known])


def _ordinary() -> bool:
    """Whether the database is as migrated and the clock is the wall's; anything else is a park of a test's own."""
    empty = db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 0
    db.session.rollback()
    return empty and abs(now().timestamp() - time.time()) < CLOCK_SECONDS


def _schema() -> str:
    """All of an SQLite database's definitions: a copy brings its tables along, and some tests have their own."""
    return "|".join(db.session.scalars(sa.text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")))


def _take_sqlite(schema: str) -> None:
    _rows[schema] = sqlite3.connect(":memory:", check_same_thread=False)
    _copy(_rows[schema], to_memory=True)


def _put_back_sqlite(schema: str) -> None:
    _copy(_rows[schema], to_memory=False)


def _copy(memory: sqlite3.Connection, *, to_memory: bool) -> None:
    held = db.engine.raw_connection()
    file = held.driver_connection
    assert isinstance(file, sqlite3.Connection)
    (file if to_memory else memory).backup(memory if to_memory else file)
    held.close()


def _take_postgresql(url: str) -> None:
    washing.keep(url, BUILT)


def _put_back_postgresql(url: str) -> None:
    washing.put_back(url, BUILT)
