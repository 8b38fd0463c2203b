"""Nouns of approvals: an organisation's rules, and the frozen plan of one document with its steps."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import (
    Currency,
    IdType,
    Json,
    Model,
    Record,
    UtcDateTime,
    currency_known,
    id_column,
    minor,
    one_of,
    owned_by,
    owned_key,
    ref,
)
from app.kernel.values import Money

SUBJECTS = ("requisition", "award")

ESCALATES_TO = "org_admin"
"""Who is asked as well when a role does not answer, or when nobody holds it."""


class ApprovalRule(Record):
    """From an amount on, these roles sign, in order. The rule with the highest amount reached applies."""

    __tablename__ = "approval_rule"
    __prefix__ = "apr"
    __states__ = "active retired"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        one_of("subject", SUBJECTS, name="subject_known"),
        currency_known(),
        sa.CheckConstraint("from_minor >= 0", name="from_positive"),
        sa.Index(
            "uq_approval_rule_active", "org_id", "subject", "currency", "from_minor", unique=True,
            sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"),
        ),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    subject: Mapped[str] = mapped_column(sa.String(20), nullable=False)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    from_minor: Mapped[int] = minor(nullable=False)
    roles: Mapped[list[str]] = mapped_column(Json, nullable=False)  # one step per role, in this order; may be empty

    @property
    def from_amount(self) -> Money:
        """The amount from which it applies."""
        return Money(self.from_minor, self.currency)


class Signed:
    """What every record has that people sign: until when the signature whose turn it is should be given."""

    __signed__ = True

    sign_by: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApprovalPlan(Model):
    """The steps that one document has to pass, frozen at submit."""

    __tablename__ = "approval_plan"
    __table_args__ = (owned_key("org_id"), currency_known(), owned_by("unit", "org_id", "unit_id"))

    id: Mapped[str] = id_column()
    org_id: Mapped[str] = ref("organisation.id")
    document_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    requester_id: Mapped[str | None] = ref("person.id", nullable=True)
    unit_id: Mapped[str | None] = mapped_column(IdType, index=True)  # whose people may sign beside those of the whole
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)
    closed: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)

    steps: Mapped[list[ApprovalStep]] = relationship(
        order_by="ApprovalStep.position", lazy="selectin", cascade="all, delete-orphan"
    )


class ApprovalStep(Record):
    """One signature of a plan. It has no route of its own: the document's approve and reject call it."""

    __tablename__ = "approval_step"
    __prefix__ = "stp"
    __states__ = "planned waiting approved rejected skipped"
    __parties__ = {"self": "org_id"}
    __signed__ = True
    __constraints__ = (
        owned_by("approval_plan", "org_id", "plan_id"),
        owned_by("unit", "org_id", "unit_id"),
        sa.CheckConstraint("decided_for <> decided_by", name="decided_for_another"),
        sa.UniqueConstraint("plan_id", "position"),
        sa.CheckConstraint("(delegate_id IS NULL) = (delegated_by IS NULL)", name="delegated_by_somebody"),
        sa.CheckConstraint("delegate_id <> delegated_by", name="delegated_to_another"),
    )

    org_id: Mapped[str] = ref("organisation.id")
    plan_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    unit_id: Mapped[str | None] = mapped_column(IdType, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    role: Mapped[str] = mapped_column(sa.String(30), nullable=False)
    # Who may sign in the place of the role, and who asked them to.
    delegate_id: Mapped[str | None] = ref("person.id", nullable=True)
    delegated_by: Mapped[str | None] = ref("person.id", nullable=True)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # from then on administrators may sign as well
    decided_by: Mapped[str | None] = ref("person.id", nullable=True)
    decided_for: Mapped[str | None] = ref("person.id", nullable=True)  # whose standing delegation it was signed under
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def roles(self) -> set[str]:
        """Whoever holds one of these may sign."""
        return {self.role} | ({ESCALATES_TO} if self.escalated_at is not None else set())
