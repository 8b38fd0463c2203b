"""How appointments, visits and reports look on a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app import i18n
from app.booking.models import WorkOrder, WorkReport
from app.booking.schemas import MODE_TITLES, SERVICE_TITLES, SIDE_TITLES
from app.kernel.actors import Actor
from app.kernel.db import db
from app.kernel.lifecycle import visible
from app.ordering.models import Order
from app.web.core.directory import Brief, register_brief, url_of
from app.web.ordering.shown import much

Fact = tuple[str, str | None, str | None]


def span(starts_at: datetime, ends_at: datetime) -> str:
    """From when to when; the day once where both are on one."""
    begin, end = i18n.when(starts_at), i18n.when(ends_at)
    if i18n.day(starts_at) == i18n.day(ends_at):
        end = end[-len("00:00") :]
    return f"{begin} – {end}"


def where(work: WorkOrder) -> str:
    """How and where."""
    return " ".join((i18n.say(MODE_TITLES[work.mode]), work.place))


def order_fact(work: WorkOrder, asking: Actor) -> Fact:
    """The order that the work was ordered with; whoever reads the work reads the order."""
    order = db.session.scalars(visible(Order, asking).where(Order.id == work.made_for)).one()
    return _("Order"), order.number, url_of(order)


def about(work: WorkOrder, asking: Actor, named: Mapping[str, str]) -> list[Fact]:
    """Who does what for whom."""
    return [
        order_fact(work, asking),
        (_("Buyer"), named.get(work.buyer_id), f"/organisations/{work.buyer_id}"),
        (_("Service organisation"), named.get(work.supplier_id), f"/organisations/{work.supplier_id}"),
        (_("Kind of work"), i18n.say(SERVICE_TITLES[work.service]), None),
        (_("Quantity"), much(work.quantity_micro, work.unit), None),
    ]


def appointment(work: WorkOrder, named: Mapping[str, str]) -> list[Fact]:
    """When, where, who comes."""
    expert = named.get(work.expert_id or "") or _("not chosen yet")
    facts: list[Fact] = [
        (_("Time"), span(work.starts_at, work.ends_at), None),
        (_("Place"), where(work), None),
        (_("Expert"), expert, None),
    ]
    if work.moves:
        facts.append((_("Times moved"), str(work.moves), None))
    if work.missed_by:
        facts.append((_("Not kept by"), i18n.say(SIDE_TITLES[work.missed_by]), None))
    return facts


def visit(work: WorkOrder, named: Mapping[str, str]) -> list[Fact]:
    """What happened on site; nothing before the expert is there."""
    if work.checked_in_at is None:
        return []
    facts: list[Fact] = [(_("Checked in"), _moment_at(work.checked_in_at, work.checked_in_place), None)]
    if work.checked_out_at is not None:
        facts.append((_("Checked out"), _moment_at(work.checked_out_at, work.checked_out_place), None))
    if work.signed_at is not None:
        signer = named.get(work.signed_by or "", "")
        words = _("%(name)s, with the account of %(person)s, %(when)s", name=work.signed_name, person=signer,
                  when=i18n.when(work.signed_at))  # fmt: skip
        facts.append((_("Signed for the laboratory"), words, None))
    elif work.state == "done":
        facts.append((_("Signed for the laboratory"), _("nobody signed within three days"), None))
    return facts


def _moment_at(moment: datetime, place: str) -> str:
    return " ".join((i18n.when(moment), place))


def figures(report: WorkReport) -> list[Fact]:
    """What a calibration states; nothing where the report states none of it."""
    rows = [
        (_("Certificate number"), report.certificate_no),
        (_("As found"), report.as_found),
        (_("As left"), report.as_left),
        (_("Measurement uncertainty"), report.uncertainty),
        (_("Next due"), i18n.day(report.next_due) if report.next_due else ""),
    ]
    return [(label, text or None, None) for label, text in rows] if any(text for _label, text in rows) else []


def _work_brief(work: Any) -> Brief:
    return Brief(" ".join((work.title, span(work.starts_at, work.ends_at))))


register_brief("work_order", _work_brief)
register_brief("work_report", lambda report: Brief(_("Report: %(work)s", work=report.title)))
