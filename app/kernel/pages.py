"""Keyset paging of any select: a cursor names the last row seen, so pages neither skip nor repeat under writes."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa

from app.kernel.db import Record, db
from app.kernel.errors import INVALID, refusal
from app.kernel.values import ID_LENGTH, N_

R = TypeVar("R", bound=Record)

PAGE_ROWS: Final = 50
MAX_PAGE_ROWS: Final = 200

BAD_CURSOR = refusal("bad_cursor", INVALID, N_("This page link cannot be read. Start from the first page."))


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows of one page and the cursor of the next one, or None at the end."""

    items: Sequence[R]
    next: str | None


def page(statement: sa.Select[Any], model: type[R], *, after: str | None = None, limit: int = PAGE_ROWS) -> Page[R]:
    """The newest rows first, `limit` at a time (at most MAX_PAGE_ROWS). Refusal `bad_cursor` for a broken cursor."""
    limit = max(1, min(limit, MAX_PAGE_ROWS))
    if after is not None:
        statement = statement.where(model.id < _decode(after))
    rows = db.session.scalars(statement.order_by(model.id.desc()).limit(limit + 1)).unique().all()
    more = len(rows) > limit
    return Page(rows[:limit], _encode(rows[limit - 1].id) if more else None)


def _encode(last_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([last_id]).encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        (last_id,) = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise BAD_CURSOR() from None
    if not isinstance(last_id, str) or len(last_id) > ID_LENGTH or not last_id.isascii() or "\0" in last_id:
        raise BAD_CURSOR()
    return last_id
