"""Forms around a request: the editor with its lines and demands, the amendment, and choices of suppliers and lines.

They grow without script: a fixed number of blank rows, and a button that shows the same form with one line more.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _
from marshmallow import Schema

from app import i18n
from app.accounts.models import Organisation
from app.catalogue import basket
from app.catalogue.models import Listing
from app.catalogue.taxonomy.tree import tree
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import Action, visible
from app.kernel.values import MICRO, now, quantity_text
from app.sourcing import queries
from app.sourcing.actions import rfqs
from app.sourcing.lifecycles import RFQ
from app.sourcing.models import Rfq, RfqLine
from app.sourcing.rules import MIN_AMENDMENT_EXTENSION
from app.sourcing.schemas import AmendInput, AnswerInput, GiveUpInput, InviteSuppliersInput, RfqEditInput, RfqInput
from app.web.catalogue.forms import category_options
from app.web.core import forms
from app.web.core.actions import ONCE_BYTES, register_form
from app.web.core.directory import label_of, url_of
from app.web.core.protection import local_path
from app.web.core.record import crumbs
from app.web.sourcing import demanding, shown

BLANK_LINES: Final = 3
BLANK_DEMANDS: Final = 2
EDITABLE_LINES: Final = 60
"""A longer request keeps its lines in this form; they are edited over the API, or imported again."""
USUAL_OPEN_DAYS: Final = 7
USUAL_HOUR: Final = 17
MAX_PREFILLED: Final = 50
MAX_WANTED_CHARS: Final = 200

Values = Mapping[str, Any]
Errors = list[tuple[str | None, str]]


def sheet(
    record: Record, verb: Action[Any, Any, Any], controls: list[forms.Field], errors: Errors, *,
    own: bool = False, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """What every form page of this package needs."""
    title = i18n.say(verb.title)
    back = "/rfqs" if own else url_of(record)
    path = crumbs(RFQ, title) if own else crumbs(RFQ, (label_of(record), back), title)
    return {
        "title": title,
        "sentence": i18n.say(verb.sentence),
        "number": None if own else label_of(record),
        "controls": controls,
        "errors": forms.anchored(errors, controls),
        "refused": bool(errors) and request.method == "GET",
        "target": "/rfqs/new" if own else url_of(record, verb.name),
        "back": back,
        "version": None if own else record.version,
        "once": secrets.token_urlsafe(ONCE_BYTES),
        "next": local_path(request.values.get("next")),
        "danger": verb.dangerous,
        "crumbs": path,
        **more,
    }


# The editor ----------------------------------------------------------------------------------------------------------


def new(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The form of a new request, begun from listings (?listing=...) or from the basket (?basket=1)."""
    given = dict(values)
    if request.method == "GET":
        lines = _wanted(asking)
        called = {"title": lines[0]["title"]} if lines and request.args.get("compared") else {}
        given = {"deadline": _usual_deadline(), "lines": lines, **called, **given}
    return _editor(record, rfqs.ask_for_quotes, RfqInput, given, errors, own=True)


