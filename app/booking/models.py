"""Nouns of booking: the work order, which is an appointment and what happens at it, and the report of the work.

Whoever ordered the work points down to it: `made_for` names that document without knowing what it is.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actors import Actor
from app.kernel.db import IdType, Record, UtcDateTime, minor, one_of, owned_by, owned_key, ref, words
from app.kernel.reading import parties_read, staff_read
from app.kernel.values import MAX_QUANTITY_MICRO

SERVICES: Final = (
    "calibration", "testing", "installation", "maintenance", "training", "lab_design", "consultation", "validation",
    "other",
)  # fmt: skip
"""Kinds of work: the categories of services in the catalogue, and what has no listing."""

MODES: Final = ("on_site", "at_provider", "online")
SIDES: Final = ("buyer", "supplier")


class WorkOrder(Record):
    """One piece of service work, from the proposed appointment to the signature. `answering` is whose turn it is."""

    __tablename__ = "work_order"
    __prefix__ = "wko"
    __states__ = "proposed agreed started done missed cancelled"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id", "answering": "answering_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        sa.UniqueConstraint("number"),
        one_of("service", SERVICES),
        one_of("mode", MODES),
        one_of("missed_by", SIDES),
        sa.CheckConstraint("buyer_id <> supplier_id", name="two_parties"),
        sa.CheckConstraint("answering_id IN (buyer_id, supplier_id)", name="answering_is_party"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint(f"quantity_micro > 0 AND quantity_micro <= {MAX_QUANTITY_MICRO}", name="quantity"),
        sa.CheckConstraint("checked_out_at IS NULL OR checked_in_at IS NOT NULL", name="out_after_in"),
        sa.CheckConstraint("signed_by IS NULL OR signed_at IS NOT NULL", name="signed_when"),
        sa.Index("ix_work_order_supplier", "supplier_id", "state"),
        sa.Index("ix_work_order_expert", "expert_id", "starts_at"),
    )

    # Roles of either side may be waited for here: longer than in other records.
    waits_role: Mapped[str | None] = mapped_column(sa.String(60))
    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id", index=False)
    answering_id: Mapped[str] = ref("organisation.id", index=False)
    made_for: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str] = words(200)
    service: Mapped[str] = mapped_column(sa.String(12), nullable=False)
    quantity_micro: Mapped[int] = minor(nullable=False)
    unit: Mapped[str] = words(20)
    mode: Mapped[str] = mapped_column(sa.String(11), nullable=False)
    place: Mapped[str] = words(200)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    proposed_by: Mapped[str | None] = ref("person.id", nullable=True)
    expert_id: Mapped[str | None] = ref("person.id", nullable=True, index=False)
    moves: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    missed_by: Mapped[str | None] = mapped_column(sa.String(8))
    # What happened on site: when and where the expert came and went, and who signed for the customer.
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_place: Mapped[str] = words(200)
    checked_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_out_place: Mapped[str] = words(200)
    sign_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_by: Mapped[str | None] = ref("person.id", nullable=True)
    signed_name: Mapped[str] = words(80)


class WorkReport(Record):
    """What was found and done. A draft is the supplier's own; submitted it is answered by the buyer, once."""

    __tablename__ = "work_report"
    __prefix__ = "wrp"
    __states__ = "draft submitted accepted disputed refused"
    __parties__ = {"buyer": "buyer_id", "supplier": "supplier_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("work_order", "buyer_id supplier_id", "work_order_id"),
        sa.UniqueConstraint("work_order_id"),
        sa.UniqueConstraint("number"),
        one_of("outcome", ("again", "give_up")),
        sa.CheckConstraint("state = 'draft' OR (summary <> '' AND submitted_at IS NOT NULL)", name="says_something"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    work_order_id: Mapped[str] = mapped_column(IdType, nullable=False)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str] = words(200)
    service: Mapped[str] = mapped_column(sa.String(12), nullable=False)
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    summary: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    certificate_no: Mapped[str] = words(60)
    as_found: Mapped[str] = words(500)
    as_left: Mapped[str] = words(500)
    uncertainty: Mapped[str] = words(200)
    next_due: Mapped[date | None] = mapped_column(sa.Date)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How the operator's ruling for the buyer ended: the work is owed again, or given up.
    outcome: Mapped[str | None] = mapped_column(sa.String(7))

    def audience(self) -> set[str]:
        """Nobody but its writers hears of a draft."""
        return {self.supplier_id} if self.state == "draft" else {self.buyer_id, self.supplier_id}


def _report_parties(actor: Actor) -> sa.ColumnElement[bool]:
    handed_in = sa.and_(WorkReport.buyer_id == actor.org_id, WorkReport.state != "draft")
    return sa.or_(WorkReport.supplier_id == actor.org_id, handed_in)


parties_read(WorkReport, _report_parties)
staff_read(WorkReport, lambda _actor: WorkReport.state != "draft")
