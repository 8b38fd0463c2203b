"""The database: column types, the Record every lifecycle moves, and how a connection behaves.

Transactions are begun by mode, chosen before the first query: "read" for GET and HEAD, "write" for everything else
(states.md, Transactions). `work.py` holds the only commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from app.kernel.values import CURRENCIES, ID_LENGTH, now

BUSY_TIMEOUT_MS: Final = 10_000
LOCK_TIMEOUT_MS: Final = 10_000
STATEMENT_TIMEOUT_MS: Final = 30_000
IDLE_TIMEOUT_MS: Final = 60_000

WAL_RESET_SAFE: Final = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""First SQLite of each branch without the WAL-reset race (sqlite.org/wal.html, "the WAL-reset bug")."""

mode: ContextVar[str] = ContextVar("transaction_mode", default="read")
"""How the next transaction begins. Reading is the default everywhere; only a unit of work, a migration, the security
log and the checkpoint write."""


class Base(DeclarativeBase):
    """Typed declarative base; constraint names are set once, because batch migrations need them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """What `db.Model` is, said in a way type checkers understand."""

        __abstract__ = True
else:
    Model = db.Model


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment in UTC; naive ones are refused, and SQLite's answer gets its zone back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


IdType = sa.String(ID_LENGTH)
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Currency = sa.String(3)


def id_column(**kwargs: Any) -> Mapped[str]:
    """A primary key made by `new_id`."""
    return mapped_column(IdType, primary_key=True, **kwargs)


def ref(target: str, *, nullable: bool = False, index: bool = True, **kwargs: Any) -> Mapped[Any]:
    """A foreign key to another row's id, RESTRICT: nothing that is referred to disappears."""
    return mapped_column(IdType, sa.ForeignKey(target, ondelete="RESTRICT"), nullable=nullable, index=index, **kwargs)


def words(length: int, **kwargs: Any) -> Mapped[str]:
    """A short text, empty rather than null."""
    return mapped_column(sa.String(length), default="", nullable=False, **kwargs)


def minor(**kwargs: Any) -> Mapped[Any]:
    """An amount in minor units; its currency stands beside it."""
    return mapped_column(sa.BigInteger, **kwargs)


def one_of(column: str, values: Iterable[str], *, name: str | None = None) -> sa.CheckConstraint:
    """CHECK that a text column holds one of the words."""
    listed = ", ".join(f"'{value}'" for value in sorted(values))
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


def currency_known(column: str = "currency") -> sa.CheckConstraint:
    """CHECK that a column holds an ISO 4217 code."""
    return one_of(column, CURRENCIES)


class Record(Model):
    """A thing with an id, a state, a version and parties; only Actions write it.

    A model says: `__prefix__` (three letters of its ids), `__states__` (first one is where it is born),
    `__parties__` (party name -> column holding the organisation's id), `__constraints__` (table arguments of its own).
    """

    __abstract__ = True
    __prefix__: ClassVar[str]
    __states__: ClassVar[str]
    __parties__: ClassVar[dict[str, str]] = {}
    __grants__: ClassVar[bool] = False
    __signed__: ClassVar[bool] = False  # waits for signatures, which may be lent to a colleague (Actor.lent_roles)
    __constraints__: ClassVar[tuple[Any, ...]] = ()

    id: Mapped[str] = id_column()
    state: Mapped[str] = mapped_column(sa.String(20), nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, nullable=False)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, nullable=False)
    waits_org: Mapped[str | None] = mapped_column(IdType)
    waits_role: Mapped[str | None] = mapped_column(sa.String(30))
    waits_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy calls it with the class
        return (
            one_of("state", cls.__states__.split(), name="state_known"),
            sa.Index(f"ix_{cls.__tablename__}_waits", "waits_org", "waits_role", "waits_until"),
            *cls.__constraints__,
        )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}

    def party(self, name: str) -> str | None:
        """The id of the organisation that is this party of the record."""
        value: str | None = getattr(self, self.__parties__[name])
        return value

    def attended(self) -> bool:
        """Whether people attend to it, so that somebody is waited for; not while a machine is asked instead."""
        return True

    def audience(self) -> set[str]:
        """Ids of the organisations that may learn of this record's events: its parties, unless a model says less."""
        return {org for name in self.__parties__ if (org := self.party(name))}


class Grant(Model):
    """A reader (and perhaps doer) of a record who is no party to it, such as a supplier invited to an RFQ."""

    __tablename__ = "grant_row"

    object_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    org_id: Mapped[str] = mapped_column(IdType, primary_key=True, index=True)
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, nullable=False)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def wal_reset_affected(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may lose a checkpointed page in the WAL-reset race (3.7.0 to 3.51.2 but for the fixes)."""
    return not (
        version >= WAL_RESET_SAFE[0] or any(fixed <= version < (fixed[0], fixed[1] + 1) for fixed in WAL_RESET_SAFE[1:])
    )


def tune(engine: sa.Engine) -> None:
    """Set an engine's connections up: durability, foreign keys, time limits, and BEGIN by mode."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _connect_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        sa.event.listen(engine, "connect", _connect_postgresql)
        sa.event.listen(engine, "begin", _begin_postgresql)


def _connect_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver's guess
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA trusted_schema=OFF")
    version = tuple(int(part) for part in cursor.execute("SELECT sqlite_version()").fetchone()[0].split("."))
    if wal_reset_affected(version):
        # The worker alone checkpoints, while it holds the write lock (work.checkpoint).
        cursor.execute("PRAGMA wal_autocheckpoint=0")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    reading = mode.get() == "read"
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")


def _connect_postgresql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
        cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TIMEOUT_MS}")
        cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def _begin_postgresql(connection: sa.Connection) -> None:
    if mode.get() == "read":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def owned_key(owners: str) -> sa.UniqueConstraint:
    """What an aggregate declares so that its children can name its owner, or both of its parties, together with it."""
    return sa.UniqueConstraint(*owners.split(), "id")


def owned_by(parent: str, owners: str, column: str) -> sa.ForeignKeyConstraint:
    """A child's reference to (owners, parent): a row of another tenant cannot be referred to, by construction.

    `owners` is "buyer_id", or "buyer_id supplier_id" where both stand on parent and child.
    """
    named = owners.split()
    referred = [f"{parent}.{owner}" for owner in named]
    return sa.ForeignKeyConstraint([*named, column], [*referred, f"{parent}.id"], ondelete="RESTRICT")
