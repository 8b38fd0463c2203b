"""Nouns of sourcing: RFQ with lines and questions, quote with frozen versions, award with lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.approvals.models import ApprovalPlan, ApprovalStep, Signed
from app.catalogue.taxonomy.models import CODE_CHARS
from app.kernel.actors import Actor
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
    words,
)
from app.kernel.reading import parties_read, staff_read
from app.kernel.values import MAX_QUANTITY_MICRO, MICRO, Money, line_minor
from app.sharing.purchases import Bought, both_or_neither


class Rfq(Bought, Record):
    """A request for quotation by one buyer."""

    __tablename__ = "rfq"
    __prefix__ = "rfq"
    __states__ = "draft open closed concluded failed cancelled"
    __parties__ = {"buyer": "buyer_id"}
    __grants__ = True
    __constraints__ = (
        owned_key("buyer_id"),
        currency_known(),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("buyer_id", "source", "source_reference"),
        both_or_neither(),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str] = words(200)
    description: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    deadline: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    delivery_place: Mapped[str] = words(200)
    deliver_by: Mapped[date | None] = mapped_column(sa.Date)
    amendment: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Where an imported tender came from; its original dates are kept, for the RFQ is re-dated.
    source: Mapped[str | None] = mapped_column(sa.String(10))
    source_reference: Mapped[str | None] = mapped_column(sa.String(120))
    source_published_on: Mapped[date | None] = mapped_column(sa.Date)
    source_deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source_buyer: Mapped[str] = words(300)

    lines: Mapped[list[RfqLine]] = relationship(
        order_by="RfqLine.position", lazy="selectin", cascade="all, delete-orphan", overlaps="questions,invitations"
    )
    questions: Mapped[list[RfqQuestion]] = relationship(
        order_by="RfqQuestion.id", lazy="selectin", cascade="all, delete-orphan", overlaps="lines,invitations"
    )
    invitations: Mapped[list[RfqInvitation]] = relationship(
        order_by="RfqInvitation.invited_at", lazy="selectin", cascade="all, delete-orphan", overlaps="lines,questions"
    )

    @property
    def invited_ids(self) -> list[str]:
        """The suppliers chosen; the buyer's to know, and nobody else's."""
        return [invitation.supplier_id for invitation in self.invitations]

    @property
    def invited_count(self) -> int:
        """How many were invited; how many of them answered is sealed until the opening."""
        return len(self.invitations)

    def attended(self) -> bool:
        """In evaluation it waits for the purchaser while something of it is neither awarded nor given up."""
        return self.state != "closed" or any(line.open_micro for line in self.lines)

    def audience(self) -> set[str]:
        """The buyer; invited suppliers are told by the actions that concern them (they hold grants)."""
        return {self.buyer_id}


class RfqLine(Model):
    """One thing that is asked for. What is awarded never exceeds what is demanded: the database says no."""

    __tablename__ = "rfq_line"
    __table_args__ = (
        owned_key("buyer_id"),
        owned_by("rfq", "buyer_id", "rfq_id"),
        sa.UniqueConstraint("rfq_id", "position"),
        sa.CheckConstraint(f"quantity_micro > 0 AND quantity_micro <= {MAX_QUANTITY_MICRO}", name="quantity"),
        sa.CheckConstraint("awarded_micro >= 0 AND awarded_micro + given_up_micro <= quantity_micro", name="awarded"),
        sa.CheckConstraint("confirmed_micro >= 0 AND confirmed_micro <= awarded_micro", name="confirmed"),
        one_of("kind", ("goods", "service"), name="kind_known"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    rfq_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    kind: Mapped[str] = mapped_column(sa.String(7), nullable=False, default="goods")
    title: Mapped[str] = words(200)
    description: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    listing_id: Mapped[str | None] = ref("listing.id", nullable=True)
    quantity_micro: Mapped[int] = minor(nullable=False)
    unit: Mapped[str] = words(20)
    cpv: Mapped[str] = words(12)
    # What the typed demands are read by; a line in words may have none.
    category: Mapped[str | None] = mapped_column(
        sa.String(CODE_CHARS), sa.ForeignKey("category.code", ondelete="RESTRICT"), index=True
    )
    # Demanded parameters: [{"name", "operator", "value", "unit", "mandatory", and "attribute" where it is typed}].
    demands: Mapped[list[dict[str, Any]]] = mapped_column(Json, nullable=False, default=list)
    awarded_micro: Mapped[int] = minor(nullable=False, default=0)
    confirmed_micro: Mapped[int] = minor(nullable=False, default=0)
    given_up_micro: Mapped[int] = minor(nullable=False, default=0)
    given_up_reason: Mapped[str] = words(500)

    @property
    def open_micro(self) -> int:
        """What may still be awarded."""
        return self.quantity_micro - self.awarded_micro - self.given_up_micro


class RfqInvitation(Model):
    """A supplier chosen for an RFQ. While it is a draft nobody is told; publishing turns each into a reader's grant."""

    __tablename__ = "rfq_invitation"
    __table_args__ = (
        owned_by("rfq", "buyer_id", "rfq_id"),
        sa.CheckConstraint("supplier_id <> buyer_id", name="not_oneself"),
    )

    rfq_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    supplier_id: Mapped[str] = mapped_column(
        IdType, sa.ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class RfqQuestion(Model):
    """A supplier's question and the buyer's answer; all who are invited read both, only the buyer reads who asked."""

    __tablename__ = "rfq_question"
    __table_args__ = (owned_by("rfq", "buyer_id", "rfq_id"),)

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    rfq_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    asker_id: Mapped[str] = ref("organisation.id")
    question: Mapped[str] = mapped_column(sa.Text, nullable=False)
    answer: Mapped[str | None] = mapped_column(sa.Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Quote(Record):
    """A supplier's answer to an RFQ. Its id is random: a time or a sequence would tell how many came before."""

    __tablename__ = "quote"
    __prefix__ = "quo"
    __states__ = "draft submitted void withdrawn won lost expired"
    __parties__ = {"supplier": "supplier_id", "buyer": "buyer_id"}
    __constraints__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("rfq", "buyer_id", "rfq_id"),
        sa.Index(
            "uq_quote_live", "rfq_id", "supplier_id", unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
    )  # fmt: skip

    rfq_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    buyer_id: Mapped[str] = ref("organisation.id")
    supplier_id: Mapped[str] = ref("organisation.id")
    number: Mapped[str] = mapped_column(sa.String(20), nullable=False, unique=True)
    revision: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    amendment: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Sealed until the RFQ closes: the buyer and staff read it from this moment on.
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    rfq: Mapped[Rfq] = relationship(lazy="raise", viewonly=True)
    versions: Mapped[list[QuoteVersion]] = relationship(
        order_by="QuoteVersion.revision", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def standing(self) -> QuoteVersion | None:
        """The version that counts: the newest one submitted. A revision being written does not count yet."""
        return next((version for version in reversed(self.versions) if version.submitted_at is not None), None)

    @property
    def drafted(self) -> QuoteVersion | None:
        """The version being written, which only the supplier reads."""
        return next((version for version in reversed(self.versions) if version.submitted_at is None), None)

    @property
    def current(self) -> QuoteVersion:
        """What a reader is shown: the version that counts, or the first one while it is being written."""
        return self.standing or self.versions[-1]

    @property
    def total(self) -> Money:
        """Sum of what the current version offers."""
        return self.current.total

    def audience(self) -> set[str]:
        """Before opening only the supplier may learn that anything happened."""
        return {self.supplier_id, self.buyer_id} if self.opened_at else {self.supplier_id}


def _quote_parties(actor: Actor) -> sa.ColumnElement[bool]:
    opened = sa.and_(Quote.buyer_id == actor.org_id, Quote.opened_at.is_not(None), Quote.state != "draft")
    return sa.or_(Quote.supplier_id == actor.org_id, opened)


parties_read(Quote, _quote_parties)
staff_read(Quote, lambda _actor: sa.and_(Quote.opened_at.is_not(None), Quote.state != "draft"))
staff_read(Rfq, lambda _actor: Rfq.state != "draft")


class QuoteVersion(Model):
    """One version of a quote; frozen (submitted_at set) when it is submitted."""

    __tablename__ = "quote_version"
    __table_args__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("quote", "buyer_id supplier_id", "quote_id"),
        sa.UniqueConstraint("quote_id", "revision"),
        currency_known(),
        sa.CheckConstraint("min_order_minor >= 0", name="min_order"),
        sa.CheckConstraint("submitted_at IS NULL OR length(digest) = 64", name="frozen_is_hashed"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    quote_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    revision: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    terms: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    min_order_minor: Mapped[int] = minor(nullable=False, default=0)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest: Mapped[str | None] = mapped_column(sa.String(64))

    lines: Mapped[list[QuoteLine]] = relationship(
        order_by="QuoteLine.position", lazy="selectin", cascade="all, delete-orphan", back_populates="version"
    )

    @property
    def min_order(self) -> Money:
        """The smallest order the supplier takes; zero means any."""
        return Money(self.min_order_minor, self.currency)

    @property
    def total(self) -> Money:
        """Sum of the lines offered."""
        return Money(sum(line.amount_minor for line in self.lines if not line.no_offer), self.currency)


class QuoteLine(Model):
    """The answer to one RFQ line: a price, or "no offer" said in so many words."""

    __tablename__ = "quote_line"
    __table_args__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("quote_version", "buyer_id supplier_id", "version_id"),
        owned_by("rfq_line", "buyer_id", "rfq_line_id"),
        sa.UniqueConstraint("version_id", "rfq_line_id"),
        sa.CheckConstraint("no_offer OR (price_minor > 0 AND quantity_micro > 0)", name="offered"),
        sa.CheckConstraint("price_basis_micro > 0", name="basis"),
        sa.CheckConstraint("vat_bp >= 0 AND vat_bp <= 10000", name="vat"),
        one_of("outcome", ("open", "won", "lost"), name="outcome_known"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    version_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    rfq_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    no_offer: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    quantity_micro: Mapped[int] = minor(nullable=False, default=0)
    price_minor: Mapped[int] = minor(nullable=False, default=0)
    price_basis_micro: Mapped[int] = minor(nullable=False, default=MICRO)
    vat_bp: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1300)
    brand: Mapped[str] = words(80)
    model: Mapped[str] = words(120)
    alternative: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    lead_time_days: Mapped[int | None] = mapped_column(sa.Integer)
    warranty_months: Mapped[int | None] = mapped_column(sa.Integer)
    # Against each demand of the RFQ line: [{"index", "offered", "deviation": "positive|none|negative"}].
    deviations: Mapped[list[dict[str, Any]]] = mapped_column(Json, nullable=False, default=list)
    remark: Mapped[str] = words(500)
    outcome: Mapped[str] = mapped_column(sa.String(4), nullable=False, default="open")

    version: Mapped[QuoteVersion] = relationship(back_populates="lines")

    @property
    def amount_minor(self) -> int:
        """Price x quantity offered, half-up."""
        return line_minor(self.price_minor, self.quantity_micro, self.price_basis_micro)

    @property
    def price(self) -> Money | None:
        """Gross price per basis quantity, or None where nothing is offered."""
        return None if self.no_offer else Money(self.price_minor, self.version.currency)

    @property
    def amount(self) -> Money | None:
        """Gross amount of the quantity offered, or None."""
        return None if self.no_offer else Money(self.amount_minor, self.version.currency)


class Award(Signed, Record):
    """A decision: which quote version lines, in which quantities. Several per RFQ are normal."""

    __tablename__ = "award"
    __prefix__ = "awd"
    __states__ = "draft awaiting_approval approved rejected ordered cancelled"
    __parties__ = {"buyer": "buyer_id"}
    __constraints__ = (
        owned_key("buyer_id"),
        owned_by("rfq", "buyer_id", "rfq_id"),
        sa.UniqueConstraint("number"),
        currency_known(),
        sa.CheckConstraint("total_minor > 0", name="total"),
    )

    buyer_id: Mapped[str] = ref("organisation.id")
    rfq_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    person_id: Mapped[str | None] = ref("person.id", nullable=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    currency: Mapped[str] = mapped_column(Currency, nullable=False)
    total_minor: Mapped[int] = minor(nullable=False)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    rfq: Mapped[Rfq] = relationship(lazy="raise", viewonly=True)
    lines: Mapped[list[AwardLine]] = relationship(
        order_by="AwardLine.position, AwardLine.id", lazy="selectin", cascade="all, delete-orphan",
        back_populates="award",
    )  # fmt: skip
    plans: Mapped[list[ApprovalPlan]] = relationship(
        primaryjoin="foreign(ApprovalPlan.document_id) == Award.id", order_by="ApprovalPlan.id", lazy="selectin",
        viewonly=True,
    )  # fmt: skip

    @property
    def total(self) -> Money:
        """The whole award; approval thresholds look at this, not at one of its orders."""
        return Money(self.total_minor, self.currency)

    @property
    def steps(self) -> list[ApprovalStep]:
        """The signatures it needs or got; none where no rule asks for any."""
        return list(self.plans[-1].steps) if self.plans else []


class AwardLine(Model):
    """One awarded quantity of one quote version line, frozen with its price."""

    __tablename__ = "award_line"
    __table_args__ = (
        owned_key("buyer_id supplier_id"),
        owned_by("award", "buyer_id", "award_id"),
        owned_by("rfq_line", "buyer_id", "rfq_line_id"),
        owned_by("quote", "buyer_id supplier_id", "quote_id"),
        owned_by("quote_line", "buyer_id supplier_id", "quote_line_id"),
        sa.UniqueConstraint("award_id", "quote_line_id"),
        sa.CheckConstraint("quantity_micro > 0 AND amount_minor > 0", name="positive"),
        one_of("outcome", ("open", "confirmed", "declined"), name="outcome_known"),
    )

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    award_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    rfq_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)  # of the RFQ line
    quote_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    quote_line_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    supplier_id: Mapped[str] = ref("organisation.id")
    quantity_micro: Mapped[int] = minor(nullable=False)
    amount_minor: Mapped[int] = minor(nullable=False)
    outcome: Mapped[str] = mapped_column(sa.String(9), nullable=False, default="open")

    award: Mapped[Award] = relationship(back_populates="lines")

    @property
    def amount(self) -> Money:
        """Gross amount awarded on this line."""
        return Money(self.amount_minor, self.award.currency)
