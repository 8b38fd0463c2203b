"""Forms of ordering that show what they are about: packing, counting, deciding on a quantity, checking a basket out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _

from app import i18n
from app.accounts.models import Organisation
from app.catalogue import basket
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import Action
from app.kernel.values import CURRENCIES, quantity_text
from app.ordering.actions import acceptances, claims, receipts, rejections, requisitions, shipments
from app.ordering.models import Acceptance, Claim, Order, OrderLine, Receipt, Shipment
from app.ordering.queries import lines_by_id
from app.ordering.schemas import CheckoutInput, CountInput, PackInput
from app.web.core import forms
from app.web.core.actions import ONCE_BYTES, register_form, spoken
from app.web.core.directory import label_of, url_of
from app.web.core.protection import local_path
from app.web.ordering import whereabouts
from app.web.ordering.parts import about, acceptance_facts, claim_facts, line_facts
from app.web.ordering.shown import model_of, much

Errors = list[tuple[str | None, str]]
Values = Mapping[str, Any]


def sheet(
    verb: Action[Any, Any, Any], record: Record, errors: Errors, controls: list[dict[str, Any]],
    template: str = "ordering/form.html", **extra: Any,
) -> str:  # fmt: skip
    """One form page; `cards` are lines with a name and controls, `controls` follow them."""
    cards = extra.get("cards", [])
    every = [*controls, *(control for card in cards for control in card["controls"])]
    title = i18n.say(verb.title)
    page: dict[str, Any] = {
        "title": title,
        "sentence": spoken(verb.sentence),
        "number": label_of(record),
        "controls": controls,
        "cards": cards,
        "errors": forms.anchored(errors, every),
        "refused": bool(errors) and request.method == "GET",
        "target": url_of(record, verb.name),
        "back": url_of(record),
        "version": record.version,
        "once": secrets.token_urlsafe(ONCE_BYTES),
        "next": local_path(request.values.get("next")),
        "danger": verb.dangerous,
        "crumbs": [(label_of(record), url_of(record)), (title, None)],
        "about": [],
        "save": title,
    }
    return render_template(template, **page | extra)


def _line_controls(
    schema: Any, place: int, line: OrderLine, values: Values, errors: Errors, said: Mapping[str, str]
) -> dict[str, Any]:
    """The controls of one line under its name; `said` are labels that depend on the line."""
    nested = schema().fields["lines"].inner.schema
    fields = forms.form_fields(nested, values, errors, f"lines-{place}-")
    for field in fields:
        name = field["name"].rpartition("-")[2]
        field["label"] = said.get(name, field["label"])
        if name in ("quantity", "received", "rejected"):
            field["kind"] = "count"
            field["optional"] = False
    return {"name": line.title, "model": model_of(line), "controls": fields}


def _typed(values: Values, line_id: str) -> Values | None:
    rows = values.get("lines") or []
    return next((row for row in rows if isinstance(row, Mapping) and row.get("order_line") == line_id), None)


# Packing --------------------------------------------------------------------------------------------------------------


def pack(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """Every line that is owed, with what is left of it."""
    del asking
    assert isinstance(record, Order)
    cards = []
    goods = [line for line in record.lines if line.kind == "goods" and line.packable_micro > 0]
    for place, line in enumerate(goods):
        usual = {"order_line": line.id, "quantity": quantity_text(line.packable_micro)}
        said = {"quantity": _("Into this shipment (%(unit)s)", unit=line.unit)}
        card = _line_controls(PackInput, place, line, _typed(values, line.id) or usual, errors, said)
        left = _("Ordered %(ordered)s, still to be packed %(left)s", ordered=much(line.quantity_micro, line.unit),
                 left=much(line.packable_micro, line.unit))  # fmt: skip
        cards.append(card | {"note": left})
    rest = [one for one in forms.form_fields(PackInput, values, errors) if one["name"] != "lines"]
    return sheet(shipments.pack, record, errors, rest, cards=cards)


# Counting -------------------------------------------------------------------------------------------------------------


def receive(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The shipment as it should have arrived, to be corrected where it did not."""
    assert isinstance(record, Shipment)
    return _count(receipts.receive, record, record, asking, values, errors, {})


