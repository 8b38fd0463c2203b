"""What ordering does about events: claims whose remedy is done, and requisitions whose RFQ has ended."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.actors import SYSTEM_ACTOR
from app.kernel.db import db
from app.kernel.events import Event, on
from app.kernel.lifecycle import find
from app.ordering.actions import claims, requisitions
from app.ordering.models import Acceptance, Claim, OrderLine, Requisition


@on("ordering", "claim.agree", "claim.rule_for_buyer")
def settled_at_once(event: Event) -> None:
    """A reduction and a refund are done with the agreement: the quantities have followed already."""
    claim = find(Claim, event.object_id, SYSTEM_ACTOR, lock=True)
    if claim.state == "agreed" and claim.remedy in ("reduce", "refund"):
        claims.finish(claim, SYSTEM_ACTOR)


@on("ordering", "acceptance.accept")
def settled_by_acceptance(event: Event) -> None:
    """A repaired quantity was accepted, or a replacement was: the claims for it are done, the oldest first."""
    acceptance = find(Acceptance, event.object_id, SYSTEM_ACTOR)
    line = db.session.get_one(OrderLine, acceptance.order_line_id)
    agreed = db.session.scalars(
        sa.select(Claim)
        .where(Claim.order_line_id == line.id, Claim.state == "agreed")
        .order_by(Claim.id)
        .with_for_update()
    ).all()
    owed = sum(claim.quantity_micro for claim in agreed if claim.remedy == "replace")
    for claim in agreed:
        if claim.remedy == "repair" and claim.acceptance_id == acceptance.id and acceptance.state == "accepted":
            claims.finish(claim, SYSTEM_ACTOR)
        elif claim.remedy == "replace" and owed > line.unaccepted_micro:
            owed -= claim.quantity_micro
            claims.finish(claim, SYSTEM_ACTOR)


@on("ordering", "rfq.conclude")
def quotes_awarded(event: Event) -> None:
    """The RFQ that a requisition went to is concluded: its orders are made."""
    for requisition in _sourced_by(event.object_id):
        requisitions.settle_ordered(requisition, SYSTEM_ACTOR)


@on("ordering", "rfq.fail", "rfq.cancel")
def quotes_failed(event: Event) -> None:
    """The RFQ came to nothing: the requisition can be ordered or sourced again."""
    for requisition in _sourced_by(event.object_id):
        requisitions.reopen(requisition, SYSTEM_ACTOR)


def _sourced_by(rfq_id: str) -> list[Requisition]:
    rows = db.session.scalars(
        sa.select(Requisition).where(Requisition.rfq_id == rfq_id, Requisition.state == "sourcing").with_for_update()
    )
    return list(rows)
