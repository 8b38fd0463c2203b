"""The control: a bare Flask application with raw SQL on the database that LabPark runs on.

It checks no rights, writes no audit and knows no units. Its search is the full-text search that the database brings,
over tables that ground.py made, with one GROUP BY for each facet. gunicorn serves `create(url)`. It imports nothing of
LabPark, so that its memory and its start are its own.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import psycopg
from flask import Flask, Response, jsonify, request
from psycopg.rows import dict_row

from bench.words import asked

PAGE_ROWS: Final = 24
MAX_ROWS_WRITTEN: Final = 1_000
BUSY_TIMEOUT_MS: Final = 10_000
FACETS: Final = ("category", "brand", "supplier_id", "kind")
TEXT_OF_A_ROW: Final = "x" * 300
"""About as much as an event of the product's log holds."""
_PARAMETER: Final = re.compile(r"%\((\w+)\)s")

MATCHING: Final = {
    "sqlite": "FROM bench_words JOIN listing ON listing.rowid = bench_words.rowid WHERE bench_words MATCH %(words)s",
    "postgresql": "FROM bench_words JOIN listing ON listing.id = bench_words.listing_id"
    " WHERE bench_words.words @@ to_tsquery('simple', %(words)s)",
}
BEST_FIRST: Final = {
    "sqlite": "ORDER BY bench_words.rank",
    "postgresql": "ORDER BY ts_rank(bench_words.words, to_tsquery('simple', %(words)s)) DESC, listing.id",
}
ON_OFFER: Final = "listing.state = 'published'"

Row = Mapping[str, Any]


class Database:
    """One connection per thread, as the fastest plain program would have it, as durable as LabPark's."""

    def __init__(self, url: str, *, checkpoints: bool) -> None:
        self.dialect = "sqlite" if url.startswith("sqlite:///") else "postgresql"
        self._where = url.removeprefix("sqlite:///").replace("postgresql+psycopg://", "postgresql://", 1)
        self._checkpoints = checkpoints
        self._local = threading.local()

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """What a query finds."""
        return list(self._connection().execute(self._spelled(sql), values).fetchall())

    def insert(self, sql: str, many: list[dict[str, Any]]) -> None:
        """Rows, in one transaction."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE" if self.dialect == "sqlite" else "BEGIN")
        try:
            connection.cursor().executemany(self._spelled(sql), many)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def close(self) -> None:
        """Close what this thread has open."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    def _connection(self) -> Any:
        if not hasattr(self._local, "connection"):
            self._local.connection = self._sqlite() if self.dialect == "sqlite" else self._postgresql()
        return self._local.connection

    def _sqlite(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._where, isolation_level=None)
        connection.row_factory = _as_dict
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if not self._checkpoints:
            connection.execute("PRAGMA wal_autocheckpoint=0")
        return connection

    def _postgresql(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(self._where, autocommit=True, row_factory=dict_row)

    def _spelled(self, sql: str) -> str:
        return _PARAMETER.sub(r":\1", sql) if self.dialect == "sqlite" else sql


def _as_dict(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {about[0]: value for about, value in zip(cursor.description, row, strict=True)}


def create(url: str, *, checkpoints: bool = True) -> Flask:
    """The application on a database that ground.py has prepared; `checkpoints` as LabPark has it on this SQLite."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["bench_database"] = database = Database(url, checkpoints=checkpoints)
    routes: dict[str, Callable[[], Response]] = {
        "/bare": _bare,
        "/search": lambda: _search(database),
        "/filter": lambda: _filter(database),
    }
    for path, view in routes.items():
        app.add_url_rule(path, path, view)
    app.add_url_rule("/listings/<listing_id>", "listing", lambda listing_id: _listing(database, listing_id))
    app.add_url_rule("/rows", "rows", lambda: _write(database), methods=["POST"])
    return app


def _bare() -> Response:
    return jsonify(status="ok")


def _search(database: Database) -> Response:
    """A page of the best, the total, and the counts of four facets."""
    joiner = " " if database.dialect == "sqlite" else " & "
    words = joiner.join(f'"{word}"' if database.dialect == "sqlite" else word for word in asked(request.args["q"]))
    values: dict[str, Any] = {"words": words, "rows": PAGE_ROWS}
    found = f"{MATCHING[database.dialect]} AND {ON_OFFER}"
    if "lead_time" in request.args:
        found += " AND listing.lead_time_days <= %(days)s"
        values["days"] = int(request.args["lead_time"])
    items = database.rows(f"SELECT listing.* {found} {BEST_FIRST[database.dialect]} LIMIT %(rows)s", **values)
    total = database.rows(f"SELECT count(*) AS number {found}", **values)[0]["number"]
    counts = f"AS value, count(*) AS count {found} GROUP BY 1 ORDER BY 2 DESC"
    facets = {name: database.rows(f"SELECT listing.{name} {counts}", **values) for name in FACETS}
    return jsonify(items=items, total=total, facets=facets)


def _filter(database: Database) -> Response:
    """A page of the cheapest and the total: by category and price, or by a measured property."""
    given = request.args
    conditions = [ON_OFFER, "listing.currency = 'CNY'", "listing.price_minor IS NOT NULL"]
    values: dict[str, Any] = {"rows": PAGE_ROWS}
    source = "FROM listing"
    if "category" in given:
        conditions.append("(listing.category = %(category)s OR listing.category LIKE %(below)s)")
        values |= {"category": given["category"], "below": f"{given['category']}.%"}
    if "price_from" in given:
        conditions.append("listing.price_minor BETWEEN %(low)s AND %(high)s")
        values |= {"low": int(given["price_from"]) * 100, "high": int(given["price_to"]) * 100}
    if "key" in given:
        source += " JOIN bench_number ON bench_number.listing_id = listing.id"
        conditions.append("bench_number.name = %(key)s AND bench_number.value BETWEEN %(least)s AND %(most)s")
        values |= {"key": given["key"], "least": float(given["least"]), "most": float(given["most"])}
    where = f"{source} WHERE {' AND '.join(conditions)}"
    items = database.rows(f"SELECT listing.* {where} ORDER BY listing.price_minor, listing.id LIMIT %(rows)s", **values)
    return jsonify(items=items, total=database.rows(f"SELECT count(*) AS number {where}", **values)[0]["number"])


def _listing(database: Database, listing_id: str) -> Response:
    found = database.rows("SELECT * FROM listing WHERE id = %(id)s", id=listing_id)
    return jsonify(found[0]) if found else Response(status=404)


def _write(database: Database) -> Response:
    """So many plain rows, in one transaction."""
    number = min(int(request.get_json()["rows"]), MAX_ROWS_WRITTEN)
    rows = [{"id": secrets.token_hex(16), "amount": place, "body": TEXT_OF_A_ROW} for place in range(number)]
    database.insert("INSERT INTO bench_row (id, amount, body) VALUES (%(id)s, %(amount)s, %(body)s)", rows)
    return jsonify(written=number)
