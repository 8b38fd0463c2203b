"""Archives of pictures and documents on their way onto listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.accounts import files
from app.catalogue.exchange import actions
from app.catalogue.exchange.models import ImportJob
from app.catalogue.models import Listing
from app.kernel.db import db
from app.kernel.shapes import Upload
from app.kernel.work import reading
from tests.catalogue.hostile_archives import zipped
from tests.world import World
from tests.worlds.imports import EDITOR, sent, work
from tests.worlds.ordering import do


def archive(content: Mapping[str, bytes] | bytes) -> Upload:
    """An archive as it was received."""
    packed = content if isinstance(content, bytes) else zipped(content)
    return files.stored(packed, "图片.zip", "application/zip")


def checked_archive(world: World, content: Mapping[str, bytes] | bytes, **said: Any) -> ImportJob:
    """An archive that was read and checked."""
    return work(sent(world, archive(content), **said))


def hung(world: World, content: Mapping[str, bytes] | bytes, **said: Any) -> ImportJob:
    """An archive whose files hang on their listings, as far as they are sound."""
    job = checked_archive(world, content, **said)
    do(actions.start, job, world.actor(EDITOR))
    return work(job)


def shown(made: Listing) -> list[tuple[str, str, int]]:
    """(kind, name, version) of all that a listing shows now."""
    with reading():
        db.session.expire_all()
        media = db.session.get_one(Listing, made.id).media
        return [(entry["kind"], entry["name"], entry["number"]) for entry in media]
