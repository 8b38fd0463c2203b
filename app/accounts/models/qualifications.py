"""What an organisation hands in to meet a requirement, and until when it holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.requirements import Requirement
from app.kernel.db import Record, UtcDateTime, owned_key, ref, words

OPEN_STATES: Final = ("draft", "submitted", "returned")
"""Being prepared or looked at; there is one such for the same thing at a time."""

_OPEN: Final = sa.text("state IN ('draft', 'returned', 'submitted')")
_APPROVED: Final = sa.text("state = 'approved'")


class Qualification(Record):
    """One submission of an organisation against a requirement.

    A renewal is a submission of its own: the one that holds stays approved until the review of the new one decides.
    """

    __tablename__ = "qualification"
    __prefix__ = "qlf"
    __states__ = "draft submitted returned approved rejected expired superseded revoked withdrawn"
    __parties__ = {"self": "org_id"}
    __constraints__ = (
        owned_key("org_id"),
        sa.CheckConstraint("(valid_until IS NULL) = (expires_at IS NULL)", name="expires_when_it_ends"),
        sa.CheckConstraint("valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="period"),
        sa.CheckConstraint("state <> 'expired' OR expires_at IS NOT NULL", name="expired_of_something"),
        sa.CheckConstraint("state <> 'approved' OR reviewed_at IS NOT NULL", name="approved_by_review"),
        sa.CheckConstraint("form <> 'attestation' OR state IN ('draft', 'withdrawn') OR attested", name="attested"),
        sa.Index(
            "uq_qualification_open", "org_id", "requirement_id", "subject", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        sa.Index(
            "uq_qualification_approved", "org_id", "requirement_id", "subject", unique=True,
            sqlite_where=_APPROVED, postgresql_where=_APPROVED,
        ),
        sa.Index("ix_qualification_expires_at", "expires_at"),
    )  # fmt: skip

    org_id: Mapped[str] = ref("organisation.id")
    requirement_id: Mapped[str] = ref("requirement.id")
    # As the requirement asked when this was begun: a later change of it judges no old paper.
    form: Mapped[str] = mapped_column(sa.String(11), nullable=False)
    # The brand, site or scope, where one requirement is met several times (an authorisation per manufacturer).
    subject: Mapped[str] = words(120)
    document_no: Mapped[str] = words(80)
    issuer: Mapped[str] = words(120)
    statement: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    attested: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    valid_from: Mapped[date | None] = mapped_column(sa.Date)
    valid_until: Mapped[date | None] = mapped_column(sa.Date)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the end of that day on the park's wall
    reviewer_id: Mapped[str | None] = ref("person.id", nullable=True)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    requirement: Mapped[Requirement] = relationship(lazy="joined", innerjoin=True)

    def label(self, language: str) -> str:
        """What it is called: the requirement, and for what."""
        name = self.requirement.label(language)
        return f"{name} / {self.subject}" if self.subject else name
