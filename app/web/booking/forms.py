"""Forms of booking: on site one thing at a time with a thumb's button below, and choices of services and experts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.booking.actions import visits
from app.booking.models import WorkOrder
from app.booking.queries import experts_of
from app.booking.schemas import AppointmentInput
from app.kernel.actors import Actor
from app.kernel.db import Record
from app.kernel.lifecycle import Action
from app.ordering.actions.services import propose_appointment
from app.ordering.models import Order
from app.web.booking.shown import about, appointment, visit
from app.web.core import forms
from app.web.core.actions import register_form, register_options
from app.web.core.directory import names, url_of
from app.web.ordering.forms import sheet
from app.web.ordering.shown import much

Errors = list[tuple[str | None, str]]
Values = Mapping[str, Any]


def _on_site(verb: Action[Any, Any, Any], record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """One form of the visit: what it is about first, few fields, the button in the bar on the phone."""
    assert isinstance(record, WorkOrder)
    assert verb.takes is not None
    named = names([record.buyer_id, record.supplier_id, record.expert_id, record.signed_by])
    usual = {"place": record.checked_in_place or record.place}
    controls = forms.form_fields(verb.takes, usual | dict(values), errors)
    facts = appointment(record, named) + visit(record, named) + about(record, asking, named)
    return sheet(verb, record, errors, controls, "booking/visit.html", about=facts)


def check_in(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The expert is there."""
    return _on_site(visits.check_in, record, asking, values, errors)


def check_out(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The expert leaves."""
    return _on_site(visits.check_out, record, asking, values, errors)


def sign(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The laboratory signs."""
    return _on_site(visits.finish, record, asking, values, errors)


def propose(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The services of an order for which an appointment can be made, with what is open of each."""
    assert isinstance(record, Order)
    lines = [line for line in record.lines if line.kind == "service" and line.packable_micro > 0]
    open_ = [(line.id, f"{line.title} {much(line.packable_micro, line.unit)}") for line in lines]
    usual = {"place": record.delivery_place, "order_line": open_[0][0] if len(open_) == 1 else ""}
    controls = forms.form_fields(AppointmentInput, usual | dict(values), errors, options={"order_line": open_})
    named = names([record.buyer_id, record.supplier_id])
    facts = [
        (_("Order"), record.number, url_of(record)),
        (_("Buyer"), named.get(record.buyer_id), None),
        (_("Service organisation"), named.get(record.supplier_id), None),
    ]
    return sheet(propose_appointment, record, errors, controls, about=facts)


def experts(record: Record, asking: Actor) -> dict[str, forms.Options]:
    """The people who can be sent."""
    del asking
    assert isinstance(record, WorkOrder)
    return {"expert": [(str(held.person_id), name) for held, name in experts_of(record.supplier_id)]}


register_form("work_order", "check_in", check_in)
register_form("work_order", "check_out", check_out)
register_form("work_order", "finish", sign)
register_form("order", "propose_appointment", propose)
register_options("work_order", "assign", experts)
