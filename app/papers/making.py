"""The worker's part: typeset a paper that was asked for, or take the bytes of one that says the same."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
import structlog

from app.accounts import files
from app.accounts.files import StoredFile
from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import courier
from app.kernel.lifecycle import find
from app.kernel.shapes import Upload
from app.kernel.work import reading, unit_of_work
from app.papers.actions import DELIVERY, give_up, keep
from app.papers.models import Paper
from app.papers.typesetting import NotTypeset, typeset

log = structlog.get_logger(__name__)

PDF: Final = "application/pdf"


@courier(DELIVERY)
def make(payload: dict[str, Any]) -> None:
    """Make one paper; harmless to repeat: one that is made or given up is left alone."""
    with reading() as session:
        paper = session.get_one(Paper, payload["paper"])
        if paper.state != "queued":
            return
        kind, content, name = paper.kind, paper.content, f"{paper.kind}-{paper.title}.pdf"
        known = _same(paper.digest)
    try:
        made = (files.copied(known, name) if known is not None else None) or _typeset(kind, content, name)
    except NotTypeset as failed:
        log.warning("paper not made", paper=payload["paper"], code=failed.code)
        _give_up(payload["paper"], failed.code)
        return
    _keep(payload["paper"], made)


def _same(digest: str) -> StoredFile | None:
    """The file of a paper that is ready and says the same."""
    return db.session.scalars(
        sa.select(StoredFile)
        .join(Paper, Paper.id == StoredFile.object_id)
        .where(Paper.digest == digest, Paper.state == "ready")
        .limit(1)
    ).first()


def _typeset(kind: str, content: dict[str, Any], name: str) -> Upload:
    return files.stored(typeset(kind, content), name, PDF)


def _keep(paper_id: str, made: Upload) -> None:
    try:
        with unit_of_work():
            paper = find(Paper, paper_id, SYSTEM_ACTOR, lock=True)
            if paper.state != "queued":  # another worker was faster
                files.discard(made)
                return
            keep(paper, SYSTEM_ACTOR, made=made)
    except BaseException:
        files.discard(made)
        raise


def _give_up(paper_id: str, error: str) -> None:
    with unit_of_work():
        paper = find(Paper, paper_id, SYSTEM_ACTOR, lock=True)
        if paper.state == "queued":
            give_up(paper, SYSTEM_ACTOR, error=error)
