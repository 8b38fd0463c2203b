"""Nouns of offline entry: what is known of an order that staff entered for a buyer, and the codes that confirm it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import IdType, Json, Model, UtcDateTime, id_column, one_of, owned_by, ref

BACKDATED_MOST_DAYS: Final = 14
"""An order may have come in so many days before it is entered."""
CODE_TRIES: Final = 5
"""Wrong codes until a code is worth nothing any more."""

WAYS: Final = ("purchaser", "code", "form")
"""How a buyer gave its word: online, by code, by a signed form that two people of the operator have seen."""


class OfflineEntry(Model):
    """The paper side of an order that reached the operator by phone, at the counter or on paper."""

    __tablename__ = "offline_entry"
    __table_args__ = (
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        # The signed form is a file of this very order.
        sa.ForeignKeyConstraint(
            ["order_id", "form_id"], ["stored_file.object_id", "stored_file.id"], ondelete="RESTRICT"
        ),
        sa.CheckConstraint(f"backdated_days BETWEEN 0 AND {BACKDATED_MOST_DAYS}", name="backdated"),
        sa.CheckConstraint("checked_by <> form_by", name="four_eyes"),
        sa.CheckConstraint("(form_id IS NULL) = (form_by IS NULL)", name="form_by_somebody"),
        one_of("way", WAYS),
    )

    order_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    entered_by: Mapped[str] = ref("person.id", index=False)
    came_in_on: Mapped[date] = mapped_column(sa.Date, nullable=False)
    backdated_days: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # Ids of orders that looked like the same one when it was entered; staff said that they are not.
    duplicates: Mapped[list[str]] = mapped_column(Json, nullable=False, default=list)
    form_id: Mapped[str | None] = mapped_column(IdType)
    form_by: Mapped[str | None] = ref("person.id", nullable=True, index=False)
    checked_by: Mapped[str | None] = ref("person.id", nullable=True, index=False)
    # Who of the buyer signed the form, as the staff who uploaded it read it.
    signer_id: Mapped[str | None] = ref("person.id", nullable=True, index=False)
    way: Mapped[str | None] = mapped_column(sa.String(9))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OrderCode(Model):
    """A six-digit code that was sent to one purchaser: kept as a keyed hash, good once, and not for long."""

    __tablename__ = "order_code"
    __table_args__ = (
        owned_by("purchase_order", "buyer_id supplier_id", "order_id"),
        sa.CheckConstraint("length(code_hash) = 64", name="hashed"),
        sa.CheckConstraint(f"tries BETWEEN 0 AND {CODE_TRIES}", name="tries"),
        sa.Index(
            "uq_order_code_live", "order_id", unique=True,
            sqlite_where=sa.text("live"), postgresql_where=sa.text("live"),
        ),
    )  # fmt: skip

    id: Mapped[str] = id_column()
    buyer_id: Mapped[str] = mapped_column(IdType, nullable=False)
    supplier_id: Mapped[str] = mapped_column(IdType, nullable=False)
    order_id: Mapped[str] = mapped_column(IdType, nullable=False, index=True)
    person_id: Mapped[str] = ref("person.id", index=False)
    salt: Mapped[str] = mapped_column(sa.String(32), nullable=False)
    code_hash: Mapped[str] = mapped_column(sa.String(64), nullable=False)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    tries: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    live: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
