"""Work reports: the list by view, and the page with what was found and done, its figures and its papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.booking.actions.reports import work_of
from app.booking.lifecycles import WORK_REPORT
from app.booking.models import WorkReport
from app.booking.queries import REPORT_VIEWS
from app.booking.schemas import OUTCOME_TITLES
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.values import N_
from app.web.booking.blueprint import pages
from app.web.booking.shown import about, appointment, figures, visit
from app.web.core.directory import names, read, register_page, url_of
from app.web.core.record import frame
from app.web.ordering import lists
from app.web.ordering.queue import register_case
from app.web.ordering.shown import state_badge

VIEW_TITLES: Final = {
    "draft": N_("Being written"),
    "submitted": N_("To be answered"),
    "disputed": N_("Disputed"),
    "accepted": N_("Report accepted"),
    "refused": N_("Not accepted"),
}


@pages.get("/work-reports")
def reports() -> str:
    """The work reports that the reader may see."""
    asking = signed_in()
    view = lists.view_asked(REPORT_VIEWS)
    found = lists.rows_of(WorkReport, asking, REPORT_VIEWS, view)
    named = names(org for one in found.items for org in (one.buyer_id, one.supplier_id))
    return render_template(
        "booking/reports.html",
        tabs=lists.tabs(WorkReport, asking, REPORT_VIEWS, VIEW_TITLES, view),
        rows=[_row(one, asking, named) for one in found.items],
        filtered=view is not None,
        **lists.links(WORK_REPORT.collection, view, found),
    )


def _row(report: WorkReport, asking: Actor, named: Mapping[str, str]) -> dict[str, Any]:
    others = [org for org in (report.buyer_id, report.supplier_id) if org != asking.org_id]
    return {
        "href": url_of(report),
        "number": report.number,
        "title": report.title,
        "badge": state_badge(report),
        "party": " → ".join(named.get(org, "") for org in others),
        "due": i18n.left(report.waits_until) if report.waits_until else None,
        "submitted": i18n.when(report.submitted_at) if report.submitted_at else None,
    }


@pages.get("/work-reports/<id:record_id>")
def report(record_id: str) -> str:
    """One report, beside the appointment and the visit that it is about."""
    asking = actor()
    found: WorkReport = read(WorkReport, record_id, asking)
    work = work_of(found)
    context = frame(found, asking)
    named = context["named"] | names([work.expert_id, work.signed_by, found.person_id])
    context["facts"] = [
        (_("Work order"), work.number, url_of(work)),
        *about(work, asking, named),
        (_("Written by"), named.get(found.person_id or ""), None),
    ]
    if found.outcome:
        context["facts"].append((_("Ruling"), i18n.say(OUTCOME_TITLES[found.outcome]), None))
    return render_template(
        "booking/report.html",
        **context,
        summary=found.summary,
        figures=figures(found),
        visit=appointment(work, named) + visit(work, named),
    )


def _case(report: WorkReport, asking: Actor) -> list[Any]:
    """What whoever rules on a disputed report looks at."""
    work = work_of(report)
    named = names([work.buyer_id, work.supplier_id, work.expert_id, work.signed_by])
    said = [(_("What was found and done"), report.summary, None)]
    return about(work, asking, named) + appointment(work, named) + visit(work, named) + said + figures(report)


register_page("work_report", "booking.report")
register_case(WorkReport, _case)
