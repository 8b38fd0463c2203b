"""The database's own guard of money and history, on both databases: executed by the migrations.

Why it is done this way. SQLite has no deferred constraint triggers, so a sum over rows that arrive one by one cannot be
checked there at the commit. Therefore the lines come first and their entry comes last, like a seal: the reference from
line to entry is looked at when the transaction commits, so no line stays without an entry; the trigger of the entry
refuses it unless its lines are there and sum to zero per currency; and the trigger of the lines refuses a line whose
entry is there already. Nothing is changed or deleted afterwards. That needs no staging table and no JSON functions
(which SQLite before 3.41 refuses in triggers while trusted_schema is off). PostgreSQL does the same, and sums once more
at the commit with a deferred constraint trigger.

SQLite's REPLACE deletes rows without firing their triggers; the insert guards refuse rows whose key is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

FROZEN: Final = {
    "entry": ("id = NEW.id OR key = NEW.key", "UPDATE DELETE"),
    "entry_line": ("entry_id = NEW.entry_id AND account_id = NEW.account_id", "UPDATE DELETE"),
    "event": ("seq = NEW.seq OR id = NEW.id", "UPDATE DELETE"),
    "event_reader": ("org_id = NEW.org_id AND seq = NEW.seq", "UPDATE DELETE"),
    "event_words": ("event_id = NEW.event_id", "UPDATE"),
}
"""table -> (what makes a row the same row, what is refused). Words may be erased, so they may be deleted."""


Trigger = tuple[str, str, str]
"""(table, name, what follows the name in CREATE TRIGGER)."""

_ENTRY_BALANCES: Final = """BEFORE INSERT ON entry BEGIN
    SELECT RAISE(ABORT, 'an entry has two lines or more')
     WHERE (SELECT count(*) FROM entry_line WHERE entry_id = NEW.id) < 2;
    SELECT RAISE(ABORT, 'an entry sums to zero per currency')
     WHERE EXISTS (SELECT 1 FROM entry_line WHERE entry_id = NEW.id GROUP BY currency HAVING sum(amount_minor) <> 0);
END"""
_LINE_BEFORE_ENTRY: Final = """BEFORE INSERT ON entry_line WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.entry_id)
BEGIN SELECT RAISE(ABORT, 'an entry that stands takes no more lines'); END"""
_RENAMED: Final = "UPDATE OF id, code, kind, currency"


def _refusing(words: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{words}'); END"


def _sqlite() -> Iterator[Trigger]:
    for table, (same, refused) in FROZEN.items():
        for verb in refused.split():
            tail = f"BEFORE {verb} ON {table} {_refusing(f'{table} rows are written once')}"
            yield table, f"{table}_no_{verb.lower()}", tail
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of our own tables
        tail = f"BEFORE INSERT ON {table} WHEN {taken} {_refusing(f'unique: this {table} row is there already')}"
        yield table, f"{table}_no_replace", tail
    yield "entry_line", "entry_line_before_entry", _LINE_BEFORE_ENTRY
    yield "entry", "entry_balances", _ENTRY_BALANCES
    stays = f"BEFORE DELETE ON ledger_account {_refusing('accounts stay')}"
    yield "ledger_account", "ledger_account_no_delete", stays
    named = f"BEFORE {_RENAMED} ON ledger_account {_refusing('accounts keep their names')}"
    yield "ledger_account", "ledger_account_no_rename", named


_FUNCTIONS: Final = {
    "labpark_refuse": """
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            MESSAGE = TG_TABLE_NAME || ' rows are written once';
    """,
    "labpark_entry_balances": """
        IF (SELECT count(*) FROM entry_line WHERE entry_id = NEW.id) < 2 OR EXISTS (
            SELECT 1 FROM entry_line WHERE entry_id = NEW.id GROUP BY currency HAVING sum(amount_minor) <> 0
        ) THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                MESSAGE = 'an entry has two lines or more and sums to zero per currency';
        END IF;
        RETURN NEW;
    """,
    "labpark_line_before_entry": """
        IF EXISTS (SELECT 1 FROM entry WHERE id = NEW.entry_id) THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                MESSAGE = 'an entry that stands takes no more lines';
        END IF;
        RETURN NEW;
    """,
    "labpark_lines_balance": """
        IF EXISTS (
            SELECT 1 FROM entry_line WHERE entry_id = NEW.entry_id GROUP BY currency HAVING sum(amount_minor) <> 0
        ) THEN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
                MESSAGE = 'an entry sums to zero per currency';
        END IF;
        RETURN NULL;
    """,
}


def _postgresql() -> Iterator[Trigger]:
    refuse = "EXECUTE FUNCTION labpark_refuse()"
    for table, (_, refused) in FROZEN.items():
        verbs = " OR ".join(refused.split())
        yield table, f"{table}_frozen", f"BEFORE {verbs} ON {table} FOR EACH ROW {refuse}"
        yield table, f"{table}_no_truncate", f"BEFORE TRUNCATE ON {table} {refuse}"
    before = "FOR EACH ROW EXECUTE FUNCTION labpark_line_before_entry()"
    yield "entry_line", "entry_line_before_entry", f"BEFORE INSERT ON entry_line {before}"
    balances = "FOR EACH ROW EXECUTE FUNCTION labpark_entry_balances()"
    yield "entry", "entry_balances", f"BEFORE INSERT ON entry {balances}"
    deferred = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION labpark_lines_balance()"
    yield "entry_line", "entry_lines_balance", f"AFTER INSERT ON entry_line {deferred}"
    yield "ledger_account", "ledger_account_no_delete", f"BEFORE DELETE ON ledger_account FOR EACH ROW {refuse}"
    yield "ledger_account", "ledger_account_no_rename", f"BEFORE {_RENAMED} ON ledger_account FOR EACH ROW {refuse}"


def statements(dialect: str) -> list[Trigger]:
    """(table, trigger, CREATE statement) for "sqlite" or "postgresql"."""
    triggers = _postgresql() if dialect == "postgresql" else _sqlite()
    return [
        (table, name, f"CREATE {'CONSTRAINT ' if 'DEFERRABLE' in tail else ''}TRIGGER {name} {tail}")
        for table, name, tail in triggers
    ]


def install(connection: sa.Connection) -> None:
    """Create every trigger anew. Call it after each migration that rebuilds a table: SQLite drops its triggers."""
    uninstall(connection)
    dialect = connection.dialect.name
    if dialect == "postgresql":
        for name, body in _FUNCTIONS.items():
            connection.exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
            )
    for _, _, statement in statements(dialect):
        connection.exec_driver_sql(statement)


def uninstall(connection: sa.Connection) -> None:
    """Drop them, for a migration downwards and for tests that play the intruder. Harmless where they are not there."""
    dialect = connection.dialect.name
    for table, name, _ in statements(dialect):
        on = f" ON {table}" if dialect == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
    if dialect == "postgresql":
        for name in _FUNCTIONS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")


def missing(connection: sa.Connection) -> list[str]:
    """Names of triggers that should be there and are not; for `flask doctor`."""
    if connection.dialect.name == "postgresql":
        there = connection.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
    else:
        there = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    names = {row[0] for row in there}
    return [name for _, name, _ in statements(connection.dialect.name) if name not in names]