def edit(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The form of a draft."""
    del asking
    assert isinstance(record, Rfq)
    given = dict(values)
    if request.method == "GET":
        given["lines"] = [_stored(line) for line in record.lines]
    kept = len(record.lines) if len(record.lines) > EDITABLE_LINES else 0
    return _editor(record, rfqs.edit, RfqEditInput, given, errors, kept=kept)


def amend(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The form of an amendment, with the lines as they are."""
    del asking
    assert isinstance(record, Rfq)
    given = dict(values)
    if request.method == "GET":
        given |= {
            "deadline": _next_minute(record.deadline + MIN_AMENDMENT_EXTENSION), "description": record.description,
            "delivery_place": record.delivery_place, "deliver_by": record.deliver_by,
            "lines": [{"line": line.id, **_stored(line)} for line in record.lines],
        }  # fmt: skip
    kept = len(record.lines) if len(record.lines) > EDITABLE_LINES else 0
    return _editor(record, rfqs.amend, AmendInput, given, errors, kept=kept, blank=1)


def _editor(
    record: Record, verb: Action[Any, Any, Any], schema: type[Schema], values: dict[str, Any], errors: Errors, *,
    own: bool = False, kept: int = 0, blank: int = BLANK_LINES,
) -> str:  # fmt: skip
    lines = [] if kept else _with_blanks(values.get("lines"), blank)
    options = {"lines.category": category_options()}
    controls = forms.form_fields(schema, {**values, "lines": lines}, errors, options=options)
    by_name = {control["name"]: control for control in controls}
    rows = by_name.pop("lines").get("rows", [])
    return render_template(
        "sourcing/request_form.html",
        **sheet(record, verb, controls, errors, own=own, kept=kept),
        fields=list(by_name.values()),
        submit=i18n.say(verb.title) if verb is rfqs.amend else _("Save draft"),
        lines=[] if kept else [_row(row) for row in rows],
    )


def _with_blanks(lines: Any, blank: int) -> list[dict[str, Any]]:
    """The lines as typed or stored, and blank ones behind them; each with room for further demands."""
    given = [dict(line) for line in lines or [] if isinstance(line, Mapping)]
    if request.method == "GET":
        given += [{} for _ in range(max(1, blank - len(given)) if blank > 1 else blank)]
    for line in given:
        demands = line.get("demands")
        line["demands"] = [*(demands if isinstance(demands, list) else []), *({} for _ in range(BLANK_DEMANDS))]
    return given


def _row(controls: list[forms.Field]) -> dict[str, Any]:
    """One line of the editor: what is always shown, what folds out, and its demands."""
    named = {control["name"].rpartition("-")[2]: control for control in controls}
    demands = [_typed(row, named["category"].get("value")) for row in named["demands"].get("rows", [])]
    hidden = [named[name] for name in ("line", "listing") if name in named and named[name].get("value")]
    for control in hidden:
        control["kind"] = "hidden"
    more = [named[name] for name in ("description", "cpv")]
    filled = any(one.get("value") or one.get("error") for one in more)
    return {
        "main": [named[name] for name in ("title", "quantity", "unit", "kind")],
        "hidden": hidden,
        "more": more,
        "more_open": filled,
        "demands": demands,
        "category": named["category"],
        "demands_open": bool(named["category"].get("error")) or any(_filled(row) for row in demands),
        "from_catalogue": bool(named["listing"].get("value")),
    }  # fmt: skip


def _typed(row: list[forms.Field], category: Any) -> list[forms.Field]:
    """The controls of a demand: which parameter of the line's category it is, where the line has one."""
    by_name = {control["name"].rpartition("-")[2]: control for control in row}
    asked = tree().asked(str(category)) if category else ()
    spoken = i18n.language()
    options = [(one.code, i18n.aside(one.name(spoken), unit) if (unit := one.unit_label(spoken)) else one.name(spoken))
               for one in asked]  # fmt: skip
    kept = by_name["attribute"].get("value")
    if not options and not kept:
        return [control for name, control in by_name.items() if name != "attribute"]
    by_name["attribute"] |= {"kind": "select", "options": options, "blank": "", "optional": True, "attrs": {}}
    return list(by_name.values())


def _filled(row: list[forms.Field]) -> bool:
    """Whether a demand says something, or something is wrong with it."""
    telling = (one for one in row if one["name"].endswith(("-name", "-attribute")))
    return any(one.get("error") for one in row) or any(one.get("value") for one in telling)


def _stored(line: RfqLine) -> dict[str, Any]:
    return {
        "kind": line.kind, "title": line.title, "description": line.description, "unit": line.unit, "cpv": line.cpv,
        "quantity": quantity_text(line.quantity_micro), "listing": line.listing_id, "category": line.category,
        "demands": [dict(one) for one in line.demands],
    }  # fmt: skip


def _next_minute(moment: datetime) -> datetime:
    """The first full minute from then on: a form counts minutes, and cutting seconds off would be too early."""
    return (moment + timedelta(minutes=1, microseconds=-1)).replace(second=0, microsecond=0)


def _usual_deadline() -> datetime:
    day = now().astimezone(forms.PARK) + timedelta(days=USUAL_OPEN_DAYS)
    return day.replace(hour=USUAL_HOUR, minute=0, second=0, microsecond=0)


def _wanted(asking: Actor) -> list[dict[str, Any]]:
    """Lines from the listings or the words in the address, or from the basket."""
    if request.args.get("basket"):
        return [_from_listing(line.listing, line.quantity_micro) for line in basket.contents(asking).lines]
    if request.args.get("compared"):
        return demanding.line_of(request.args.getlist("compared"), request.args.getlist("want"), asking)
    ids = request.args.getlist("listing")[:MAX_PREFILLED]
    if not ids:
        wanted = request.args.get("wanted", "").replace("\0", "").strip()[:MAX_WANTED_CHARS]
        return [{"title": wanted, "quantity": "1"}] if wanted else []
    found = {one.id: one for one in db.session.scalars(visible(Listing, asking).where(Listing.id.in_(ids)))}
    return [_from_listing(found[one], MICRO) for one in ids if one in found]


def _from_listing(listing: Listing, quantity_micro: int) -> dict[str, Any]:
    words = " ".join(part for part in (listing.name(i18n.language()), listing.brand, listing.model) if part)
    return {
        "kind": listing.kind, "title": words, "unit": listing.unit, "quantity": quantity_text(quantity_micro),
        "listing": listing.id, "category": tree().place(listing.category),
    }  # fmt: skip


# Choices -------------------------------------------------------------------------------------------------------------


def invite(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """Suppliers and service organisations to tick."""
    assert isinstance(record, Rfq)
    spoken = i18n.language()
    options = [(one.id, one.name(spoken), _kinds(one)) for one in queries.invitable(record, asking)]
    return _choice(record, rfqs.invite, InviteSuppliersInput, values, errors, {"suppliers": options})


def _kinds(organisation: Organisation) -> str:
    kinds = [(organisation.is_supplier, _("Supplier")), (organisation.is_service, _("Service organisation"))]
    return i18n.speak([word for held, word in kinds if held])


def answer(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The questions that wait for an answer."""
    del asking
    assert isinstance(record, Rfq)
    options = [(one.id, one.question) for one in record.questions if one.answer is None]
    return _choice(record, rfqs.answer, AnswerInput, values, errors, {"question": options})


def give_up(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The lines of which something is open."""
    del asking
    assert isinstance(record, Rfq)
    options = [
        (line.id, i18n.aside(f"{line.position}. {line.title}", shown.amount_of(line.open_micro, line.unit)))
        for line in record.lines
        if line.open_micro
    ]
    return _choice(record, rfqs.give_up_line, GiveUpInput, values, errors, {"line": options})


def _choice(
    record: Record, verb: Action[Any, Any, Any], schema: type[Schema], values: Values, errors: Errors,
    options: Mapping[str, Sequence[tuple[Any, ...]]],
) -> str:  # fmt: skip
    controls = forms.form_fields(schema, values, errors, options=options)
    return render_template(
        "sourcing/choice_form.html",
        **sheet(record, verb, controls, errors),
        nothing=not any(options.values()),
    )


register_form("organisation", "ask_for_quotes", new)
register_form("rfq", "edit", edit)
register_form("rfq", "amend", amend)
register_form("rfq", "invite", invite)
register_form("rfq", "answer", answer)
register_form("rfq", "give_up_line", give_up)
