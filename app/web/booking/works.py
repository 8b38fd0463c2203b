"""Work orders: the list by view, and the page with appointment, visit, report and conversation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.booking.actions import visits
from app.booking.lifecycles import WORK_ORDER
from app.booking.models import WorkOrder
from app.booking.queries import MESSAGE, WORK_VIEWS, Said, report_of, thread
from app.booking.schemas import MessageInput
from app.http import actor, signed_in
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.events import history
from app.kernel.values import N_
from app.web.booking.blueprint import pages
from app.web.booking.shown import about, appointment, span, visit, where
from app.web.core import forms
from app.web.core.actions import ONCE_BYTES
from app.web.core.directory import names, read, register_page, url_of
from app.web.core.record import frame, may_hear, timeline
from app.web.ordering import lists
from app.web.ordering.shown import state_badge

VIEW_TITLES: Final = {
    "proposed": N_("To be agreed"),
    "agreed": N_("Time agreed"),
    "started": N_("At work"),
    "missed": N_("Missed"),
    "done": N_("Done"),
    "cancelled": N_("Cancelled"),
}


@pages.get("/work-orders")
def works() -> str:
    """The work orders that the reader may see."""
    asking = signed_in()
    view = lists.view_asked(WORK_VIEWS)
    found = lists.rows_of(WorkOrder, asking, WORK_VIEWS, view)
    named = names(one for work in found.items for one in (work.buyer_id, work.supplier_id, work.expert_id))
    return render_template(
        "booking/works.html",
        tabs=lists.tabs(WorkOrder, asking, WORK_VIEWS, VIEW_TITLES, view),
        rows=[_row(one, asking, named) for one in found.items],
        filtered=view is not None,
        **lists.links(WORK_ORDER.collection, view, found),
    )


def _row(work: WorkOrder, asking: Actor, named: Mapping[str, str]) -> dict[str, Any]:
    others = [org for org in (work.buyer_id, work.supplier_id) if org != asking.org_id]
    return {
        "href": url_of(work),
        "number": work.number,
        "title": work.title,
        "badge": state_badge(work),
        "party": " → ".join(named.get(org, "") for org in others),
        "time": span(work.starts_at, work.ends_at),
        "place": where(work),
        "expert": named.get(work.expert_id or ""),
    }


@pages.get("/work-orders/<id:record_id>")
def work(record_id: str) -> str:
    """One work order: when and where, what happened on site, its report, and what both sides say about it."""
    asking = actor()
    found: WorkOrder = read(WorkOrder, record_id, asking)
    context = frame(found, asking)
    named = context["named"] | names([found.expert_id, found.signed_by])
    context["facts"] = about(found, asking, named)
    context["offers"] = [one for one in context["offers"] if one["name"] != visits.message.name]
    context["events"] = _events(found, asking, named)
    report = report_of(found, asking)
    return render_template(
        "booking/work.html",
        **context,
        appointment=appointment(found, named),
        visit=visit(found, named),
        report={"number": report.number, "href": url_of(report), "badge": state_badge(report)} if report else None,
        messages=_messages(found, asking),
        writing=_writing(found, asking),
    )


def _events(work: WorkOrder, asking: Actor, named: Mapping[str, str]) -> list[dict[str, Any]]:
    """What happened; the messages stand in the conversation instead."""
    heard = [one for one in history(db.session(), [work.id]) if one[0].name != MESSAGE and may_hear(one[0], asking)]
    return timeline(heard, named)


def _messages(work: WorkOrder, asking: Actor) -> list[dict[str, Any]]:
    said = thread(work)
    named = names(one for message in said for one in (message.event.person_id, message.event.org_id))
    return [_message(one, asking, named) for one in said]


def _message(one: Said, asking: Actor, named: Mapping[str, str]) -> dict[str, Any]:
    return {
        "who": named.get(one.event.person_id or "", ""),
        "hat": named.get(one.event.org_id or "", ""),
        "when": i18n.when(one.event.at),
        "text": one.words or _("These words have been erased."),
        "mine": one.event.org_id == asking.org_id,
        "files": [(file.name, f"/files/{file.id}") for file in one.files],
    }


def _writing(work: WorkOrder, asking: Actor) -> dict[str, Any] | None:
    """The form below the conversation, for those who may write."""
    if lists.may(visits.message, work, asking) is None:
        return None
    return {
        "target": url_of(work, visits.message.name),
        "controls": forms.form_fields(MessageInput),
        "once": secrets.token_urlsafe(ONCE_BYTES),
        "label": i18n.say(visits.message.title),
    }


register_page("work_order", "booking.work")
