"""Card payments: what was asked at the gateway, what it told us, and the local stand-in's own books.

Revision: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "gateway_event",
        sa.Column("gateway", sa.String(length=10), nullable=False),
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("about", Json, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("gateway IN ('local', 'stripe')", name=op.f("ck_gateway_event_gateway_known")),
        sa.PrimaryKeyConstraint("gateway", "event_id", name=op.f("pk_gateway_event")),
    )
    op.create_table(
        "card_payment",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("payment_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("gateway", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("asked", Json, nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("secret", sa.String(length=200), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("fee_currency", sa.String(length=3), nullable=True),
        sa.CheckConstraint("gateway IN ('local', 'stripe')", name=op.f("ck_card_payment_gateway_known")),
        sa.CheckConstraint("mode IN ('page', 'program')", name=op.f("ck_card_payment_mode_known")),
        sa.CheckConstraint(
            "fee_minor IS NULL OR (fee_minor >= 0 AND fee_currency IS NOT NULL)", name=op.f("ck_card_payment_fee")
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_card_payment_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "payment_id"],
            ["payment.buyer_id", "payment.id"],
            name=op.f("fk_card_payment_buyer_id_payment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_card_payment")),
        sa.UniqueConstraint("gateway", "intent", name=op.f("uq_card_payment_gateway_intent")),
    )
    op.create_index(op.f("ix_card_payment_order_id"), "card_payment", ["order_id"], unique=False)
    op.create_index(
        "uq_card_payment_live",
        "card_payment",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "card_refund",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("refund_id", sa.String(length=30), nullable=False),
        sa.Column("payment_id", sa.String(length=30), nullable=False),
        sa.Column("gateway", sa.String(length=10), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("gateway IN ('local', 'stripe')", name=op.f("ck_card_refund_gateway_known")),
        sa.ForeignKeyConstraint(
            ["buyer_id", "payment_id"],
            ["payment.buyer_id", "payment.id"],
            name=op.f("fk_card_refund_buyer_id_payment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "refund_id"],
            ["refund.buyer_id", "refund.id"],
            name=op.f("fk_card_refund_buyer_id_refund_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("refund_id", name=op.f("pk_card_refund")),
        sa.UniqueConstraint("gateway", "reference", name=op.f("uq_card_refund_gateway_reference")),
    )
    op.create_index(op.f("ix_card_refund_payment_id"), "card_refund", ["payment_id"], unique=False)
    op.create_table(
        "local_charge",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("asked", Json, nullable=False),
        sa.Column("payment_id", sa.String(length=30), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("back", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "status IN ('failed', 'open', 'paid', 'reversed')", name=op.f("ck_local_charge_status_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_local_charge_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_local_charge_payment_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_charge")),
        sa.UniqueConstraint("key", name=op.f("uq_local_charge_key")),
    )
    op.create_index(op.f("ix_local_charge_payment_id"), "local_charge", ["payment_id"], unique=False)
    op.create_table(
        "local_refund",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("charge_id", sa.String(length=30), nullable=False),
        sa.Column("refund_id", sa.String(length=30), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_local_refund_amount")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["local_charge.id"], name=op.f("fk_local_refund_charge_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refund.id"], name=op.f("fk_local_refund_refund_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_refund")),
        sa.UniqueConstraint("key", name=op.f("uq_local_refund_key")),
    )
    op.create_index(op.f("ix_local_refund_charge_id"), "local_refund", ["charge_id"], unique=False)
    op.create_index(op.f("ix_local_refund_refund_id"), "local_refund", ["refund_id"], unique=False)
    op.add_column("payment", sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_payment_ask_at", "payment", ["ask_at"], unique=False)
    op.add_column("refund", sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_refund_ask_at", "refund", ["ask_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_refund_ask_at", table_name="refund")
    op.drop_column("refund", "ask_at")
    op.drop_index("ix_payment_ask_at", table_name="payment")
    op.drop_column("payment", "ask_at")
    op.drop_index(op.f("ix_local_refund_refund_id"), table_name="local_refund")
    op.drop_index(op.f("ix_local_refund_charge_id"), table_name="local_refund")
    op.drop_table("local_refund")
    op.drop_index(op.f("ix_local_charge_payment_id"), table_name="local_charge")
    op.drop_table("local_charge")
    op.drop_index(op.f("ix_card_refund_payment_id"), table_name="card_refund")
    op.drop_table("card_refund")
    op.drop_index(
        "uq_card_payment_live",
        table_name="card_payment",
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.drop_index(op.f("ix_card_payment_order_id"), table_name="card_payment")
    op.drop_table("card_payment")
    op.drop_table("gateway_event")
