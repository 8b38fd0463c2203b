"""A row never refers to another tenant's: said of all tables, and tried with SQL behind the program's back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any, Final

import pytest
import sqlalchemy as sa
from flask import Flask

from app import domains
from app.kernel.db import UtcDateTime, db
from app.kernel.lifecycle import LIFECYCLES
from app.kernel.values import now
from app.ledger import triggers

domains.load()

TABLES: Final = tuple(sorted(db.metadata.tables.values(), key=lambda table: table.name))
OWNERS: Final = frozenset(
    column for lifecycle in LIFECYCLES.values() for column in lifecycle.model.__parties__.values()
) - {"id", "answering_id"}  # an organisation is its own; whose turn it is changes, and is always one of the parties
RECORDS: Final = frozenset(lifecycle.model.__tablename__ for lifecycle in LIFECYCLES.values())

EXCEPTIONS: Final = {
    # The organisation of an event is the one that acted; it is nobody's row.
    ("event_reader", "seq", "org_id"), ("notice", "event_id", "org_id"),
    # Whoever paid money back: an entry that is matched to a payment has nobody there.
    ("payment", "bank_entry_id", "supplier_id"),
    # A requisition line is priced anew, perhaps by another supplier, after an order of it was refused.
    ("order_line", "requisition_line_id", "supplier_id"),
    # A statement is the supplier's alone: what it says of an order tells nobody whose the order is.
    ("statement_line", "order_id", "buyer_id"),
    # What goes with a listing may be another supplier's.
    ("listing_link", "other_id", "supplier_id"),
}  # fmt: skip
"""(table, column, owner) where a reference does not name an owner that it could name."""

Link = tuple[str, str, str]
"""Table, referring column, owner."""


def references(table: sa.Table) -> Iterator[tuple[str, sa.Table, dict[str, str]]]:
    """(referring column, parent, own column -> parent's column) of each foreign key."""
    for key in table.foreign_key_constraints:
        pairs = {one.parent.name: one.column.name for one in key.elements}
        yield list(pairs)[-1], key.referred_table, pairs


def unnamed() -> set[Link]:
    """Owners that stand on both sides of a reference, or on the parent of a part, and are not part of the reference."""
    return {
        (table.name, column, owner)
        for table in TABLES
        for column, parent, pairs in references(table)
        for owner in OWNERS & {one.name for one in parent.columns}
        if parent.name not in ("organisation", "person") and pairs.get(owner) != owner
        if owner in table.columns or (table.name not in RECORDS and OWNERS & set(pairs))
    }


def test_every_reference_names_the_owners_of_both_sides() -> None:
    assert unnamed() - EXCEPTIONS == set(), "use owned_by, or say why not in EXCEPTIONS"


def test_no_exception_has_outlived_its_reason() -> None:
    assert EXCEPTIONS - unnamed() == set()


OWNED: Final = tuple(
    sorted(
        (table.name, column, owner)
        for table in TABLES
        for column, _, pairs in references(table)
        for owner, theirs in pairs.items()
        if owner != column and (owner in OWNERS or theirs == "object_id")
    )
)
"""Every (table, column, owner) where the database itself has to refuse a foreign row."""


class Forger:
    """Makes up rows that break nothing but the program's own checks, each with all that it has to refer to."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.owners: dict[str, str] = {}
        organisations = db.metadata.tables["organisation"]
        self.owners = {owner: self.row(organisations)["id"] for owner in sorted(OWNERS)}
        self.stranger = self.row(organisations)["id"]

    def row(self, table: sa.Table, **given: Any) -> dict[str, Any]:
        """Insert a row that has what is given, and else the usual owners."""
        values = self.values(table, **given)
        self.connection.execute(sa.insert(table).values(values))
        return values

    def values(self, table: sa.Table, **given: Any) -> dict[str, Any]:
        """What such a row holds; what it refers to is there."""
        known = {one.name: self.owners[one.name] for one in table.columns if one.name in self.owners} | given
        values = {one.name: made_up(one.type) for one in table.columns if not one.nullable} | known
        for _, parent, pairs in references(table):
            missing = set(pairs) - set(known)
            if missing and set(pairs) <= set(values):
                made = self.row(parent, **{theirs: values[own] for own, theirs in pairs.items() if own not in missing})
                known |= {own: made[pairs[own]] for own in missing}
                values |= known
        return values


def made_up(kind: sa.types.TypeEngine[Any]) -> Any:
    """Any value of a column's type that is not there yet."""
    if isinstance(kind, sa.String):
        return secrets.token_hex(32)[: kind.length or 8]
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return secrets.randbelow(10**9)
    if isinstance(kind, sa.Date):
        return now().date()
    return now() if isinstance(kind, UtcDateTime) else {}


@pytest.fixture
def forger(app: Flask) -> Iterator[Forger]:
    """On a database that has nothing but its references left to defend itself with, and gets the rest back."""
    del app
    with db.engine.connect() as connection:
        triggers.uninstall(connection)
        for index in [one for table in TABLES for one in table.indexes if one.unique]:
            connection.exec_driver_sql(f'DROP INDEX "{index.name}"')  # one live row of a kind, and such rules
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        else:
            for table in TABLES:
                for check in table.constraints:
                    if isinstance(check, sa.CheckConstraint):
                        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DROP CONSTRAINT "{check.name}"')
        yield Forger(connection)
        connection.rollback()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


@pytest.mark.database_matters
def test_the_database_refuses_every_reference_to_another_tenants_row(forger: Forger) -> None:
    """Each is tried twice: at a parent of the same owners, which is taken, and at one that differs in one of them."""
    answers = {}
    for name, column, owner in OWNED:
        table = db.metadata.tables[name]
        parent, pairs = next((up, pairs) for one, up, pairs in references(table) if one == column and owner in pairs)
        values = forger.values(table)
        same = {theirs: values[own] for own, theirs in pairs.items() if own != column}
        own, foreign = forger.row(parent, **same), forger.row(parent, **same | {pairs[owner]: forger.stranger})
        answers[name, column, owner] = tuple(
            _stored(forger.connection, table, values | {column: one[pairs[column]]}) for one in (own, foreign)
        )
    assert {link: answer for link, answer in answers.items() if answer != (True, False)} == {}


def _stored(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Whether the database takes a row; it is taken out again."""
    trial = connection.begin_nested()
    try:
        connection.execute(sa.insert(table).values(values))
    except sa.exc.IntegrityError as error:
        if "foreign key" not in str(error.orig).lower():
            raise
        return False
    else:
        return True
    finally:
        trial.rollback()
