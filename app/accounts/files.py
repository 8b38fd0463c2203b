"""Files that belong to records: received before the transaction, typed by content, kept outside the web root.

A stored file is named by 128 random bits; what it is called and what it is stand in the database. It is readable by
whoever may read the record that it hangs on.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actors import Actor
from app.kernel.db import IdType, Model, UtcDateTime, db, id_column, ref
from app.kernel.errors import INVALID, NOT_THERE, TOO_LARGE, refusal
from app.kernel.lifecycle import BY_MODEL, find
from app.kernel.shapes import Upload
from app.kernel.values import N_, new_id, now
from app.kernel.work import gather

FILE_MOST_BYTES: Final = 10 * 1024 * 1024
FILES_PER_RECORD: Final = 20
NAME_MOST_CHARS: Final = 120
CHUNK_BYTES: Final = 64 * 1024
ZIP_MOST_ENTRIES: Final = 2_000
ZIP_MOST_BYTES: Final = 100 * 1024 * 1024

FILE_TYPE = refusal(
    "file_type",
    INVALID,
    N_("Accepted are PDF, PNG, JPEG, XLSX, DOCX, CSV and TXT whose content is what the name says."),
)
FILE_SIZE = refusal("file_size", TOO_LARGE, N_("A file has at most 10 MB and is not empty."))
FILE_COUNT = refusal("file_count", INVALID, N_("A record has at most 20 files."))


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


def folder() -> Path:
    """Where files lie: FILES_PATH, which several machines may share, else `files` in the instance folder."""
    return Path(current_app.config["FILES_PATH"] or Path(current_app.instance_path) / "files")


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # a character cut at the end of the sample is no fault
            return False
        text = head[: error.start].decode("utf-8")
    return not any(char < " " and char not in "\t\r\n\f" for char in text)


def _is_office(part: str) -> Callable[[Path, bytes], bool]:
    def check(path: Path, head: bytes) -> bool:
        if not head.startswith(b"PK\x03\x04"):
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


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
TYPES: Final[dict[str, tuple[str, Callable[[Path, bytes], bool]]]] = {
    "pdf": ("application/pdf", lambda _path, head: head.startswith(b"%PDF-")),
    "png": ("image/png", lambda _path, head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", lambda _path, head: head.startswith(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", lambda _path, head: head.startswith(b"\xff\xd8\xff")),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", _is_office("xl/workbook.xml")),
    "docx": (f"{_OFFICE}wordprocessingml.document", _is_office("word/document.xml")),
    "csv": ("text/csv", lambda _path, head: _is_text(head)),
    "txt": ("text/plain", lambda _path, head: _is_text(head)),
}
"""Extension -> (media type, does the content say the same)."""


def receive(stream: IO[bytes], name: str) -> Upload:
    """Take a file in, outside any transaction: size, type by name and content, hash. Refuses what is not what it says.

    The stream is closed in any case.
    """
    with stream:
        tidy = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
        tidy = "".join(char for char in tidy if unicodedata.category(char)[0] != "C")
        stem, dot, extension = tidy.rpartition(".")
        known = TYPES.get(extension.lower()) if dot else None
        if known is None or not stem:
            raise FILE_TYPE(fields={"file": [FILE_TYPE.words]})
        path, size, digest = _spool(stream)
    with path.open("rb") as kept:
        head = kept.read(CHUNK_BYTES)
    if not known[1](path, head):
        path.unlink()
        raise FILE_TYPE(fields={"file": [FILE_TYPE.words]})
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
    if not 0 < size <= FILE_MOST_BYTES:
        path.unlink()
        raise FILE_SIZE(fields={"file": [FILE_SIZE.words]})
    return path, size, digest.hexdigest()


def discard(upload: Upload) -> None:
    """Remove a received file whose action was refused."""
    upload.path.unlink(missing_ok=True)


def attach(upload: Upload, *, org_id: str, object_id: str) -> StoredFile:
    """Hang a received file on a record, inside the action that does it; its hash goes into the chained event."""
    number = db.session.scalar(sa.select(sa.func.count()).where(StoredFile.object_id == object_id)) or 0
    if number >= FILES_PER_RECORD:
        raise FILE_COUNT(fields={"file": [FILE_COUNT.words]})
    stored = StoredFile(
        id=new_id("fil"), org_id=org_id, object_id=object_id, name=upload.name, media_type=upload.media_type,
        size_bytes=upload.size_bytes, sha256=upload.sha256, stored_as=upload.path.name,
    )  # fmt: skip
    db.session.add(stored)
    gather("files", {"id": stored.id, "sha256": stored.sha256})
    return stored


def files_of(object_id: str) -> list[StoredFile]:
    """The files of a record that the caller has found already, oldest first."""
    statement = sa.select(StoredFile).where(StoredFile.object_id == object_id).order_by(StoredFile.id)
    return list(db.session.scalars(statement))


def open_file(file_id: str, actor: Actor) -> tuple[StoredFile, Path]:
    """A file through the record it hangs on: whoever cannot see the record cannot see the file (404)."""
    stored = db.session.get(StoredFile, file_id)
    model = next((m for m in BY_MODEL if stored and stored.object_id.startswith(f"{m.__prefix__}_")), None)
    if stored is None or model is None:
        raise NOT_THERE()
    find(model, stored.object_id, actor)
    return stored, folder() / stored.stored_as
