"""The form of a requisition: lines from the catalogue by name, other lines in words, one more at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.catalogue.models import Listing
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import visible
from app.kernel.values import quantity_text
from app.ordering.actions import requisitions
from app.ordering.models import Requisition, RequisitionLine
from app.ordering.schemas import RequisitionInput
from app.web.core import forms
from app.web.core.actions import register_form
from app.web.ordering import whereabouts
from app.web.ordering.forms import Errors, Values, sheet

IN_WORDS = ("title", "model", "unit", "kind")


def new(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """A requisition of the own organisation."""
    assert isinstance(record, Organisation)
    verb = requisitions.requisition
    usual = {"delivery_place": record.address, **values}
    return sheet(
        verb, record, errors, _controls(usual, errors, asking), target="/requisitions/new", back="/requisitions",
        version=None, number="", crumbs=[(_("Requisitions"), "/requisitions"), (i18n.say(verb.title), None)],
        save=_("Save the draft"),
    )  # fmt: skip


def edit(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The draft as it stands, or as it was typed."""
    assert isinstance(record, Requisition)
    given = values if request.method == "POST" else _stored(record)
    return sheet(requisitions.edit, record, errors, _controls(given, errors, asking), save=_("Save"))


def _stored(record: Requisition) -> dict[str, Any]:
    same = ("title", "purpose", "delivery_place", "currency")
    chosen = {name: getattr(record, name) for name in same} | whereabouts.stored(record)
    return chosen | {"lines": [_stored_line(line) for line in record.lines]}


def _stored_line(line: RequisitionLine) -> dict[str, Any]:
    quantity = {"quantity": quantity_text(line.quantity_micro)}
    if line.listing_id:
        return {"listing": line.listing_id, **quantity}
    return {name: getattr(line, name) for name in IN_WORDS} | quantity


def _controls(values: Mapping[str, Any], errors: Errors, asking: Actor) -> list[dict[str, Any]]:
    """The usual controls, but a line from the catalogue shows its name, and any other has no field for an id."""
    controls = forms.form_fields(
        RequisitionInput, values, errors, options=whereabouts.choices(str(asking.org_id), asking)
    )
    controls = whereabouts.without_empty(controls)
    lines = next(one for one in controls if one["name"] == "lines")
    named = _names(values, asking)
    lines["rows"] = [_row(row, named) for row in lines["rows"]]
    return controls


def _names(values: Mapping[str, Any], asking: Actor) -> dict[str, tuple[str, str]]:
    rows = [row for row in values.get("lines") or [] if isinstance(row, Mapping)]
    ids = {str(row["listing"]) for row in rows if row.get("listing")}
    found = db.session.scalars(visible(Listing, asking).where(Listing.id.in_(ids)))
    return {one.id: (one.name(i18n.language()), one.unit) for one in found}


def _row(row: list[dict[str, Any]], named: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    by_name = {control["name"].rpartition("-")[2]: control for control in row}
    listing = by_name["listing"].get("value")
    if not listing:
        return [control for name, control in by_name.items() if name != "listing"]
    name, unit = named.get(listing, (_("no longer on offer"), ""))
    label = _("%(name)s, quantity (%(unit)s)", name=name, unit=unit)
    return [by_name["listing"] | {"kind": "hidden"}, by_name["quantity"] | {"label": label}]


register_form("organisation", "requisition", new)
register_form("requisition", "edit", edit)
