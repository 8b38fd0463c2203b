"""`flask backup` and `flask restore`: one archive with the database and every file it names, and the way back.

The database comes first, by the engine's own online means, while people work. Files are only ever added, each before
the row that names it is committed: whatever the copied database names is therefore there to be copied after it.
Secrets are not in the archive; docs/operations.md says how they are kept. The search index is built anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import sqlalchemy as sa
from flask import Flask, current_app

from app.accounts import files
from app.accounts.files import StoredFile
from app.catalogue import index as catalogue_index
from app.cli.doctor import CHECKS
from app.cli.running import bring_up_to_date
from app.kernel.db import db
from app.kernel.events import ChainHead, Event
from app.kernel.values import now
from app.kernel.work import reading
from app.probes import tell_of_backup

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CHUNK_BYTES: Final = 1024 * 1024
NAME: Final = "labpark-%Y%m%dT%H%M%SZ.tar"
DUMP_SECONDS: Final = 3_600
FAILURES: Final = (OSError, sqlite3.Error, sa.exc.SQLAlchemyError)
"""What may go wrong for reasons outside the program; told in a sentence."""

RESTORED_CHECKS: Final = ("schema", "chain", "ledger", "database")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)


class Steps:
    """Says what is being done and how long it took."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One line with its seconds, once it is done."""
        start = time.monotonic()
        yield
        click.echo(f"{time.monotonic() - start:7.1f} s  {title}")

    def whole(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began


# Making one ----------------------------------------------------------------------------------------------------------


def folder() -> Path:
    """Where backups are put unless the command says otherwise: BACKUP_PATH, else `backups` in the instance folder."""
    return Path(current_app.config["BACKUP_PATH"] or Path(current_app.instance_path) / "backups")


@click.command()
@click.option("--to", "target", type=click.Path(file_okay=False, path_type=Path), help="Folder; else BACKUP_PATH.")
@click.option("--keep", type=click.IntRange(1), help="Delete all but the newest so many backups afterwards.")
def backup(target: Path | None, keep: int | None) -> None:
    """Copy database and files into one archive while people work, and check the copy. Exit code 1 when it failed."""
    place = target or folder()
    try:
        made, damaged = _make(place)
    except FAILURES as failure:
        tell_of_backup(ok=False, words=str(failure))
        raise click.ClickException(f"The backup failed: {failure}") from failure
    tell_of_backup(ok=not damaged, words=f"damaged: {', '.join(damaged)}" if damaged else made.name)
    if keep:
        for old in sorted(place.glob("labpark-*.tar"))[:-keep]:
            old.unlink()
    click.echo(str(made))
    if damaged:
        raise click.ClickException(f"{made.name} is made, but these files are damaged or gone: {', '.join(damaged)}")


def _make(place: Path) -> tuple[Path, list[str]]:
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    steps = Steps()
    with tempfile.TemporaryDirectory(dir=place, prefix=".making-") as scratch:
        rooms = Path(scratch)
        head = _head()  # before the copy, which therefore holds at least this
        with steps.step("database copied"):
            database = _copy_database(rooms)
        with steps.step("copy checked"):
            _check_copy(database)
        draft = rooms / "archive"
        with steps.step("files packed"):
            count, damaged = _pack(draft, database, head)
        made = place / now().strftime(NAME)
        os.replace(draft, made)
        made.chmod(0o600)
    click.echo(
        f"{steps.whole():7.1f} s  in all: {count} files, {made.stat().st_size:,} bytes, up to event {head['seq']}"
    )
    return made, damaged


def _head() -> dict[str, Any]:
    with reading() as session:
        head = session.execute(sa.select(ChainHead.seq, ChainHead.hash)).one()
    return {"seq": head.seq, "hash": head.hash}


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _copy_database(rooms: Path) -> Path:
    if not _is_sqlite():
        dump = rooms / "database.dump"
        _run_postgresql("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}", _plain_url())
        return dump
    copy = rooms / "database.sqlite"
    source, target = sqlite3.connect(str(db.engine.url.database)), sqlite3.connect(copy)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    finally:
        source.close()
        target.close()
    return copy


def _run_postgresql(program: str, *arguments: str) -> None:
    found = shutil.which(program, path=current_app.config["POSTGRESQL_BIN"] or None)
    if found is None:
        raise FileNotFoundError(
            f"{program} is missing: install the PostgreSQL client of your server's version, or set POSTGRESQL_BIN."
        )
    command = [found, *arguments]  # a program of the server's, arguments of ours
    # The password goes by the environment: arguments are seen by everybody on the machine, and stand in errors.
    environment = {**os.environ, "PGPASSWORD": db.engine.url.password or os.environ.get("PGPASSWORD", "")}
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=DUMP_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"{program} took more than {DUMP_SECONDS} s") from None
    if done.returncode:
        raise OSError(f"{program}: {done.stderr.strip() or done.returncode}")


def _plain_url() -> str:
    named = db.engine.url.set(drivername="postgresql")
    return named._replace(password=None).render_as_string()


