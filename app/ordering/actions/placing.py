"""Placing orders: one per supplier, from an approved requisition, from an approved award, or entered offline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.accounts import files, standing
from app.accounts.actions.organisations import ORGANISATION
from app.accounts.models import Organisation
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor, platform, who
from app.kernel.db import db
from app.kernel.errors import CONFLICT, FORBIDDEN, INVALID, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import Upload
from app.kernel.values import N_
from app.kernel.work import act_for, current, note
from app.ordering import offline, thresholds
from app.ordering.actions import requisitions
from app.ordering.actions.orders import route
from app.ordering.actions.requisitions import is_lab, open_lines
from app.ordering.contract import Agreed, by_supplier, order_lines, payment_plan
from app.ordering.lifecycles import ORDER, PURCHASER, REQUISITION
from app.ordering.models import Order, Requisition, RequisitionLine
from app.ordering.offline_models import OfflineEntry
from app.ordering.pointing import at_field
from app.ordering.pricing import with_listings
from app.ordering.schemas import OfflineOrderInput, SourceInput
from app.ordering.whereabouts import as_ordered
from app.sourcing.actions import rfqs
from app.sourcing.lifecycles import AWARD
from app.sourcing.models import Award, AwardLine, QuoteLine, QuoteVersion, Rfq, RfqLine

NO_PRICE = refusal("no_price", CONFLICT, N_("%(count)s lines have no price yet. Ask suppliers for quotes first."))
ALL_ORDERED = refusal("all_ordered", CONFLICT, N_("Everything on it is ordered already."))
PURCHASER_OF_ALL = refusal(
    "purchaser_of_all", FORBIDDEN, N_("Quotes are asked for by a purchaser of the whole organisation.")
)
NOT_DEALING = refusal(
    "nothing_new_ordered", CONFLICT, N_("%(organisation)s may not deal at the moment: nothing new is ordered.")
)
NEW_ORDERS_STOPPED = refusal(
    "new_orders_stopped", CONFLICT,
    N_("%(organisation)s takes no new orders at the moment: the operator has stopped them."),
)  # fmt: skip
ONE_SUPPLIER = refusal("one_supplier", INVALID, N_("An offline order goes to one supplier. Enter one for each."))
PRICED_ONLY = refusal("priced_only", INVALID, N_("An offline order names listings that have a price."))


def every_line_priced(requisition: Requisition, actor: Actor) -> None:
    """What is still open on the requisition has a price and a supplier."""
    del actor
    lines = open_lines(requisition)
    if not lines:
        raise ALL_ORDERED()
    missing = sum(line.price_minor is None for line in lines)
    if missing:
        raise NO_PRICE(count=missing)


def both_deal(demand: Requisition | Award, actor: Actor) -> None:
    """Buyer and suppliers are admitted; whoever was suspended since keeps the open orders and gets no new ones."""
    del actor
    ids = {line.supplier_id for line in demand.lines if line.supplier_id} | {demand.buyer_id}
    out = db.session.scalars(
        sa.select(Organisation).where(Organisation.id.in_(ids), Organisation.state != "admitted").limit(1)
    ).first()
    if out is not None:
        raise NOT_DEALING(organisation=out.name("zh"))
    stopped = sorted(standing.barred_rows(sorted(ids), "call_off")) if isinstance(demand, Requisition) else []
    if stopped:
        raise NEW_ORDERS_STOPPED(organisation=db.session.get_one(Organisation, stopped[0]).name("zh"))


def something_open(requisition: Requisition, actor: Actor) -> None:
    """There is something left to ask quotes for."""
    del actor
    if not open_lines(requisition):
        raise ALL_ORDERED()


@REQUISITION.action(
    "approved -> ordered", by=PURCHASER, needs=[every_line_priced, both_deal], title=N_("Place the orders"),
    primary=True,
)  # fmt: skip
def order(requisition: Requisition, actor: Actor) -> None:
    """The purchaser orders: one order per supplier, at the prices held."""
    rule = thresholds.frozen(requisition.currency, requisition.total_minor, requisition.buyer_id)
    agreed = [_of_requisition(line) for line in open_lines(requisition)]
    for supplier_id, lines in by_supplier(agreed).items():
        made = open_order(requisition, SYSTEM_ACTOR, supplier_id=supplier_id, lines=lines, rule=rule, buyer=actor)
        db.session.flush()
        route(made)


def buys_for_all(requisition: Requisition, actor: Actor) -> None:
    """A request for quotation is the whole lab's, so that a purchaser of one unit does not open it."""
    del requisition
    if "purchaser" not in actor.roles:
        raise PURCHASER_OF_ALL()


