"""The form of a listing, in groups, for the first draft and for every edit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.catalogue import categories
from app.catalogue.actions import listings
from app.catalogue.schemas import ListingInput
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.events import history
from app.kernel.values import N_
from app.web.core import forms
from app.web.core.actions import ONCE_BYTES, register_form
from app.web.core.directory import names, url_of
from app.web.core.protection import local_path
from app.web.core.record import may_hear, timeline

CHANGES_SHOWN: Final = 3
BLANK_SPECS: Final = 1

GROUPS: Final = (
    (N_("What it is"), ("kind", "category")),
    (N_("Names and description"),
     ("name_zh", "name_en", "brand", "model", "part_no", "summary_zh", "summary_en")),
    (N_("Price"), ("price", "price_basis", "unit", "vat_rate")),
    (N_("Delivery and warranty"), ("lead_time_days", "warranty_months", "supplier_sku")),
    (N_("Properties"), ("specs",)),
)  # fmt: skip


def form(record: Record, asking: Actor, values: Mapping[str, Any], errors: list[tuple[str | None, str]]) -> str:
    """The form page of `draft_listing` and of `edit`."""
    new = isinstance(record, Organisation)
    verb = listings.draft_listing if new else listings.edit
    given = {**_beginning(record), **values} if isinstance(record, Organisation) else values
    controls = forms.form_fields(ListingInput, given, errors, options={"category": category_options()})
    by_name = {control["name"]: control for control in controls}
    return render_template(
        "catalogue/listing_form.html",
        title=i18n.say(verb.title),
        sentence=i18n.say(verb.sentence),
        name=None if new else record.name(i18n.language()),  # type: ignore[attr-defined]
        groups=[(i18n.say(title), [by_name[name] for name in fields]) for title, fields in GROUPS],
        errors=forms.anchored(errors, controls),
        refused=bool(errors) and request.method == "GET",
        changes=[] if new else _since(record, asking),
        target="/listings/new" if new else url_of(record, verb.name),
        back="/listings" if new else url_of(record),
        version=None if new else record.version,
        once=secrets.token_urlsafe(ONCE_BYTES),
        next=local_path(request.values.get("next")),
        crumbs=[(_("Listings"), "/listings"), (i18n.say(verb.title), None)],
    )


def _beginning(organisation: Organisation) -> dict[str, Any]:
    """What an untouched form holds: the usual kind, and blank lines for properties."""
    return {"kind": "goods" if organisation.is_supplier else "service", "specs": [{}] * BLANK_SPECS}


def category_options() -> forms.Options:
    """The category tree as groups of a select: the roots, and below each its whole subtree."""
    spoken = i18n.language()
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, category in categories.CATEGORIES.items():
        depth = code.count(".")
        label = f"{'– ' * (depth - 1)}{category.name(spoken)}" if depth else category.name(spoken)
        groups.setdefault(categories.path(code)[0], []).append((code, label))
    return [(categories.name(root, spoken), options) for root, options in groups.items()]


def _since(record: Record, asking: Actor) -> list[dict[str, Any]]:
    """What happened after the reader opened the form, if anything did."""
    seen = request.form.get("version", "")
    behind = record.version - int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    if behind <= 0:
        return []
    heard = history(db.session(), [record.id], limit=min(behind, CHANGES_SHOWN))
    told = [(event, words) for event, words in heard if may_hear(event, asking)]
    return timeline(told, names(one for event, _words in told for one in (event.person_id, event.org_id)))


register_form("organisation", "draft_listing", form)
register_form("listing", "edit", form)