def _check_copy(copy: Path) -> None:
    """A copy that is not sound is no backup."""
    if not _is_sqlite():
        _run_postgresql("pg_restore", "--list", f"--file={os.devnull}", str(copy))
        return
    engine = sa.create_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        for pragma in ("integrity_check", "foreign_key_check"):
            said = [row[0] for row in connection.exec_driver_sql(f"PRAGMA {pragma}")]
            if said not in ([], ["ok"]):
                raise OSError(f"{pragma} of the copy: {said[:3]}")
    engine.dispose()


def _pack(draft: Path, database: Path, head: dict[str, Any]) -> tuple[int, list[str]]:
    """The number of files, and those that are not what the database says, which are no reason to save nothing."""
    with reading() as session:
        named = session.execute(sa.select(StoredFile.stored_as, StoredFile.sha256).order_by(StoredFile.id)).all()
        schema = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    manifest = {
        "format": FORMAT, "made_at": now().isoformat(), "schema": schema, "chain": head,
        "engine": db.engine.dialect.name, "database": database.name,
    }  # fmt: skip
    digests, damaged = {database.name: _digest(database)}, []
    with tarfile.open(draft, "w") as archive:
        archive.add(database, database.name)
        for stored_as, sha256 in named:
            path = files.folder() / stored_as
            digest = _digest(path) if path.is_file() else None
            if digest != sha256:
                damaged.append(stored_as)
            if digest is not None:
                archive.add(path, f"files/{stored_as}")
                digests[f"files/{stored_as}"] = digest
        listing = draft.with_name(MANIFEST)
        listing.write_text(json.dumps(manifest | {"sha256": digests, "damaged": damaged}, indent=1), encoding="utf-8")
        archive.add(listing, MANIFEST)
    with draft.open("rb") as done:
        os.fsync(done.fileno())
    return len(named), damaged


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# Going back ----------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(archive: Path) -> None:
    """Put an archive into an empty installation, then check books, chain and files. Nothing is ever overwritten."""
    try:
        _restore(archive)
    except FAILURES as failure:
        raise click.ClickException(f"The restore failed: {failure}") from failure


def _restore(archive: Path) -> None:
    steps = Steps()
    with tempfile.TemporaryDirectory(dir=_instance(), prefix=".restoring-") as scratch:
        rooms = Path(scratch)
        with steps.step("unpacked, every file's hash compared"):
            manifest = _unpack(archive, rooms)
        with steps.step("database put in place"):
            _put_database(rooms / manifest["database"])
        with steps.step("files put in place"):
            _put_files(rooms / "files")
    with steps.step("schema brought up to date"):
        bring_up_to_date()
    with steps.step("books and chain checked"):
        _check_restored(manifest)
    with steps.step("search index built"):
        catalogue_index.rebuild()
    click.echo(f"{steps.whole():7.1f} s  in all, at least to event {manifest['chain']['seq']} of {manifest['made_at']}")
    if damaged := manifest.get("damaged"):
        click.echo(f"These files were damaged or gone when the backup was made: {', '.join(damaged)}", err=True)


def _instance() -> Path:
    place = Path(current_app.instance_path)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def _unpack(archive: Path, rooms: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(rooms, filter="data")
        manifest: dict[str, Any] = json.loads((rooms / MANIFEST).read_text(encoding="utf-8"))
        digests = dict(manifest["sha256"])
        known = manifest["format"] == FORMAT and manifest["database"] in digests
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as damaged:
        raise click.ClickException(f"This is no backup of LabPark, or it is damaged: {damaged}") from damaged
    if not known:
        raise click.ClickException("This backup was made by another version of the program.")
    if manifest["engine"] != db.engine.dialect.name:
        raise click.ClickException(f"This is a backup of {manifest['engine']}: set DATABASE_URL to such a database.")
    for name, digest in digests.items():
        if not (rooms / name).is_file() or _digest(rooms / name) != digest:
            raise click.ClickException(f"{name} in the archive is not what it was when the backup was made.")
    return manifest


def _put_database(copy: Path) -> None:
    if not _is_sqlite():
        if sa.inspect(db.engine).get_table_names():
            raise click.ClickException("The database has tables already. Restore into an empty one.")
        db.engine.dispose()
        _run_postgresql(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
            f"--dbname={_plain_url()}", str(copy),
        )  # fmt: skip
        return
    target = Path(str(db.engine.url.database))
    if target.exists():
        raise click.ClickException(f"{target.name} is there already. Restore into an empty instance folder.")
    db.engine.dispose()
    os.replace(copy, target)
    target.chmod(0o600)


def _put_files(unpacked: Path) -> None:
    place = files.folder()
    place.mkdir(parents=True, exist_ok=True)
    for path in unpacked.iterdir() if unpacked.is_dir() else ():
        os.replace(path, place / path.name)


def _check_restored(manifest: dict[str, Any]) -> None:
    bad = []
    with reading() as session:
        told = manifest["chain"]
        found = session.scalar(sa.select(Event.hash).where(Event.seq == told["seq"]))
        if told["seq"] and found != told["hash"]:
            bad.append(f"event {told['seq']} is not the one that the backup names")
        for name in RESTORED_CHECKS:
            bad += [f"{name}: {words}" for grade, words in CHECKS[name]() if grade == "bad"]
    if bad:
        raise click.ClickException("What was restored is not whole: " + "; ".join(bad))
