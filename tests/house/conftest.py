"""What the inspectors of the house share: building it takes about 1,700 transactions, so it is built once."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from app.http import collections
from app.kernel.db import db
from app.kernel.values import clock_at
from tests.conftest import make_app
from tests.house.callers import Park, populated, suspended
from tests.house.every_state import PAST, every_state
from tests.house.everybody import everybody, read_only_key
from tests.house.house import House
from tests.world import build


@pytest.fixture(scope="session")
def house(
    new_database: Callable[[str], tuple[str, Callable[[], None]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Who may what does not depend on the database, so it stands on SQLite. Nobody changes anything in it."""
    url, drop = new_database("sqlite")
    app = make_app(url, tmp_path_factory.mktemp("house"))
    with app.app_context():
        with clock_at(PAST):
            world = build()
        records = every_state(world)
        keys = everybody(world)
        versions = {
            record_id: version
            for lifecycle in collections().values()
            for record_id, version in db.session.execute(sa.select(lifecycle.model.id, lifecycle.model.version))
        }
        made = House(app, world, records, keys, read_only_key(world), versions)
        db.session.remove()
    yield made
    with app.app_context():
        db.engine.dispose()
    drop()


@pytest.fixture(scope="session")
def parks(
    house: House, new_database: Callable[[str], tuple[str, Callable[[], None]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Park, Park]]:  # fmt: skip
    """Two copies of the house: as it is, and with its lab and supplier suspended."""
    made, drops = [], []
    for fill in (populated, suspended):
        url, drop = new_database("sqlite")
        _copied(house, url)
        app = make_app(url, tmp_path_factory.mktemp("park"))
        made.append(fill(Park(app, copy.deepcopy(house.world), house.records), house))
        drops.append(drop)
    yield made[0], made[1]
    for park, drop in zip(made, drops, strict=True):
        with park.app.app_context():
            db.engine.dispose()
        drop()


def _copied(house: House, url: str) -> None:
    source, target = (
        sqlite3.connect(str(sa.make_url(one).database)) for one in (house.app.config["SQLALCHEMY_DATABASE_URI"], url)
    )
    source.backup(target)
    source.close()
    target.close()
