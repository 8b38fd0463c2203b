"""Pages of what belongs to an order: shipment, goods receipt, acceptance, claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app import i18n
from app.http import actor
from app.kernel.actors import Actor
from app.kernel.db import Record, db
from app.kernel.lifecycle import visible
from app.kernel.values import Money
from app.ordering.models import Acceptance, Claim, Order, OrderLine, Receipt, Shipment, TransactionRule
from app.ordering.queries import lines_by_id, parts_of
from app.ordering.schemas import REMEDY_TITLES
from app.web.core.directory import Brief, names, read, register_brief, url_of
from app.web.core.record import frame
from app.web.ordering.blueprint import pages
from app.web.ordering.shown import model_of, much, state_badge

Fact = tuple[str, str | None, str | None]


def order_of(part: Any, asking: Actor) -> Order:
    """The order that a part belongs to; whoever reads the part reads the order."""
    order: Order = db.session.scalars(visible(Order, asking).where(Order.id == part.order_id)).one()
    return order


def about(part: Any, asking: Actor) -> list[Fact]:
    """What every part says of its order."""
    order = order_of(part, asking)
    named = names([order.buyer_id, order.supplier_id])
    return [
        (_("Order"), order.number, url_of(order)),
        (_("Buyer"), named.get(order.buyer_id), None),
        (_("Supplier"), named.get(order.supplier_id), None),
        (_("Place of delivery"), order.delivery_place, None),
    ]


def line_facts(part: Acceptance | Claim) -> list[Fact]:
    """Which line, and how much of it."""
    line = lines_by_id([part.order_line_id])[part.order_line_id]
    return [
        (_("Line"), " ".join(filter(None, (line.title, model_of(line)))), None),
        (_("Quantity"), much(part.quantity_micro, line.unit), None),
    ]


def _page(part: Record, asking: Actor, facts: list[Fact], **extra: Any) -> str:
    context = frame(part, asking)
    order_fact = facts[0]
    crumbs = [(_("Orders"), "/orders"), (str(order_fact[1]), order_fact[2]), (context["number"], None)]
    return render_template("ordering/part.html", **context | {"facts": facts, "crumbs": crumbs} | extra)


@pages.get("/shipments/<id:record_id>")
def shipment(record_id: str) -> str:
    """One shipment and what is in it."""
    asking = actor()
    found: Shipment = read(Shipment, record_id, asking)
    lines = lines_by_id(row.order_line_id for row in found.lines)
    facts = about(found, asking)
    facts.append((_("Carrier"), " ".join(filter(None, (found.carrier, found.tracking))) or None, None))
    if found.shipped_at:
        facts.append((_("Shipped"), i18n.when(found.shipped_at), None))
    rows = [[_named(lines[row.order_line_id]), much(row.quantity_micro, lines[row.order_line_id].unit)]
            for row in found.lines]  # fmt: skip
    columns = [{"label": _("Line"), "main": True}, {"label": _("Quantity"), "num": True}]
    return _page(found, asking, facts, tables=[(_("Contents"), columns, rows)])


def _named(line: OrderLine) -> dict[str, Any]:
    return {"text": line.title, "note": model_of(line)}


@pages.get("/receipts/<id:record_id>")
def receipt(record_id: str) -> str:
    """One goods receipt: received = accepted + rejected + pending, line by line."""
    asking = actor()
    found: Receipt = read(Receipt, record_id, asking)
    lines = lines_by_id(row.order_line_id for row in found.lines)
    facts = about(found, asking)
    sent = db.session.scalars(visible(Shipment, asking).where(Shipment.id == found.shipment_id)).first()
    if sent is not None:
        facts.append((_("Shipment"), sent.number, url_of(sent)))
    facts.append((_("Counted by"), names([found.person_id]).get(found.person_id or ""), None))
    columns = [
        {"label": _("Line"), "main": True},
        {"label": _("Arrived"), "num": True},
        {"label": _("Accepted"), "num": True},
        {"label": _("Rejected"), "num": True},
        {"label": _("To be decided"), "num": True},
        {"label": _("Serial numbers"), "wide": True},
    ]
    rows = [_received(row, lines[row.order_line_id]) for row in found.lines]
    decisions = [one for one in parts_of(found.order_id, asking).acceptances
                 if one.receipt_line_id in {row.id for row in found.lines} and one.state != "void"]  # fmt: skip
    tables = [(_("Counted"), columns, rows)]
    if decisions:
        tables.append((_("Acceptance"), _decision_columns(), [_decision(one, lines) for one in decisions]))
    return _page(found, asking, facts, tables=tables, remark=found.remark)


def _received(row: Any, line: OrderLine) -> list[Any]:
    figures = (row.accepted_micro, row.rejected_micro, row.pending_micro)
    serials = ("、" if i18n.language() == "zh" else ", ").join(row.serials)
    return [_named(line), much(row.received_micro, line.unit), *map(i18n.quantity, figures), serials or None]


def _decision_columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Line"), "main": True},
        {"label": _("State"), "state": True},
        {"label": _("Quantity"), "num": True},
    ]


def _decision(one: Acceptance, lines: Mapping[str, OrderLine]) -> list[Any]:
    line = lines[one.order_line_id]
    named = {"text": line.title, "note": model_of(line), "href": url_of(one)}
    return [named, {"badge": state_badge(one)}, much(one.quantity_micro, line.unit)]


@pages.get("/acceptances/<id:record_id>")
def acceptance(record_id: str) -> str:
    """One decision on a received quantity."""
    asking = actor()
    found: Acceptance = read(Acceptance, record_id, asking)
    facts = about(found, asking) + line_facts(found) + acceptance_facts(found)
    claims = [one for one in parts_of(found.order_id, asking).claims if one.acceptance_id == found.id]
    rows = [[{"text": one.number, "href": url_of(one)}, {"badge": state_badge(one)},
             i18n.say(REMEDY_TITLES[one.remedy or one.wanted])] for one in claims]  # fmt: skip
    columns = [{"label": _("Claim"), "main": True}, {"label": _("State"), "state": True}, {"label": _("Remedy")}]
    return _page(found, asking, facts, tables=[(_("Claims"), columns, rows)] if rows else [])


def acceptance_facts(found: Acceptance) -> list[Fact]:
    """Who decided, on which condition, and whether money has moved."""
    facts: list[Fact] = []
    if found.work_report_id:
        facts.append((_("Work report"), _("By the report of the work"), f"/work-reports/{found.work_report_id}"))
    if found.decided_by:
        facts.append((_("Decided by"), names([found.decided_by]).get(found.decided_by), None))
    if found.condition:
        facts.append((_("Condition"), found.condition, None))
    if found.condition_until:
        facts.append((_("To be met by"), i18n.when(found.condition_until), None))
    if found.silent_at and found.state == "pending":
        facts.append((_("Accepted without a word on"), i18n.when(found.silent_at), None))
    if found.released:
        facts.append((_("Money"), _("released to the supplier"), None))
    return facts


@pages.get("/claims/<id:record_id>")
def claim(record_id: str) -> str:
    """One claim: what is asked for, what was agreed, by when."""
    asking = actor()
    found: Claim = read(Claim, record_id, asking)
    return _page(found, asking, about(found, asking) + line_facts(found) + claim_facts(found, asking), tables=[])


def claim_facts(found: Claim, asking: Actor) -> list[Fact]:
    """What is asked for and what was agreed."""
    order = order_of(found, asking)
    facts: list[Fact] = [(_("Asked for"), i18n.say(REMEDY_TITLES[found.wanted]), None)]
    if found.reduction_minor:
        facts.append((_("Reduction"), i18n.money(Money(found.reduction_minor, order.currency)), None))
    if found.remedy:
        facts.append((_("Agreed"), i18n.say(REMEDY_TITLES[found.remedy]), None))
    source = db.session.scalars(visible(Acceptance, asking).where(Acceptance.id == found.acceptance_id)).one()
    facts.append((_("Rejected on"), i18n.when(found.created_at), url_of(source)))
    return facts


def _rule(rule: TransactionRule) -> Brief:
    operator, owner = (
        i18n.money(Money(minor, rule.currency)) for minor in (rule.operator_from_minor, rule.owner_from_minor)
    )
    return Brief(
        _("The operator approves from %(operator)s, the owner too from %(owner)s", operator=operator, owner=owner)
    )


register_brief("acceptance", lambda one: Brief(_("Goods to be accepted")))
register_brief("shipment", lambda one: Brief(" ".join(filter(None, (one.carrier, one.tracking))) or _("Shipment")))
register_brief("receipt", lambda one: Brief(_("Goods receipt")))
register_brief("claim", lambda one: Brief(_("Claim for a %(remedy)s", remedy=i18n.say(REMEDY_TITLES[one.wanted]))))
register_brief("transaction_rule", _rule)
