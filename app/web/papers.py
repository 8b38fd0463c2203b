"""The page of a document that was asked for: how far it is, what it is made of, the PDF or why there is none."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask_babel import gettext as _

from app import i18n
from app.accounts import files
from app.http import actor
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import find
from app.papers.lifecycle import FAILURES, KIND_TITLES
from app.papers.models import SOURCES, Paper
from app.web.core.directory import Brief, label_of, read, register_brief, url_of
from app.web.core.record import frame

pages = Blueprint("papers", __name__)

RELOAD_SECONDS: Final = 5
"""Without script the page asks again after so long, while the document is being made."""


@pages.get("/papers/<id:record_id>")
def paper(record_id: str) -> str:
    """One document: whoever leaves finds it here again."""
    asking = actor()
    found: Paper = read(Paper, record_id, asking)
    stored = files.files_for(found, asking)
    kind = i18n.say(KIND_TITLES[found.kind])
    return render_template(
        "papers/paper.html",
        **frame(found, asking, title=kind, kind=kind, facts=_facts(found, asking)),
        reload_after=RELOAD_SECONDS if found.state == "queued" else None,
        before=_before(found) if found.state == "queued" else 0,
        pdf=f"/files/{stored[-1].id}" if found.state == "ready" and stored else None,
        why=i18n.say(FAILURES[found.error]) if found.error else None,
        sha256=stored[-1].sha256 if stored else None,
    )


def _facts(found: Paper, asking: Actor) -> list[tuple[str, str | None, str | None]]:
    source = find(SOURCES[found.kind], found.object_id, asking)
    made_of = _("%(record)s, version %(version)s", record=label_of(source), version=found.object_version)
    facts: list[tuple[str, str | None, str | None]] = [
        (_("Made from"), made_of, url_of(source)),
        (_("Asked for on"), i18n.when(found.created_at), None),
    ]
    if source.version != found.object_version:
        facts.append((_("Since then"), _("The record has changed; ask for a new document if you need it."), None))
    return facts


def _before(found: Paper) -> int:
    """How many documents are made before this one."""
    earlier = sa.select(sa.func.count()).where(Paper.state == "queued", Paper.id < found.id)
    return db.session.scalar(earlier) or 0


def _brief(one: Any) -> Brief:
    return Brief(i18n.say(KIND_TITLES[one.kind]))


register_brief("paper", _brief)
