"""Answers to a work report: accepted, or ruled on; the quantity of the order and its money follow as for goods."""

from __future__ import annotations

from app.booking.actions.reports import work_of
from app.booking.lifecycles import ACCEPTOR, RULER, WORK_REPORT
from app.booking.models import WorkReport
from app.booking.schemas import RuledInput
from app.kernel.actors import SYSTEM, SYSTEM_ACTOR, Actor
from app.kernel.db import db
from app.kernel.errors import CONFLICT, OWN_DEALING, refusal
from app.kernel.lifecycle import fresh, say
from app.kernel.shapes import ReasonInput
from app.kernel.values import N_
from app.kernel.work import note
from app.ordering.actions import acceptances
from app.ordering.actions.claims import OPERATOR_RULES
from app.ordering.actions.orders import advance, give_up
from app.ordering.actions.services import give_back, link_of
from app.ordering.lifecycles import ACCEPTANCE
from app.ordering.models import Acceptance, LineWork, Order
from app.ordering.quantities import hold, shift

NOT_THE_SIGNER = refusal(
    "not_the_signer", CONFLICT, N_("Not the person who signed for the work: someone else accepts the report.")
)


def not_the_signer(report: WorkReport, actor: Actor) -> None:
    """Whoever signed on site does not accept the report."""
    signer = work_of(report).signed_by
    if signer is not None and signer == actor.person_id:
        raise NOT_THE_SIGNER()


def impartial(report: WorkReport, actor: Actor) -> None:
    """Whoever rules belongs to neither side; where the operator is the buyer, the owner rules in its place."""
    if actor.org_ids & {report.buyer_id, report.supplier_id}:
        raise OWN_DEALING()
    if (
        "owner" in actor.kinds
        and not db.session.get_one(Order, link_of(report.work_order_id).order_id).rule["owner_only"]
    ):
        raise OPERATOR_RULES()


@WORK_REPORT.action("submitted|disputed -> =", by=SYSTEM, makes=ACCEPTANCE, title=N_("Put up for acceptance"))
def put_up(report: WorkReport, actor: Actor, *, link: LineWork, quantity: int) -> Acceptance:
    """The work of a report becomes a delivered quantity of its order line."""
    del actor
    return fresh(
        Acceptance, buyer_id=report.buyer_id, supplier_id=report.supplier_id, order_id=link.order_id,
        order_line_id=link.order_line_id, work_report_id=report.id, quantity_micro=quantity,
    )  # fmt: skip


def _deliver(report: WorkReport, actor: Actor) -> None:
    """The quantity counts as delivered and accepted; what is due to the supplier follows from the acceptance."""
    work, link = work_of(report), link_of(report.work_order_id)
    hold(link.order_id)
    if shift(link.order_line_id, received=work.quantity_micro) is None:
        raise RuntimeError(f"{report.id}: more was done than was booked")
    acceptance = put_up(report, SYSTEM_ACTOR, link=link, quantity=work.quantity_micro)
    db.session.flush()
    acceptances.accept(acceptance, actor)


@WORK_REPORT.action(
    "submitted|disputed -> accepted", by=ACCEPTOR, needs=[not_the_signer], title=N_("Accept the report"), primary=True
)
def accept(report: WorkReport, actor: Actor) -> None:
    """Somebody other than who signed on site accepts the report and the work; the payment follows."""
    _deliver(report, actor)


@WORK_REPORT.action("disputed -> accepted", by=RULER, needs=[impartial], takes=ReasonInput,
                    title=N_("Rule for the supplier"))  # fmt: skip
def rule_for_supplier(report: WorkReport, actor: Actor, *, reason: str) -> None:
    """The operator rules that the work was done as ordered: it counts as accepted."""
    del actor
    say(reason)
    _deliver(report, SYSTEM_ACTOR)


@WORK_REPORT.action(
    "disputed -> refused", by=RULER, needs=[impartial], takes=RuledInput, title=N_("Rule for the buyer")
)
def rule_for_buyer(report: WorkReport, actor: Actor, *, outcome: str, reason: str) -> None:
    """The operator rules that the work does not count: it is owed again, or given up and not paid."""
    del actor
    say(reason)
    work, link = work_of(report), link_of(report.work_order_id)
    order = give_back(link, work.quantity_micro)
    report.outcome = outcome
    if outcome == "give_up":
        give_up(order, SYSTEM_ACTOR, line_id=link.order_line_id, quantity_micro=work.quantity_micro)
        advance(order)
    note(order=link.order_id, order_line=link.order_line_id, quantity_micro=work.quantity_micro, outcome=outcome)
