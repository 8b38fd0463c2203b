"""One PostgreSQL database for test after test: emptied to what the migrations left, or given up when its schema moved.

Making a database from a template costs hundreds of files; emptying the rows of a test costs a few milliseconds.
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
WHERE datname = current_database() AND pid <> pg_backend_pid()
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

_SHAPE = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
  SELECT concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull) AS line
  FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', tgname, tgrelid::regclass, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', conname, conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS shape
"""


def keep(url: str, schema: str = KEPT) -> str:
    """Remember the rows of a database in a schema inside it; returns the fingerprint of what it has besides."""
    with _connected(url) as connection:
        connection.execute(_with(schema, _KEEP))
        return _shape(connection)


def wash(url: str, shape: str) -> bool:
    """Empty a database to what the migrations left; False when its schema is no longer the one that was kept."""
    with _connected(url) as connection:
        connection.execute(_STRANGERS)
        if _shape(connection) != shape:
            return False
        connection.execute(_with(KEPT, _WASH))
        return True


def put_back(url: str, schema: str) -> None:
    """Bring a database to the rows that were kept in one of its schemas."""
    with _connected(url) as connection:
        connection.execute(_with(schema, _WASH))


def _with(schema: str, statement: str) -> LiteralString:
    return cast("LiteralString", statement.replace("<kept>", schema))


def _shape(connection: psycopg.Connection) -> str:
    row = connection.execute(_SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def _connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:", 1), autocommit=True)
