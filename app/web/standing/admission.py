"""The operator's admission queue: who applies, papers to review, appeals and contested rows, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.actions.organisations import REVIEWER
from app.accounts.models import Organisation, Qualification, Restriction
from app.http import signed_in
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.errors import NOT_YOURS
from app.kernel.events import history
from app.kernel.lifecycle import lifecycle_of, offers, visible
from app.kernel.reading import readable
from app.representation import represent
from app.standing.models import Contest
from app.web.core.directory import brief_of, label_of, names, url_of
from app.web.core.record import badge, papers, timeline
from app.web.core.shown import ids_in, rows_of
from app.web.standing.blueprint import pages
from app.web.standing.shown import Answer, answers, described, note_of, state_of

PATH: Final = "/queues/admission"
QUEUE_ROWS: Final = 50
HISTORY_ROWS: Final = 8
KINDS: Final[tuple[tuple[type[Record], str], ...]] = (
    (Organisation, "applied"), (Qualification, "submitted"), (Restriction, "appealed"), (Contest, "open"),
)  # fmt: skip
DECISIONS: Final = ("admit", "approve", "allow", "uphold", "return", "dismiss", "reject")
"""Verbs that stand on the case itself, in this order; what needs words brings its field along."""
NEEDS_WORDS: Final = frozenset({"return", "reject", "allow", "uphold", "dismiss"})


@pages.get(PATH)
def admission() -> str:
    """What waits for review; the one asked for, or the one that waits longest, opened."""
    asking = signed_in()
    if not asking.is_staff:
        raise NOT_YOURS(who=REVIEWER.titles())
    waiting = _waiting(asking)
    wanted = request.args.get("id")
    current = next((one for one in waiting if one.id == wanted), waiting[0] if waiting else None)
    named = names(_organisation_of(one) for one in waiting)
    return render_template(
        "standing/admission.html",
        items=[_item(one, current, named) for one in waiting],
        count=_count(asking) if len(waiting) == QUEUE_ROWS else len(waiting),
        case=_case(current, asking, named) if current is not None else None,
        following=_following(waiting, current),
    )


def _waiting(asking: Actor) -> list[Record]:
    """The oldest of every kind, in one query per kind, the one that waits longest first."""
    found: list[Record] = []
    for model, state in KINDS:
        statement = visible(model, asking).where(model.state == state).order_by(model.updated_at).limit(QUEUE_ROWS)
        found += db.session.scalars(statement).unique()
    return sorted(found, key=lambda one: (one.updated_at, one.id))[:QUEUE_ROWS]


def _count(asking: Actor) -> int:
    return sum(
        db.session.scalar(
            sa.select(sa.func.count()).select_from(model).where(model.state == state, readable(model, asking))
        )
        or 0
        for model, state in KINDS
    )


def _organisation_of(record: Record) -> str:
    return record.id if isinstance(record, Organisation) else str(next(filter(None, record.audience()), ""))


def _following(waiting: Sequence[Record], current: Record | None) -> str | None:
    if current is None or len(waiting) < 2:
        return None
    return f"{PATH}?id={waiting[(waiting.index(current) + 1) % len(waiting)].id}"


def _item(one: Record, current: Record | None, named: dict[str, str]) -> dict[str, Any]:
    return {
        "number": label_of(one),
        "href": f"{PATH}?id={one.id}",
        "amount": "",
        "parties": _kind(one) if isinstance(one, Organisation) else named.get(_organisation_of(one), ""),
        "flags": [(_kind(one), "waiting")]
        if not isinstance(one, Organisation)
        else [badge(lifecycle_of(one), one.state)],
        "left": i18n.when(one.updated_at),
        "current": current is not None and one.id == current.id,
    }


def _kind(one: Record) -> str:
    return i18n.say(lifecycle_of(one).title)


def _case(one: Record, asking: Actor, named: dict[str, str]) -> dict[str, Any]:
    heard = history(db.session(), [one.id], limit=HISTORY_ROWS)
    body = represent(one, asking, with_actions=False)
    everybody = named | names([*ids_in(body), *(who for event, _w in heard for who in (event.person_id, event.org_id))])
    organisation = one if isinstance(one, Organisation) else db.session.get(Organisation, _organisation_of(one))
    assert organisation is not None
    given = answers(organisation)
    offered = {offer.action.name: offer for offer in offers(one, asking)}
    return {
        "record": one,
        "name": label_of(one),
        "kind": _kind(one) if not label_of(one).startswith(_kind(one)) else "",
        "title": brief_of(one).title if isinstance(one, Qualification) else "",
        "href": url_of(one),
        "organisation": (organisation.name(i18n.language()), url_of(organisation)),
        "credit_code": organisation.credit_code,
        "about": [
            row for row in rows_of(lifecycle_of(one), body, everybody) if row.text and row.href != url_of(organisation)
        ],
        "files": papers(one, asking),
        "answers": [_answer(answer) for answer in given] if isinstance(one, Organisation) else [],
        "findings": _findings(given) if isinstance(one, Organisation) else [],
        "events": timeline(heard, everybody),
        "decisions": [
            _decision(offered[name], one) for name in DECISIONS if name in offered
        ],
    }  # fmt: skip


def _decision(offer: Any, one: Record) -> dict[str, Any]:
    name = offer.action.name
    return {
        "name": name,
        "label": i18n.say(offer.action.title),
        "refused": i18n.speak(offer.refusal) if offer.refusal is not None else None,
        "href": url_of(one, name),
        "words": name in NEEDS_WORDS,
        "primary": offer.action.primary,
        "danger": offer.action.dangerous,
    }


def _findings(given: list[Answer]) -> list[dict[str, Any]]:
    """What stands in the way of admission, what waits for review, each with where it is decided."""
    found = []
    for one in given:
        open_one = next((each for each in one.open if each.state == "submitted"), None)
        if one.met and open_one is None:
            continue
        if open_one is not None:
            found.append({
                "tone": "waiting", "title": _("To review: %(what)s", what=one.requirement.label(i18n.language())),
                "text": open_one.document_no, "href": f"{PATH}?id={open_one.id}", "link": _("Open"),
            })  # fmt: skip
        elif one.requirement.mandatory and not one.requirement.category:
            found.append({
                "tone": "stop", "title": _("Missing: %(what)s", what=one.requirement.label(i18n.language())),
                "text": state_of(one)[0],
            })  # fmt: skip
    return found


def _answer(one: Answer) -> dict[str, Any]:
    current = one.open or one.counts
    return {
        "label": one.requirement.label(i18n.language()),
        "href": url_of(current[0]) if current else None,
        "note": described(one.requirement, note_of(one)),
        "badge": state_of(one),
    }
