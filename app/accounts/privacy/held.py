"""Where the database holds something of a person, found from the foreign keys themselves, so that none is forgotten.

Two kinds. Rows that *belong* to a person (sessions, what they were told, their basket) go with them. All other rows
*name* them: a requisition, a signature, a receipt belong to their organisations and are kept as the law asks; there
the person stands as a reference, which names nobody any more once the person's own row is erased.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from app.accounts.models import (
    ApiKey,
    Ceremony,
    Consent,
    LoginSession,
    Passkey,
    Person,
    RecoveryCode,
    SignOnIdentity,
    SingleUseLink,
    TotpSecret,
)
from app.kernel.db import Model, db

_BELONGING: Final[dict[str, type[Model]]] = {}
SECRETS: Final = frozenset(
    {"token_hash", "secret_hash", "previous_hash", "password_hash", "code_hash", "secret", "salt"}
)
"""Columns that are nobody's to read, not even the person's."""


def belongs_to_person(*models: type[Model]) -> None:
    """Rows of these are the person's own: given out whole, and gone with the person. In the order of deletion."""
    for model in models:
        _BELONGING[model.__tablename__] = model


belongs_to_person(LoginSession, SingleUseLink, Consent, TotpSecret, RecoveryCode, Passkey, Ceremony, SignOnIdentity)


def belonging() -> list[type[Model]]:
    """The models whose rows are a person's own."""
    return list(_BELONGING.values())


def references() -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    """Every column of the database that refers to a person, by its foreign key."""
    for _, table in sorted(db.metadata.tables.items()):
        for column in table.columns:
            if any(key.target_fullname == "person.id" for key in column.foreign_keys):
                yield table, column


def own_rows(person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Table -> the person's own rows, without what is secret."""
    found = {}
    for name, model in _BELONGING.items():
        table = model.__table__
        rows = db.session.execute(sa.select(table).where(table.c.person_id == person_id)).mappings()
        found[name] = [_readable(row) for row in rows]
    keys = ApiKey.__table__
    found["api_key"] = [
        _readable(row) for row in db.session.execute(sa.select(keys).where(keys.c.person_id == person_id)).mappings()
    ]
    return found


def _readable(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in SECRETS}


def named_in(person_id: str) -> list[dict[str, str]]:
    """The records that name a person: kind, id, and as what. One query over all columns."""
    selects = [
        sa.select(
            sa.literal(table.name).label("kind"), _key(table).label("id"), sa.literal(column.name).label("as_what")
        ).where(column == person_id)
        for table, column in references()
        if table.name not in _BELONGING and table.name != Person.__tablename__
    ]
    union = sa.union_all(*selects).subquery()
    rows = db.session.execute(sa.select(union).order_by(union.c.kind, union.c.id, union.c.as_what))
    return [{"kind": row.kind, "id": row.id, "as": row.as_what} for row in rows]


def _key(table: sa.Table) -> Any:
    return sa.cast(next(iter(table.primary_key.columns)), sa.Text)
