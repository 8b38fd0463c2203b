"""No statement, lock or idle transaction of PostgreSQL lasts for ever; who runs into a limit is told to come back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.kernel.db import IDLE_TIMEOUT_MS, LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, db
from app.kernel.work import is_busy
from tests.conftest import ENGINE

pytestmark = [
    pytest.mark.database_matters,
    pytest.mark.skipif(ENGINE != "postgresql", reason="SQLite has one writer, which waits busy_timeout"),
]


def test_every_connection_has_its_limits(app: Flask) -> None:
    del app
    limits = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
    }
    asked = sa.text("SELECT CAST(setting AS integer) FROM pg_settings WHERE name = :name")
    assert {name: db.session.scalar(asked, {"name": name}) for name in limits} == limits


def test_a_statement_past_its_limit_is_a_busy_moment_and_no_failure(app: Flask) -> None:
    del app
    db.session.execute(sa.text("SET LOCAL statement_timeout = 50"))
    with pytest.raises(OperationalError) as ended:
        db.session.execute(sa.text("SELECT pg_sleep(5)"))
    assert is_busy(ended.value)
