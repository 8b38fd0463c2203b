"""What an order shows of its services: every appointment with its report, and where the next one is proposed."""

from __future__ import annotations

from typing import Any

from app import i18n
from app.booking.actions import appointments, reports, visits
from app.booking.models import WorkOrder, WorkReport
from app.kernel.actors import Actor
from app.ordering.actions import answers
from app.ordering.actions.services import propose_appointment
from app.ordering.models import Order
from app.ordering.queries import Parts
from app.web.booking.blueprint import pages
from app.web.booking.shown import span, where
from app.web.core.directory import url_of
from app.web.ordering import lists
from app.web.ordering.shown import much, state_badge

VERBS = (appointments.agree, visits.check_in, visits.check_out, visits.finish)
ANSWERS = (reports.submit, answers.accept, answers.rule_for_buyer)


def work_panel(order: Order, asking: Actor, parts: Parts) -> dict[str, Any] | None:
    """What templates/booking/panel.html shows; None for an order without services."""
    owed = [line for line in order.lines if line.kind == "service"]
    if not owed:
        return None
    open_ = any(line.packable_micro > 0 for line in owed)
    about = {one.work_order_id: one for one in parts.reports}
    return {
        "rows": [_row(one, about.get(one.id), asking) for one in parts.works],
        "propose": lists.may(propose_appointment, order, asking) if open_ else None,
    }


def _row(work: WorkOrder, report: WorkReport | None, asking: Actor) -> dict[str, Any]:
    verbs = [lists.may(verb, work, asking) for verb in VERBS if not _over(verb, work)]
    verbs += [lists.may(verb, report, asking) for verb in ANSWERS] if report is not None else []
    return {
        "href": url_of(work),
        "number": work.number,
        "title": work.title,
        "badge": state_badge(work),
        "time": span(work.starts_at, work.ends_at),
        "place": where(work),
        "quantity": much(work.quantity_micro, work.unit),
        "report": {"text": report.number, "href": url_of(report), "note": i18n.say(state_badge(report)[0])}
        if report is not None
        else None,
        "do": next((one for one in verbs if one), None),
    }


def _over(verb: Any, work: WorkOrder) -> bool:
    """Checking out is over once it was done, and signing has not begun before."""
    gone = work.checked_out_at is not None
    return (verb is visits.check_out and gone) or (verb is visits.finish and not gone)


@pages.app_context_processor
def _global() -> dict[str, Any]:
    return {"work_panel": work_panel}
