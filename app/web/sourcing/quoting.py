"""The quote builder: every line of the request with its demands, answered one beneath the other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.values import quantity_text
from app.sourcing.actions import quotes
from app.sourcing.lifecycles import RFQ
from app.sourcing.models import Quote, QuoteLine, QuoteVersion, Rfq, RfqLine
from app.sourcing.schemas import USUAL_VAT_BP, DeviationInput, QuoteInput
from app.web.core import forms
from app.web.core.actions import ONCE_BYTES, register_form
from app.web.core.directory import label_of, url_of
from app.web.core.protection import local_path
from app.web.core.record import crumbs
from app.web.sourcing import shown

USUAL_SERVICE_VAT_BP: Final = 600

Errors = list[tuple[str | None, str]]


def edit(record: Record, asking: Actor, values: Mapping[str, Any], errors: Errors) -> str:
    """The form of a quote; what is sent back stays as it was typed."""
    del asking
    assert isinstance(record, Quote)
    rfq = db.session.get_one(Rfq, record.rfq_id)
    version = record.drafted
    given = _stored(version) if request.method == "GET" and version is not None else dict(values)
    typed = {str(row.get("line")): row for row in given.get("lines") or [] if isinstance(row, Mapping)}
    rows = [typed.get(line.id) or _begun(line) for line in rfq.lines]
    errors = _moved(errors, given, rfq)
    controls = forms.form_fields(QuoteInput, {**given, "lines": rows}, errors)
    by_name = {control["name"]: control for control in controls}
    _one_currency(by_name["min_order"], rfq.currency)
    lines = by_name["lines"]["rows"]
    return render_template(
        "sourcing/quote_form.html",
        title=i18n.say(quotes.edit.title),
        sentence=i18n.say(quotes.edit.sentence),
        number=label_of(record),
        rfq=rfq,
        errors=forms.anchored(errors, controls),
        refused=bool(errors) and request.method == "GET",
        fields=[by_name[name] for name in ("valid_until", "min_order", "terms")],
        lines=[_line(line, at, controls, rows[at], rfq) for at, (line, controls) in enumerate(
            zip(rfq.lines, lines, strict=True))],
        answered=sum(bool(row.get("price") or row.get("no_offer")) for row in rows),
        target=url_of(record, "edit"),
        back=url_of(record),
        version=record.version,
        once=secrets.token_urlsafe(ONCE_BYTES),
        next=local_path(request.values.get("next")),
        crumbs=crumbs(RFQ, (label_of(rfq), url_of(rfq)), (label_of(record), url_of(record)), _("Edit the quote")),
    )  # fmt: skip


def _moved(errors: Errors, given: Mapping[str, Any], rfq: Rfq) -> Errors:
    """Errors at the rows as they were sent, at the places where their lines stand on the page."""
    places = {line.id: at for at, line in enumerate(rfq.lines)}
    sent = [str(row.get("line")) for row in given.get("lines") or [] if isinstance(row, Mapping)]
    moved: Errors = []
    for name, words in errors:
        head, dash, rest = (name or "").removeprefix("lines-").partition("-")
        if name and name.startswith("lines-") and head.isdecimal() and int(head) < len(sent):
            name = f"lines-{places.get(sent[int(head)], head)}{dash}{rest}"
        moved.append((name, words))
    return moved


def _begun(line: RfqLine) -> dict[str, Any]:
    """A line that is not answered yet: the usual tax, and the quantity that is asked for."""
    vat = USUAL_SERVICE_VAT_BP if line.kind == "service" else USUAL_VAT_BP
    return {
        "line": line.id, "quantity": quantity_text(line.quantity_micro), "vat": f"{vat / 100:g}",
        "deviations": [{"index": at} for at in range(len(line.demands))],
    }  # fmt: skip


def _stored(version: QuoteVersion) -> dict[str, Any]:
    return {
        "valid_until": version.valid_until,
        "min_order": version.min_order if version.min_order else None,
        "terms": version.terms,
        "lines": [_answer(line) for line in version.lines],
    }


def _answer(line: QuoteLine) -> dict[str, Any]:
    return {
        "line": line.rfq_line_id, "no_offer": line.no_offer, "price": line.price,
        "basis": quantity_text(line.price_basis_micro),
        "quantity": quantity_text(line.quantity_micro) if line.quantity_micro else None,
        "vat": f"{line.vat_bp / 100:g}", "brand": line.brand, "model": line.model, "alternative": line.alternative,
        "lead_time_days": line.lead_time_days, "warranty_months": line.warranty_months, "remark": line.remark,
        "deviations": [dict(entry) for entry in line.deviations],
    }  # fmt: skip


def _one_currency(pair: dict[str, Any], currency: str) -> None:
    """A quote has one currency: the amount is typed, the currency only shown."""
    amount, code = pair["fields"]
    amount["currency"] = currency
    code["kind"], code["value"] = "hidden", currency


def _line(line: RfqLine, at: int, controls: list[forms.Field], row: Mapping[str, Any], rfq: Rfq) -> dict[str, Any]:
    named = {control["name"].removeprefix(f"lines-{at}-"): control for control in controls}
    named["line"]["kind"], named["line"]["value"] = "hidden", line.id
    _one_currency(named["price"], rfq.currency)
    return {
        "position": line.position,
        "title": line.title,
        "description": line.description,
        "wanted": shown.amount_of(line.quantity_micro, line.unit),
        "hidden": named["line"],
        "no_offer": named["no_offer"],
        "first": [named[name] for name in ("price", "quantity", "vat", "lead_time_days", "warranty_months")],
        "more": [named[name] for name in ("basis", "brand", "model", "alternative", "remark")],
        "demands": _demands(line, at, row, named["deviations"]),
    }


def _demands(line: RfqLine, at: int, row: Mapping[str, Any], control: forms.Field) -> list[dict[str, Any]]:
    """Each demand with what is offered against it; a row per demand, whatever was sent."""
    told = {inner["name"]: inner["error"] for fields in control["rows"] for inner in fields if inner.get("error")}
    answers = [one for one in row.get("deviations") or [] if isinstance(one, Mapping)]
    sent = {str(one.get("index")): (place, one) for place, one in enumerate(answers)}
    rows = []
    for index, wanted in enumerate(line.demands):
        place, given = sent.get(str(index), (index, {}))
        base, typed = f"lines-{at}-deviations-{index}", f"lines-{at}-deviations-{place}"
        fields = forms.form_fields(DeviationInput, {**given, "index": index}, prefix=f"{base}-")
        hidden, offered, deviation = fields
        hidden["kind"], hidden["value"] = "hidden", index
        for field in (offered, deviation):
            field["error"] = told.get(field["name"].replace(base, typed))
        told_as = shown.demand_dict(wanted, line.category)
        if told_as["typed"]:
            offered["hint"] = _measured_in(told_as["units"])
        rows.append({**told_as, "hidden": hidden, "fields": [offered, deviation]})
    return rows


def _measured_in(units: str) -> str:
    """What a supplier is told beside a typed demand."""
    if not units:
        return str(_("It is measured: you need not say whether it deviates."))
    return str(_("It is measured in one of %(units)s: you need not say whether it deviates.", units=units))


register_form("quote", "edit", edit)
