"""Files that belong to records: received before the transaction, typed by content, kept outside the web root.

A stored file is named by 128 random bits; what it is called and what it is stand in the database. It is readable by
whoever may read the record that it hangs on, unless the model says less (`files_read`): a file that a supplier adds to
a revision of its quote is no more public than that revision.

To let files hang on another record, give it an action that takes `FileInput` and calls `attach`; reading, listing and
downloading follow.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import secrets
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.areas import stay_within
from app.kernel.actors import Actor
from app.kernel.db import IdType, Model, Record, UtcDateTime, db, id_column, ref
from app.kernel.errors import CONFLICT, INVALID, NOT_THERE, TOO_LARGE, Refusal, refusal
from app.kernel.lifecycle import BY_MODEL, find
from app.kernel.shapes import Upload
from app.kernel.values import N_, new_id, now
from app.kernel.work import gather

FILE_MOST_BYTES: Final = 10 * 1024 * 1024
FILES_PER_RECORD: Final = 20
NAME_MOST_CHARS: Final = 120
CHUNK_BYTES: Final = 64 * 1024
ZIP_MOST_ENTRIES: Final = 2_000
ZIP_END_BYTES: Final = 22 + 65_535
"""The end record with the longest remark that it may carry."""
ZIP_MOST_BYTES: Final = 100 * 1024 * 1024
BYTES_PER_MB: Final = 1024 * 1024

SHUT: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Content-Security-Policy of all that is no page: nothing in it runs, and no page holds it in a frame."""

FILE_TYPE = refusal(
    "file_type",
    INVALID,
    N_("Accepted here: %(endings)s. The content has to be what the name says."),
)
FILE_SIZE = refusal("file_size", TOO_LARGE, N_("A file has at most 10 MB."))
FILE_EMPTY = refusal("file_empty", INVALID, N_("This file is empty."))
FILE_COUNT = refusal("file_count", INVALID, N_("A record has at most 20 files."))
FILE_QUOTA = refusal(
    "file_quota",
    CONFLICT,
    N_("The files of your organisation would exceed its %(quota)s MB. Ask the operator for more."),
)


class StoredFile(Model):
    """One file of one record."""

    __tablename__ = "stored_file"

    id: Mapped[str] = id_column()
    org_id: Mapped[str] = ref("organisation.id")
    object_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_MOST_CHARS), nullable=False)
    media_type: Mapped[str] = mapped_column(sa.String(100), nullable=False)
    size_bytes: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.String(64), nullable=False)
    stored_as: Mapped[str] = mapped_column(sa.String(40), nullable=False, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=now)
    # A part of the record that the file came with, such as one version of a quote; see `files_read`.
    part_id: Mapped[str | None] = mapped_column(IdType)

    # Whoever refers to a file names the record that it hangs on as well.
    __table_args__ = (sa.UniqueConstraint("object_id", "id"),)


class FileUsage(Model):
    """How much of its quota an organisation has used: one row, changed together with the file that it counts."""

    __tablename__ = "file_usage"
    __table_args__ = (sa.CheckConstraint("used_bytes >= 0", name="used"),)

    org_id: Mapped[str] = mapped_column(IdType, sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    used_bytes: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)


FileRule = Callable[[Any, StoredFile, Actor], bool]
_RULES: Final[dict[type[Record], FileRule]] = {}


def files_read(model: type[Record], rule: FileRule) -> None:
    """Say which files of a record a reader of the record may read: `rule(record, file, actor)`. Without it, all."""
    _RULES[model] = rule


def folder() -> Path:
    """Where files lie: FILES_PATH, which several machines may share, else `files` in the instance folder."""
    return Path(current_app.config["FILES_PATH"] or Path(current_app.instance_path) / "files")


def _is_table(head: bytes) -> bool:
    """Text, also as spreadsheets of Chinese offices save it: UTF-16 with its mark, or GB18030."""
    if _is_text(head):
        return True
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "gb18030"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError:
        return False
    return not any(char < " " and char not in "\t\r\n\f" for char in text)


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # a character cut at the end of the sample is no fault
            return False
        text = head[: error.start].decode("utf-8")
    return not any(char < " " and char not in "\t\r\n\f" for char in text)