@REQUISITION.action(
    "approved -> sourcing",
    by=PURCHASER,
    needs=[something_open, buys_for_all],
    takes=SourceInput,
    title=N_("Ask for quotes"),
)
def source(requisition: Requisition, actor: Actor, *, deadline: datetime) -> None:
    """The purchaser puts what is still open out to quotation; whom to ask is decided on the request itself."""
    buyer = db.session.get_one(Organisation, requisition.buyer_id)
    offered = {line.id for line, listing in with_listings(requisition) if listing is not None}
    rfq = rfqs.ask_for_quotes(
        buyer, actor, title=requisition.title, deadline=deadline, currency=requisition.currency,
        description=requisition.purpose, delivery_place=requisition.delivery_place, why=requisition.why,
        explanation=requisition.explanation,
        lines=[
            {"kind": line.kind, "title": line.title, "quantity": line.quantity_micro, "unit": line.unit,
             "listing": line.listing_id if line.id in offered else None, "description": line.model}
            for line in open_lines(requisition)
        ],
    )  # fmt: skip
    db.session.flush()
    requisition.rfq_id, requisition.price_hold_until = rfq.id, None
    note(rfq=rfq.id)


@REQUISITION.action("approved -> =", by=SYSTEM, makes=ORDER, born="awaiting_operator", title=N_("Open an order"))
def open_order(
    requisition: Requisition, actor: Actor, *, supplier_id: str, lines: Sequence[Agreed], rule: dict[str, Any],
    buyer: Actor,
) -> Order:  # fmt: skip
    """One supplier's part of a requisition becomes an order."""
    del actor
    return _opened(
        supplier_id=supplier_id, lines=lines, rule=rule, buyer_id=requisition.buyer_id, person_id=buyer.person_id,
        channel=_channel(buyer), title=requisition.title, currency=requisition.currency,
        requisition_id=requisition.id, delivery_place=requisition.delivery_place, **as_ordered(requisition),
    )  # fmt: skip


def _channel(buyer: Actor) -> str:
    return buyer.channel if buyer.channel in ("web", "api") else "web"


def _of_requisition(line: RequisitionLine) -> Agreed:
    assert line.price_minor is not None
    assert line.supplier_id is not None
    return Agreed(
        buyer_id=line.buyer_id, supplier_id=line.supplier_id, kind=line.kind, title=line.title, brand=line.brand,
        model=line.model, unit=line.unit, quantity_micro=line.quantity_micro, price_minor=line.price_minor,
        price_basis_micro=line.price_basis_micro, vat_bp=line.vat_bp, lead_time_days=line.lead_time_days,
        warranty_months=line.warranty_months, listing_id=line.listing_id, requisition_line_id=line.id,
        price_rule=dict(line.price_rule),
    )  # fmt: skip


def _opened(*, lines: Sequence[Agreed], title: str, **columns: Any) -> Order:
    rows = order_lines(lines)
    made = fresh(
        Order, title=title or rows[0].title, lines=rows, total_minor=sum(row.amount_minor for row in rows),
        tax_minor=sum(row.tax_minor for row in rows), plan=payment_plan(rows, columns["currency"]), commission={},
        **columns,
    )  # fmt: skip
    current().number("PO", made)
    return made


@AWARD.action(
    "approved -> ordered", by=who("purchaser", "buyer"), needs=[both_deal], name="order",
    title=N_("Place the orders"), primary=True,
)  # fmt: skip
def order_award(award: Award, actor: Actor) -> None:
    """The purchaser orders what was awarded: one order per supplier, at the quoted prices."""
    rule = thresholds.frozen(award.currency, award.total_minor, award.buyer_id)
    rfq = db.session.get_one(Rfq, award.rfq_id)
    for supplier_id, rows in by_supplier(_of_award(award)).items():
        made = open_award_order(award, SYSTEM_ACTOR, supplier_id=supplier_id, lines=rows, rule=rule, rfq=rfq,
                                buyer=actor)  # fmt: skip
        db.session.flush()
        route(made)


@AWARD.action(
    "approved -> =", by=SYSTEM, makes=ORDER, born="awaiting_operator", name="open_order", title=N_("Open an order")
)
def open_award_order(
    award: Award, actor: Actor, *, supplier_id: str, lines: Sequence[Agreed], rule: dict[str, Any], rfq: Rfq,
    buyer: Actor,
) -> Order:  # fmt: skip
    """One supplier's part of an award becomes an order."""
    del actor
    return _opened(
        supplier_id=supplier_id, lines=lines, rule=rule, buyer_id=award.buyer_id, person_id=buyer.person_id,
        channel=_channel(buyer), title=rfq.title, currency=award.currency, award_id=award.id,
        delivery_place=rfq.delivery_place, deliver_by=rfq.deliver_by, terms=_terms(lines),
    )  # fmt: skip


