"""The databases' own guard of the consent log and of who serves the platform, executed by the migrations.

Who serves operator, owner or auditor is a fact over two tables (the membership and the kind of its organisation), which
neither a CHECK nor a unique index can see. The action that lets somebody join looks under a lock; this refuses what
gets past it. SQLite loses a table's triggers when a migration rebuilds the table: install them again after it.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

_ELSEWHERE: Final = """EXISTS (
    SELECT 1 FROM membership other
      JOIN organisation theirs ON theirs.id = other.org_id
      JOIN organisation mine ON mine.id = NEW.org_id
     WHERE other.person_id = NEW.person_id AND other.state = 'active' AND other.id <> NEW.id
       AND theirs.platform IS NOT NULL AND mine.platform IS NOT NULL AND theirs.platform <> mine.platform
)"""
_APART: Final = "operator, owner and auditor are served by different people"
_ONCE: Final = "consent rows are written once"

_SQLITE: Final = {
    "consent_no_update": f"BEFORE UPDATE ON consent BEGIN SELECT RAISE(ABORT, '{_ONCE}'); END",
    "membership_apart_insert": (
        f"BEFORE INSERT ON membership WHEN NEW.state = 'active' AND {_ELSEWHERE} "
        f"BEGIN SELECT RAISE(ABORT, '{_APART}'); END"
    ),
    "membership_apart_update": (
        f"BEFORE UPDATE OF state, person_id, org_id ON membership WHEN NEW.state = 'active' AND {_ELSEWHERE} "
        f"BEGIN SELECT RAISE(ABORT, '{_APART}'); END"
    ),
}
_POSTGRESQL: Final = {
    "consent_no_update": ("consent", "BEFORE UPDATE ON consent", "labpark_consent_once"),
    "membership_apart": (
        "membership", "BEFORE INSERT OR UPDATE OF state, person_id, org_id ON membership", "labpark_membership_apart",
    ),
}  # fmt: skip
_FUNCTIONS: Final = {
    "labpark_consent_once": f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{_ONCE}';",
    "labpark_membership_apart": f"""
        IF NEW.state = 'active' AND {_ELSEWHERE} THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{_APART}';
        END IF;
        RETURN NEW;
    """,
}


def install(connection: sa.Connection) -> None:
    """Create them anew on either database."""
    uninstall(connection)
    if connection.dialect.name == "postgresql":
        for name, body in _FUNCTIONS.items():
            connection.exec_driver_sql(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
            )
        for name, (_, when, function) in _POSTGRESQL.items():
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {function}()")
        return
    for name, tail in _SQLITE.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {tail}")


def uninstall(connection: sa.Connection) -> None:
    """Drop them where they are."""
    if connection.dialect.name == "postgresql":
        for name, (table, _, _) in _POSTGRESQL.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        for name in _FUNCTIONS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")
        return
    for name in _SQLITE:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: sa.Connection) -> list[str]:
    """Names of triggers that should be there and are not; for `flask doctor`."""
    postgresql = connection.dialect.name == "postgresql"
    there = connection.exec_driver_sql(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if postgresql
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    names = {row[0] for row in there}
    return [name for name in (_POSTGRESQL if postgresql else _SQLITE) if name not in names]
