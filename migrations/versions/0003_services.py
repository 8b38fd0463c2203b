"""Services: work orders, work reports, and the order lines that point down to them.

Revision: 0003
Revises: 0002

An acceptance is of a receipt line or of a work report from now on; SQLite rebuilds its table for that.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.ledger import triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ONE_SOURCE = "(receipt_line_id IS NULL) <> (work_report_id IS NULL)"


def upgrade() -> None:
    op.create_table(
        "work_order",
        sa.Column("waits_role", sa.String(length=60), nullable=True),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("answering_id", sa.String(length=30), nullable=False),
        sa.Column("made_for", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("service", sa.String(length=12), nullable=False),
        sa.Column("quantity_micro", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=11), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=30), nullable=True),
        sa.Column("expert_id", sa.String(length=30), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("missed_by", sa.String(length=8), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_place", sa.String(length=200), nullable=False),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_out_place", sa.String(length=200), nullable=False),
        sa.Column("sign_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=30), nullable=True),
        sa.Column("signed_name", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("missed_by IN ('buyer', 'supplier')", name=op.f("ck_work_order_missed_by_known")),
        sa.CheckConstraint("mode IN ('at_provider', 'on_site', 'online')", name=op.f("ck_work_order_mode_known")),
        sa.CheckConstraint(
            "service IN ('calibration', 'consultation', 'installation', 'lab_design', 'maintenance', 'other', 'testing', 'training', 'validation')",
            name=op.f("ck_work_order_service_known"),
        ),
        sa.CheckConstraint(
            "state IN ('agreed', 'cancelled', 'done', 'missed', 'proposed', 'started')",
            name=op.f("ck_work_order_state_known"),
        ),
        sa.CheckConstraint("answering_id IN (buyer_id, supplier_id)", name=op.f("ck_work_order_answering_is_party")),
        sa.CheckConstraint("buyer_id <> supplier_id", name=op.f("ck_work_order_two_parties")),
        sa.CheckConstraint(
            "checked_out_at IS NULL OR checked_in_at IS NOT NULL", name=op.f("ck_work_order_out_after_in")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_work_order_ends_after_start")),
        sa.CheckConstraint(
            "quantity_micro > 0 AND quantity_micro <= 1000000000000000", name=op.f("ck_work_order_quantity")
        ),
        sa.CheckConstraint("signed_by IS NULL OR signed_at IS NOT NULL", name=op.f("ck_work_order_signed_when")),
        sa.ForeignKeyConstraint(
            ["answering_id"], ["organisation.id"], name=op.f("fk_work_order_answering_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_work_order_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["person.id"], name=op.f("fk_work_order_expert_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_work_order_proposed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["person.id"], name=op.f("fk_work_order_signed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_work_order_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_work_order_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_work_order_number")),
    )
    op.create_index(op.f("ix_work_order_buyer_id"), "work_order", ["buyer_id"], unique=False)
    op.create_index("ix_work_order_expert", "work_order", ["expert_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_work_order_made_for"), "work_order", ["made_for"], unique=False)
    op.create_index(op.f("ix_work_order_proposed_by"), "work_order", ["proposed_by"], unique=False)
    op.create_index(op.f("ix_work_order_signed_by"), "work_order", ["signed_by"], unique=False)
    op.create_index("ix_work_order_supplier", "work_order", ["supplier_id", "state"], unique=False)
    op.create_index("ix_work_order_waits", "work_order", ["waits_org", "waits_role", "waits_until"], unique=False)

    op.create_table(
        "work_report",
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("supplier_id", sa.String(length=30), nullable=False),
        sa.Column("work_order_id", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("service", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.String(length=30), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("certificate_no", sa.String(length=60), nullable=False),
        sa.Column("as_found", sa.String(length=500), nullable=False),
        sa.Column("as_left", sa.String(length=500), nullable=False),
        sa.Column("uncertainty", sa.String(length=200), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=7), nullable=True),
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_org", sa.String(length=30), nullable=True),
        sa.Column("waits_role", sa.String(length=30), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IN ('again', 'give_up')", name=op.f("ck_work_report_outcome_known")),
        sa.CheckConstraint(
            "state = 'draft' OR (summary <> '' AND submitted_at IS NOT NULL)",
            name=op.f("ck_work_report_says_something"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'disputed', 'draft', 'refused', 'submitted')",
            name=op.f("ck_work_report_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "work_order_id"],
            ["work_order.buyer_id", "work_order.id"],
            name=op.f("fk_work_report_buyer_id_work_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["organisation.id"], name=op.f("fk_work_report_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_work_report_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["organisation.id"], name=op.f("fk_work_report_supplier_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_report")),
        sa.UniqueConstraint("buyer_id", "id", name=op.f("uq_work_report_buyer_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_work_report_number")),
        sa.UniqueConstraint("work_order_id", name=op.f("uq_work_report_work_order_id")),
    )
    op.create_index(op.f("ix_work_report_buyer_id"), "work_report", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_work_report_person_id"), "work_report", ["person_id"], unique=False)
    op.create_index(op.f("ix_work_report_supplier_id"), "work_report", ["supplier_id"], unique=False)
    op.create_index("ix_work_report_waits", "work_report", ["waits_org", "waits_role", "waits_until"], unique=False)

    op.create_table(
        "order_line_work",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("buyer_id", sa.String(length=30), nullable=False),
        sa.Column("order_id", sa.String(length=30), nullable=False),
        sa.Column("order_line_id", sa.String(length=30), nullable=False),
        sa.Column("work_order_id", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_id"],
            ["purchase_order.buyer_id", "purchase_order.id"],
            name=op.f("fk_order_line_work_buyer_id_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "order_line_id"],
            ["order_line.buyer_id", "order_line.id"],
            name=op.f("fk_order_line_work_buyer_id_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "work_order_id"],
            ["work_order.buyer_id", "work_order.id"],
            name=op.f("fk_order_line_work_buyer_id_work_order_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line_work")),
        sa.UniqueConstraint("work_order_id", name=op.f("uq_order_line_work_work_order_id")),
    )
    op.create_index(op.f("ix_order_line_work_order_id"), "order_line_work", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_line_work_order_line_id"), "order_line_work", ["order_line_id"], unique=False)
    with op.batch_alter_table("acceptance") as batch:
        batch.add_column(sa.Column("work_report_id", sa.String(length=30), nullable=True))
        batch.alter_column("receipt_line_id", existing_type=sa.String(length=30), nullable=True)
        batch.create_foreign_key(
            op.f("fk_acceptance_buyer_id_work_report_id"),
            "work_report",
            ["buyer_id", "work_report_id"],
            ["buyer_id", "id"],
            ondelete="RESTRICT",
        )
        batch.create_check_constraint(op.f("ck_acceptance_one_source"), ONE_SOURCE)
    op.create_index(op.f("ix_acceptance_work_report_id"), "acceptance", ["work_report_id"], unique=False)
    triggers.install(op.get_bind())


def downgrade() -> None:
    # What was accepted by a work report cannot be said in the older schema.
    op.execute(
        sa.text("DELETE FROM claim WHERE acceptance_id IN (SELECT id FROM acceptance WHERE receipt_line_id IS NULL)")
    )
    op.execute(sa.text("DELETE FROM acceptance WHERE receipt_line_id IS NULL"))
    op.drop_index(op.f("ix_acceptance_work_report_id"), table_name="acceptance")
    with op.batch_alter_table("acceptance") as batch:
        batch.drop_constraint(op.f("ck_acceptance_one_source"), type_="check")
        batch.drop_constraint(op.f("fk_acceptance_buyer_id_work_report_id"), type_="foreignkey")
        batch.alter_column("receipt_line_id", existing_type=sa.String(length=30), nullable=False)
        batch.drop_column("work_report_id")
    op.drop_index(op.f("ix_order_line_work_order_line_id"), table_name="order_line_work")
    op.drop_index(op.f("ix_order_line_work_order_id"), table_name="order_line_work")
    op.drop_table("order_line_work")
    op.drop_index("ix_work_report_waits", table_name="work_report")
    op.drop_index(op.f("ix_work_report_supplier_id"), table_name="work_report")
    op.drop_index(op.f("ix_work_report_person_id"), table_name="work_report")
    op.drop_index(op.f("ix_work_report_buyer_id"), table_name="work_report")
    op.drop_table("work_report")
    op.drop_index("ix_work_order_waits", table_name="work_order")
    op.drop_index("ix_work_order_supplier", table_name="work_order")
    op.drop_index(op.f("ix_work_order_signed_by"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_proposed_by"), table_name="work_order")
    op.drop_index(op.f("ix_work_order_made_for"), table_name="work_order")
    op.drop_index("ix_work_order_expert", table_name="work_order")
    op.drop_index(op.f("ix_work_order_buyer_id"), table_name="work_order")
    op.drop_table("work_order")
    triggers.install(op.get_bind())
