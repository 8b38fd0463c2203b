"""States of the small park, made by actions once per process and put back for every test that begins with them.

Making the park takes some sixty actions, a delivered order some hundreds; putting the rows back is a copy. Rows, ids,
chain and files are what the actions made, and anything else written since the last known state makes it unknown.
"""

from __future__ import annotations

import copy
import functools
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

import sqlalchemy as sa
from flask import current_app

from app.accounts.models import Organisation
from app.kernel.db import Model, db
from app.kernel.values import now
from tests import washing

CLOCK_SECONDS = 1
"""How far the program's clock may be from the wall's before a test counts as one that moved it."""

SALTS = slice(32, 40)
"""Where the salts of the log stand in the head of its index (SQLite, WAL-index header): zero before the first frame."""

MOST_KEPT = 200
"""States that one process remembers; the one used longest ago makes room."""

Key = tuple[Any, ...]
P = ParamSpec("P")
R = TypeVar("R")


class Kept(NamedTuple):
    """A state as it was left: what its maker returned, its rows, and the files of the instance."""

    result: Any
    rows: sqlite3.Connection | str
    files: Mapping[str, bytes]


_kept: OrderedDict[Key, Kept] = OrderedDict()
_here: tuple[Key, Any] | None = None


def same_as_before(make: Callable[[], Any]) -> Any:
    """What `make` returns for an empty park, with its rows: made now, or put back where this process has made it."""
    empty = db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 0
    db.session.rollback()
    if not empty or not _ordinary():
        return make()
    return copy.deepcopy(_reach((_database(), make.__qualname__), make, lambda made: made))


def remembered(make: Callable[P, R]) -> Callable[P, R]:
    """Let a helper of the worlds find what it made before, when it is called in the same state with the same wishes."""

    @functools.wraps(make)
    def reach(*args: P.args, **given: P.kwargs) -> R:
        here = _where()
        try:
            key = here and (here, make.__qualname__, _plain(args), _plain(given))
        except TypeError:  # a wish that cannot be compared
            key = None
        if not key:
            return make(*args, **given)
        return cast("R", _found(_reach(key, lambda: make(*args, **given), _plain)))

    return reach


def _reach(key: Key, make: Callable[[], Any], plain: Callable[[Any], Any]) -> Any:
    global _here
    if key in _kept:
        _kept.move_to_end(key)
        _put_back(_kept[key])
    else:
        result = plain(make())
        db.session.rollback()
        _kept[key] = Kept(result, _take(), _files())
        if len(_kept) > MOST_KEPT:
            _forget(_kept.popitem(last=False)[1])
    _here = key, _mark()
    return _kept[key].result


def _where() -> Key | None:
    """The known state the park is in, if nothing was written since and the clock is the wall's.

    None to a thread that a test has started: two of them would keep what both have written as the state of one.
    """
    if threading.current_thread() is not threading.main_thread():
        return None
    if _here is None or "work" in db.session().info or not _ordinary():
        return None
    db.session.rollback()
    return _here[0] if _here[1] == _mark() else None


def _ordinary() -> bool:
    return abs(now().timestamp() - time.time()) < CLOCK_SECONDS


def _database() -> str:
    """What a state can be put back into: this PostgreSQL database, or any SQLite database with these definitions."""
    if db.engine.dialect.name != "sqlite":
        return db.engine.url.render_as_string(hide_password=False)
    text = sa.text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    definitions = "|".join(db.session.scalars(text))
    db.session.rollback()
    return definitions


def _mark() -> Any:
    """Something that every committed write changes, whoever made it."""
    if db.engine.dialect.name == "sqlite":
        head = Path(f"{db.engine.url.database}-shm")  # the head of the log's index counts transactions
        index = head.read_bytes()[:48] if head.exists() else bytes(48)
        return index if any(index[SALTS]) else object()  # without a log every file looks the same
    with db.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").scalar()


def _plain(value: Any) -> Any:
    """A wish or a result as something that can be compared and kept: a record is its class and its id."""
    if isinstance(value, Model):
        return ("record", type(value), sa.inspect(value).identity)
    if isinstance(value, Mapping):
        return ("mapping", type(value), tuple((key, _plain(one)) for key, one in value.items()))
    if isinstance(value, list | tuple):
        return ("sequence", type(value), tuple(_plain(one) for one in value))
    if is_dataclass(value):
        return ("data", type(value), _plain(vars(value)))
    hash(value)
    if value is not None and type(value).__hash__ is object.__hash__:
        raise TypeError("two of these are never equal")
    return value


def _found(plain: Any) -> Any:
    """The other way round: records are read from the session."""
    if not isinstance(plain, tuple):
        return plain
    kind, of, content = plain
    assert kind in ("record", "mapping", "sequence"), f"a {of.__name__} is not made anew"
    if kind == "record":
        record = db.session.get_one(of, content, populate_existing=True)
        db.session.rollback()
        return record
    if kind == "mapping":
        return {key: _found(one) for key, one in content}
    return of(_found(one) for one in content)


def _take() -> sqlite3.Connection | str:
    if db.engine.dialect.name == "sqlite":
        memory = sqlite3.connect(":memory:", check_same_thread=False)
        _copy(memory, to_memory=True)
        return memory
    schema = f"state_{time.monotonic_ns()}"
    washing.keep(db.engine.url.render_as_string(hide_password=False), schema)
    return schema


def _put_back(kept: Kept) -> None:
    db.session.rollback()
    if isinstance(kept.rows, str):
        washing.put_back(db.engine.url.render_as_string(hide_password=False), kept.rows)
    else:
        _copy(kept.rows, to_memory=False)
    db.session.expire_all()
    _put_files_back(kept.files)


def _forget(kept: Kept) -> None:
    if isinstance(kept.rows, sqlite3.Connection):
        kept.rows.close()


def _copy(memory: sqlite3.Connection, *, to_memory: bool) -> None:
    held = db.engine.raw_connection()
    file = held.driver_connection
    assert isinstance(file, sqlite3.Connection)
    (file if to_memory else memory).backup(memory if to_memory else file)
    held.close()


def _files() -> dict[str, bytes]:
    folder = Path(current_app.instance_path)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _put_files_back(files: Mapping[str, bytes]) -> None:
    folder = Path(current_app.instance_path)
    before = _files()
    for name in before.keys() - files.keys():
        (folder / name).unlink()
    for name, content in files.items():
        if before.get(name) != content:
            (folder / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