def _begins_as_xml(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _is_office(part: str) -> Callable[[Path, bytes], bool]:
    def check(path: Path, head: bytes) -> bool:
        if not head.startswith(b"PK\x03\x04") or not _directory_fits(path):
            return False
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError):
            return False
        names = {entry.filename for entry in entries}
        sound = len(entries) <= ZIP_MOST_ENTRIES and sum(entry.file_size for entry in entries) <= ZIP_MOST_BYTES
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return sound and not macros and {"[Content_Types].xml", part} <= names

    return check


def _directory_fits(path: Path) -> bool:
    """Whether the end of an archive announces few enough entries; asked before they are all unfolded in memory."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - ZIP_END_BYTES))
        tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    return at >= 0 and int.from_bytes(tail[at + 10 : at + 12], "little") <= ZIP_MOST_ENTRIES


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
TYPES: Final[dict[str, tuple[str, Callable[[Path, bytes], bool]]]] = {
    "pdf": ("application/pdf", lambda _path, head: head.startswith(b"%PDF-")),
    "png": ("image/png", lambda _path, head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", lambda _path, head: head.startswith(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", lambda _path, head: head.startswith(b"\xff\xd8\xff")),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", _is_office("xl/workbook.xml")),
    "docx": (f"{_OFFICE}wordprocessingml.document", _is_office("word/document.xml")),
    "csv": ("text/csv", lambda _path, head: _is_table(head)),
    "txt": ("text/plain", lambda _path, head: _is_text(head)),
}
"""Extension -> (media type, does the content say the same)."""
ALSO: Final[dict[str, tuple[str, Callable[[Path, bytes], bool]]]] = {
    "xml": ("application/xml", lambda _path, head: _is_table(head) and _begins_as_xml(head)),
    "zip": ("application/zip", lambda _path, head: head.startswith(b"PK\x03\x04")),
}
"""The same of what only a field takes that names it (File.takes), and looks into it for itself."""


def not_taken(takes: Collection[str]) -> Refusal:
    """The refusal of a file whose kind is none of these endings, or whose content is of another kind."""
    said = ", ".join(ending.upper() for ending in takes if ending != "jpg")
    return FILE_TYPE(endings=said, fields={"file": [FILE_TYPE.words]})


def receive(stream: IO[bytes], name: str, *, takes: Collection[str] = ()) -> Upload:
    """Take a file in, outside any transaction: size, type by name and content, hash. Refuses what is not what it says.

    takes: the endings that are taken, of TYPES and ALSO; those of TYPES where none are named. The stream is closed in
    any case.
    """
    taken = takes or tuple(TYPES)
    with stream:
        tidy = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
        tidy = "".join(char for char in tidy if unicodedata.category(char)[0] != "C")
        stem, dot, extension = tidy.rpartition(".")
        ending = extension.lower()
        known = (TYPES | ALSO)[ending] if dot and ending in taken else None
        if known is None or not stem:
            raise not_taken(taken)
        path, size, digest = _spool(stream)
    with path.open("rb") as kept:
        head = kept.read(CHUNK_BYTES)
    if not known[1](path, head):
        path.unlink()
        raise not_taken(taken)
    short = f"{stem[: NAME_MOST_CHARS - len(extension) - 1]}.{extension.lower()}"
    return Upload(name=short, media_type=known[0], size_bytes=size, sha256=digest, path=path)


def _spool(stream: IO[bytes]) -> tuple[Path, int, str]:
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, size, digest = place / secrets.token_hex(16), 0, hashlib.sha256()
    with path.open("xb") as kept:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > FILE_MOST_BYTES:
                break
            digest.update(chunk)
            kept.write(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    wrong = FILE_EMPTY if not size else FILE_SIZE if size > FILE_MOST_BYTES else None
    if wrong is not None:
        path.unlink()
        raise wrong(fields={"file": [wrong.words]})
    return path, size, digest.hexdigest()


def discard(upload: Upload) -> None:
    """Remove a received file whose action was refused."""
    for one in (upload, *upload.sizes):
        one.path.unlink(missing_ok=True)


def attach(
    upload: Upload, *, org_id: str, object_id: str, part_id: str | None = None, counted: bool = True
) -> StoredFile:
    """Hang a received file on a record, inside the action that does it; its hash goes into the chained event.

    org_id: whose quota it counts for, usually the organisation of whoever sends it; counted: not so for what the
    platform makes itself.
    """
    number = db.session.scalar(sa.select(sa.func.count()).where(StoredFile.object_id == object_id)) or 0
    if number >= FILES_PER_RECORD:
        raise FILE_COUNT(fields={"file": [FILE_COUNT.words]})
    if counted:
        _count(org_id, upload.size_bytes)
    made = StoredFile(
        id=new_id("fil"), org_id=org_id, object_id=object_id, name=upload.name, media_type=upload.media_type,
        size_bytes=upload.size_bytes, sha256=upload.sha256, stored_as=upload.path.name, part_id=part_id,
    )  # fmt: skip
    db.session.add(made)
    gather("files", {"id": made.id, "sha256": made.sha256})
    return made


def _count(org_id: str, size_bytes: int) -> None:
    """Add to what the organisation uses; refusal `file_quota`. Two racing files cannot both take the last of it."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(FileUsage).values(org_id=org_id, used_bytes=0).on_conflict_do_nothing())
    taken = db.session.execute(
        sa.update(FileUsage)
        .where(FileUsage.org_id == org_id, FileUsage.used_bytes + size_bytes <= quota_bytes())
        .values(used_bytes=FileUsage.used_bytes + size_bytes)
        .returning(FileUsage.org_id)
    ).scalar_one_or_none()
    if taken is None:
        raise over_quota()


