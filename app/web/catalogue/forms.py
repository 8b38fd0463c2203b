"""The form of a listing, in groups, for the first draft and for every edit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.catalogue.actions import listings
from app.catalogue.changes import actions as changes
from app.catalogue.changes.models import ListingChange
from app.catalogue.changes.queries import last_declined
from app.catalogue.models import Listing
from app.catalogue.notes import MEDIA_FIELDS
from app.catalogue.schemas import ListingInput
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.events import history
from app.kernel.lifecycle import Action
from app.kernel.values import N_
from app.web.catalogue.offers import country_options
from app.web.core import forms
from app.web.core.actions import ONCE_BYTES, FormView, register_form
from app.web.core.directory import label_of, names, url_of
from app.web.core.protection import local_path
from app.web.core.record import may_hear, timeline

CHANGES_SHOWN: Final = 3
BLANK_SPECS: Final = 1

GROUPS: Final = (
    (N_("What it is"), ("kind", "category")),
    (N_("Names and description"),
     ("name_zh", "name_en", "brand", "model", "configuration", "part_no", "summary_zh", "summary_en")),
    (N_("Price"), ("price", "price_basis", "unit", "vat_rate", "tax_class", "tiers")),
    (N_("Terms of the offer"), ("valid_from", "valid_until", "min_quantity", "order_multiple")),
    (N_("Delivery and warranty"),
     ("stock", "lead_time_days", "incoterm", "delivery_point", "warranty_months", "supplier_sku")),
    (N_("Origin and regulation"), ("origin", "imported", "regulated")),
    (N_("What goes with it"), ("goes_with",)),
    (N_("Properties"), ("specs",)),
)  # fmt: skip


def form_of(verb: Action[Any, Any, Any]) -> FormView:
    """The form page of an action that takes the whole listing: the first draft, an edit, a change, a correction."""
    assert verb.takes is not None
    schema = verb.takes

    def form(record: Record, asking: Actor, values: Mapping[str, Any], errors: list[tuple[str | None, str]]) -> str:
        new = isinstance(record, Organisation)
        given, noted = beginning(verb, record) if request.method == "GET" else ({}, review_notes(record))
        given = {**given, **values}
        told = errors or ([] if new else [(field, words) for field, words in noted])
        options = {"category": category_options(), "origin": country_options()}
        controls = forms.form_fields(schema, given, told, options=options)
        return render_template(
            "catalogue/listing_form.html",
            title=i18n.say(verb.title),
            sentence=i18n.say(verb.sentence),
            name=None if new else label_of(record),
            asked=_asked(given.get("category")),
            groups=_grouped(controls),
            errors=forms.anchored(errors, controls),
            noted=forms.anchored(noted, controls) if not errors else [],
            refused=bool(errors) and request.method == "GET",
            changes=[] if new else _since(record, asking),
            target="/listings/new" if new else url_of(record, verb.name),
            back="/listings" if new else url_of(record),
            version=None if new else record.version,
            once=secrets.token_urlsafe(ONCE_BYTES),
            next=local_path(request.values.get("next")),
            crumbs=[(_("Listings"), "/listings"), (i18n.say(verb.title), None)],
        )

    return form


def _grouped(controls: list[forms.Field]) -> list[tuple[str, list[forms.Field]]]:
    """The controls in groups; what no group names (why it changes, for instance) stands last."""
    by_name = {control["name"]: control for control in controls}
    named = [name for _title, fields in GROUPS for name in fields]
    groups = [(i18n.say(title), [by_name[name] for name in fields]) for title, fields in GROUPS]
    rest = [control for control in controls if control["name"] not in named]
    return groups + ([(_("Reason"), rest)] if rest else [])


def beginning(verb: Action[Any, Any, Any], record: Record) -> tuple[dict[str, Any], list[tuple[str | None, str]]]:
    """What an untouched form holds, and the reviewer's reasons that stand beside its fields."""
    if isinstance(record, Organisation):
        return _blank(record), []
    if isinstance(record, ListingChange):
        return {**record.proposed, "remark": record.remark}, []
    assert isinstance(record, Listing)
    declined = last_declined(record) if verb is changes.change else None
    if declined is not None:
        return {**declined.proposed, "remark": declined.remark}, notes_of(declined.review_notes)
    return forms.stored_values(ListingInput, record), review_notes(record)


def review_notes(record: Record) -> list[tuple[str | None, str]]:
    """What a reviewer wants corrected in a returned listing, as errors are told: (field, words)."""
    return notes_of(record.review_notes) if isinstance(record, Listing) and record.state == "returned" else []


def notes_of(notes: Sequence[Mapping[str, str]]) -> list[tuple[str | None, str]]:
    """Reasons beside fields; those about what hangs on a listing name it, for its form has no field for that."""
    return [
        (None, f"{i18n.say(MEDIA_FIELDS[note['field']])}: {note['reason']}")
        if note["field"] in MEDIA_FIELDS
        else (note["field"], note["reason"])
        for note in notes
    ]


def _blank(organisation: Organisation) -> dict[str, Any]:
    """What an untouched form holds: the usual kind, and blank lines for properties."""
    return {"kind": "goods" if organisation.is_supplier else "service", "specs": [{}] * BLANK_SPECS}


def category_options() -> forms.Options:
    """The category tree as groups of a select: the roots, and below each its whole subtree."""
    spoken = i18n.language()
    groups: dict[str, list[tuple[str, str]]] = {}
    today = tree()
    for code, node in today.open.items():
        path = today.path(code)
        groups.setdefault(path[0], []).append((code, f"{'– ' * (len(path) - 2)}{node.name(spoken)}"))
    return [(today.name(root, spoken), options) for root, options in groups.items()]


def _asked(code: Any) -> dict[str, Any] | None:
    """What listings of the chosen category are asked, with the units or choices in which it is understood."""
    today, spoken = tree(), i18n.language()
    node = today.open.get(str(code or ""))
    if node is None:
        return None
    between = "、" if spoken == "zh" else ", "
    rows = [
        {
            "name": one.name(spoken),
            "known": between.join(one.unit_labels(spoken) or (option.name(spoken) for option in one.choices)),
            "needed": one.mandatory,
        }
        for one in sorted(today.asked(node.code), key=lambda one: not one.mandatory)
    ]
    return {"name": node.name(spoken), "href": f"/categories/{node.id}", "rows": rows}


def _since(record: Record, asking: Actor) -> list[dict[str, Any]]:
    """What happened after the reader opened the form, if anything did."""
    seen = request.form.get("version", "")
    behind = record.version - int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    if behind <= 0:
        return []
    heard = history(db.session(), [record.id], limit=min(behind, CHANGES_SHOWN))
    told = [(event, words) for event, words in heard if may_hear(event, asking)]
    return timeline(told, names(one for event, _words in told for one in (event.person_id, event.org_id)))


for _verb in (listings.draft_listing, listings.edit, changes.change, changes.correct, changes.edit):
    register_form(_verb.lifecycle.name, _verb.name, form_of(_verb))
