"""Whether the database has the schema that this program knows: an upgrade may be on its way beneath it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from app.kernel.work import reading

MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"


@cache
def known() -> str | None:
    """The newest migration of this program."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def stored() -> str | None:
    """The migration at which the database stands: one row, read anew each time; None where it does not say."""
    try:
        with reading() as session:
            version: str | None = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return None
    return version