def quota_bytes() -> int:
    """How much an organisation may attach to its records."""
    return int(current_app.config["FILE_QUOTA_MB"]) * BYTES_PER_MB


def over_quota() -> Refusal:
    """The refusal `file_quota`."""
    quota = f"{quota_bytes() // BYTES_PER_MB:,}"
    return FILE_QUOTA(quota=quota, fields={"file": [FILE_QUOTA(quota=quota)]})


def used_bytes(org_id: str) -> int:
    """How much of its quota an organisation has used."""
    return db.session.scalar(sa.select(FileUsage.used_bytes).where(FileUsage.org_id == org_id)) or 0


def files_for(record: Record, actor: Actor) -> list[StoredFile]:
    """The files of a record that the caller has found already, oldest first, as far as the actor may read them."""
    statement = sa.select(StoredFile).where(StoredFile.object_id == record.id).order_by(StoredFile.id)
    rule = _RULES.get(type(record))
    return [one for one in db.session.scalars(statement) if rule is None or rule(record, one, actor)]


def open_file(file_id: str, actor: Actor) -> tuple[StoredFile, Path]:
    """A file through the record it hangs on: whoever cannot see the record cannot see the file (404)."""
    found = db.session.get(StoredFile, file_id)
    model = next((m for m in BY_MODEL if found and found.object_id.startswith(f"{m.__prefix__}_")), None)
    if found is None or model is None:
        raise NOT_THERE()
    stay_within(actor, BY_MODEL[model].collection, writes=False)
    record, rule = find(model, found.object_id, actor), _RULES.get(model)
    if rule is not None and not rule(record, found, actor):
        raise NOT_THERE()
    return found, folder() / found.stored_as


# What the platform makes itself ---------------------------------------------------------------------------------------


def stored(content: bytes, name: str, media_type: str) -> Upload:
    """A file of our own making, laid beside those that were received; outside any transaction."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / secrets.token_hex(16)
    with path.open("xb") as kept:
        kept.write(content)
        kept.flush()
        os.fsync(kept.fileno())
    return Upload(name[-NAME_MOST_CHARS:], media_type, len(content), hashlib.sha256(content).hexdigest(), path)


def copied(source: StoredFile, name: str) -> Upload | None:
    """The same bytes under a name of their own, without taking room twice where the disk allows it; None if gone."""
    place = folder()
    path = place / secrets.token_hex(16)
    try:
        os.link(place / source.stored_as, path)
    except FileNotFoundError:
        return None
    except OSError:  # a disk without hard links
        shutil.copyfile(place / source.stored_as, path)
    return Upload(name[-NAME_MOST_CHARS:], source.media_type, source.size_bytes, source.sha256, path)