def recount(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """The count as it stands, to be corrected before it is recorded."""
    assert isinstance(record, Receipt)
    shipment = db.session.get_one(Shipment, record.shipment_id)
    counted = {row.order_line_id: row for row in record.lines}
    given = values if values.get("lines") or request.method == "POST" else {"remark": record.remark}
    return _count(receipts.count, record, shipment, asking, given, errors, counted)


def _count(
    verb: Action[Any, Any, Any], record: Record, shipment: Shipment, asking: Actor, values: Values, errors: Errors,
    counted: Mapping[str, Any],
) -> str:  # fmt: skip
    lines = lines_by_id(row.order_line_id for row in shipment.lines)
    cards = []
    for place, row in enumerate(sorted(shipment.lines, key=lambda one: lines[one.order_line_id].position)):
        line = lines[row.order_line_id]
        before = counted.get(line.id)
        usual = {
            "order_line": line.id,
            "received": quantity_text(before.received_micro if before else row.quantity_micro),
            "rejected": quantity_text(before.rejected_micro if before else 0),
            "serials": before.serials if before else [],
        }
        said = {"received": _("Arrived (%(unit)s)", unit=line.unit), "rejected": _("Of these visibly bad")}
        card = _line_controls(CountInput, place, line, _typed(values, line.id) or usual, errors, said)
        cards.append(card | {"note": _("Expected %(sent)s", sent=much(row.quantity_micro, line.unit))})
    rest = [one for one in forms.form_fields(CountInput, values, errors) if one["name"] != "lines"]
    facts = about(shipment, asking)
    return sheet(verb, record, errors, rest, cards=cards, about=facts, bar=True, save=_("Save the count"))


# Deciding -------------------------------------------------------------------------------------------------------------


def decision(verb: Action[Any, Any, Any]) -> Callable[[Record, Actor, Values, Errors], str]:
    """A form on an acceptance or a claim, with its line, its quantity and what is known of it beside."""

    def view(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
        assert verb.takes is not None
        controls = forms.form_fields(verb.takes, values, errors)
        facts = about(record, asking)
        if isinstance(record, Acceptance):
            facts += line_facts(record) + acceptance_facts(record)
        elif isinstance(record, Claim):
            facts += line_facts(record) + claim_facts(record, asking)
        return sheet(verb, record, errors, controls, about=facts)

    return view


# The basket -----------------------------------------------------------------------------------------------------------


def checkout(record: Record, asking: Actor, values: Values, errors: Errors) -> str:
    """What the basket holds in one currency, and what a requisition needs besides."""
    assert isinstance(record, Organisation)
    asked = str(values.get("currency") or request.args.get("currency") or "CNY")
    currency = asked if asked in CURRENCIES else "CNY"
    held = [group for group in basket.contents(asking).groups if group.currency == currency]
    chosen_from = whereabouts.choices(record.id, asking)
    controls = forms.form_fields(CheckoutInput, {**values, "currency": currency}, errors, options=chosen_from)
    controls = whereabouts.without_empty(controls)
    for control in controls:
        if control["name"] == "currency":
            control["kind"] = "hidden"
    total = basket.contents(asking).totals.get(currency)
    return sheet(
        requisitions.checkout, record, errors, controls, held=_held(held), total=total, version=None,
        back="/basket", crumbs=[(_("Basket"), "/basket"), (i18n.say(requisitions.checkout.title), None)], number="",
    )  # fmt: skip


def _held(groups: Sequence[basket.Group]) -> list[list[Any]]:
    spoken_now = i18n.language()
    return [
        [
            {"text": line.listing.name(spoken_now), "note": group.supplier.name(spoken_now)},
            much(line.quantity_micro, line.listing.unit),
            i18n.money(line.amount),
        ]
        for group in groups
        for line in group.lines
    ]


register_form("order", "pack", pack)
register_form("shipment", "receive", receive)
register_form("receipt", "count", recount)
register_form("organisation", "checkout", checkout)
DECISIONS: Final[tuple[Action[Any, Any, Any], ...]] = (
    acceptances.accept, acceptances.accept_conditionally, acceptances.undo, rejections.reject, claims.ask, claims.agree,
    claims.dispute, claims.rule_for_buyer, claims.rule_for_supplier, claims.reopen, claims.withdraw,
)  # fmt: skip
for _verb in DECISIONS:
    register_form(_verb.lifecycle.name, _verb.name, decision(_verb))