def _terms(lines: Sequence[Agreed]) -> str:
    """The terms of the quote version that the lines were awarded from, as they were frozen there."""
    statement = (
        sa.select(QuoteVersion.terms)
        .join(QuoteLine, QuoteLine.version_id == QuoteVersion.id)
        .join(AwardLine, AwardLine.quote_line_id == QuoteLine.id)
        .where(AwardLine.id == lines[0].award_line_id)
    )
    return db.session.scalar(statement) or ""


def _of_award(award: Award) -> list[Agreed]:
    """The awarded lines with what the pinned quote version says of each; one query."""
    rows = db.session.execute(
        sa.select(AwardLine, QuoteLine, RfqLine)
        .join(QuoteLine, QuoteLine.id == AwardLine.quote_line_id)
        .join(RfqLine, RfqLine.id == AwardLine.rfq_line_id)
        .where(AwardLine.award_id == award.id, AwardLine.outcome == "open")
        .order_by(RfqLine.position, AwardLine.id)
    )
    return [
        Agreed(
            buyer_id=award.buyer_id, supplier_id=awarded.supplier_id, kind=wanted.kind, title=wanted.title,
            brand=quoted.brand, model=quoted.model, unit=wanted.unit, quantity_micro=awarded.quantity_micro,
            price_minor=quoted.price_minor, price_basis_micro=quoted.price_basis_micro, vat_bp=quoted.vat_bp,
            lead_time_days=quoted.lead_time_days, warranty_months=quoted.warranty_months, award_line_id=awarded.id,
        )
        for awarded, quoted, wanted in rows
    ]  # fmt: skip


@ORGANISATION.action(
    "admitted -> =", by=platform("support", "operator"), needs=[is_lab], takes=OfflineOrderInput, makes=ORDER,
    born="awaiting_buyer", title=N_("Enter an order for them"),
)  # fmt: skip
def enter_order(
    organisation: Organisation, actor: Actor, *, channel: str, lines: Sequence[dict[str, Any]], reason: str,
    title: str = "", delivery_place: str = "", came_in_on: date | None = None, scan: Upload | None = None,
    another_order: bool = False,
) -> Order:  # fmt: skip
    """The operator enters an order that came by phone, at the counter or on paper; it binds once the buyer affirms it.

    The buyer's own approval rules and the platform's rules apply as to any other order.
    """
    say(reason)
    act_for(organisation.id)
    if channel == "paper" and scan is None:
        raise at_field(offline.SCAN_NEEDED, "scan")
    day, days = offline.backdated(came_in_on)
    demand = enter_demand(organisation, SYSTEM_ACTOR, title=title, delivery_place=delivery_place, lines=lines)
    db.session.flush()
    requisitions.submit(demand, SYSTEM_ACTOR)
    agreed = [_priced(line) for line in demand.lines]
    if len(by_supplier(agreed)) > 1:
        raise at_field(ONE_SUPPLIER, "lines")
    items = offline.agreed_items(agreed)
    alike = offline.duplicates(demand.buyer_id, agreed[0].supplier_id, items, day)
    if alike and not another_order:
        numbers = [str(one.number) for one in alike]
        raise at_field(offline.DUPLICATE, "another_order", orders=numbers)
    rule = thresholds.frozen(demand.currency, demand.total_minor, demand.buyer_id)
    made = _opened(
        supplier_id=agreed[0].supplier_id, lines=agreed, rule=rule, buyer_id=demand.buyer_id, person_id=None,
        channel=channel, title=demand.title, currency=demand.currency, requisition_id=demand.id,
        delivery_place=demand.delivery_place,
    )  # fmt: skip
    made.entry = OfflineEntry(
        buyer_id=demand.buyer_id, supplier_id=made.supplier_id, entered_by=actor.person_id, came_in_on=day,
        backdated_days=days, duplicates=[one.id for one in alike],
    )  # fmt: skip
    if scan is not None:
        files.attach(scan, org_id=str(actor.org_id), object_id=made.id)
    note(channel=channel, came_in_on=day.isoformat(), backdated_days=days, alike=[one.id for one in alike])
    return made


def _priced(line: RequisitionLine) -> Agreed:
    if line.price_minor is None:
        raise at_field(PRICED_ONLY, "lines")
    return _of_requisition(line)


@ORGANISATION.action("admitted -> =", by=SYSTEM, needs=[is_lab], makes=REQUISITION, title=N_("Enter a demand for them"))
def enter_demand(
    organisation: Organisation, actor: Actor, *, title: str, delivery_place: str, lines: Sequence[dict[str, Any]]
) -> Requisition:
    """The demand behind an order that the operator enters for a lab; nobody of the lab has asked for it yet."""
    del actor
    return requisitions.made_for(organisation, None, lines=lines, title=title, purpose="",
                                 delivery_place=delivery_place, currency="CNY")  # fmt: skip
