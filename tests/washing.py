"""One PostgreSQL database for test after test: emptied to what the migrations left, or given up when its schema moved.

Making a database from a template costs hundreds of files; emptying the rows of a test costs a few milliseconds. It does
only where the server knows the tables already: a new connection first reads what every one of them looks like, which
takes five times as long. So connections stay open, here and in the applications that serve the tests.
"""

from __future__ import annotations

from typing import Final, LiteralString, cast

import psycopg

KEPT: Final = "as_migrated"
"""The schema that holds copies of the rows which a freshly migrated database has."""

_KEEP = """
DO $$ DECLARE t text; filled boolean; BEGIN
  CREATE SCHEMA <kept>;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
    IF filled THEN EXECUTE format('CREATE TABLE <kept>.%I AS TABLE public.%I', t, t); END IF;
  END LOOP;
END $$
"""

_STRANGERS = """
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""

_WASH = """
DO $$ DECLARE t text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', t);
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '<kept>' LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM <kept>.%I', t, t);
  END LOOP;
  FOR t IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE public.%I RESTART', t);
  END LOOP;
END $$
"""

_GROWN = """
SELECT string_agg(format('public.%I', relname), ', ') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 16 * 8192
"""

_SHAPE = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
  SELECT concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull) AS line
  FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', tgname, tgrelid::regclass, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', conname, oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS shape
"""


_open: dict[str, psycopg.Connection] = {}
"""By URL; one that was broken off is opened anew."""


def keep(url: str, schema: str = KEPT) -> None:
    """Remember the rows of a database in a schema inside it."""
    _connected(url).execute(_with(schema, _KEEP))


def shape_of(url: str) -> str:
    """The fingerprint of all that a database has besides rows."""
    return _shape(_connected(url))


def wash(url: str, shape: str) -> bool:
    """Empty a database to what the migrations left; False when its schema is no longer the one that was kept."""
    connection = _connected(url)
    connection.execute(_STRANGERS)
    if _shape(connection) != shape:
        return False
    connection.execute(_with(KEPT, _WASH))
    _sweep(connection)
    return True


def leave(url: str) -> None:
    """Close the connection to a database: nobody makes another one after it while somebody is connected."""
    if url in _open:
        _open.pop(url).close()


def leave_all() -> None:
    """Close every connection."""
    for url in list(_open):
        leave(url)


def _sweep(connection: psycopg.Connection) -> None:
    """Give the room of deleted rows back: autovacuum comes by once a minute, and every question reads past them."""
    row = connection.execute(_GROWN).fetchone()
    if row and row[0]:
        connection.execute(cast("LiteralString", f"VACUUM (SKIP_LOCKED) {row[0]}"))


def put_back(url: str, schema: str) -> None:
    """Bring a database to the rows that were kept in one of its schemas."""
    _connected(url).execute(_with(schema, _WASH))


def _with(schema: str, statement: str) -> LiteralString:
    return cast("LiteralString", statement.replace("<kept>", schema))


def _shape(connection: psycopg.Connection) -> str:
    row = connection.execute(_SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def _connected(url: str) -> psycopg.Connection:
    if url not in _open or _open[url].closed:
        _open[url] = psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1), autocommit=True)
    return _open[url]
