"""Papers of the small park: asked for by somebody, and made by the worker."""

from __future__ import annotations

import zlib
from pathlib import Path
from re import DOTALL, findall
from typing import Any

from flask import current_app

from app.accounts.files import StoredFile
from app.kernel.db import Record, db
from app.kernel.events import Delivery
from app.kernel.lifecycle import lifecycle_of
from app.kernel.worker import deliver
from app.papers.models import Paper
from tests.world import World
from tests.worlds.ordering import again, do


def asked(world: World, record: Record, name: str, verb: str = "print") -> Paper:
    """A document of a record, asked for by the named person and not made yet."""
    paper: Paper = do(lifecycle_of(record).actions[verb], record, world.actor(name))
    return paper


def made(world: World, record: Record, name: str, verb: str = "print") -> Paper:
    """A document of a record that the worker has been at."""
    paper = asked(world, record, name, verb)
    deliver()
    result: Paper = again(paper)
    return result


def file_of(paper: Paper) -> StoredFile:
    """The file that hangs on a paper."""
    return db.session.scalars(db.select(StoredFile).where(StoredFile.object_id == paper.id)).one()


def bytes_of(paper: Paper) -> bytes:
    """The PDF of a paper."""
    return (Path(current_app.instance_path) / "files" / file_of(paper).stored_as).read_bytes()


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has; its page tree stands in a compressed stream or in the open."""
    text = pdf + b"".join(_inflated(stream) for stream in findall(rb"stream\r?\n(.*?)endstream", pdf, DOTALL))
    return max(int(number) for number in findall(rb"/Type\s*/Pages\b.*?/Count\s+(\d+)", text, DOTALL))


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream.strip(b"\r\n"))
    except zlib.error:
        return b""


def everything_in(content: Any) -> str:
    """All texts of a paper's content, for looking for what must not stand there."""
    if isinstance(content, dict):
        return " ".join(f"{key} {everything_in(value)}" for key, value in content.items())
    if isinstance(content, list):
        return " ".join(everything_in(one) for one in content)
    return str(content)


def owed() -> list[Delivery]:
    """Documents that the worker still has to make."""
    pending = db.select(Delivery).where(Delivery.kind == "paper", Delivery.state == "pending")
    return list(db.session.scalars(pending))
