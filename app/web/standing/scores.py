"""A supplier's score, criterion by criterion, with every row behind it and what can be done about a wrong one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app import i18n
from app.accounts.models import Organisation
from app.http import own_organisation, signed_in
from app.kernel.actors import Actor
from app.kernel.errors import NOT_YOURS
from app.standing import score
from app.standing.actions.contests import CONTEST, CONTESTERS
from app.standing.models import CRITERIA
from app.standing.schemas import CRITERION_TITLES
from app.web.core.directory import address, label_of, lifecycle_of_id, read, records_of, url_of
from app.web.core.record import badge
from app.web.standing.blueprint import pages


@pages.get("/standing")
def own_standing() -> str:
    """The score of the reader's own organisation."""
    asking = signed_in()
    return _page(own_organisation(asking), asking)


@pages.get("/standing/<id:record_id>")
def standing_of(record_id: str) -> str:
    """The score of one supplier, for itself and the platform's staff."""
    asking = signed_in()
    found: Organisation = read(Organisation, record_id, asking)
    if asking.org_id != found.id and not asking.is_staff:
        raise NOT_YOURS(who=[(_("the organisation"), ""), (_("the operator"), "")])
    return _page(found, asking)


def _page(found: Organisation, asking: Actor) -> str:
    if not found.kinds & {"supplier", "service"}:
        raise NotFound()
    counted = score.score_of(found.id)
    chosen = request.args.get("part")
    if chosen not in CRITERIA:
        chosen = next((part.criterion for part in counted.parts if part.count), CRITERIA[0])
    rows = score.points_of(found.id, chosen)
    there = records_of([row.object_id for row in rows], asking)
    mine = asking.org_id == found.id
    return render_template(
        "standing/score.html",
        name=found.name(i18n.language()),
        tiles=_tiles(counted),
        intro=_(
            "Counted from events of the last 365 days. A criterion counts from %(least)s rows on.",
            least=score.MIN_SAMPLE,
        ),
        tabs=[
            {"label": i18n.say(CRITERION_TITLES[part.criterion]), "count": part.count,
             "href": f"?part={part.criterion}", "current": part.criterion == chosen}
            for part in counted.parts
        ],
        caption=i18n.say(CRITERION_TITLES[chosen]),
        rows=[_row(row, there, chosen, may=mine and bool(CONTESTERS.roles & asking.roles)) for row in rows],
        crumbs=[(_("To do"), "/work"), (found.name(i18n.language()), url_of(found)), (_("Score"), None)],
    )  # fmt: skip


def _tiles(counted: score.Score) -> list[dict[str, Any]]:
    whole = {
        "label": _("Score"), "value": counted.points, "unit": _("of 100") if counted.points is not None else None,
        "note": _("from %(number)s rows", number=counted.rows) if counted.rows else None,
    }  # fmt: skip
    return [whole, *(_tile(part) for part in counted.parts)]


def _tile(part: score.Part) -> dict[str, Any]:
    shown = part.points if part.enough else None
    few = _("Rows: %(number)s, too few to count", number=part.count)
    note = _("Rows: %(number)s, weight %(weight)s", number=part.count, weight=score.WEIGHTS[part.criterion])
    return {
        "label": i18n.say(CRITERION_TITLES[part.criterion]), "value": shown, "note": note if part.enough else few,
        "href": f"?part={part.criterion}",
    }  # fmt: skip


def _row(row: score.Point, there: dict[str, Any], criterion: str, *, may: bool) -> list[Any]:
    record = there.get(row.object_id)
    lifecycle = lifecycle_of_id(row.object_id)
    label = label_of(record) if record is not None else (i18n.say(lifecycle.title) if lifecycle else row.object_id)
    first: Any = {"text": label, "href": url_of(record)} if record is not None else label
    query = urlencode({"criterion": criterion, "row": row.object_id})
    cell: Any = {"text": _("Contest"), "href": f"/contests/new?{query}"} if may else None
    if row.contest_id is not None:
        cell = {"text": badge(CONTEST, str(row.contest_state))[0], "href": address(CONTEST, row.contest_id)}
    return [first, {"text": f"{row.points}", "strong": True}, i18n.when(row.at), row.event_id[-8:].upper(), cell]
